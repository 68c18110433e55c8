"""A school's calendar and register times.

School days decide when an ``N`` falls due (reg 10(7)-(9): five school days); the closing time
decides between ``L`` and ``U``; half-terms decide what a tablet holds of the days gone by. All are
the school's own data, and dated.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, model_validator

from schemas.base import Date, LocalTime, Model, Sentence
from schemas.codes import Session

__all__ = [
    "N_SCHOOL_DAYS",
    "Closure",
    "HalfTerm",
    "RegisterTimes",
    "SchoolCalendar",
    "Span",
    "Term",
    "minutes_between",
]

N_SCHOOL_DAYS = 5
"""School days within which an ``N`` must be resolved (SI 2024/208 reg 10(7)-(9))."""
HALF_TERM_DAYS = 5
"""Days of the school's week that a holiday within a term takes at least to cut it in two."""
MAX_OPEN_MINUTES = 30
_DAY = dt.timedelta(days=1)


def minutes_between(start: str, end: str) -> int:
    """Whole minutes from ``start`` to ``end``, both HH:MM on one day; negative if end is first."""
    return _minutes(end) - _minutes(start)


def _minutes(time: str) -> int:
    return int(time[:2]) * 60 + int(time[3:])


class Span(Model):
    """When a session's register opens (its start), when it closes, and when the session ends."""

    opens: LocalTime
    closes: LocalTime
    ends: LocalTime

    @model_validator(mode="after")
    def _in_order(self) -> Span:
        length = minutes_between(self.opens, self.closes)
        if not 0 < length <= MAX_OPEN_MINUTES:
            raise ValueError(
                f"the register is open from {self.opens} to {self.closes}, {length} minutes; "
                f"it may be open for 1 to {MAX_OPEN_MINUTES}"
            )
        if self.ends <= self.closes:
            raise ValueError(f"the session ends at {self.ends}, not after closing {self.closes}")
        return self


class RegisterTimes(Model):
    """Register times from a date on. Each session's register is open for the same length."""

    valid_from: Date
    am: Span
    pm: Span

    @model_validator(mode="after")
    def _same_length(self) -> RegisterTimes:
        am, pm = (minutes_between(s.opens, s.closes) for s in (self.am, self.pm))
        if am != pm:
            raise ValueError(
                f"registers are open {am} minutes in the morning and {pm} in the "
                "afternoon; the length must be the same for every session"
            )
        return self

    def span(self, session: Session) -> Span:
        """The times of one session."""
        return self.am if session == "AM" else self.pm


class Term(Model):
    """First and last day, both inclusive."""

    name: Sentence
    first: Date
    last: Date


class Closure(Model):
    """Days within a term without sessions: half-term, INSET, a bank holiday, a snow day."""

    first: Date
    last: Date
    kind: Literal["holiday", "inset", "bank_holiday", "unplanned"]
    note: Sentence | None = None


class HalfTerm(Model):
    """A term, or the part of one that a holiday in its middle cuts off.

    It begins with its first school day and runs until the next begins (``last`` is the eve of
    that), so every school day lies in exactly one, also an extra one in the holidays after it.
    """

    first: Date
    last: Date
    name: Sentence


