"""Spells of absence, from the rows of histories."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from schemas.published import HistoryDay
from sync.family.spells import Spell, spells


def spell(first: str, last: str, sessions: int, unauthorised: int = 0) -> Spell:
    return Spell(first=first, last=last, sessions=sessions, unauthorised=unauthorised)


def test_days_in_a_row_are_one_spell_and_a_day_in_school_ends_it() -> None:
    days: list[HistoryDay] = [
        ("2026-11-16", "I", "I"),
        ("2026-11-17", "/", "O"),
        ("2026-11-18", "/", "\\"),
        ("2026-11-19", "N", None),
        ("2026-11-20", "L", "\\"),
    ]
    assert spells(days) == (
        spell("2026-11-16", "2026-11-17", 3, 1),
        spell("2026-11-19", "2026-11-19", 1, 1),
    )


def test_a_weekend_does_not_end_a_spell_and_a_day_that_nobody_marked_does() -> None:
    days: list[HistoryDay] = [
        ("2026-11-20", "I", "I"),
        ("2026-11-23", "I", None),
        ("2026-11-24", None, None),
        ("2026-11-25", "I", "I"),
    ]
    assert spells(days) == (
        spell("2026-11-20", "2026-11-23", 3),
        spell("2026-11-25", "2026-11-25", 2),
    )


def test_what_is_contested_or_unknown_or_not_counted_is_no_absence() -> None:
    assert spells([("2026-11-20", "?", "§"), ("2026-11-23", "Y1", "B")]) == ()


DAYS = st.lists(
    st.tuples(
        st.integers(1, 28).map(lambda day: f"2026-11-{day:02d}"),
        st.sampled_from(["/", "I", "O", "N", None, "?"]),
        st.sampled_from(["\\", "I", "O", "N", None, "?"]),
    ),
    unique_by=lambda day: day[0],
)


@given(DAYS)
def test_no_absence_is_counted_twice_or_left_out(days: list[HistoryDay]) -> None:
    missed = sum(mark in {"I", "O", "N"} for _, *marks in days for mark in marks)
    found = spells(days)
    assert sum(one.sessions for one in found) == missed
    assert all(one.first <= one.last and one.unauthorised <= one.sessions for one in found)
    assert all(a.last < b.first for a, b in pairwise(found))
