"""What is set for a database, how large it is, and places in its feed as text."""

from __future__ import annotations

import pytest

from sync.errors import BadSetting
from sync.store import Database, DatabaseSettings, Store
from tests.sync.stores.suite.helpers import edit, feed, publish, read, write, write_one


class SettingsSuite:
    """``settings``, ``configure`` and ``info``."""

    async def test_a_new_database(self, database: Database) -> None:
        assert await database.settings() == DatabaseSettings(1000, {})

    async def test_what_is_set_stays_set(self, store: Store, database: Database) -> None:
        await database.configure(revs_limit=5)
        await database.configure(security={"admins": {"names": ["é"]}})
        expected = DatabaseSettings(5, {"admins": {"names": ["é"]}})
        assert await database.settings() == expected
        again = await store.open(database.name)
        assert await again.settings() == expected
        await database.configure(security={})
        assert await database.settings() == DatabaseSettings(5, {})

    async def test_each_database_has_its_own(self, store: Store, database: Database) -> None:
        await database.configure(revs_limit=5)
        other = await store.create("school-2")
        assert (await other.settings()).revs_limit == 1000

    async def test_so_many_revisions_are_remembered(self, database: Database) -> None:
        await write(database, *(publish("a", n=number) for number in range(8)))
        await database.configure(revs_limit=3)
        assert len((await read(database, "a")).history) == 8
        await write_one(database, publish("a", n="next"))
        assert len((await read(database, "a")).history) == 3
        await database.configure(revs_limit=1)
        result = await write_one(database, publish("a", n="last"))
        assert (await read(database, "a")).history == (result.rev,)

    @pytest.mark.parametrize("limit", [0, -1])
    async def test_limits_that_are_none_are_refused(self, database: Database, limit: int) -> None:
        with pytest.raises(BadSetting):
            await database.configure(revs_limit=limit)

    async def test_security_must_be_json(self, database: Database) -> None:
        with pytest.raises(BadSetting):
            await database.configure(security={"a": object()})
        assert (await database.settings()).security == {}

    async def test_sizes_grow(self, database: Database) -> None:
        before = await database.info()
        await write(database, *(edit(str(number), text="x" * 1000) for number in range(500)))
        after = await database.info()
        assert after.file_bytes >= after.data_bytes > max(400_000, before.data_bytes)

    async def test_whoever_asks_may_do_a_task(self, database: Database) -> None:
        assert await database.claim("publish", 60)
        assert await database.claim("publish", 60)


class MarksSuite:
    """``mark`` and ``locate``."""

    async def test_a_mark_names_a_place(self, database: Database) -> None:
        first = await write_one(database, edit("a"))
        mark = database.mark(first.seq)
        await write(database, edit("b"), edit("c"))
        place = await database.locate(mark)
        assert place is not None
        assert await feed(database, place) in (["b", "c"], ["a", "b", "c"])
        last = await database.locate(database.mark((await database.info()).update_seq))
        assert last is not None

    async def test_the_beginning_can_be_marked(self, database: Database) -> None:
        assert await database.locate(database.mark(0)) == 0

    async def test_a_place_ahead_is_none_of_this_history(self, database: Database) -> None:
        result = await write_one(database, edit("a"))
        assert await database.locate(database.mark(result.seq + 1)) is None

    async def test_a_place_of_another_database(self, store: Store, database: Database) -> None:
        other = await store.create("school-2")
        await write_one(other, edit("a"))
        await write_one(database, edit("a"))
        assert await database.locate(other.mark(1)) is None

    @pytest.mark.parametrize("mark", ["", "1", ".1", "x.1", "x.", "é.1", "x.-1", "x." + "9" * 99])
    async def test_texts_that_mark_nothing(self, database: Database, mark: str) -> None:
        await write_one(database, edit("a"))
        assert await database.locate(mark) is None
