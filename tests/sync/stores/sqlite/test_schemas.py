"""Databases that earlier versions left behind open as they were."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from sync.store import DatabaseSettings, Upload, Write
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore
from sync.stores.sqlite.schema import MIGRATIONS
from tests.sync.stores.suite.helpers import feed, leaves, publish, read, write

HERE = Path(__file__).parent


def test_every_schema_has_a_stored_database() -> None:
    stored = {path.name for path in HERE.glob("schema_*.sql")}
    assert stored == {f"schema_{number}.sql" for number in range(1, len(MIGRATIONS) + 1)}


@pytest.mark.parametrize("number", range(1, len(MIGRATIONS) + 1))
async def test_a_stored_database_is_read_and_written(tmp_path: Path, number: int) -> None:
    connection = apsw.Connection(str(tmp_path / "a.sqlite"))
    connection.execute((HERE / f"schema_{number}.sql").read_text())
    connection.close()

    store = SqliteStore(tmp_path)
    database = await store.open("a")
    info = await database.info()
    more = ["files"] if number > 1 else []
    assert (info.epoch, info.update_seq) == ("epochone", 11 if more else 6)
    assert (info.doc_count, info.deleted_count) == (3 + len(more), 1)
    assert await feed(database) == ["conflicted", "moved", "-gone", "entry", *more]
    assert await feed(database, to="red") == ["!conflicted", "!moved", "-gone", "entry"]
    found = await leaves(database, "conflicted")
    assert [(leaf.rev, leaf.body) for leaf in found] == [("2-c", {"n": "c"}), ("2-b", {"n": "b"})]
    assert len((await read(database, "moved")).history) == 2
    assert await database.read_local("checkpoint") == {"seq": 3}
    await write(database, publish("moved", to="red", n=3), publish("entry", to="green", n=2))
    assert await feed(database, to="red") == ["!conflicted", "-gone", "moved", "!entry"]
    assert await feed(database, to="green") == ["entry"]
    await store.close()


async def test_what_schema_2_brought_is_read(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "a.sqlite"))
    connection.execute((HERE / "schema_2.sql").read_text())
    connection.close()

    store = SqliteStore(tmp_path, SqliteSettings(rules=Rules(keep_superseded=True)))
    database = await store.open("a")
    assert (await database.info()).purge_seq == 1
    assert await database.settings() == DatabaseSettings(7, {"members": {"roles": ["x"]}})
    record = await database.record("files")
    assert record is not None
    assert record.revs_info("2-a") == [("2-a", "available"), ("1-a", "available")]
    for rev, names in {"2-b": ["a.txt"], "2-a": ["a.txt", "b.bin"], "1-a": ["a.txt"]}.items():
        document = record.revision(rev)
        assert document is not None
        assert [one.name for one in document.attachments] == names
        assert await database.attachment(document.attachments[0].key) == b"one file"
    await store.close()


async def test_an_old_database_takes_what_is_new(tmp_path: Path) -> None:
    connection = apsw.Connection(str(tmp_path / "a.sqlite"))
    connection.execute((HERE / "schema_1.sql").read_text())
    connection.close()

    store = SqliteStore(tmp_path)
    database = await store.open("a")
    assert await database.settings() == DatabaseSettings(1000)
    assert (await database.info()).purge_seq == 0
    files = {"x.txt": Upload("text/plain", b"x")}
    parent = (await read(database, "entry")).rev
    await write(database, Write("entry", {"n": 2}, parent=parent, attachments=files))
    (file,) = (await read(database, "entry")).attachments
    assert await database.attachment(file.key) == b"x"
    assert await database.purge({"conflicted": ["2-c"]}) == {"conflicted": ["2-c"]}
    assert (await read(database, "conflicted")).rev == "2-b"
    await database.compact()
    assert await database.attachment(file.key) == b"x"
    await store.close()
