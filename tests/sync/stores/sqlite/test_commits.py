"""Gathered commits: one batch that fails takes no other with it; a full disk stores nothing."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import apsw
import pytest

from sync.errors import StoreError, StoreFull
from sync.store import Database, WriteBatch
from sync.stores.sqlite import FileSettings, SqliteSettings, SqliteStore
from sync.stores.sqlite.failures import told
from sync.stores.sqlite.statements import ROWS_EACH, for_rows
from tests.sync.stores.suite.helpers import edit, feed, publish, read, write, write_one

PAGES = 40
PAGE = 8192


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SqliteStore]:
    """A store whose databases may have forty pages each."""
    store = SqliteStore(tmp_path, SqliteSettings(files=FileSettings(max_pages=PAGES)))
    yield store
    await store.close()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def fill(database: Database) -> list[str]:
    """Write until there is no room; return the ids that were stored."""
    stored: list[str] = []
    while True:
        ids = [f"{len(stored) + part:04}" for part in range(3)]
        try:
            await write(database, *(edit(name, to="red", text=name * 300) for name in ids))
        except StoreFull:
            return stored
        stored += ids


async def test_when_it_is_full_nothing_of_a_batch_is_stored(small: SqliteStore) -> None:
    database = await small.create("a")
    stored = await fill(database)
    before = await database.info()
    assert len(stored) > 10
    with pytest.raises(StoreFull, match="There is no space left"):
        await database.write(WriteBatch([edit("big", t="x" * PAGES * PAGE)], {"local": {}}))
    assert await database.read(["big"]) == [None]
    assert await database.read_local("local") is None
    assert await database.info() == before
    assert await feed(database) == await feed(database, to="red") == stored
    await small.close()


async def test_after_a_full_disk_there_is_room_again(small: SqliteStore, tmp_path: Path) -> None:
    database = await small.create("a")
    stored = await fill(database)
    epoch = (await database.info()).epoch
    await small.close()
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    await write_one(database, edit("more", text="x" * 9000))
    assert await feed(database) == [*stored, "more"]
    assert (await database.info()).epoch == epoch
    await store.close()
    connection = apsw.Connection(str(tmp_path / "a.sqlite"))
    assert connection.pragma("integrity_check") == "ok"
    connection.close()


async def test_one_batch_too_large_fails_alone(small: SqliteStore) -> None:
    database = await small.create("a")
    outcomes = await asyncio.gather(
        write(database, edit("a", to="red")),
        write(database, edit("big", t="x" * PAGES * PAGE)),
        write(database, edit("b", to="blue")),
        return_exceptions=True,
    )
    assert [isinstance(outcome, StoreFull) for outcome in outcomes] == [False, True, False]
    assert await feed(database) == ["a", "b"]
    assert await feed(database, to="red") == ["a"]
    assert (await database.info()).doc_count == 2


async def test_a_database_that_cannot_be_made_leaves_nothing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(files=FileSettings(max_pages=2)))
    with pytest.raises(StoreFull):
        await store.create("a")
    assert await store.names() == []
    assert files_in(tmp_path) == ["tidemark.lock"]
    await store.close()


async def test_a_failure_of_any_kind_is_that_of_its_batch_alone(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    connection = apsw.Connection(str(tmp_path / "a.sqlite"))
    connection.execute(
        "CREATE TRIGGER t BEFORE INSERT ON docs WHEN new.id = 'bad' "
        "BEGIN SELECT RAISE(ABORT, 'for the test'); END"
    )
    connection.close()
    outcomes = await asyncio.gather(
        *(write(database, edit(name, to=name)) for name in ("a", "bad", "b")),
        return_exceptions=True,
    )
    assert isinstance(outcomes[1], StoreError)
    assert "for the test" in str(outcomes[1])
    assert "'a'" in str(outcomes[1])
    assert isinstance(outcomes[1].__cause__, apsw.ConstraintError)
    assert await feed(database) == ["a", "b"]
    for channel in "ab":
        assert await feed(database, to=channel) == [channel]
    assert await feed(database, to="bad") == []
    await store.close()


async def test_who_does_not_wait_for_a_write_loses_only_the_answer(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    hurried = asyncio.create_task(write_one(database, edit("x")))
    patient = asyncio.create_task(write_one(database, edit("y")))
    refused = asyncio.create_task(write_one(database, edit("z", big=1)))
    await asyncio.sleep(0)
    hurried.cancel()
    refused.cancel()
    await patient
    assert await feed(database) == ["x", "y", "z"]
    with pytest.raises(asyncio.CancelledError):
        await hurried
    await store.close()


async def test_who_does_not_wait_for_a_refusal(small: SqliteStore) -> None:
    database = await small.create("a")
    hurried = asyncio.create_task(write_one(database, edit("big", t="x" * PAGES * PAGE)))
    await asyncio.sleep(0)
    hurried.cancel()
    await write_one(database, edit("small"))
    assert await feed(database) == ["small"]


async def test_more_rows_than_one_statement_takes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    ids = [f"{number:05}" for number in range(2 * ROWS_EACH + 7)]
    await write(database, *(edit(name, to="red blue", n=1) for name in ids))
    await write(database, *(publish(name, to="blue", n=2) for name in ids))
    assert (await database.info()).doc_count == len(ids)
    page = await database.changes(0, channels=frozenset({"red"}), limit=10_000)
    assert len(page.changes) == len(ids)
    assert all(change.removed for change in page.changes)
    assert (await read(database, ids[-1])).body == {"n": 2}
    await store.close()


async def test_batches_are_gathered_up_to_a_bound(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    batches = [[edit(f"{batch}:{n}") for n in range(400)] for batch in range(8)]
    await asyncio.gather(*(write(database, *batch) for batch in batches))
    assert (await database.info()).doc_count == 3200
    await store.close()


def test_rows_become_as_few_statements_as_can_be() -> None:
    assert list(for_rows("X ", [])) == []
    (short,) = for_rows("X ", [(1, "a"), (2, "b")], " Y")
    assert (short.sql, list(short.values), short.kept) == (
        "X (?,?),(?,?) Y",
        [1, "a", 2, "b"],
        True,
    )
    long = list(for_rows("X ", [(n,) for n in range(ROWS_EACH + 1)]))
    assert [(len(one.values), one.kept) for one in long] == [(ROWS_EACH, False), (1, True)]


class Room:
    """What ``os.statvfs`` answers."""

    f_frsize = 4096
    f_files = 1000

    def __init__(self, blocks: int, files: int) -> None:
        self.f_bavail = blocks
        self.f_favail = files


@pytest.mark.parametrize(
    ("error", "room", "is_full"),
    [
        (apsw.FullError("full"), Room(10**6, 100), True),
        (apsw.IOError("cannot write"), Room(0, 100), True),
        (apsw.CantOpenError("cannot open"), Room(10**6, 0), True),
        (apsw.IOError("cannot write"), Room(10**6, 100), False),
        (apsw.CorruptError("broken"), Room(0, 0), False),
    ],
)
def test_which_failures_are_for_want_of_room(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, error: Exception, room: Room, is_full: bool
) -> None:
    monkeypatch.setattr(os, "statvfs", lambda _: room)
    failure = told(error, tmp_path, "school-1", "write")
    assert isinstance(failure, StoreFull) == is_full
    assert "school-1" in str(failure)


def test_a_folder_that_is_gone_is_not_full(tmp_path: Path) -> None:
    failure = told(apsw.IOError("x"), tmp_path / "gone", "school-1", "read")
    assert not isinstance(failure, StoreFull)
    assert str(tmp_path / "gone") in str(failure)


FILLER = """
import asyncio, sys
from pathlib import Path
from sync.errors import StoreFull
from sync.store import Write, WriteBatch
from sync.stores.sqlite import SqliteStore

