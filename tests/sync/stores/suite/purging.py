"""Forgetting revisions as if they had never been."""

from __future__ import annotations

import asyncio

import pytest

from sync.errors import BadRevision
from sync.store import Database, Upload
from tests.sync.stores.suite.attachments import TEXT, TEXT_KEY, holding
from tests.sync.stores.suite.helpers import (
    channels,
    edit,
    feed,
    graft,
    leaves,
    read,
    write,
    write_one,
)


class PurgingSuite:
    """``Database.purge`` and, for what it leaves behind, ``Database.compact``."""

    async def test_a_document_goes_with_its_last_leaf(self, database: Database) -> None:
        first = await write_one(database, edit("a", to="red"))
        await write_one(database, edit("b", to="red"))
        second = await write_one(database, edit("a", first.rev, to="red"))
        assert await database.purge({"a": [second.rev]}) == {"a": [second.rev]}
        assert await database.read(["a"]) == [None]
        assert await database.record("a") is None
        assert await feed(database) == ["b"]
        assert await feed(database, to="red") == ["b"]
        info = await database.info()
        assert (info.doc_count, info.deleted_count, info.purge_seq) == (1, 0, 1)
        assert info.update_seq > second.seq
        assert (await database.missing({"a": [first.rev]}))["a"].missing == [first.rev]

    async def test_departures_go_with_their_document(self, database: Database) -> None:
        first = await write_one(database, edit("a", to="red"))
        second = await write_one(database, edit("a", first.rev, to="blue"))
        assert await feed(database, to="red") == ["!a"]
        await database.purge({"a": [second.rev]})
        assert await feed(database, to="red") == []
        assert await feed(database, to="blue") == []

    async def test_a_purged_winner_gives_way_to_the_next(self, database: Database) -> None:
        await write(
            database,
            graft("a", "2-c", "1-a", to="red", n="c"),
            graft("a", "2-b", "1-a", to="blue", n="b"),
        )
        before = (await database.info()).update_seq
        assert await database.purge({"a": ["2-c"]}) == {"a": ["2-c"]}
        document = await read(database, "a")
        assert (document.rev, document.body, document.conflicts) == ("2-b", {"n": "b"}, ())
        assert (document.history, document.channels) == (("2-b", "1-a"), channels("blue"))
        assert document.seq > before
        assert await feed(database, to="red") == ["!a"]
        assert await feed(database, before) == ["a"]

    async def test_a_purged_loser_leaves_the_winner(self, database: Database) -> None:
        await write(database, graft("a", "3-d", "2-c", "1-a"), graft("a", "3-b", "2-b", "1-a"))
        assert await database.purge({"a": ["3-b"]}) == {"a": ["3-b"]}
        assert [leaf.rev for leaf in await leaves(database, "a")] == ["3-d"]
        assert (await read(database, "a")).history == ("3-d", "2-c", "1-a")
        assert (await database.missing({"a": ["2-b"]}))["a"].missing == ["2-b"]

    async def test_only_leaves_are_purged(self, database: Database) -> None:
        await write(database, graft("a", "2-b", "1-a"), graft("b", "1-x"))
        before = await database.info()
        asked = {"a": ["1-a", "2-z"], "b": [], "none": ["1-a"]}
        assert await database.purge(asked) == {"a": [], "b": [], "none": []}
        after = await database.info()
        assert (after.update_seq, after.purge_seq) == (before.update_seq, 0)

    async def test_several_documents_at_once(self, database: Database) -> None:
        await write(database, graft("a", "1-a"), graft("b", "1-b"), graft("b", "1-c"), edit("c"))
        asked = {"b": ["1-c", "1-c", "1-x"], "a": ["1-a"], "none": ["1-a"]}
        assert await database.purge(asked) == {"b": ["1-c"], "a": ["1-a"], "none": []}
        info = await database.info()
        assert (info.doc_count, info.purge_seq) == (2, 2)
        assert await feed(database) == ["c", "b"]

    async def test_all_leaves_at_once(self, database: Database) -> None:
        await write(database, graft("a", "1-b"), graft("a", "1-c"), graft("a", "1-d"))
        assert await database.purge({"a": ["1-b", "1-c", "1-d"]}) == {"a": ["1-b", "1-c", "1-d"]}
        assert await database.read(["a"]) == [None]

    async def test_a_deleted_document_is_purged(self, database: Database) -> None:
        gone = await write_one(database, edit("a", deleted=True))
        await database.purge({"a": [gone.rev]})
        info = await database.info()
        assert (info.doc_count, info.deleted_count) == (0, 0)
        assert await feed(database) == []

    async def test_what_was_purged_can_come_back(self, database: Database) -> None:
        await write_one(database, graft("a", "2-b", "1-a", to="red", n=1))
        await database.purge({"a": ["2-b"]})
        again = await write_one(database, graft("a", "2-b", "1-a", to="red", n=2))
        assert again.fresh
        assert (await read(database, "a")).body == {"n": 2}
        assert await feed(database, to="red") == ["a"]

    async def test_a_revision_that_is_none_is_refused(self, database: Database) -> None:
        await write_one(database, graft("a", "1-a"))
        with pytest.raises(BadRevision):
            await database.purge({"a": ["1-a"], "b": ["x"]})
        assert (await read(database, "a")).rev == "1-a"

    async def test_those_who_wait_hear_of_a_document_that_stays(self, database: Database) -> None:
        await write(database, graft("a", "1-b", to="red"), graft("a", "1-c", to="blue"))
        since = (await database.info()).update_seq
        waiting = asyncio.create_task(database.wait(since, channels("red"), 5))
        await asyncio.sleep(0.01)
        await database.purge({"a": ["1-c"]})
        assert await waiting

    async def test_nobody_hears_of_a_document_that_is_gone(self, database: Database) -> None:
        await write_one(database, graft("a", "1-b", to="red"))
        since = (await database.info()).update_seq
        waiting = asyncio.create_task(database.wait(since, None, 0.05))
        await asyncio.sleep(0.01)
        await database.purge({"a": ["1-b"]})
        assert not await waiting
        assert not await database.wait(since, None, 0)
        page = await database.changes(since)
        assert page.changes == ()
        assert page.last_seq == (await database.info()).update_seq

    async def test_attachments_of_what_was_purged_go_with_compaction(
        self, database: Database
    ) -> None:
        other = Upload("text/plain", b"other")
        await write(
            database,
            holding(graft("a", "1-a"), a=TEXT),
            holding(graft("b", "1-b"), a=other),
        )
        await database.purge({"a": ["1-a"]})
        await database.compact()
        assert await database.attachment(TEXT_KEY) is None
        assert await database.attachment(other.key) == b"other"

    async def test_an_attachment_written_again_outlives_compaction(
        self, database: Database
    ) -> None:
        files = [Upload("x/y", b"%d" % number) for number in range(1200)]
        one = await write_one(
            database, holding(edit("a"), **{f"f{n}": file for n, file in enumerate(files)})
        )
        dropped = await write_one(database, edit("a", one.rev, n=2))
        compacting = asyncio.create_task(database.compact())
        for number in range(5):
            again = {f"f{n}": file for n, file in enumerate(files[number::5])}
            await write_one(database, holding(edit(f"b{number}", n=dropped.seq), **again))
        await compacting
        await database.compact()
        found = [await database.attachment(file.key) for file in files]
        assert found == [file.data for file in files]

    async def test_compaction_is_said_to_be_under_way_no_longer(self, database: Database) -> None:
        await write_one(database, edit("a"))
        await asyncio.gather(database.compact(), database.compact())
        assert not (await database.info()).compacting
