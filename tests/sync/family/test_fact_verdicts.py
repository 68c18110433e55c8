"""Facts are judged one by one: what cannot stand is set aside, and its neighbours stand."""

from __future__ import annotations

from typing import Any, get_args

import pytest

from schemas.family.facts import Fact
from sync.arrivals import ArrivalItem
from sync.family.fact_verdicts import WHEN
from sync.family.fact_words import in_a_line
from tests.sync.family.area import (
    CASE,
    CHILD,
    LEAD,
    MATE,
    VISIT,
    WORKER,
    Area,
    at,
    fact,
    member,
)

PLAN = {
    "purpose": "See how mornings go",
    "type": "attendance",
    "announced": True,
    "address": "1 Shore Road",
    "workers": [WORKER.person],
}
STRENGTH = fact("strength", item="s-1", what="Gets up early")


async def visit(area: Area, *facts: dict[str, Any], who: Any = WORKER) -> ArrivalItem:
    return await area.say(who, "visit.noted", case=CASE, visit=VISIT, facts=list(facts))


def aside(item: ArrivalItem) -> list[tuple[int, str]]:
    return [(one.index, one.reason_code) for one in item.set_aside]


async def test_a_plan_that_ends_before_it_starts_is_set_aside(area: Area):
    await area.open()
    plan = fact("plan", starts=at("10:00"), ends=at("09:00"), **PLAN)
    item = await visit(area, plan, STRENGTH)
    assert (item.verdict, aside(item)) == ("stored", [(0, "ends_before_it_starts")])
    assert (
        "ends at 09:00 on 23 November 2026, before it starts at 10:00" in item.set_aside[0].reason
    )
    (held,) = await area.held()
    assert (held.what, held.releasable) == ("set_aside", False)
    (shown,) = held.claims
    assert (shown.what, shown.pupil) == ("Plan of the visit: See how mornings go", None)
    whole = await visit(area, plan)
    assert (whole.verdict, whole.reason_code) == ("held", "ends_before_it_starts")
    assert str(whole.reason).startswith("None of what it says can stand: The plan says")
    assert (
        await visit(area, fact("plan", starts=at("10:00"), ends=at("10:00"), **PLAN))
    ).set_aside == ()


@pytest.mark.parametrize("day", ["0026-11-23", "1899-12-31", "2101-01-01", "9999-12-31"])
async def test_a_year_of_two_digits_is_set_aside_with_the_day_it_came_to(area: Area, day: str):
    await area.open()
    letter = fact(
        "letter", item="l-1", template="first", language="en", to="Ms Brook", on=day, text="Dear"
    )
    item = await visit(area, letter, STRENGTH)
    assert (item.verdict, aside(item)) == ("stored", [(0, "unlikely_date")])
    assert f"({day})" in item.set_aside[0].reason
    assert item.set_aside[0].reason.endswith("with all four digits of the year.")
    (held,) = await area.held()
    assert (held.what, held.releasable) == ("set_aside", False)


async def test_a_grandmother_and_a_time_of_day_are_no_unlikely_dates(area: Area):
    await area.open()
    born = member(
        "gran-1", name="Ivy Brook", relation="grandmother", child=False, born="1931-02-03"
    )
    meeting = fact("meeting", item="m-1", on="2026-11-30", at="09:00")
    assert not (await visit(area, born, meeting)).set_aside


def test_every_field_that_says_when_is_looked_at():
    kinds = get_args(get_args(Fact)[0])
    dated = {
        name
        for kind in kinds
        for name, field in kind.model_json_schema()["properties"].items()
        if "calendar date" in str(field) or "moment in UTC" in str(field)
    }
    assert dated == set(WHEN)


async def test_one_does_not_leave_before_one_arrived(area: Area):
    await area.open()
    both = await visit(area, fact("arrived", at=at("10:00")), fact("left", at=at("09:50")))
    assert aside(both) == [(1, "ends_before_it_starts")]
    assert "ended at 09:50" in both.set_aside[0].reason
    early = await visit(area, fact("left", at=at("09:59")), STRENGTH)
    assert aside(early) == [(0, "ends_before_it_starts")]
    assert not (await visit(area, fact("left", at=at("10:30")))).set_aside


