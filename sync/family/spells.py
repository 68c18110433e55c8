"""Spells of absence: school days in a row on which a pupil missed sessions. Pure.

From a pupil's histories, whose rows are school days; a day on which nothing was missed ends a
spell, and so does one that nobody marked. What counts as absent is what counts so in rates.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from schemas.base import Date, Model
from schemas.codes import StatisticalClass, codes_on
from schemas.published import HistoryDay

__all__ = ["Spell", "spells"]


class Spell(Model):
    """From ``first`` to ``last``, both inclusive: how many sessions were missed, and how many of
    them without leave.
    """

    first: Date
    last: Date
    sessions: int
    unauthorised: int


def spells(days: Iterable[HistoryDay]) -> tuple[Spell, ...]:
    """The spells among these school days, oldest first."""
    counted = [(date, *_missed(date, am, pm)) for date, am, pm in sorted(set(days))]
    runs = groupby(counted, key=lambda day: day[1] > 0)
    found = (list(run) for is_absent, run in runs if is_absent)
    return tuple(
        Spell(
            first=run[0][0],
            last=run[-1][0],
            sessions=sum(sessions for _, sessions, _ in run),
            unauthorised=sum(unauthorised for _, _, unauthorised in run),
        )
        for run in found
    )


def _missed(date: str, *marks: str | None) -> tuple[int, int]:
    """Sessions missed on a day, and those of them without leave."""
    codes = codes_on(date)
    rows = (codes.get(mark) for mark in marks if mark is not None)
    classes = [row.counts_as for row in rows if row is not None]
    unauthorised = classes.count(StatisticalClass.UNAUTHORISED)
    return unauthorised + classes.count(StatisticalClass.AUTHORISED), unauthorised
