"""Verdicts: whether an entry may speak, and which of its claims can stand.

Judged as of the time of the act. A claim that cannot stand is set aside, with a reason, and its
neighbours stand; an entry is held only when none of its claims stands, when its author is forged or
its shape is broken. Nothing is refused: everything here is kept, with its reason.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from schemas.codes import CODES, Session, code_on
from schemas.entry import Body, Claim, ClaimBody
from schemas.policy import ROLE_NAMES, Role, may_use_code, may_write
from sync.arrivals import SetAside
from sync.clock import in_words
from sync.roster import Roster

__all__ = ["RELEASABLE", "Judgement", "PlannedCodes", "Reason", "judge"]

RELEASABLE = frozenset(
    {
        "another_session",
        "code_not_allowed",
        "device_revoked",
        "grant_ended",
        "grant_not_begun",
        "in_the_future",
        "marked_twice",
        "no_school_day",
        "no_such_member",
        "not_on_roll",
        "not_your_case",
        "not_your_group",
        "not_your_pupil",
        "not_your_team",
        "not_yours",
        "role_may_not",
        "said_twice",
    }
)
"""Reasons that are about the author's right: what was written can stand once the desk says so.

The others are about what was written, or by whom: it can be corrected, or declined.
"""

PlannedCodes = Callable[[str, str, Session], frozenset[str]]
"""Codes planned for a pupil, date and session: a teacher may confirm those."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something does not stand: a stable code, and a sentence for a person."""

    code: str
    sentence: str


@dataclass(frozen=True, slots=True)
class Judgement:
    """``held`` is set when the whole entry waits; ``flags`` say what stands but wants a look."""

    held: Reason | None = None
    set_aside: tuple[SetAside, ...] = ()
    flags: tuple[str, ...] = ()


def judge(
    body: Body,
    role: Role,
    roster: Roster,
    planned: PlannedCodes,
    today: str,
    groups: frozenset[str] | None = None,
) -> Judgement:
    """Judge an entry whose author and shape are known to be right.

    ``role``: the author's at the time of the act. ``today``: the school's date on receipt.
    ``groups``: those whose registers are theirs to take; None: every group's.
    """
    if not may_write(role, body.kind):
        sentence = (
            f"A {ROLE_NAMES[role]} may not make an entry of the kind {body.kind}; "
            "the office can look at it and enter it."
        )
        return Judgement(held=Reason("role_may_not", sentence))
    named: str | None = getattr(body, "group", None)
    if groups is not None and named is not None and named not in groups:
        return Judgement(held=_not_your_group(named, roster))
    if not isinstance(body, ClaimBody):
        return Judgement()
    mine = groups if named is None else None
    aside = tuple(_set_aside(body, role, roster, planned, today, mine))
    if len(aside) == len(body.claims):
        return Judgement(held=Reason(aside[0].reason_code, _none_stands(aside)), set_aside=aside)
    leave = any(c.decision is None and _needs_decision(c.code, body.date) for c in body.claims)
    return Judgement(set_aside=aside, flags=("no_decision",) if leave else ())


def _not_your_group(group: str, roster: Roster) -> Reason:
    known = roster.groups.get(group)
    name = "this group" if known is None else known.name
    return Reason(
        "not_your_group",
        f"The register of {name} was not yours to take then; the office can release it.",
    )


def _none_stands(aside: tuple[SetAside, ...]) -> str:
    more = f" (and {len(aside) - 1} more like it)" if len(aside) > 1 else ""
    return f"None of its marks can stand: {aside[0].reason}{more}"


def _needs_decision(code: str, date: str) -> bool:
    row = code_on(code, date)
    return row is not None and row.needs_decision


def _set_aside(
    body: ClaimBody,
    role: Role,
    roster: Roster,
    planned: PlannedCodes,
    today: str,
    mine: frozenset[str] | None,
) -> Iterator[SetAside]:
    whole = _session_reason(body, roster, today)
    seen: set[str] = set()
    for index, claim in enumerate(body.claims):
        reason = whole or _claim_reason(claim, body, role, roster, planned)
        if reason is None and mine is not None and not mine & {*roster.groups_of(claim.pupil)}:
            reason = Reason(
                "not_your_pupil",
                "This pupil is in none of the groups that are yours; the office can release it.",
            )
        if reason is None and claim.pupil in seen:
            reason = Reason(
                "marked_twice", "The same entry marks this pupil twice; the first mark stands."
            )
        if reason is None:
            seen.add(claim.pupil)
        else:
            yield SetAside(index=index, reason_code=reason.code, reason=reason.sentence)


def _session_reason(body: ClaimBody, roster: Roster, today: str) -> Reason | None:
    if body.date > today:
        return Reason(
            "in_the_future",
            f"The session of {in_words(body.date)} has not been yet; plan a code for it instead.",
        )
    if not roster.calendar.is_school_day(body.date):
        return Reason(
            "no_school_day",
            f"{in_words(body.date)} is not a school day in the calendar; "
            "ask the office whether the calendar is right.",
        )
    return None


def _claim_reason(
    claim: Claim, body: ClaimBody, role: Role, roster: Roster, planned: PlannedCodes
) -> Reason | None:
    if not roster.on_roll(claim.pupil, body.date):
        return Reason(
            "not_on_roll",
            f"This pupil is not on the roll on {in_words(body.date)}; the office checks who it is.",
        )
    row = code_on(claim.code, body.date)
    if row is None:
        known = any(old.code == claim.code for old in CODES)
        was = "was not in force" if known else "is not an attendance code"
        return Reason(
            "no_such_code",
            f"The code {claim.code} {was} on {in_words(body.date)}; choose one of today's codes.",
        )
    if body.session not in row.sessions:
        return Reason(
            "wrong_session",
            f"The code {claim.code} is for the other session, not for {body.session}.",
        )
    if row.bulk_only:
        return Reason(
            "whole_school_only",
            f"The code {claim.code} is for the whole school, not for one pupil.",
        )
    if not may_use_code(role, claim.code, planned=frozenset()) and not may_use_code(
        role, claim.code, planned=planned(claim.pupil, body.date, body.session)
    ):
        return Reason(
            "code_not_allowed",
            f"A {ROLE_NAMES[role]} may not use the code {claim.code}; the office decides it.",
        )
    return None
