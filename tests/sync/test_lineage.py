"""Marks of former homes, followed."""

from __future__ import annotations

from typing import Any

import pytest

from sync.lineage import MAX_PLACES, begun, follow, noted
from sync.store import WriteBatch
from sync.stores.memory import MemoryStore


def numbered(*pairs: tuple[int, int], start: int = 0) -> dict[str, Any]:
    kept = begun(None, "old.0", f"new.{start}")
    for there, here in pairs:
        kept = noted(kept, f"old.{there}", f"new.{here}")
    return kept


@pytest.mark.parametrize(
    ("place", "followed"),
    [(0, 3), (4, 3), (5, 8), (6, 8), (8, 8), (9, 12), (20, 20), (21, None)],
)
def test_a_mark_is_followed_to_the_last_pair_at_or_before_it(
    place: int, followed: int | None
) -> None:
    kept = numbered((5, 8), (9, 12), (20, 20), start=3)
    assert follow(kept, f"old.{place}") == (None if followed is None else f"new.{followed}")


def test_what_is_no_former_homes_is_not_followed() -> None:
    assert follow(None, "old.5") is None
    kept = numbered((5, 8))
    for mark in ("other.5", "new.5", "old", "", "."):
        assert follow(kept, mark) is None, mark


def test_a_move_that_has_not_noted_anything_leads_to_the_beginning() -> None:
    assert follow(begun(None, "old.0", "new.7"), "old.3") == "new.7"


def test_a_place_noted_twice_counts_as_noted_last() -> None:
    assert follow(numbered((5, 8), (5, 9)), "old.5") == "new.9"


@pytest.mark.parametrize(
    ("place", "followed"),
    [("12-xyz", "9"), ("12-abc", "0"), ("7-xyz", "0"), ("7", "0")],
)
def test_places_of_a_cluster_are_the_end_or_else_the_beginning(place: str, followed: str) -> None:
    kept = begun(None, "old.0", "new.0")
    kept = noted(noted(kept, "old.7-xyz", "new.5"), "old.12-xyz", "new.9")
    assert follow(kept, f"old.{place}") == f"new.{followed}"


@pytest.mark.parametrize(
    ("place", "followed"), [("12~0b~77", "9"), ("12", "0"), ("13~0b~1", "0"), ("7~0a~5", "0")]
)
def test_numbers_of_a_cluster_are_not_compared(place: str, followed: str) -> None:
    kept = begun(None, "old.0~0a~0", "new.0")
    kept = noted(noted(kept, "old.7~0a~5", "new.5"), "old.12~0a~9", "new.9")
    assert follow(kept, f"old.{place}") == f"new.{followed}"


def test_a_school_that_moved_twice_is_followed_twice() -> None:
    first = numbered((5, 8), (9, 12))
    second = noted(begun(first, "new.0", "last.0"), "new.8", "last.3")
    second = noted(second, "new.12", "last.6")
    assert follow(second, "old.7") == "last.3"
    assert follow(second, "old.9") == "last.6"
    assert follow(second, "new.9") == "last.3"
    assert follow(second, "old.10") is None


def test_many_pairs_are_thinned_and_the_first_and_the_last_stay() -> None:
    kept = numbered(*((n, n) for n in range(1, 4 * MAX_PLACES)))
    assert len(kept["homes"]["old"]) <= MAX_PLACES
    for place in range(4 * MAX_PLACES):
        followed = follow(kept, f"old.{place}")
        assert followed is not None
        back = place - int(followed.removeprefix("new."))
        assert 0 <= back < (4 if place > 700 else 256), "the latest are the finest"
    assert follow(kept, f"old.{4 * MAX_PLACES - 1}") == f"new.{4 * MAX_PLACES - 1}"


async def test_a_database_locates_marks_of_its_former_homes() -> None:
    database = await MemoryStore(epochs=lambda: "new").create("school")
    assert await database.locate("old.5") is None
    kept = noted(numbered((2, 0)), "old.5", "new.99")
    await database.write(WriteBatch(local={"lineage": kept}))
    assert await database.locate("old.3") == 0
    assert await database.locate("old.5") is None
