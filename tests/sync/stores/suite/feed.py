"""The feed of a whole database."""

from __future__ import annotations

import pytest

from sync.store import Database
from tests.sync.stores.suite.helpers import (
    channels,
    edit,
    feed,
    graft,
    lines,
    publish,
    write,
    write_one,
)


class FeedSuite:
    """``changes`` without channels."""

    async def test_an_empty_feed(self, database: Database) -> None:
        assert await database.changes(0) == ((), 0, False)

    async def test_documents_in_order_of_their_last_change(self, database: Database) -> None:
        await write(database, edit("a"), edit("b"), edit("c"))
        await write_one(database, publish("a", n=2))
        assert await feed(database) == ["b", "c", "a"]

    async def test_only_what_is_newer(self, database: Database) -> None:
        results = await write(database, edit("a"), edit("b"), edit("c"))
        assert await feed(database, results[0].seq) == ["b", "c"]
        assert await feed(database, results[2].seq) == []
        assert (await database.changes(results[2].seq)).last_seq == results[2].seq

    async def test_a_place_ahead_of_the_database_is_kept(self, database: Database) -> None:
        await write_one(database, edit("a"))
        assert await database.changes(99) == ((), 99, False)

    async def test_deleted_documents_are_in_it(self, database: Database) -> None:
        await write(database, edit("a"), publish("b"), publish("b", deleted=True))
        assert await feed(database) == ["a", "-b"]

    async def test_a_line_says_what_a_read_says(self, database: Database) -> None:
        await write(database, graft("a", "1-b", n=1), graft("a", "1-c", to="red", n=2))
        (line,) = (await database.changes(0)).changes
        document = line.document
        assert (line.seq, line.leaves, line.removed) == (document.seq, ("1-c", "1-b"), False)
        assert (document.rev, document.body) == ("1-c", {"n": 2})
        assert (document.channels, document.conflicts) == (channels("red"), ("1-b",))

    async def test_deleted_leaves_are_leaves(self, database: Database) -> None:
        await write(database, graft("a", "1-b"), graft("a", "1-c", deleted=True))
        (line,) = (await database.changes(0)).changes
        assert (line.leaves, line.document.conflicts) == (("1-b", "1-c"), ())

    async def test_pages(self, database: Database) -> None:
        await write(database, *(edit(name) for name in "abcde"))
        first = await database.changes(0, limit=2)
        assert (lines(first), first.more) == (["a", "b"], True)
        assert first.last_seq == first.changes[-1].seq
        second = await database.changes(first.last_seq, limit=2)
        third = await database.changes(second.last_seq, limit=2)
        assert (lines(second), lines(third)) == (["c", "d"], ["e"])
        assert (second.more, third.more) == (True, False)
        assert third.last_seq == (await database.info()).update_seq

    async def test_a_page_that_is_just_full_is_the_last(self, database: Database) -> None:
        await write(database, *(edit(name) for name in "abc"))
        assert not (await database.changes(0, limit=3)).more

    async def test_a_page_of_nothing_stays_where_it_was(self, database: Database) -> None:
        await write_one(database, edit("a"))
        assert await database.changes(0, limit=0) == ((), 0, True)

    async def test_long_pages(self, database: Database) -> None:
        ids = [f"{number:05}" for number in range(2500)]
        await write(database, *(edit(name) for name in ids))
        page = await database.changes(0, limit=2400)
        assert (lines(page), page.more) == (ids[:2400], True)
        assert await database.changes(0, limit=5000) == await database.changes(0, limit=2500)

    async def test_paging_while_others_write_misses_nothing(self, database: Database) -> None:
        await write(database, *(edit(f"{number:03}", n=0) for number in range(100)))
        seen: dict[str, int] = {}
        since, more = 0, True
        while more:
            page = await database.changes(since, limit=7)
            seen |= {line.document.id: line.document.body["n"] for line in page.changes}
            since, more = page.last_seq, page.more
            if more:
                await write_one(database, publish(f"{since % 100:03}", n=since))
        now = await database.range("0", "9")
        assert seen == {document.id: document.body["n"] for document in now}

    async def test_downwards_from_the_newest(self, database: Database) -> None:
        results = await write(database, *(edit(name) for name in "abcd"))
        page = await database.changes(0, descending=True)
        assert (lines(page), page.more) == (["d", "c", "b", "a"], False)
        assert page.last_seq == results[0].seq
        page = await database.changes(0, limit=2, descending=True)
        assert (lines(page), page.more, page.last_seq) == (["d", "c"], True, results[2].seq)
        page = await database.changes(results[1].seq, descending=True)
        assert (lines(page), page.more, page.last_seq) == (["d", "c"], False, results[2].seq)
        assert await database.changes(results[3].seq, descending=True) == (
            (),
            results[3].seq,
            False,
        )

    async def test_long_pages_downwards(self, database: Database) -> None:
        ids = [f"{number:05}" for number in range(1500)]
        await write(database, *(edit(name) for name in ids))
        page = await database.changes(0, limit=1400, descending=True)
        assert (lines(page), page.more) == (ids[:-1401:-1], True)

    async def test_some_channels_are_not_read_downwards(self, database: Database) -> None:
        with pytest.raises(ValueError, match="downwards"):
            await database.changes(0, channels=channels("red"), descending=True)

    async def test_without_bodies(self, database: Database) -> None:
        await write(database, graft("a", "1-b", n=1), graft("a", "1-c", to="red", n=2))
        await write(database, edit("b", to="blue", n=3), edit("b", deleted=True, to="blue"))
        for asked in (None, channels("red blue")):
            full = await database.changes(0, channels=asked)
            bare = await database.changes(0, channels=asked, bodies=False)
            assert bare.last_seq == full.last_seq
            for with_body, without in zip(full.changes, bare.changes, strict=True):
                assert without.document.body == {}
                assert (without.seq, without.leaves) == (with_body.seq, with_body.leaves)
                assert without.document.rev == with_body.document.rev
                assert without.document.deleted == with_body.document.deleted
                assert without.document.conflicts == with_body.document.conflicts
        down = await database.changes(0, descending=True, bodies=False)
        assert [(line.document.id, line.document.body) for line in down.changes] == [
            ("b", {}),
            ("a", {}),
        ]
