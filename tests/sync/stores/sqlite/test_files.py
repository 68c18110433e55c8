"""What the SQLite store leaves on disk, and makes of what it finds there."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from sync.errors import DatabaseExists, StoreError
from sync.store import Write, WriteBatch
from sync.stores.records import Rules
from sync.stores.sqlite import FileSettings, SqliteSettings, SqliteStore
from sync.stores.sqlite.schema import APPLICATION_ID, MIGRATIONS, migrate
from tests.sync.stores.suite.helpers import (
    edit,
    feed,
    graft,
    leaves,
    publish,
    revision,
    write,
    write_one,
)


def raw(path: Path) -> apsw.Connection:
    return apsw.Connection(str(path))


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_everything_survives_reopening(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a/b")
    await write(database, graft("x", "2-b", "1-a"), graft("x", "2-c", "1-a", to="blue"))
    await write(database, edit("y", to="red"), publish("y", to="blue"), edit("z", deleted=True))
    await database.write(WriteBatch(local={"l": {"n": 1}}))
    before = await database.info(), await leaves(database, "x"), await database.changes(0)
    await store.close()

    store = SqliteStore(tmp_path)
    assert await store.names() == ["a/b"]
    with pytest.raises(DatabaseExists):
        await store.create("a/b")
    database = await store.open("a/b")
    assert (await database.info(), await leaves(database, "x"), await database.changes(0)) == before
    assert await feed(database, to="red") == ["!y"]
    assert await database.read_local("l") == {"n": 1}
    result = await write_one(database, edit("new", to="red"))
    assert result.seq == before[0].update_seq + 1
    await store.close()


async def test_a_file_is_in_wal_mode_and_says_whose_it_is(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a/b")
    handle = store._works.pool.hot("a/b")
    assert handle is not None
    assert handle.connection.pragma("synchronous") == 2  # FULL
    await store.close()
    connection = raw(tmp_path / "a%2fb.sqlite")
    assert connection.pragma("journal_mode") == "wal"
    assert connection.pragma("application_id") == APPLICATION_ID
    assert connection.pragma("user_version") == len(MIGRATIONS)
    connection.close()


async def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    for name in ("notes.txt", "Bad Name.sqlite", "x.sqlite.bak"):
        (tmp_path / name).write_text("mine")
    store = SqliteStore(tmp_path)
    assert await store.names() == []
    await store.close()
    assert (tmp_path / "Bad Name.sqlite").read_text() == "mine"


async def test_a_deleted_database_leaves_no_file(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await write_one(await store.create("a"), edit("x"))
    await store.delete("a")
    assert files_in(tmp_path) == ["tidemark.journal-1", "tidemark.lock"]
    await store.close()
    assert files_in(tmp_path) == ["tidemark.lock"]


async def test_a_log_left_by_a_deletion_cut_short_is_not_replayed(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await write_one(await store.create("a"), edit("x"))
    await store.close()
    log = tmp_path / "a.sqlite-wal"
    assert log.stat().st_size
    (tmp_path / "a.sqlite").unlink()
    store = SqliteStore(tmp_path)
    assert await (await store.create("a")).read(["x"]) == [None]
    await store.close()


async def test_a_long_log_is_copied_when_its_file_is_closed(tmp_path: Path) -> None:
    files = FileSettings(wal_left_bytes=200_000)
    store = SqliteStore(tmp_path, SqliteSettings(files=files))
    await write(await store.create("long"), *(edit(str(n), t="x" * 999) for n in range(400)))
    await write_one(await store.create("short"), edit("x"))
    await store.close()
    assert (tmp_path / "long.sqlite-wal").stat().st_size == 0
    assert 0 < (tmp_path / "short.sqlite-wal").stat().st_size < 200_000
    store = SqliteStore(tmp_path)
    assert (await (await store.open("long")).info()).doc_count == 400
    assert (await (await store.open("short")).info()).doc_count == 1
    await store.close()


async def test_a_file_of_another_program_is_refused_by_name(tmp_path: Path) -> None:
    for name, script in (("a", "CREATE TABLE t (x)"), ("b", "PRAGMA application_id = 7")):
        connection = raw(tmp_path / f"{name}.sqlite")
        connection.execute(script)
        connection.close()
    store = SqliteStore(tmp_path)
    for name in "ab":
        database = await store.open(name)
        with pytest.raises(StoreError, match=rf"{name}\.sqlite is an SQLite file of another"):
            await database.info()
        with pytest.raises(StoreError, match="another program"):
            await write_one(database, edit("x"))
    await store.close()


async def test_a_file_of_a_newer_version_is_refused(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a")
    await store.close()
    connection = raw(tmp_path / "a.sqlite")
    connection.pragma("user_version", 99)
    connection.close()
    store = SqliteStore(tmp_path)
    with pytest.raises(StoreError, match=r"newer Tidemark \(schema 99"):
        await (await store.open("a")).info()
    await store.close()


async def test_what_is_no_database_at_all_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").write_bytes(b"not a database at all" * 1000)
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    for doing in (database.info(), database.read(["x"] * 1001), write(database, edit("x"))):
        with pytest.raises(StoreError, match="'a' failed"):
            await doing
    await store.close()


async def test_a_file_made_in_half_is_finished(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite").touch()
    store = SqliteStore(tmp_path)
    database = await store.open("a")
    await write_one(database, edit("x"))
    assert (await database.info()).epoch
    await store.close()


def test_steps_go_forward_one_by_one(tmp_path: Path) -> None:
    connection = raw(tmp_path / "a.sqlite")
    first = ("CREATE TABLE state (one, epoch, a, b, c)", "CREATE TABLE t (x)")
    migrate(connection, lambda: "epoch", first)
    connection.execute("INSERT INTO t VALUES (1)")
    assert connection.pragma("user_version") == 2
    migrate(connection, lambda: "other", (*first, "ALTER TABLE t ADD y DEFAULT 2"))
    assert connection.execute("SELECT * FROM t").fetchall() == [(1, 2)]
    assert connection.execute("SELECT epoch FROM state").fetchall() == [("epoch",)]
    assert connection.pragma("user_version") == 3
    connection.close()


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    connection = raw(tmp_path / "a.sqlite")
    first = ("CREATE TABLE state (one, epoch, a, b, c)",)
    migrate(connection, lambda: "epoch", first)
    with pytest.raises(apsw.SQLError):
        migrate(connection, lambda: "epoch", (*first, "CREATE TABLE t (x); CREATE TABLE t (x)"))
    assert connection.pragma("user_version") == 1
    assert connection.table_exists("main", "t") is False
    connection.close()


@pytest.mark.parametrize("keep", [True, False])
async def test_superseded_bodies_are_kept_if_asked_for(tmp_path: Path, keep: bool) -> None:
    rules = Rules(keep_superseded=keep, revs_limit=3)
    store = SqliteStore(tmp_path, SqliteSettings(rules=rules))
    database = await store.create("a")
    revs = [(await write_one(database, publish("x", n=number))).rev for number in range(5)]
    found = [await revision(database, "x", rev) for rev in revs]
    bodies = [document and document.body["n"] for document in found]
    assert bodies == ([None, None, 2, 3, 4] if keep else [None, None, None, None, 4])
    await store.close()


async def test_what_was_taken_out_is_in_no_file_after_scrubbing(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("a")
    (result,) = await database.write(WriteBatch([Write("x", {"words": "a well-kept secret"})]))
    await database.purge({"x": [result.rev]})
    file = tmp_path / "a.sqlite"
    files = (file, file.with_name("a.sqlite-wal"))
    assert any(b"well-kept" in path.read_bytes() for path in files)
    await store.scrub("a")
    assert not any(b"well-kept" in path.read_bytes() for path in files)
    await store.close()


async def test_a_database_that_cannot_be_scrubbed_says_so(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    await store.create("a")
    (tmp_path / "a.sqlite").unlink()
    with pytest.raises(StoreError, match="a"):
        await store.scrub("a")
    await store.close()
