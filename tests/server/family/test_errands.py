"""Errands: what was carried is published also where nobody has it open, and left where all ends."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from typing import Any

from server.relay.errands import Errands

TOPICS = frozenset({"concern:c-1"})


class Opened:
    """A database, as far as an errand needs one; it says what was done with it."""

    def __init__(self) -> None:
        self.did: list[str] = []
        self.intake = self
        self.publisher = Published(self.did)

    async def settle(self) -> set[str]:
        self.did.append("judged again")
        return set()


class Published:
    def __init__(self, did: list[str]) -> None:
        self._did = did

    def wake(self, topics: set[str]) -> None:
        self._did.append(f"woken for {', '.join(sorted(topics))}")

    async def settle(self) -> None:
        await asyncio.sleep(0)
        self._did.append("published")


def errands(opened: Opened) -> tuple[Errands, list[str]]:
    used: list[str] = []

    @contextlib.asynccontextmanager
    async def use(name: str) -> AsyncIterator[Any]:
        used.append(name)
        yield opened

    return Errands(use), used


async def test_what_was_carried_is_published_without_anybody_opening_it():
    opened = Opened()
    found, used = errands(opened)
    found.run("sch-1", TOPICS)
    found.run("sch-1", frozenset())
    await found.settle()
    assert used == ["sch-1"]
    assert opened.did == ["judged again", "woken for concern:c-1", "published"]


async def test_what_is_carried_while_all_is_let_go_is_left_to_the_next_start():
    found, used = errands(Opened())
    found.run("sch-1", TOPICS)
    await found.close()
    found.run("sch-1", TOPICS)
    await found.settle()
    await asyncio.sleep(0)
    assert used == []
