"""The office of a school: planned codes, the late desk, and what absences turned out to be."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from schemas.calendar import Span
from schemas.codes import Session
from server.demo.attendance import SESSIONS, Episode
from server.demo.chance import stream
from server.demo.registers import Registers, Seen, decision, is_known
from server.demo.schools import DemoSchool
from server.demo.words import AMENDED, PLANNED, STILL_UNWELL
from server.demo.writing import Pen, Push, local_ms
from sync.clock import instant, local

__all__ = ["Office"]

BOTH: list[str] = [*SESSIONS]
ANSWER_DAYS = 5
"""School days within which the office settles what an ``N`` was."""
TRIP = 6
"""Pupils of a form who go out together today."""
_MINUTE = 60_000


class _Stretch(NamedTuple):
    """Days of an episode in a row with the same sessions, by the days' numbers."""

    first: int
    last: int
    sessions: list[str]


class _Act(NamedTuple):
    """Something the officer does at a moment; written when all of an hour's are known."""

    ms: int
    kind: str
    fields: dict[str, Any]


class Office:
    """Writes as the attendance officer, hour by hour."""

    def __init__(self, school: DemoSchool, registers: Registers, pen: Pen, seed: int) -> None:
        self._school = school
        self._absent = registers.absent
        self._pen = pen
        self._chance = stream(seed, school.plan.key, "office")
        self._zone = school.roster.calendar.time_zone
        self._episodes = list(dict.fromkeys(registers.episodes.values()))
        self._planned: defaultdict[int, list[tuple[Episode, _Stretch]]] = defaultdict(list)
        self._answers: defaultdict[int, list[tuple[Episode, str]]] = defaultdict(list)
        for episode in self._episodes:
            if is_known(episode, episode.places[0]):
                for stretch in _stretches(episode):
                    self._planned[stretch.first].append((episode, stretch))
            elif episode.code in {"O", "G"}:
                reason = self._chance.choice(AMENDED[episode.code])
                self._answers[self._answer_day(episode)].append((episode, reason))

    def before_school(self, day: int) -> Iterator[Push]:
        """Record the planned codes that begin today."""
        began = self._at(day, "07:55")
        return self._write(
            _Act(
                began + self._chance.randrange(40 * _MINUTE),
                "planned.recorded",
                self._plan(episode, stretch),
            )
            for episode, stretch in self._planned[day]
        )

    def after_registers(self, day: int, session: Session) -> Iterator[Push]:
        """Sign the late in, and write down what parents said."""
        place = 2 * day + (session == "PM")
        acts: list[_Act] = []
        ill: defaultdict[str, list[Seen]] = defaultdict(list)
        for (_, at), seen in self._absent.items():
            if at != place:
                continue
            if seen.episode.code in {"L", "U"}:
                acts.append(self._arrival(seen, day, session))
            elif seen.episode.code == "I":
                ill[self._chance.choice(AMENDED["I"])].append(seen)
                acts += self._more_to_come(seen.episode, day, session)
        opens = self._at(day, self._span(day, session).opens)
        for reason, group in ill.items():
            ms = opens + self._chance.randrange(40, 110) * _MINUTE
            acts.append(self._amendment(ms, "I", reason, place, group))
        return self._write(acts)

    def after_school(self, day: int) -> Iterator[Push]:
        """Settle what absences were that nobody explained in time."""
        found: defaultdict[tuple[int, str, str], list[Seen]] = defaultdict(list)
        for episode, reason in self._answers[day]:
            for place in episode.places:
                seen = self._absent.get((episode.pupil, place))
                if seen is not None:
                    found[place, episode.code, reason].append(seen)
        ends = self._at(day, "15:25")
        return self._write(
            self._amendment(ends + number * 12_000, code, reason, place, group)
            for number, ((place, code, reason), group) in enumerate(sorted(found.items()))
        )

    def plans_for_today(self) -> Iterator[Push]:
        """Record, yesterday afternoon, what is known of today: appointments, calls, a trip."""
        last = len(self._school.history) - 1
        gone = 2 * last + 1
        began = self._at(last, "16:10")
        unwell = [one.pupil for one in self._episodes if one.code == "I" and gone in one.places]
        plans = [(pupil, "I", BOTH, STILL_UNWELL) for pupil in unwell[::2]]
        shown, other = self._school.shown, self._school.forms[0]
        free = [one for one in shown.members if one not in unwell]
        appointment, call, *rest = self._chance.sample(free, 4)
        plans += [
            (appointment, "M", ["AM"], "Dentist at 09:15, appointment card seen"),
            (call, "I", BOTH, "Father rang yesterday afternoon: sent home sick, not in tomorrow"),
        ]
        trip = [*rest, *self._chance.sample([o for o in other.members if o not in unwell], TRIP)]
        plans += [(pupil, "V", ["PM"], "Choir at the town hall, leaves at 12:30") for pupil in trip]
        today = self._school.today
        return self._write(
            _Act(
                began + number * 20_000,
                "planned.recorded",
                {
                    "pupil": pupil,
                    "first": today,
                    "last": today,
                    "sessions": sessions,
                    "code": code,
                    "source": source,
                },
            )
            for number, (pupil, code, sessions, source) in enumerate(plans)
        )

    def _write(self, acts: Iterable[_Act]) -> Iterator[Push]:
        for act in sorted(acts, key=lambda one: one.ms):
            yield self._pen.write(act.kind, act.ms, **act.fields)

    def _plan(self, episode: Episode, stretch: _Stretch) -> dict[str, Any]:
        decided = decision(self._school, episode)
        return {
            "pupil": episode.pupil,
            "first": self._school.history[stretch.first],
            "last": self._school.history[stretch.last],
            "sessions": stretch.sessions,
            "code": episode.code,
            "source": self._chance.choice(PLANNED[episode.code]),
            **({"decision": decided} if decided is not None else {}),
        }

    def _more_to_come(self, episode: Episode, day: int, session: Session) -> Iterator[_Act]:
        """A planned code for the rest of an illness."""
        if len(episode.places) > 1:
            stretch = _Stretch(day, episode.places[-1] // 2, BOTH)
            ms = self._at(day, self._span(day, session).opens)
            ms += self._chance.randrange(40, 110) * _MINUTE
            yield _Act(ms, "planned.recorded", self._plan(episode, stretch))

    def _arrival(self, seen: Seen, day: int, session: Session) -> _Act:
        """The late desk: before the register closed, or after it, as the code says."""
        closes = self._at(day, self._span(day, session).closes)
        if seen.episode.code == "L":
            arrived = self._chance.randrange(seen.written_ms, closes)
        else:
            arrived = closes + self._chance.randrange(2 * _MINUTE, 90 * _MINUTE)
        time = local(instant(arrived), self._zone)[1]
        claim = self._claim(seen, arrived, seen.episode.code) | {"arrived": time}
        return _Act(arrived, "arrival.recorded", self._cells(2 * day + (session == "PM"), [claim]))

    def _amendment(self, ms: int, code: str, reason: str, place: int, seen: Iterable[Seen]) -> _Act:
        claims = [self._claim(one, ms - 5_000, code) for one in seen]
        return _Act(ms, "mark.amended", self._cells(place, claims) | {"reason": reason})

    def _claim(self, seen: Seen, ms: int, code: str) -> dict[str, Any]:
        """A claim that replaces the ``N`` the officer had before them."""
        return {
            "pupil": seen.episode.pupil,
            "code": code,
            "observed_at": self._pen.device_time(ms),
            "replaces": [seen.claim],
        }

    def _cells(self, place: int, claims: list[dict[str, Any]]) -> dict[str, Any]:
        date, session = self._school.history[place // 2], SESSIONS[place % 2]
        return {"date": date, "session": session, "claims": claims}

    def _answer_day(self, episode: Episode) -> int:
        first, last = episode.places[0] // 2, episode.places[-1] // 2
        later = self._chance.randint(0, max(0, ANSWER_DAYS - (last - first)))
        return min(len(self._school.history) - 1, last + later)

    def _span(self, day: int, session: Session) -> Span:
        return self._school.roster.calendar.times_on(self._school.history[day]).span(session)

    def _at(self, day: int, time: str) -> int:
        return local_ms(self._school.history[day], time, self._zone)


def _stretches(episode: Episode) -> Iterator[_Stretch]:
    """Cut an episode into days in a row with the same sessions."""
    by_day: defaultdict[int, list[str]] = defaultdict(list)
    for place in episode.places:
        by_day[place // 2].append(SESSIONS[place % 2])
    current: _Stretch | None = None
    for day, sessions in by_day.items():
        if current is not None and day == current.last + 1 and sessions == current.sessions:
            current = current._replace(last=day)
            continue
        if current is not None:
            yield current
        current = _Stretch(day, day, sessions)
    if current is not None:
        yield current
