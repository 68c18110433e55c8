"""Following CouchDB's feed into the mirror, for as long as somebody uses the database.

Whoever reads a database that is not followed first waits until the mirror has caught up; from then
on it is followed: by a request that CouchDB holds open until there is news or, where there are
*seats* for no more such requests, by asking now and then. A database that nobody has used for a
while is followed no more. While CouchDB does not answer, readers are given what the mirror has.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from sync.errors import DatabaseMissing, StoreError
from sync.store import Write
from sync.stores.couchdb.mirror import Mirror
from sync.stores.couchdb.remote import BEGINNING, Page, Remote
from sync.stores.couchdb.settings import CouchSettings
from sync.stores.couchdb.stored import Stored, stored_of

__all__ = ["Following", "Seats"]

LOG = logging.getLogger("tidemark.couchdb")
REVISIONS_EACH = 200
"""Revisions asked for in one request."""
LONGEST_PAUSE_S = 30.0


@dataclass(slots=True)
class Seats:
    """How many more databases may be followed by a request that is held open."""

    free: int


@dataclass(slots=True)
class Following:
    """The following of one database.

    ``vouch``: done now and then; ``lost``: told when the database is gone.
    """

    remote: Remote
    mirror: Mirror
    settings: CouchSettings
    seats: Seats
    now_s: Callable[[], float]
    vouch: Callable[[], Awaitable[None]]
    lost: Callable[[DatabaseMissing], None]
    waiters: int = 0
    purges: int = 0
    """How often something was purged here: a page asked for before that is thrown away."""
    _used: float = 0.0
    _vouched: float = float("-inf")
    _task: asyncio.Task[None] | None = None
    _catching_up: asyncio.Task[None] | None = None
    _taking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _ended: bool = False

    async def ready(self) -> None:
        """Return once the mirror may be read. Raises :class:`StoreError`."""
        self._used = asyncio.get_running_loop().time()
        if self._task is None and not self._ended:
            await self.catch_up()
            self._start()

    def _start(self) -> None:
        if self._task is None and not self._ended:
            self._task = asyncio.create_task(self._follow())

    async def catch_up(self) -> None:
        """Take in all that there is now; of several calls at once, one does."""
        if self._catching_up is None:
            self._catching_up = asyncio.create_task(self._catch_up())
            self._catching_up.add_done_callback(_hear)
        await asyncio.shield(self._catching_up)

    async def stop(self) -> None:
        """Follow no more, until :meth:`go_on`."""
        self._ended = True
        tasks = [task for task in (self._task, self._catching_up) if task is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def go_on(self) -> None:
        """Follow again, from the next use on."""
        self._ended = False

    async def _catch_up(self) -> None:
        whole = self.mirror.since == BEGINNING
        try:
            while await self._pull(0, whole=whole):
                pass
        finally:
            self._catching_up = None

    async def _follow(self) -> None:
        """Follow until nobody has used the database for a while."""
        pause_s = self.settings.pause_s
        held = self.seats.free > 0
        self.seats.free -= held
        try:
            while self._is_used():
                try:
                    await self._once(held=held)
                    pause_s = self.settings.pause_s
                except DatabaseMissing as error:
                    self.lost(error)
                    return
                except StoreError as error:
                    LOG.warning("following a database failed: %s", error)
                    await asyncio.sleep(pause_s)
                    pause_s = min(2 * pause_s, LONGEST_PAUSE_S)
        finally:
            self.seats.free += held
            self._task = None

    async def _once(self, *, held: bool) -> None:
        time = asyncio.get_running_loop().time()
        if time - self._vouched >= self.settings.vouch_s:
            await self.vouch()
            self._vouched = time
        if held:
            more = await self._pull(self.settings.longpoll_s)
            await asyncio.sleep(self.settings.settle_s)
        else:
            await asyncio.sleep(self.settings.poll_s)
            more = True
        if more:
            await self.catch_up()

    def _is_used(self) -> bool:
        idle_s = asyncio.get_running_loop().time() - self._used
        return self.waiters > 0 or idle_s < self.settings.follow_s

    async def _pull(self, held_s: float, *, whole: bool = False) -> bool:
        """Take in one page, if need be after waiting for it; whether there is more.

        ``whole``: the mirror is being built.

        Raises :class:`StoreError`.
        """
        since, purges, asked_s = self.mirror.since, self.purges, self.now_s()
        page = await self.remote.changes(since, self.settings.page, held_s, whole=whole)
        copies = await self._revisions(page)
        async with self._taking:
            if (since, purges) != (self.mirror.since, self.purges):
                return True  # somebody else was quicker
            taken = await self.mirror.left_before(copies)
            if taken or page.last_seq != since:
                await self.mirror.take(taken, page.last_seq, int(asked_s))
        return page.more

    async def _revisions(self, page: Page) -> list[Write]:
        """The revisions of a page that the mirror lacks."""
        lacking = await self.mirror.database.missing(page.leaves)
        wanted: list[tuple[str, str]] = []
        found: dict[tuple[str, str], Write] = {}
        for name, missing in lacking.items():
            document = page.documents.get(name)
            if document is None:
                wanted += [(name, rev) for rev in missing.missing]
            elif (stored := stored_of(document)) is not None:
                found[name, missing.missing[0]] = stored.write
        for start in range(0, len(wanted), REVISIONS_EACH):
            part = await self.remote.revisions(wanted[start : start + REVISIONS_EACH])
            found |= _by_revision(part)
        for name in {name for name, rev in wanted if (name, rev) not in found}:
            found |= _by_revision(await self.remote.leaves(name))
        ordered = [
            found.pop((name, rev))
            for name in page.leaves
            for rev in reversed(page.leaves[name])
            if (name, rev) in found
        ]
        return ordered + list(found.values())


def _by_revision(stored: list[Stored]) -> dict[tuple[str, str], Write]:
    return {(one.write.id, one.write.history[0]): one.write for one in stored}


def _hear(task: asyncio.Task[None]) -> None:
    """Take note of an error that perhaps nobody waits for any more."""
    if not task.cancelled():
        task.exception()
