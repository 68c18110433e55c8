"""Who works in a school of the demonstration, and what they teach."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from schemas.policy import Role
from schemas.school import StaffMember
from server.demo.chance import hex_id, opaque_id, stream
from server.demo.names import FullName, names
from server.demo.plans import SchoolPlan

__all__ = ["Colleague", "Staff", "appoint"]


@dataclass(frozen=True)
class Colleague:
    """A member of staff, their device, and the log of it. ``room`` is where they teach.

    ``agency``: where they work, if it is not for the school or the authority.
    """

    person: str
    name: FullName
    role: Role
    device: str
    log: str
    room: str = ""
    subject: str = ""
    phone: str | None = None
    email: str | None = None
    agency: str | None = None

    @property
    def member(self) -> StaffMember:
        """The line in the school's list of staff."""
        return StaffMember(
            person=self.person,
            name=str(self.name),
            role=self.role,
            phone=self.phone,
            email=self.email,
            agency=self.agency,
        )


@dataclass(frozen=True)
class Staff:
    """Everybody who works in one school, a governor, and the chair of the governors.

    ``teachers`` in the order of the groups they take.
    """

    teachers: tuple[Colleague, ...]
    cover: tuple[Colleague, ...]
    officer: Colleague
    champion: Colleague
    head: Colleague
    safeguarding_lead: Colleague
    governor: Colleague
    chair: Colleague

    def __iter__(self) -> Iterator[Colleague]:
        yield from (*self.teachers, *self.cover, self.officer, self.champion, self.head)
        yield from (self.safeguarding_lead, self.governor, self.chair)


def appoint(plan: SchoolPlan, seed: int) -> Staff:
    """The staff of a school: a teacher a class, or a set's teacher in each department."""
    chance = stream(seed, plan.key, "staff")
    people = names(chance)

    def one(role: Role, room: str = "", subject: str = "") -> Colleague:
        return Colleague(
            person=opaque_id(chance, "per"),
            name=next(people),
            role=role,
            device=opaque_id(chance, "dev"),
            log=hex_id(chance),
            room=room,
            subject=subject,
        )

    places = [(f"Room {number}", "") for number in range(1, len(plan.forms) + 1)]
    if plan.subjects:
        places = [
            (f"{subject[0]}{number}", subject)
            for number in range(1, plan.sets + 1)
            for subject in plan.subjects
        ]
    return Staff(
        teachers=tuple(one(Role.CLASS_TEACHER, room, subject) for room, subject in places),
        cover=tuple(one(Role.COVER_TEACHER) for _ in range(plan.cover_teachers)),
        officer=one(Role.ATTENDANCE_OFFICER),
        champion=one(Role.ATTENDANCE_CHAMPION),
        head=one(Role.HEAD),
        safeguarding_lead=one(Role.SAFEGUARDING_LEAD),
        governor=one(Role.GOVERNOR),
        chair=one(Role.CHAIR_OF_GOVERNORS),
    )
