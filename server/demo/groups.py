"""The groups that register: forms and classes, and lesson groups that mix a year's forms.

In the secondary school a form registers the morning. In the afternoon each year has another
department every weekday (a Latin square, so that a department teaches one year at a time), in sets
drawn from the whole year: every pupil is in exactly one of them each weekday.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal, TypeVar

from schemas.codes import Session
from schemas.roster import Pupil
from schemas.school import Group, Meeting
from server.demo.chance import opaque_id, stream
from server.demo.plans import SchoolPlan
from server.demo.pupils import Child
from server.demo.staff import Colleague, Staff

__all__ = ["arrange"]

T = TypeVar("T")
WEEK = range(5)
FIRST_EXTENSION = 201


def arrange(
    plan: SchoolPlan, seed: int, children: Sequence[Child], staff: Staff
) -> tuple[list[Group], list[Pupil]]:
    """Put every child in a form, and in lesson groups where the school has them."""
    chance = stream(seed, plan.key, "groups")
    groups: list[Group] = []
    pupils: list[Pupil] = []
    sessions: tuple[Session, ...] = ("AM",) if plan.subjects else ("AM", "PM")
    meets = [Meeting(weekday=day, session=session) for day in WEEK for session in sessions]
    formed = zip(plan.forms, _forms(plan, children, chance), staff.teachers, strict=False)
    for name, members, teacher in formed:
        form = opaque_id(chance, "grp")
        mine = [child.enrol(form) for child in members]
        extension = FIRST_EXTENSION + len(groups)
        groups.append(
            _group(form, name, teacher, mine, kind="form", meets=meets, extension=extension)
        )
        pupils += mine
    if plan.subjects:
        groups += _lessons(plan, pupils, staff, chance)
    return groups, sorted(pupils, key=_register_order)


def _forms(
    plan: SchoolPlan, children: Sequence[Child], chance: random.Random
) -> Iterator[Sequence[Child]]:
    """The members of each form: classes of an age, or a year's forms by lot."""
    if not plan.subjects:
        yield from _portions(children, len(plan.forms))
        return
    for year in plan.years:
        lot = [child for child in children if child.year == year]
        chance.shuffle(lot)
        yield from _portions(lot, len(plan.forms) // len(plan.years))


def _lessons(
    plan: SchoolPlan, pupils: Iterable[Pupil], staff: Staff, chance: random.Random
) -> Iterator[Group]:
    by_year: dict[str, list[Pupil]] = {}
    for pupil in pupils:
        by_year.setdefault(pupil.year, []).append(pupil)
    for weekday in WEEK:
        for number, (year, lot) in enumerate(sorted(by_year.items())):
            subject = plan.subjects[(weekday + number) % len(plan.subjects)]
            teachers = [one for one in staff.teachers if one.subject == subject]
            drawn = list(lot)
            chance.shuffle(drawn)
            meets = [Meeting(weekday=weekday, session="PM")]
            sets = zip(_portions(drawn, plan.sets), teachers, strict=True)
            for place, (members, teacher) in enumerate(sets, start=1):
                name = f"{year.removeprefix('Year ')} {subject} {place}"
                group = opaque_id(chance, "grp")
                yield _group(group, name, teacher, members, kind="lesson", meets=meets)


def _group(
    group: str,
    name: str,
    teacher: Colleague,
    members: Iterable[Pupil],
    *,
    kind: Literal["form", "lesson"],
    meets: Iterable[Meeting],
    extension: int | None = None,
) -> Group:
    return Group(
        id=f"group:{group}",
        group=group,
        name=name,
        kind=kind,
        room=teacher.room,
        extension=str(extension) if extension is not None else None,
        teacher=teacher.person,
        teacher_name=str(teacher.name),
        members=tuple(one.pupil for one in sorted(members, key=_register_order)),
        meets=tuple(meets),
    )


def _register_order(pupil: Pupil) -> tuple[str, str, str]:
    return pupil.surname, pupil.known_as, pupil.pupil


def _portions(items: Sequence[T], count: int) -> Iterator[Sequence[T]]:
    """Cut into ``count`` runs whose sizes differ by one at most."""
    share, more = divmod(len(items), count)
    start = 0
    for index in range(count):
        end = start + share + (index < more)
        yield items[start:end]
        start = end
