"""The engine: goes through every place now and then, and raises what is due, whoever is asleep.

Nothing that counts is in memory alone. What is due is found again from what is stored, also in a
place that nobody has opened since the start; a step is written down before anything of it is sent,
and again once it was. So a kill at any moment costs a message sent twice at worst, under one id.
Where several servers share a store, one at a time raises the alarms of a place; should it die, the
others take over when its claim has run out.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import httpx2
from pydantic import ValidationError

from server.accounts import Accounts
from server.alarms.concerns import Concerns
from server.alarms.health import Health
from server.alarms.kind import Deadlines
from server.alarms.notes import Notes
from server.alarms.place import Place, load_staff
from server.alarms.record import AlarmRecord
from server.alarms.sending import Sending
from server.alarms.timers import Elapsed, Timers, elapsed_s
from server.alarms.watching import Watches
from server.closing import closing_of
from server.family.atlas import Atlas
from server.logs import log
from server.logs import place as raised_at
from server.metrics import Metrics
from server.schools import Schools
from server.settings import Settings
from sync.clock import Clock
from sync.errors import StoreError
from sync.moving import MOVING
from sync.store import Database, Store, WriteBatch

__all__ = ["Engine"]

TICK_S = 2.0
LOOK_S = 60.0
"""Between two looks for new places, and at schools that nobody woke it for."""
TASK = "alarm"
CLAIM_S = 10.0
"""How long a server's claim lasts, or up to twice that: what a killed one leaves waits so long."""
PROBE_S = 600.0
PATIENCE_S = 30.0
"""For one place, before the others have their turn: its store may not answer."""
MOST_STEPS = 8
"""Of one kind in one place, one after the other, before the next has its turn."""


@dataclass
class _Looked:
    """A place, its kinds of deadlines, and when it was looked at last."""

    place: Place
    kinds: tuple[Deadlines, ...]
    looked: float = -LOOK_S
    woken: bool = True
    failing: bool = False


