"""The open files of a store: at most so many, the ones longest unused closed first.

A :class:`Handle` is one database's file held open: a connection, and a second one to read with
while the first commits (neither waits for the other: WAL). All of the pool's methods run on the
event loop; what touches a disk runs in its threads.
"""

from __future__ import annotations

import asyncio
import resource
from collections import Counter, OrderedDict
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import apsw

from sync.stores.sqlite.journal_file import sync_folder
from sync.stores.sqlite.queries import fetch
from sync.stores.sqlite.reads import Numbers
from sync.stores.sqlite.schema import migrate
from sync.stores.sqlite.statements import Statement, carry_out

__all__ = ["PLACE", "FileSettings", "Handle", "HandlePool", "connect", "room_for"]

PLACE = "SELECT epoch, update_seq FROM state"
"""Where a file stands; good in every schema."""

DESCRIPTORS_EACH = 5
"""Of an open database: file and log twice, shared memory once."""

DESCRIPTORS_ELSEWHERE = 256
"""Left for sockets and the rest, at the least."""


@dataclass(frozen=True, slots=True)
class FileSettings:
    """How files are opened. ``max_pages`` bounds one database's file; None: the disk."""

    busy_timeout_ms: int = 5000
    page_size: int = 8192
    """Bytes a page, of files made from now on."""
    wal_pages: int = 2000
    """Pages in the write-ahead log after which it is copied into the database."""
    wal_left_bytes: int = 262_144
    """How long a write-ahead log may be left behind when its database is closed."""
    cache_kib: int = 2048
    max_pages: int | None = None
    vfs: str | None = None
    """The SQLite VFS to go through; tests put one in that fails."""


@dataclass(slots=True)
class Handle:
    """One database's file, open. ``users`` keep it from being closed."""

    path: Path
    settings: FileSettings
    connection: apsw.Connection
    epoch: str
    numbers: Numbers = field(default_factory=dict)
    users: int = 0
    committing: bool = False
    """Whether a thread has the connection."""
    _reader: apsw.Connection | None = None
    _synchronous: str = "FULL"

    @classmethod
    def open(
        cls, path: Path, settings: FileSettings, epochs: Callable[[], str], *, create: bool = False
    ) -> Handle:
        """Open a file, bringing its schema up to date; a new one is given an epoch."""
        connection = connect(path, settings, create=create)
        try:
            if create:
                connection.pragma("page_size", settings.page_size)
            connection.pragma("journal_mode", "WAL")
            connection.pragma("synchronous", "FULL")
            connection.wal_autocheckpoint(settings.wal_pages)
            if settings.max_pages is not None:
                connection.pragma("max_page_count", settings.max_pages)
            migrate(connection, epochs)
            epoch: str = fetch(connection, PLACE)[0][0]
            if create:
                sync_folder(path.parent)
        except BaseException:
            connection.close()
            raise
        return cls(path, settings, connection, epoch)

    @property
    def reader(self) -> apsw.Connection:
        """What the event loop reads with now."""
        if not self.committing:
            return self.connection
        if self._reader is None:
            self._reader = self.new_reader()
        return self._reader

    def new_reader(self) -> apsw.Connection:
        """Open another connection to read with; the caller closes it."""
        connection = connect(self.path, self.settings)
        connection.pragma("query_only", True)
        return connection

    def commit(self, statements: Sequence[Statement]) -> None:
        """Carry out ``statements``, on disk by themselves; in a thread, while ``committing``."""
        self._carry_out(statements, "FULL")

    def apply(self, statements: Sequence[Statement]) -> None:
        """Carry out ``statements`` that the journal has; in a thread, while ``committing``.

        Nothing waits for the disk (but when the write-ahead log is begun anew, or copied).
        """
        self._carry_out(statements, "NORMAL")

    def _carry_out(self, statements: Sequence[Statement], synchronous: str) -> None:
        if synchronous != self._synchronous:
            self.connection.pragma("synchronous", synchronous)
            self._synchronous = synchronous
        carry_out(self.connection, statements)

    def close(self) -> None:
        """Close the connections. A short write-ahead log is left as it is: it costs less to read
        it again than to copy it and make another.
        """
        if self._reader is not None:
            self._reader.close()
        log = self.path.with_name(self.path.name + "-wal")
        with suppress(OSError, apsw.Error):  # a log that cannot be copied now is copied next time
            if log.stat().st_size > self.settings.wal_left_bytes:
                self.connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        self.connection.close()