class SchoolCalendar(Model):
    """Everything that decides whether a date is a school day, and the times of its registers."""

    time_zone: Sentence = "Europe/London"
    weekdays: Annotated[tuple[Annotated[int, Field(ge=0, le=6)], ...], Field(min_length=1)] = (
        0,
        1,
        2,
        3,
        4,
    )
    """Days of the week with sessions; Monday is 0."""
    terms: Annotated[tuple[Term, ...], Field(min_length=1)]
    closures: tuple[Closure, ...] = ()
    extra_days: tuple[Date, ...] = ()
    """School days that the rules above would leave out (a Saturday opening)."""
    times: Annotated[tuple[RegisterTimes, ...], Field(min_length=1)]

    def is_school_day(self, date: str) -> bool:
        """Whether the school has sessions on ``date``."""
        if date in self.extra_days:
            return True
        if dt.date.fromisoformat(date).weekday() not in self.weekdays:
            return False
        if any(closure.first <= date <= closure.last for closure in self.closures):
            return False
        return any(term.first <= date <= term.last for term in self.terms)

    def weekday_on(self, date: str) -> int:
        """The day of the timetable, Monday 0; an extra day outside the week runs as Monday."""
        weekday = dt.date.fromisoformat(date).weekday()
        return weekday if weekday in self.weekdays else self.weekdays[0]

    def times_on(self, date: str) -> RegisterTimes:
        """Register times in force on ``date``: the latest that started by then, or the first."""
        started = [times for times in self.times if times.valid_from <= date]
        ordered = sorted(started or self.times, key=lambda times: times.valid_from)
        return ordered[-1] if started else ordered[0]

    def school_days_after(self, date: str, count: int) -> str | None:
        """The ``count``-th school day after ``date``; None if the calendar does not reach it."""
        first, last = self._edges()
        day = max(dt.date.fromisoformat(date), first - _DAY)
        while day < last:
            day += _DAY
            if self.is_school_day(day.isoformat()):
                count -= 1
                if count == 0:
                    return day.isoformat()
        return None

    def school_days_before(self, date: str, count: int) -> list[str]:
        """Up to ``count`` school days before ``date``, latest first."""
        first, last = self._edges()
        day = min(dt.date.fromisoformat(date), last + _DAY)
        found: list[str] = []
        while day > first and len(found) < count:
            day -= _DAY
            if self.is_school_day(day.isoformat()):
                found.append(day.isoformat())
        return found

    def _edges(self) -> tuple[dt.date, dt.date]:
        """The first and the last date that can be a school day."""
        dates = [
            *self.extra_days,
            *(edge for term in self.terms for edge in (term.first, term.last)),
        ]
        return dt.date.fromisoformat(min(dates)), dt.date.fromisoformat(max(dates))

    @cached_property
    def half_terms(self) -> tuple[HalfTerm, ...]:
        """Every half-term, in order; none where no term has an open day.

        A term is cut by days off of at least :data:`HALF_TERM_DAYS` of the school's week together
        (a week, where that is shorter): a holiday, with the bank holidays and INSET days next to
        it. An unplanned closure cuts nothing, however long it is.
        """
        starts = list(self._starts())
        if not starts:
            return ()
        early = min((one for one in self.extra_days if one < starts[0][0]), default=starts[0][0])
        firsts = [early, *(first for first, _ in starts[1:])]
        end = self._edges()[1]
        lasts = [*((dt.date.fromisoformat(one) - _DAY) for one in firsts[1:]), end]
        terms = [term for _, term in starts]
        return tuple(
            HalfTerm(
                first=first,
                last=last.isoformat(),
                name=_part(term, terms[:number].count(term), terms.count(term)),
            )
            for number, (first, last, term) in enumerate(zip(firsts, lasts, terms, strict=True))
        )

    def half_term(self, date: str) -> HalfTerm | None:
        """The half-term of ``date``, in the holidays the one before; None before the first."""
        begun = [half for half in self.half_terms if half.first <= date]
        return begun[-1] if begun else None

    def window(self, today: str) -> tuple[HalfTerm, ...]:
        """This half-term and the last, latest first: in the holidays, the two before them."""
        begun = [half for half in self.half_terms if half.first <= today]
        return tuple(reversed(begun[-2:]))

    def school_days(self, first: str, last: str) -> list[str]:
        """The school days from ``first`` to ``last``, both inclusive, in order."""
        edges = self._edges()
        day = max(dt.date.fromisoformat(first), edges[0])
        end = min(dt.date.fromisoformat(last), edges[1])
        found: list[str] = []
        while day <= end:
            if self.is_school_day(day.isoformat()):
                found.append(day.isoformat())
            day += _DAY
        return found

    def _starts(self) -> Iterator[tuple[str, Term]]:
        """The first day of each half-term with its term."""
        planned = [one for one in self.closures if one.kind != "unplanned"]
        enough = min(HALF_TERM_DAYS, len(set(self.weekdays)))
        day, end = self._edges()
        current: Term | None = None
        off, holiday = 0, False
        while day <= end:
            date = day.isoformat()
            term = next((one for one in self.terms if one.first <= date <= one.last), None)
            if term is not None and day.weekday() in self.weekdays:
                kinds = {one.kind for one in planned if one.first <= date <= one.last}
                if kinds:
                    off, holiday = off + 1, holiday or "holiday" in kinds
                else:
                    if term is not current or (holiday and off >= enough):
                        yield date, term
                    current, off, holiday = term, 0, False
            day += _DAY

    def __copy__(self) -> SchoolCalendar:
        """A copy may be changed, so it works out its own half-terms."""
        copied = super().__copy__()
        copied.__dict__.pop("half_terms", None)
        return copied

    def n_due(self, date: str) -> str | None:
        """The school day by which an ``N`` of ``date`` must be resolved."""
        return self.school_days_after(date, N_SCHOOL_DAYS)


def _part(term: Term, number: int, parts: int) -> str:
    """What people call part ``number`` (from 0) of a term that is cut into so many ``parts``."""
    if parts == 1:
        return term.name
    if parts == 2:
        return f"{term.name}, {('first', 'second')[number]} half"
    return f"{term.name}, part {number + 1}"
