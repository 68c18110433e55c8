"""Commits through the journal: together, in order, or not at all."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from functools import partialmethod
from pathlib import Path
from typing import Any

import apsw
import pytest

from sync.errors import StoreError, StoreFull
from sync.store import Database
from sync.stores.sqlite import SqliteSettings, SqliteStore
from sync.stores.sqlite.handles import Handle
from sync.stores.sqlite.journal import Journal
from sync.stores.sqlite.journal_file import CHUNK_BYTES, JournalFile, sync_logs
from sync.stores.sqlite.statements import Statement
from tests.sync.stores.sqlite.test_journal_file import files_up_to
from tests.sync.stores.suite.helpers import edit, feed, publish, read, write_one

FAILED = "The disk of .* failed .*no more are taken"


class Gate:
    """Holds a function back until it is opened; counts its calls. ``error``: raised instead."""

    def __init__(self, real: Any) -> None:
        self.real = real
        self.open = threading.Event()
        self.open.set()
        self.calls = 0
        self.error: Exception | None = None

    def __call__(self, *args: Any) -> Any:
        self.calls += 1
        self.open.wait()
        if self.error is not None:
            raise self.error
        return self.real(*args)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Gate:
    """What the journal's fsyncs go through."""
    gate = Gate(os.fdatasync)
    monkeypatch.setattr(os, "fdatasync", gate)
    return gate


def _through(handle: Handle, gate: Gate, statements: Sequence[Statement]) -> None:
    gate(handle, statements)


@pytest.fixture
def applying(monkeypatch: pytest.MonkeyPatch) -> Iterator[Gate]:
    """What commits go through once they are in the journal."""
    gate = Gate(Handle.apply)
    monkeypatch.setattr(Handle, "apply", partialmethod(_through, gate))
    yield gate
    gate.open.set()


def journals(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("tidemark.journal-*"))


def journal_of(store: SqliteStore) -> Journal:
    assert isinstance(store._journal, Journal)
    return store._journal


async def until(condition: Any) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    pytest.fail("It did not come about.")


async def ids_after_a_crash(folder: Path, name: str) -> list[str]:
    """What is found when the server was killed just now, and its machine went on."""
    left = folder.parent / "left"
    shutil.rmtree(left, ignore_errors=True)
    shutil.copytree(folder, left)
    store = SqliteStore(left)
    found = await feed(await store.open(name))
    await store.close()
    return found


async def test_databases_share_an_fsync(tmp_path: Path, disk: Gate) -> None:
    store = SqliteStore(tmp_path)
    databases = [await store.create(f"school-{number}") for number in range(20)]
    disk.open.clear()
    first = asyncio.create_task(write_one(databases[0], edit("x")))
    await until(lambda: disk.calls == 1)
    others = [asyncio.create_task(write_one(one, edit("x"))) for one in databases[1:]]
    await asyncio.sleep(0.02)
    assert not any(task.done() for task in (first, *others))
    disk.open.set()
    await asyncio.gather(first, *others)
    assert disk.calls == 2
    for database in databases:
        assert await feed(database) == ["x"]
    await store.close()


async def test_no_reader_waits_for_a_writer(tmp_path: Path, disk: Gate, applying: Gate) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    await write_one(database, edit("x", n=1))

    async def old(task: asyncio.Task[Any]) -> None:
        assert (await read(database, "x")).body == {"n": 1}
        assert len((await database.changes(0)).changes) == 1
        assert len((await database.changes(0, limit=5000)).changes) == 1
        assert not await database.wait(1, None, 0)
        assert not task.done()

    for gate in (disk, applying):
        gate.open.clear()
    calls = disk.calls
    task = asyncio.create_task(write_one(database, publish("x", n=2)))
    await until(lambda: disk.calls > calls)
    await old(task)  # it is not on disk yet
    disk.open.set()
    await until(lambda: applying.calls == 2)
    await old(task)  # it is, and is not carried out yet
    applying.open.set()
    await task
    assert (await read(database, "x")).body == {"n": 2}
    await store.close()


