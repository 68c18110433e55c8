"""A case as it is folded; the vectors are the tablet's too (``tests/pwa/domain``)."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from schemas.family.cases import Case, CaseEvent, CaseSchool, CaseWorker
from schemas.family.visits import Visit
from schemas.policy import Role
from sync.family.casefile import visit_of
from sync.family.cases import Child, Surroundings, case, children, status, summary, teams
from sync.family.told import Told
from sync.family.visits import visit
from tests.sync.family.telling import CASE, cells_in_brief, read_vector

VECTORS = Path(__file__).parents[2] / "vectors"
WRITTEN = json.loads((VECTORS / "cases.json").read_text("utf-8"))
CASES, ZONE = WRITTEN["cases"], WRITTEN["time_zone"]
NOW = "2026-11-25T12:00:00.000Z"
AROUND = Surroundings(time_zone=ZONE)
PLACED: dict[str, Any] = {"fact": "placing", "team": "team-1"}


def visits_of(told: list[Told], restricted: bool) -> list[Visit]:
    """The visits that were told of."""
    named = sorted({visit_of(one.spoken.entry) for one in told} - {None}, key=str)
    return [
        visit(
            str(name),
            CASE,
            [one for one in told if visit_of(one.spoken.entry) == name],
            restricted=restricted,
            as_at=NOW,
        )
        for name in named
    ]


def folded(told: list[Told], around: Surroundings = AROUND) -> Case:
    """The case that was told of."""
    return case(CASE, told, visits_of(told, restricted=False), around, NOW)


def opened(*facts: dict[str, Any], by: str = "ann") -> dict[str, Any]:
    """An act that opens the case."""
    written = "2026-09-07T09:00:00.000Z"
    return {
        "as": "a",
        "by": by,
        "kind": "case.opened",
        "written_at": written,
        "facts": [PLACED, *facts],
    }


def member(item: str, **more: Any) -> dict[str, Any]:
    """A child of the household."""
    fields = {"name": "Kit Example", "relation": "Son", "child": True}
    return {"fact": "member", "item": item, **fields, **more}


def case_in_brief(whole: Case, names: dict[str, str]) -> dict[str, Any]:
    """A case as a vector writes it: without what is empty."""
    brief = {
        "cells": cells_in_brief(whole.cells, names),
        "restricted": whole.restricted,
        "opened_at": whole.opened_at,
        "status": status(whole.cells),
        "teams": sorted(teams(whole.cells)),
        "review_due": None,
        "chronology": [
            [one.at, one.recorded_at, one.what, one.text, names.get(one.ref or "", one.ref)]
            for one in whole.chronology
        ],
    }
    open_one = summary(whole, [], ZONE, NOW)
    brief["review_due"] = open_one.review_due if open_one is not None else None
    return {key: found for key, found in brief.items() if found or found is False}


@pytest.mark.parametrize("one", CASES, ids=[one["name"] for one in CASES])
def test_what_is_told_comes_to(one: dict[str, Any]) -> None:
    told, names = read_vector(one["told"])
    whole = folded(told)
    assert case_in_brief(whole, names) == one["case"]
    for seed in range(5):
        assert folded(random.Random(seed).sample(told, len(told))) == whole


def test_what_comes_from_elsewhere_is_laid_beside_it() -> None:
    told, _ = read_vector([opened()])
    worry = CaseEvent(at=NOW, recorded_at=NOW, what="concern", text="A concern was raised.")
    around = Surroundings(
        time_zone=ZONE,
        workers=(CaseWorker(person="ann", name="Ann Aske", role=Role.FAMILY_WORKER),),
        schools=(CaseSchool(school="sch-1", name="Saltmarsh Primary School"),),
        events=(worry,),
    )
    whole = folded(told, around)
    assert (whole.workers, whole.schools) == (around.workers, around.schools)
    assert [one.what for one in whole.chronology] == ["opened", "concern"]


def test_before_its_opening_has_come_a_case_begins_with_what_was_first_told() -> None:
    noted = {"as": "a", "by": "ann", "kind": "case.noted", "written_at": NOW, "facts": []}
    told, _ = read_vector([noted])
    whole = folded(told)
    assert (whole.opened_at, whole.chronology, whole.restricted) == (NOW, (), True)


def test_a_child_is_a_pupil_of_a_school_only_where_nobody_differs_on_which() -> None:
    first = member("kid-1", school="sch-1", pupil="pup-1")
    told, _ = read_vector(
        [
            opened(
                first,
                member("kid-2", school="sch-1", pupil="pup-2", note="Likes maths."),
                member("kid-3", school="sch-2", pupil="pup-3"),
                member("kid-4"),
                member("kid-5", school="sch-2", pupil="pup-5", gone=True),
            ),
            {
                "as": "b",
                "by": "bo",
                "kind": "case.noted",
                "facts": [
                    # The same child, entered once more by somebody who could not know.
                    member("kid-9", school="sch-1", pupil="pup-1"),
                    member("kid-2", school="sch-1", pupil="pup-2"),
                    member("kid-3", school="sch-1", pupil="pup-3"),
                ],
            },
        ]
    )
    assert children(folded(told).cells) == [
        Child("sch-1", "pup-1", frozenset({"kid-1", "kid-9"})),
        Child("sch-1", "pup-2", frozenset({"kid-2"})),
    ]


def test_a_summary_counts_and_names_nobody_of_the_family() -> None:
    lead = {"fact": "lead", "name": "Hedda Holm", "agency": "Health visiting"}
    review = {"fact": "review", "item": "r1", "due": "2026-12-14"}
    told, _ = read_vector(
        [
            opened(
                lead,
                review,
                {"fact": "status", "status": "closed", "outcome": "moved"},
                member("kid-1", school="sch-2", pupil="pup-1"),
                member("kid-2"),
                member("mum", child=False),
            ),
            {
                "as": "b",
                "by": "ann",
                "kind": "visit.noted",
                "facts": [{"fact": "arrived", "at": "2026-11-23T00:30:00.000Z"}],
            },
        ]
    )
    whole = folded(told)
    found = summary(whole, visits_of(told, restricted=False), ZONE, NOW)
    assert found is not None
    assert found.model_dump(exclude={"id", "type", "as_at"}) == {
        "case": CASE,
        "team": "team-1",
        "status": "closed",
        "outcome": "moved",
        "lead_name": "Hedda Holm",
        "agency": "Health visiting",
        "schools": ("sch-2",),
        "children": 2,
        "opened_on": "2026-09-07",
        "last_visit_on": "2026-11-23",
        "review_due": "2026-12-14",
    }
    assert "Example" not in found.model_dump_json()


def test_of_a_restricted_case_there_is_no_summary() -> None:
    restricted = {"says": PLACED | {"restricted": True}, "replaces": ["$a.0"]}
    noted = {"as": "b", "by": "bo", "kind": "case.noted", "facts": [restricted]}
    told, _ = read_vector([opened(), noted])
    assert summary(folded(told), [], ZONE, NOW) is None
