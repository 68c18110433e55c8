"""Registers as teachers took them: one entry a group and session, with what they saw at the time.

A teacher sees who is there. What became of an absence later is the office's word
(:mod:`server.demo.office`); here it is an ``N``, unless a planned code said so before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from schemas.canonical import claim_id
from schemas.codes import Session, code_on, present_code
from schemas.school import Group
from server.demo.attendance import SESSIONS, Episode
from server.demo.chance import stream
from server.demo.schools import DemoSchool
from server.demo.staff import Colleague
from server.demo.words import PARENT_SAID
from server.demo.writing import Pen, Push, local_ms
from sync.clock import instant, local

__all__ = ["Registers", "Seen", "decision", "is_known"]

EXPLAINED_LATER = frozenset({"O", "G", "N", "U", "L"})
"""Codes that nobody knows when the register is taken."""
_COVERED = 0.04
"""Share of registers that a cover teacher takes."""
_SEEN_LATE = 0.7
"""Share of late pupils who come while the teacher still has the register in hand."""
_TALKED = 0.15
_MINUTE = 60_000


@dataclass
class Seen:
    """A claim the office may answer: its id, when it was written, and what it is about."""

    claim: str
    episode: Episode
    written_ms: int


@dataclass
class Registers:
    """Takes registers, and remembers each ``N`` by pupil and place, for the office."""

    school: DemoSchool
    episodes: dict[tuple[str, int], Episode]
    pens: dict[str, Pen]
    seed: int
    absent: dict[tuple[str, int], Seen] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._chance = stream(self.seed, self.school.plan.key, "registers")

    def take(self, day: int, session: Session) -> Iterator[Push]:
        """Every register of a session of the school's ``day``-th day."""
        date = self.school.history[day]
        free = list(self.school.staff.cover[1:])
        for group in self.school.roster.registering(date, session):
            yield self._register(group, day, session, self._taker(group, free))

    def contradict(self, group: Group, day: int, session: Session) -> Push:
        """A cover teacher's register of the same session, sent much later, which differs in one.

        The first pupil whom the group's teacher saw is marked as not here.
        """
        place = _place(day, session)
        here = [one for one in self._members(group, day) if (one, place) not in self.episodes]
        written_ms = self._opens(day, session) + 2 * _MINUTE
        pen = self.pens[self.school.staff.cover[0].person]
        codes = ["N", *(present_code(session) for _ in here[1:])]
        return pen.write(
            "register.taken",
            written_ms,
            received_ms=written_ms + 107 * _MINUTE,
            group=group.group,
            date=self.school.history[day],
            session=session,
            claims=[
                {"pupil": pupil, "code": code, "observed_at": pen.device_time(written_ms - 20_000)}
                for pupil, code in zip(here, codes, strict=True)
            ],
        )

    def _taker(self, group: Group, free: list[Colleague]) -> Colleague:
        """The group's teacher, or a cover teacher who takes no other register in this session."""
        shown = group.group == self.school.shown.group
        if free and not shown and self._chance.random() < _COVERED:
            return free.pop(self._chance.randrange(len(free)))
        return self.pens[group.teacher].colleague

    def _register(self, group: Group, day: int, session: Session, taker: Colleague) -> Push:
        pen, place = self.pens[taker.person], _place(day, session)
        began_ms = self._opens(day, session) + self._chance.randrange(6 * _MINUTE)
        looks = [
            self._look(pen, pupil, place, began_ms + index * 1700)
            for index, pupil in enumerate(self._members(group, day))
        ]
        written_ms = max(look.ms for look in looks) + self._chance.randrange(2_000, 15_000)
        push = pen.write(
            "register.taken",
            written_ms,
            group=group.group,
            date=self.school.history[day],
            session=session,
            claims=[look.claim for look in looks],
        )
        for index, look in enumerate(looks):
            if look.claim["code"] == "N" and look.episode is not None:
                seen = Seen(claim_id(push.entry["digest"], index), look.episode, written_ms)
                self.absent[look.claim["pupil"], place] = seen
        return push

    def _look(self, pen: Pen, pupil: str, place: int, ms: int) -> _Look:
        """What the teacher sees of a pupil at a moment, or soon after."""
        episode = self.episodes.get((pupil, place))
        code = present_code(SESSIONS[place % 2])
        more: dict[str, Any] = {}
        if episode is not None and episode.code == "L" and self._chance.random() < _SEEN_LATE:
            ms += self._chance.randrange(8 * _MINUTE)
            code, more = "L", {"arrived": self._time(ms)}
        elif episode is not None and is_known(episode, place):
            decided = decision(self.school, episode)
            code, more = episode.code, {"decision": decided} if decided is not None else {}
        elif episode is not None:
            talked = episode.code == "N" and self._chance.random() < _TALKED
            said = self._chance.choice(PARENT_SAID)
            code, more = "N", {"parent_message": said} if talked else {}
        claim = {"pupil": pupil, "code": code, "observed_at": pen.device_time(ms), **more}
        return _Look(ms, claim, episode)

    def _time(self, ms: int) -> str:
        return local(instant(ms), self.school.roster.calendar.time_zone)[1]

    def _members(self, group: Group, day: int) -> list[str]:
        date = self.school.history[day]
        return [one for one in group.members if self.school.roster.on_roll(one, date)]

    def _opens(self, day: int, session: Session) -> int:
        date, calendar = self.school.history[day], self.school.roster.calendar
        return local_ms(date, calendar.times_on(date).span(session).opens, calendar.time_zone)


@dataclass(frozen=True)
class _Look:
    """A claim in the making: when it was made, and what is behind it."""

    ms: int
    claim: dict[str, Any]
    episode: Episode | None


def is_known(episode: Episode, place: int) -> bool:
    """Whether the reason is known before the register is taken: planned, or told the day before."""
    if episode.code == "I":
        return place != episode.places[0]
    return episode.code not in EXPLAINED_LATER


def decision(school: DemoSchool, episode: Episode) -> dict[str, str] | None:
    """Who granted the leave that an episode is, where it is one (reg 11)."""
    first, last = (school.history[episode.places[end] // 2] for end in (0, -1))
    code = code_on(episode.code, first)
    if code is None or not code.needs_decision:
        return None
    asked = dt.date.fromisoformat(first) - dt.timedelta(days=7)
    return {
        "asked_by": "Parent",
        "asked_on": asked.isoformat(),
        "authorised_by": str(school.staff.head.name),
        "first": first,
        "last": last,
    }


def _place(day: int, session: Session) -> int:
    return 2 * day + (session == "PM")
