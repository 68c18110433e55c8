"""One database of the SQLite store.

Writes that come in while a commit is under way are gathered into the next one: planned on the
event loop, carried out by a thread, answered when it is on disk. Short reads run on the
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
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import apsw
from typing_extensions import override

from sync.errors import StoreError
from sync.store import ChangesPage, Database, DatabaseInfo, Document, WriteBatch, WriteResult
from sync.stores.records import Prepared, Rules, prepare
from sync.stores.sqlite import reads
from sync.stores.sqlite.failures import told
from sync.stores.sqlite.handles import Handle, HandlePool
from sync.stores.sqlite.plan import Plan
from sync.stores.waiters import Waiters

__all__ = ["SqliteDatabase", "Works"]

T = TypeVar("T")

SHORT_READ = 1000
"""The most documents that are read on the event loop."""

GATHERED_WRITES = 1000
"""After how many documents no more batches are gathered into a commit."""


@dataclass(frozen=True, slots=True)
class Works:
    """What the databases of a store share."""

    folder: Path
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
        if since >= (await self.info()).update_seq:  # a tablet that is up to date reads no file
            return ChangesPage((), since, more=False)
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
            raise self._gone or self._told(error, "read") from error

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
            raise self._gone or self._told(error, "read") from error

    async def _write_pending(self) -> None:
        """Commit what is pending, and what comes in meanwhile."""
        try:
            handle = await self._works.pool.acquire(self._name)
        except Exception as error:  # noqa: BLE001 - it goes to those who wait for it
            self._writing = None
            self._refuse(self._gather(0), error)
            return
        try:
            while self._pending:
                await self._commit(handle, self._gather(GATHERED_WRITES))
        finally:
            self._writing = None
            self._works.pool.release(handle)

    def _gather(self, most: int) -> list[_Pending]:
        """Take what is pending; no more once there are ``most`` writes (0: all)."""
        taken: list[_Pending] = []
        count = 0
        while self._pending and (count < most or not most):
            taken.append(self._pending.popleft())
            count += len(taken[-1].batch.writes)
        return taken

    async def _commit(self, handle: Handle, taken: list[_Pending]) -> None:
        """Commit batches together or, should that fail, each by itself: one that cannot be
        stored (too large for what is left of the disk) then fails only itself.
        """
        loop = asyncio.get_running_loop()
        try:
            plan = Plan(handle.connection, self._works.rules, handle.numbers)
            results = [plan.take(pending.batch) for pending in taken]
            statements = plan.statements()
            if statements:
                handle.committing = True
                await loop.run_in_executor(self._works.writers, handle.commit, statements)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the batch it is for
            if len(taken) == 1:
                self._refuse(taken, error)
                return
            for pending in taken:
                await self._commit(handle, [pending])
            return
        finally:
            handle.committing = False
        handle.numbers |= plan.new_numbers
        if plan.is_news:
            self._tell(plan)
        for pending, result in zip(taken, results, strict=True):
            if not pending.answer.done():  # whoever asked may have gone away
                pending.answer.set_result(result)

    def _tell(self, plan: Plan) -> None:
        if self._info is not None:
            self._info = DatabaseInfo(self._name, self._info.epoch, *plan.counts)
        self._waiters.notify(plan.counts.update_seq, plan.touched)

    def _refuse(self, taken: list[_Pending], error: Exception) -> None:
        for pending in taken:
            if not pending.answer.done():
                failure = self._told(error, "write")
                failure.__cause__ = error
                pending.answer.set_exception(failure)

    def _told(self, error: Exception, doing: str) -> StoreError:
        return told(error, self._works.folder, self._name, doing)


def _alone(handle: Handle, query: Callable[[apsw.Connection], T]) -> T:
    with closing(handle.new_reader()) as connection:
        return query(connection)
