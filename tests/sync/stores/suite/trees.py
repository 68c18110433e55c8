"""Everything that is kept of one document: its record, and what can be asked of it."""

from __future__ import annotations

import pytest

from sync.errors import BadRevision
from sync.store import Database, Record
from tests.sync.stores.suite.helpers import edit, graft, read, write, write_one


async def record(database: Database, name: str) -> Record:
    """The record of a document that is there."""
    found = await database.record(name)
    assert found is not None
    return found


async def forked(database: Database) -> Record:
    """A document with a live winner, a live loser and a deleted leaf."""
    await write(
        database,
        graft("a", "3-c", "2-b", "1-a", n="c"),
        graft("a", "2-z", "1-a", n="z"),
        graft("a", "4-e", "3-d", "2-b", deleted=True, n="e"),
    )
    return await record(database, "a")


class TreesSuite:
    """``Database.record``."""

    async def test_of_nothing(self, database: Database) -> None:
        assert await database.record("a") is None

    async def test_of_a_single_revision(self, database: Database) -> None:
        result = await write_one(database, edit("a", n=1))
        found = await record(database, "a")
        assert found.winner() == await read(database, "a")
        assert found.open_revs("all") == [(result.rev, found.winner())]
        assert found.revs_info(result.rev) == [(result.rev, "available")]
        assert found.history(result.rev) == (result.rev,)
        assert (found.conflicts(), found.deleted_conflicts()) == ((), ())

    async def test_conflicts_are_leaves_that_are_not_deleted(self, database: Database) -> None:
        found = await forked(database)
        assert (found.rev, found.conflicts()) == ("3-c", ("2-z",))
        assert found.deleted_conflicts() == ("4-e",)

    async def test_history_leads_back_from_any_revision(self, database: Database) -> None:
        found = await forked(database)
        assert found.history("4-e") == ("4-e", "3-d", "2-b", "1-a")
        assert found.history("2-z") == ("2-z", "1-a")
        assert found.history("2-b") == ("2-b", "1-a")
        assert found.history("9-x") == ()

    async def test_all_open_revisions_are_the_leaves(self, database: Database) -> None:
        found = (await forked(database)).open_revs("all")
        assert [(rev, one and one.body) for rev, one in found] == [
            ("3-c", {"n": "c"}),
            ("2-z", {"n": "z"}),
            ("4-e", {"n": "e"}),
        ]

    async def test_open_revisions_by_name(self, database: Database) -> None:
        found = (await forked(database)).open_revs(["2-z", "9-x", "2-z"])
        assert [(rev, one and one.rev) for rev, one in found] == [("2-z", "2-z"), ("9-x", None)]

    async def test_the_latest_of_open_revisions(self, database: Database) -> None:
        found = await forked(database)

        def latest(*revs: str) -> list[str]:
            return [rev for rev, one in found.open_revs(revs, latest=True) if one]

        assert latest("1-a") == ["3-c", "2-z", "4-e"]
        assert latest("2-b") == ["3-c", "4-e"]
        assert latest("2-b", "3-d", "3-c") == ["3-c", "4-e"]
        assert latest("2-z") == ["2-z"]
        assert found.open_revs(["9-x"], latest=True) == [("9-x", None)]

    async def test_revisions_that_are_none_are_refused(self, database: Database) -> None:
        found = await forked(database)
        with pytest.raises(BadRevision):
            found.open_revs(["x"], latest=True)
        with pytest.raises(BadRevision):
            found.history("x")
        with pytest.raises(BadRevision):
            await database.missing({"a": ["3-c", "x"]})
        with pytest.raises(BadRevision):
            await database.missing({"none": ["x"]})

    async def test_what_is_kept_of_a_deletion(self, database: Database) -> None:
        found = await forked(database)
        assert found.revs_info("4-e")[0] == ("4-e", "deleted")

    async def test_possible_ancestors_are_leaves_of_lower_generations(
        self, database: Database
    ) -> None:
        await forked(database)
        found = await database.missing({"a": ["4-x", "3-y", "2-b"], "b": ["1-a"]})
        assert found["a"].missing == ["4-x", "3-y"]
        assert sorted(found["a"].possible_ancestors) == ["2-z", "3-c"]
        assert found["b"] == (["1-a"], [])
        assert (await database.missing({"a": ["1-x"]}))["a"].possible_ancestors == []
        assert await database.missing({"a": ["4-e", "3-c", "1-a"]}) == {}

    async def test_a_record_stays_as_it_was_read(self, database: Database) -> None:
        before = await forked(database)
        await write_one(database, edit("a", "3-c", n=2))
        assert (before.rev, before.history("3-c")) == ("3-c", ("3-c", "2-b", "1-a"))
        assert before.open_revs(["3-c"])[0][1] is not None
