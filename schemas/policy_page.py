"""The policy as a page for people: ``python -m schemas.policy_page docs/policy.md`` writes it."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from schemas.policy import DOCUMENT_READERS, POLICY, ROLE_NAMES, Power, Reach, Role, Rule

__all__ = ["main", "page"]

_INTRODUCTION = """# Who may see, write and do what

Made from [`schemas/policy.py`](../schemas/policy.py) by `make types`; a change here is lost.

A **grant** gives a person a role in a school: from when, to when, why, and by whose word. It is a
post that comes with the person's account, or was given by an entry. What somebody writes is judged
by the grants that were in force when they did it; what they read, by those in force now.
`tidemark explain PERSON DOCUMENT` says how that comes out in a case.
"""
_OWN = (
    "Everybody sees what they themselves sent that is held, and what was decided on it. What is "
    "held of a case goes\n"
    "where the case goes; of a concern, to its sender alone, since the concern itself shows it.\n"
)
_NOBODY = """Whoever a register was reassigned to sees its sheet that day. Entries, arrivals and the
imported roster are sent to nobody.
"""
_CODES = """A teacher's marks are for the groups they were granted, and for registers reassigned to
them; their codes are those of the door (`/` `\\` `L` `N`) and planned ones. Every code is for:
"""
_REACHES = {
    Reach.STAFF: "the school, its calendar, groups and staff",
    Reach.ROLL: "fire lists of today and the school day before",
    Reach.GROUPS: "sheets, cards and histories of the groups the grant names",
    Reach.PUPILS: "cards and histories of the pupils the grant names",
    Reach.OFFICE: "the whole school's sheets, cards, histories and open absences",
    Reach.QUARANTINE: "everything held or set aside, but of cases and concerns",
    Reach.SUPPORT: "that families are visited, the outcome at the door, and actions agreed",
    Reach.SAFEGUARDING: "concerns, and what a case's workers tell the school",
    Reach.ALLEGATIONS: "concerns about a member of staff",
    Reach.CHAIR: "concerns about the head",
    Reach.CASES: "the cases that the grant names, and those of its teams that are not restricted",
    Reach.SUMMARIES: "the state and dates of every case that is not restricted, and no name",
}
_POWERS = {
    Power.FIGURES: "counts and rates",
    Power.ACCESS: "grants and tablets",
    Power.EXPLAIN: "why somebody sees something",
    Power.VIEWS: "who viewed a restricted record",
    Power.GLASS: "open a restricted case, with a reason",
    Power.DRAFTS: "open the draft of somebody who is away, with a reason",
}
_KINDS = {
    "school": "the school, its calendar and staff",
    "group": "a group and its members",
    "roll": "a form's fire list of a day",
    "sheet": "a group's register of a session",
    "card": "a pupil's card",
    "history": "a pupil's marks of a half-term",
    "unexplained": "absences nobody has explained",
    "held": "what is held or set aside",
    "support": "a school's part of a family's support, for its office",
    "shared": "what a case's workers tell a pupil's school",
    "concern": "a concern about a child",
    "case": "a family's case",
    "visit": "a home visit",
    "watch": "somebody out alone",
    "glass": "that somebody opened a restricted case",
    "summary": "what may be known of a case by figures alone",
}


def page() -> str:
    """The whole page, in Markdown."""
    parts = [
        _INTRODUCTION,
        "## What each role sees\n",
        _table(
            ("role", *(_REACHES[one] for one in Reach)),
            ((_name(role), *(_mark(one in rule.sees) for one in Reach)) for role, rule in _rows()),
        ),
        _OWN,
        "## Who sees which document\n",
        _table(("document", "id", "roles"), map(_document, DOCUMENT_READERS)),
        _NOBODY,
        "## What each role writes\n",
        _table(("entry", "roles"), map(_entry, _kinds())),
        _CODES + _names(role for role, rule in _rows() if rule.any_code) + ".\n",
        "## What else each role may do\n",
        _table(
            ("role", *(_POWERS[one] for one in Power), "grants the roles"),
            (
                (_name(role), *(_mark(one in rule.may) for one in Power), _names(rule.gives))
                for role, rule in _rows()
            ),
        ),
    ]
    return "\n".join(parts)


def _rows() -> Iterable[tuple[Role, Rule]]:
    return POLICY.items()


def _name(role: Role) -> str:
    return f"{ROLE_NAMES[role]} (`{role.value}`)"


def _names(roles: Iterable[Role]) -> str:
    wanted = frozenset(roles)
    if len(wanted) > len(POLICY) // 2:
        missing = [ROLE_NAMES[role] for role in POLICY if role not in wanted]
        return f"all but {', '.join(missing)}"
    return ", ".join(ROLE_NAMES[role] for role in POLICY if role in wanted)


def _mark(yes: bool) -> str:
    return "yes" if yes else ""


def _kinds() -> list[str]:
    return sorted({kind for rule in POLICY.values() for kind in rule.writes})


def _document(kind: str) -> tuple[str, str, str]:
    reached = (role for role, rule in POLICY.items() if rule.sees & DOCUMENT_READERS[kind])
    return _KINDS[kind], f"`{kind}`", _names(reached)


def _entry(kind: str) -> tuple[str, str]:
    return f"`{kind}`", _names(role for role, rule in POLICY.items() if kind in rule.writes)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines) + "\n"


def main(out: Path) -> None:
    """Write the page."""
    out.write_text(page(), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
