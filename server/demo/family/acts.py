"""What people do for a family of the demonstration, at moments; written down once all is known."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.family.facts import Fact
from server.demo.chance import opaque_id, stream
from server.demo.family.area import DemoArea
from server.demo.family.households import Household
from server.demo.family.notebook import Notebook, claim
from server.demo.staff import Colleague
from server.demo.writing import Pen, Push, local_ms

__all__ = ["HOUR", "MINUTE", "Act", "Setting", "written"]

MINUTE = 60_000
HOUR = 60 * MINUTE


@dataclass(frozen=True)
class Act:
    """Something somebody does at a moment.

    ``blind``: what others had said on the same facts was not on the screen.
    """

    ms: int
    by: Colleague
    kind: str
    case: str
    visit: str | None = None
    facts: tuple[Fact, ...] = ()
    fields: dict[str, Any] = field(default_factory=dict)
    blind: bool = False


class Setting:
    """A family, who works with it, and its four weeks. ``part``: of what is told of them."""

    def __init__(self, area: DemoArea, family: Household, seed: int, part: str) -> None:
        self.area = area
        self.family = family
        self.story = family.story
        self.chance: random.Random = stream(seed, part, family.story.key)
        staff = area.staff
        self.lead, self.partner = staff.lead, staff.partner
        self.worker = staff.workers[self.story.worker]
        self.buddy = staff.workers[self.story.worker - 1]
        self.second = staff.workers[(self.story.worker + 1) % len(staff.workers)]
        self._zone = area.roster.calendar.time_zone

    def item(self, prefix: str) -> str:
        """An identifier of its own."""
        return opaque_id(self.chance, prefix)

    def at(self, day: int, time: str) -> int:
        """A time of a day of the four weeks, counted from 0."""
        return local_ms(self.area.history[day], time, self._zone)

    def back(self, days_ago: int, time: str) -> int:
        """A time of a school day before today."""
        return self.at(len(self.area.history) - days_ago, time)

    def day(self, away: int) -> str:
        """The school day so many after today, or before it."""
        calendar, today = self.area.roster.calendar, self.area.today
        if away < 0:
            return calendar.school_days_before(today, -away)[-1]
        return today if away == 0 else calendar.school_days_after(today, away) or today

    def noted(self, ms: int, by: Colleague, facts: Sequence[Fact]) -> Act:
        """Facts of the case, written down at a desk."""
        return Act(ms, by, "case.noted", self.family.case, facts=tuple(facts))


def written(acts: Iterable[Act], pens: dict[str, Pen]) -> list[Push]:
    """Write them in order; the pushes in the order in which they came in."""
    notebook = Notebook()
    pushes = [_write(act, pens[act.by.person], notebook) for act in sorted(acts, key=_moment)]
    return sorted(pushes, key=lambda push: push.received_ms)


def _moment(act: Act) -> int:
    return act.ms


def _write(act: Act, pen: Pen, notebook: Notebook) -> Push:
    fields = dict(act.fields)
    if act.kind != "grant.given":
        fields["case"] = act.case
    if act.visit is not None:
        fields["visit"] = act.visit
    if act.facts:
        seen_at = pen.device_time(act.ms - MINUTE // 2)
        fields["facts"] = [
            claim(one, seen_at, () if act.blind else notebook.before(act.case, act.visit, one))
            for one in act.facts
        ]
    push = pen.write(act.kind, act.ms, **fields)
    notebook.note(act.case, act.visit, act.facts, push.entry)
    return push
