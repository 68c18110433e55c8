"""Decisions: what is held is released, corrected or declined, and everybody is told the same."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas.published import Decided, Held
from schemas.syncing import LogHead
from sync import channels
from sync.decisions import fold_decisions
from sync.logs import LogState
from tests.factory import (
    COVER,
    HEAD,
    MONDAY,
    OFFICER,
    TUTOR,
    Tablet,
    claim,
    claim_ids,
)
from tests.sync.school import School

CHAMPION_LOG = "8" * 32


def decided(entry: str, what: Any, *replaces: str, at: str = "09:00") -> Decided:
    return Decided(
        entry=entry,
        what=what,
        by="head",
        at=f"{MONDAY}T{at}:00.000Z",
        reason=f"{what} by {entry}",
        replaces=replaces,
    )


def test_of_decisions_the_one_that_saw_the_others_counts():
    one, two = decided("a", "released"), decided("b", "declined", "a", at="08:00")
    found = fold_decisions([one, two], str.upper)
    assert found is not None
    assert (found.what, found.entries, found.by_name) == ("declined", ("b",), "HEAD")
    assert fold_decisions([], str) is None


def test_two_that_differ_unseen_by_each_other_leave_it_contested_until_a_third():
    one, two = decided("a", "released"), decided("b", "declined", at="09:05")
    found = fold_decisions([one, two], str)
    assert found is not None
    assert (found.what, found.entries, found.reason) == ("contested", ("a", "b"), "declined by b")
    third = fold_decisions([one, two, decided("c", "released", "a", "b")], str)
    assert third is not None
    assert third.what == "released"


def test_two_that_agree_are_one():
    found = fold_decisions([decided("a", "declined"), decided("b", "declined")], str)
    assert found is not None
    assert (found.what, found.entries) == ("declined", ("a", "b"))


@settings(max_examples=200)
@given(st.data())
def test_neither_order_nor_repetition_of_decisions_matters(data: st.DataObject):
    names = "abcdef"
    made = [
        decided(
            name,
            data.draw(st.sampled_from(["released", "declined", "corrected"])),
            *data.draw(st.lists(st.sampled_from(names), max_size=3)),
        )
        for name in names
    ]
    given_ = data.draw(st.lists(st.sampled_from(made), min_size=1))
    again = data.draw(st.permutations(given_))
    unique = {one.entry: one for one in given_}.values()
    assert fold_decisions(unique, str) == fold_decisions(
        {one.entry: one for one in again}.values(), str
    )


class Desk:
    """The head at a desk, who decides on what others wrote."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.tablet = Tablet(HEAD, log="4" * 32)

    async def decide(self, kind: str, held: Held, **fields: Any) -> dict[str, Any]:
        body = {"held": held.id, "entry": held.entry, "reason": "Looked into it"} | fields
        if kind != "corrected":
            body = {"date": held.date} | body
        entry = self.tablet.write(f"quarantine.{kind}", **body)
        await self.school.push(entry, speaker=HEAD)
        return entry

    async def reasons(self) -> list[str | None]:
        arrivals = await self.school.arrivals(self.tablet.log)
        return [item.reason_code for one in arrivals for item in one.items]


@pytest.fixture
def desk(school: School) -> Desk:
    return Desk(school)


async def receipt(school: School, tablet: Tablet) -> Any:
    head = LogHead(log=tablet.log, n=tablet.n, digest=tablet.prev)
    (found,) = await school.intake.receipts([head], tablet.speaker)
    return found