async def test_two_arrivals_are_contested_not_refused(area: Area):
    await area.open()
    assert not (await visit(area, fact("arrived", at=at("10:00")))).set_aside
    assert not (await visit(area, fact("arrived", at=at("09:40")), who=MATE)).set_aside
    assert not (await visit(area, fact("left", at=at("09:45")))).set_aside, "after one of them"
    assert not await area.held()


async def test_an_arrival_that_is_held_says_nothing_of_the_leaving(area: Area):
    await area.open()
    late = area.write(
        MATE, "visit.noted", case="case-x", visit=VISIT, facts=[fact("arrived", at=at("12:00"))]
    )
    assert (await area.send(late)).verdict == "held"
    assert not (await visit(area, fact("left", at=at("09:45")))).set_aside


@pytest.mark.parametrize(
    "wrong",
    [
        fact("seen", item="kid-9", seen=True),
        fact("alone", item="kid-9", alone=False),
        fact("barrier", item="b-1", child="kid-9", category="health", what="Asthma"),
    ],
)
async def test_a_child_is_one_of_the_household(area: Area, wrong: dict[str, Any]):
    await area.open()
    item = await visit(area, wrong, STRENGTH)
    assert aside(item) == [(0, "no_such_member")]
    assert "kid-9" in item.set_aside[0].reason
    (held,) = await area.held()
    assert held.releasable
    added = await visit(area, wrong, member("kid-9"))
    assert not added.set_aside, "the same entry adds them"
    assert not (await visit(area, wrong)).set_aside, "and now they are known"


async def test_those_present_need_not_be_of_the_household(area: Area):
    await area.open()
    item = await visit(
        area,
        fact("present", item="uncle", present=True, name="Uncle Bo", relation="uncle"),
        fact("barrier", item="b-1", category="money", what="Fares"),
        fact("seen", item=CHILD, seen=True),
    )
    assert not item.set_aside


async def test_the_same_cell_twice_in_one_entry_is_said_once(area: Area):
    await area.open()
    item = await visit(area, fact("arrived", at=at("10:00")), fact("arrived", at=at("10:05")))
    assert aside(item) == [(1, "said_twice")]
    both = await visit(
        area, fact("seen", item=CHILD, seen=True), fact("alone", item=CHILD, alone=True)
    )
    assert not both.set_aside


async def test_a_note_stands_although_none_of_its_facts_does(area: Area):
    await area.open()
    item = await area.say(
        WORKER,
        "visit.submitted",
        case=CASE,
        visit=VISIT,
        facts=[fact("seen", item="kid-9", seen=True), fact("alone", item="kid-8", alone=True)],
        contribution={"observation": "Nobody was in."},
    )
    assert (item.verdict, len(item.set_aside)) == ("stored", 2)
    held = await area.say(
        WORKER,
        "visit.noted",
        case=CASE,
        visit=VISIT,
        facts=[fact("seen", item="kid-9", seen=True), fact("alone", item="kid-8", alone=True)],
    )
    assert str(held.reason).endswith("(and 1 more like it)")


async def test_what_is_set_aside_counts_once_it_is_released(area: Area):
    await area.open()
    wrong = area.write(
        WORKER, "case.noted", case=CASE, facts=[member("kid-2"), member("kid-2", name="Ada")]
    )
    await area.send(wrong)
    (held,) = await area.held()
    release = {"held": held.id, "entry": held.entry, "reason": "Twins"}
    released = area.write(LEAD, "quarantine.released", **release)
    assert (await area.send(released)).verdict == "stored"
    assert released["_id"] in await area.on("cases"), "it lies where the entry lies"
    placed = area.intake.cases.placed(CASE)
    assert placed is not None
    names = {one.name for one in placed.members}
    assert names == {"Rosa Brook", "Ada"}


def test_every_fact_has_a_line():
    kinds = get_args(get_args(Fact)[0])
    lines = {in_a_line(kind.model_construct(seen=True, alone=False)) for kind in kinds}
    assert len(lines) == len(kinds)
    assert "Child seen: yes" in lines
    assert "Child seen alone: no" in lines
