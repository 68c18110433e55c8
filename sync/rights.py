"""Rights: whether an entry's author might do what it says, as of the time of the act.

The act lies between two contacts: not before the last one that its log names, nor after its
receipt. What claims to be older than the last time its device had nothing left to send cannot be
placed so; it is flagged, and judged as of that contact instead. Whatever fails here is held.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.access import POST
from schemas.entry import (
    Body,
    ClaimBody,
    Entry,
    GrantEnded,
    GrantGiven,
    QuarantineCorrected,
    QuarantineReleased,
    RegisterVoided,
)
from schemas.policy import (
    DESK_ROLES,
    GROUP_ROLES,
    POLICY,
    ROLE_NAMES,
    Power,
    Reach,
    Role,
    may,
    may_give,
    may_write,
)
from sync import channels
from sync.clock import SKEW_MS, Correction, in_words, instant, local, to_ms
from sync.decisions import Deciding
from sync.family.casework import Casework
from sync.family.guarding import Guarding
from sync.grants import Access, GrantBook, ends_ms
from sync.lookups import Lookups
from sync.pushed import Speaker
from sync.roster import Roster
from sync.verdicts import Reason

__all__ = ["Act", "Rights", "place_act"]

MAX_GRANT_DAYS = 366
_DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Act:
    """When something was done, as far as it can be known, in milliseconds since 1970.

    ``judged_ms``: the moment at which its author's grants count.
    """

    judged_ms: int
    received_ms: int
    flags: tuple[str, ...] = ()


def place_act(
    entry: Entry, moved: Correction, contact_ms: int, speaker: Speaker, received_ms: int
) -> Act:
    """Place an act. ``contact_ms``: the latest contact its log names up to it, 0 for none."""
    said = to_ms(moved.apply(entry.body.written_at))
    act_ms = min(max(said, contact_ms), received_ms)
    last = speaker.last_contact_ms
    if last is None or act_ms >= last - SKEW_MS:
        return Act(act_ms, received_ms)
    return Act(last, received_ms, ("outside_contacts",))


@dataclass(frozen=True, slots=True)
class Rights:
    """The rights of one speaker in one school."""

    speaker: Speaker
    access: Access
    """Every grant of theirs, whenever."""
    book: GrantBook
    roster: Roster
    lookups: Lookups
    just_given: dict[tuple[str, str], Role] = field(default_factory=dict)
    """Roles by person and grant, of grants that the same push gives: the book reads them later."""

    def forged(self, body: Body) -> Reason | None:
        """Why it cannot be its author's at all."""
        if body.author != self.speaker.person:
            return Reason(
                "forged_author",
                "It names another person as its author than the one "
                "who sent it; the office looks into it.",
            )
        if body.role not in self.access.roles:
            return Reason(
                "forged_author",
                "It was written in a role its author does not have; the office looks into it.",
            )
        return None

    def missing(self, body: Body, act: Act) -> Reason | None:
        """Why its author had no right to it when it was done."""
        if body.role not in self.access.at(act.judged_ms).roles:
            return self._no_grant(body.role, act)
        return self._of_kind(body, act)

    def groups(self, body: Body, act: Act) -> frozenset[str] | None:
        """Groups whose registers were theirs then, for this entry; None: every group's."""
        if body.role not in GROUP_ROLES:
            return None
        mine = self.access.at(act.judged_ms).groups
        named: str | None = getattr(body, "group", None)
        if named is None or not isinstance(body, ClaimBody):
            return mine
        takers = self.lookups.takers.get((body.date, body.session, named), frozenset())
        return mine | {named} if self.speaker.person in takers else mine

    def ended_group(self, body: Body, act: Act) -> Reason | None:
        """Why a group is not theirs, where a grant to it has ended or not yet begun."""
        named: str | None = getattr(body, "group", None)
        if named is None or named not in self.access.groups:
            return None
        return self._no_grant(body.role, act)

    def since(self, body: Body, act: Act) -> tuple[str, ...]:
        """Flags of what stands although its author has lost the right by now."""
        now = self.access.at(act.received_ms)
        named: str | None = getattr(body, "group", None)
        then = self.access.at(act.judged_ms).groups
        lost = body.role not in now.roles or (
            body.role in GROUP_ROLES and named in then and named not in now.groups
        )
        return ("grant_ended_since",) if lost else ()

    def _no_grant(self, role: Role, act: Act) -> Reason:
        ended = [
            end
            for grant in self.access.grants
            if (end := ends_ms(grant)) is not None and end <= act.judged_ms
        ]
        if not ended:
            return Reason(
                "grant_not_begun",
                f"Your work here as {ROLE_NAMES[role]} had not begun then; "
                "the office can release it.",
            )
        date, time = local(instant(max(ended)), self.roster.calendar.time_zone)
        return Reason(
            "grant_ended",
            f"What you were granted as {ROLE_NAMES[role]} had ended at {time} on "
            f"{in_words(date)}, and this was written later; the office can release it.",
        )

    def _of_kind(self, body: Body, act: Act) -> Reason | None:
        if not may_write(body.role, body.kind):
            return None  # for which there is a reason of its own
        if isinstance(body, RegisterVoided):
            return self._cannot_void(body)
        work = self.casework(act)
        if isinstance(body, GrantGiven):
            return self._cannot_give(body) or work.cannot_give(body)
        if isinstance(body, GrantEnded):
            return self._cannot_end(body)
        if isinstance(body, Deciding):
            return self._cannot_decide(body, act)
        return work.cannot(body) or Guarding(work).cannot(body)

    def casework(self, act: Act) -> Casework:
        """What they might do with cases then."""
        then = self.access.at(act.judged_ms)
        return Casework(then, self.roster, self.lookups.known, act.judged_ms)

    def _cannot_void(self, void: RegisterVoided) -> Reason | None:
        """Only its author, or the desk, voids a register.

        One that has not come in yet may be voided: the daybook looks again when it has.
        """
        voided = self.lookups.voided.get(void.entry)
        if voided is None:
            return None
        if void.role not in DESK_ROLES and voided.get("author") != void.author:
            return Reason(
                "not_yours",
                "It voids a register somebody else took; ask them, or the office, to void it.",
            )
        named = (void.date, void.session)
        if (voided.get("date"), voided.get("session")) == named:
            return None
        return Reason(
            "another_session",
            "It names another day or session than the entry it voids; void it where it was made.",
        )

    def _cannot_give(self, body: GrantGiven) -> Reason | None:
        if body.person == body.author:
            return Reason(
                "grant_to_oneself", "Nobody grants themselves anything; ask somebody else to."
            )
        if not may_give(body.role, body.grants):
            return _may_not_give(body.role, body.grants)
        length_ms = to_ms(body.ends) - to_ms(body.starts)
        if not 0 < length_ms <= MAX_GRANT_DAYS * _DAY_MS:
            return Reason(
                "grant_dates",
                f"A grant begins before it ends, and lasts {MAX_GRANT_DAYS} days at most; "
                "give it again with other dates.",
            )
        unknown = [one for one in body.groups if one not in self.roster.groups]
        unknown += [one for one in body.pupils if one not in self.roster.pupils]
        if unknown:
            return Reason(
                "grant_of_nothing",
                f"It names {len(unknown)} groups or pupils that this school does not have; "
                "give it again.",
            )
        if body.cases and Reach.CASES not in POLICY[body.grants].sees:
            return Reason(
                "grant_of_nothing",
                f"It names {len(body.cases)} cases, and a {ROLE_NAMES[body.grants]} works on none; "
                "give it again without them, or grant the work of a family worker.",
            )
        return None

    def _cannot_end(self, body: GrantEnded) -> Reason | None:
        if body.grant == POST:
            roles = self.lookups.posts.get(body.person) or {Role.HEAD}
        else:
            grant = self.book.given(body.person, body.grant)
            just = self.just_given.get((body.person, body.grant))
            known = just if grant is None else grant.role
            if known is None:
                return Reason(
                    "no_such_grant", "The grant it ends is not known here; look at the list again."
                )
            roles = {known}
        beyond = [role for role in Role if role in roles and not may_give(body.role, role)]
        return _may_not_give(body.role, beyond[0]) if beyond else None

    def _cannot_decide(self, body: Deciding, act: Act) -> Reason | None:
        held = self.lookups.held.get(body.held)
        if held is None or held.entry != body.entry or not self._sees(body.held, act):
            return Reason(
                "nothing_held", "What it decides on is not held here; look at the list again."
            )
        if body.author in {held.sender, held.author}:
            return Reason(
                "own_entry",
                "Nobody decides on what they wrote or sent themselves; ask somebody else "
                "at the desk.",
            )
        if isinstance(body, QuarantineReleased) and not held.releasable:
            return Reason(
                "cannot_release",
                "It cannot stand as it was written; correct it, or decline it.",
            )
        if not isinstance(body, QuarantineCorrected) and body.date != held.date:
            return Reason(
                "another_session",
                "It names another day than what it decides on; decide on it again.",
            )
        return None

    def _sees(self, held: str, act: Act) -> bool:
        """Whether somebody can decide on something held: nobody does on what they may not see."""
        then = self.access.at(act.judged_ms)
        mine = channels.lasting(then.channels(act.judged_ms, self.roster.calendar))
        return not mine.isdisjoint(channels.lasting(self.lookups.goes_to[held]))


def _may_not_give(role: Role, grants: Role) -> Reason:
    able = [ROLE_NAMES[one] for one, rule in POLICY.items() if grants in rule.gives]
    who = " or ".join(able) or "nobody but who keeps the accounts"
    verb = "decide" if may(role, Power.ACCESS) else "grant"
    return Reason(
        "may_not_give",
        f"A {ROLE_NAMES[role]} may not {verb} who acts as {ROLE_NAMES[grants]}; "
        f"that is for: {who}.",
    )
