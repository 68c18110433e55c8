"""What was written on the families of the demonstration in the four weeks before today."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from schemas.family.facts import (
    Action,
    Assessment,
    CaseStatus,
    Consent,
    Fact,
    FamilyAddress,
    FamilyContact,
    FamilyLanguage,
    FamilyLetter,
    FamilyMeeting,
    Goal,
    LeadPractitioner,
    Member,
    Partner,
    Phone,
    Placing,
    Referral,
    Review,
    Risk,
    SharedNote,
    Strategy,
    Strength,
    SupportStep,
)
from schemas.policy import Role
from server.demo.family.acts import HOUR, MINUTE, Act, Setting, written
from server.demo.family.area import HEALTH, DemoArea
from server.demo.family.households import Household
from server.demo.family.stories import Agreed
from server.demo.family.visits import Visits
from server.demo.plans import AUTHORITY
from server.demo.staff import Colleague
from server.demo.writing import Pen, Push
from sync.clock import instant

__all__ = ["write_casework"]

_GRANT_DAYS = 180
_FIRST_DAY = 1
"""The first day of the history on which a case is opened."""


def write_casework(area: DemoArea, families: Sequence[Household], seed: int) -> list[Push]:
    """Every push, in the order in which it came in."""
    acts: list[Act] = []
    for number, family in enumerate(families):
        acts += _Casework(area, family, number, seed).acts()
        acts += Visits(area, family, seed, "visits").acts()
    return written(acts, {one.person: Pen(one, seed, _groups(area, one)) for one in area.staff})


def _groups(area: DemoArea, who: Colleague) -> tuple[str, ...]:
    return (area.team,) if who.role is Role.TEAM_LEAD else ()


class _Casework(Setting):
    """One family's case: how it began, what was agreed, how it went on."""

    def __init__(self, area: DemoArea, family: Household, number: int, seed: int) -> None:
        super().__init__(area, family, seed, "casework")
        self._goal = self.item("goa")
        self._actions = {one.what: self.item("act") for one in self.story.actions}
        self._opened_ms = self.at(_FIRST_DAY + number % 3, "09:00") + number * 7 * MINUTE

    def acts(self) -> Iterator[Act]:
        """All that was done, in no particular order."""
        yield from self._opening()
        yield from self._agreeing()
        yield from self._going_on()
        if self.story.closed is not None:
            closed = CaseStatus(status="closed", outcome="goals_met", note=self.story.closed)
            yield self.noted(self.at(18, "15:10"), self.lead, [closed])

    def _opening(self) -> Iterator[Act]:
        """The team's lead opens the case, and gives it to whoever works on it."""
        story, family = self.story, self.family
        facts: list[Fact] = [
            Placing(
                team=self.area.team,
                restricted=story.restricted,
                reason="At the family's wish." if story.restricted else None,
            ),
            CaseStatus(status="open", note=story.reason),
            Member(
                item=family.parent_item,
                name=str(family.parent),
                relation="parent",
                child=False,
            ),
            *(self._child(number) for number in range(len(family.children))),
            FamilyAddress(item=self.item("adr"), address=family.address, flags=story.flags),
            Phone(
                item=self.item("tel"),
                name=str(family.parent),
                relation="parent",
                number=family.phone,
                language=story.language,
            ),
            FamilyLanguage(language=story.language, interpreter=story.interpreter),
            self._leading(),
        ]
        if story.risk is not None:
            facts.append(Risk(item=self.item("rsk"), what=story.risk, to="visitor"))
        yield Act(self._opened_ms, self.lead, "case.opened", family.case, facts=tuple(facts))
        workers = [self.worker]
        workers += [self.partner] if story.led_by_partner else []
        workers += [self.second] if any(told.second for told in story.visits) else []
        for number, who in enumerate(workers, 1):
            yield self._grant(self._opened_ms + number * MINUTE, who)

    def _grant(self, ms: int, who: Colleague) -> Act:
        fields = {
            "person": who.person,
            "grants": who.role.value,
            "cases": [self.family.case],
            "starts": instant(ms),
            "ends": instant(ms + _GRANT_DAYS * 24 * HOUR),
            "purpose": "Works with this family.",
        }
        return Act(ms, self.lead, "grant.given", self.family.case, fields=fields)

    def _child(self, number: int) -> Member:
        child = self.family.children[number]
        return Member(
            item=child.item,
            name=child.name,
            relation="child",
            child=True,
            born=child.pupil.born,
            school=child.school.id,
            pupil=child.pupil.pupil,
            school_name=child.school.plan.name,
            district=AUTHORITY,
        )

    def _leading(self) -> LeadPractitioner:
        partner = self.story.led_by_partner
        who = self.partner if partner else self.worker
        agency = HEALTH if partner else AUTHORITY
        return LeadPractitioner(
            person=who.person, name=str(who.name), agency=agency, phone=who.phone
        )

    def _agreeing(self) -> Iterator[Act]:
        """The plan, the day after; what is due lies around today."""
        story, first = self.story, self.family.children[0].item
        item = self.item
        what, measure = map(self.family.said, story.goal)
        facts: list[Fact] = [
            Consent(
                item=item("cst"),
                of=str(self.family.parent),
                to="support",
                given=True,
                how="Signed at the first conversation",
                on=self.area.history[_FIRST_DAY + 3],
            ),
            Assessment(
                item=item("asm"),
                domain="education",
                on=self.area.history[_FIRST_DAY + 3],
                text=self.family.said(story.assessment),
            ),
            Strength(item=item("str"), what=self.family.said(story.strength)),
            Goal(item=self._goal, child=first, what=what, measure=measure, by=self.day(20)),
            *(self._action(one, done=False) for one in story.actions),
            Review(item=item("rev"), due=self.day(6)),
        ]
        yield self.noted(self.at(_FIRST_DAY + 3, "11:20"), self.worker, facts)

    def _action(self, one: Agreed, *, done: bool) -> Action:
        owners = {
            "worker": str(self.worker.name),
            "school": self.family.children[0].school.plan.name,
            "parent": str(self.family.parent),
        }
        return Action(
            item=self._actions[one.what],
            what=self.family.said(one.what),
            owner=owners[one.owner],
            person=self.worker.person if one.owner == "worker" else None,
            due=self.day(one.due),
            goal=self._goal,
            status="done" if done else "open",
        )

    def _going_on(self) -> Iterator[Act]:
        """Calls, letters, referrals, and what came of what was agreed."""
        story, first, said = self.story, self.family.children[0].item, self.family.said
        done = [self._action(one, done=True) for one in story.actions if one.status == "done"]
        if done:
            yield self.noted(self.at(15, "14:05"), self.worker, done)
        if story.strategy is not None:
            what, effect = story.strategy
            strategy = {
                "item": self.item("stg"),
                "child": first,
                "what": said(what),
                "began": self.area.history[9],
                "effect": effect,
            }
            yield self.noted(self.at(17, "10:15"), self.worker, [Strategy.model_validate(strategy)])
        if story.referral is not None:
            yield from self._referring(*story.referral)
        if story.step is not None:
            step = {
                "item": self.item("stp"),
                "step": story.step[0],
                "on": self.area.history[14],
                "child": first,
                "reason": said(story.step[1]),
            }
            yield self.noted(self.at(14, "16:35"), self.worker, [SupportStep.model_validate(step)])
        if story.shared is not None:
            yield self.noted(self.at(16, "12:30"), self.worker, [self._sharing(said(story.shared))])
        if story.letter is not None:
            yield self.noted(self.at(15, "10:00"), self.worker, [self._letter(*story.letter)])
        if story.call is not None:
            yield self.noted(self.at(17, "13:15"), self.worker, [self._call(said(story.call))])
        if story.led_by_partner:
            yield from self._around_the_family()

    def _referring(self, to: str, why: str, status: str, reply: str | None) -> Iterator[Act]:
        asked = {
            "item": self.item("ref"),
            "to": to,
            "reason": self.family.said(why),
            "sent": self.area.history[12],
        }
        yield self.noted(self.at(12, "16:50"), self.worker, [Referral.model_validate(asked)])
        if status != "sent":
            answered = asked | {"status": status}
            if reply is not None:
                answered |= {"reply": reply, "replied": self.area.history[17]}
            yield self.noted(self.at(17, "11:40"), self.worker, [Referral.model_validate(answered)])

    def _around_the_family(self) -> Iterator[Act]:
        """The partner of another agency writes on the case that was granted to them."""
        partner = self.partner
        yield self.noted(
            self.at(13, "12:10"),
            partner,
            [
                Partner(
                    item=self.item("ptn"),
                    name=str(partner.name),
                    role="Mental health practitioner",
                    agency=HEALTH,
                    phone=partner.phone,
                ),
                FamilyMeeting(
                    item=self.item("mtg"),
                    on=self.area.history[13],
                    at="12:00",
                    attended=(str(partner.name), str(self.worker.name), str(self.family.parent)),
                    notes="One step a week. Nobody asks about lessons before the door is easy.",
                    held=True,
                ),
            ],
        )

    def _sharing(self, text: str) -> SharedNote:
        return SharedNote(
            item=self.item("shr"), child=self.family.children[0].item, text=text, basis="consent"
        )

    def _letter(self, language: str, text: str) -> FamilyLetter:
        return FamilyLetter(
            item=self.item("let"),
            template="information",
            language=language,
            to=str(self.family.parent),
            on=self.area.history[15],
            text=text,
        )

    def _call(self, note: str) -> FamilyContact:
        return FamilyContact(
            item=self.item("ctc"),
            at=instant(self.at(17, "13:05")),
            how="phone",
            name=str(self.family.parent),
            reached=True,
            note=note,
        )
