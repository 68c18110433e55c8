"""The publisher of family support in one database: of an area, or of a school.

It follows the database's feed (:mod:`server.following`) beside the publisher of registers, with a
checkpoint of its own, so that neither waits for the other. What it publishes, and of what, is a
table of folders (:mod:`server.family.folders`). A document that says the same as before keeps its
revision; one that is not to be there any more is deleted.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from schemas.entry import FactBody, GlassBroken, GrantEnded, GrantGiven
from schemas.policy import POLICY
from server.concerns.desk import ANSWERS
from server.family.desk import Desk
from server.family.folders import Contents, Folders
from server.family.news import CHECKPOINT, FamilyProgress, every_topic, read_news, resume
from server.following import COALESCE_S, Follower, PublisherMeter
from sync import channels
from sync.clock import Clock
from sync.roster import Roster
from sync.spoken import parse_entry
from sync.store import Write, WriteBatch
from sync.topics import GRANTS

__all__ = ["FamilyPublisher"]

TASK = "publish-family"
PORTION = 24
"""Things that are looked at in one pass; what comes in meanwhile goes first."""
FAR = 2_000
"""Changes of others after which the checkpoint is written although nothing was published."""
LONGEST_S = 3600.0
"""A timer runs no longer than this, so that a clock that is set meanwhile is noticed."""
_ORDER = ("concern", "watch", "case")
Heard = Callable[[frozenset[str]], None]
"""Told of the topics whose documents were written."""


def _nobody(topics: frozenset[str]) -> None:
    """Nobody is told."""


class FamilyPublisher(Follower):
    """Publishes what ``folders`` hold, kept at the same ``desk``."""

    def __init__(
        self,
        desk: Desk,
        folders: Folders,
        clock: Clock,
        *,
        heard: Heard = _nobody,
        coalesce_s: float = COALESCE_S,
        meter: PublisherMeter | None = None,
    ) -> None:
        super().__init__(desk.database, TASK, coalesce_s=coalesce_s, meter=meter)
        self._folders = folders
        self._roster = desk.roster
        self._clock = clock
        self._heard = heard
        self._grants = desk.grants
        self._progress: FamilyProgress | None = None
        self._read: Roster | None = None
        self._asked: set[str] = set()
        self._failed: set[str] = set()
        self._kept_seq = 0
        self._alarm: asyncio.TimerHandle | None = None

    def heeds(self, topics: Collection[str]) -> Collection[str]:
        """Cases, concerns and watches, and grants."""
        return [one for one in topics if one == GRANTS or self._kind(one) is not None]

    @property
    def due(self) -> bool:
        """Whether something reads differently by now: by the time, or by the roster."""
        if self._progress is None or self._read is not self._roster():
            return True
        return bool(self._progress.due(self._clock.now_ms()))

    def look_again(self, topics: Collection[str]) -> None:
        """Have things looked at although nothing of this database says so."""
        self._asked |= set(topics)
        self.wake(topics)

    async def close(self) -> None:
        """Finish the batch under way, and stop."""
        if self._alarm is not None:
            self._alarm.cancel()
        await super().close()

    async def _pass(self) -> bool:
        """Publish the news, and one portion of what is left; whether there is more to do."""
        if self._progress is None:
            self._progress = await resume(self._database)
            self._kept_seq = self._progress.seq
        progress, now_ms = self._progress, self._clock.now_ms()
        before = frozenset(progress.topics)
        await read_news(self._database, progress, self._folders)
        progress.topics |= await self._granted(progress) | self._asked
        self._asked.clear()
        fresh = progress.topics - before
        roster = self._roster()
        if progress.whole or (self._read is not None and self._read is not roster):
            progress.topics |= await every_topic(self._database, self._folders)
            progress.whole = False
        self._read = roster
        progress.topics |= progress.due(now_ms)
        waiting = progress.topics - self._failed
        portion = sorted(waiting, key=lambda one: (one not in fresh, _rank(one)))[:PORTION]
        await self._publish(progress, portion, now_ms)
        more = bool(waiting.difference(portion))
        if not more:
            self._failed.clear()
        return more

    async def _granted(self, progress: FamilyProgress) -> set[str]:
        """The cases of grants that were given, or ended; every concern, where somebody answers for
        concerns by one: those that go to people one by one go to them as well.
        """
        entries, progress.grants = sorted(progress.grants), set()
        if not entries:
            return set()
        await self._grants.refresh()
        cases: set[str] = set()
        found: set[str] = set()
        for document in await self._database.read(entries):
            entry = parse_entry(document) if document is not None else None
            body = entry.body if entry is not None else None
            if isinstance(body, GrantEnded):
                held = self._grants.access(body.person).grants
                cases |= {case for grant in held for case in grant.cases}
            elif isinstance(body, GrantGiven):
                cases |= set(body.cases)
                if not ANSWERS.isdisjoint(POLICY[body.grants].sees):
                    found |= await every_topic(self._database, {"concern"})
            elif isinstance(body, GlassBroken | FactBody):
                cases.add(body.case)
        found |= {channels.case(one) for one in cases}
        return {one for one in found if one.partition(":")[0] in self._folders}

    async def _publish(self, progress: FamilyProgress, portion: list[str], now_ms: int) -> None:
        """Compute a portion, and write what has changed, with the checkpoint, in one batch."""
        began = time.monotonic()
        done = {one: found for one in portion if (found := await self._contents(one, now_ms))}
        left = replace(
            progress, topics=progress.topics.difference(done), later=dict(progress.later)
        )
        for topic, contents in done.items():
            left.later.pop(topic, None)
            if contents.again_ms is not None:
                left.later[topic] = max(contents.again_ms, now_ms + 1)
        writes = await self._changed(done.values())
        if writes or left.later != progress.later or left.seq - self._kept_seq >= FAR:
            checkpoint = {CHECKPOINT: left.checkpoint(self._database)}
            await self._database.write(WriteBatch(writes, checkpoint))
            self._kept_seq = left.seq
            self._meter.published(len(writes), time.monotonic() - began)
        self._progress = left
        self._set_alarm(left, now_ms)
        if writes:
            self._heard(frozenset(done))

    def _kind(self, topic: str) -> str | None:
        kind, colon, _ = topic.partition(":")
        return kind if colon and kind in self._folders else None

    async def _contents(self, topic: str, now_ms: int) -> Contents | None:
        """What a thing comes to; None where that cannot be computed, and is tried again."""
        kind, _, name = topic.partition(":")
        found: dict[str, Contents] = {}
        with self._trouble(kind, self._failed, topic):
            found[topic] = await self._folders[kind].contents(name, now_ms)
        return found.get(topic)

    async def _changed(self, found: Collection[Contents]) -> list[Write]:
        drafts = {one.id: one for contents in found for one in contents.drafts}
        gone = {one for contents in found for one in contents.gone}.difference(drafts)
        ids = [*drafts, *sorted(gone)]
        current = dict(zip(ids, await self._database.read(ids), strict=True)) if ids else {}
        writes = [one.write() for one in drafts.values() if not one.says_the_same(current[one.id])]
        for name in sorted(gone):
            there = current[name]
            if there is not None and not there.deleted:
                writes.append(Write(name, {}, deleted=True, force=True))
        return writes

    def _set_alarm(self, progress: FamilyProgress, now_ms: int) -> None:
        """Wake when the next thing reads differently by itself."""
        if self._alarm is not None:
            self._alarm.cancel()
        self._alarm = None
        if progress.later and not self._closed:
            wait_s = min(LONGEST_S, max(0.0, (min(progress.later.values()) - now_ms) / 1000))
            self._alarm = asyncio.get_running_loop().call_later(wait_s, self.wake)


def _rank(topic: str) -> tuple[int, str]:
    """Concerns first, then people who are out alone, then cases."""
    kind = topic.partition(":")[0]
    return (_ORDER.index(kind) if kind in _ORDER else len(_ORDER), topic)
