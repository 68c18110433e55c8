"""The feed of some channels."""

from __future__ import annotations

from sync.store import Database, Write
from tests.sync.stores.suite.helpers import edit, feed, graft, lines, publish, write, write_one

RED = frozenset({"red"})


class ScopedFeedSuite:
    """``changes`` with channels."""

    async def test_only_documents_in_the_channels(self, database: Database) -> None:
        await write(
            database,
            edit("a", to="red"),
            edit("b", to="blue"),
            edit("c", to="red blue"),
            edit("d"),
            edit("e", to="green"),
        )
        assert await feed(database, to="red") == ["a", "c"]
        assert await feed(database, to="red blue") == ["a", "b", "c"]
        assert await feed(database, to="green unheard") == ["e"]
        assert await feed(database, to="unheard") == []
        assert await feed(database, to="") == []
        assert await feed(database) == ["a", "b", "c", "d", "e"]

    async def test_going_on_skips_what_others_may_see(self, database: Database) -> None:
        await write(database, edit("a", to="red"), edit("b", to="blue"))
        page = await database.changes(0, channels=RED)
        assert page.last_seq == (await database.info()).update_seq
        assert await feed(database, page.last_seq, to="red") == []
        assert (await database.changes(99, channels=RED)).last_seq == 99

    async def test_a_changed_document_moves_to_the_end(self, database: Database) -> None:
        await write(database, edit("a", to="red"), edit("b", to="red"))
        await write_one(database, publish("a", to="red", n=2))
        assert await feed(database, to="red") == ["b", "a"]

    async def test_a_document_that_left_is_removed(self, database: Database) -> None:
        before, *_ = await write(database, edit("a", to="red", n="secret"))
        left = await write_one(database, publish("a", to="blue", n="more secret"))
        (line,) = (await database.changes(before.seq, channels=RED)).changes
        assert (line.removed, line.seq, line.leaves) == (True, left.seq, (left.rev,))
        document = line.document
        assert (document.id, document.rev, document.seq) == ("a", left.rev, left.seq)
        assert (document.body, document.channels, document.conflicts) == ({}, frozenset(), ())
        assert await feed(database, left.seq, to="red") == []
        assert await feed(database, before.seq, to="blue") == ["a"]

    async def test_what_happens_after_leaving_is_not_told(self, database: Database) -> None:
        await write(database, edit("a", to="red"), publish("a", to="blue", n=1))
        left = (await database.info()).update_seq
        await write_one(database, publish("a", to="blue", n=2))
        (line,) = (await database.changes(1, channels=RED)).changes
        assert (line.removed, line.seq) == (True, left)
        assert await feed(database, left, to="red") == []

    async def test_a_document_that_came_back_is_there(self, database: Database) -> None:
        await write(database, edit("a", to="red"), publish("a", to="", n=1))
        back = await write_one(database, publish("a", to="red", n=2))
        for since in range(back.seq):
            assert await feed(database, since, to="red") == ["a"]
        away = await write_one(database, publish("a", to="", n=3))
        assert await feed(database, back.seq, to="red") == ["!a"]
        assert await feed(database, away.seq, to="red") == []

    async def test_leaving_one_channel_and_not_another(self, database: Database) -> None:
        first = await write_one(database, edit("a", to="red blue"))
        second = await write_one(database, publish("a", to="blue", n=1))
        assert await feed(database, first.seq, to="red blue") == ["a"]
        assert await feed(database, first.seq, to="red") == ["!a"]
        await write_one(database, publish("a", to="", n=2))
        page = await database.changes(0, channels=frozenset({"red", "blue"}))
        assert (lines(page), page.changes[0].seq) == (["!a"], second.seq + 1)
        assert page.changes[0].document.rev.startswith("3-")

    async def test_entering_another_channel_after_leaving(self, database: Database) -> None:
        await write(
            database,
            edit("a", to="red"),
            publish("a", to="", n=1),
            edit("b", to="red"),
            publish("a", to="blue", n=2),
        )
        assert await feed(database, to="red") == ["!a", "b"]
        assert await feed(database, to="red blue") == ["b", "a"]

    async def test_a_document_that_entered_and_left_in_one_batch(self, database: Database) -> None:
        await write(database, edit("a", to="red"), publish("a", to="blue"))
        assert await feed(database, to="red") == ["!a"]
        assert await feed(database, to="blue") == ["a"]

    async def test_deleted_in_its_channels_or_out_of_them(self, database: Database) -> None:
        before, *_ = await write(database, edit("a", to="red"), edit("b", to="red"))
        await write(
            database, publish("a", to="red", deleted=True), publish("b", to="", deleted=True)
        )
        assert await feed(database, before.seq, to="red") == ["-a", "!b"]

    async def test_a_leaf_that_takes_over_brings_its_channels(self, database: Database) -> None:
        await write(database, graft("a", "1-b", to="red"), graft("a", "1-c", to="blue"))
        since = (await database.info()).update_seq
        await write_one(database, graft("a", "2-d", "1-c", deleted=True))
        assert await feed(database, since, to="red") == ["a"]
        assert await feed(database, since, to="blue") == ["!a"]

    async def test_pages_of_one_channel(self, database: Database) -> None:
        for name in "abcdefg":
            await write(database, edit(name, to="red"), edit(f"{name}x", to="blue"))
        seen, since, more = [], 0, True
        while more:
            page = await database.changes(since, channels=RED, limit=3)
            seen.append(lines(page))
            since, more = page.last_seq, page.more
        assert seen == [["a", "b", "c"], ["d", "e", "f"], ["g"]]
        assert since == (await database.info()).update_seq

    async def test_pages_of_many_channels(self, database: Database) -> None:
        ids = [f"{number:04}" for number in range(1000)]
        await write(database, *(edit(i, to=f"c{n % 200} c{n % 7} d") for n, i in enumerate(ids)))
        channels = frozenset(f"c{number}" for number in range(0, 200, 2))
        wanted = [i for n, i in enumerate(ids) if n % 200 % 2 == 0 or n % 7 % 2 == 0]
        for limit in (13, 250, 1000, 5000):
            seen, since, more = [], 0, True
            while more:
                page = await database.changes(since, channels=channels, limit=limit)
                assert len(page.changes) == limit or not page.more
                seen += lines(page)
                since, more = page.last_seq, page.more
            assert seen == wanted

    async def test_pages_with_removals(self, database: Database) -> None:
        await write(database, *(edit(f"{number:02}", to="red blue") for number in range(40)))
        since = (await database.info()).update_seq
        moved = [
            publish(f"{number:02}", to=("red", "", "green", "blue")[number % 4], n=1)
            for number in range(40)
        ]
        await write(database, *moved)
        seen, more = [], True
        channels = frozenset({"red", "blue"})
        while more:
            page = await database.changes(since, channels=channels, limit=3)
            seen += lines(page)
            since, more = page.last_seq, page.more
        gone = ("", "!", "!", "")
        assert seen == [f"{gone[number % 4]}{number:02}" for number in range(40)]

    async def test_a_page_of_nothing_stays_where_it_was(self, database: Database) -> None:
        await write(database, edit("a", to="red"), edit("b", to="blue"))
        assert await database.changes(0, channels=RED, limit=0) == ((), 0, True)
        assert (await database.changes(1, channels=RED, limit=0)).more is False

    async def test_unusual_channels(self, database: Database) -> None:
        names = ["é", "e\u0301", "a b", 'quote"', "group:x", "😀"]
        for name in names:
            await write(database, Write(f"in {name}", {"in": name}, frozenset({name})))
        for name in names:
            page = await database.changes(0, channels=frozenset({name}))
            assert [line.document.body for line in page.changes] == [{"in": name}]
            assert page.changes[0].document.channels == {name}
