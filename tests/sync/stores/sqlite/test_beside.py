"""A school's file read beside the server that writes it: one moment, and nothing is changed."""

from pathlib import Path

import pytest

from sync.errors import DatabaseMissing, StoreError
from sync.store import Write, WriteBatch
from sync.stores.names import file_name
from sync.stores.sqlite import SqliteStore
from sync.stores.sqlite.beside import Beside


async def test_it_reads_one_moment_of_what_another_writes(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path)
    database = await store.create("sch-test")
    await database.write(WriteBatch([Write("a:1", {"n": 1})], {"mark": {"at": 1}}))
    beside = Beside(tmp_path)
    reading = await beside.open("sch-test")
    await database.write(WriteBatch([Write("a:2", {"n": 2})]))
    assert reading.name == "sch-test"
    assert [one.id for one in await reading.range("a:", "a;")] == ["a:1"]
    assert await reading.count("a:", "a;") == 1
    found, missing = await reading.read(["a:1", "a:2"])
    assert found is not None
    assert (found.body, missing) == ({"n": 1}, None)
    assert await reading.read_local("mark") == {"at": 1}
    later = await beside.open("sch-test")
    assert await later.count("a:", "a;") == 2
    with pytest.raises(DatabaseMissing, match="sch-none"):
        await beside.open("sch-none")
    await beside.close()
    await store.close()


async def test_a_file_that_is_none_is_named(tmp_path: Path) -> None:
    (tmp_path / file_name("sch-test")).write_bytes(b"no database at all, but of some length" * 40)
    beside = Beside(tmp_path)
    with pytest.raises(StoreError, match="cannot be read beside its server"):
        await beside.open("sch-test")
    await beside.close()
