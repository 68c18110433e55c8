"""The keeper of backups: takes one when it is due, knows the newest, and says how that goes.

It looks at the folder once a minute, so that a backup taken by the command counts as well.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Literal, TypeVar

from server.backups.errors import BackupError
from server.backups.folder import BackupFolder, Manifest
from server.backups.taking import Stopped, Taking, take
from server.erasure.ledger import ledger_file
from server.logs import log, place
from server.metrics import Metrics
from server.settings import Settings
from sync.backed import LOCAL, BackedUp, reported
from sync.clock import Clock, to_ms
from sync.store import Database, Store
from sync.stores.sqlite import SqliteStore

__all__ = ["LOOK_S", "RETRY_MS", "Keeper", "State"]

LOOK_S = 60.0
RETRY_MS = 300_000
"""After a failure another backup is tried this much later."""
HOUR_MS = 3_600_000
State = Literal["off", "none yet", "taken", "partial", "failing"]
T = TypeVar("T")


class Keeper:
    """Takes the backups of one server's store, if it is one of files.

    ``told``: called after the newest backup is another one.
    """

    def __init__(self, settings: Settings, store: Store, clock: Clock, metrics: Metrics) -> None:
        to = settings.backup_to
        self._source = store.folder if isinstance(store, SqliteStore) else None
        self._folder = BackupFolder(to) if to is not None and self._source is not None else None
        self._settings = settings
        self._clock = clock
        self._metrics = metrics
        self._newest: Manifest | None = None
        self._failed: str | None = None
        """Why the last attempt failed; None where it did not."""
        self._tried_ms = 0
        self._stopping = threading.Event()
        self._thread = ThreadPoolExecutor(1, "tidemark-backup")
        self._task: asyncio.Task[None] | None = None
        self.told: Callable[[], Awaitable[None]] | None = None
        metrics.watch("backup_taken_seconds", "When the newest backup was begun", self._taken_s)
        metrics.watch("backup_failing", "1 while backups fail", self._is_failing)

    @property
    def state(self) -> State:
        """How it stands; ``partial``: the newest lacks a database, or has it as it was before."""
        if self._folder is None:
            return "off"
        if self._failed is not None:
            return "failing"
        if self._newest is None:
            return "none yet"
        return "partial" if self._newest.failed else "taken"

    def status(self) -> dict[str, Any]:
        """What ``/readyz`` says: the state, and when the newest backup was begun."""
        newest = self._newest
        return {"state": self.state, "taken_at": None if newest is None else newest.taken_at}

    async def marks(self, database: Database) -> tuple[BackedUp, ...]:
        """What the newest backup, and the operator's own, hold of a school.

        A backup of another history (the school was restored, or moved) says nothing of this one;
        nor does one that is ahead of it.
        """
        found = reported(await database.read_local(LOCAL))
        marks = [] if found is None else [found]
        kept = self._newest.databases.get(database.name) if self._newest is not None else None
        if kept is not None:
            info = await database.info()
            if info.epoch == kept.epoch and kept.sequence <= info.update_seq:
                marks.append(BackedUp(kept.taken_at, kept.sequence))
            elif info.epoch == kept.epoch:
                log().error("a school is behind its last backup", school=database.name)
        return tuple(marks)

    async def start(self) -> None:
        """Learn of the newest backup, and begin to take them."""
        if self._folder is not None:
            await self._look(self._folder)
            self._task = asyncio.create_task(self._run())

    async def close(self) -> None:
        """Give up what is under way."""
        self._stopping.set()
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await asyncio.get_running_loop().run_in_executor(None, self._thread.shutdown)

    async def look(self) -> None:
        """Take a backup if one is due, and note which is the newest."""
        if self._folder is None or not await self._look(self._folder):
            return
        now = self._clock.now_ms()
        last = 0 if self._newest is None else to_ms(self._newest.taken_at)
        if now - last < self._settings.backup_every_hours * HOUR_MS:
            self._failed = None
        elif self._failed is None or now - self._tried_ms >= RETRY_MS:
            await self._take(self._folder)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(LOOK_S)
            try:
                await self.look()
            except Exception as error:  # noqa: BLE001  # the next minute tries again
                self._note_failure(error)

    async def _take(self, folder: BackupFolder) -> None:
        assert self._source is not None  # noqa: S101  # there is a folder for backups of it
        self._tried_ms = self._clock.now_ms()
        taking = Taking(
            self._source,
            folder,
            self._settings.backups_kept,
            self._clock,
            self._stopping.is_set,
            ledger=ledger_file(self._settings),
        )
        try:
            manifest = await self._in_thread(lambda: take(taking))
        except Stopped:
            return
        except BackupError as error:
            self._note_failure(error)
            return
        self._failed = None
        self._metrics.backed_up("partial" if manifest.failed else "whole")
        if manifest.failed:
            log().error("a backup lacks databases", count=len(manifest.failed))
        else:
            log().info("a backup was taken", schools=len(manifest.databases))
        await self._know(manifest)

    def _note_failure(self, error: Exception) -> None:
        """Log a failure once: until it is another one, or it went well again."""
        why = f"{type(error).__name__}: {error}"
        self._metrics.backed_up("failed")
        if why != self._failed:
            log().error("a backup failed", error=type(error).__name__, at=place(error))
        self._failed = why

    async def _look(self, folder: BackupFolder) -> bool:
        """Note which backup is the newest; False where the folder cannot be read."""
        try:
            newest = await self._in_thread(lambda: self._found(folder))
        except (BackupError, OSError) as error:
            self._tried_ms = self._clock.now_ms()
            self._note_failure(error)
            await self._know(None)
            return False
        await self._know(newest)
        return True

    def _found(self, folder: BackupFolder) -> Manifest | None:
        """The newest backup, read only if it is another than the one known."""
        ids = folder.ids()
        if self._newest is not None and ids[-1:] == [self._newest.id]:
            return self._newest
        return folder.newest()

    async def _know(self, newest: Manifest | None) -> None:
        if newest is not self._newest:
            self._newest = newest
            if self.told is not None:
                await self.told()

    async def _in_thread(self, doing: Callable[[], T]) -> T:
        """Run in a thread of its own: a backup takes minutes, and others wait for the shared."""
        return await asyncio.get_running_loop().run_in_executor(self._thread, doing)

    def _is_failing(self) -> float:
        return float(self.state in {"failing", "partial"})

    def _taken_s(self) -> float:
        return 0.0 if self._newest is None else to_ms(self._newest.taken_at) / 1000
