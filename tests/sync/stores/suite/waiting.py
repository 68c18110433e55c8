"""Waiting for news."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from sync.errors import DatabaseMissing, StoreClosed
from sync.store import Database, Store, WriteBatch
from tests.sync.stores.suite.helpers import edit, feed, publish, write, write_one

LONG_S = 30.0


@asynccontextmanager
async def waiting(
    database: Database, since: int, to: str | None
) -> AsyncIterator[asyncio.Task[bool]]:
    """Somebody who waits, and is waiting by now."""
    channels = None if to is None else frozenset(to.split())
    task = asyncio.create_task(database.wait(since, channels, LONG_S))
    await asyncio.sleep(0.02)
    assert not task.done()
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class WaitingSuite:
    """``wait``: woken by what concerns one, and by nothing else."""

    async def test_news_that_is_there_already(self, database: Database) -> None:
        result = await write_one(database, edit("a", to="red"))
        assert await database.wait(0, None, LONG_S)
        assert await database.wait(0, frozenset({"red", "blue"}), LONG_S)
        assert not await database.wait(0, frozenset({"blue"}), 0)
        assert not await database.wait(result.seq, None, 0)
        assert not await database.wait(0, frozenset(), 0)

    async def test_time_is_up(self, database: Database) -> None:
        loop = asyncio.get_running_loop()
        start = loop.time()
        assert not await database.wait(0, None, 0.05)
        assert not await database.wait(0, frozenset({"red"}), 0.05)
        assert loop.time() - start >= 0.09

    async def test_woken_by_any_write(self, database: Database) -> None:
        async with waiting(database, 0, None) as task:
            result = await write_one(database, edit("a"))
            assert await task
        async with waiting(database, result.seq, None) as task:
            await write_one(database, edit("b", to="red"))
            assert await task

    async def test_woken_by_its_channels_only(self, database: Database) -> None:
        async with waiting(database, 0, "red green") as red, waiting(database, 0, "blue") as blue:
            await write_one(database, edit("a", to="green"))
            assert await red
            await write_one(database, edit("b"))
            await asyncio.sleep(0.02)
            assert not blue.done()
            await write_one(database, edit("c", to="black blue"))
            assert await blue

    async def test_woken_by_what_leaves(self, database: Database) -> None:
        first = await write_one(database, edit("a", to="red"))
        async with waiting(database, first.seq, "red") as task:
            await write_one(database, publish("a", to="blue"))
            assert await task
        assert await feed(database, first.seq, to="red") == ["!a"]
        assert await database.wait(first.seq, frozenset({"red"}), LONG_S)

    async def test_not_woken_by_what_changes_nothing(self, database: Database) -> None:
        first = await write_one(database, publish("a", to="red", n=1))
        since = first.seq
        async with waiting(database, since, "red") as red, waiting(database, since, None) as anyone:
            await write_one(database, publish("a", to="red", n=1))
            await write_one(database, edit("a", "1-old", to="red"))
            await database.write(WriteBatch(local={"x": {}}))
            await asyncio.sleep(0.02)
            assert not red.done()
            assert not anyone.done()

    async def test_not_woken_before_its_place(self, database: Database) -> None:
        async with waiting(database, 2, "red") as red, waiting(database, 2, None) as anything:
            await write_one(database, edit("a", to="red"))
            await write_one(database, edit("b", to="red"))
            await asyncio.sleep(0.02)
            assert not red.done()
            assert not anything.done()
            await write_one(database, edit("c", to="red"))
            assert await red
            assert await anything

    async def test_many_waiters(self, database: Database) -> None:
        people = [frozenset({"staff", f"person:{n}"}) for n in range(2000)]
        tasks = [asyncio.create_task(database.wait(0, mine, LONG_S)) for mine in people]
        await asyncio.sleep(0.02)
        await write_one(database, edit("a", to="person:7"))
        assert await tasks[7]
        assert sum(task.done() for task in tasks) == 1
        await write_one(database, edit("b", to="staff"))
        assert all(await asyncio.gather(*tasks))

    async def test_a_waiter_that_went_away_is_no_trouble(self, database: Database) -> None:
        async with waiting(database, 0, "red") as stays:
            async with waiting(database, 0, "red") as goes:
                goes.cancel()
            await write_one(database, edit("a", to="red"))
            assert await stays

    async def test_nothing_is_missed_between_reading_and_waiting(self, database: Database) -> None:
        async def follow() -> int:
            since = 0
            while since < 100:
                if await database.wait(since, frozenset({"red"}), LONG_S):
                    since = (await database.changes(since, channels=frozenset({"red"}))).last_seq
            return since

        async def work() -> None:
            for number in range(100):
                await write_one(database, edit(str(number), to="red"))

        followers = [follow() for _ in range(5)]
        found = await asyncio.wait_for(asyncio.gather(work(), *followers), LONG_S)
        assert found[1:] == [100] * 5

    async def test_closing_wakes_everybody(self, store: Store, database: Database) -> None:
        async with waiting(database, 0, None) as one, waiting(database, 0, "red") as other:
            await store.close()
            assert not await one
            assert not await other
        with pytest.raises(StoreClosed):
            await database.wait(0, None, LONG_S)

    async def test_deleting_wakes_everybody(self, store: Store, database: Database) -> None:
        async with waiting(database, 0, None) as one, waiting(database, 0, "red") as other:
            await store.delete(database.name)
            assert not await one
            assert not await other
        with pytest.raises(DatabaseMissing):
            await database.wait(0, None, LONG_S)

    async def test_waiters_of_one_database_hear_nothing_of_another(
        self, store: Store, database: Database
    ) -> None:
        other = await store.create("other")
        async with waiting(database, 0, "red") as task:
            await write(other, edit("a", to="red"))
            await asyncio.sleep(0.02)
            assert not task.done()
