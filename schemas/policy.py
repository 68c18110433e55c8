"""Which role may write which kind of entry, and use which code. One table, read in one sitting.

A code a role may not use is no error of the pupil's: the claim is set aside for the office.
Teachers mark what they see (present, late, not here) and confirm planned codes shown to them.
"""

from __future__ import annotations

from enum import StrEnum

from schemas.codes import codes_on

__all__ = [
    "DESK_ROLES",
    "ENTRY_ROLES",
    "ROLE_NAMES",
    "Role",
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


ROLE_NAMES: dict[Role, str] = {
    Role.CLASS_TEACHER: "class teacher",
    Role.COVER_TEACHER: "cover teacher",
    Role.ATTENDANCE_OFFICER: "attendance officer",
    Role.ATTENDANCE_CHAMPION: "senior attendance champion",
    Role.HEAD: "head teacher",
}

TEACHERS = frozenset({Role.CLASS_TEACHER, Role.COVER_TEACHER})
DESK_ROLES = frozenset({Role.ATTENDANCE_OFFICER, Role.ATTENDANCE_CHAMPION, Role.HEAD})
"""Roles that see the whole school and settle what others disagree on."""
EVERYONE = TEACHERS | DESK_ROLES

ENTRY_ROLES: dict[str, frozenset[Role]] = {
    "register.taken": EVERYONE,
    "mark.amended": EVERYONE,
    "register.voided": EVERYONE,
    "arrival.recorded": DESK_ROLES,
    "departure.recorded": DESK_ROLES,
    "contest.settled": DESK_ROLES,
    "planned.recorded": DESK_ROLES,
    "planned.withdrawn": DESK_ROLES,
    "register.reassigned": DESK_ROLES,
}

TEACHER_CODES = frozenset({"/", "\\", "L", "N"})


def may_write(role: Role, kind: str) -> bool:
    """Whether ``role`` may make entries of ``kind``; False for a kind nobody knows."""
    return role in ENTRY_ROLES.get(kind, frozenset())


def may_use_code(role: Role, code: str, *, planned: frozenset[str] = frozenset()) -> bool:
    """Whether ``role`` may claim ``code``; ``planned`` are the codes planned for that session."""
    return role in DESK_ROLES or code in TEACHER_CODES or code in planned


def offered_codes(role: Role, date: str) -> tuple[str, ...]:
    """Codes a screen offers to ``role`` on ``date``, in the table's order: never a legacy one."""
    return tuple(
        code
        for code, row in codes_on(date).items()
        if row.valid_to is None and not row.bulk_only and may_use_code(role, code)
    )
