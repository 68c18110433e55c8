"""Who may write what, said a second time: roles, states of a grant at the act, kinds and codes.

Nothing of the product's policy is used here. :func:`expected` says what must become of an entry;
:func:`tried` has a school take it in.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from schemas.access import Ended, Grant
from schemas.policy import Role
from sync.pushed import Speaker
from sync.store import Database
from sync.stores.memory import MemoryStore
from tests import factory
from tests.factory import COVER, MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.oracle.words import OWN_GROUPS, SEES
from tests.sync.school import School

__all__ = ["CASES", "Case", "Outcome", "School", "expected", "new_school", "tried"]

REGISTER = {"register.taken", "mark.amended", "register.voided"}
DESK = REGISTER | {
    "arrival.recorded",
    "departure.recorded",
    "contest.settled",
    "planned.recorded",
    "planned.withdrawn",
    "register.reassigned",
    "quarantine.released",
    "quarantine.corrected",
    "quarantine.declined",
}
GIVING = {"grant.given", "grant.ended"}
AT_DESK = ("attendance_officer", "attendance_champion", "head")
WRITES: dict[str, set[str]] = {
    **{role: DESK | GIVING | {"record.viewed"} for role in AT_DESK},
    "class_teacher": REGISTER | {"record.viewed"},
    "cover_teacher": REGISTER | {"record.viewed"},
    "administrator": GIVING,
    "governor": set(),
    "team_lead": GIVING | {"record.viewed", "quarantine.released", "quarantine.declined"},
    **{
        role: {"record.viewed"}
        for role in (
            "family_worker",
            "chair_of_governors",
            "safeguarding_lead",
            "virtual_school",
            "authority_coordinator",
        )
    },
}
GIVES: dict[str, set[str]] = {
    "attendance_officer": {"class_teacher", "cover_teacher"},
    "attendance_champion": {"class_teacher", "cover_teacher"},
    "head": set(SEES) - {"head", "administrator", "chair_of_governors"},
    "administrator": set(SEES) - {"administrator"},
    "team_lead": {"family_worker"},
}
SEEN = {"/", "L", "N"}
"""What a teacher sees at the door of a morning."""
OFFICES = frozenset(
    "K V P W B C1 M J1 S X C2 C T R I E Q Y1 Y2 Y3 Y5 Y6 Y7 D G O U".split()  # noqa: SIM905
)
"""What the office decides, or a plan says."""
WHOLE_SCHOOL = {"Y4", "Z", "#"}
NO_CODES = {"H", "F", "J", "Y", "ZZ", "?"}
"""Codes of other years, and what never was one."""
CODES = (*sorted(SEEN | OFFICES | WHOLE_SCHOOL | NO_CODES), "\\")
MARKING = ("register.taken", "mark.amended", "arrival.recorded", "contest.settled")
KINDS = (*sorted(DESK - set(MARKING) | GIVING), "record.viewed")
STATES = ("never", "to begin", "in force", "over", "ended", "given again", "lost since")
WORKS = {"in force", "given again", "lost since"}


@dataclass(frozen=True)
class Case:
    """One entry. ``code``: of its claim. ``beside``: with a good mark beside it.

    ``grants``: the role that it grants. ``where``: of whose group, or pupil, it is.
    """

    role: str
    state: str
    kind: str
    code: str = "/"
    beside: bool = False
    grants: str = "cover_teacher"
    where: str = "own"
    planned: bool = False
    author: str = "own"


@dataclass(frozen=True)
class Outcome:
    """``stored``, ``aside`` (stored, a claim of it set aside), or ``held``; and why."""

    what: str
    why: str = ""
    lost: bool = False
    """Flagged: its author has lost the right since."""


def _cases() -> Iterator[Case]:
    for role, state in itertools.product(SEES, STATES):
        for kind, code, beside in itertools.product(MARKING, CODES, (False, True)):
            yield Case(role, state, kind, code, beside)
        for kind in KINDS:
            yield Case(role, state, kind)
        for grants in SEES:
            yield Case(role, state, "grant.given", grants=grants)
        yield Case(role, state, "grant.given", where="oneself")
        yield Case(role, state, "register.taken", where="another's")
        yield Case(role, state, "mark.amended", where="another's")
        for kind, code in itertools.product(MARKING[:2], sorted(OFFICES)):
            yield Case(role, state, kind, code, planned=True)
        for kind in (*MARKING, *KINDS):
            yield Case(role, state, kind, author="another")


CASES = tuple(_cases())


def expected(case: Case) -> Outcome:  # noqa: PLR0911  # a line for each rule
    """What must become of it."""
    if case.author != "own" or case.state == "never":
        return Outcome("held", "forged_author")
    if case.state == "to begin":
        return Outcome("held", "grant_not_begun")
    if case.state not in WORKS:
        return Outcome("held", "grant_ended")
    if case.kind not in WRITES[case.role]:
        return Outcome("held", "role_may_not")
    lost = case.state == "lost since"
    if case.kind == "grant.given":
        if case.where == "oneself":
            return Outcome("held", "grant_to_oneself")
        if case.grants not in GIVES[case.role]:
            return Outcome("held", "may_not_give")
    if case.where == "another's" and case.role in OWN_GROUPS:
        whose = "not_your_group" if case.kind == "register.taken" else "not_your_pupil"
        return Outcome("held", whose)
    why = _why_not(case) if case.kind in MARKING else ""
    if why:
        return Outcome("aside", why, lost) if case.beside else Outcome("held", why)
    return Outcome("stored", "", lost)


def _why_not(case: Case) -> str:
    """Why a claim cannot stand, of a morning."""
    if case.code in NO_CODES:
        return "no_such_code"
    if case.code == "\\":
        return "wrong_session"
    if case.code in WHOLE_SCHOOL:
        return "whole_school_only"
    teacher = case.role in OWN_GROUPS
    return "code_not_allowed" if teacher and case.code in OFFICES and not case.planned else ""


def _at(time: str) -> str:
    return f"{MONDAY}T{time}:00.000Z"


def _grants(case: Case) -> tuple[Grant, ...]:  # noqa: PLR0911  # a case for each state
    """What the author holds, as of the act at nine: heard of at half past."""
    role = Role(case.role)
    over: dict[str, Any] = {"person": "per-1", "groups": ("form-1",)}
    ended = Ended(at=_at("08:30"), by="staff-head", reason="Over", entry="entry:x")
    match case.state:
        case "never":
            other = Role.FAMILY_WORKER if role is Role.GOVERNOR else Role.GOVERNOR
            return (Grant(role=other, **over),)
        case "to begin":
            return (Grant(role=role, starts=_at("09:15"), **over),)
        case "over":
            return (Grant(role=role, ends=_at("09:00"), **over),)
        case "ended":
            return (Grant(role=role, ended=ended, **over),)
        case "given again":
            again = Grant(id="entry:y", role=role, starts=_at("08:45"), **over)
            return (Grant(role=role, ended=ended, **over), again)
        case "lost since":
            return (Grant(role=role, ends=_at("09:10"), **over),)
    return (Grant(role=role, starts=_at("09:00"), ends=_at("17:00"), **over),)


async def new_school() -> School:
    """A school with two forms, something that is held, and a code that is planned."""
    pupils = [factory.pupil(n, form=f"form-{1 + n % 2}") for n in range(1, 5)]
    forms = {f: tuple(p.pupil for p in pupils if p.form == f) for f in ("form-1", "form-2")}
    groups = [factory.group(name, members) for name, members in forms.items()]
    roster = factory.Roster.build(factory.school(), groups, pupils)
    database: Database = await MemoryStore().create("sch-test")
    await database.write(factory.roster_batch(roster))
    school = School(database, roster)
    await school.push(school.tutor.register(claim("nobody"), date=MONDAY))
    return school


async def tried(school: School, case: Case, number: int) -> Outcome:
    """What does become of it."""
    log = f"{number:032x}"
    speaker = Speaker("per-1", "Percy", Role(case.role), "tablet-9", _grants(case))
    if case.planned:
        plan = school.officer.write(
            "planned.recorded",
            pupil="pup-2",
            first=MONDAY,
            last=MONDAY,
            sessions=["AM"],
            code=case.code,
            source="A letter",
        )
        await school.push(plan, speaker=OFFICER)
    tablet = Tablet(speaker, log=log)
    if case.author != "own":  # a log that somebody else began is nobody's to go on with
        tablet.write("record.viewed", document="card:pup-2", pupil="pup-2")
    _entry(tablet, case, school)
    await school.push(*tablet.entries, speaker=speaker)
    item = (await school.arrivals(log))[-1].items[-1]
    lost = "grant_ended_since" in item.flags
    if item.verdict == "held":
        return Outcome("held", item.reason_code or "", lost)
    if item.set_aside:
        return Outcome("aside", item.set_aside[0].reason_code, lost)
    return Outcome("stored", "", lost)


def _entry(tablet: Tablet, case: Case, school: School) -> dict[str, Any]:
    author: dict[str, Any] = {"author": "per-2"} if case.author != "own" else {}
    if case.kind in MARKING:
        mine, other = ("pup-2", "pup-4"), ("pup-1", "pup-3")
        pupil, beside = other if case.where == "another's" else mine
        claims = [claim(pupil, case.code)] + ([claim(beside)] if case.beside else [])
        fields: dict[str, Any] = {"date": MONDAY, "session": "AM", "claims": claims} | author
        if case.kind == "register.taken":
            fields["group"] = "form-2" if case.where == "another's" else "form-1"
        elif case.kind != "arrival.recorded":
            fields["reason"] = "Seen in the hall"
        return tablet.write(case.kind, **fields)
    return tablet.write(case.kind, **(_fields(tablet, case, school) | author))


def _fields(  # noqa: PLR0911  # a case for each kind
    tablet: Tablet, case: Case, school: School
) -> dict[str, Any]:
    one = {"pupil": "pup-2", "first": MONDAY, "last": MONDAY}
    session = {"date": MONDAY, "session": "AM"}
    held = school.tutor.entries[0]
    deciding = {"held": f"held:{held['digest'][:32]}", "entry": held["_id"], "reason": "Why"}
    match case.kind:
        case "departure.recorded":
            return {"pupil": "pup-2", "left": "11:00", "left_with": None, "reason": "Ill"} | session
        case "register.voided":
            return {"entry": f"entry:{tablet.log}:00000009:{'0' * 16}", "reason": "Wrong"} | session
        case "planned.recorded":
            return {"sessions": ["AM"], "code": "M", "source": "A letter"} | one
        case "planned.withdrawn":
            return {"entry": held["_id"], "reason": "Wrong"} | one
        case "register.reassigned":
            return {"group": "form-1", "to": COVER.person, "reason": "Ill"} | session
        case "grant.given":
            person = "per-1" if case.where == "oneself" else COVER.person
            span = {"starts": _at("09:00"), "ends": _at("17:00")}
            grants = {"person": person, "grants": case.grants, "purpose": "Cover"}
            return {"groups": ["form-1"], "pupils": []} | span | grants
        case "grant.ended":
            return {"grant": "post", "person": TUTOR.person, "reason": "Left"}
        case "record.viewed":
            return {"document": "card:pup-2", "pupil": "pup-2"}
        case "quarantine.corrected":
            return deciding | session | {"claims": [claim(2)]}
    return deciding | {"date": MONDAY}
