"""The intake journal: commits of many databases become durable together.

A commit is planned in memory, appended to the journal as a redo record, and on disk with one fsync
for all that came in meanwhile; only then is it carried out on its database's file, without an
fsync, and answered. Whoever reads a file sees every write that was answered. A file of the journal
that has grown long is *retired*: while the next one is written, the logs of the databases in it are
brought to disk, and it is removed. What a crash leaves is replayed at the next start.

A record whose commit cannot be carried out (no room in the database) is withdrawn by another one,
on disk before the refusal. After a failed fsync nobody knows what the disk holds: nothing more is
taken then. The methods run on the event loop, what touches a disk in threads.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from sync.errors import StoreError
from sync.stores.names import file_name
from sync.stores.sqlite.failures import is_failed_sync
from sync.stores.sqlite.handles import FileSettings, Handle
from sync.stores.sqlite.journal_file import Entry, JournalFile, sync_folder, sync_logs
from sync.stores.sqlite.redo import Redo, pack
from sync.stores.sqlite.replay import replay
from sync.stores.sqlite.schema import MIGRATIONS
from sync.stores.sqlite.statements import Statement

__all__ = ["Journal"]

T = TypeVar("T")


@dataclass(slots=True)
class _Part:
    """A file of the journal, and what must be done before it can go."""

    file: JournalFile
    databases: set[str] = field(default_factory=set)
    under_way: int = 0
    """Commits in it that are neither carried out nor withdrawn."""
    idle: asyncio.Event = field(default_factory=asyncio.Event)


@dataclass(eq=False, slots=True)
class _Commit:
    """A commit on its way; one without statements withdraws the one before."""

    handle: Handle
    redo: Redo
    entry: Entry
    answer: asyncio.Future[None]
    part: _Part | None = None


class Journal:
    """The journal of the databases in ``folder``.

    ``limit_bytes``: how long a file of it grows. ``refused``: the databases that must not be
    opened, because they lack what the journal has and cannot be given it, each with the reason.
    """

    def __init__(
        self, folder: Path, files: FileSettings, writers: Executor, limit_bytes: int
    ) -> None:
        """Replay what there is. Raises :class:`StoreError` for a journal that cannot be read."""
        found = replay(folder, files)
        self.refused = found.refused
        self._folder = folder
        self._writers = writers
        self._limit = limit_bytes
        self._number = found.last
        self._owed = found.owed
        self._part = _Part(self._create()) if found.owed else None
        for path in found.files:
            path.unlink()
        if found.files:
            sync_folder(folder)
        self._waiting: list[_Commit] = []
        self._appending: asyncio.Task[None] | None = None
        self._retiring: asyncio.Task[None] | None = None
        self._withdrawing: set[asyncio.Task[None]] = set()
        self._broken: StoreError | None = None
        self._threads = ThreadPoolExecutor(2, "tidemark-journal")

    async def commit(
        self, handle: Handle, name: str, seq: int, statements: Sequence[Statement]
    ) -> None:
        """Make a transaction of database ``name`` durable after its sequence ``seq``; do it.

        It is one at a time for a database. Raises whatever it failed with; then it left no trace.
        """
        if self._broken:
            raise self._broken
        redo = Redo(name, handle.epoch, len(MIGRATIONS), seq, statements)
        commit = self._enqueue(handle, redo)
        handle.committing = True
        await commit.answer

    def judge(self, error: Exception) -> Exception:
        """What an error of SQLite's means, wherever it arose: a failed fsync ends all writing."""
        return self._break(error) if is_failed_sync(error) else error

    async def close(self) -> None:
        """Bring everything to disk where it belongs; no journal is left, unless it is needed."""
        for task in (self._appending, self._retiring):
            if task is not None:
                await asyncio.wait([task])
        if self._part is not None:
            needed = bool(self._owed or self._broken)
            with suppress(OSError):  # what is not on disk is replayed
                await self._in_thread(self._finish, self._part, needed)
        self._threads.shutdown()

    def _enqueue(self, handle: Handle, redo: Redo) -> _Commit:
        loop = asyncio.get_running_loop()
        entry = Entry(pack(redo), withdraws=redo.statements is None)
        commit = _Commit(handle, redo, entry, loop.create_future())
        self._waiting.append(commit)
        if self._appending is None:
            self._appending = loop.create_task(self._append_waiting())
        return commit

    async def _append_waiting(self) -> None:
        try:
            while self._waiting:
                group, self._waiting = self._waiting, []
                await self._append(group)
        finally:
            self._appending = None

    async def _append(self, group: list[_Commit]) -> None:
        """Make a group of commits durable, and have them carried out."""
        try:
            part = await self._writable()
        except (OSError, StoreError) as error:
            for commit in group:
                self._settle(commit, error)
            return
        part.under_way += len(group)
        part.idle.clear()
        part.databases.update(commit.redo.database for commit in group)
        for commit in group:
            commit.part = part
        failures: Sequence[Exception | None]
        try:
            failures = await self._in_thread(self._write, part.file, group)
        except OSError as error:
            failures = [self._break(error)] * len(group)
        for commit, failure in zip(group, failures, strict=True):
            if failure is not None or commit.redo.statements is None:
                self._settle(commit, failure)

    async def _writable(self) -> _Part:
        """The file to append to: another one, when it has grown long and none is being retired."""
        if self._broken:
            raise self._broken
        part = self._part
        if part is not None and (part.file.end < self._limit or self._retiring is not None):
            return part
        try:
            self._part = _Part(await self._in_thread(self._create))
        except OSError:
            if part is None:
                raise
            return part  # it may still have room
        if part is not None:
            self._retiring = asyncio.create_task(self._retire(part))
        return self._part

    async def _retire(self, part: _Part) -> None:
        try:
            if part.under_way:
                await part.idle.wait()
            await self._in_thread(self._finish, part)
        except OSError as error:
            self._break(error)
        finally:
            self._retiring = None

    def _settle(self, commit: _Commit, failure: Exception | None = None) -> None:
        commit.handle.committing = False
        if commit.part is not None:
            commit.part.under_way -= 1
            if not commit.part.under_way:
                commit.part.idle.set()
        if commit.answer.done():  # whoever asked was cancelled
            return
        if failure is None:
            commit.answer.set_result(None)
        else:
            commit.answer.set_exception(failure)

    def _carried_out(self, commit: _Commit, failure: Exception | None) -> None:
        """Answer a commit that is on disk and was carried out, or take it back."""
        if failure is None:
            self._settle(commit)
        elif self.judge(failure) is not failure:
            self._settle(commit, self._broken)
        else:
            task = asyncio.create_task(self._withdraw(commit, failure))
            self._withdrawing.add(task)
            task.add_done_callback(self._withdrawing.discard)

    async def _withdraw(self, commit: _Commit, failure: Exception) -> None:
        try:
            await self._enqueue(commit.handle, commit.redo._replace(statements=None)).answer
        except Exception as error:  # noqa: BLE001 - the refused commit stays, and would be replayed
            self._break(error)
        self._settle(commit, failure)

    def _break(self, error: Exception) -> StoreError:
        """Take nothing more."""
        self._broken = self._broken or StoreError(
            f"The disk of {self._folder} failed ({type(error).__name__}: {error}): whether the "
            "last writes are on it is not known, and no more are taken. Look to the disk; then "
            "restart the machine, and Tidemark, which finds out."
        )
        return self._broken

    async def _in_thread(self, doing: Callable[..., T], *values: Any) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, doing, *values)

    def _create(self) -> JournalFile:
        self._number += 1
        return JournalFile.create(self._folder, self._number, self._owed)

    def _write(self, file: JournalFile, group: Sequence[_Commit]) -> list[OSError | None]:
        """Append a group, bring it to disk, and hand it on to the writers' threads."""
        failures = file.append([commit.entry for commit in group])
        if None in failures:
            file.sync()
        for commit, failure in zip(group, failures, strict=True):
            if failure is None and commit.redo.statements is not None:
                self._writers.submit(self._carry_out, commit, commit.redo.statements)
        return failures

    def _carry_out(self, commit: _Commit, statements: Sequence[Statement]) -> None:
        failure: Exception | None = None
        try:
            commit.handle.apply(statements)
        except Exception as error:  # noqa: BLE001 - it is told to whoever waits
            failure = error
        commit.answer.get_loop().call_soon_threadsafe(self._carried_out, commit, failure)

    def _finish(self, part: _Part, needed: bool = False) -> None:
        """Bring to disk what ``part`` has, where it belongs; remove it unless it is ``needed``."""
        try:
            sync_logs(self._folder / file_name(name) for name in part.databases)
        except OSError:
            part.file.close()
            raise
        if needed:
            part.file.close()
        else:
            part.file.remove()
