"""Who waits for news in a database, found by channel, so that a write wakes those it concerns.

Nothing polls: a waiter costs a future, a timer and one set entry a channel; a write costs what it
wakes. Used from one event loop.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

__all__ = ["Waiters"]


class _Waiter:
    """One call of :meth:`Waiters.wait`."""

    __slots__ = ("channels", "future", "since")

    def __init__(
        self, since: int, channels: frozenset[str] | None, future: asyncio.Future[bool]
    ) -> None:
        self.since = since
        self.channels = channels
        self.future = future

    def answer(self, news: bool) -> None:
        if not self.future.done():
            self.future.set_result(news)


class Waiters:
    """The waiters of one database."""

    __slots__ = ("_any", "_by_channel", "_closed")

    def __init__(self) -> None:
        self._any: set[_Waiter] = set()
        self._by_channel: dict[str, set[_Waiter]] = {}
        self._closed = False

    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        """Wait for news after ``since`` in ``channels``; False when time is up, or on closing.

        Whoever calls has looked at the feed and found nothing, without awaiting in between.
        """
        if self._closed or timeout_s <= 0:
            return False
        loop = asyncio.get_running_loop()
        waiter = _Waiter(since, channels, loop.create_future())
        self._add(waiter)
        timer = loop.call_later(timeout_s, waiter.answer, False)
        try:
            return await waiter.future
        finally:
            timer.cancel()
            self._discard(waiter)

    def notify(self, seq: int, channels: Iterable[str]) -> None:
        """Wake those who wait for anything before ``seq``, or for one of ``channels``."""
        woken = list(self._any)
        for channel in channels:
            woken.extend(self._by_channel.get(channel, ()))
        for waiter in woken:
            if seq > waiter.since:
                waiter.answer(True)

    def close(self) -> None:
        """Wake everybody with False, now and from now on."""
        self._closed = True
        for waiters in (self._any, *self._by_channel.values()):
            for waiter in waiters:
                waiter.answer(False)

    def _add(self, waiter: _Waiter) -> None:
        if waiter.channels is None:
            self._any.add(waiter)
        else:
            for channel in waiter.channels:
                self._by_channel.setdefault(channel, set()).add(waiter)

    def _discard(self, waiter: _Waiter) -> None:
        if waiter.channels is None:
            self._any.discard(waiter)
            return
        for channel in waiter.channels:
            waiters = self._by_channel[channel]
            waiters.discard(waiter)
            if not waiters:
                del self._by_channel[channel]
