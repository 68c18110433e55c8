"""Figures: a school in counts. The whole school only: a small group would name somebody."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.calendar import SchoolCalendar
from schemas.codes import Session
from schemas.figures import Figures, SessionFigures
from schemas.measures import Tally, tally
from sync.attendance.daybook import Daybook
from sync.attendance.sheets import SESSIONS
from sync.clock import instant, local
from sync.roster import Roster

__all__ = ["begun", "figures", "of_session"]


def of_session(day: Daybook, session: Session) -> SessionFigures:
    """One session of one day."""
    roster, date = day.roster, day.date
    pupils = [one for one in roster.pupils if roster.on_roll(one, date)]
    cells = [day.cell(session, one) for one in pupils]
    marks = tally((date, cell.code if cell.state == "agreed" else None) for cell in cells)
    due = roster.registering(date, session)
    return SessionFigures(
        date=date,
        session=session,
        on_roll=len(pupils),
        registers_expected=len(due),
        registers_in=sum(_is_in(day, session, group.group) for group in due),
        contested=sum(cell.state == "contested" for cell in cells),
        marks=marks,
        attendance=marks.attendance_hundredths(),
    )


def _is_in(day: Daybook, session: Session, group: str) -> bool:
    return any(one.voided is None and one.claims for one in day.takings(session, group))


def begun(calendar: SchoolCalendar, date: str, now_ms: int) -> list[Session]:
    """The sessions of a day that have begun by now."""
    now = local(instant(now_ms), calendar.time_zone)
    times = calendar.times_on(date)
    return [one for one in SESSIONS if (date, times.span(one).opens) <= now]


def figures(
    roster: Roster, sessions: Iterable[SessionFigures], first: str, last: str, now_ms: int
) -> Figures:
    """Sessions that have begun, in order, and their sum."""
    calendar, found = roster.calendar, tuple(sessions)
    now = local(instant(now_ms), calendar.time_zone)
    running = any(
        (one.date, calendar.times_on(one.date).span(one.session).ends) > now for one in found
    )
    whole = _sum(one.marks for one in found)
    return Figures(
        school=roster.school.school,
        name=roster.school.name,
        first=first,
        last=last,
        as_at=instant(now_ms),
        provisional=running or any(_is_open(one) for one in found),
        sessions=found,
        marks=whole,
        attendance=whole.attendance_hundredths(),
    )


def _is_open(one: SessionFigures) -> bool:
    missing = one.registers_in < one.registers_expected
    return missing or one.contested > 0 or one.marks.unmarked > 0


def _sum(tallies: Iterable[Tally]) -> Tally:
    counts = dict.fromkeys(Tally.model_fields, 0)
    for one in tallies:
        for name, count in one.model_dump().items():
            counts[name] += count
    return Tally(**counts)
