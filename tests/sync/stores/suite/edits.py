"""Writes without a history: the store mints the revision, or answers a conflict."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from sync.errors import BadDocument, BadRevision
from sync.store import Database, Write, WriteBatch, WriteResult
from tests.sync.stores.suite.helpers import (
    UNUSUAL_IDS,
    edit,
    feed,
    graft,
    publish,
    read,
    write,
    write_one,
)


class EditsSuite:
    """Edits on a parent, edits on the winner, deletions, atomicity."""

    async def test_create_change_delete_create_again(self, database: Database) -> None:
        first = await write_one(database, edit("a", n=1))
        second = await write_one(database, edit("a", first.rev, n=2))
        third = await write_one(database, edit("a", second.rev, deleted=True, why="left"))
        gone = await read(database, "a")
        assert (gone.rev, gone.deleted, gone.body) == (third.rev, True, {"why": "left"})
        info = await database.info()
        assert (info.doc_count, info.deleted_count) == (0, 1)
        fourth = await write_one(database, edit("a", n=4))
        document = await read(database, "a")
        assert document.history == (fourth.rev, third.rev, second.rev, first.rev)
        assert [rev.partition("-")[0] for rev in document.history] == ["4", "3", "2", "1"]
        info = await database.info()
        assert (info.doc_count, info.deleted_count) == (1, 0)

    async def test_the_same_edit_is_the_same_revision_everywhere(self, database: Database) -> None:
        one = await write_one(database, edit("a", x=1, y=[2, {"b": 1, "a": 2}]))
        other = await write_one(database, edit("b", y=[2, {"a": 2, "b": 1}], x=1))
        differs = await write_one(database, edit("c", x=1, y=[2]))
        assert one.rev == other.rev != differs.rev

    async def test_a_conflict_changes_nothing(self, database: Database) -> None:
        first = await write_one(database, edit("a", n=1))
        second = await write_one(database, edit("a", first.rev, n=2))
        for parent in (None, first.rev, "1-unknown", "9-unknown"):
            refused = await write_one(database, edit("a", parent, n=3))
            assert refused == WriteResult("a", second.rev, second.seq, fresh=False, conflict=True)
        assert (await read(database, "a")).body == {"n": 2}
        assert (await database.info()).update_seq == second.seq

    async def test_an_edit_on_a_document_that_is_not_there_is_a_conflict(
        self, database: Database
    ) -> None:
        result = await write_one(database, edit("a", "1-x", n=1))
        assert (result.conflict, result.fresh, result.seq) == (True, False, 0)
        assert await database.read(["a"]) == [None]

    async def test_a_conflict_does_not_hold_up_the_rest_of_its_batch(
        self, database: Database
    ) -> None:
        await write_one(database, edit("b", n=1))
        results = await write(database, edit("a", n=1), edit("b", n=2), edit("c", n=3))
        assert [result.conflict for result in results] == [False, True, False]
        assert [result.id for result in results] == ["a", "b", "c"]
        assert (await database.info()).doc_count == 3

    async def test_any_leaf_may_be_edited(self, database: Database) -> None:
        await write(database, graft("a", "1-b"), graft("a", "1-c"))
        loser = await write_one(database, edit("a", "1-b", n="loser"))
        document = await read(database, "a")
        assert (document.rev, document.conflicts) == (loser.rev, ("1-c",))
        await write_one(database, edit("a", "1-c", deleted=True))
        assert (await read(database, "a")).conflicts == ()

    async def test_one_document_several_times_in_a_batch(self, database: Database) -> None:
        first, second, third = await write(
            database, edit("a", n=1), edit("a", n=2), publish("a", n=3)
        )
        assert not first.conflict
        assert second.conflict
        assert (await read(database, "a")).body == {"n": 3}
        assert (await read(database, "a")).history == (third.rev, first.rev)
        assert await feed(database) == ["a"]
        assert (await database.info()).doc_count == 1

    async def test_publishing_edits_whatever_is_there(self, database: Database) -> None:
        first = await write_one(database, publish("a", to="red", n=1))
        second = await write_one(database, publish("a", to="red", n=2))
        assert (await read(database, "a")).history == (second.rev, first.rev)
        gone = await write_one(database, publish("a", to="red", deleted=True))
        assert (await read(database, "a")).deleted
        back = await write_one(database, publish("a", to="red", n=2))
        assert (await read(database, "a")).history == (back.rev, gone.rev, second.rev, first.rev)

    async def test_publishing_the_same_again_keeps_the_revision(self, database: Database) -> None:
        first = await write_one(database, publish("a", to="red blue", x=1, y=2))
        again = await write_one(database, publish("a", to="blue red", y=2, x=1))
        assert again == WriteResult("a", first.rev, first.seq, fresh=False)
        assert (await database.info()).update_seq == first.seq

    async def test_publishing_to_other_channels_is_a_new_revision(self, database: Database) -> None:
        first = await write_one(database, publish("a", to="red", x=1))
        moved = await write_one(database, publish("a", to="blue", x=1))
        assert moved.fresh
        assert moved.rev != first.rev
        assert (await read(database, "a")).channels == {"blue"}

    async def test_publishing_ignores_a_parent(self, database: Database) -> None:
        await write_one(database, edit("a", n=1))
        result = await write_one(database, Write("a", {"n": 2}, parent="1-old", force=True))
        assert (result.conflict, (await read(database, "a")).body) == (False, {"n": 2})
        absent = await write_one(database, Write("b", {"n": 2}, parent="1-old", force=True))
        assert not absent.conflict

    async def test_of_many_edits_on_one_parent_one_is_taken(self, database: Database) -> None:
        first = await write_one(database, edit("a", n=0))
        results = await asyncio.gather(
            *(write_one(database, edit("a", first.rev, n=number)) for number in range(1, 30))
        )
        taken = [result for result in results if not result.conflict]
        assert len(taken) == 1
        assert (await read(database, "a")).rev == taken[0].rev

    async def test_batches_written_at_once_are_all_there(self, database: Database) -> None:
        batches = [[edit(f"{batch}:{n}", n=n) for n in range(20)] for batch in range(20)]
        results = await asyncio.gather(*(write(database, *batch) for batch in batches))
        seqs = [result.seq for batch in results for result in batch]
        assert len(set(seqs)) == 400
        assert all(batch == sorted(batch, key=lambda one: one.seq) for batch in results)
        assert (await database.info()).doc_count == 400
        assert (await database.info()).update_seq == max(seqs)

    async def test_a_batch_is_seen_whole_or_not_at_all(self, database: Database) -> None:
        async def look() -> set[int]:
            counts = set()
            for _ in range(50):
                left, right = await database.read(["left", "right"])
                counts.add((left.body["n"] if left else 0) - (right.body["n"] if right else 0))
                await asyncio.sleep(0)
            return counts

        async def turn() -> None:
            for number in range(1, 30):
                await write(database, publish("left", n=number), publish("right", n=number))

        counts, _ = await asyncio.gather(look(), turn())
        assert counts == {0}

    async def test_nothing_to_write(self, database: Database) -> None:
        assert await database.write(WriteBatch()) == []
        assert (await database.info()).update_seq == 0

    @pytest.mark.parametrize("name", UNUSUAL_IDS)
    async def test_unusual_ids(self, database: Database, name: str) -> None:
        result = await write_one(database, edit(name, n=name))
        assert (await read(database, name)).body == {"n": name}
        assert await database.missing({name: [result.rev, "1-x"]}) == {name: (["1-x"], [])}
        page = await database.changes(0)
        assert [change.document.id for change in page.changes] == [name]

    async def test_unusual_ids_are_kept_apart(self, database: Database) -> None:
        await write(database, *(edit(name, n=name) for name in UNUSUAL_IDS))
        found = await database.read(UNUSUAL_IDS)
        assert [document and document.body["n"] for document in found] == UNUSUAL_IDS

    @pytest.mark.parametrize("name", ["", "_x", "_local/x", "_", "half\ud800", "nul\0"])
    async def test_what_is_no_id_is_refused(self, database: Database, name: str) -> None:
        with pytest.raises(BadDocument):
            await write(database, edit("good"), edit(name))
        assert (await database.info()).update_seq == 0

    @pytest.mark.parametrize("value", ["half\ud800", 2**70, object(), {1: 2}])
    async def test_what_is_no_json_is_refused_whole(self, database: Database, value: Any) -> None:
        with pytest.raises(BadDocument, match="'bad'"):
            await write(database, edit("good"), edit("bad", value=value))
        with pytest.raises(BadDocument, match="'bad'"):
            await database.write(WriteBatch([edit("good")], {"bad": {"value": value}}))
        assert await database.read(["good"]) == [None]

    async def test_a_batch_that_is_refused_fails_no_other(self, database: Database) -> None:
        good, bad = await asyncio.gather(
            write(database, edit("good")), write(database, edit("")), return_exceptions=True
        )
        assert isinstance(bad, BadDocument)
        assert isinstance(good, list)
        assert (await database.info()).doc_count == 1

    async def test_a_parent_that_is_no_revision_is_refused(self, database: Database) -> None:
        with pytest.raises(BadRevision):
            await write(database, edit("a", "new"))

    @pytest.mark.parametrize(
        "value", [0, -1, 2**63 - 1, 1.5, True, None, "", "\0", "😀", [], {}, [[{"a": [1]}]]]
    )
    async def test_json_comes_back_as_it_was(self, database: Database, value: Any) -> None:
        await write_one(database, edit("a", value=value))
        assert (await read(database, "a")).body == {"value": value}

    async def test_large_bodies(self, database: Database) -> None:
        text = "lorem " * 200_000
        await write_one(database, edit("a", text=text))
        assert (await read(database, "a")).body == {"text": text}
