"""Channels: which documents a person's tablet may hold. Computed here; documents name none.

Internal channels (``entries:``, ``arrivals:``, ``log:``, ``roster``) index the server's own
reading; no grant ever contains one. Dated channels are a window that moves with the days: a tablet
pulls the latest, and forgets older ones by itself. They are of a day (``office:<date>``,
``staff:<date>``, ``taker:<person>:<date>``) or of a half-term, named by its first day:
``half:<first>:<channel>`` holds what lies in that half-term and goes to whoever reads the channel
it ends with.

What entries lie on is said in :mod:`sync.topics`.
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.calendar import SchoolCalendar
from schemas.policy import Reach

__all__ = [
    "ALARMS",
    "ALLEGATIONS",
    "CASES_HELD",
    "CHAIR",
    "ERASURES",
    "OFFICE_DAYS",
    "QUARANTINE",
    "ROSTER",
    "SAFEGUARDING",
    "STAFF",
    "STAFF_DAYS",
    "SUMMARIES",
    "SUPPORT",
    "WAITING",
    "answering",
    "arrivals",
    "card",
    "case",
    "concern",
    "entries",
    "group",
    "halves",
    "held",
    "history",
    "lasting",
    "left_behind",
    "lent",
    "log",
    "of_half",
    "office",
    "person",
    "photo",
    "pupil",
    "readable",
    "roll",
    "sheet",
    "taker",
    "team",
    "watch",
    "window",
]

STAFF = frozenset({"staff"})
ROSTER = frozenset({"roster"})
OFFICE = frozenset({"office"})
SUPPORT = frozenset({"support"})
SAFEGUARDING = frozenset({"safeguarding"})
ALLEGATIONS = frozenset({"allegations"})
"""Concerns about a member of staff: the head's."""
CHAIR = frozenset({"chair"})
"""Concerns about the head: the chair of governors'."""
SUMMARIES = frozenset({"summaries"})
ALARMS = frozenset({"alarms"})
"""Internal: whom the server told of what, when a time had passed."""
ERASURES = frozenset({"erasures"})
"""Internal: what was erased by law."""
QUARANTINE = "quarantine"
"""The topic of decisions on what has no other; and the channel of everything held."""
CASES_HELD = frozenset({"held:cases"})
"""Internal: everything held that goes where a case goes, which may move, or become restricted."""
WAITING = frozenset({"held:waiting"})
"""Internal: what is held until something that it speaks of comes in."""
OFFICE_DAYS = 5
"""School days before today whose sheets the desk holds."""
STAFF_DAYS = 1
"""School days before today whose fire lists every tablet holds."""

_DATED = ("office:", "staff:", "taker:", "half:")


def entries(date: str) -> str:
    """Internal: the entries that speak of ``date`` (or :data:`sync.topics.PLANNED`)."""
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


def pupil(pupil_id: str) -> str:
    """What the people who were granted a pupil by name work from."""
    return f"pupil:{pupil_id}"


def taker(person_id: str, date: str) -> str:
    """The sheets of a day whose registers were reassigned to somebody."""
    return f"taker:{person_id}:{date}"


def group(group_id: str) -> str:
    """What the people who take a group's register work from."""
    return f"group:{group_id}"


def office(date: str) -> str:
    """The desk's documents of one day."""
    return f"office:{date}"


def case(case_id: str) -> str:
    """What the people who were granted a case work from; also the topic of its entries."""
    return f"case:{case_id}"


def team(team_id: str) -> str:
    """What a team's people work from: its cases that are not restricted."""
    return f"team:{team_id}"


def lent(person_id: str) -> str:
    """What somebody opened of another's with a reason: theirs while their role lets them do so."""
    return f"lent:{person_id}"


def answering(reach: Reach, person_id: str) -> str:
    """One person's part of a reach: for what not everybody of that reach may see.

    A concern about somebody goes to those whom it does not concern, one by one; so no grant, given
    then or later, lets anybody see it who is not among them.
    """
    return f"{reach.value}:{person_id}"


def concern(concern_id: str) -> str:
    """The topic of a concern's entries."""
    return f"concern:{concern_id}"


def watch(watch_id: str) -> str:
    """The topic of a watch's entries."""
    return f"watch:{watch_id}"


def photo(photo_id: str) -> str:
    """The topic on which a photo's entry is found before its bytes are taken."""
    return f"photo:{photo_id}"


def of_half(half: str, channel: str) -> str:
    """What lies in a half-term, named by its first day, for the readers of ``channel``."""
    return f"half:{half}:{channel}"


