"""What comes too early waits, and stands by itself once what it speaks of is there."""

from __future__ import annotations

from typing import Any

import pytest

from sync import channels
from sync.erasure import Order, erasure_of
from sync.grants import GrantBook
from sync.spoken import Pairing, read_feed
from sync.store import Document, Write, WriteBatch
from tests.sync.family.area import (
    CASE,
    DSL,
    FAR,
    LEAD,
    MATE,
    VISIT,
    WORKER,
    Area,
    at,
    fact,
    member,
    placing,
)

STRENGTH = fact("strength", item="s-1", what="Gets up early")


async def waiting(area: Area) -> list[str]:
    found, _ = await read_feed(area.database, 0, channels.WAITING)
    return [one.body["item"]["entry"] for one in found]


async def spoken(area: Area, topic: str) -> dict[str, str]:
    """The verdict on each entry of a topic, as a fold reads it from the beginning."""
    wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
    documents, _ = await read_feed(area.database, 0, wanted)
    return {one.entry.id: one.item.verdict for one in Pairing().add(documents)}


async def test_a_note_on_a_case_waits_for_its_opening(area: Area):
    early = area.write(MATE, "case.noted", case=CASE, facts=[STRENGTH])
    item = await area.send(early)
    assert (item.reason_code, item.verdict) == ("no_such_case", "held")
    assert CASE in (item.reason or "")
    assert await waiting(area) == [early["_id"]]
    (held,) = await area.held()
    assert not held.releasable
    receipt = (await area.intake._logs.state(early["log"])).receipt()
    assert [one.reason_code for one in receipt.held] == ["no_such_case"]

    pairing = Pairing()
    wanted = frozenset({channels.entries(f"case:{CASE}"), channels.arrivals(f"case:{CASE}")})
    documents, since = await read_feed(area.database, 0, wanted)
    assert [one.item.verdict for one in pairing.add(documents)] == ["held"]

    opening = area.write(WORKER, "case.opened", case=CASE, facts=[placing(), member()])
    taken = await area.intake.take(WORKER, [opening])
    assert f"case:{CASE}" in taken.topics
    assert (await area.item(early)).verdict == "stored"
    assert await waiting(area) == []
    assert await area.held() == []
    assert not (await area.intake._logs.state(early["log"])).receipt().held
    assert (await spoken(area, f"case:{CASE}"))[early["_id"]] == "stored"
    documents, _ = await read_feed(area.database, since, wanted)
    told = {one.entry.id: one.item.verdict for one in pairing.add(documents)}
    assert told[early["_id"]] == "stored", "who followed is told a second time"
    assert not list(pairing.add(documents)), "and once"


