"""A fictional school to measure with: forms, pupils, a teacher for each form, one calendar."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

from schemas.calendar import RegisterTimes, SchoolCalendar, Span, Term
from schemas.identifiers import upn_check_letter
from schemas.policy import Role
from schemas.roster import Pupil
from schemas.school import Group, Meeting, School, StaffMember
from sync import channels
from sync.roster import Roster
from sync.store import Write

__all__ = ["PRIMARY", "SECONDARY", "Shape", "build", "form_id", "pupil_id", "teacher_id", "writes"]

AM = Span(opens="08:50", closes="09:20", ends="12:00")
PM = Span(opens="13:05", closes="13:35", ends="15:20")
ENROLLED = "2020-09-01"
TERM_DAYS = 42
"""Terms follow each other without a holiday, each as long as a half-term is."""


@dataclass(frozen=True)
class Shape:
    """How big a school is. ``term_days``: days before today on which it was open.

    They fill the window of days that desks work in; their registers are empty.
    """

    forms: int
    pupils_a_form: int = 27
    term_days: int = 7


PRIMARY = Shape(forms=14)
"""England's mean school: 370 pupils."""
SECONDARY = Shape(forms=70)
"""A large secondary: 1,890 pupils."""


def form_id(number: int) -> str:
    """The id of a form."""
    return f"form-{number:02d}"


def pupil_id(form: int, number: int) -> str:
    """The id of a pupil."""
    return f"pup-{form:02d}-{number:02d}"


def teacher_id(serial: int, form: int) -> str:
    """The person who takes a form's register in school ``serial``: one account, one school."""
    return f"per-{serial:05d}-{form:02d}"


def build(name: str, serial: int, shape: Shape, today: str) -> Roster:
    """School ``serial``; every day of the week is a school day, so that a run needs no Monday."""
    forms = range(shape.forms)
    school = School(
        id="school",
        school=name,
        name=f"Saltmarsh School {serial}",
        phase="primary" if shape.forms < 30 else "secondary",
        calendar=_calendar(today, shape.term_days),
        staff=tuple(
            StaffMember(
                person=teacher_id(serial, form), name=f"Teacher {form}", role=Role.CLASS_TEACHER
            )
            for form in forms
        ),
    )
    groups = [_group(serial, form, shape) for form in forms]
    return Roster.build(school, groups, _pupils(shape))


def writes(roster: Roster, *, pupils: bool = True) -> list[Write]:
    """The roster as documents to store, as an import writes them."""
    documents: list[tuple[School | Group | Pupil, frozenset[str]]] = [
        (roster.school, channels.STAFF)
    ]
    documents += [(group, channels.STAFF) for group in roster.groups.values()]
    if pupils:
        documents += [(pupil, channels.ROSTER) for pupil in roster.pupils.values()]
    return [
        Write(one.id, one.model_dump(mode="json", by_alias=True, exclude={"id"}), to, force=True)
        for one, to in documents
    ]


def _calendar(today: str, term_days: int) -> SchoolCalendar:
    day = dt.date.fromisoformat(today)
    first, last = day - dt.timedelta(days=term_days), day + dt.timedelta(days=60)
    firsts = [first + dt.timedelta(days=days) for days in range(0, term_days + 60, TERM_DAYS)]
    lasts = [*(one - dt.timedelta(days=1) for one in firsts[1:]), last]
    return SchoolCalendar(
        weekdays=(0, 1, 2, 3, 4, 5, 6),
        terms=tuple(
            Term(name="Term", first=one.isoformat(), last=other.isoformat())
            for one, other in zip(firsts, lasts, strict=True)
        ),
        times=(RegisterTimes(valid_from=first.isoformat(), am=AM, pm=PM),),
    )


def _group(serial: int, form: int, shape: Shape) -> Group:
    return Group(
        id=f"group:{form_id(form)}",
        group=form_id(form),
        name=f"Form {form}",
        kind="form",
        room=f"Room {form}",
        teacher=teacher_id(serial, form),
        teacher_name=f"Teacher {form}",
        members=tuple(pupil_id(form, number) for number in range(shape.pupils_a_form)),
        meets=tuple(Meeting(weekday=day, session=at) for day in range(7) for at in ("AM", "PM")),
    )


@cache
def _pupils(shape: Shape) -> tuple[Pupil, ...]:
    """The pupils are the same in every school of a shape: ids mean something within one only."""
    forms, numbers = range(shape.forms), range(shape.pupils_a_form)
    return tuple(_pupil(form, number) for form in forms for number in numbers)


def _pupil(form: int, number: int) -> Pupil:
    name = pupil_id(form, number)
    tail = f"999{form:03d}{number:06d}"
    return Pupil(
        id=f"pupil:{name}",
        pupil=name,
        upn=upn_check_letter(tail) + tail,
        forename=f"Forename{number}",
        surname=f"Surname{form:02d}{number:02d}",
        known_as=f"Known{number}",
        born="2016-05-01",
        year=str(form % 7),
        form=form_id(form),
        enrolled_from=ENROLLED,
    )
