"""What is erased by law is erased wherever a part of it was carried."""

from __future__ import annotations

from pathlib import Path

from server.erasure.applying import carry_out, remember
from sync.clock import Clock
from sync.erasure import Order, erasure_of
from sync.family.relayed import relayed_id
from sync.roster import load_roster
from sync.stores.sqlite import SqliteStore
from tests.server.family.authority import (
    AREA,
    CASE,
    DSL,
    SCHOOL,
    WORKER,
    Authority,
    fact,
)

WORDS = "Words that a court had erased"
ORDER = Order(at="2026-11-24T09:00:00.000Z", by="Hana Head", reason="Article 17", reference="D 1")


def files_with_words(folder: Path) -> list[str]:
    paths = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in paths if WORDS.encode() in path.read_bytes())


async def erase(authority: Authority, entry: str, clock: Clock) -> None:
    database = await authority.store.open(AREA)
    (document,) = await database.read([entry])
    assert document is not None
    erasures = await remember(database, [erasure_of(document, ORDER)])
    assert await carry_out(authority.store, database, await load_roster(database), erasures, clock)


async def test_an_erased_entry_leaves_its_copies_and_every_part_of_a_case(tmp_path: Path) -> None:
    authority = await Authority.make(SqliteStore(tmp_path))
    await authority.open_case()
    told = await authority.note(
        fact(fact="shared", item="shr-1", child="kid-1", text=WORDS, basis="consent"),
        fact(fact="action", item="act-1", what=WORDS, owner="School"),
    )
    raised = await authority.raise_concern(
        WORKER, AREA, case=CASE, child="kid-1", school=SCHOOL, pupil="pup-1", text=WORDS
    )
    await authority.publish()
    read = authority.tablet(DSL, SCHOOL).write("concern.acknowledged", concern="con-1")
    await authority.push(read, place=SCHOOL)
    await authority.publish()
    assert len(files_with_words(tmp_path)) >= 2
    for entry in (told, raised):
        await erase(authority, entry["_id"], authority.clock)
    there = await authority.documents(SCHOOL, "relayed", "concern", "shared", "support")
    assert relayed_id(raised["_id"]) not in there
    assert WORDS not in str([one.body for one in there.values()])
    await authority.store.close()
    assert files_with_words(tmp_path) == []
