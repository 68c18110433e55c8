"""An area is set back while its schools go on, and a school while its area does: both converge.

Its tablets offer again what the backup lacks, as they do by their receipts; the relay carries anew.
"""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any

import pytest

from server.backups.folder import Kept
from server.backups.losses import loss_of
from server.backups.restoring import Restoring, restore
from server.stores import FOLDER
from sync.audit import Audit
from sync.stores.names import file_name
from sync.stores.sqlite import SqliteStore
from tests.factory import SetClock
from tests.server.backups.kit import BackupFolder, backup_folder, take_next
from tests.server.family.authority import (
    AREA,
    CASE,
    DSL,
    OTHER,
    SCHOOL,
    TUTOR,
    WORKER,
    Authority,
    fact,
)
from tests.server.family.worked import Worked

EPOCHS = (f"history-{n}" for n in itertools.count())


async def work_on(authority: Authority, number: int) -> None:
    """Something is agreed and shared, a concern goes each way, and is answered."""
    agreed = fact(fact="action", item=f"act-{number}", what=f"Ring {number}", owner="School")
    told = f"They said {number}"
    told_on = fact(fact="shared", item=f"s-{number}", child="kid-1", text=told, basis="consent")
    await authority.note(agreed, told_on)
    child = {"case": CASE, "child": "kid-1", "school": SCHOOL, "pupil": "pup-1"}
    await authority.raise_concern(WORKER, AREA, concern=f"con-{number}", **child)
    await authority.raise_concern(TUTOR, SCHOOL, concern=f"own-{number}", pupil="pup-2")
    await authority.publish()
    read = authority.tablet(DSL, SCHOOL).write(
        "concern.acknowledged", concern=f"con-{number}", note="We have it"
    )
    await authority.push(read, place=SCHOOL)
    await authority.publish()


async def offer_again(authority: Authority, place: str) -> None:
    """Every tablet of a place offers all that it has: what is there already is answered."""
    for (at, _), tablet in authority.tablets.items():
        if at == place and tablet.entries:
            await authority.push(*tablet.entries, place=place, may_wait=True)


async def findings(authority: Authority, place: str) -> tuple[Any, ...]:
    audit = Audit()
    for document in (await authority.documents(place, "arrival", "held", "entry")).values():
        audit.add(document)
    return audit.report().findings


@pytest.mark.parametrize("place", [AREA, SCHOOL])
async def test_one_is_set_back_and_all_is_as_it_was(tmp_path: Path, place: str) -> None:
    clock, live, kept = SetClock(), tmp_path / FOLDER, backup_folder(tmp_path / "kept")
    authority = await Authority.make(SqliteStore(live))
    await authority.open_case()
    await work_on(authority, 1)
    await authority.store.close()
    take_next(live, kept, clock)
    authority.store = SqliteStore(live)
    await work_on(authority, 2)
    wanted = await authority.contents()
    assert {name for _, name in wanted} >= {"concern:con-2", f"support:{CASE}:pup-1"}
    await authority.store.close()
    clock.ms += 60_000
    again = BackupFolder(tmp_path / "kept")
    restored = restore(Restoring(live, again, clock, EPOCHS.__next__, database=place))
    (loss,) = [one for one in restored.losses if one.name == place]
    said = " ".join(loss.sentences)
    assert "came in after the backup" in said
    assert "1 of them raises a concern about a child: until it is back, ask" in said
    authority.store = SqliteStore(live)
    await authority.publish(AREA, SCHOOL, OTHER)  # before any tablet is in touch
    there = await authority.contents()
    assert (SCHOOL, f"support:{CASE}:pup-1") in there
    assert (SCHOOL, "concern:con-2") in there or place == SCHOOL
    await offer_again(authority, place)
    await authority.publish(AREA, SCHOOL, OTHER)
    assert await authority.contents() == wanted
    assert [await findings(authority, one) for one in (AREA, SCHOOL)] == [(), ()]
    await authority.store.close()


async def test_what_a_restored_area_lacks_until_its_tablets_are_in_touch_is_named(
    tmp_path: Path,
) -> None:
    await Worked(tmp_path).fill()
    file = tmp_path / FOLDER / file_name(AREA)
    store = SqliteStore(tmp_path / FOLDER)
    epoch = (await (await store.open(AREA)).info()).epoch
    await store.close()
    at = "2026-11-22T02:00:00.000Z"
    empty = Kept(file="x", epoch=epoch, sequence=0, bytes=1, digest="0" * 64, taken_at=at)
    loss = loss_of(AREA, file, empty)
    said = " ".join(loss.sentences)
    assert "1 of them says that somebody went out alone: until it is back no alarm" in said
    assert "1 photo changed after the backup: their authors' tablets send them again" in said
    assert "1 draft changed after the backup: their authors' tablets send them again." in said
