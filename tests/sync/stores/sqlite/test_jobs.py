"""Purging, compacting and configuring, between the commits of others."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import apsw
import pytest

from sync.errors import DatabaseMissing, StoreClosed, StoreError
from sync.store import Upload
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore, compaction
from sync.stores.sqlite.handles import Handle
from tests.sync.stores.suite.attachments import holding
from tests.sync.stores.suite.helpers import edit, feed, graft, publish, read, write, write_one


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    store = SqliteStore(tmp_path, SqliteSettings(rules=Rules(keep_superseded=True)))
    yield store
    await store.close()


@pytest.fixture(autouse=True)
def small_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compaction, "PORTION", 5)


async def test_writers_get_their_turn_while_a_database_is_compacted(store: SqliteStore) -> None:
    database = await store.create("a")
    for number in range(2):
        await write(database, *(publish(f"{name:03}", n=number) for name in range(200)))
    compacting = asyncio.create_task(database.compact())
    await asyncio.sleep(0)
    assert (await database.info()).compacting
    meanwhile = 0
    while not compacting.done():
        await write_one(database, publish("new", n=meanwhile))
        meanwhile += 1
    assert meanwhile > 3
    assert not (await database.info()).compacting
    record = await database.record("000")
    assert record is not None
    assert record.spares == {}
    assert (await read(database, "new")).body == {"n": meanwhile - 1}


async def test_many_attachments_are_dropped_in_portions(store: SqliteStore) -> None:
    database = await store.create("a")
    old = {f"f{n}": Upload("x/y", b"%d" % n) for n in range(23)}
    first = await write_one(database, holding(edit("a"), **old))
    await write_one(database, holding(edit("a", first.rev), kept=Upload("x/y", b"7")))
    await database.compact()
    found = [await database.attachment(upload.key) for upload in old.values()]
    assert [data for data in found if data] == [b"7"]


async def test_what_is_compacted_is_free_for_what_comes(store: SqliteStore) -> None:
    database = await store.create("a")
    await write_one(database, holding(edit("a"), a=Upload("x/y", bytes(1_000_000))))
    full = await database.info()
    await write_one(database, publish("a", n=2))
    await database.compact()
    after = await database.info()
    assert after.file_bytes - after.data_bytes > 900_000
    await write_one(database, holding(edit("b"), b=Upload("x/y", bytes(900_000))))
    assert (await database.info()).file_bytes <= full.file_bytes + 100_000


async def test_a_database_is_deleted_while_it_is_compacted(store: SqliteStore) -> None:
    database = await store.create("a")
    await write(database, *(publish(str(n % 50), n=n) for n in range(200)))
    compacting = asyncio.create_task(database.compact())
    await asyncio.sleep(0)
    await store.delete("a")
    with pytest.raises(DatabaseMissing):
        await compacting
    with pytest.raises(DatabaseMissing):
        await database.compact()
    with pytest.raises(DatabaseMissing):
        await database.purge({"a": []})
    with pytest.raises(DatabaseMissing):
        database.mark(1)


async def test_a_store_is_closed_while_it_is_compacted(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(rules=Rules(keep_superseded=True)))
    database = await store.create("a")
    await write(database, *(publish(str(n % 50), n=n) for n in range(200)))
    abandoned = asyncio.create_task(database.compact())
    await asyncio.sleep(0)
    abandoned.cancel()
    await store.close()
    with pytest.raises(StoreClosed):
        await database.settings()
    store = SqliteStore(tmp_path)
    assert len(await feed(await store.open("a"))) == 50
    await store.close()


async def test_a_purge_that_nobody_waits_for_is_done_all_the_same(store: SqliteStore) -> None:
    database = await store.create("a")
    await write(database, graft("a", "1-a"), graft("b", "1-b"))
    purging = asyncio.create_task(database.purge({"a": ["1-a"]}))
    await asyncio.sleep(0)
    purging.cancel()
    await write_one(database, edit("c"))
    assert await feed(database) == ["b", "c"]


async def test_a_purge_that_fails_changes_nothing(
    store: SqliteStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise apsw.FullError("no space")

    database = await store.create("a")
    await write(database, graft("a", "1-a"), graft("b", "1-b"))
    before = await database.info()
    with monkeypatch.context() as patched:
        patched.setattr(Handle, "commit", fail)
        with pytest.raises(StoreError):
            await database.purge({"a": ["1-a"]})
        with pytest.raises(StoreError):
            await database.configure(revs_limit=5)
    assert await database.info() == before
    assert await feed(database) == ["a", "b"]
    await database.purge({"a": ["1-a"]})
    assert await feed(database) == ["b"]


async def test_a_file_that_cannot_be_opened_fails_jobs_as_it_fails_writes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a")
    await store.close()
    (tmp_path / "a.sqlite-wal").unlink()
    (tmp_path / "a.sqlite").write_bytes(b"none of SQLite" * 1000)
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    with pytest.raises(StoreError):
        await database.purge({})
    with pytest.raises(StoreError):
        await database.configure(revs_limit=1)
    with pytest.raises(StoreError):
        await database.compact()
    await store.close()