def connect(path: Path, settings: FileSettings, *, create: bool = False) -> apsw.Connection:
    """Open a connection as ``settings`` say; the caller closes it."""
    flags = apsw.SQLITE_OPEN_READWRITE | (apsw.SQLITE_OPEN_CREATE if create else 0)
    connection = apsw.Connection(str(path), flags=flags, vfs=settings.vfs)
    connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
    connection.set_busy_timeout(settings.busy_timeout_ms)
    connection.pragma("cache_size", -settings.cache_kib)
    return connection


class HandlePool:
    """The handles of a store, by database name.

    ``admit`` raises for a name that must not be opened (any more); ``opener`` runs in a thread.
    """

    def __init__(
        self,
        limit: int,
        admit: Callable[[str], None],
        opener: Callable[[str], Handle],
        threads: Executor,
    ) -> None:
        self._limit = limit
        self._admit = admit
        self._opener = opener
        self._threads = threads
        self._open: OrderedDict[str, Handle] = OrderedDict()
        self._opening: dict[str, asyncio.Future[None]] = {}
        self._wanted: Counter[str] = Counter()
        self._closing: set[asyncio.Future[None]] = set()

    def __len__(self) -> int:
        return len(self._open)

    def hot(self, name: str) -> Handle | None:
        """The handle of ``name`` if it is open; good until the caller awaits."""
        handle = self._open.get(name)
        if handle is not None:
            self._open.move_to_end(name)
        return handle

    async def acquire(self, name: str) -> Handle:
        """The handle of ``name``, opened if need be, and kept open until :meth:`release`."""
        self._wanted[name] += 1  # else it might be closed again before this is told of it
        try:
            while (handle := self.hot(name)) is None:
                await self._opened(name)
        finally:
            self._wanted[name] -= 1
            if not self._wanted[name]:
                del self._wanted[name]
        handle.users += 1
        return handle

    def release(self, handle: Handle) -> None:
        """Let go of a handle."""
        handle.users -= 1
        self._evict()

    def add(self, name: str, handle: Handle) -> None:
        """Take in a handle that was opened elsewhere."""
        self._open[name] = handle
        self._evict()

    async def discard(self, name: str) -> None:
        """Close the handle of ``name``, which nobody uses."""
        if name in self._opening:
            await asyncio.wait([self._opening[name]])
        handle = self._open.pop(name, None)
        if handle is not None:
            self._close(handle)
        await self._closed()

    async def close(self) -> None:
        """Close every handle."""
        if self._opening:
            await asyncio.wait(self._opening.values())
        for handle in self._open.values():
            self._close(handle)
        self._open.clear()
        await self._closed()

    async def _opened(self, name: str) -> None:
        """Open ``name``, or wait for whoever is opening it."""
        opening = self._opening.get(name)
        if opening is None:
            self._admit(name)
            opening = asyncio.ensure_future(self._open_one(name))
            self._opening[name] = opening
            opening.add_done_callback(_hear)
        await asyncio.shield(opening)  # whoever gives up does not end it for the others

    async def _open_one(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        try:
            handle = await loop.run_in_executor(self._threads, self._opener, name)
            self.add(name, handle)
        finally:
            del self._opening[name]

    def _evict(self) -> None:
        """Close handles that nobody uses, longest unused first, down to the limit."""
        if len(self._open) <= self._limit:
            return
        open_ = self._open.items()
        idle = [name for name, handle in open_ if not handle.users and name not in self._wanted]
        for name in idle[: len(self._open) - self._limit]:
            self._close(self._open.pop(name))

    def _close(self, handle: Handle) -> None:
        loop = asyncio.get_running_loop()
        closing = loop.run_in_executor(self._threads, handle.close)
        self._closing.add(closing)
        closing.add_done_callback(self._closing.discard)

    async def _closed(self) -> None:
        if self._closing:
            await asyncio.gather(*self._closing)


def _hear(opening: asyncio.Future[None]) -> None:
    """Take note of an error that perhaps nobody waits for any more."""
    with suppress(asyncio.CancelledError):
        opening.exception()


def room_for(handles: int) -> int:
    """How many of ``handles`` may be open, raising this process's limit on open files if it can."""
    wanted = handles * DESCRIPTORS_EACH + DESCRIPTORS_ELSEWHERE
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return min(handles, max(1, (soft - DESCRIPTORS_ELSEWHERE) // DESCRIPTORS_EACH))
