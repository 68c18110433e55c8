"""What a school is told of a case: by office and by safeguarding lead, and never more."""

from __future__ import annotations

from typing import Any

from schemas.family.shares import Support
from sync.family.shares import shared, supports
from tests.sync.family.telling import read_vector
from tests.sync.family.test_cases import NOW, ZONE, folded, member, opened, visits_of

HOUSEHOLD = (
    member("kid-1", school="sch-1", pupil="pup-1"),
    member("kid-2", school="sch-2", pupil="pup-2"),
)
PLAN: dict[str, Any] = {
    "fact": "plan",
    "purpose": "SECRET purpose",
    "type": "attendance",
    "announced": True,
    "starts": "2026-11-23T10:00:00.000Z",
    "ends": "2026-11-23T11:00:00.000Z",
    "address": "SECRET address",
    "workers": ["ann"],
}


def noted(name: str, *facts: Any, kind: str = "case.noted", **more: Any) -> dict[str, Any]:
    """An act of Bo Birk's."""
    return {"as": name, "by": "bo", "kind": kind, "facts": list(facts), **more}


def action(item: str, **more: Any) -> dict[str, Any]:
    """An action of the plan."""
    fields = {"what": f"What of {item}", "owner": "Ann Aske", "note": "SECRET note"}
    return {"fact": "action", "item": item, **fields, **more}


def told_school(*acts: dict[str, Any]) -> dict[str, Support]:
    """The offices' parts, by pupil."""
    told, _ = read_vector(acts)
    whole = folded(told)
    found = supports(whole, visits_of(told, restricted=whole.restricted), ZONE, NOW)
    assert all(child.pupil == part.pupil for child, part in found)
    return {child.pupil: part for child, part in found}


def told_lead(*acts: dict[str, Any]) -> dict[str, list[str]]:
    """What the safeguarding leads are told, by pupil."""
    told, _ = read_vector(acts)
    found = shared(folded(told), NOW)
    return {child.pupil: [line.text for line in part.lines] for child, part in found}


def note(item: str, child: str = "kid-1", **more: Any) -> dict[str, Any]:
    """Something told to a school on purpose."""
    return {"fact": "shared", "item": item, "child": child, "text": item, "basis": "consent"} | more


def test_an_office_learns_that_a_visit_was_and_what_came_of_it_and_no_word_more() -> None:
    found = told_school(
        opened(*HOUSEHOLD, {"fact": "lead", "name": "Hedda Holm", "agency": "Health visiting"}),
        noted("b", PLAN, kind="visit.planned", visit="v1"),
        noted(
            "c",
            {"fact": "outcome", "outcome": "seen", "note": "SECRET word"},
            {"fact": "arrived", "at": "2026-11-23T10:05:00.000Z"},
            {"fact": "seen", "item": "kid-1", "seen": True, "presentation": "SECRET sight"},
            kind="visit.submitted",
            visit="v1",
            contribution={"observation": "SECRET observation"},
        ),
    )
    part = found["pup-1"]
    assert [(one.visit, one.on, one.outcome) for one in part.visits] == [
        ("v1", "2026-11-23", "seen")
    ]
    assert (part.status, part.lead_name, part.agency) == ("open", "Hedda Holm", "Health visiting")
    assert found.keys() == {"pup-1", "pup-2"}
    assert "SECRET" not in "".join(one.model_dump_json() for one in found.values())


def test_visits_come_in_order_and_a_cancelled_one_not_at_all() -> None:
    later = PLAN | {"starts": "2026-12-01T10:00:00.000Z"}
    found = told_school(
        opened(*HOUSEHOLD),
        noted("b", later, kind="visit.planned", visit="v1"),
        noted("c", PLAN | {"cancelled": "SECRET reason"}, kind="visit.planned", visit="v2"),
        noted("d", PLAN, kind="visit.planned", visit="v3"),
        noted("e", {"fact": "outcome", "outcome": "seen"}, kind="visit.noted", visit="v3"),
        noted("f", {"fact": "outcome", "outcome": "refused"}, kind="visit.noted", visit="v3"),
        noted("g", PLAN, kind="visit.planned", visit="v4", held="Not yours."),
    )
    assert [(one.visit, one.outcome) for one in found["pup-1"].visits] == [
        ("v3", "contested"),
        ("v1", "planned"),
    ]


def test_an_action_goes_to_the_school_of_its_child_or_to_all() -> None:
    found = told_school(
        opened(*HOUSEHOLD),
        noted(
            "b",
            action("all"),
            action("one", child="kid-1", due="2026-12-01"),
            action("two", child="kid-2", status="done"),
            # Whose it is, people differ on: nobody is told until they have settled it.
            action("whose", child="kid-1"),
            # How far it has come, they may differ on: each version is told.
            action("open", child="kid-1"),
        ),
        noted("c", action("whose", child="kid-2"), action("open", child="kid-1", status="done")),
    )
    lines = [(one.item, one.status) for one in found["pup-1"].actions]
    assert sorted(lines) == [("all", "open"), ("one", "open"), ("open", "done"), ("open", "open")]
    assert [one.item for one in found["pup-2"].actions] == ["all", "two"]
    assert "SECRET" not in found["pup-1"].model_dump_json()


def test_a_safeguarding_lead_learns_what_was_told_on_purpose() -> None:
    found = told_lead(
        opened(*HOUSEHOLD),
        noted(
            "b",
            note("told"),
            note("withdrawn", withdrawn=True),
            note("theirs", "kid-2"),
            note("whose"),
            note("either"),
        ),
        noted(
            "c",
            note("whose", "kid-2"),
            note("either", withdrawn=True),
            note("told", text="told otherwise"),
        ),
    )
    assert {pupil: sorted(lines) for pupil, lines in found.items()} == {
        "pup-1": ["told", "told otherwise"],
        "pup-2": ["theirs"],
    }


def test_a_restricted_case_leaves_no_trace_and_takes_back_what_was_told() -> None:
    before = (opened(*HOUSEHOLD), noted("b", action("all"), note("told")))
    assert told_school(*before)
    assert told_lead(*before)
    restricted = {"fact": "placing", "team": "team-1", "restricted": True}
    after = noted("c", {"says": restricted, "replaces": ["$a.0"]})
    assert told_school(*before, after) == {}
    assert told_lead(*before, after) == {}
    # Also while people differ on whether it is.
    assert told_school(*before, noted("c", restricted)) == {}
