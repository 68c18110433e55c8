"""Turns: a school's storm waits in its own line, and slows nobody else's work.

So many requests of one person, and of one school, are worked on at a time; more wait in the order
they came. Whoever else asks is then among few, however many tablets of that school come back
at once. Requests that are held for news are not being worked on.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Hashable

from server.metrics import Metrics
from server.problems import Refusal

__all__ = ["MAX_LINE", "Turns"]

MAX_LINE = 2000
"""Requests that may wait in one line; more are told to come back."""
RETRY_S = 5


class _Line:
    """Those worked on for one key, and those who wait."""

    __slots__ = ("inside", "places")

    def __init__(self, places: int) -> None:
        self.places = asyncio.Semaphore(places)
        self.inside = 0


class Turns:
    """Lines by key, each kept only while somebody is in it. ``places`` 0: nobody waits."""

    def __init__(self, places: int, metrics: Metrics) -> None:
        self._places = places
        self._metrics = metrics
        self._lines: dict[Hashable, _Line] = {}

    def __len__(self) -> int:
        return len(self._lines)

    @contextlib.asynccontextmanager
    async def turn(self, key: Hashable) -> AsyncIterator[None]:
        """Have a turn. Raises ``Refusal`` (``busy``) where the line is too long."""
        if not self._places:
            yield
            return
        line = self._lines.get(key)
        if line is None:
            line = self._lines[key] = _Line(self._places)
        elif line.inside >= self._places + MAX_LINE:
            self._metrics.limited("line")
            raise Refusal(
                "busy",
                "Very many requests of your school wait to be answered. Nothing is lost; "
                f"what was not sent is sent in {RETRY_S} seconds.",
                {"Retry-After": str(RETRY_S)},
            )
        line.inside += 1
        try:
            async with line.places:
                yield
        finally:
            line.inside -= 1
            if not line.inside:
                del self._lines[key]