async def test_it_is_judged_as_of_then_and_held_for_what_is_wrong_with_it(area: Area):
    early = area.write(FAR, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(early)
    assert await area.goes_to(early) == {"held:cases", f"case:{CASE}", f"person:{FAR.person}"}
    await area.open()
    assert (await area.item(early)).reason_code == "not_your_case"
    assert await waiting(area) == []
    (held,) = await area.held()
    assert (held.reason_code, held.releasable) == ("not_your_case", True)
    assert f"team:{placing()['says']['team']}" in await area.goes_to(early)
    release = {"held": held.id, "entry": held.entry, "reason": "She covered for us"}
    assert (await area.say(LEAD, "quarantine.released", **release)).verdict == "stored"


async def test_facts_of_what_waited_are_judged_one_by_one(area: Area):
    wrong = fact("seen", item="kid-9", seen=True)
    early = area.write(MATE, "case.noted", case=CASE, facts=[wrong, STRENGTH])
    await area.send(early)
    await area.open()
    item = await area.item(early)
    assert (item.verdict, len(item.set_aside)) == ("stored", 1)
    (held,) = await area.held()
    assert held.what == "set_aside"


async def test_an_addendum_waits_for_its_note_and_that_for_its_case(area: Area):
    """Three tablets, the wrong way round; and on one of them two things follow on each other."""
    note = area.write(
        WORKER, "visit.submitted", case=CASE, visit=VISIT, contribution={"observation": "Warm"}
    )
    addendum = area.write(
        MATE, "visit.addendum", case=CASE, visit=VISIT, to=note["_id"], text="And fed"
    )
    assert (await area.send(addendum)).reason_code == "no_such_case"
    assert (await area.send(note)).reason_code == "no_such_case"
    await area.open(LEAD)
    for entry in (note, addendum):
        assert (await area.item(entry)).verdict == "stored"


async def test_an_addendum_adds_to_a_note_of_that_visit(area: Area):
    await area.open()
    note = area.write(
        WORKER, "visit.submitted", case=CASE, visit=VISIT, contribution={"observation": "Warm"}
    )
    other = area.write(
        WORKER, "visit.addendum", case=CASE, visit="visit-2", to=note["_id"], text="Wrong visit"
    )
    mine = area.write(
        WORKER, "visit.addendum", case=CASE, visit=VISIT, to=note["_id"], text="And fed"
    )
    assert (await area.send(other)).reason_code == "nothing_to_add_to"
    assert (await area.send(mine)).reason_code == "nothing_to_add_to"
    assert note["_id"] in str((await area.item(mine)).reason)
    await area.send(note)
    assert (await area.item(mine)).verdict == "stored"
    assert (await area.item(other)).verdict == "held", "it goes on waiting"
    assert await waiting(area) == [other["_id"]]


async def test_what_is_declined_meanwhile_stays_so(area: Area):
    await area.open()
    to = f"entry:{'d' * 32}:00000001:{'e' * 16}"
    early = area.write(WORKER, "visit.addendum", case=CASE, visit=VISIT, to=to, text="Twice")
    await area.send(early)
    (held,) = await area.held()
    decline = {"held": held.id, "entry": held.entry, "reason": "Sent twice"}
    assert (await area.say(LEAD, "quarantine.declined", **decline)).verdict == "stored"
    assert await waiting(area) == []
    assert (await area.item(early)).verdict == "held"


async def test_concerns_and_watches_wait_as_well(area: Area):
    noted = area.write(DSL, "concern.noted", concern="c-1", text="Rang")
    ended = area.write(WORKER, "watch.ended", watch="w-1")
    assert (await area.send(noted)).reason_code == "no_such_concern"
    assert (await area.send(ended)).reason_code == "no_such_watch"
    await area.say(WORKER, "concern.raised", concern="c-1", text="x", observed_at=at("09:00"))
    started = {"watch": "w-1", "where": "Here", "expected_back": at("11:00")}
    await area.say(WORKER, "watch.started", **started)
    assert (await area.item(noted)).verdict == "stored"
    assert (await area.item(ended)).verdict == "stored"


async def test_another_server_of_the_store_ends_the_wait(area: Area):
    """Each took in one half and saw nothing of the other's: whoever minds it next settles it."""
    other = Area(area.database)
    other.clock.set(at("09:31"))
    early = area.write(MATE, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(early)
    settled = other.intake.settle

    async def nothing() -> frozenset[str]:
        return frozenset()

    other.intake.settle = nothing  # type: ignore[method-assign]
    await other.open()
    assert (await area.item(early)).verdict == "held"
    other.intake.settle = settled  # type: ignore[method-assign]
    assert f"case:{CASE}" in await other.intake.settle()
    assert (await area.item(early)).verdict == "stored"
    assert await other.intake.settle() == frozenset()


async def test_what_was_erased_waits_no_longer(area: Area):
    early = area.write(MATE, "case.noted", case=CASE, facts=[STRENGTH])
    await area.send(early)
    (document,) = await area.database.read([early["_id"]])
    assert isinstance(document, Document)
    area.tampered = True
    order = Order(at=at("10:00"), by="Hana", reason="Asked", reference="E-1")
    erased = erasure_of(document, order).stub()
    await area.database.purge({document.id: [document.rev]})
    stub = Write(document.id, erased, document.channels, history=(document.rev,))
    await area.database.write(WriteBatch([stub]))
    await area.intake.settle()
    assert await waiting(area) == []


@pytest.mark.parametrize("kind", ["case.noted", "visit.noted"])
async def test_the_same_entry_sent_again_is_answered_as_it_stands(area: Area, kind: str):
    fields: dict[str, Any] = {"visit": VISIT} if kind == "visit.noted" else {}
    early = area.write(MATE, kind, case=CASE, facts=[STRENGTH], **fields)
    await area.send(early)
    await area.open()
    taken = await area.intake.take(MATE, [early])
    assert [row.verdict for row in taken.rows] == ["stored"]


async def test_whoever_restricts_a_case_before_it_comes_works_on_it_all_the_same(area: Area):
    """A grant that follows from what waited is told by every way of reading grants."""
    facts = [placing(restricted=True)]
    early = area.write(MATE, "case.noted", case=CASE, facts=facts, written_at=at("09:05"))
    await area.send(early)
    assert not area.intake.grants.access(MATE.person, MATE.posts).cases
    await area.open()
    await area.intake.grants.refresh()
    assert area.intake.grants.access(MATE.person, MATE.posts).cases == {CASE}
    read = await GrantBook.read(area.database)
    assert read.access(MATE.person, MATE.posts).cases == {CASE}
