"""The fold's vectors, which the tablet's TypeScript keeps too (``tests/pwa/domain``)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from schemas.calendar import Span
from schemas.published import Cell
from sync.attendance.fold import FoldClaim, fold, roll_mark, screen
from sync.clock import local

VECTORS = Path(__file__).parents[2] / "vectors"
FOLD = json.loads((VECTORS / "fold.json").read_text("utf-8"))
LOCAL = json.loads((VECTORS / "calendar.json").read_text("utf-8"))["local"]
SPANS = {session: Span(**times) for session, times in FOLD["spans"].items()}
DATE = "2026-11-23"


def named(cases: list[dict[str, Any]]) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", cases, ids=[case["name"] for case in cases])


def claims_of(case: dict[str, Any]) -> list[FoldClaim]:
    date = case.get("date", DATE)
    return [
        FoldClaim(**{**one, "replaces": tuple(one.get("replaces", ()))}, date=date)
        for one in case["claims"]
    ]


@named(FOLD["cases"])
def test_what_the_claims_come_to(case: dict[str, Any]) -> None:
    span = SPANS[case.get("session", "AM")]
    assert fold(claims_of(case), span).model_dump(mode="json") == case["cell"]
    assert fold(reversed(claims_of(case)), span).model_dump(mode="json") == case["cell"]


@named([case for case in FOLD["cases"] if "screen" in case])
def test_what_a_claim_chosen_now_replaces(case: dict[str, Any]) -> None:
    assert list(screen(claims_of(case), SPANS[case.get("session", "AM")])) == case["screen"]


@named(FOLD["rolls"])
def test_where_a_pupil_is_held_to_be(case: dict[str, Any]) -> None:
    cell = Cell.model_validate_json(json.dumps(case["cell"]))
    mark = roll_mark(cell, case["date"], left=case["left"])
    assert mark.model_dump(mode="json") == case["mark"]


@named(LOCAL)
def test_the_schools_own_clock(case: dict[str, Any]) -> None:
    assert list(local(case["instant"], "Europe/London")) == case["expected"]