@dataclass
class Engine:
    """Raises the alarms of every place of a store. :meth:`start` it once; :meth:`wake` hurries."""

    store: Store
    atlas: Atlas
    clock: Clock
    settings: Settings
    accounts: Accounts
    schools: Schools
    metrics: Metrics
    sending: Sending
    health: Health
    elapsed: Elapsed = elapsed_s
    tick_s: float = TICK_S
    _places: dict[str, _Looked] = field(default_factory=dict)
    _sending: dict[tuple[str, str], asyncio.Task[None]] = field(default_factory=dict)
    _heard: set[str] = field(default_factory=set)
    """Places that it was woken for, and does not know yet."""
    _searched: float = float("-inf")
    _probed: float = float("-inf")
    _beaten: float = float("-inf")
    _news: asyncio.Event = field(default_factory=asyncio.Event)
    _loop: asyncio.Task[None] | None = None
    _beside: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin. Says so where nobody could be told of anything."""
        for name, text, value in (
            ("alarm_watches", "People out alone", lambda: self.health.running),
            ("alarm_overdue", "Of them, not back in time or calling", lambda: self.health.overdue),
            ("alarm_waiting", "Alarm messages to hand over", lambda: self.health.waiting),
            ("alarm_healthy", "1 while alarms would go out", lambda: self.health.healthy),
        ):
            self.metrics.watch(name, text, value)
        self._loop = asyncio.create_task(self._run())
        self.start_beside()

    def start_beside(self) -> None:
        """Begin to try the ways now and then, and to tell an outside monitor that all is well."""
        self._beside = asyncio.create_task(self._look_after())

    def wake(self, name: str) -> None:
        """Say that something came in at a place that may be due, or end something."""
        looked = self._places.get(name)
        if looked is None:
            self._heard.add(name)
        else:
            looked.woken = True
        self._news.set()

    async def close(self) -> None:
        """Stop; what was not handed over is, after the next start."""
        tasks = [one for one in (self._loop, self._beside, *self._sending.values()) if one]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def settle(self) -> None:
        """Wait for what is being sent."""
        await asyncio.gather(*self._sending.values())

    async def _run(self) -> None:
        while True:
            self._news.clear()
            try:
                await self.tick()
            except Exception as error:  # noqa: BLE001  # the store's; the next tick tries again
                log().error("alarms", error=type(error).__name__, at=raised_at(error))
            with suppress(TimeoutError):
                async with asyncio.timeout(self.tick_s):
                    await self._news.wait()

    async def tick(self) -> None:
        """Go through every place once."""
        if self._heard or self.elapsed() - self._searched >= LOOK_S:
            more = await self._search()
            self._searched = float("-inf") if more else self.elapsed()
        for looked in list(self._places.values()):
            await self._look(looked)
        every = [one for looked in self._places.values() for one in looked.kinds]
        self.health.running = sum(one.running for one in every)
        self.health.overdue = sum(one.overdue for one in every)
        self.health.waiting = sum(len(one.waiting()) for one in every)
        troubled = sum(one.failing for one in self._places.values())
        self.health.troubled = troubled + sum(one.failing for one in every)
        self.health.ran(self.clock.now_ms())

    async def _search(self) -> bool:
        """Find the places where something may fall due: also those that nobody has opened since
        the start. Whether there are databases that were not looked into yet.
        """
        heard = frozenset(self._heard)
        await self.atlas.note(heard)
        self._heard -= heard
        more = await self.atlas.explore()
        names = self.atlas.live
        for name in self._places.keys() - names:
            del self._places[name]
        for name in sorted(names - self._places.keys()):
            with suppress(LookupError, ValidationError, StoreError):  # no roster, or not yet
                await self._add(await self.store.open(name))
        return more

    async def _add(self, database: Database) -> None:
        roster = await load_staff(database)
        place = Place(
            database=database,
            accounts=self.accounts,
            timers=Timers(self.clock, self.elapsed),
            roster=roster,
            ways=self.sending.ways,
            origin=self.settings.public_origin,
        )
        kinds: tuple[Deadlines, ...] = (Concerns(place, self.store, self.schools),)
        if roster.school.phase == "area":
            kinds = (Watches(place), Notes(place), *kinds)
            if not self.sending.ways:
                log().warning(
                    "no mail server and no SMS webhook is set: nobody is told when somebody out "
                    "alone is not back",
                    school=database.name,
                )
        self._places[database.name] = _Looked(place, kinds)

    async def _look(self, looked: _Looked) -> None:
        often = looked.place.roster.school.phase == "area" or looked.woken
        if not often and self.elapsed() - looked.looked < LOOK_S:
            return
        looked.woken, looked.looked = False, self.elapsed()
        try:
            async with asyncio.timeout(PATIENCE_S):
                await self._attend(looked)
            looked.failing = False
        except Exception as error:  # noqa: BLE001  # one place's trouble is no other's
            looked.failing = True
            log().error(
                "the alarms of a place failed, and are tried again",
                school=looked.place.name,
                error=type(error).__name__,
                at=raised_at(error),
            )

    async def _attend(self, looked: _Looked) -> None:
        database = looked.place.database
        if self.store.shared:
            await database.catch_up()
        if await _is_elsewhere(database):
            return
        for kind in looked.kinds:
            await kind.refresh()
            if not await self._has_work(kind):
                continue
            if not await database.claim(TASK, CLAIM_S):
                continue
            if self.store.shared:  # what the last to have the claim did is known now
                await database.catch_up()
                await kind.refresh()
            await self._raise(kind)
            if kind.changed():
                await kind.publish()

    async def _has_work(self, kind: Deadlines) -> bool:
        now_ms = self.clock.now_ms()
        owed = any(self.sending.due(one, now_ms) for one in kind.waiting())
        return owed or kind.changed() or bool(await kind.ready())

    async def _raise(self, kind: Deadlines) -> None:
        """Write every step that is due, and have what is owed sent beside."""
        for _ in range(MOST_STEPS):
            ready = await kind.ready()
            for record in ready:
                await self._write(kind, record, anew=True)
            if not ready:
                break
        for record in kind.waiting():
            key = (kind.place.name, record.id)
            if key not in self._sending and self.sending.due(record, self.clock.now_ms()):
                task = asyncio.create_task(self._send(kind, record))
                self._sending[key] = task
                task.add_done_callback(partial(self._done, key))

    def _done(self, key: tuple[str, str], _: asyncio.Task[None]) -> None:
        self._sending.pop(key, None)
        self.wake(key[0])

    async def _write(self, kind: Deadlines, record: AlarmRecord, *, anew: bool) -> None:
        (result,) = await kind.place.database.write(WriteBatch([record.write(anew=anew)]))
        if result.conflict:  # another server has raised it
            await kind.reread(record.subject)
        else:
            kind.took(record)

    async def _send(self, kind: Deadlines, record: AlarmRecord) -> None:
        try:
            sent = await self.sending.send(record, self.clock.now_ms())
            await self._write(kind, sent, anew=False)
        except Exception as error:  # noqa: BLE001  # the next tick tries again
            log().error(
                "what was sent could not be written down",
                school=kind.place.name,
                error=type(error).__name__,
                at=raised_at(error),
            )

    async def _look_after(self) -> None:
        """Try the ways now and then, and tell an outside monitor that all is well."""
        while True:
            if self.elapsed() - self._probed >= PROBE_S:
                self._probed = self.elapsed()
                await self.sending.probe()
            url = self.settings.alarm_heartbeat_url
            if url and self.health.healthy and self.elapsed() - self._beaten >= LOOK_S:
                self._beaten = self.elapsed()
                await _beat(url)
            await asyncio.sleep(self.tick_s)


async def _is_elsewhere(database: Database) -> bool:
    """Whether a place was moved away, or is not all here yet: then its alarms are another's."""
    closing = await closing_of(database)
    return (closing is not None and closing.done) or await database.read_local(MOVING) is not None


async def _beat(url: str) -> None:
    try:
        async with asyncio.timeout(10), httpx2.AsyncClient(timeout=10) as client:
            answer = await client.get(url)
            told = None if answer.status_code < 400 else f"HTTP {answer.status_code}"
    except (httpx2.HTTPError, OSError, TimeoutError) as error:
        told = type(error).__name__
    if told is not None:
        log().warning("the heartbeat of the alarms could not be told", error=told)
