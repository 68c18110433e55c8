"""Channels: which documents a person's tablet may hold. Computed here; documents name none.

Internal channels (``entries:``, ``arrivals:``, ``log:``, ``roster``) index the server's own
reading; no grant ever contains one. Dated channels are a window that moves with the days: a tablet
pulls the latest, and forgets older ones by itself. They are of a day (``office:<date>``,
``staff:<date>``) or of a half-term, named by its first day: ``half:<first>:<channel>`` holds what
lies in that half-term and goes to whoever reads the channel it ends with.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.calendar import SchoolCalendar
from schemas.entry import (
    ClaimBody,
    DepartureRecorded,
    PlannedRecorded,
    PlannedWithdrawn,
    RegisterReassigned,
    RegisterVoided,
)
from schemas.policy import DESK_ROLES, Role

__all__ = [
    "OFFICE_DAYS",
    "PLANNED",
    "ROSTER",
    "STAFF",
    "STAFF_DAYS",
    "arrivals",
    "card",
    "entries",
    "granted",
    "group",
    "halves",
    "held",
    "history",
    "lasting",
    "log",
    "of_body",
    "of_half",
    "office",
    "person",
    "pupil",
    "roll",
    "sheet",
]

STAFF = frozenset({"staff"})
ROSTER = frozenset({"roster"})
OFFICE = frozenset({"office"})
PLANNED = "planned"
"""Where entries go that lie on a span of dates rather than on one."""
OFFICE_DAYS = 5
"""School days before today whose sheets the desk holds."""
STAFF_DAYS = 1
"""School days before today whose fire lists every tablet holds."""

_DATED = ("office:", "staff:", "half:")

Dated = (ClaimBody, DepartureRecorded, RegisterVoided, RegisterReassigned)
Spanning = (PlannedRecorded, PlannedWithdrawn)


def entries(date: str) -> str:
    """Internal: the entries that speak of ``date`` (or :data:`PLANNED`)."""
    return f"entries:{date}"


def arrivals(date: str) -> str:
    """Internal: the arrivals with an entry of ``date``."""
    return f"arrivals:{date}"


def log(log_id: str) -> str:
    """Internal: the arrivals of one log."""
    return f"log:{log_id}"


def person(person_id: str) -> str:
    """What concerns one person alone."""
    return f"person:{person_id}"


def group(group_id: str) -> str:
    """What the people who take a group's register work from."""
    return f"group:{group_id}"


def pupil(pupil_id: str) -> str:
    """What the people work from who were granted this one pupil."""
    return f"pupil:{pupil_id}"


def office(date: str) -> str:
    """The desk's documents of one day."""
    return f"office:{date}"


def of_half(half: str, channel: str) -> str:
    """What lies in a half-term, named by its first day, for the readers of ``channel``."""
    return f"half:{half}:{channel}"


def of_body(body: object) -> str | None:
    """The date an entry speaks of, :data:`PLANNED` for a span of dates, None for neither."""
    if isinstance(body, Dated):
        return body.date
    return PLANNED if isinstance(body, Spanning) else None


def held(sender: str) -> frozenset[str]:
    """A held entry is seen by who sent it and by the office."""
    return OFFICE | {person(sender)}


def card(groups: Iterable[str]) -> frozenset[str]:
    """A pupil's card goes where the pupil is registered."""
    return OFFICE | {group(one) for one in groups}


def sheet(date: str, group_id: str, taker: str | None) -> frozenset[str]:
    """A sheet goes to the desk, to the group's teachers, and to whoever it was reassigned to."""
    taken_by = {person(taker)} if taker is not None else set()
    return frozenset({office(date), group(group_id)} | taken_by)


def roll(date: str) -> frozenset[str]:
    """A fire list goes to every tablet of the school."""
    return frozenset({f"staff:{date}"})


def history(half: str, pupil_id: str, groups: Iterable[str]) -> frozenset[str]:
    """A pupil's marks of a half-term go where the pupil's card goes."""
    readers = {pupil(pupil_id)} | card(groups)
    return frozenset(of_half(half, one) for one in readers)


def halves(channels: Iterable[str], calendar: SchoolCalendar, today: str) -> frozenset[str]:
    """The half-terms that readers of ``channels`` (``office``, of a group, a pupil, a person) hold
    today: this one and the last.
    """
    return frozenset(
        of_half(half.first, one) for half in calendar.window(today) for one in channels
    )


def lasting(channels: Iterable[str]) -> frozenset[str]:
    """The channels that do not move with the days."""
    return frozenset(one for one in channels if not one.startswith(_DATED))


def granted(
    role: Role, person_id: str, groups: Iterable[str], calendar: SchoolCalendar, today: str
) -> frozenset[str]:
    """Every channel a person may read today."""
    before = calendar.school_days_before(today, OFFICE_DAYS)
    found = STAFF | {person(person_id)}
    found |= {f"staff:{day}" for day in (today, *before[:STAFF_DAYS])}
    mine = frozenset(group(one) for one in groups)
    if role in DESK_ROLES:
        mine |= OFFICE
        found |= {office(day) for day in (today, *before)}
    return found | mine | halves(mine, calendar, today)
