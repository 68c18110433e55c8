"""The policy: what each role may see, write and do. One table, read in one sitting.

A grant (:mod:`schemas.access`) gives a person a role in a school for a time; this table says what
the role comes to. ``docs/policy.md`` is made from it. What a role may not write is no error of the
pupil's: it is set aside, or held, for the office.

Sources: the register regulations name who records what (SI 2024/208); governors get figures and no
names; a teacher marks what they see and confirms planned codes shown to them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from schemas.codes import codes_on

__all__ = [
    "DESK_ROLES",
    "DOCUMENT_READERS",
    "ENTRY_ROLES",
    "GROUP_ROLES",
    "POLICY",
    "RANKED",
    "ROLE_NAMES",
    "Power",
    "Reach",
    "Role",
    "Rule",
    "may",
    "may_give",
    "may_use_code",
    "may_write",
    "offered_codes",
]


class Role(StrEnum):
    """What a person is to a school."""

    CLASS_TEACHER = "class_teacher"
    COVER_TEACHER = "cover_teacher"
    ATTENDANCE_OFFICER = "attendance_officer"
    ATTENDANCE_CHAMPION = "attendance_champion"
    HEAD = "head"
    GOVERNOR = "governor"
    CHAIR_OF_GOVERNORS = "chair_of_governors"
    FAMILY_WORKER = "family_worker"
    TEAM_LEAD = "team_lead"
    SAFEGUARDING_LEAD = "safeguarding_lead"
    VIRTUAL_SCHOOL = "virtual_school"
    AUTHORITY_COORDINATOR = "authority_coordinator"
    ADMINISTRATOR = "administrator"


class Reach(StrEnum):
    """A part of a school's published documents: a family of channels."""

    STAFF = "staff"
    """The school, its calendar, its groups and its staff."""
    ROLL = "roll"
    """The fire lists of today and the school day before."""
    GROUPS = "groups"
    """Sheets, cards and histories of the groups that the grant names."""
    PUPILS = "pupils"
    """Cards and histories of the pupils that the grant names."""
    OFFICE = "office"
    """Every sheet, card, history and open absence of the school."""
    QUARANTINE = "quarantine"
    """What is held or set aside, whoever wrote it, but for what is of a case or a concern."""
    SUPPORT = "support"
    """That a pupil's family is visited, what came of it at the door, and actions agreed."""
    SAFEGUARDING = "safeguarding"
    """Concerns, and what a case's workers tell a pupil's school."""
    ALLEGATIONS = "allegations"
    """Concerns about a member of staff."""
    CHAIR = "chair"
    """Concerns about the head."""
    CASES = "cases"
    """Cases, visits and watches of the cases and of the teams that the grant names."""
    SUMMARIES = "summaries"
    """Of every case of an area that is not restricted: its state and dates, and no name."""


class Power(StrEnum):
    """Something a role may do that is no entry of its own."""

    FIGURES = "figures"
    """See counts and rates, which name nobody."""
    ACCESS = "access"
    """See who holds which grant and which tablet; enrol tablets and revoke them."""
    EXPLAIN = "explain"
    """Ask why somebody may or may not see something."""
    VIEWS = "views"
    """See who viewed a restricted record."""
    GLASS = "glass"
    """Open a restricted case with a reason, which is known to all who answer for it."""
    DRAFTS = "drafts"
    """Open the draft of somebody who is away, with a reason."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One role's line of the policy. ``writes``: kinds of entries. ``gives``: roles it may grant.

    ``any_code``: every attendance code; else only what is seen at the door, and planned codes.
    """

    title: str
    sees: frozenset[Reach] = frozenset()
    writes: frozenset[str] = frozenset()
    may: frozenset[Power] = frozenset()
    gives: frozenset[Role] = frozenset()
    any_code: bool = False