def held(sender: str, half: str | None = None, to: Iterable[str] = (QUARANTINE,)) -> frozenset[str]:
    """A held entry is seen by who sent it, and by whoever it goes ``to`` (:mod:`sync.audience`).

    Until it is decided on; then it lies in the ``half``-term of the decision, and leaves with it.
    """
    readers = {*to, person(sender)}
    if half is None:
        return frozenset(readers)
    return frozenset(one if one in CASES_HELD else of_half(half, one) for one in readers)


def card(pupil_id: str, groups: Iterable[str]) -> frozenset[str]:
    """A pupil's card goes where the pupil is registered, and to whoever was granted the pupil."""
    return OFFICE | {pupil(pupil_id)} | {group(one) for one in groups}


def sheet(date: str, group_id: str, taken_by: str | None) -> frozenset[str]:
    """A sheet goes to the desk, to the group's teachers, and to whoever it was reassigned to."""
    reassigned = {taker(taken_by, date)} if taken_by is not None else set()
    return frozenset({office(date), group(group_id)} | reassigned)


def roll(date: str) -> frozenset[str]:
    """A fire list goes to every tablet of the school."""
    return frozenset({f"staff:{date}"})


def history(half: str, pupil_id: str, groups: Iterable[str]) -> frozenset[str]:
    """A pupil's marks of a half-term go where the pupil's card goes."""
    return frozenset(of_half(half, one) for one in card(pupil_id, groups))


def halves(channels: Iterable[str], calendar: SchoolCalendar, today: str) -> frozenset[str]:
    """The half-terms that readers of ``channels`` (``office``, of a group, a pupil, a person) hold
    today: this one and the last.
    """
    return frozenset(
        of_half(half.first, one) for half in calendar.window(today) for one in channels
    )


def lasting(channels: Iterable[str]) -> frozenset[str]:
    """What does not move with the days: lasting channels, and of which kinds the dated ones are.

    So whoever gains or loses a kind of them alone may see something else than before.
    """
    return frozenset(map(_lasting, channels))


def left_behind(past: Iterable[str], now: frozenset[str]) -> frozenset[str]:
    """Of channels read on days ``past``, those that moved on with the days, and nothing else.

    What was taken away with a grant is not among them: its readers began anew.
    """
    kept = lasting(now)
    return frozenset(one for one in past if one not in now and _lasting(one) in kept)


def _lasting(channel: str) -> str:
    """``half:<first>:<channel>``: the channel; ``office:<date>``: ``office:``; else itself."""
    if not channel.startswith(_DATED):
        return channel
    kind, _, rest = channel.partition(":")
    return rest.partition(":")[2] if kind == "half" else f"{kind}:"


def readable(
    person_id: str,
    reaches: Iterable[Reach],
    groups: Iterable[str],
    pupils: Iterable[str],
    calendar: SchoolCalendar,
    today: str,
    *,
    cases: Iterable[str] = (),
    teams: Iterable[str] = (),
) -> frozenset[str]:
    """Every channel that somebody whose grants reach so far may read today.

    Their own channel is everybody's for good: what they sent that is held.
    """
    days = window(calendar, today)
    lately = days[: 1 + STAFF_DAYS]
    of_reach = {
        Reach.STAFF: STAFF,
        Reach.ROLL: {f"staff:{day}" for day in lately},
        Reach.GROUPS: {taker(person_id, day) for day in lately},
        Reach.OFFICE: {office(day) for day in days},
        Reach.SUPPORT: SUPPORT,
        Reach.SUMMARIES: SUMMARIES,
    }
    lasting_of = {
        Reach.GROUPS: {group(one) for one in groups},
        Reach.PUPILS: {pupil(one) for one in pupils},
        Reach.OFFICE: OFFICE,
        Reach.QUARANTINE: {QUARANTINE},
        Reach.CASES: {*map(case, cases), *map(team, teams)},
        Reach.CHAIR: {*CHAIR, answering(Reach.CHAIR, person_id)},
        Reach.ALLEGATIONS: {*ALLEGATIONS, answering(Reach.ALLEGATIONS, person_id)},
        Reach.SAFEGUARDING: {*SAFEGUARDING, answering(Reach.SAFEGUARDING, person_id)},
    }
    mine = frozenset({person(person_id)}).union(*(lasting_of.get(reach, ()) for reach in reaches))
    dated = frozenset[str]().union(*(of_reach.get(reach, ()) for reach in reaches))
    return mine | dated | halves(mine, calendar, today)


def window(calendar: SchoolCalendar, today: str) -> tuple[str, ...]:
    """The days that dated channels are read for: today, and the desk's before it, latest first."""
    return (today, *calendar.school_days_before(today, OFFICE_DAYS))
