"""Writes with a history: taken always, in any order, any number of times."""

from __future__ import annotations

import asyncio
import itertools

import pytest

from sync.errors import BadDocument, BadRevision
from sync.store import Database, Write, WriteResult
from tests.sync.stores.suite.helpers import (
    channels,
    edit,
    feed,
    graft,
    leaves,
    publish,
    read,
    write,
    write_one,
)


class GraftsSuite:
    """``new_edits=false``."""

    async def test_a_new_revision_is_stored_as_it_came(self, database: Database) -> None:
        result = await write_one(database, graft("a", "1-x", to="red blue", n=1))
        assert result == WriteResult("a", "1-x", result.seq)
        document = await read(database, "a")
        assert (document.id, document.rev, document.body) == ("a", "1-x", {"n": 1})
        assert (document.seq, document.history, document.conflicts) == (result.seq, ("1-x",), ())
        assert document.channels == {"red", "blue"}
        assert not document.deleted

    async def test_the_same_revision_again_changes_nothing(self, database: Database) -> None:
        first = await write_one(database, graft("a", "2-y", "1-x", to="red", n=1))
        again = await write_one(database, graft("a", "2-y", "1-x", to="blue", n=2))
        assert (again.rev, again.seq, again.fresh, again.conflict) == (
            "2-y",
            first.seq,
            False,
            False,
        )
        older = await write_one(database, graft("a", "1-x", to="blue", n=0))
        assert not older.fresh
        document = await read(database, "a")
        assert (document.body, document.channels, document.seq) == (
            {"n": 1},
            channels("red"),
            first.seq,
        )
        assert (await database.info()).update_seq == first.seq

    async def test_a_single_revision_again_changes_nothing(self, database: Database) -> None:
        first, again = await write(database, graft("a", "1-x", n=1), graft("a", "1-x", n=2))
        assert (first.fresh, again.fresh, again.seq) == (True, False, first.seq)
        assert (await read(database, "a")).body == {"n": 1}

    async def test_a_child_replaces_its_parent(self, database: Database) -> None:
        await write_one(database, graft("a", "1-x"))
        result = await write_one(database, graft("a", "2-y", "1-x", n=2))
        document = await read(database, "a")
        assert (document.rev, document.body, document.seq) == ("2-y", {"n": 2}, result.seq)
        assert (document.history, document.conflicts) == (("2-y", "1-x"), ())
        assert await feed(database) == ["a"]

    async def test_revisions_beside_each_other_are_a_conflict(self, database: Database) -> None:
        await write(database, graft("a", "2-b", "1-x", n="b"), graft("a", "2-c", "1-x", n="c"))
        document = await read(database, "a")
        assert (document.rev, document.body, document.conflicts) == ("2-c", {"n": "c"}, ("2-b",))
        both = await leaves(database, "a")
        assert [(leaf.rev, leaf.body, leaf.conflicts) for leaf in both] == [
            ("2-c", {"n": "c"}, ("2-b",)),
            ("2-b", {"n": "b"}, ("2-c",)),
        ]

    async def test_a_losing_revision_leaves_the_winner_and_moves_the_feed(
        self, database: Database
    ) -> None:
        await write_one(database, graft("a", "3-c", "2-b", "1-x", to="red", n=3))
        await write_one(database, graft("b", "1-x", to="red"))
        lost = await write_one(database, graft("a", "2-z", "1-x", to="blue", n=2))
        document = await read(database, "a")
        assert (document.rev, document.channels, document.seq) == ("3-c", channels("red"), lost.seq)
        assert await feed(database, to="red") == ["b", "a"]
        assert await feed(database, to="blue") == []

    async def test_every_order_gives_the_same_document(self, database: Database) -> None:
        writes = [
            graft("", "1-x", to="red"),
            graft("", "2-b", "1-x", to="blue"),
            graft("", "2-c", "1-x", to="red green", deleted=True),
            graft("", "3-d", "2-b", "1-x", deleted=True),
            graft("", "1-y", to="black"),
        ]
        seen = set()
        for number, order in enumerate(itertools.permutations(writes)):
            name = f"doc{number}"
            named = [
                Write(name, w.body, w.channels, history=w.history, deleted=w.deleted) for w in order
            ]
            await write(database, *named)
            found = await leaves(database, name)
            seen.add(tuple((d.rev, d.deleted, d.channels, str(d.body)) for d in found))
        assert len(seen) == 1
        assert [leaf[0] for leaf in seen.pop()] == ["1-y", "3-d", "2-c"]

    async def test_a_deleted_winner_gives_way_to_a_live_leaf(self, database: Database) -> None:
        await write(
            database,
            graft("a", "1-x", to="red", n="x"),
            graft("a", "2-b", "1-x", to="blue", n="b"),
            graft("a", "2-c", "1-x", to="green", n="c"),
            graft("a", "3-d", "2-c", "1-x", deleted=True),
        )
        document = await read(database, "a")
        assert (document.rev, document.body, document.channels) == (
            "2-b",
            {"n": "b"},
            channels("blue"),
        )
        assert (document.deleted, document.conflicts) == (False, ())
        assert [leaf.rev for leaf in await leaves(database, "a")] == ["2-b", "3-d"]
        info = await database.info()
        assert (info.doc_count, info.deleted_count) == (1, 0)

    async def test_a_longer_history_of_a_known_revision_is_news(self, database: Database) -> None:
        await write(database, graft("a", "2-b"), graft("a", "1-x"))
        assert len(await leaves(database, "a")) == 2
        joined = await write_one(database, graft("a", "2-b", "1-x", n="other"))
        assert joined.fresh
        document = await read(database, "a")
        assert (document.history, document.body) == (("2-b", "1-x"), {"rev": "2-b"})
        assert len(await leaves(database, "a")) == 1

    async def test_old_ancestors_are_forgotten(self, database: Database) -> None:
        history = [f"{number}-x" for number in range(1200, 0, -1)]
        await write_one(database, graft("a", *history))
        assert len((await read(database, "a")).history) == 1000
        again = await write_one(database, graft("a", *history))
        assert not again.fresh
        edited = await write_one(database, edit("a", "1200-x", n=1))
        document = await read(database, "a")
        assert document.history[:2] == (edited.rev, "1200-x")
        assert (len(document.history), document.history[-1]) == (1000, "202-x")

    @pytest.mark.parametrize(
        "history",
        [
            ("x",),
            ("0-x",),
            ("-1-x",),
            ("1",),
            ("01-x",),
            ("2-y", "2-x"),
            ("3-y", "1-x"),
            ("1-x", "0-y"),
        ],
    )
    async def test_a_history_that_is_none_is_refused(
        self, database: Database, history: tuple[str, ...]
    ) -> None:
        with pytest.raises((BadRevision, BadDocument)):
            await write(database, graft("good", "1-x"), graft("a", *history))
        assert (await database.info()).update_seq == 0

    async def test_one_revision_written_by_many_at_once_is_stored_once(
        self, database: Database
    ) -> None:
        results = await asyncio.gather(
            *(write_one(database, graft("a", "1-x", by=number)) for number in range(20))
        )
        assert [result.fresh for result in results].count(True) == 1
        assert len({result.seq for result in results}) == 1

    async def test_grafts_and_edits_mix(self, database: Database) -> None:
        await write_one(database, graft("a", "1-x", n=1))
        second = await write_one(database, edit("a", "1-x", n=2))
        await write_one(database, graft("a", "3-z", second.rev, "1-x", n=3))
        fourth = await write_one(database, publish("a", n=4))
        document = await read(database, "a")
        assert document.history == (fourth.rev, "3-z", second.rev, "1-x")
