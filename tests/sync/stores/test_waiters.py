"""The index of those who wait."""

from __future__ import annotations

import asyncio

from sync.stores.waiters import Waiters

LONG_S = 30.0
RED_AND_BLUE = frozenset({"red", "blue"})


async def waiting(
    waiters: Waiters, since: int, channels: frozenset[str] | None
) -> asyncio.Task[bool]:
    task = asyncio.create_task(waiters.wait(since, channels, LONG_S))
    await asyncio.sleep(0)
    return task


async def test_a_waiter_is_told_once_however_often_it_is_called() -> None:
    waiters = Waiters()
    task = await waiting(waiters, 0, RED_AND_BLUE)
    waiters.notify(1, ["red", "blue"])
    waiters.notify(2, ["red"])
    waiters.close()
    assert await task


async def test_nothing_is_kept_of_those_who_went() -> None:
    waiters = Waiters()
    tasks = [await waiting(waiters, 0, channels) for channels in (None, RED_AND_BLUE, RED_AND_BLUE)]
    tasks[1].cancel()
    await asyncio.sleep(0)
    assert set(waiters._by_channel) == RED_AND_BLUE
    waiters.notify(1, ["blue"])
    assert await tasks[0]
    assert await tasks[2]
    assert not waiters._any
    assert not waiters._by_channel


async def test_nobody_waits_once_it_is_closed() -> None:
    waiters = Waiters()
    task = await waiting(waiters, 0, None)
    waiters.close()
    assert not await task
    assert not await waiters.wait(0, None, LONG_S)
    assert not await waiters.wait(0, RED_AND_BLUE, LONG_S)
