"""Databases that earlier versions left behind open as they were."""

from __future__ import annotations

from pathlib import Path

import apsw
import pytest

from sync.stores.sqlite import SqliteStore
from sync.stores.sqlite.schema import MIGRATIONS
from tests.sync.stores.suite.helpers import feed, publish, read, write

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
    assert (info.epoch, info.update_seq) == ("epochone", 6)
    assert (info.doc_count, info.deleted_count) == (3, 1)
    assert await feed(database) == ["conflicted", "moved", "-gone", "entry"]
    assert await feed(database, to="red") == ["!conflicted", "!moved", "-gone", "entry"]
    leaves = await database.leaves("conflicted")
    assert [(leaf.rev, leaf.body) for leaf in leaves] == [("2-c", {"n": "c"}), ("2-b", {"n": "b"})]
    assert len((await read(database, "moved")).history) == 2
    assert await database.read_local("checkpoint") == {"seq": 3}
    await write(database, publish("moved", to="red", n=3), publish("entry", to="green", n=2))
    assert await feed(database, to="red") == ["!conflicted", "-gone", "moved", "!entry"]
    assert await feed(database, to="green") == ["entry"]
    await store.close()
