"""Rules of the register that follow from times, not from anybody's choice.

SI 2024/208 reg 10: ``L`` for a pupil who came in before the register closed, ``U`` after. Which of
the two follows from the arrival time and the school's closing time, never from when the entry
was written or synced.
"""

from __future__ import annotations

from schemas.calendar import Span, minutes_between

__all__ = ["ARRIVALS", "HERE", "code_as_read", "late_code", "minutes_late"]

ARRIVALS = frozenset({"L", "U"})
HERE = frozenset({"/", "\\", "L", "U"})
"""Codes that say the pupil is, or came, on site."""


def late_code(arrived: str, span: Span) -> str:
    """``L`` up to and including the minute the register closes, ``U`` after it."""
    return "L" if arrived <= span.closes else "U"


def code_as_read(code: str, arrived: str | None, span: Span) -> str:
    """A claim's code as it reads: ``L`` and ``U`` with a time follow the time, all else stands."""
    return late_code(arrived, span) if code in ARRIVALS and arrived is not None else code


def minutes_late(arrived: str, span: Span) -> int:
    """Whole minutes from the start of the session, never negative."""
    return max(0, minutes_between(span.opens, arrived))
