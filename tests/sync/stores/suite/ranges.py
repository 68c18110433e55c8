"""Reading and counting documents between two ids."""

from __future__ import annotations

from typing import Any

import pytest

from sync.errors import BadDocument
from sync.store import Database
from tests.sync.stores.suite.helpers import (
    UNUSUAL_IDS,
    channels,
    edit,
    graft,
    read,
    write,
)


class RangesSuite:
    """``range`` and ``count``."""

    async def test_a_range_has_both_its_ends(self, database: Database) -> None:
        await write(database, *(edit(name) for name in ("d", "b", "a", "c", "bb")))
        assert [document.id for document in await database.range("b", "c")] == ["b", "bb", "c"]
        down = await database.range("b", "c", descending=True)
        assert [document.id for document in down] == ["c", "bb", "b"]
        assert await database.range("c", "b") == []
        assert await database.range("x", "z") == []

    async def test_a_range_is_limited(self, database: Database) -> None:
        await write(database, *(edit(name) for name in "abcd"))
        assert [document.id for document in await database.range("a", "z", limit=2)] == ["a", "b"]
        last = await database.range("a", "z", limit=1, descending=True)
        assert [document.id for document in last] == ["d"]
        assert await database.range("a", "z", limit=0) == []

    async def test_a_range_has_no_deleted_documents(self, database: Database) -> None:
        await write(database, edit("a"), edit("b", deleted=True), edit("c"))
        assert [document.id for document in await database.range("a", "z", limit=2)] == ["a", "c"]

    async def test_a_range_is_in_order_of_code_points(self, database: Database) -> None:
        await write(database, *(edit(name) for name in UNUSUAL_IDS))
        found = await database.range("", "\U0010ffff")
        assert [document.id for document in found] == sorted(UNUSUAL_IDS)

    async def test_a_range_says_what_a_read_says(self, database: Database) -> None:
        await write(database, graft("a", "1-b", n=1), graft("a", "1-c", to="red", n=2))
        (found,) = await database.range("a", "a")
        whole = await read(database, "a")
        assert (found.rev, found.body, found.seq) == (whole.rev, whole.body, whole.seq)
        assert (found.channels, found.conflicts) == (channels("red"), ("1-b",))

    async def test_long_ranges(self, database: Database) -> None:
        ids = [f"{number:05}" for number in range(2500)]
        await write(database, *(edit(name) for name in ids))
        assert [document.id for document in await database.range("0", "9")] == ids
        some = await database.range("0", "9", limit=1700, descending=True)
        assert [document.id for document in some] == ids[:-1701:-1]

    async def test_a_range_skips(self, database: Database) -> None:
        await write(database, *(edit(name) for name in "abcde"), edit("bb", deleted=True))

        async def ids(**options: Any) -> list[str]:
            return [document.id for document in await database.range("a", "d", **options)]

        assert await ids(skip=2) == ["c", "d"]
        assert await ids(skip=1, limit=2) == ["b", "c"]
        assert await ids(skip=1, limit=2, descending=True) == ["c", "b"]
        assert await ids(skip=9) == []
        assert await ids(skip=1, limit=0) == []

    async def test_a_long_range_skips(self, database: Database) -> None:
        names = [f"{number:05}" for number in range(2500)]
        await write(database, *(edit(name) for name in names))
        found = await database.range("0", "9", skip=1200, limit=5)
        assert [document.id for document in found] == names[1200:1205]
        found = await database.range("0", "9", skip=700)
        assert [document.id for document in found] == names[700:]

    async def test_counts(self, database: Database) -> None:
        assert await database.count("", "~") == 0
        await write(database, *(edit(name) for name in "abcd"))
        assert await database.count("", "~") == 4
        assert await database.count("b", "c") == 2
        await write(database, edit("bb", deleted=True), graft("c", "2-x", "1-a", deleted=True))
        assert await database.count("b", "c") == 2
        assert await database.count("bb", "bc") == 0
        assert await database.count("c", "b") == 0

    async def test_counts_of_many(self, database: Database) -> None:
        await write(database, *(edit(f"{number:05}") for number in range(1500)))
        assert await database.count("00100", "01199") == 1100

    async def test_bounds_that_no_id_can_be(self, database: Database) -> None:
        await write(database, edit("a"), edit("b"))
        assert [document.id for document in await database.range("", "a\0")] == ["a"]
        assert await database.count("a\0", "b\0") == 1
        with pytest.raises(BadDocument):
            await database.range("a", "\ud800")
        with pytest.raises(BadDocument):
            await database.count("\ud800", "b")