async def main(folder):
    store = SqliteStore(folder)
    database = await store.create("a")
    stored = []
    try:
        while True:
            ids = [f"{len(stored) + part:05}" for part in range(5)]
            await database.write(WriteBatch([Write(one, {"t": one * 500}) for one in ids]))
            stored += ids
    except StoreFull:
        pass
    try:
        await store.create("b")
    except StoreFull:
        pass
    assert await store.names() == ["a"], "a database that cannot be made is not there"
    await store.close()
    store = SqliteStore(folder)
    found = await (await store.open("a")).range("0", "9")
    assert [document.id for document in found] == stored, "what was stored is there"
    await store.close()
    print("full at", len(stored))

asyncio.run(main(Path(sys.argv[1])))
"""


def on_a_small_disk(*command: str) -> subprocess.CompletedProcess[Any]:
    """Run a command in a name space of its own, where /mnt is a disk of two megabytes."""
    script = 'mount -t tmpfs -o size=2m tmpfs /mnt && exec "$@"'
    spaces = ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--user", "--map-root-user"])]
    return subprocess.run(
        [*spaces, "sh", "-c", script, "sh", *command], capture_output=True, text=True, check=False
    )


def test_a_disk_that_is_really_full() -> None:
    if on_a_small_disk("true").returncode:
        pytest.skip("this machine lets nobody mount a small disk; the bounded files stand for it")
    done = on_a_small_disk(sys.executable, "-W", "error", "-c", FILLER, "/mnt/data")
    assert done.stderr == ""
    assert done.stdout.startswith("full at ")
