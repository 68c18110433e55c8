"""A relay out of one database: it follows the feed, and carries what others have a part in.

Everything is written to the other side first, and only then is it noted here that it was: so a
relay that was killed carries it again, and carrying something twice changes nothing. A database
that was restored from a backup (another history) is given all of it anew, and a relay that was
restored itself carries all it has.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterable
from dataclasses import replace

from server.drafts import Draft
from server.family.desk import Desk
from server.family.news import every_topic
from server.family.places import Place
from server.following import COALESCE_S, Follower, PublisherMeter
from server.relay.copying import copy_concern
from server.relay.progress import CHECKPOINT, RelayProgress, read_news, resume
from sync import channels
from sync.clock import Clock, instant, local
from sync.store import Database, Document, Write, WriteBatch

__all__ = ["Carried", "Relay"]

TASK = "relay"
PORTION = 24
LOOK_MS = 10 * 60_000
"""So often a relay looks what registers have become meanwhile; all else wakes it at once."""
FAR = 2_000
"""Changes of others after which the checkpoint is written although nothing was carried."""
Carried = Callable[[str, frozenset[str]], None]
"""Told of a database that was written to, and of the topics that this speaks of."""
_SPEAKING = frozenset({"entry", "arrival", "relayed", "concern"})


class Relay(Follower):
    """Carries things out of the database of ``desk``; ``carried`` is told where to."""

    def __init__(
        self,
        desk: Desk,
        clock: Clock,
        carried: Carried,
        *,
        coalesce_s: float = COALESCE_S,
        meter: PublisherMeter | None = None,
    ) -> None:
        super().__init__(desk.database, TASK, coalesce_s=coalesce_s, meter=meter)
        self._desk = desk
        self._clock = clock
        self._carried = carried
        self._progress: RelayProgress | None = None
        self._failed: set[str] = set()
        self._kept_seq = 0
        self._looked_ms = 0

    @abstractmethod
    def _keys(self, document: Document) -> Iterable[str]:
        """What of a document of the feed has to be carried, besides concerns."""

    @abstractmethod
    async def _everything(self) -> Collection[str]:
        """All that can have to be carried, besides concerns."""

    @abstractmethod
    async def _daily(self) -> Collection[str]:
        """What reads differently on another day."""

    @abstractmethod
    async def _carry(self, kind: str, name: str) -> None:
        """Carry a thing, or what is to be withdrawn of it; again, where that was done before."""

    async def _sift(self, todo: Collection[str]) -> set[str]:
        """Of what is to be carried, what has to be."""
        return set(todo)

    def heeds(self, topics: Collection[str]) -> Collection[str]:
        """Cases and concerns; what is published of them is read from the feed."""
        return [one for one in topics if one.startswith(("case:", "concern:"))]

    @property
    def due(self) -> bool:
        """Whether this process has not looked at all, or not for a while."""
        return self._progress is None or self._clock.now_ms() - self._looked_ms >= LOOK_MS

    async def _pass(self) -> bool:
        if self._progress is None:
            found = await resume(self._database)
            found.whole = found.whole or await self._is_elsewhere(found)
            self._progress, self._kept_seq = found, found.seq
        progress, today = self._progress, self._today()
        self._looked_ms = self._clock.now_ms()
        await read_news(self._database, progress, self._named)
        if progress.whole:
            progress.todo |= await every_topic(self._database, {"concern"})
            progress.todo |= set(await self._everything())
        elif progress.day != today:
            progress.todo |= set(await self._daily())
        progress.todo = await self._sift(progress.todo)
        progress.whole, progress.day = False, today
        waiting = sorted(progress.todo - self._failed, key=_rank)
        portion = waiting[:PORTION]
        await self._carry_all(progress, portion)
        more = len(waiting) > len(portion)
        if not more:
            self._failed.clear()
        return more

    def _named(self, document: Document) -> Iterable[str]:
        kind = document.id.partition(":")[0]
        if kind in _SPEAKING:
            topics = (one.partition(":")[2] for one in document.channels)
            yield from (one for one in topics if one.startswith("concern:"))
        if kind == "concern":
            yield document.id
        yield from self._keys(document)

    async def _carry_all(self, progress: RelayProgress, portion: Collection[str]) -> None:
        done: set[str] = set()
        for key in portion:
            kind, _, name = key.partition(":")
            with self._trouble(kind, self._failed, key):
                if kind == "concern":
                    await self._copy(name)
                else:
                    await self._carry(kind, name)
                done.add(key)
        left = replace(progress, todo=progress.todo - done)
        if done or left.seq - self._kept_seq >= FAR:
            checkpoint = {CHECKPOINT: left.checkpoint(self._database)}
            await self._database.write(WriteBatch(local=checkpoint))
            self._kept_seq = left.seq
        self._progress = left

    async def _copy(self, concern: str) -> None:
        """Copy this side's entries of a concern to whoever has a part in it."""
        for place in await copy_concern(self._desk, concern, self._clock.now_ms(), self._peer):
            self._carried(place, frozenset({channels.concern(concern)}))

    async def _peer(self, place: Place) -> Database:
        """A database to write to, whose history is noted first."""
        assert self._progress is not None  # noqa: S101  # its caller has read it
        self._progress.peers[place.name] = (await place.database.info()).epoch
        return place.database

    async def _is_elsewhere(self, progress: RelayProgress) -> bool:
        """Whether a database that was written to has begun another history."""
        for name, epoch in progress.peers.items():
            place = await self._desk.places.find(name)
            if place is not None and (await place.database.info()).epoch != epoch:
                return True
        return False

    async def _put(
        self, database: Database, drafts: Iterable[Draft], gone: Iterable[str] = ()
    ) -> bool:
        """Write what says something else, and delete what is not to be there; whether any was."""
        wanted = {one.id: one for one in drafts}
        ids = [*wanted, *sorted(set(gone).difference(wanted))]
        there = dict(zip(ids, await database.read(ids), strict=True)) if ids else {}
        writes = [one.write() for one in wanted.values() if not one.says_the_same(there[one.id])]
        for name in ids[len(wanted) :]:
            document = there[name]
            if document is not None and not document.deleted:
                # What lay on a topic says there that it is gone.
                writes.append(Write(name, {}, _internal(document), deleted=True, force=True))
        if writes:
            await database.write(WriteBatch(writes))
        return bool(writes)

    def _today(self) -> str:
        calendar = self._desk.roster().calendar
        return local(instant(self._clock.now_ms()), calendar.time_zone)[0]


def _internal(document: Document) -> frozenset[str]:
    return frozenset(one for one in document.channels if one.startswith("entries:"))


def _rank(key: str) -> tuple[bool, str]:
    """Concerns first."""
    return not key.startswith("concern:"), key
