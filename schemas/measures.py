"""Attendance measures, in integers until the last step (DfE, Pupil absence methodology).

attendance % = 100 * attended / possible, a ratio of sums, never a mean of percentages.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.base import Model
from schemas.codes import StatisticalClass, codes_on

__all__ = ["Tally", "tally"]


class Tally(Model):
    """Sessions counted by class. ``unmarked`` lies outside every rate."""

    attended: int = 0
    authorised: int = 0
    unauthorised: int = 0
    late: int = 0
    not_counted: int = 0
    unmarked: int = 0

    @property
    def possible(self) -> int:
        """Sessions in the denominator."""
        return self.attended + self.authorised + self.unauthorised

    def attendance_hundredths(self) -> int | None:
        """Attendance in hundredths of a percent, half up; None when nothing was possible."""
        if self.possible == 0:
            return None
        return (20_000 * self.attended + self.possible) // (2 * self.possible)

    def persistently_absent(self) -> bool:
        """Missed 10 % or more of possible sessions: ``10 * absent >= possible > 0``."""
        return self.possible > 0 and 10 * (self.authorised + self.unauthorised) >= self.possible

    def severely_absent(self) -> bool:
        """Missed half or more: ``2 * absent >= possible > 0``."""
        return self.possible > 0 and 2 * (self.authorised + self.unauthorised) >= self.possible


_FIELD = {
    StatisticalClass.PRESENT: "attended",
    StatisticalClass.ATTENDING_ELSEWHERE: "attended",
    StatisticalClass.AUTHORISED: "authorised",
    StatisticalClass.UNAUTHORISED: "unauthorised",
    StatisticalClass.NOT_POSSIBLE: "not_counted",
    StatisticalClass.ADMINISTRATIVE: "not_counted",
}


def tally(marks: Iterable[tuple[str, str | None]]) -> Tally:
    """Count ``(date, code)`` pairs; a code of None (unmarked or contested) is ``unmarked``.

    A code that was not in force on its date counts as unmarked: it is somebody's to correct.
    """
    counts = dict.fromkeys(Tally.model_fields, 0)
    for date, code in marks:
        row = codes_on(date).get(code) if code is not None else None
        counts["unmarked" if row is None else _FIELD[row.counts_as]] += 1
        if row is not None and code in {"L", "U"}:
            counts["late"] += 1
    return Tally(**counts)
