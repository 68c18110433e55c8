"""Waits: requests held open for news, ended by news, by time, by the client, or by a stop.

A held request costs its connection and two small coroutines, no thread. At a stop every one is
answered at once, so that the server does not wait for people who wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Hashable
from typing import Any, TypeVar

from starlette.types import Receive

__all__ = ["Waits"]

T = TypeVar("T")


class Waits:
    """The requests that are waiting now."""

    def __init__(self) -> None:
        self._open: set[asyncio.Timeout] = set()
        self._named: dict[str, set[asyncio.Timeout]] = {}
        self._shared: dict[Hashable, asyncio.Task[Any]] = {}
        self.closing = False

    def __len__(self) -> int:
        return len(self._open)

    async def hold(self, receive: Receive, news: Awaitable[bool], name: str = "") -> bool:
        """Wait for ``news``; False as well when the client goes away, or the server stops, or
        whatever is of this ``name`` is let go (:meth:`end`).

        The request's body must have been read: what ``receive`` has left is the disconnect.
        """
        if self.closing:
            if isinstance(news, Coroutine):
                news.close()
            return False
        limit = asyncio.timeout(None)
        watcher: asyncio.Task[None] | None = None
        try:
            async with limit:
                self._open.add(limit)
                self._named.setdefault(name, set()).add(limit)
                watcher = asyncio.create_task(_watch(receive, limit))
                return await news
        except TimeoutError:
            if not limit.expired():
                raise
            return False
        finally:
            self._open.discard(limit)
            self._unname(name, limit)
            if watcher is not None:
                watcher.cancel()

    def end(self, name: str) -> None:
        """Let go of every request that waits under ``name``."""
        for limit in list(self._named.get(name, ())):
            _end(limit)

    def _unname(self, name: str, limit: asyncio.Timeout) -> None:
        named = self._named.get(name, set())
        named.discard(limit)
        if not named:
            self._named.pop(name, None)

    async def together(self, key: Hashable, make: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Do once what several ask for at the same time: all who say ``key`` get its result."""
        task: asyncio.Task[T] | None = self._shared.get(key)
        if task is None:
            task = self._shared[key] = asyncio.create_task(make())
            task.add_done_callback(lambda _: self._shared.pop(key, None))
        return await asyncio.shield(task)

    def close(self) -> None:
        """End every wait, and let none begin."""
        self.closing = True
        for limit in list(self._open):
            _end(limit)


async def _watch(receive: Receive, limit: asyncio.Timeout) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    _end(limit)


def _end(limit: asyncio.Timeout) -> None:
    if not limit.expired():
        limit.reschedule(asyncio.get_running_loop().time())
