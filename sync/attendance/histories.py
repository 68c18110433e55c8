"""Histories: a pupil's marks of a half-term, a row a school day, from the daybooks. All pure."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.codes import Session
from schemas.measures import tally
from schemas.published import CONTESTED, History, HistoryDay, HistoryMark, history_id
from sync.attendance.daybook import Daybook

__all__ = ["UNMARKED", "Marks", "history", "marks"]

Marks = tuple[HistoryMark, HistoryMark]
"""What a pupil has on one day: in the morning, in the afternoon."""
UNMARKED: Marks = (None, None)


def _mark(day: Daybook, session: Session, pupil: str) -> HistoryMark:
    cell = day.cell(session, pupil)
    return CONTESTED if cell.state == "contested" else cell.code


def marks(day: Daybook, pupil: str) -> Marks:
    """What a pupil has on one day."""
    return _mark(day, "AM", pupil), _mark(day, "PM", pupil)


def history(half: str, pupil: str, days: Iterable[HistoryDay]) -> History:
    """A pupil's marks of the half-term that begins on ``half``, with their measures."""
    rows = tuple(sorted(days))
    counted = (
        (date, None if mark == CONTESTED else mark) for date, am, pm in rows for mark in (am, pm)
    )
    return History(
        id=history_id(half, pupil), pupil=pupil, half=half, days=rows, tally=tally(counted)
    )
