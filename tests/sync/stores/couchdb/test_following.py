"""What a follower makes of looks that ended otherwise than well."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from typing import Any

from sync.stores.couchdb.following import _hear


async def _failing() -> None:
    raise OSError("no answer")


async def _waiting() -> None:
    await asyncio.sleep(60)


async def test_nobody_is_told_of_a_look_that_failed_or_was_called_off_and_nobody_waited_for() -> (
    None
):
    told: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    failed, called_off = asyncio.create_task(_failing()), asyncio.create_task(_waiting())
    for task in (failed, called_off):
        task.add_done_callback(_hear)
    await asyncio.sleep(0)
    called_off.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await called_off
    assert failed.done()
    del failed, called_off, task
    gc.collect()
    assert told == []
