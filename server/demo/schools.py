"""A whole school of the demonstration: the documents a school imports, before anything happens."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from schemas.base import Model
from schemas.roster import Pupil
from schemas.school import Group, School
from server.demo.academic_year import HISTORY_DAYS, academic_year, calendar_around
from server.demo.chance import opaque_id, stream
from server.demo.groups import arrange
from server.demo.plans import SchoolPlan
from server.demo.pupils import admit
from server.demo.safeguarding import area_id, school_safeguarding
from server.demo.staff import Staff, appoint
from sync import channels
from sync.roster import Roster
from sync.store import Write

__all__ = ["DemoSchool", "build_school", "document", "school_id"]


@dataclass(frozen=True)
class DemoSchool:
    """A school, its people, and the last school days before ``today``, oldest first."""

    plan: SchoolPlan
    today: str
    history: tuple[str, ...]
    staff: Staff
    roster: Roster

    @property
    def id(self) -> str:
        """The name of its database."""
        return self.roster.school.school

    @cached_property
    def forms(self) -> tuple[Group, ...]:
        """Its forms, in the order of its plan."""
        return tuple(group for group in self.roster.groups.values() if group.kind == "form")

    @cached_property
    def shown(self) -> Group:
        """The form that the demonstration is shown with."""
        return next(group for group in self.forms if group.name == self.plan.shown)

    def writes(self) -> Iterator[Write]:
        """The documents to import."""
        yield document(self.roster.school, channels.STAFF)
        for group in self.roster.groups.values():
            yield document(group, channels.STAFF)
        for pupil in self.roster.pupils.values():
            yield document(pupil, channels.ROSTER)


def document(model: School | Group | Pupil, to: frozenset[str]) -> Write:
    """The write that imports a document."""
    body = _body(model)
    return Write(model.id, body, to, force=True)


def _body(model: Model) -> dict[str, object]:
    return model.model_dump(mode="json", by_alias=True, exclude={"id"})


def school_id(plan: SchoolPlan, seed: int) -> str:
    """The database name of a school."""
    return opaque_id(stream(seed, plan.key, "school"), "sch", 12)


def build_school(plan: SchoolPlan, seed: int, today: dt.date) -> DemoSchool:
    """Invent a school as it stands on ``today``."""
    calendar = calendar_around(today)
    history = calendar.school_days_before(today.isoformat(), HISTORY_DAYS)[::-1]
    staff = appoint(plan, seed)
    children = admit(plan, seed, academic_year(today), calendar.terms[0].first, history)
    groups, pupils = arrange(plan, seed, children, staff)
    school = School(
        id="school",
        school=school_id(plan, seed),
        name=plan.name,
        phase=plan.phase,
        calendar=calendar,
        staff=tuple(colleague.member for colleague in staff),
        area=area_id(seed),
        safeguarding=school_safeguarding(plan, staff),
    )
    return DemoSchool(
        plan, today.isoformat(), tuple(history), staff, Roster.build(school, groups, pupils)
    )
