"""A visit as it is folded; the vectors are the tablet's too (``tests/pwa/domain``)."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

from sync.family.visits import PhotoFate, visit
from tests.sync.family.telling import CASE, VISIT, Desk, heard, read_vector, visit_in_brief

VECTORS = Path(__file__).parents[2] / "vectors"
VISITS = json.loads((VECTORS / "visits.json").read_text("utf-8"))["visits"]
NOW = "2026-11-25T12:00:00.000Z"


def folded(told: Any, **more: Any) -> Any:
    """The visit that was told of."""
    how: dict[str, Any] = {"restricted": False, "as_at": NOW}
    return visit(VISIT, CASE, told, **(how | more))


@pytest.mark.parametrize("case", VISITS, ids=[one["name"] for one in VISITS])
def test_what_is_told_comes_to(case: dict[str, Any]) -> None:
    told, names = read_vector(case["told"])
    whole = folded(told)
    assert visit_in_brief(whole, names) == case["visit"]
    for seed in range(5):
        assert folded(random.Random(seed).sample(told, len(told))) == whole


@pytest.mark.parametrize("case", VISITS, ids=[one["name"] for one in VISITS])
def test_what_came_twice_came_once(case: dict[str, Any]) -> None:
    told, _ = read_vector(case["told"])
    assert folded([*told, *reversed(told)]) == folded(told)


def test_a_note_says_who_wrote_it_where_and_when_it_was_begun_and_received() -> None:
    entry = Desk().write(
        "ann",
        "visit.submitted",
        offset_ms=60_000,
        written_at="2026-11-23T12:00:00.000Z",
        begun_at="2026-11-23T11:00:00.000Z",
        contribution={"observation": "The flat was warm.", "parent_view": "It is hard."},
    )
    (note,) = folded([heard(entry, "2026-11-23T18:00:00.000Z")]).contributions
    assert (note.author, note.author_name, note.role) == ("ann", "Ann Aske", "family_worker")
    assert note.device == "tablet-ann"
    assert note.begun_at == "2026-11-23T11:01:00.000Z"
    assert note.written_at == "2026-11-23T12:01:00.000Z"
    assert note.received_at == "2026-11-23T18:00:00.000Z"
    assert note.contribution.observation == "The flat was warm."


def test_a_photo_says_what_became_of_its_bytes() -> None:
    added = Desk().write(
        "ann",
        "photo.added",
        photo="photo-1",
        digest="1" * 64,
        bytes=3,
        media_type="image/png",
        taken_at="2026-11-23T10:00:00.000Z",
    )
    fates = {"photo-1": PhotoFate("held", "It is no picture.")}
    (photo,) = folded([heard(added)], photos=fates).photos
    assert (photo.state, photo.reason) == ("held", "It is no picture.")
    (photo,) = folded([heard(added)]).photos
    assert (photo.state, photo.reason) == ("waiting", None)


def test_a_settlement_says_why_and_takes_the_place_of_both_sides() -> None:
    told, names = read_vector(
        [
            {
                "as": "a",
                "by": "ann",
                "kind": "visit.noted",
                "facts": [{"fact": "outcome", "outcome": "seen"}],
            },
            {
                "as": "b",
                "by": "bo",
                "kind": "visit.noted",
                "facts": [{"fact": "outcome", "outcome": "refused"}],
            },
            {
                "as": "c",
                "by": "lea",
                "kind": "visit.settled",
                "reason": "I rang the mother.",
                "facts": [
                    {"says": {"fact": "outcome", "outcome": "seen"}, "replaces": ["$a.0", "$b.0"]}
                ],
            },
        ]
    )
    (cell,) = folded(told).cells
    assert [names[one] for one in cell.live] == ["c.0"]
    assert {names[one.id]: one.reason for one in cell.claims} == {
        "a.0": None,
        "b.0": None,
        "c.0": "I rang the mother.",
    }


def test_of_a_restricted_case_it_says_so() -> None:
    told, _ = read_vector(VISITS[0]["told"])
    assert folded(told, restricted=True).restricted
