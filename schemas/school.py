"""A place, and what belongs to it: a school with its staff and groups, or an authority's area."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model, OpaqueId
from schemas.calendar import SchoolCalendar
from schemas.codes import Session
from schemas.family.concerns import Safeguarding
from schemas.family.photos import MAX_PHOTO_BYTES
from schemas.family.watches import LoneWorking
from schemas.policy import Role

__all__ = ["AreaSchool", "Group", "Meeting", "Phase", "School", "StaffMember"]

Phase = Literal["primary", "secondary", "special", "area"]
"""What kind of place a database is: a school's, or an authority's area."""


class Meeting(Model):
    """When a group registers: Monday is 0."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    session: Session


class Group(Model):
    """A form or a lesson group, its members, and the sessions it registers."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["group"] = "group"
    group: OpaqueId
    name: str
    kind: Literal["form", "lesson", "team"]
    """A team is an area's: ``teacher`` leads it, and nobody is a member."""
    room: str
    extension: str | None = None
    teacher: OpaqueId
    teacher_name: str
    members: tuple[OpaqueId, ...]
    meets: tuple[Meeting, ...]


class StaffMember(Model):
    """Somebody a register can be reassigned to."""

    person: OpaqueId
    name: str
    role: Role
    phone: str | None = None
    """Their number at work, to ring without a signal to look it up."""
    email: str | None = None
    agency: str | None = None
    """Where they work, if it is not here."""


class AreaSchool(Model):
    """A school that lies in an area."""

    school: OpaqueId
    name: str


class School(Model):
    """The school itself: its name, calendar and staff; or an authority's *area*.

    An area (``phase`` "area") has staff, teams (groups without a register) and cases, and no pupil.
    ``area``: the database of the area that a school lies in. ``schools``: those of an area.
    """

    id: Annotated[Literal["school"], Field(alias="_id")]
    type: Literal["school"] = "school"
    school: OpaqueId
    name: str
    phase: Phase
    calendar: SchoolCalendar
    staff: tuple[StaffMember, ...]
    area: OpaqueId | None = None
    schools: tuple[AreaSchool, ...] = ()
    safeguarding: Safeguarding | None = None
    lone_working: LoneWorking = LoneWorking()
    photo_bytes: Annotated[int, Field(ge=0, le=MAX_PHOTO_BYTES)] = 0
    """The largest photo that policy allows at visits; 0: none are taken."""