async def test_a_held_register_that_is_released_stands_and_its_author_is_told(school, desk):
    tablet = school.cover
    entry = tablet.register(claim(1), claim(2, "N"), group="form-2")
    await school.push(entry)
    day = await school.day()
    assert day.cell("AM", "pup-1").state == "unmarked"
    (held,) = await school.held()
    assert (held.reason_code, held.releasable, held.date) == ("not_your_group", True, MONDAY)
    assert (held.author, held.outcome) == (COVER.person, None)
    assert held.original is not None
    await desk.decide("released", held)
    touched = await day.refresh()
    assert touched == {("AM", "pup-1"), ("AM", "pup-2")}
    assert day.cell("AM", "pup-1").code == "/"
    assert [one.verdict for one in day.claims("AM", "pup-2")] == ["stands"]
    assert day.takings("AM", "form-2")[0].claims == 2
    (now,) = await school.held()
    assert now.outcome is not None
    assert (now.outcome.what, now.outcome.by_name) == ("released", "Hana Head")
    told = await receipt(school, tablet)
    assert [one.outcome.what for one in told.held] == ["released"]
    assert told.held[0].outcome.reason == "Looked into it"


async def test_a_claim_set_aside_is_released_and_its_neighbours_never_waited(school, desk):
    entry = school.tutor.register(claim(1), claim(2, "I"))
    await school.push(entry)
    (held,) = await school.held()
    assert (held.what, held.releasable, held.original) == ("set_aside", True, None)
    day = await school.day()
    assert [day.cell("AM", f"pup-{n}").code for n in (1, 2)] == ["/", None]
    assert day.takings("AM", "form-1")[0].claims == 1
    await desk.decide("released", held)
    await day.refresh()
    assert [day.cell("AM", f"pup-{n}").code for n in (1, 2)] == ["/", "I"]
    told = await receipt(school, school.tutor)
    assert [one.outcome.what for one in told.set_aside] == ["released"]


async def test_what_is_declined_never_speaks_and_says_why(school, desk):
    entry = school.tutor.register(claim(2, "I"))
    await school.push(entry)
    (held,) = await school.held()
    await desk.decide("declined", held)
    day = await school.day()
    (told,) = day.claims("AM", "pup-2")
    assert (told.verdict, told.verdict_reason) == ("declined", "Hana Head: Looked into it")
    assert day.cell("AM", "pup-2").state == "unmarked"


async def test_a_correction_speaks_in_its_place(school, desk):
    entry = school.tutor.register(claim("pup-x"))
    await school.push(entry)
    (held,) = await school.held()
    assert held.reason_code == "not_on_roll"
    fixed = claim(3, replaces=claim_ids(entry))
    await desk.decide("corrected", held, date=MONDAY, session="AM", claims=[fixed])
    day = await school.day()
    assert day.cell("AM", "pup-3").code == "/"
    assert [one.verdict for one in day.claims("AM", "pup-x")] == ["declined"]
    (now,) = await school.held()
    assert now.outcome is not None
    assert now.outcome.what == "corrected"


async def test_a_correction_may_lie_on_another_day(school, desk):
    entry = school.tutor.register(claim(1), date="2026-11-22")
    await school.push(entry)
    (held,) = await school.held()
    assert held.date == "2026-11-22"
    await desk.decide("corrected", held, date=MONDAY, session="AM", claims=[claim(1)])
    sunday, monday = await school.day("2026-11-22"), await school.day()
    assert [one.verdict for one in sunday.claims("AM", "pup-1")] == ["declined"]
    assert monday.cell("AM", "pup-1").code == "/"


async def test_two_desks_that_disagree_leave_it_held_until_a_third_word(school, desk):
    entry = school.tutor.register(claim(2, "I"))
    await school.push(entry)
    (held,) = await school.held()
    first = await desk.decide("released", held)
    other = school.officer.write(
        "quarantine.declined", held=held.id, entry=held.entry, date=MONDAY, reason="A guess"
    )
    await school.push(other)
    day = await school.day()
    assert day.cell("AM", "pup-2").state == "unmarked"
    assert [one.verdict for one in day.claims("AM", "pup-2")] == ["held"]
    (now,) = await school.held()
    assert now.outcome is not None
    assert (now.outcome.what, len(now.outcome.entries)) == ("contested", 2)
    assert channels.QUARANTINE in (await school.database.read([held.id]))[0].channels
    await desk.decide("released", held, replaces=[first["_id"], other["_id"]])
    await day.refresh()
    assert day.cell("AM", "pup-2").code == "I"
    (last,) = await school.held()
    assert last.outcome is not None
    assert (last.outcome.what, len(last.decisions)) == ("released", 3)
    told = (await school.database.read([held.id]))[0].channels
    assert told == channels.held(TUTOR.person, "2026-11-02")


