"""Entries of a concern, copied between two databases: both fold the same."""

from __future__ import annotations

from sync import channels
from sync.clock import to_ms
from sync.family.concerns import Answering, fold_concern
from sync.family.relayed import heard_in, read_relayed, relay, relayed_id
from sync.spoken import Pairing, read_feed
from sync.store import Database, Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.factory import HEAD, TUTOR, SetClock, Tablet, roster, roster_batch
from tests.sync.family.test_concerns import AREA, AT, SAFEGUARDING
from tests.sync.school import School

NAMES = {TUTOR.person: "Tess Tutor", HEAD.person: "Hana Head"}
SAID = {"concern": "c1", "pupil": "pup-1", "text": "A bruise.", "observed_at": AT}


async def two() -> tuple[School, Database]:
    """A school in which a concern was raised, and an area."""
    store = MemoryStore()
    one = roster(safeguarding=SAFEGUARDING)
    database = await store.create("sch-test")
    await database.write(roster_batch(one))
    school = School(database, one)
    school.clock = SetClock()
    tablet = Tablet(TUTOR, log="1" * 32)
    await school.push(tablet.write("concern.raised", **SAID))
    return school, await store.create("area")


async def copies(school: School) -> list[Write]:
    topic = channels.concern("c1")
    wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
    documents, _ = await read_feed(school.database, 0, wanted)
    by_id = {one.id: one for one in documents}
    return [
        relay(by_id[spoken.entry.id], spoken, "sch-test", NAMES[spoken.entry.body.author])
        for spoken in Pairing().add(documents)
    ]


async def test_both_sides_fold_the_same() -> None:
    school, area = await two()
    await area.write(WriteBatch(await copies(school)))
    here = await heard_in(school.database, "c1", NAMES.__getitem__)
    there = await heard_in(area, "c1", NAMES.__getitem__)
    assert len(here) == 1
    assert here == there
    answering = Answering(school.roster.school, AREA, school.roster.school.name)
    now = to_ms(AT)
    assert fold_concern(here, answering, now) == fold_concern(there, answering, now)
    assert await heard_in(area, "another", NAMES.__getitem__) == []


async def test_a_copy_is_whole_and_lies_where_the_entry_does() -> None:
    school, area = await two()
    (copy,) = await copies(school)
    await area.write(WriteBatch([copy, copy]))
    (document,) = await area.range("relayed:", "relayed;")
    assert document.channels == {"entries:concern:c1", "entries:concerns"}
    read = read_relayed(document)
    (entry,) = await school.database.read([read.entry["_id"]])
    assert entry is not None
    assert document.id == relayed_id(entry.id)
    assert read.entry == {"_id": entry.id, "_rev": entry.rev, **entry.body}


async def test_what_a_newer_version_wrote_is_passed_over() -> None:
    school, area = await two()
    (copy,) = await copies(school)
    body = dict(copy.body)
    body["entry"] = {**body["entry"], "body": {**body["entry"]["body"], "kind": "concern.sung"}}
    await area.write(WriteBatch([Write(copy.id, body, copy.channels)]))
    assert await heard_in(area, "c1", NAMES.__getitem__) == []
