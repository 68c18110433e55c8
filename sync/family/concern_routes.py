"""Whom a concern goes to: its route, the steps it takes while nobody acknowledges it, the hours.

It goes to the safeguarding lead of the child's school; about a member of staff, to the head; about
the head, to the chair of governors. Whoever it concerns is passed over for the next of them. Where
nobody is there, and out of hours, it goes to the area's duty team, which is always there. The
tablet says the same of whom to ring (``pwa/src/domain/concern-route.ts``);
``tests/vectors/concern-route.json`` holds both to one reading.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from schemas.calendar import SchoolCalendar
from schemas.family.concerns import Hours, Route, Safeguarding, Step, ToRing
from schemas.policy import Role
from schemas.school import School
from sync.clock import local

__all__ = ["Concerned", "Whom", "further", "in_hours", "route"]

Standing = Literal["there", "nobody", "concerned"]

_ROLES: dict[Step, Role] = {
    "lead": Role.SAFEGUARDING_LEAD,
    "head": Role.HEAD,
    "chair": Role.CHAIR_OF_GOVERNORS,
}
_NAMES: dict[Step, str] = {
    "lead": "the safeguarding lead",
    "head": "the head",
    "chair": "the chair of governors",
    "duty": "the area’s duty team",
}
_NEXT: dict[Step, Step] = {"lead": "head", "head": "chair", "chair": "duty"}


@dataclass(frozen=True, slots=True)
class Concerned:
    """Whom a concern is about, besides the child. ``people``: those with an account."""

    people: frozenset[str] = frozenset()
    staff: bool = False
    head: bool = False
    immediate: bool = False


@dataclass(frozen=True)
class Whom:
    """Who answers for a child: of its school, or of the area where it has no school here.

    ``staff``: the roles of the people there. ``area``: whose duty team it is.
    """

    safeguarding: Safeguarding
    staff: Mapping[str, Role] = field(default_factory=dict)
    area: Safeguarding | None = None

    @classmethod
    def of(cls, place: School, area: School | None) -> Whom:
        """Of the place that answers, and of its area."""
        return cls(
            place.safeguarding or Safeguarding(),
            {one.person: one.role for one in place.staff},
            area.safeguarding if area is not None else None,
        )

    def to_ring(self, step: Step) -> tuple[ToRing, ...]:
        """Whom to ring at a step."""
        mine = self.safeguarding
        if step == "lead":
            return mine.leads
        duty = (self.area.duty if self.area is not None else None) or mine.duty
        one = {"head": mine.head, "chair": mine.chair, "duty": duty}[step]
        return () if one is None else (one,)

    def people(self, step: Step) -> frozenset[str]:
        """Those with an account who are known to answer at a step."""
        named = (one.person for one in self.to_ring(step) if one.person is not None)
        posts = (person for person, role in self.staff.items() if role is _ROLES.get(step))
        return frozenset((*named, *posts))

    def standing(self, step: Step, about: Concerned) -> Standing:
        """Whether somebody is there whom it does not concern. The duty team always is."""
        if step == "duty":
            return "there"
        people = self.people(step)
        if people & about.people or (step == "head" and about.head):
            return "concerned"
        return "there" if people or self.to_ring(step) else "nobody"


def route(about: Concerned, whom: Whom, *, hours: bool) -> Route:
    """Whom it goes to at once, and why. ``hours``: it came while the place can be reached."""
    step, because = _first(about, whom)
    to: tuple[Step, ...] = (step,)
    if about.immediate:
        to += further(to, about, whom)
        because += " The child is in danger now: everybody who answers for it is told at once."
    elif not hours and step != "duty":
        to += ("duty",)
        because += " It came out of hours: the area’s duty team is told as well."
    return Route(to=to, because=because)


def _first(about: Concerned, whom: Whom) -> tuple[Step, str]:
    """The first step, passing over whom it concerns."""
    step: Step = "lead"
    why = ""
    if whom.standing("head", about) == "concerned":
        step, why = "chair", "It is about the head: "
    elif about.staff or about.people & whom.staff.keys():
        step, why = "head", "It is about a member of staff: "
    while (standing := whom.standing(step, about)) != "there":
        passed = _NAMES[step]
        why = f"It concerns {passed}: " if standing == "concerned" else f"Nobody is {passed} here: "
        step = _NEXT[step] if standing == "concerned" else "duty"
    sentence = f"{why}it goes to {_NAMES[step]}."
    return step, sentence[0].upper() + sentence[1:]


def further(to: tuple[Step, ...], about: Concerned, whom: Whom) -> tuple[Step, ...]:
    """Whom it goes to next, step by step, while nobody acknowledges it."""
    heads: tuple[Step, ...] = ("head",) if to[0] in {"lead", "duty"} else ()
    wanted: tuple[Step, ...] = (*heads, "duty")
    return tuple(one for one in wanted if one not in to and whom.standing(one, about) == "there")


def in_hours(hours: tuple[Hours, ...], calendar: SchoolCalendar, at: str) -> bool:
    """Whether a place can be reached at an instant: on a school day, within its hours.

    Without hours of its own: from when the morning's register opens to the end of the afternoon.
    """
    date, time = local(at, calendar.time_zone)
    if not calendar.is_school_day(date):
        return False
    if not hours:
        times = calendar.times_on(date)
        return times.am.opens <= time < times.pm.ends
    weekday = calendar.weekday_on(date)
    return any(one.weekday == weekday and one.opens <= time < one.closes for one in hours)
