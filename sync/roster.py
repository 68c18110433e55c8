"""The roster: one school's pupils, groups, staff and calendar, as the server reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

import orjson

from schemas.calendar import SchoolCalendar
from schemas.codes import Session
from schemas.roster import Pupil
from schemas.school import Group, School, StaffMember
from sync.document import Document
from sync.reading import Reading

__all__ = ["Roster", "load_roster"]


@dataclass(frozen=True)
class Roster:
    """An immutable view of one school."""

    school: School
    groups: Mapping[str, Group]
    pupils: Mapping[str, Pupil]

    @classmethod
    def build(cls, school: School, groups: Iterable[Group], pupils: Iterable[Pupil]) -> Roster:
        """Index groups and pupils by their ids."""
        return cls(school, {g.group: g for g in groups}, {p.pupil: p for p in pupils})

    @property
    def calendar(self) -> SchoolCalendar:
        """The school's calendar."""
        return self.school.calendar

    @cached_property
    def staff(self) -> Mapping[str, StaffMember]:
        """Staff by person."""
        return {member.person: member for member in self.school.staff}

    def name_of(self, person: str) -> str:
        """A member of staff's name; somebody who has left reads as such."""
        member = self.staff.get(person)
        return member.name if member is not None else "Somebody no longer on the staff list"

    @cached_property
    def _groups_of(self) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, list[str]] = {}
        for group in self.groups.values():
            for pupil in group.members:
                found.setdefault(pupil, []).append(group.group)
        return {pupil: tuple(sorted(groups)) for pupil, groups in found.items()}

    def groups_of(self, pupil: str) -> tuple[str, ...]:
        """Groups the pupil is a member of, sorted; empty for a pupil in none."""
        return self._groups_of.get(pupil, ())

    def registering(self, date: str, session: Session) -> list[Group]:
        """Groups that take a register in that session; none when it is no school day."""
        if not self.calendar.is_school_day(date):
            return []
        weekday = self.calendar.weekday_on(date)
        return [
            group
            for group in self.groups.values()
            if any(m.weekday == weekday and m.session == session for m in group.meets)
        ]

    def on_roll(self, pupil: str, date: str) -> bool:
        """Whether the pupil is enrolled here on ``date``."""
        found = self.pupils.get(pupil)
        return found is not None and found.on_roll(date)


async def load_roster(database: Reading) -> Roster:
    """Read the roster's documents. Raises ``pydantic.ValidationError`` on a broken one."""
    school, *_ = await database.read(["school"])
    if school is None:
        raise LookupError(f"database {database.name} holds no school document; import one first")
    groups = await database.range("group:", "group;")
    pupils = await database.range("pupil:", "pupil;")
    return Roster.build(
        School.model_validate_json(_json(school)),
        (Group.model_validate_json(_json(document)) for document in groups),
        (Pupil.model_validate_json(_json(document)) for document in pupils),
    )


def _json(document: Document) -> bytes:
    return orjson.dumps({"_id": document.id, **document.body})
