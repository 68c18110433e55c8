"""Reading documents, revisions and local documents."""

from __future__ import annotations

from typing import Any

import pytest

from sync.store import Database, WriteBatch
from tests.sync.stores.suite.helpers import (
    edit,
    graft,
    leaves,
    read,
    revision,
    write,
    write_one,
)


class ReadsSuite:
    """Everything that is read by id."""

    async def test_documents_come_in_the_order_asked(self, database: Database) -> None:
        await write(database, *(edit(name, n=name) for name in "abc"))
        found = await database.read(["c", "x", "a", "c"])
        assert [document and document.id for document in found] == ["c", None, "a", "c"]
        assert await database.read([]) == []

    async def test_many_documents_at_once(self, database: Database) -> None:
        ids = [f"{number:05}" for number in range(2500)]
        await write(database, *(edit(name, n=name) for name in ids))
        found = await database.read([*ids, "none"])
        assert [document and document.body["n"] for document in found] == [*ids, None]
        revs = {name: ["1-x"] for name in ids}
        assert await database.missing(revs) == {name: (["1-x"], []) for name in ids}

    async def test_one_revision(self, database: Database) -> None:
        await write(
            database,
            graft("a", "2-b", "1-x", to="red", n="b"),
            graft("a", "2-c", "1-x", n="c"),
            graft("a", "3-d", "2-b", "1-x", deleted=True, n="d"),
        )
        winner = await revision(database, "a", "2-c")
        assert winner
        assert (winner.body, winner.conflicts, winner.deleted) == ({"n": "c"}, (), False)
        leaf = await revision(database, "a", "3-d")
        assert leaf
        assert (leaf.body, leaf.deleted) == ({"n": "d"}, True)
        assert (leaf.history, leaf.conflicts) == (("3-d", "2-b", "1-x"), ("2-c",))
        assert await revision(database, "a", "1-x") is None
        assert await revision(database, "a", "9-x") is None
        assert await revision(database, "b", "1-x") is None

    async def test_leaves_of_nothing(self, database: Database) -> None:
        assert await leaves(database, "a") == []

    async def test_leaves_keep_their_own_channels(self, database: Database) -> None:
        await write(database, graft("a", "1-b", to="red"), graft("a", "1-c", to="blue"))
        assert [leaf.channels for leaf in await leaves(database, "a")] == [{"blue"}, {"red"}]

    async def test_missing_revisions(self, database: Database) -> None:
        await write(database, graft("a", "3-c", "2-b"), graft("b", "1-x"))
        asked = {"a": ["3-c", "2-b", "2-z", "1-x"], "b": ["1-x"], "c": ["1-x", "2-y"], "d": []}
        assert await database.missing(asked) == {
            "a": (["2-z", "1-x"], []),
            "c": (["1-x", "2-y"], []),
        }
        assert await database.missing({}) == {}

    @pytest.mark.parametrize("name", ["half\ud800", "a\0", "\0", "", "_local/a"])
    async def test_what_is_no_id_is_not_there(self, database: Database, name: str) -> None:
        await write(database, edit("a", n=1), edit("half", n=2))
        found = await database.read(["a", name, "half"])
        assert [document and document.body["n"] for document in found] == [1, None, 2]
        assert await database.read([name]) == [None]
        assert await database.record(name) is None
        missing = await database.missing({name: ["1-x"], "a": ["1-y"]})
        assert missing == {name: (["1-x"], []), "a": (["1-y"], [])}
        assert await database.missing({name: ["1-x"]}) == {name: (["1-x"], [])}
        assert await database.purge({name: ["1-x"]}) == {name: []}
        assert await database.read_local(name) is None

    async def test_local_documents(self, database: Database) -> None:
        assert await database.read_local("x") is None
        await database.write(WriteBatch(local={"x": {"n": 1}, "y/é": {}, "_z": {"n": 3}}))
        assert await database.read_local("x") == {"n": 1}
        assert await database.read_local("y/é") == {}
        assert await database.read_local("_z") == {"n": 3}
        await database.write(WriteBatch(local={"x": {"n": 2}, "y/é": None, "never": None}))
        assert await database.read_local("x") == {"n": 2}
        assert await database.read_local("y/é") is None

    async def test_local_documents_are_in_no_feed(self, database: Database) -> None:
        await database.write(WriteBatch(local={"x": {"n": 1}}))
        info = await database.info()
        assert (info.update_seq, info.doc_count) == (0, 0)
        assert (await database.changes(0)).changes == ()
        assert await database.read(["x", "_local/x"]) == [None, None]

    async def test_local_documents_are_committed_with_their_batch(self, database: Database) -> None:
        await database.write(WriteBatch([edit("a")], {"checkpoint": {"seq": 7}}))
        assert (await read(database, "a")).body == {}
        assert await database.read_local("checkpoint") == {"seq": 7}

    async def test_a_body_is_its_writers_no_more(self, database: Database) -> None:
        body: dict[str, Any] = {"list": [1]}
        await write_one(database, edit("a", **body))
        body["list"].append(2)
        assert (await read(database, "a")).body == {"list": [1]}

    async def test_raw_is_the_body(self, database: Database) -> None:
        await write_one(database, edit("a", n=1))
        assert (await read(database, "a")).raw == b'{"n":1}'