async def test_released_things_without_claims_count_too(school, desk):
    """A departure, a reassignment, a planned code and a void by somebody who may not."""
    tutor = school.tutor
    plan = {"pupil": "pup-4", "first": MONDAY, "last": MONDAY}
    written = [
        tutor.write(
            "departure.recorded",
            pupil="pup-1",
            date=MONDAY,
            session="AM",
            left="11:00",
            reason="Ill",
        ),
        tutor.write(
            "register.reassigned",
            group="form-1",
            date=MONDAY,
            session="PM",
            to=COVER.person,
            reason="Course",
        ),
        tutor.write("planned.recorded", sessions=["AM"], code="M", source="Letter", **plan),
    ]
    await school.push(*written)
    plan_entry = written[-1]["_id"]
    withdrawn = tutor.write("planned.withdrawn", entry=plan_entry, reason="Not so", **plan)
    await school.push(withdrawn)
    taken = school.officer.say("arrival.recorded", claim(2, "L", arrived="09:05"))
    void = tutor.write(
        "register.voided", entry=taken["_id"], date=MONDAY, session="AM", reason="Not him"
    )
    await school.push(taken)
    await school.push(void)
    day, planned = await school.day(), await school.planned()
    assert day.left("AM", "pup-1") is None
    assert day.taker("PM", "form-1") is None
    assert planned.on("pup-4", MONDAY, "AM") == ()
    assert day.cell("AM", "pup-2").code == "L"
    held = {one.entry: one for one in await school.held()}
    assert len(held) == 5
    for entry in [one["_id"] for one in written]:
        await desk.decide("released", held[entry])
    await day.refresh()
    assert day.left("AM", "pup-1") == "11:00"
    assert day.taker("PM", "form-1") == COVER.person
    assert [one.pupil for one in await planned.refresh()] == ["pup-4"]
    assert [one.code for one in planned.on("pup-4", MONDAY, "AM")] == ["M"]
    assert planned.codes("pup-4", MONDAY, "AM") == {"M"}
    await desk.decide("released", held[withdrawn["_id"]])
    await planned.refresh()
    assert planned.on("pup-4", MONDAY, "AM") == ()
    await desk.decide("released", held[void["_id"]])
    assert ("AM", "pup-2") in await day.refresh()
    assert day.cell("AM", "pup-2").state == "unmarked"
    assert set(await desk.reasons()) == {None}


async def test_a_decision_on_what_no_entry_is_closes_it(school, desk):
    await school.intake.take(TUTOR, [{"not": "an entry"}])
    (held,) = await school.held()
    assert (held.releasable, held.log, held.date) == (False, None, None)
    await desk.decide("declined", held)
    (now,) = await school.held()
    assert now.outcome is not None
    assert now.outcome.what == "declined"
    page = await school.database.changes(
        0, channels=frozenset({channels.entries(channels.QUARANTINE)})
    )
    assert len(page.changes) == 1


async def test_a_decision_on_a_copy_says_nothing_of_the_entry_itself(school, desk):
    """Somebody else sends a copy of a held entry: the desk declines that, and lets the entry be."""
    entry = school.tutor.register(claim(2, "I"))
    await school.push(entry)
    await school.push(entry, speaker=COVER)
    held = {one.sender: one for one in await school.held()}
    await desk.decide("declined", held[COVER.person])
    day = await school.day()
    assert [one.verdict for one in day.claims("AM", "pup-2")] == ["held"]
    await desk.decide("released", held[TUTOR.person])
    await day.refresh()
    assert day.cell("AM", "pup-2").code == "I"
    told = await receipt(school, school.tutor)
    assert [one.outcome.what for one in told.held] == ["released"]


