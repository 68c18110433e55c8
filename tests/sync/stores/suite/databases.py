"""Databases: made, found, listed, deleted, closed."""

from __future__ import annotations

import asyncio

import pytest

from sync.errors import BadName, DatabaseExists, DatabaseMissing, StoreClosed, StoreError
from sync.store import Database, Store, WriteBatch
from sync.stores.couchdb import CouchStore
from tests.sync.stores.suite.helpers import edit, publish, read, write, write_one


class DatabasesSuite:
    """The store itself."""

    async def test_names_are_sorted(self, store: Store) -> None:
        for name in ("b", "a/x", "a", "c_$()+-/9"):
            assert (await store.create(name)).name == name
        assert await store.names() == ["a", "a/x", "b", "c_$()+-/9"]

    @pytest.mark.parametrize(
        "name", ["", "A", "_users", "1a", "a b", "a.b", "a\n", "é", "../a", "a%2fb", "a" * 121]
    )
    async def test_what_is_no_name_is_refused(self, store: Store, name: str) -> None:
        with pytest.raises(BadName):
            await store.create(name)
        with pytest.raises(BadName):
            await store.open(name)
        with pytest.raises(BadName):
            await store.delete(name)

    async def test_the_longest_name(self, store: Store) -> None:
        name = "a" + "/" * 39 + "b" * 2
        database = await store.create(name)
        await write_one(database, edit("a"))
        assert await store.names() == [name]

    async def test_who_else_may_write(self, store: Store) -> None:
        assert store.shared is isinstance(store, CouchStore)

    async def test_a_database_is_made_once(self, store: Store, database: Database) -> None:
        with pytest.raises(DatabaseExists, match=database.name):
            await store.create(database.name)
        made = await asyncio.gather(*(store.create("x") for _ in range(5)), return_exceptions=True)
        assert sum(isinstance(one, DatabaseExists) for one in made) == 4

    async def test_a_missing_database_is_named(self, store: Store) -> None:
        with pytest.raises(DatabaseMissing, match="nowhere"):
            await store.open("nowhere")
        with pytest.raises(DatabaseMissing, match="nowhere"):
            await store.delete("nowhere")

    async def test_a_database_opened_again_is_the_same(
        self, store: Store, database: Database
    ) -> None:
        await write_one(database, edit("a", n=1))
        again = await store.open(database.name)
        assert (await read(again, "a")).body == {"n": 1}
        assert await again.info() == await database.info()

    async def test_a_scrubbed_database_is_the_same(self, store: Store, database: Database) -> None:
        await write_one(database, edit("a", n=1))
        before = await database.info()
        await store.scrub(database.name)
        assert (await read(database, "a")).body == {"n": 1}
        after = await database.info()
        assert (after.epoch, after.update_seq) == (before.epoch, before.update_seq)
        await write_one(database, edit("b", n=2))
        assert (await read(database, "b")).body == {"n": 2}
        with pytest.raises(DatabaseMissing, match="nowhere"):
            await store.scrub("nowhere")

    async def test_databases_are_apart(self, store: Store) -> None:
        one, other = await store.create("one"), await store.create("one/other")
        await write_one(one, edit("a"))
        await one.write(WriteBatch(local={"x": {}}))
        assert await other.read(["a"]) == [None]
        assert await other.read_local("x") is None
        assert (await other.info()).update_seq == 0

    async def test_info(self, database: Database) -> None:
        empty = await database.info()
        assert (empty.name, empty.update_seq) == (database.name, 0)
        assert (empty.doc_count, empty.deleted_count) == (0, 0)
        await write(database, edit("a"), edit("b"), edit("c", deleted=True))
        await write(database, publish("a", n=1), publish("b", deleted=True))
        info = await database.info()
        assert (info.doc_count, info.deleted_count, info.epoch) == (1, 2, empty.epoch)
        assert info.update_seq == (await database.changes(0)).last_seq

    async def test_every_database_has_an_epoch_of_its_own(self, store: Store) -> None:
        epochs = set()
        for name in ("a", "b", "a"):
            if name in await store.names():
                await store.delete(name)
            epochs.add((await (await store.create(name)).info()).epoch)
        assert len(epochs) == 3
        assert all(epoch and "." not in epoch for epoch in epochs)

    async def test_a_deleted_database_is_gone(self, store: Store, database: Database) -> None:
        await write_one(database, edit("a"))
        await store.delete(database.name)
        assert await store.names() == []
        with pytest.raises(DatabaseMissing):
            await store.open(database.name)
        with pytest.raises(DatabaseMissing):
            await database.read(["a"])
        with pytest.raises(DatabaseMissing):
            await write_one(database, edit("b"))
        with pytest.raises(DatabaseMissing):
            await database.info()

    async def test_a_database_made_anew_is_empty(self, store: Store, database: Database) -> None:
        await write_one(database, edit("a"))
        await store.delete(database.name)
        again = await store.create(database.name)
        assert await again.read(["a"]) == [None]
        assert (await again.info()).update_seq == 0
        await write_one(again, edit("b"))
        with pytest.raises(DatabaseMissing):
            await database.read(["b"])

    async def test_deleting_twice_at_once(self, store: Store, database: Database) -> None:
        both = await asyncio.gather(
            store.delete(database.name), store.delete(database.name), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in both) == ["DatabaseMissing", "NoneType"]

    async def test_what_was_handed_in_before_closing_is_committed(
        self, store: Store, database: Database
    ) -> None:
        task = asyncio.create_task(write_one(database, edit("a")))
        await asyncio.sleep(0)
        await store.close()
        assert (await task).fresh

    async def test_a_closed_store_answers_nothing(self, store: Store, database: Database) -> None:
        await store.close()
        await store.close()
        with pytest.raises(StoreClosed):
            await store.names()
        with pytest.raises(StoreClosed):
            await store.open(database.name)
        with pytest.raises(StoreClosed):
            await store.create("x")
        with pytest.raises(StoreClosed):
            await database.read(["a"])
        with pytest.raises(StoreClosed):
            await write_one(database, edit("a"))

    async def test_errors_have_a_code_a_status_and_a_sentence(self, store: Store) -> None:
        with pytest.raises(StoreError) as caught:
            await store.open("nowhere")
        error = caught.value
        assert (error.code, error.status) == ("not_found", 404)
        assert str(error).endswith(".")
