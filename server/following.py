"""Following a database's own feed, so that whatever was committed is acted on.

However often the process is killed: a checkpoint, written in one batch with what follows from it,
says how far it came. A burst is looked at once. What cannot be computed is logged, counted and
tried again; it stops nothing else. Where several servers share a store, one at a time follows a
database for a task; the others look again now and then.
"""

from __future__ import annotations

import asyncio
from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from typing import Protocol

from server.logs import log, place
from sync.store import Database

__all__ = ["CLAIM_S", "Follower", "NoMeter", "PublisherMeter"]

COALESCE_S = 0.05
"""How long the first news of a burst waits for the rest of it."""
CLAIM_S = 30.0
"""How long a server's claim to a task lasts; what a killed one leaves waits for that."""
FIRST_RETRY_S = 0.5
LAST_RETRY_S = 60.0


class PublisherMeter(Protocol):
    """Whoever counts what publishers do."""

    def published(self, documents: int, seconds: float) -> None:
        """A batch of documents was written, so long after the work on it began."""

    def failed(self, kind: str) -> None:
        """A document of a kind, a ``day`` or a ``batch`` could not be computed or written."""


class NoMeter:
    """Counts nothing."""

    def published(self, documents: int, seconds: float) -> None:
        """Let it pass."""

    def failed(self, kind: str) -> None:
        """Let it pass."""


class Follower(ABC):
    """Follows one database for one ``task``. Call :meth:`wake` when it is opened, after every
    commit, and when :attr:`due`. It holds a task of the event loop only while there is work.
    """

    def __init__(
        self,
        database: Database,
        task: str,
        *,
        coalesce_s: float = COALESCE_S,
        meter: PublisherMeter | None = None,
    ) -> None:
        self._database = database
        self._name = task
        self._coalesce_s = coalesce_s
        self._meter: PublisherMeter = meter if meter is not None else NoMeter()
        self._troubles: dict[tuple[str, type[Exception]], list[Exception]] = {}
        self._attempts = 0
        self._lock = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._wanted = False
        self._elsewhere = False
        self._closed = False

    @abstractmethod
    def heeds(self, topics: Collection[str]) -> Collection[str] | None:
        """Of topics, those that change something here; None: have a look all the same."""

    @property
    @abstractmethod
    def due(self) -> bool:
        """Whether there is something to do that no commit calls for: a new day, a new roster."""

    @abstractmethod
    async def _pass(self) -> bool:
        """Do the news and one portion of what is left; whether there is more to do."""

    def wake(self, topics: Iterable[str] | None = None) -> None:
        """Say that something was committed that speaks of ``topics``; None: have a look.

        Costs next to nothing where there is nothing to do, or it failed and its next try is set.
        """
        nothing = self._timer is not None if topics is None else not (any(topics) or self.due)
        if self._closed or nothing:
            return
        self._wanted = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self.run())

    @property
    def healthy(self) -> bool:
        """Whether the last attempt did all there was."""
        return self._attempts == 0

    async def run(self) -> None:
        """Go on until nothing is left to do. Failures are reported, and tried again later."""
        while self._wanted:
            await asyncio.sleep(self._coalesce_s)
            self._wanted = False
            try:
                await self.settle()
            except Exception as error:  # noqa: BLE001  # the store's, not ours
                self._attempts += 1
                self._report("batch", 1, error)
        if (self._attempts or self._elsewhere) and self._timer is None and not self._closed:
            wait_s = min(LAST_RETRY_S, FIRST_RETRY_S * 2.0 ** min(max(0, self._attempts - 1), 10))
            wait_s = CLAIM_S / 2 if self._elsewhere else wait_s
            self._timer = asyncio.get_running_loop().call_later(wait_s, self._retry)

    def _retry(self) -> None:
        self._timer = None
        self.wake()

    async def settle(self) -> None:
        """Do all that was committed before; raises what the store raises.

        What could not be computed is left for its next attempt; and everything is left to another
        server that has claimed the task for this database.
        """
        more = True
        while more and not self._closed:
            async with self._lock:
                self._elsewhere = not await self._database.claim(self._name, CLAIM_S)
                if self._elsewhere:
                    return
                self._troubles.clear()
                more = await self._pass()
                self._attempts = self._attempts + 1 if self._troubles else 0
                for (kind, _), errors in self._troubles.items():
                    self._report(kind, len(errors), errors[0])

    async def close(self) -> None:
        """Finish the batch under way, and stop; the rest is caught up at the next start."""
        self._closed, self._wanted = True, False
        if self._timer is not None:
            self._timer.cancel()
        if self._task is not None:
            await self._task

    @contextmanager
    def _trouble(self, kind: str, again: set[str], *which: str) -> Iterator[None]:
        """Keep an error from stopping the rest: ``which`` is put among what is tried again."""
        try:
            yield
        except Exception as error:  # noqa: BLE001  # reported at the end of the pass
            again.update(which)
            self._troubles.setdefault((kind, type(error)), []).append(error)

    def _report(self, kind: str, count: int, error: Exception) -> None:
        """Count and log failures: where it happened, never what a document says."""
        for _ in range(count):
            self._meter.failed(kind)
        log().error(
            "publishing failed, and is tried again",
            school=self._database.name,
            code=kind,
            count=count,
            error=type(error).__name__,
            at=place(error),
        )
