"""The authority's area: its team, who else works there, and the documents it imports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from schemas.calendar import SchoolCalendar
from schemas.family.watches import LoneWorking
from schemas.policy import Role
from schemas.school import AreaSchool, Group, School
from server.demo.chance import hex_id, opaque_id, stream
from server.demo.names import names
from server.demo.plans import AUTHORITY
from server.demo.safeguarding import area_id, area_safeguarding
from server.demo.schools import DemoSchool, document
from server.demo.staff import Colleague
from server.demo.telephone import landline, mobile
from sync import channels
from sync.roster import Roster
from sync.store import Write

__all__ = ["AREA_NAME", "HEALTH", "AreaStaff", "DemoArea", "build_area"]

AREA_NAME = f"{AUTHORITY}, family support"
HEALTH = "Tarnholt Community Health"
PHOTO_BYTES = 2 * 1024 * 1024


@dataclass(frozen=True)
class AreaStaff:
    """The people of the area. ``partner`` works for another agency; ``duty`` is asked last."""

    lead: Colleague
    workers: tuple[Colleague, ...]
    partner: Colleague
    coordinator: Colleague
    duty: Colleague

    def __iter__(self) -> Iterator[Colleague]:
        yield from (self.lead, *self.workers, self.partner, self.coordinator, self.duty)


@dataclass(frozen=True)
class DemoArea:
    """The area, its people and its one team. ``history``: school days before ``today``."""

    today: str
    history: tuple[str, ...]
    staff: AreaStaff
    roster: Roster

    @property
    def id(self) -> str:
        """The name of its database."""
        return self.roster.school.school

    @property
    def team(self) -> str:
        """The team that every case lies with."""
        (team,) = self.roster.groups
        return team

    def writes(self) -> Iterator[Write]:
        """The documents to import."""
        yield document(self.roster.school, channels.STAFF)
        for group in self.roster.groups.values():
            yield document(group, channels.STAFF)


def build_area(
    seed: int,
    today: str,
    history: tuple[str, ...],
    calendar: SchoolCalendar,
    schools: Iterable[DemoSchool],
) -> DemoArea:
    """Invent the area, with the calendar of its schools."""
    staff = _appoint(seed)
    team = opaque_id(stream(seed, "area", "team"), "grp")
    school = School(
        id="school",
        school=area_id(seed),
        name=AREA_NAME,
        phase="area",
        calendar=calendar,
        staff=tuple(one.member for one in staff),
        safeguarding=area_safeguarding(staff.duty),
        lone_working=LoneWorking(escalate=(staff.duty.person,)),
        photo_bytes=PHOTO_BYTES,
        schools=tuple(AreaSchool(school=one.id, name=one.plan.name) for one in schools),
    )
    group = Group(
        id=f"group:{team}",
        group=team,
        name="Family support, Tarnholt North",
        kind="team",
        room="Civic Centre, second floor",
        extension="400",
        teacher=staff.lead.person,
        teacher_name=str(staff.lead.name),
        members=(),
        meets=(),
    )
    return DemoArea(today, history, staff, Roster.build(school, [group], []))


def _appoint(seed: int) -> AreaStaff:
    chance = stream(seed, "area", "staff")
    people = names(chance)

    def one(role: Role, phone: str, agency: str | None = None) -> Colleague:
        person, name = opaque_id(chance, "per"), next(people)
        return Colleague(
            person=person,
            name=name,
            role=role,
            device=opaque_id(chance, "dev"),
            log=hex_id(chance),
            phone=phone,
            email=f"{name.dotted}@tarnholt.example",
            agency=agency,
        )

    return AreaStaff(
        lead=one(Role.TEAM_LEAD, mobile(400)),
        workers=tuple(one(Role.FAMILY_WORKER, mobile(401 + number)) for number in range(3)),
        partner=one(Role.FAMILY_WORKER, mobile(404), HEALTH),
        coordinator=one(Role.AUTHORITY_COORDINATOR, landline(401)),
        duty=one(Role.SAFEGUARDING_LEAD, landline(412)),
    )
