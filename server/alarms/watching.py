"""Watches: the alarm for somebody out alone, step by step, and the document that shows it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from schemas.family.watches import AlarmStep
from server.alarms.kind import Deadlines
from server.alarms.message import watch_message
from server.alarms.people import People
from server.alarms.place import Place
from server.alarms.record import AlarmRecord, Delivery, mark_of, read_record, record_id
from server.logs import log
from server.logs import place as raised_at
from sync import channels
from sync.clock import instant, to_ms
from sync.family.alarms import Due, is_current, next_due
from sync.family.watches import WatchFold, fold_watch, read_watch, watch_document
from sync.store import Write, WriteBatch
from sync.topics import CASES, WATCHES

__all__ = ["Watches"]

CHECKPOINT = "watches"
"""The local document that says up to where watches were read, and which of them were not over."""
SHOWN_MS = 7 * 86_400_000
"""For so long after its end a watch is shown."""
SWEEP_MS = 6 * 3_600_000
SEEN_EVERY_MS = 60_000
BELIEVED_MS = 6 * 3_600_000
"""A clock that shows less than was seen last, by up to this, was put back."""
LOST_MS = to_ms("2026-01-01T00:00:00.000Z")
"""A clock that shows less than this has lost the time: there were no alarms then."""
_OF_CASES = frozenset({channels.entries(CASES), channels.arrivals(CASES)})
_WANTED = (
    frozenset({channels.entries(WATCHES), channels.arrivals(WATCHES)}) | channels.ALARMS | _OF_CASES
)
_STEPS: Mapping[str, AlarmStep] = {
    one: one for one in ("buddy", "lead", "escalate", "help", "safe")
}


@dataclass
class _Live:
    """A watch that is not over, or of which something is left to do."""

    fold: WatchFold
    records: dict[str, AlarmRecord] = field(default_factory=dict)
    dirty: bool = True
    """Whether its document may have to be written."""
    state: str = ""


class Watches(Deadlines):
    """The watches of an area."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self._live: dict[str, _Live] = {}
        self._since: int | None = None
        self._kept: tuple[int, frozenset[str]] = (-1, frozenset())
        self._seen_ms = 0
        self._swept_ms = 0
        self._again: set[str] = set()
        """Watches that are to be read: something has come, or they could not be read before."""

    @property
    def running(self) -> int:
        """How many people are out."""
        return sum(one.fold.safe is None for one in self._live.values())

    @property
    def overdue(self) -> int:
        """How many of them have not come back in time, or call for help."""
        return sum(self._state(one.fold) in {"overdue", "help"} for one in self._live.values())

    async def refresh(self) -> None:
        """Read the watches of which something has come, all of it: the rest is as it was."""
        if self._since is None:
            await self._begin()
        if await self._news():  # on which watch stands in the decision alone
            self._since = 0
            await self._news()
        touched = sorted(self._again)
        for watch in touched:
            await self.reread(watch)
        if touched:
            self.place.timers.keep(self._timers())
        await self._checkpoint()

    async def _news(self) -> bool:
        """Note the watches that the feed speaks of; whether something held was decided on.

        Each is noted before the feed is left behind: what cannot be read now is read next time.
        """
        decided, more = False, True
        while more:
            page = await self.place.database.changes(
                self._since or 0, channels=_WANTED, bodies=False
            )
            moved: set[str] = set()
            for change in page.changes:
                found = _watches_of(change.document.id, change.document.channels)
                of_case = not _OF_CASES.isdisjoint(change.document.channels)
                moved |= _cases_of(change.document.channels) if of_case else set()
                decided = decided or not (found or of_case)
                self._again |= found
            self._again |= await self._shown(moved)
            self._since, more = page.last_seq, page.more
        return decided

    async def _shown(self, cases: set[str]) -> set[str]:
        """The watches of cases that may lie elsewhere by now: with another team, or with none."""
        if not cases:
            return set()
        shown = await self.place.database.range("watch:", "watch;")
        return {one.body["watch"] for one in shown if one.body["case"] in cases}

    async def _begin(self) -> None:
        """Go on where the last server stopped; from the beginning where it was another history."""
        database = self.place.database
        kept = await database.read_local(CHECKPOINT)
        since = await database.locate(kept["mark"]) if kept is not None else None
        if kept is not None and self._was_put_back(to_ms(kept["seen"])):
            self.place.timers.not_before(to_ms(kept["seen"]))
        if kept is not None and since is not None:
            self._again |= set(kept["live"])
        self._since = since or 0

    def _was_put_back(self, seen_ms: int) -> bool:
        """Whether the clock shows less than it did when a server last ran here.

        By much more than that it was put right, after it had been put forward; unless it is lost.
        """
        wall_ms = self.place.timers.clock.now_ms()
        return wall_ms < LOST_MS or 0 < seen_ms - wall_ms <= BELIEVED_MS

    async def _checkpoint(self) -> None:
        """Say up to where everything was read, and that this moment has been."""
        live = frozenset(self._live) | self._again
        now_ms = self.place.timers.now_ms()
        fresh = live and now_ms - self._seen_ms >= SEEN_EVERY_MS
        if self._since is None or (self._kept == (self._since, live) and not fresh):
            return
        body = {
            "mark": self.place.database.mark(self._since),
            "live": sorted(live),
            "seen": instant(now_ms),
        }
        await self.place.database.write(WriteBatch(local={CHECKPOINT: body}))
        self._kept, self._seen_ms = (self._since, live), now_ms

    async def reread(self, subject: str) -> None:
        """Read a watch anew. One that cannot be read keeps no other from being raised."""
        try:
            await self._read(subject)
            self._again.discard(subject)
        except ValidationError as error:
            self._again.add(subject)
            log().error(
                "a watch cannot be read, and is tried again",
                school=self.place.name,
                error=type(error).__name__,
                at=raised_at(error),
            )

    @property
    def failing(self) -> int:
        """How many watches could not be read the last time."""
        return len(self._again)

    async def _read(self, watch: str) -> None:
        database = self.place.database
        fold = fold_watch(watch, await read_watch(database, watch))
        if fold is None:
            self._live.pop(watch, None)
            return
        found = await database.range(f"alarm:{watch}:", f"alarm:{watch};")
        records = {one.id: read_record(one) for one in found}
        self._live[watch] = _Live(fold, records)

    async def ready(self) -> list[AlarmRecord]:
        """The next step of each watch whose time has come. A watch that is over is let go."""
        found: list[AlarmRecord] = []
        for live in list(self._live.values()):
            due = self._due(live)
            if due is None:
                continue
            fired = self.place.timers.fired(_timer(live.fold, due), due.at_ms)
            if fired is not None:
                if not fired.jumped:
                    self.place.timers.not_before(fired.at_ms)
                found.append(await self._record(live, due, fired.at_ms, jumped=fired.jumped))
        return found

    def _due(self, live: _Live) -> Due | None:
        policy = self.place.roster.school.lone_working
        raised = [one.raised(_STEPS[one.step]) for one in live.records.values()]
        return next_due(live.fold, policy, raised)

    async def _record(self, live: _Live, due: Due, at_ms: int, *, jumped: bool) -> AlarmRecord:
        fold = live.fold
        people = await self.place.people()
        name = people.reachable(fold.person)
        phone = (fold.started.phone if fold.started is not None else None) or name.phone
        record = record_id("watch", fold.watch, due.step, due.n)
        mark = mark_of(self.place.name, record)
        message = watch_message(
            fold, due.step, self.place.wording, mark=mark, name=name.name, phone=phone
        )
        return AlarmRecord(
            id=record,
            kind="watch",
            subject=fold.watch,
            step=due.step,
            cause=due.cause,
            at=instant(at_ms),
            clock_jumped=jumped,
            mark=mark,
            title=message.subject,
            text=message.text,
            deliveries=await self._deliveries(live, people, due),
        )

    async def _deliveries(self, live: _Live, people: People, due: Due) -> tuple[Delivery, ...]:
        if due.step == "safe":
            told = (one for record in live.records.values() for one in record.deliveries)
            again = {(one.by, one.address): one for one in told if one.attempts}
            fresh = {"attempts": 0, "sent_at": None, "tried_at": None, "trouble": None}
            return tuple(one.model_copy(update=fresh) for one in again.values())
        policy = self.place.roster.school.lone_working
        teams = await self._teams(live.fold, people)
        whom = people.of_watch(live.fold, teams, due.step, policy.escalate)
        ways = self.place.ways
        return tuple(one for person in whom for one in people.reachable(person).deliveries(ways))

    async def _teams(self, fold: WatchFold, people: People) -> frozenset[str]:
        """The teams whose leads answer for it: the case's, and those that the worker works in."""
        case = fold.started.case if fold.started is not None else None
        of_case = frozenset[str]() if case is None else (await self.place.teams_of(case))[0]
        return of_case | people.teams_of(fold.person)

    def waiting(self) -> list[AlarmRecord]:
        """What is left to send: of the cause that still is one."""
        return [
            record
            for live in self._live.values()
            for record in live.records.values()
            if record.waits and is_current(live.fold, record.cause)
        ]

    def took(self, record: AlarmRecord) -> None:
        """Keep what was written."""
        live = self._live.get(record.subject)
        if live is not None:
            live.records[record.id] = record
            live.dirty = True

    def changed(self) -> bool:
        """Whether a document has to be written, or a watch can be let go."""
        for live in self._live.values():
            state = self._state(live.fold)
            live.dirty = live.dirty or state != live.state
            live.state = state
        return any(live.dirty for live in self._live.values()) or self._sweeps()

    def _sweeps(self) -> bool:
        return abs(self.place.timers.now_ms() - self._swept_ms) >= SWEEP_MS

    async def publish(self) -> None:
        """Write the documents that have changed; let go of watches that are over and told of."""
        if self._sweeps():
            await self._sweep()
        people = await self.place.people()
        for watch, live in list(self._live.items()):
            if live.dirty:
                await self._publish(live, people)
                live.dirty = False
            records = live.records.values()
            sending = any(one.waits and is_current(live.fold, one.cause) for one in records)
            if live.fold.safe is not None and self._due(live) is None and not sending:
                del self._live[watch]
        await self._checkpoint()

    async def _sweep(self) -> None:
        """Take away what was shown for long enough; its entries and its alarms stay."""
        now_ms = self.place.timers.now_ms()
        old = [
            one.id
            for one in await self.place.database.range("watch:", "watch;")
            if one.body["safe_at"] is not None and now_ms - to_ms(one.body["safe_at"]) > SHOWN_MS
        ]
        if old:
            gone = [Write(one, {}, deleted=True, force=True) for one in old]
            await self.place.database.write(WriteBatch(gone))
        self._swept_ms = now_ms

    async def _publish(self, live: _Live, people: People) -> None:
        fold, database = live.fold, self.place.database
        now_ms = self.place.timers.now_ms()
        if self._state(fold) == "overdue":
            now_ms = max(now_ms, fold.expected_ms)
        records = sorted(live.records.values(), key=lambda one: (one.at, one.id))
        alarms = tuple(one.told(_STEPS[one.step]) for one in records)
        document = watch_document(fold, now_ms, lambda one: people.reachable(one).name, alarms)
        body = document.model_dump(mode="json", by_alias=True, exclude={"id"})
        to = await self._channels(live, people)
        (there,) = await database.read([document.id])
        if there is not None and there.channels == to and _same(there.body, body):
            return
        await database.write(WriteBatch([Write(document.id, body, to, force=True)]))

    async def _channels(self, live: _Live, people: People) -> frozenset[str]:
        """To who is out, their buddy, the case's workers and its team; and to whoever was told."""
        fold = live.fold
        case = fold.started.case if fold.started is not None else None
        buddy = fold.started.buddy if fold.started is not None else None
        told = {one.person for record in live.records.values() for one in record.deliveries}
        persons = {fold.person, buddy, *told} - {None}
        found = {channels.person(one) for one in persons if one is not None}
        teams, restricted = people.teams_of(fold.person), False
        if case is not None:
            teams, restricted = await self.place.teams_of(case)
            found.add(channels.case(case))
        return frozenset(found | (set() if restricted else {channels.team(one) for one in teams}))

    def _state(self, fold: WatchFold) -> str:
        """How a watch stands, by whichever clock says more."""
        state = fold.state(self.place.timers.now_ms())
        if state != "running":
            return state
        ended = self.place.timers.fired(f"{fold.watch}:end", fold.expected_ms)
        return "running" if ended is None else "overdue"

    def _timers(self) -> list[str]:
        names = [f"{watch}:end" for watch in self._live]
        for live in self._live.values():
            due = self._due(live)
            names += [] if due is None else [_timer(live.fold, due)]
        return names


def _timer(fold: WatchFold, due: Due) -> str:
    return f"{fold.watch}:{due.step}:{due.n}"


def _cases_of(of: frozenset[str]) -> set[str]:
    """The cases that a document of the feed is about."""
    prefixes = (channels.entries(channels.case("")), channels.arrivals(channels.case("")))
    return {one.removeprefix(prefix) for one in of for prefix in prefixes if one.startswith(prefix)}


def _watches_of(name: str, of: frozenset[str]) -> set[str]:
    """The watches that a document of the feed is about; none where it is a decision."""
    if name.startswith("alarm:"):
        return {name.split(":")[1]}
    prefixes = (channels.entries(channels.watch("")), channels.arrivals(channels.watch("")))
    return {one.removeprefix(prefix) for one in of for prefix in prefixes if one.startswith(prefix)}


def _same(there: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether they differ in nothing but when they were made."""
    return {**there, "as_at": None} == {**body, "as_at": None}
