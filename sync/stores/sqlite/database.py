"""One database of the SQLite store.

Writes that come in while a commit is under way are gathered into the next one: planned on the
event loop, brought to disk by the journal, carried out by a thread, answered. Short reads run on
the event loop (a hop to a thread and back costs more than they do); long ones run in a thread, on
a connection of their own.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import apsw
from typing_extensions import override

from sync.attachments import Upload
from sync.checks import check_bounds, check_revisions
from sync.errors import StoreError
from sync.store import (
    ChangesPage,
    Database,
    DatabaseInfo,
    DatabaseSettings,
    Document,
    Missing,
    Record,
    WriteBatch,
    WriteResult,
)
from sync.stores.marks import mark_of, place_in
from sync.stores.names import file_name
from sync.stores.records import (
    Prepared,
    Rules,
    check_direction,
    check_settings,
    prepare,
    uploads_of,
)
from sync.stores.sqlite import compaction, feeds, reads
from sync.stores.sqlite.failures import told
from sync.stores.sqlite.handles import Handle, HandlePool
from sync.stores.sqlite.journal import Journal
from sync.stores.sqlite.plan import Plan
from sync.stores.sqlite.statements import CONFIGURE, Statement
from sync.stores.sqlite.unjournaled import Unjournaled
from sync.stores.waiters import Waiters

__all__ = ["SqliteDatabase", "Works"]

T = TypeVar("T")

SHORT_READ = 1000
"""The most documents that are read on the event loop."""

SHORT_BYTES = 262_144
"""The largest attachment that is read or hashed on the event loop."""

GATHERED_WRITES = 1000
"""After how many documents no more batches are gathered into a commit."""


@dataclass(frozen=True, slots=True)
class Works:
    """What the databases of a store share."""

    folder: Path
    pool: HandlePool
    rules: Rules
    journal: Journal | Unjournaled
    writers: Executor
    readers: Executor


class _Pending(NamedTuple):
    """A batch that waits for its commit."""

    batch: Prepared
    answer: asyncio.Future[list[WriteResult]]


class _Job(NamedTuple):
    """Work on the file, done by itself between commits."""

    doing: Callable[[Handle], Any]
    told: Callable[[Any], None] | None
    answer: asyncio.Future[Any]


class SqliteDatabase(Database):
    """See :class:`sync.store.Database`."""

    def __init__(self, name: str, works: Works) -> None:
        self._name = name
        self._works = works
        self._state: reads.State | None = None
        self._sizes: reads.Sizes | None = None
        self._pending: deque[_Pending] = deque()
        self._jobs: deque[_Job] = deque()
        self._compacting: asyncio.Task[None] | None = None
        self._writing: asyncio.Task[None] | None = None
        self._waiters = Waiters()
        self._gone: StoreError | None = None

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    async def info(self) -> DatabaseInfo:
        state = await self._current()
        if self._sizes is None:
            self._sizes = await self._read(lambda handle: reads.read_sizes(handle.reader))
        return DatabaseInfo(
            self._name,
            *state[:5],
            *self._sizes,
            compacting=self._compacting is not None,
        )

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        if any(write.attachments for write in (*batch.writes, *batch.seal)):
            await self._hash(batch)
        prepared = prepare(batch)
        self._check()
        if not prepared.writes and not prepared.local:
            return []
        answer: asyncio.Future[list[WriteResult]] = asyncio.get_running_loop().create_future()
        self._pending.append(_Pending(prepared, answer))
        self._start()
        return await answer

    @override
    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        if len(ids) <= SHORT_READ:
            return await self._read(lambda handle: reads.read_winners(handle.reader, ids))
        return await self._read_long(lambda connection: reads.read_winners(connection, ids))

    @override
    async def record(self, id: str) -> Record | None:
        return await self._read(lambda handle: reads.read_record(handle.reader, id))

    @override
    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, Missing]:
        if len(revs) <= SHORT_READ:
            return await self._read(lambda handle: reads.read_missing(handle.reader, revs))
        return await self._read_long(lambda connection: reads.read_missing(connection, revs))

    @override
    async def attachment(self, key: str) -> bytes | None:
        def read(connection: apsw.Connection) -> bytes | None:
            return reads.read_attachment(connection, key)

        length = await self._read(lambda handle: reads.attachment_length(handle.reader, key))
        if length < 0:
            return None
        if length <= SHORT_BYTES:
            return await self._read(lambda handle: read(handle.reader))
        return await self._read_long(read)

    @override
    async def range(
        self,
        start: str,
        end: str,
        *,
        limit: int | None = None,
        skip: int = 0,
        descending: bool = False,
    ) -> list[Document]:
        def read(connection: apsw.Connection, most: int) -> list[Document]:
            return reads.read_range(connection, reads.Span(start, end, most, skip, descending))

        check_bounds(start, end)
        if skip <= SHORT_READ:
            if limit is not None and limit <= SHORT_READ:
                return await self._read(lambda handle: read(handle.reader, limit))
            found = await self._read(lambda handle: read(handle.reader, SHORT_READ + 1))
            if len(found) <= SHORT_READ:
                return found
        return await self._read_long(
            lambda connection: read(connection, -1 if limit is None else limit)
        )

    @override
    async def count(self, start: str, end: str) -> int:
        check_bounds(start, end)
        if (await self._current()).update_seq <= SHORT_READ:
            return await self._read(lambda handle: reads.count_range(handle.reader, start, end))
        return await self._read_long(lambda connection: reads.count_range(connection, start, end))

    @override
    async def read_local(self, id: str) -> Mapping[str, Any] | None:
        return await self._read(lambda handle: reads.read_local(handle.reader, id))

    @override
    async def changes(
        self,
        since: int,
        *,
        channels: frozenset[str] | None = None,
        limit: int = 1000,
        descending: bool = False,
        bodies: bool = True,
    ) -> ChangesPage:
        check_direction(channels, descending=descending)
        if since >= (await self._current()).update_seq:  # who is up to date reads no file
            return ChangesPage((), since, more=False)
        page = feeds.Page(since, channels, limit, descending, bodies)
        if limit <= SHORT_READ:
            return await self._read(
                lambda handle: feeds.feed_page(handle.reader, page, handle.numbers)
            )
        return await self._read_long(lambda connection: feeds.feed_page(connection, page, {}))

    @override
    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        state = await self._current()
        if since < state.update_seq and await self._read(
            lambda handle: feeds.has_news(handle.reader, since, channels, handle.numbers)
        ):
            return True
        return await self._waiters.wait(since, channels, timeout_s)

    @override
    async def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        def purge(handle: Handle) -> tuple[Plan, dict[str, list[str]]]:
            plan = Plan(handle.connection, self._works.rules, {})
            purged = plan.purge(revs)
            handle.commit(plan.statements())
            return plan, purged

        for asked in revs.values():
            check_revisions(asked)
        _, purged = await self._do(purge, lambda done: self._tell(done[0]))
        return purged

    @override
    async def compact(self) -> None:
        self._check()
        if self._compacting is None:
            self._compacting = asyncio.create_task(self._compact())
            self._compacting.add_done_callback(_hear)
        await asyncio.shield(self._compacting)  # whoever gives up does not end it for the others

    @override
    async def settings(self) -> DatabaseSettings:
        limit = self._works.rules.revs_limit
        return await self._read(lambda handle: reads.read_settings(handle.reader, limit))

    @override
    async def configure(
        self, *, revs_limit: int | None = None, security: Mapping[str, Any] | None = None
    ) -> None:
        values = check_settings(revs_limit, security)
        await self._do(lambda handle: handle.commit([Statement(CONFIGURE, values)]))

    @override
    def mark(self, seq: int) -> str:
        self._check()
        if self._state is None:  # nothing was asked of the database so far but perhaps documents
            with closing(apsw.Connection(str(self._works.folder / file_name(self._name)))) as file:
                self._state = reads.read_state(file)
        return mark_of(self._state.epoch, seq)

    @override
    async def locate(self, mark: str) -> int | None:
        state = await self._current()
        return await place_in(self, mark, state.epoch, state.update_seq)

    @override
    async def catch_up(self) -> None:
        self._check()

    @override
    async def claim(self, task: str, for_s: float) -> bool:
        self._check()
        return True

    def let_go(self, why: StoreError) -> None:
        """Answer every later call with ``why``, and wake whoever waits."""
        self._gone = why
        self._waiters.close()

    async def finish(self) -> None:
        """Wait until everything that was handed in is committed."""
        while under_way := list(filter(None, (self._compacting, self._writing))):
            await asyncio.wait(under_way)

    def _check(self) -> None:
        if self._gone:
            raise self._gone

    async def _current(self) -> reads.State:
        """The state row, which is read once: only this process changes it."""
        self._check()
        if self._state is None:
            self._state = await self._read(lambda handle: reads.read_state(handle.reader))
        return self._state

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

    async def _hash(self, batch: WriteBatch) -> None:
        """Hash the attachments that a batch brings, in a thread if they are large."""
        writes = (*batch.writes, *batch.seal)
        uploads = [upload for write in writes for upload in uploads_of(write)]
        if sum(len(upload.data) for upload in uploads) > SHORT_BYTES:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._works.readers, _hash_all, uploads)

    async def _compact(self) -> None:
        def drop_superseded(handle: Handle) -> str | None:
            return compaction.drop_superseded(handle.connection, after or "")

        def drop_blobs(handle: Handle) -> None:
            compaction.drop_blobs(handle.connection, keys, unnamed.seq)

        after: str | None = ""
        try:
            while after is not None:
                after = await self._do(drop_superseded)
            unnamed = await self._read_long(compaction.find_unnamed)
            for start in range(0, len(unnamed.keys), compaction.PORTION):
                keys = unnamed.keys[start : start + compaction.PORTION]
                await self._do(drop_blobs)
        finally:
            self._compacting = None

    async def _do(self, doing: Callable[[Handle], T], told: Callable[[T], None] | None = None) -> T:
        """Do work on the file by itself, in a writer's thread; ``told`` hears what it gave."""
        self._check()
        answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._jobs.append(_Job(doing, told, answer))
        self._start()
        return await answer

    def _start(self) -> None:
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_pending())

    async def _write_pending(self) -> None:
        """Commit what is pending, and what comes in meanwhile."""
        try:
            handle = await self._works.pool.acquire(self._name)
        except Exception as error:  # noqa: BLE001 - it goes to those who wait for it
            self._writing = None
            self._refuse([*self._gather(0), *self._jobs], error)
            self._jobs.clear()
            return
        try:
            while self._pending or self._jobs:
                if self._jobs:
                    await self._carry_out(handle, self._jobs.popleft())
                if self._pending:
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

    async def _carry_out(self, handle: Handle, job: _Job) -> None:
        loop = asyncio.get_running_loop()
        try:
            handle.committing = True
            result = await loop.run_in_executor(self._works.writers, job.doing, handle)
        except Exception as error:  # noqa: BLE001 - it goes to whoever waits for it
            self._refuse([job], error)
            return
        finally:
            handle.committing = False
            self._sizes = None
        if job.told is not None:
            job.told(result)
        if not job.answer.done():
            job.answer.set_result(result)

    async def _commit(self, handle: Handle, taken: list[_Pending]) -> None:
        """Commit batches together or, should that fail, each by itself: one that cannot be
        stored (too large for what is left of the disk) then fails only itself.
        """
        try:
            plan = Plan(handle.connection, self._works.rules, handle.numbers)
            seq = plan.state.update_seq
            results = [plan.take(pending.batch) for pending in taken]
            statements = plan.statements()
            if statements:
                await self._works.journal.commit(handle, self._name, seq, statements)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the batch it is for
            if len(taken) == 1:
                self._refuse(taken, error)
                return
            for pending in taken:
                await self._commit(handle, [pending])
            return
        handle.numbers |= plan.new_numbers
        self._tell(plan)
        for pending, result in zip(taken, results, strict=True):
            if not pending.answer.done():  # whoever asked may have gone away
                pending.answer.set_result(result)

    def _tell(self, plan: Plan) -> None:
        """Take note of what was committed, and wake those who wait for it."""
        self._state = plan.state
        self._sizes = None
        if plan.is_news:
            self._waiters.notify(plan.state.update_seq, plan.touched)

    def _refuse(self, taken: Sequence[_Pending | _Job], error: Exception) -> None:
        for pending in taken:
            if not pending.answer.done():
                failure = self._told(error, "write")
                failure.__cause__ = error
                pending.answer.set_exception(failure)

    def _told(self, error: Exception, doing: str) -> StoreError:
        return told(self._works.journal.judge(error), self._works.folder, self._name, doing)


def _hear(task: asyncio.Task[None]) -> None:
    """Take note of an error that perhaps nobody waits for any more."""
    with suppress(asyncio.CancelledError):
        task.exception()


def _hash_all(uploads: Sequence[Upload]) -> None:
    for upload in uploads:
        upload.hash()


def _alone(handle: Handle, query: Callable[[apsw.Connection], T]) -> T:
    with closing(handle.new_reader()) as connection:
        return query(connection)
