"""Wakes: the requests that devices hold open, ended at once where a device is revoked."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

__all__ = ["Wakes"]


class Wakes:
    """Who waits, by device."""

    def __init__(self) -> None:
        self._open: dict[str, set[asyncio.Timeout]] = {}

    def __contains__(self, device: str) -> bool:
        return device in self._open

    async def until_woken(self, device: str, news: Callable[[], Awaitable[bool]]) -> bool:
        """Wait for ``news``; True as well when ``device`` is woken, so that it is looked at."""
        limit = asyncio.timeout(None)
        mine = self._open.setdefault(device, set())
        try:
            async with limit:
                mine.add(limit)
                return await news()
        except TimeoutError:
            if not limit.expired():
                raise
            return True
        finally:
            mine.discard(limit)
            if not mine and self._open.get(device) is mine:
                del self._open[device]

    def end(self, device: str) -> None:
        """Wake every request that ``device`` holds open."""
        for limit in list(self._open.get(device, ())):
            if not limit.expired():
                limit.reschedule(asyncio.get_running_loop().time())
