"""Copies of a file that is being written, and histories that begin anew."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import apsw
import pytest

from sync.errors import StoreError
from sync.store import WriteBatch
from sync.stores.sqlite import FileSettings, SqliteSettings, SqliteStore, backup
from sync.stores.sqlite.backup import (
    RESTORING,
    SETTLED_NS,
    begin_history,
    check_copy,
    copy_file,
    refuse_half_restored,
    traces_of,
)
from tests.sync.stores.suite.helpers import feed, publish, write, write_one

FILES = FileSettings()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def nothing() -> None:
    """No need to breathe."""


def settled(path: Path) -> backup.Traces | None:
    return traces_of(path, time.time_ns() + 2 * SETTLED_NS)


async def test_a_copy_holds_what_was_answered_and_stands_by_itself(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    database = await store.create("a")
    await write(database, *(publish(f"{n:04}", n=n) for n in range(500)))
    info = await database.info()
    copy = copy_file(store.folder / "a.sqlite", tmp_path / "a.sqlite", FILES, nothing)
    assert (copy.epoch, copy.sequence) == (info.epoch, info.update_seq)
    assert (tmp_path / "a.sqlite").stat().st_mode & 0o777 == 0o600
    check_copy(tmp_path / "a.sqlite", copy.digest)
    assert files_in(tmp_path) == ["a.sqlite", "live"]
    await store.close()
    (tmp_path / "back").mkdir()
    (tmp_path / "a.sqlite").rename(tmp_path / "back" / "a.sqlite")
    again = SqliteStore(tmp_path / "back")
    assert len(await feed(await again.open("a"))) == 500
    await again.close()


async def test_writers_go_on_while_it_is_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The copy is the database as it was when the copying began."""
    monkeypatch.setattr(backup, "STEP_PAGES", 1)
    store = SqliteStore(tmp_path / "live")
    database = await store.create("a")
    await write(database, *(publish(f"{n:04}", n=n, text="x" * 500) for n in range(300)))
    before = (await database.info()).update_seq
    steps = 0

    def breathe() -> None:
        nonlocal steps
        steps += 1
        time.sleep(0.001)

    path = tmp_path / "live" / "a.sqlite"
    copying = asyncio.get_running_loop().run_in_executor(
        None, copy_file, path, tmp_path / "copy", FILES, breathe
    )
    meanwhile = 0
    while not copying.done():
        await write_one(database, publish("new", n=meanwhile))
        meanwhile += 1
    copy = await copying
    assert steps > 10
    assert meanwhile > 3
    assert before <= copy.sequence < (await database.info()).update_seq
    check_copy(tmp_path / "copy", copy.digest)
    await store.close()


async def test_what_is_in_the_journal_alone_is_in_the_file_for_a_reader(tmp_path: Path) -> None:
    """A push is answered once it is carried out: its fsync is the journal's, its content here."""
    store = SqliteStore(tmp_path, SqliteSettings(journal_bytes=10**9))
    database = await store.create("a")
    for n in range(20):
        await write_one(database, publish("a", n=n))
        copy = copy_file(tmp_path / "a.sqlite", tmp_path / f"copy-{n}", FILES, nothing)
        assert copy.sequence == (await database.info()).update_seq
    await store.close()


async def test_a_change_of_anything_leaves_traces(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    path = tmp_path / "a.sqlite"
    await write_one(database, publish("a", n=1))
    before = settled(path)
    assert before is not None
    assert settled(path) == before
    copy_file(path, tmp_path / "copy", FILES, nothing)
    assert settled(path) == before, "copying leaves none"
    await asyncio.sleep(0.02)
    await database.write(WriteBatch(local={"l": {"n": 1}}))
    assert settled(path) != before, "a local document moves no sequence"
    assert traces_of(path, time.time_ns()) is None, "changed just now"
    await store.close()
    (tmp_path / "copy").replace(path)
    assert settled(path) != before
    assert settled(tmp_path / "none") is None


async def test_another_history_begins_where_a_copy_ended(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    await write_one(database, publish("a", n=1))
    info, mark = await database.info(), database.mark(1)
    await store.close()
    assert begin_history(tmp_path / "a.sqlite", "another") == info.epoch
    again = SqliteStore(tmp_path)
    database = await again.open("a")
    assert (await database.info()).epoch == "another"
    assert (await database.info()).update_seq == info.update_seq
    assert await database.locate(mark) is None
    await again.close()


async def test_a_damaged_file_is_not_copied(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    database = await store.create("a")
    await write(database, *(publish(f"{n:04}", n=n, text="x" * 500) for n in range(300)))
    await store.close()
    path = tmp_path / "live" / "a.sqlite"
    with apsw.Connection(str(path)) as connection:
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
    with path.open("r+b") as file:
        for page in range(4, 20):
            file.seek(page * 8192)
            file.write(b"\xff" * 64)
    with pytest.raises((StoreError, apsw.Error)):
        copy_file(path, tmp_path / "copy", FILES, nothing)


async def test_a_copy_that_is_not_what_was_written_is_named(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    await write_one(await store.create("a"), publish("a", n=1))
    copy = copy_file(tmp_path / "live" / "a.sqlite", tmp_path / "copy", FILES, nothing)
    await store.close()
    with pytest.raises(StoreError, match="not there"):
        check_copy(tmp_path / "none", copy.digest)
    with (tmp_path / "copy").open("ab") as file:
        file.write(b"\0" * 8192)
    with pytest.raises(StoreError, match="digest differs"):
        check_copy(tmp_path / "copy", copy.digest)


def test_another_programs_file_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "x.sqlite"
    with apsw.Connection(str(path)) as connection:
        connection.execute("CREATE TABLE t (x)")
    connection.close()
    digest = backup._digest(path)
    with pytest.raises(StoreError, match="not a database of this Tidemark"):
        check_copy(path, digest)
    path.write_bytes(b"not SQLite at all")
    with pytest.raises(StoreError, match="damaged"):
        check_copy(path, backup._digest(path))


def test_a_folder_of_which_a_restore_was_cut_off_is_refused(tmp_path: Path) -> None:
    refuse_half_restored(tmp_path)
    (tmp_path / RESTORING).mkdir()
    with pytest.raises(StoreError, match="Run the same `tidemark restore` again"):
        refuse_half_restored(tmp_path)
