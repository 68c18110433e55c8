"""Figures of a school: counts and rates that name nobody, for governors and authorities."""

from __future__ import annotations

from schemas.base import Date, Instant, Model, OpaqueId
from schemas.codes import Session
from schemas.measures import Tally

__all__ = ["Figures", "SessionFigures"]


class SessionFigures(Model):
    """One session of the whole school.

    ``marks``: the session of every pupil on roll, counted once; contested ones as unmarked, and
    told apart in ``contested``. ``attendance``: hundredths of a percent, None where nothing was
    possible.
    """

    date: Date
    session: Session
    on_roll: int
    registers_expected: int
    registers_in: int
    contested: int
    marks: Tally
    attendance: int | None


class Figures(Model):
    """``GET /db/<school>/_figures``: a span of days, oldest first, and all of it together.

    ``provisional``: a register is missing, a mark is contested or missing, or a session not over.
    """

    school: OpaqueId
    name: str
    first: Date
    last: Date
    as_at: Instant
    provisional: bool
    sessions: tuple[SessionFigures, ...]
    marks: Tally
    attendance: int | None
