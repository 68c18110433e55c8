"""One database of the SQLite store.

Writes that come in while a commit is under way are gathered into the next one, which a thread
carries out; each is answered after the commit that holds it is on disk. Short reads run on the
event loop (a hop to a thread and back costs more than they do); long ones run in a thread, on a
connection of their own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import apsw
from typing_extensions import override

from sync.errors import StoreError
from sync.store import ChangesPage, Database, DatabaseInfo, Document, WriteBatch, WriteResult
from sync.stores.records import Prepared, Rules, prepare
from sync.stores.sqlite import reads
from sync.stores.sqlite.commit import Committed, commit
from sync.stores.sqlite.failures import told
from sync.stores.sqlite.handles import Handle, HandlePool
from sync.stores.waiters import Waiters

__all__ = ["SqliteDatabase", "Works"]

T = TypeVar("T")

SHORT_READ = 1000
"""The most documents that are read on the event loop."""

GATHERED_WRITES = 5000
"""After how many documents no more batches are gathered into a commit."""


@dataclass(frozen=True, slots=True)
class Works:
    """What the databases of a store share."""

    pool: HandlePool
    rules: Rules
    writers: Executor
    readers: Executor


class _Pending(NamedTuple):
    """A batch that waits for its commit."""

    batch: Prepared
    answer: asyncio.Future[list[WriteResult]]


class SqliteDatabase(Database):
    """See :class:`sync.store.Database`."""

    def __init__(self, name: str, works: Works) -> None:
        self._name = name
        self._works = works
        self._info: DatabaseInfo | None = None
        self._pending: deque[_Pending] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._waiters = Waiters()
        self._gone: StoreError | None = None

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    async def info(self) -> DatabaseInfo:
        if self._info is None or self._gone:
            info = await self._read(lambda handle: reads.read_info(handle.reader, self._name))
            self._info = self._info or info  # a commit may have come first
        return self._info

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        prepared = prepare(batch)
        self._check()
        if not prepared.writes and not prepared.local:
            return []
        answer: asyncio.Future[list[WriteResult]] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(prepared, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_pending())
        return await answer

    @override
    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        if len(ids) <= SHORT_READ:
            return await self._read(lambda handle: reads.read_winners(handle.reader, ids))
        return await self._read_long(lambda connection: reads.read_winners(connection, ids))

    @override
    async def read_revision(self, id: str, rev: str) -> Document | None:
        return await self._read(lambda handle: reads.read_revision(handle.reader, id, rev))

    @override
    async def leaves(self, id: str) -> list[Document]:
        return await self._read(lambda handle: reads.read_leaves(handle.reader, id))

    @override
    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        if len(revs) <= SHORT_READ:
            return await self._read(lambda handle: reads.read_missing(handle.reader, revs))
        return await self._read_long(lambda connection: reads.read_missing(connection, revs))

    @override
    async def range(
        self, start: str, end: str, *, limit: int | None = None, descending: bool = False
    ) -> list[Document]:
        def read(connection: apsw.Connection, most: int) -> list[Document]:
            return reads.read_range(connection, start, end, limit=most, descending=descending)

        if limit is not None and limit <= SHORT_READ:
            return await self._read(lambda handle: read(handle.reader, limit))
        found = await self._read(lambda handle: read(handle.reader, SHORT_READ + 1))
        if len(found) <= SHORT_READ:
            return found
        return await self._read_long(
            lambda connection: read(connection, -1 if limit is None else limit)
        )

    @override
    async def read_local(self, id: str) -> Mapping[str, Any] | None:
        return await self._read(lambda handle: reads.read_local(handle.reader, id))

    @override
    async def changes(
        self, since: int, *, channels: frozenset[str] | None = None, limit: int = 1000
    ) -> ChangesPage:
        if limit <= SHORT_READ:
            return await self._read(
                lambda handle: reads.feed_page(
                    handle.reader, since, channels, limit, handle.numbers
                )
            )
        return await self._read_long(
            lambda connection: reads.feed_page(connection, since, channels, limit, {})
        )

    @override
    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        info = await self.info()
        if since < info.update_seq and await self._read(
            lambda handle: reads.has_news(handle.reader, since, channels, handle.numbers)
        ):
            return True
        return await self._waiters.wait(since, channels, timeout_s)

    def let_go(self, why: StoreError) -> None:
        """Answer every later call with ``why``, and wake whoever waits."""
        self._gone = why
        self._waiters.close()

    async def finish(self) -> None:
        """Wait until everything that was handed in is committed."""
        if self._writing is not None:
            await asyncio.wait([self._writing])

    def _check(self) -> None:
        if self._gone:
            raise self._gone

    async def _read(self, query: Callable[[Handle], T]) -> T:
        """Read on the event loop; nothing is awaited between the read and the return."""
        self._check()
        handle = self._works.pool.hot(self._name)
        try:
            if handle is not None:
                return query(handle)
            handle = await self._works.pool.acquire(self._name)
            try:
                return query(handle)
            finally:
                self._works.pool.release(handle)
        except apsw.Error as error:
            raise told(error, self._name, "read") from error

    async def _read_long(self, query: Callable[[apsw.Connection], T]) -> T:
        self._check()
        loop = asyncio.get_running_loop()
        try:
            handle = await self._works.pool.acquire(self._name)
            try:
                return await loop.run_in_executor(self._works.readers, _alone, handle, query)
            finally:
                self._works.pool.release(handle)
        except apsw.Error as error:
            raise told(error, self._name, "read") from error

    async def _write_pending(self) -> None:
        loop = asyncio.get_running_loop()
        try:
            handle = await self._works.pool.acquire(self._name)
        except Exception as error:  # noqa: BLE001 - it goes to those who wait for it
            self._writing = None
            self._fail(error)
            return
        try:
            while self._pending:
                taken, done = await loop.run_in_executor(
                    self._works.writers, _commit_pending, handle, self._pending, self._works.rules
                )
                self._answer(taken, done)
        finally:
            self._writing = None
            self._works.pool.release(handle)

    def _fail(self, error: Exception) -> None:
        while self._pending:
            _settle(self._pending.popleft().answer, told(error, self._name, "write"))

    def _answer(self, taken: list[_Pending], done: Committed) -> None:
        if done.fresh:
            epoch = self._info.epoch if self._info else None
            self._info = DatabaseInfo(self._name, epoch, *done.counts) if epoch else None
            self._waiters.notify(done.counts[0], done.channels)
        for pending, outcome in zip(taken, done.outcomes, strict=True):
            if isinstance(outcome, Exception):
                _settle(pending.answer, told(outcome, self._name, "write"))
            elif not pending.answer.done():
                pending.answer.set_result(outcome)


def _settle(answer: asyncio.Future[list[WriteResult]], error: Exception) -> None:
    if not answer.done():  # whoever asked may have gone away
        answer.set_exception(error)


def _alone(handle: Handle, query: Callable[[apsw.Connection], T]) -> T:
    with closing(handle.new_reader()) as connection:
        return query(connection)


def _commit_pending(
    handle: Handle, pending: deque[_Pending], rules: Rules
) -> tuple[list[_Pending], Committed]:
    """Commit what is pending by now, up to a bound; runs in a writer's thread."""
    taken: list[_Pending] = []
    count = 0
    while pending and count < GATHERED_WRITES:
        taken.append(pending.popleft())
        count += len(taken[-1].batch.writes) + 1
    batches = [one.batch for one in taken]
    return taken, commit(handle.writer, batches, rules, handle.numbers)