async def test_a_correction_that_another_decision_replaced_speaks_no_more(school, desk):
    entry = school.tutor.register(claim("pup-x"))
    await school.push(entry)
    (held,) = await school.held()
    fixed = {"date": MONDAY, "session": "AM", "claims": [claim(3)]}
    first = await desk.decide("corrected", held, **fixed)
    day = await school.day()
    assert day.cell("AM", "pup-3").code == "/"
    await desk.decide("declined", held, replaces=[first["_id"]])
    assert ("AM", "pup-3") in await day.refresh()
    assert day.cell("AM", "pup-3").state == "unmarked"
    assert [one.verdict for one in day.claims("AM", "pup-3")] == ["declined"]


async def test_a_correction_that_is_contested_waits_as_what_it_corrects_does(school, desk):
    entry = school.tutor.register(claim(2, "I"))
    await school.push(entry)
    (held,) = await school.held()
    fixed = {"date": MONDAY, "session": "AM", "claims": [claim(2, "B")]}
    await desk.decide("corrected", held, **fixed)
    other = school.officer.write(
        "quarantine.released", held=held.id, entry=held.entry, date=MONDAY, reason="It is right"
    )
    await school.push(other)
    day = await school.day()
    assert [one.verdict for one in day.claims("AM", "pup-2")] == ["held", "held"]
    assert day.cell("AM", "pup-2").state == "unmarked"


async def test_decisions_that_cannot_be_taken_are_held_themselves(school, desk):
    officer = school.officer
    own = officer.say("arrival.recorded", claim("pup-x", "L", arrived="09:05"))
    await school.push(own, school.tutor.register(claim(1, "ZZ"[:2])))
    held = {one.sender: one for one in await school.held()}
    mine, theirs = held[OFFICER.person], held[TUTOR.person]
    assert theirs.reason_code == "no_such_code"

    async def try_one(kind: str, one: Held, **fields: Any) -> None:
        body = {"held": one.id, "entry": one.entry, "date": one.date, "reason": "Because"}
        await school.push(officer.write(f"quarantine.{kind}", **(body | fields)))

    await try_one("released", mine)
    await try_one("released", theirs)
    await try_one("declined", theirs, date="2026-11-20")
    await try_one("declined", theirs, held="held:" + "0" * 32)
    await try_one("declined", theirs, entry=own["_id"])
    await try_one("declined", theirs)
    arrivals = await school.arrivals(officer.log)
    assert [item.reason_code for one in arrivals for item in one.items][1:] == [
        "own_entry",
        "cannot_release",
        "another_session",
        "nothing_held",
        "nothing_held",
        None,
    ]
    teachers = school.tutor.write(
        "quarantine.released", held=theirs.id, entry=theirs.entry, date=MONDAY, reason="Mine"
    )
    await school.push(teachers)
    (last,) = [one for one in await school.held() if one.entry == teachers["_id"]]
    assert (last.reason_code, last.releasable) == ("role_may_not", False)
    day = await school.day()
    assert [one.verdict for one in day.claims("AM", "pup-1")] == ["declined"]


async def test_names_of_those_who_left_are_not_known(school, desk):
    entry = school.tutor.register(claim(2, "I"))
    await school.push(entry)
    (held,) = await school.held()
    staff = tuple(one for one in school.roster.school.staff if one.person != HEAD.person)
    changed = school.roster.school.model_copy(update={"staff": staff})
    school.roster = type(school.roster)(changed, school.roster.groups, school.roster.pupils)
    await desk.decide("declined", held)
    (now,) = await school.held()
    assert now.outcome is not None
    assert now.outcome.by_name == "Somebody no longer on the staff list"


def test_a_decision_that_was_erased_decides_nothing():
    state = LogState("a" * 32)
    state.decide(None)
    assert state.receipt().held == ()
