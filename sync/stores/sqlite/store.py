"""The SQLite store: a folder with one file a database, held by one server at a time."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar

import apsw
from typing_extensions import override

from sync.errors import DatabaseExists, DatabaseMissing, StoreClosed
from sync.store import Store
from sync.stores.memory import new_epoch
from sync.stores.names import SUFFIX, check_name, file_name, name_of_file
from sync.stores.records import Rules
from sync.stores.sqlite.backup import refuse_half_restored
from sync.stores.sqlite.database import SqliteDatabase, Works
from sync.stores.sqlite.failures import told
from sync.stores.sqlite.handles import FileSettings, Handle, HandlePool, room_for
from sync.stores.sqlite.journal import Journal
from sync.stores.sqlite.journal_file import sync_folder
from sync.stores.sqlite.lock import FolderLock
from sync.stores.sqlite.scrubbing import scrub
from sync.stores.sqlite.unjournaled import Unjournaled

__all__ = ["SqliteSettings", "SqliteStore"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SqliteSettings:
    """How the store works. ``handles``: how many databases are open at most, when idle."""

    handles: int = 256
    journaled: bool = True
    """Whether a write is on disk when it is answered; if not, a power cut may take the latest."""
    journal_bytes: int = 134_217_728
    """After how many bytes another file of the journal is begun, and the old one let go."""
    writers: int = 4
    readers: int = 4
    thread_switch_s: float = 0.0005
    """How soon the event loop must let a thread have Python's lock (``sys.setswitchinterval``,
    5 ms by default): a commit needs it some five times, and the loop is busy in the morning."""
    rules: Rules = field(default_factory=Rules)
    files: FileSettings = field(default_factory=FileSettings)


class SqliteStore(Store):
    """See :class:`sync.store.Store`.

    ``address`` and ``started`` are what another server is told that finds the folder in use.
    Raises :class:`sync.errors.StoreBusy` when another server has it.
    """

    def __init__(
        self,
        folder: Path,
        settings: SqliteSettings | None = None,
        *,
        address: str = "",
        started: str = "",
        epochs: Callable[[], str] = new_epoch,
    ) -> None:
        self._settings = settings or SqliteSettings()
        self._folder = folder
        self._epochs = epochs
        sys.setswitchinterval(self._settings.thread_switch_s)
        folder.mkdir(parents=True, exist_ok=True)
        self._lock = FolderLock.take(folder, address=address, started=started)
        writers = ThreadPoolExecutor(self._settings.writers, "tidemark-writer")
        try:
            refuse_half_restored(folder)
            self._journal = self._begin(writers)
        except BaseException:
            self._lock.release()
            raise
        self._names = set(filter(None, (name_of_file(path.name) for path in folder.iterdir())))
        readers = ThreadPoolExecutor(self._settings.readers, "tidemark-reader")
        limit = room_for(self._settings.handles)
        pool = HandlePool(limit, self._admit, self._open_file, readers)
        self._works = Works(folder, pool, self._settings.rules, self._journal, writers, readers)
        self._databases: dict[str, SqliteDatabase] = {}
        self._changing = asyncio.Lock()
        self._closed = False
        self._shut = False

    def _begin(self, writers: Executor) -> Journal | Unjournaled:
        settings = self._settings
        if not settings.journaled:
            return Unjournaled(writers)
        return Journal(self._folder, settings.files, writers, settings.journal_bytes)

    @property
    def folder(self) -> Path:
        """Where its files are."""
        return self._folder

    @property
    @override
    def shared(self) -> bool:
        return False

    @override
    async def names(self) -> list[str]:
        self._check()
        return sorted(self._names)

    @override
    async def create(self, name: str) -> SqliteDatabase:
        async with self._changing:
            self._check()
            if check_name(name) in self._names:
                sentence = f"There is a database {name!r} already; open that, or delete it."
                raise DatabaseExists(sentence)
            handle = await self._in_thread(self._create_file, name)
            self._works.pool.add(name, handle)
            self._names.add(name)
            return self._database(name)

    @override
    async def open(self, name: str) -> SqliteDatabase:
        self._check()
        if check_name(name) not in self._names:
            raise DatabaseMissing(f"There is no database {name!r}; create it first.")
        return self._database(name)

    @override
    async def delete(self, name: str) -> None:
        async with self._changing:
            database = await self.open(name)
            self._names.remove(name)
            del self._databases[name]
            database.let_go(DatabaseMissing(f"The database {name!r} was deleted."))
            await database.finish()
            await self._works.pool.discard(name)
            self._journal.refused.pop(name, None)
            await self._in_thread(self._remove_files, name)

    @override
    async def scrub(self, name: str) -> None:
        await self.open(name)
        try:
            await self._in_thread(lambda one: scrub(self._path(one), self._settings.files), name)
        except apsw.Error as error:
            raise told(error, self._folder, name, "scrubbing") from error

    @override
    async def close(self) -> None:
        async with self._changing:
            if self._closed:
                return
            self._closed = True
            for database in self._databases.values():
                database.let_go(StoreClosed("The store is closed."))
            for database in list(self._databases.values()):
                await database.finish()
            self._shut = True
            await self._works.pool.close()
            await self._journal.close()
        self._works.writers.shutdown()
        self._works.readers.shutdown()
        self._lock.release()

    async def _in_thread(self, doing: Callable[[str], T], name: str) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._works.readers, doing, name)

    def _admit(self, name: str) -> None:
        """Refuse to open the file of a database that is deleted, or of a store that is shut."""
        if self._shut:
            raise StoreClosed("The store is closed.")
        if name not in self._names:
            raise DatabaseMissing(f"The database {name!r} was deleted.")
        if name in self._journal.refused:
            raise self._journal.refused[name]

    def _check(self) -> None:
        if self._closed:
            raise StoreClosed("The store is closed.")

    def _database(self, name: str) -> SqliteDatabase:
        database = self._databases.get(name)
        if database is None:
            database = self._databases[name] = SqliteDatabase(name, self._works)
        return database

    def _path(self, name: str) -> Path:
        return self._folder / file_name(name)

    def _open_file(self, name: str) -> Handle:
        return Handle.open(self._path(name), self._settings.files, self._epochs)

    def _create_file(self, name: str) -> Handle:
        self._remove_files(name)  # a log left behind by a deletion cut short would be replayed
        try:
            return Handle.open(self._path(name), self._settings.files, self._epochs, create=True)
        except Exception as error:
            self._remove_files(name)
            raise told(error, self._folder, name, "creation") from error

    def _remove_files(self, name: str) -> None:
        path = self._path(name)
        if path.exists():
            path.unlink()
            sync_folder(self._folder)  # a database is never there without its log
        for suffix in ("-journal", "-wal", "-shm"):
            path.with_suffix(SUFFIX + suffix).unlink(missing_ok=True)
