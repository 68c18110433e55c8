"""The logbook: the states of a database's logs, as far as intake has them in memory."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable, Iterable

from sync import channels
from sync.arrivals import JUDGED_AGAIN, read_arrival, read_judged_again
from sync.erasure import Erasures
from sync.logs import LogState
from sync.spoken import parse_entry, read_feed
from sync.store import Database

__all__ = ["MAX_CACHED_LOGS", "LogBook"]

MAX_CACHED_LOGS = 512


class LogBook:
    """Reads logs from the feed. ``name``: what a person is called, in what is told of decisions."""

    def __init__(
        self, database: Database, name: Callable[[str], str], erasures: Callable[[], Erasures]
    ) -> None:
        self._database = database
        self._name = name
        self._erasures = erasures
        self._logs: dict[str, LogState] = {}
        self._read_through: dict[str, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}

    @contextlib.asynccontextmanager
    async def alone(self, logs: Iterable[str]) -> AsyncIterator[None]:
        """For as long as this lasts, nobody else of this process takes in anything of ``logs``."""
        async with contextlib.AsyncExitStack() as locked:
            for log in sorted(logs):
                await locked.enter_async_context(self._locks.setdefault(log, asyncio.Lock()))
            yield

    async def state(self, log: str) -> LogState:
        """The state of a log as of now: other servers of the same store write arrivals too."""
        state = self._logs.setdefault(log, LogState(log, self._name))
        since = self._read_through.get(log, 0)
        documents, through = await read_feed(self._database, since, frozenset({channels.log(log)}))
        for document in documents:
            kind = document.body.get("type")
            if kind == "arrival":
                state.add(read_arrival(document), document.seq)
            elif kind == JUDGED_AGAIN:
                state.judge_again(read_judged_again(document))
            else:
                state.decide(parse_entry(document))
        state.erase(self._erasures().numbers(log))
        self._read_through[log] = max(through, self._read_through.get(log, 0))
        return state

    def forget(self) -> None:
        """Drop what can be read again: the states of logs longest in memory, and idle locks."""
        while len(self._logs) > MAX_CACHED_LOGS:
            oldest = next(iter(self._logs))
            lock = self._locks.get(oldest)
            if lock is not None and lock.locked():
                return
            del self._logs[oldest]
            self._read_through.pop(oldest, None)
            self._locks.pop(oldest, None)
