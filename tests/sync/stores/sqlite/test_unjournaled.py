"""A folder of files that can be rebuilt: no journal, no wait for the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sync.errors import StoreFull
from sync.stores.sqlite import FileSettings, SqliteSettings, SqliteStore
from tests.sync.stores.suite.helpers import edit, feed, write, write_one


async def test_what_is_written_is_there_again_and_there_is_no_journal(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path, SqliteSettings(journaled=False))
    await write(await store.create("a"), edit("x"), edit("y"))
    files = set(os.listdir(tmp_path))  # noqa: PTH208 - names are all that is wanted
    assert files - {"a.sqlite-shm"} == {"a.sqlite", "a.sqlite-wal", "tidemark.lock"}
    await store.close()
    again = SqliteStore(tmp_path, SqliteSettings(journaled=False))
    assert await feed(await again.open("a")) == ["x", "y"]
    await again.close()


async def test_a_full_disk_is_told(tmp_path: Path) -> None:
    files = FileSettings(max_pages=30)
    store = SqliteStore(tmp_path, SqliteSettings(journaled=False, files=files))
    database = await store.create("a")
    with pytest.raises(StoreFull):
        await write_one(database, edit("big", text="x" * 1_000_000))
    await write_one(database, edit("small"))
    assert await feed(database) == ["small"]
    await store.close()
