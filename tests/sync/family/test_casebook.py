"""The case book: which cases there are, whose, of whom, and since when."""

from __future__ import annotations

from sync.erasure import Order, erasure_of
from sync.family.casebook import CaseBook, Child, Placed
from sync.store import Write, WriteBatch
from tests.sync.family.area import (
    CASE,
    CHILD,
    FAR,
    LEAD,
    MATE,
    NORTH,
    SOUTH,
    WORKER,
    Area,
    at,
    fact,
    fact_ids,
    member,
    ms,
    placing,
)


def known(found: CaseBook, at_ms: int | None = None) -> Placed:
    placed = found.placed(CASE, at_ms)
    assert placed is not None
    return placed


async def book(area: Area) -> CaseBook:
    """As another server of the store reads it."""
    found = CaseBook(area.database)
    await found.refresh()
    return found


async def test_a_case_is_known_by_what_opens_it(area: Area):
    assert (await book(area)).placed(CASE) is None
    await area.open()
    found = known(await book(area))
    assert found.teams == {NORTH}
    assert not found.restricted
    assert not found.closed
    assert found.opened_by == WORKER.person
    assert found.items == {CHILD}
    assert area.intake.cases.cases() == {CASE}


async def test_children_at_a_school_here_are_known_by_school_and_pupil(area: Area):
    await area.open()
    pupil = member("kid-2", school="sch-test", pupil="pup-1")
    await area.say(WORKER, "case.noted", case=CASE, facts=[pupil])
    found = known(await book(area))
    assert found.children == {Child("sch-test", "pup-1")}
    assert found.items == {CHILD, "kid-2"}


async def test_a_case_that_moves_lies_where_it_lay_then(area: Area):
    first = await area.open()
    await area.say(
        WORKER,
        "case.noted",
        case=CASE,
        facts=[placing(SOUTH, fact_ids(first)[0])],
        written_at=at("09:20"),
    )
    found = await book(area)
    assert known(found).teams == {SOUTH}
    assert known(found, ms("09:10")).teams == {NORTH}
    assert known(found, ms("09:20")).teams == {SOUTH}
    assert known(found, ms("08:00")).teams == {NORTH}, "as it was when it was opened"


async def test_where_people_differ_it_lies_with_both_and_is_restricted(area: Area):
    await area.open()
    await area.say(MATE, "case.noted", case=CASE, facts=[placing(SOUTH)])
    found = known(await book(area))
    assert found.teams == {NORTH, SOUTH}
    assert found.restricted


async def test_it_is_closed_where_everybody_says_so(area: Area):
    await area.open()
    closed = fact("status", status="closed", outcome="goals_met")
    item = await area.say(WORKER, "case.noted", case=CASE, facts=[closed])
    assert known(await book(area)).closed
    again = await area.say(
        WORKER, "case.noted", case=CASE, facts=[fact("strength", item="s", what="x")]
    )
    assert (item.flags, again.flags) == ((), ("case_closed",))
    assert again.verdict == "stored"
    await area.say(MATE, "case.noted", case=CASE, facts=[fact("status", status="open")])
    assert not known(await book(area)).closed


async def test_an_opening_that_is_held_opens_nothing_until_it_is_released(area: Area):
    entry = area.write(FAR, "case.opened", case=CASE, facts=[placing(NORTH), member()])
    assert (await area.send(entry)).reason_code == "not_your_team"
    assert (await book(area)).placed(CASE) is None
    (held,) = await area.held()
    assert held.releasable
    release = {"held": held.id, "entry": held.entry, "reason": "Taken over from the south."}
    item = await area.say(LEAD, "quarantine.released", **release)
    assert item.verdict == "stored"
    assert known(await book(area)).opened_by == FAR.person
    assert not area.intake.grants.access(FAR.person, FAR.posts).cases, "a release gives no grant"


async def test_an_erased_entry_is_forgotten(area: Area):
    await area.open()
    entry = area.write(WORKER, "case.noted", case=CASE, facts=[member("kid-9")])
    await area.send(entry)
    found = await book(area)
    assert "kid-9" in known(found).items
    (document,) = await area.database.read([entry["_id"]])
    assert document is not None
    order = Order(at=at("10:00"), by="Hana", reason="Asked", reference="E-1")
    erasure = erasure_of(document, order)
    area.tampered = True
    stub = Write(
        document.id, erasure.stub(), document.channels, history=(document.rev,), force=True
    )
    await area.database.purge({document.id: [document.rev]})
    await area.database.write(WriteBatch([stub]))
    assert await found.refresh() == {CASE}
    assert known(found).items == {CHILD}


async def test_a_restricted_case_is_known_by_somebody_of_the_household(area: Area):
    born = member("kid-2", name="Ada  van Dyke", born="2016-05-01")
    for case, restricted in ((CASE, True), ("case-2", False)):
        await area.open(case=case, restricted=restricted)
        await area.say(WORKER, "case.noted", case=case, facts=[born])
    await area.say(FAR, "case.opened", case="case-3", facts=[born])
    found = await book(area)
    assert found.restricted_of(" Van DYKE ", "2016-05-01") == {CASE}
    assert not found.restricted_of("van Dyke", "2016-05-02")
    assert not found.restricted_of("yke", "2016-05-01")