async def test_after_a_failed_fsync_nothing_more_is_taken(tmp_path: Path, disk: Gate) -> None:
    store = SqliteStore(tmp_path / "data")
    database, other = await store.create("a"), await store.create("b")
    await write_one(database, edit("x"))
    disk.error = OSError(errno.EIO, "broken")
    with pytest.raises(StoreError, match=FAILED):
        await write_one(database, edit("y"))
    disk.error = None
    for one in (database, other):
        with pytest.raises(StoreError, match=FAILED):
            await write_one(one, edit("z"))
    assert await feed(database) == ["x"]
    await store.close()
    assert journals(tmp_path / "data") == ["tidemark.journal-1"]
    store = SqliteStore(tmp_path / "data")
    assert (await feed(await store.open("a")))[0] == "x"
    assert await feed(await store.open("b")) == []
    await write_one(await store.open("b"), edit("z"))
    await store.close()


async def test_what_waits_while_the_disk_fails_is_refused(tmp_path: Path, disk: Gate) -> None:
    store = SqliteStore(tmp_path)
    databases = [await store.create(name) for name in "ab"]
    disk.open.clear()
    disk.error = OSError(errno.EIO, "broken")
    first = asyncio.create_task(write_one(databases[0], edit("x")))
    await until(lambda: disk.calls == 1)
    second = asyncio.create_task(write_one(databases[1], edit("x")))
    await asyncio.sleep(0.01)
    disk.open.set()
    for task in (first, second):
        with pytest.raises(StoreError, match=FAILED):
            await task
    assert disk.calls == 1
    await store.close()


async def test_a_log_that_cannot_be_begun_anew_is_a_failed_disk(
    tmp_path: Path, applying: Gate
) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    applying.error = apsw.IOError("fsync")
    applying.error.extendedresult = apsw.SQLITE_IOERR_FSYNC  # type: ignore[attr-defined]
    with pytest.raises(StoreError, match=FAILED):
        await write_one(database, edit("x"))
    applying.error = None
    with pytest.raises(StoreError, match=FAILED):
        await write_one(database, edit("x"))
    await store.close()
    store = SqliteStore(tmp_path)
    assert await feed(await store.open("a")) == ["x"]  # it was in the journal
    await store.close()


async def test_a_setting_that_cannot_be_brought_to_disk_is_a_failed_disk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    commit = Gate(Handle.commit)
    commit.error = apsw.IOError("fsync")
    commit.error.extendedresult = apsw.SQLITE_IOERR_FSYNC  # type: ignore[attr-defined]
    with monkeypatch.context() as patch:
        patch.setattr(Handle, "commit", partialmethod(_through, commit))
        with pytest.raises(StoreError, match=FAILED):
            await database.configure(revs_limit=5)
    with pytest.raises(StoreError, match=FAILED):
        await write_one(database, edit("x"))
    await store.close()


async def test_what_cannot_be_carried_out_is_withdrawn(tmp_path: Path, applying: Gate) -> None:
    folder = tmp_path / "data"
    store = SqliteStore(folder)
    database, other = await store.create("a"), await store.create("b")
    await write_one(database, edit("x"))
    applying.error = apsw.FullError("full")
    with pytest.raises(StoreFull):
        await write_one(database, edit("refused"))
    assert await ids_after_a_crash(folder, "a") == ["x"]
    applying.error = None
    result = await write_one(database, edit("y"))
    assert result.seq == 2
    await write_one(other, edit("z"))
    assert await ids_after_a_crash(folder, "a") == ["x", "y"]
    await store.close()