_VIEWING = frozenset({"record.viewed"})
_WORRIED = frozenset({"concern.raised", "concern.told"})
"""Whoever works with children raises a concern."""
_OUT_ALONE = frozenset(
    {"watch.started", "watch.extended", "watch.ended", "watch.confirmed", "watch.help"}
)
_STAFF = _VIEWING | _WORRIED
_ANSWERS = _STAFF | {"concern.acknowledged", "concern.noted", "concern.exported"}
_VISITS = (
    _STAFF
    | _OUT_ALONE
    | {
        "visit.planned",
        "visit.noted",
        "visit.submitted",
        "visit.addendum",
        "visit.settled",
        "case.opened",
        "case.noted",
        "case.settled",
        "photo.added",
    }
)
_REGISTERS = _STAFF | {"register.taken", "mark.amended", "register.voided"}
_GRANTS = frozenset({"grant.given", "grant.ended"})
_DESK = (
    _REGISTERS
    | _GRANTS
    | {
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
)
_TEACHES = frozenset({Reach.STAFF, Reach.ROLL, Reach.GROUPS})
_WHOLE = frozenset({Reach.STAFF, Reach.ROLL, Reach.OFFICE})
_COVERS = frozenset({Role.CLASS_TEACHER, Role.COVER_TEACHER})
_OVERSEES = frozenset({Power.FIGURES, Power.ACCESS, Power.EXPLAIN})
_ALL = frozenset(Role)

POLICY: dict[Role, Rule] = {
    Role.CLASS_TEACHER: Rule("class teacher", sees=_TEACHES, writes=_REGISTERS),
    Role.COVER_TEACHER: Rule("cover teacher", sees=_TEACHES, writes=_REGISTERS),
    Role.ATTENDANCE_OFFICER: Rule(
        "attendance officer",
        sees=_WHOLE | {Reach.QUARANTINE, Reach.SUPPORT},
        writes=_DESK,
        may=_OVERSEES,
        gives=_COVERS,
        any_code=True,
    ),
    Role.ATTENDANCE_CHAMPION: Rule(
        "senior attendance champion",
        sees=_WHOLE | {Reach.QUARANTINE, Reach.SUPPORT},
        writes=_DESK,
        may=_OVERSEES | {Power.VIEWS},
        gives=_COVERS,
        any_code=True,
    ),
    Role.HEAD: Rule(
        "head teacher",
        sees=_WHOLE | {Reach.QUARANTINE, Reach.SUPPORT, Reach.ALLEGATIONS},
        writes=_DESK | _ANSWERS,
        may=_OVERSEES | {Power.VIEWS},
        # Not the chair, to whom concerns about the head go.
        gives=_ALL - {Role.ADMINISTRATOR, Role.HEAD, Role.CHAIR_OF_GOVERNORS},
        any_code=True,
    ),
    Role.GOVERNOR: Rule("governor", may=frozenset({Power.FIGURES})),
    Role.CHAIR_OF_GOVERNORS: Rule(
        "chair of governors",
        sees=frozenset({Reach.STAFF, Reach.CHAIR}),
        writes=_ANSWERS,
        may=frozenset({Power.FIGURES}),
    ),
    Role.FAMILY_WORKER: Rule(
        "family worker",
        sees=frozenset({Reach.STAFF, Reach.PUPILS, Reach.CASES}),
        writes=_VISITS,
    ),
    Role.TEAM_LEAD: Rule(
        "team lead",
        sees=frozenset({Reach.STAFF, Reach.PUPILS, Reach.CASES, Reach.QUARANTINE}),
        writes=_VISITS
        | _GRANTS
        | {
            "draft.opened",
            "glass.broken",
            "quarantine.released",
            "quarantine.declined",
        },
        may=frozenset(
            {Power.FIGURES, Power.ACCESS, Power.EXPLAIN, Power.VIEWS, Power.GLASS, Power.DRAFTS}
        ),
        gives=frozenset({Role.FAMILY_WORKER}),
    ),
    Role.SAFEGUARDING_LEAD: Rule(
        "designated safeguarding lead",
        sees=_WHOLE | {Reach.SUPPORT, Reach.SAFEGUARDING},
        writes=_ANSWERS | {"glass.broken"},
        may=frozenset({Power.FIGURES, Power.VIEWS, Power.GLASS}),
    ),
    Role.VIRTUAL_SCHOOL: Rule(
        "Virtual School", sees=frozenset({Reach.STAFF, Reach.PUPILS}), writes=_STAFF
    ),
    Role.AUTHORITY_COORDINATOR: Rule(
        "authority coordinator",
        sees=frozenset({Reach.STAFF, Reach.PUPILS, Reach.SUMMARIES}),
        writes=_STAFF | {"glass.broken"},
        may=frozenset({Power.FIGURES, Power.VIEWS, Power.GLASS}),
    ),
    Role.ADMINISTRATOR: Rule(
        "administrator",
        sees=frozenset({Reach.STAFF}),
        writes=_GRANTS,
        may=frozenset({Power.ACCESS, Power.EXPLAIN}),
        gives=_ALL - {Role.ADMINISTRATOR},
    ),
}
"""In the order in which one role comes before another where somebody holds several: last first."""

RANKED: tuple[Role, ...] = tuple(sorted(POLICY, key=lambda role: len(POLICY[role].writes)))
"""The role that may write most last: somebody with several writes in the last that may."""
ROLE_NAMES: dict[Role, str] = {role: rule.title for role, rule in POLICY.items()}
GROUP_ROLES = frozenset(role for role, rule in POLICY.items() if Reach.GROUPS in rule.sees)
"""Roles whose registers are those of the groups they were granted."""
DESK_ROLES = frozenset(role for role, rule in POLICY.items() if "contest.settled" in rule.writes)
"""Roles that see the whole school and settle what others disagree on."""
ENTRY_ROLES: dict[str, frozenset[Role]] = {
    kind: frozenset(role for role, rule in POLICY.items() if kind in rule.writes)
    for kind in sorted({kind for rule in POLICY.values() for kind in rule.writes})
}
DOCUMENT_READERS: dict[str, frozenset[Reach]] = {
    "school": frozenset({Reach.STAFF}),
    "group": frozenset({Reach.STAFF}),
    "roll": frozenset({Reach.ROLL}),
    "sheet": frozenset({Reach.GROUPS, Reach.OFFICE}),
    "card": frozenset({Reach.GROUPS, Reach.PUPILS, Reach.OFFICE}),
    "history": frozenset({Reach.GROUPS, Reach.PUPILS, Reach.OFFICE}),
    "unexplained": frozenset({Reach.OFFICE}),
    "held": frozenset({Reach.QUARANTINE}),
    "support": frozenset({Reach.SUPPORT}),
    "shared": frozenset({Reach.SAFEGUARDING}),
    "concern": frozenset({Reach.SAFEGUARDING, Reach.ALLEGATIONS, Reach.CHAIR}),
    "case": frozenset({Reach.CASES}),
    "visit": frozenset({Reach.CASES}),
    "watch": frozenset({Reach.CASES}),
    "summary": frozenset({Reach.SUMMARIES}),
    "glass": frozenset({Reach.CASES, Reach.SAFEGUARDING}),
}
"""Kinds of published documents, and what reaches them. Its sender reads what is held, besides; what
is held of a case goes where the case goes instead, and of a concern to its sender alone.

Whoever a register was reassigned to reads its sheet, with :attr:`Reach.GROUPS`. A concern goes to
one of its three reaches, and never to whom it concerns. Drafts, and what became of one's own
concern, are their author's alone; a watch is its buddy's as well. Entries, arrivals
and the roster reach nobody: tablets send entries, and work from what is published.
"""
TEACHER_CODES = frozenset({"/", "\\", "L", "N"})


def may(role: Role, power: Power) -> bool:
    """Whether ``role`` has ``power``."""
    return power in POLICY[role].may


def may_give(giver: Role, role: Role) -> bool:
    """Whether somebody in the role ``giver`` may grant ``role`` to another."""
    return role in POLICY[giver].gives


def may_write(role: Role, kind: str) -> bool:
    """Whether ``role`` may make entries of ``kind``; False for a kind nobody knows."""
    return kind in POLICY[role].writes


def may_use_code(role: Role, code: str, *, planned: frozenset[str] = frozenset()) -> bool:
    """Whether ``role`` may claim ``code``; ``planned`` are the codes planned for that session."""
    return POLICY[role].any_code or code in TEACHER_CODES or code in planned


def offered_codes(role: Role, date: str) -> tuple[str, ...]:
    """Codes a screen offers to ``role`` on ``date``, in the table's order: never a legacy one."""
    return tuple(
        code
        for code, row in codes_on(date).items()
        if row.valid_to is None and not row.bulk_only and may_use_code(role, code)
    )
