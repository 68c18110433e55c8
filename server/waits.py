"""Waits: requests held open for news, ended by news, by time, by the client, or by a stop.

A held request costs its connection and two small coroutines, no thread. At a stop every one is
answered at once, so that the server does not wait for people who wait for it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from starlette.types import Receive

__all__ = ["Waits"]


class Waits:
    """The requests that are waiting now."""

    def __init__(self) -> None:
        self._open: set[asyncio.Timeout] = set()
        self.closing = False

    def __len__(self) -> int:
        return len(self._open)

    async def hold(self, receive: Receive, news: Coroutine[Any, Any, bool]) -> bool:
        """Wait for ``news``; False as well when the client goes away or the server stops.

        The request's body must have been read: what ``receive`` has left is the disconnect.
        """
        if self.closing:
            news.close()
            return False
        limit = asyncio.timeout(None)
        watcher: asyncio.Task[None] | None = None
        try:
            async with limit:
                self._open.add(limit)
                watcher = asyncio.create_task(_watch(receive, limit))
                return await news
        except TimeoutError:
            if not limit.expired():
                raise
            return False
        finally:
            self._open.discard(limit)
            if watcher is not None:
                watcher.cancel()

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
