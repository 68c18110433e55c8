"""Thousands of databases through a few open files."""

from __future__ import annotations

import asyncio
import resource
from contextlib import suppress
from pathlib import Path

import apsw
import pytest

from sync.errors import DatabaseMissing, StoreClosed
from sync.stores.sqlite import SqliteSettings, SqliteStore
from sync.stores.sqlite.handles import room_for
from sync.stores.sqlite.schema import MIGRATIONS
from tests.sync.stores.suite.helpers import edit, publish, read, write_one


def open_files(folder: Path) -> int:
    """How many files under ``folder`` this process has open."""
    count = 0
    for entry in Path("/proc/self/fd").iterdir():
        try:
            count += str(folder) in str(entry.readlink())
        except FileNotFoundError:  # the descriptor that lists the others
            continue
    return count


async def test_more_databases_than_handles(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(handles=3))
    databases = [await store.create(f"school-{number}") for number in range(20)]

    async def work(turn: int) -> None:
        for database in databases[turn:] + databases[:turn]:
            await write_one(database, edit(f"doc-{turn}", to="red", n=turn))
            assert (await read(database, f"doc-{turn}")).body == {"n": turn}

    await asyncio.gather(*(work(turn) for turn in range(5)))
    assert len(store._works.pool) <= 3
    await asyncio.sleep(0.1)  # files are closed by threads
    assert open_files(tmp_path) <= 3 * 5 + 1
    for database in databases:
        page = await database.changes(0, channels=frozenset({"red"}))
        assert {change.document.id for change in page.changes} == {f"doc-{n}" for n in range(5)}
    await store.close()
    assert open_files(tmp_path) == 0


async def test_handles_in_use_stay_open(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(handles=1))
    names = ["a", "b", "c"]
    for name in names:
        await store.create(name)
    pool = store._works.pool
    held = [await pool.acquire(name) for name in names]
    assert len(pool) == 3
    assert await pool.acquire("a") is held[0]
    pool.release(held[0])
    pool.release(held[1])
    assert len(pool) == 2
    assert held[0].connection.pragma("user_version") == len(MIGRATIONS)
    pool.release(held[0])
    pool.release(held[2])
    assert len(pool) == 1
    await store.close()


async def test_a_file_is_opened_once_for_all_who_ask(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await write_one(await store.create("a"), edit("x", n=1))
    await store.close()
    store = SqliteStore(tmp_path)
    pool = store._works.pool
    handles = await asyncio.gather(*(pool.acquire("a") for _ in range(10)))
    assert len({id(handle) for handle in handles}) == 1
    assert handles[0].users == 10
    for handle in handles:
        pool.release(handle)
    await store.close()


async def test_who_gives_up_does_not_end_it_for_the_others(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a")
    await store.close()
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    hurried, patient = asyncio.create_task(database.info()), asyncio.create_task(database.info())
    await asyncio.sleep(0)
    hurried.cancel()
    assert (await patient).update_seq == 0
    with pytest.raises(asyncio.CancelledError):
        await hurried
    await store.close()


async def test_reading_goes_on_while_a_commit_is_under_way(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    await write_one(database, edit("x", n=1))
    blocker = apsw.Connection(str(tmp_path / "a.sqlite"))
    blocker.execute("BEGIN IMMEDIATE")  # as if the disk took its time
    task = asyncio.create_task(write_one(database, publish("x", n=2)))
    await asyncio.sleep(0.02)
    assert not task.done()
    assert (await read(database, "x")).body == {"n": 1}
    assert len((await database.changes(0)).changes) == 1
    assert len((await database.changes(0, limit=5000)).changes) == 1
    blocker.execute("ROLLBACK")
    blocker.close()
    assert (await task).fresh
    assert (await read(database, "x")).body == {"n": 2}
    await store.close()


async def test_deleting_a_database_that_is_not_open(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(handles=1))
    await store.create("a")
    await store.create("b")
    assert store._works.pool.hot("a") is None
    await store.delete("a")
    assert await store.names() == ["b"]
    await store.close()


async def test_deleting_while_a_file_is_being_opened(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a")
    await store.close()
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    reading = asyncio.create_task(database.info())
    await asyncio.sleep(0)
    await store.delete("a")
    with suppress(DatabaseMissing):  # it may have been in time
        assert (await reading).update_seq == 0
    assert len(store._works.pool) == 0
    with pytest.raises(DatabaseMissing):
        await store._works.pool.acquire("a")
    assert open_files(tmp_path) == 1  # the lock
    await store.close()


async def test_closing_while_a_file_is_being_opened(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a")
    await store.close()
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    reading = asyncio.create_task(database.info())
    await asyncio.sleep(0)
    await store.close()
    with suppress(StoreClosed):  # it may have been in time
        assert (await reading).update_seq == 0
    with pytest.raises(StoreClosed):
        await store._works.pool.acquire("a")
    assert open_files(tmp_path) == 0


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> dict[str, tuple[int, int]]:
    """A pretended limit on open files."""
    now = {"limit": (1024, 4096)}
    monkeypatch.setattr(resource, "getrlimit", lambda _: now["limit"])
    monkeypatch.setattr(resource, "setrlimit", lambda _, limit: now.update(limit=limit))
    return now


def test_the_limit_on_open_files_is_raised_as_far_as_needed(
    limits: dict[str, tuple[int, int]],
) -> None:
    assert room_for(100) == 100
    assert limits["limit"] == (1024, 4096)
    assert room_for(256) == 256
    assert limits["limit"] == (1536, 4096)
    assert room_for(5000) == 768
    assert limits["limit"] == (4096, 4096)


def test_without_a_hard_limit_there_is_room_for_all(limits: dict[str, tuple[int, int]]) -> None:
    limits["limit"] = (1024, resource.RLIM_INFINITY)
    assert room_for(5000) == 5000


def test_there_is_always_room_for_one(limits: dict[str, tuple[int, int]]) -> None:
    limits["limit"] = (64, 64)
    assert room_for(256) == 1
