"""What is published from a daybook: sheets, fire lists, cards' strips, open ``N``s. All pure."""

from __future__ import annotations

from collections.abc import Sequence

from schemas.codes import Session
from schemas.published import (
    Card,
    LastMark,
    Roll,
    RollMark,
    RollRow,
    Sheet,
    SheetRow,
    Unexplained,
    UnexplainedRow,
    sheet_id,
)
from schemas.roster import Pupil
from schemas.school import Group
from sync.attendance.daybook import Daybook
from sync.attendance.fold import roll_mark
from sync.attendance.planned import PlannedBook
from sync.roster import Roster

__all__ = ["SESSIONS", "STRIP", "card", "roll", "sheet", "unexplained"]

SESSIONS: tuple[Session, Session] = ("AM", "PM")
STRIP = 10
"""Sessions in a card's strip."""


def sheet(day: Daybook, planned: PlannedBook, group: Group, session: Session, as_at: str) -> Sheet:
    """The sheet of a group's session: its members on roll, and whoever else was marked in it."""
    roster, date = day.roster, day.date
    span = roster.calendar.times_on(date).span(session)
    members = [pupil for pupil in group.members if roster.on_roll(pupil, date)]
    others = sorted(day.marked(session, group.group) - set(members))
    taker = day.taker(session, group.group)
    return Sheet(
        id=sheet_id(date, session, group.group),
        group=group.group,
        date=date,
        session=session,
        opens=span.opens,
        closes=span.closes,
        ends=span.ends,
        n_due=roster.calendar.n_due(date),
        taker=taker or group.teacher,
        taker_name=day.name_of(taker) if taker is not None else group.teacher_name,
        rows=tuple(
            SheetRow(
                pupil=pupil,
                planned=planned.on(pupil, date, session),
                claims=day.claims(session, pupil),
                cell=day.cell(session, pupil),
                left=day.left(session, pupil),
                departure=day.departure(session, pupil),
                listed=listed,
            )
            for pupils, listed in ((members, True), (others, False))
            for pupil in pupils
        ),
        takings=day.takings(session, group.group),
        as_at=as_at,
    )


def roll(day: Daybook, form: Group, as_at: str) -> Roll:
    """The fire list of one form on one day."""
    pupils = [day.roster.pupils[one] for one in form.members if day.roster.on_roll(one, day.date)]
    return Roll(
        id=f"roll:{day.date}:{form.group}",
        date=day.date,
        form=form.group,
        form_name=form.name,
        room=form.room,
        rows=tuple(
            RollRow(
                pupil=pupil.pupil,
                known_as=pupil.known_as,
                surname=pupil.surname,
                am=_where(day, "AM", pupil.pupil),
                pm=_where(day, "PM", pupil.pupil),
                left=day.left("PM", pupil.pupil) or day.left("AM", pupil.pupil),
            )
            for pupil in pupils
        ),
        as_at=as_at,
    )


def _where(day: Daybook, session: Session, pupil: str) -> RollMark:
    return roll_mark(day.cell(session, pupil), day.date, left=day.left(session, pupil))


def card(roster: Roster, pupil: Pupil, days: Sequence[Daybook], as_of: str) -> Card:
    """A pupil's card. ``days`` are the days before ``as_of``, in any order."""
    form = roster.groups[pupil.form]
    marks = [
        LastMark(date=day.date, session=session, state=cell.state, code=cell.code)
        for day in sorted(days, key=lambda one: one.date)
        if day.date < as_of and pupil.on_roll(day.date)
        for session in SESSIONS
        for cell in (day.cell(session, pupil.pupil),)
    ]
    return Card(
        id=f"card:{pupil.pupil}",
        pupil=pupil.pupil,
        known_as=pupil.known_as,
        surname=pupil.surname,
        year=pupil.year,
        form=pupil.form,
        form_name=form.name,
        groups=roster.groups_of(pupil.pupil),
        enrolled_from=pupil.enrolled_from,
        enrolled_to=pupil.enrolled_to,
        last=tuple(marks[-STRIP:]),
        as_of=as_of,
        restricted=pupil.restricted,
    )


def unexplained(roster: Roster, days: Sequence[Daybook], as_at: str) -> Unexplained:
    """Every cell of those days that reads ``N``, oldest first."""
    rows = [
        _open_n(day, session, pupil)
        for day in sorted(days, key=lambda one: one.date)
        for session in SESSIONS
        for pupil in sorted(roster.pupils)
        if day.cell(session, pupil).code == "N"
    ]
    return Unexplained(id="unexplained", rows=tuple(rows), as_at=as_at)


def _open_n(day: Daybook, session: Session, pupil: str) -> UnexplainedRow:
    cell = day.cell(session, pupil)
    claims = {claim.id: claim for claim in day.claims(session, pupil)}
    said = (claims[one].parent_message for one in reversed(cell.live))
    return UnexplainedRow(
        pupil=pupil,
        date=day.date,
        session=session,
        due=day.roster.calendar.n_due(day.date),
        live=cell.live,
        replaced=tuple(sorted({old for one in cell.live for old in claims[one].replaces})),
        parent_message=next((message for message in said if message), None),
    )