async def test_what_cannot_be_withdrawn_stops_the_store(
    tmp_path: Path, applying: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    applying.error = apsw.FullError("full")
    applying.open.clear()
    task = asyncio.create_task(write_one(database, edit("x")))
    await until(lambda: applying.calls)
    full = OSError(errno.ENOSPC, "full")
    monkeypatch.setattr(JournalFile, "append", lambda self, entries: [full] * len(entries))
    applying.open.set()
    with pytest.raises(StoreFull):
        await task
    monkeypatch.undo()
    with pytest.raises(StoreError, match=FAILED):
        await write_one(database, edit("y"))
    await store.close()


async def test_a_full_journal_stores_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    store = SqliteStore(folder)
    databases = {name: await store.create(name) for name in ("big", "small")}
    await write_one(databases["small"], edit("first"))
    before = await databases["big"].info()
    with files_up_to(CHUNK_BYTES):
        big = edit("big", text="x" * CHUNK_BYTES)
        outcomes = await asyncio.gather(
            write_one(databases["big"], big),
            write_one(databases["small"], edit("second")),
            return_exceptions=True,
        )
        assert isinstance(outcomes[0], StoreFull)
        assert "nothing of the write to database 'big' was stored" in str(outcomes[0])
        assert not isinstance(outcomes[1], BaseException)
        assert await databases["big"].info() == before
        assert await ids_after_a_crash(folder, "big") == []
        assert await ids_after_a_crash(folder, "small") == ["first", "second"]
    await write_one(databases["big"], big)
    assert await ids_after_a_crash(folder, "big") == ["big"]
    await store.close()
    assert not journals(folder)


async def test_a_journal_that_cannot_be_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(journal_bytes=1))
    database = await store.create("a")

    def fail(*args: Any) -> JournalFile:
        raise OSError(errno.ENOSPC, "full")

    with monkeypatch.context() as patch:
        patch.setattr(JournalFile, "create", fail)
        with pytest.raises(StoreFull):
            await write_one(database, edit("x"))
    await write_one(database, edit("y"))
    with monkeypatch.context() as patch:  # the old one goes on as long as it has room
        patch.setattr(JournalFile, "create", fail)
        await write_one(database, edit("z"))
    assert await feed(database) == ["y", "z"]
    await store.close()
    assert not journals(tmp_path)


async def test_a_journal_goes_when_all_in_it_is_on_disk(
    tmp_path: Path, applying: Gate, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(journal_bytes=1))
    slow, fast = await store.create("slow"), await store.create("fast")
    applying.open.clear()
    task = asyncio.create_task(write_one(slow, edit("x")))
    await until(lambda: applying.calls == 1)
    monkeypatch.setattr(Handle, "apply", applying.real)
    await write_one(fast, edit("1"))  # in the second file
    await write_one(fast, edit("2"))
    assert journals(tmp_path) == ["tidemark.journal-1", "tidemark.journal-2"]
    applying.open.set()
    await task
    await until(lambda: journal_of(store)._retiring is None)
    assert journals(tmp_path) == ["tidemark.journal-2"]
    await write_one(slow, edit("y"))
    await until(lambda: journal_of(store)._retiring is None)
    assert journals(tmp_path) == ["tidemark.journal-3"]
    await store.close()
    assert not journals(tmp_path)


async def test_a_store_closes_while_a_journal_is_retired(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(journal_bytes=1))
    database = await store.create("a")
    logs = Gate(sync_logs)
    monkeypatch.setattr("sync.stores.sqlite.journal.sync_logs", logs)
    await write_one(database, edit("x"))
    logs.open.clear()
    await write_one(database, edit("y"))
    await until(lambda: logs.calls == 1)
    closing = asyncio.create_task(store.close())
    await asyncio.sleep(0.02)
    assert not closing.done()
    logs.open.set()
    await closing
    assert not journals(tmp_path)


@pytest.mark.parametrize("closing", [False, True])
async def test_a_database_that_cannot_be_brought_to_disk_keeps_its_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, closing: bool
) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(journal_bytes=1))
    database = await store.create("a")
    await write_one(database, edit("x"))
    logs = Gate(sync_logs)
    logs.error = OSError(errno.EIO, "broken")
    monkeypatch.setattr("sync.stores.sqlite.journal.sync_logs", logs)
    if not closing:
        await write_one(database, edit("y"))
        await until(lambda: journal_of(store)._broken)
        with pytest.raises(StoreError, match=FAILED):
            await write_one(database, edit("z"))
    await store.close()
    assert "tidemark.journal-1" in journals(tmp_path)


async def test_who_is_cancelled_leaves_the_journal_as_it_was(
    tmp_path: Path, applying: Gate
) -> None:
    store = SqliteStore(tmp_path)
    database: Database = await store.create("a")
    pool, log = store._works.pool, store._journal
    handle = await pool.acquire("a")
    applying.open.clear()
    task = asyncio.create_task(log.commit(handle, "a", 0, []))
    await until(lambda: applying.calls == 1)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert handle.committing  # a thread still has it
    applying.open.set()
    await until(lambda: not handle.committing)
    pool.release(handle)
    await write_one(database, edit("x"))
    await store.close()
