"""Filing: what one push will store, and where each part of it lies.

The entries as they came, with what is held of them; what waits; decisions on what was held before;
and the arrivals, stored last: an arrival without its entries would answer for what is not there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.entry import Body, Entry
from schemas.published import Held
from sync import channels
from sync.arrivals import WAITS, Arrival, ArrivalItem, chained
from sync.audience import Audience
from sync.clock import instant, local
from sync.decisions import Deciding
from sync.erasure import Erasures
from sync.logs import LogState
from sync.lookups import Lookups
from sync.pushed import Pushed, Speaker
from sync.quarantine import decide, hold_entry, hold_whole
from sync.roster import Roster
from sync.store import Write, WriteBatch
from sync.topics import topics_of, topics_of_held
from sync.waiting import waiting

__all__ = ["Filing", "file_held", "half_of"]


@dataclass(slots=True)
class Filing:
    """What one push will store. ``name``: what a person is called."""

    speaker: Speaker
    roster: Roster
    received_ms: int
    lookups: Lookups
    audience: Audience
    erasures: Erasures
    name: Callable[[str], str]
    writes: list[Write] = field(default_factory=list)
    arrivals: list[Write] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    _decided: dict[str, Held] = field(default_factory=dict)
    """What was held before, as this push decides on it."""

    @property
    def batch(self) -> WriteBatch | None:
        """What to store; None for nothing."""
        if not (self.writes or self.arrivals):
            return None
        return WriteBatch(self.writes, seal=self.arrivals)

    def whole(self, one: Pushed) -> Held:
        """File what cannot be an entry of its log; what is there already stays."""
        held = hold_whole(one, self.speaker, instant(self.received_ms))
        if self.erasures.of(one.name) is None:
            to = channels.held(self.speaker.person, to=self.audience.of(one))
            self.writes.append(file_held(held, to, keep=True))
        return held

    def entry(self, one: Pushed, item: ArrivalItem, judged_ms: int) -> None:
        """File an entry, and what is held of it. ``judged_ms``: as of when it was judged."""
        erasure = self.erasures.of(item.entry)
        if erasure is not None:  # offered again to a school that was restored: the stub is kept
            kept_in = frozenset(erasure.channels)
            self.writes.append(Write(item.entry, erasure.stub(), kept_in, history=(one.rev,)))
            return
        topics = self._topics(one, item)
        to = {channels.entries(topic) for topic in topics}
        if item.verdict == "stored" and one.entry is not None:
            to |= self._decide(one.entry)
        body = {key: value for key, value in one.raw.items() if key not in {"_id", "_rev"}}
        self.writes.append(Write(item.entry, body, frozenset(to), history=(one.rev,)))
        self.topics |= topics
        if item.verdict == "held" or item.set_aside:
            held = hold_entry(one, item, self.speaker, instant(self.received_ms))
            goes_to = channels.held(self.speaker.person, to=self.audience.of(one, stored=True))
            self.writes.append(file_held(held, goes_to))
        if item.reason_code in WAITS:
            self.writes.append(waiting(item, self.speaker, judged_ms, self.received_ms))

    def _topics(self, one: Pushed, item: ArrivalItem) -> set[str]:
        """What an entry is about; a decision, also what that is about on which it decides."""
        found = set(topics_of(one.entry.body)) if one.entry is not None else set()
        body = one.entry.body if one.entry is not None else None
        if not isinstance(body, Deciding) or item.verdict != "stored":
            return found
        held = self._held(body)
        about = topics_of_held(held.kind, held.date, held.topics)
        corrected = {one.date for one in held.decisions if one.date is not None}
        return {*about, *corrected, *(found if body.date is not None else ())}

    def _held(self, body: Deciding) -> Held:
        return self._decided.get(body.held) or self.lookups.held[body.held]

    def _decide(self, entry: Entry) -> set[str]:
        """Note a decision with what it is about; channels by which its author's log hears of it."""
        body: Body = entry.body
        if not isinstance(body, Deciding):
            return set()
        held = decide(self._held(body), entry.id, body, self.name)
        self._decided[body.held] = held
        readers = channels.lasting(self.lookups.goes_to[body.held])
        to = channels.held(held.sender, half_of(held, self.roster), readers)
        self.writes.append(file_held(held, to))
        return {channels.log(held.log)} if held.log is not None else set()

    def arrival(self, name: str, state: LogState, items: Mapping[str, ArrivalItem]) -> Arrival:
        """File the arrival of what came in of a log."""
        pushed = Arrival(
            id=name,
            log=state.log,
            person=self.speaker.person,
            device=self.speaker.device,
            received_at=instant(self.received_ms),
            items=tuple(items.values()),
        )
        arrival = chained(pushed, state.arrivals + 1, state.last_arrival)
        about = {channels.arrivals(topic) for topic in self.topics}
        to = frozenset({channels.log(state.log)} | about)
        body = arrival.model_dump(mode="json", by_alias=True, exclude={"id"})
        self.arrivals.append(Write(arrival.id, body, to, force=True))
        return arrival


def half_of(held: Held, roster: Roster) -> str | None:
    """The half-term with which something decided on leaves people's tablets."""
    if held.outcome is None or held.outcome.what == "contested":
        return None
    half = roster.calendar.half_term(local(held.outcome.at, roster.calendar.time_zone)[0])
    return half.first if half is not None else None


def file_held(held: Held, to: frozenset[str], *, keep: bool = False) -> Write:
    """Make the write of something held; with ``keep``, one that is there already stays."""
    body = held.model_dump(mode="json", by_alias=True, exclude={"id"})
    return Write(held.id, body, to, force=not keep)
