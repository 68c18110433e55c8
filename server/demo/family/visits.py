"""The visits that were made to a family of the demonstration, and what was written of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.family.facts import (
    Alone,
    Arrived,
    Barrier,
    Basis,
    DoorOutcome,
    Fact,
    Left,
    NextVisit,
    Present,
    Seen,
    VisitPlan,
)
from server.demo.family.acts import HOUR, MINUTE, Act, Setting
from server.demo.family.households import Household
from server.demo.family.stories import Told
from server.demo.staff import Colleague
from sync.clock import instant

__all__ = ["Visits", "planned"]

_NOBODY_AT_HOME = frozenset({"no_answer", "wrong_address"})


class Visits(Setting):
    """One family's visits."""

    def acts(self) -> Iterator[Act]:
        """All of them."""
        for told in self.story.visits:
            yield from self._visit(told)

    def _visit(self, told: Told) -> Iterator[Act]:
        visit = self.item("vis")
        starts = self.back(told.days_ago, told.time)
        ends = starts + self.chance.randrange(7, 12) * 5 * MINUTE
        if told.outcome in _NOBODY_AT_HOME:
            ends = starts + 6 * MINUTE
        plan = self._plan(told, starts)
        planned_ms = self.back(told.days_ago + 1, "15:40") + self.chance.randrange(30) * MINUTE
        yield self._on(planned_ms, "visit.planned", visit, (plan,))
        yield self._on(
            starts,
            "visit.noted",
            visit,
            (
                Arrived(at=instant(starts)),
                DoorOutcome(outcome=told.outcome, card_left=told.outcome == "no_answer"),
            ),
        )
        yield self._on(ends, "visit.noted", visit, (Left(at=instant(ends)),))
        if told.observation is not None:
            yield self._note(told, visit, ends)
        if told.second is not None:
            yield self._second_note(told, visit, ends)

    def _plan(self, told: Told, starts: int) -> VisitPlan:
        workers = (self.worker, self.second) if told.second is not None else (self.worker,)
        return planned(self.family, told.purpose, starts, workers, self.buddy)

    def _note(self, told: Told, visit: str, ends: int) -> Act:
        """What was written in the car, or that evening, and handed in."""
        first, ms = self.family.children[0], ends + self.chance.randrange(25, 200) * MINUTE
        facts: list[Fact] = [Basis(basis="public_task")]
        if told.outcome == "seen":
            facts += self._met(told)
        contribution = {
            "observation": told.observation,
            "analysis": told.analysis,
            "parent_view": told.parent_view,
            "words": [{"child": first.item, "words": told.words}] if told.words else None,
        }
        said = {
            key: self.family.said(one) if isinstance(one, str) else one
            for key, one in contribution.items()
            if one is not None
        }
        fields = {"contribution": said, "begun_at": instant(ends + 4 * MINUTE)}
        return Act(
            ms, self.worker, "visit.submitted", self.family.case, visit, tuple(facts), fields
        )

    def _met(self, told: Told) -> Iterator[Fact]:
        family, story = self.family, self.story
        yield Present(
            item=family.parent_item, present=True, name=str(family.parent), relation="parent"
        )
        for number, child in enumerate(family.children):
            yield Seen(item=child.item, seen=True, where="At home", presentation="Well and talking")
            alone = told.alone and number == 0
            yield Alone(item=child.item, alone=alone, why_not=None if alone else "Parent stayed")
        if told is story.visits[0]:
            for category, what in story.barriers:
                yield Barrier.model_validate(
                    {"item": self.item("bar"), "category": category, "what": family.said(what)}
                )
        yield NextVisit(on=self.day(story.planned[0][0]) if story.planned else None)

    def _second_note(self, told: Told, visit: str, ends: int) -> Act:
        """A colleague who was there, and saw one thing otherwise; neither had read the other."""
        first, text = self.family.children[0], self.family.said(told.second or "")
        facts: tuple[Fact, ...] = (
            Seen(item=first.item, seen=True, where="At home", presentation="Well and talking"),
            Alone(item=first.item, alone=not told.alone, why_not="Two of us, and the door open"),
        )
        return Act(
            ends + 3 * HOUR,
            self.second,
            "visit.submitted",
            self.family.case,
            visit,
            facts,
            {"contribution": {"observation": text}, "begun_at": instant(ends + 150 * MINUTE)},
            blind=True,
        )

    def _on(self, ms: int, kind: str, visit: str, facts: tuple[Fact, ...]) -> Act:
        return Act(ms, self.worker, kind, self.family.case, visit, facts)


def planned(
    family: Household, purpose: str, starts: int, workers: Sequence[Colleague], buddy: Colleague
) -> VisitPlan:
    """The plan of a visit of an hour; ``buddy`` is who waits for the worker to be back."""
    return VisitPlan(
        purpose=family.said(purpose),
        type="attendance",
        announced=True,
        starts=instant(starts),
        ends=instant(starts + HOUR),
        address=family.address,
        risks=family.story.risk,
        workers=tuple(one.person for one in workers),
        buddy=buddy.person,
    )
