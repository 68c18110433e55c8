"""Errands: publishing what was carried into a database, also where nobody has it open.

After a start everything is looked at from which something may wait to be carried: a process that
was killed between two databases is gone on with before anybody asks.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from server.family.atlas import Atlas
from server.logs import log, place
from server.problems import Refusal
from server.publishers import Publishers
from sync.intake import Intake

__all__ = ["Errands"]


class Open(Protocol):
    """A database in use."""

    intake: Intake
    publisher: Publishers


Use = Callable[[str], AbstractAsyncContextManager[Open]]


class Errands:
    """Runs them in the background; ``use`` opens a database for as long as it takes."""

    def __init__(self, use: Use) -> None:
        self._use = use
        self._waiting: dict[str, set[str]] = {}
        """By database, the topics of what was carried into it."""
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sweeper: asyncio.Task[None] | None = None
        self._closed = False

    def start(self, atlas: Atlas) -> None:
        """Go on with what was to be carried when the process ended last, where the atlas says."""
        self._sweeper = asyncio.create_task(self._sweep(atlas))

    def run(self, name: str, topics: frozenset[str]) -> None:
        """Have what was carried into a database published; what is published already needs none."""
        if not topics or self._closed:
            return
        self._waiting.setdefault(name, set()).update(topics)
        task = self._tasks.get(name)
        if task is None or task.done():
            self._tasks[name] = asyncio.create_task(self._run(name))

    async def settle(self) -> None:
        """Wait until all of them are done."""
        while running := [one for one in self._tasks.values() if not one.done()]:
            await asyncio.gather(*running)

    async def close(self) -> None:
        """Stop; the next start goes on, also with what is carried while databases are let go."""
        self._closed = True
        tasks = [one for one in (self._sweeper, *self._tasks.values()) if one is not None]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, name: str) -> None:
        while name in self._waiting:
            topics = self._waiting.pop(name)
            await self._look(name, topics)

    async def _look(self, name: str, topics: set[str]) -> None:
        try:
            async with self._use(name) as opened:
                # What waited there for what has come is judged again.
                topics |= await opened.intake.settle()
                opened.publisher.wake(topics)
                await opened.publisher.settle()
        except Refusal as refusal:
            log().info("a database could not be opened to be published", code=refusal.code)
        except Exception as error:  # noqa: BLE001  # whoever opens it next goes on
            log().error("publishing failed", error=type(error).__name__, at=place(error))

    async def _sweep(self, atlas: Atlas) -> None:
        try:
            done, more = frozenset[str](), True
            while more:
                more = await atlas.explore()
                for name in sorted(atlas.live - done):
                    await self._look(name, set())
                done |= atlas.live
        except Exception as error:  # noqa: BLE001  # whoever opens them next goes on
            log().error("looking for what to carry failed", error=type(error).__name__)
