"""Held requests: ended by news, by the client, by a stop; an error of the store's stays one."""

from __future__ import annotations

import asyncio

import pytest
from starlette.types import Message

from server.waits import Waits


async def connected() -> Message:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits that long")


async def gone() -> Message:
    return {"type": "http.disconnect"}


async def never() -> bool:
    await asyncio.sleep(60)
    raise AssertionError("nobody waits that long")


async def news() -> bool:
    return True


async def test_news_ends_a_wait() -> None:
    waits = Waits()
    assert await waits.hold(connected, news())
    assert len(waits) == 0


async def test_a_client_that_left_ends_its_wait() -> None:
    waits = Waits()
    async with asyncio.timeout(5):
        assert not await waits.hold(gone, never())
    assert len(waits) == 0


async def test_a_stop_ends_all_waits_and_lets_none_begin() -> None:
    waits = Waits()
    held = [asyncio.create_task(waits.hold(connected, never())) for _ in range(3)]
    await asyncio.sleep(0)
    assert len(waits) == 3
    waits.close()
    waits.close()
    async with asyncio.timeout(5):
        assert await asyncio.gather(*held) == [False] * 3
        assert not await waits.hold(connected, never())


async def test_a_timeout_of_the_stores_own_is_an_error() -> None:
    async def late() -> bool:
        raise TimeoutError("the store")

    with pytest.raises(TimeoutError, match="the store"):
        await Waits().hold(connected, late())


async def test_a_cancelled_request_is_cancelled() -> None:
    waits = Waits()
    task = asyncio.create_task(waits.hold(connected, never()))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert len(waits) == 0


async def test_what_several_ask_for_together_is_done_once() -> None:
    waits = Waits()
    made: list[int] = []

    async def make() -> int:
        made.append(len(made))
        await asyncio.sleep(0)
        return made[-1]

    first = await asyncio.gather(*(waits.together("key", make) for _ in range(5)))
    assert (first, made) == ([0] * 5, [0])
    assert await waits.together("key", make) == 1
    both = await asyncio.gather(waits.together("a", make), waits.together("b", make))
    assert len(set(made)) == 4
    assert both


async def test_who_leaves_does_not_spoil_it_for_the_others() -> None:
    waits = Waits()
    go = asyncio.Event()

    async def make() -> str:
        await go.wait()
        return "done"

    tasks = [asyncio.create_task(waits.together("key", make)) for _ in range(3)]
    await asyncio.sleep(0)
    tasks[0].cancel()
    await asyncio.sleep(0)
    go.set()
    assert await asyncio.gather(*tasks[1:]) == ["done", "done"]
    assert tasks[0].cancelled()


async def test_an_error_is_everybodys() -> None:
    waits = Waits()

    async def make() -> None:
        await asyncio.sleep(0)
        raise LookupError("none")

    each = await asyncio.gather(
        *(waits.together("key", make) for _ in range(3)), return_exceptions=True
    )
    assert [type(one) for one in each] == [LookupError] * 3
