"""Writes that no store can take, and those that come with them."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest

from sync.checks import check_write
from sync.errors import BadDocument, BadRevision
from sync.store import Database, Upload, Write, WriteBatch
from tests.sync.stores.suite.helpers import edit, feed, graft, write

MALFORMED: list[Write] = [
    edit(""),
    edit("_x"),
    edit("_local/x"),
    edit("nul\0"),
    edit("half\ud800"),
    edit("a", value="half\ud800"),
    edit("a", value=2**70),
    edit("a", value=object()),
    edit("a", to="red\0"),
    edit("a", "x"),
    edit("a", "0-x"),
    edit("a", ""),
    graft("a", "1-x", "2-y"),
    graft("a", "3-x", "1-y"),
    graft("a", "2-x", "1-nul\0"),
    graft("a", "1-half\ud800"),
    Write("a", {}, attachments={"_x": Upload("x/y", b"")}),
    Write("a", {}, attachments={"x": Upload("half\ud800", b"")}),
]


def nested(depth: int) -> dict[str, Any]:
    body: dict[str, Any] = {}
    for _ in range(depth):
        body = {"a": body}
    return body


class MalformedSuite:
    """What is refused, and that nothing else is."""

    @pytest.mark.parametrize("bad", MALFORMED, ids=repr)
    async def test_a_batch_is_refused_whole(self, database: Database, bad: Write) -> None:
        with pytest.raises((BadDocument, BadRevision)):
            await database.write(WriteBatch([edit("good"), bad], {"local": {}}))
        with pytest.raises((BadDocument, BadRevision)):
            await database.write(WriteBatch([edit("good")], seal=[bad]))
        assert await database.read(["good"]) == [None]
        assert await database.read_local("local") is None
        assert (await database.info()).update_seq == 0

    async def test_the_rest_lands_when_the_malformed_are_sorted_out(
        self, database: Database
    ) -> None:
        writes = [edit("first"), *MALFORMED, edit("last")]
        good: list[Write] = []
        for one in writes:
            with suppress(BadDocument, BadRevision):
                check_write(one)
                good.append(one)
        await write(database, *good)
        assert await feed(database) == ["first", "last"]

    async def test_a_body_may_be_deep_but_not_endless(self, database: Database) -> None:
        await write(database, edit("deep", value=nested(100)))
        with pytest.raises(BadDocument):
            await write(database, edit("deeper", value=nested(2000)))

    async def test_an_id_twice_in_a_batch(self, database: Database) -> None:
        first, second, third = await write(
            database, edit("a", n=1), edit("a", n=2), graft("a", "1-x", n=3)
        )
        assert (first.fresh, second.conflict, third.fresh) == (True, True, True)
        assert second.rev == first.rev
        assert await feed(database) == ["a"]

    async def test_local_documents_that_are_none(self, database: Database) -> None:
        locals_: list[dict[str, Any]] = [{"a\0": {}}, {"half\ud800": None}, {"a": {"b": object()}}]
        for local in locals_:
            with pytest.raises(BadDocument):
                await database.write(WriteBatch([edit("good")], local))
        assert (await database.info()).update_seq == 0


class SealsSuite:
    """``WriteBatch.seal``."""

    async def test_results_are_those_of_the_writes_then_of_the_seal(
        self, database: Database
    ) -> None:
        batch = WriteBatch([edit("a"), edit("b")], seal=[edit("seal"), edit("a", n=2)])
        results = await database.write(batch)
        assert [one.id for one in results] == ["a", "b", "seal", "a"]
        assert [one.conflict for one in results] == [False, False, False, True]
        assert await feed(database) == ["a", "b", "seal"]

    async def test_a_seal_alone(self, database: Database) -> None:
        (result,) = await database.write(WriteBatch(seal=[edit("seal")]))
        assert result.fresh
