"""Of thousands of schools those are known where something may fall due; the rest is left shut."""

from __future__ import annotations

import pytest

from server.family.atlas import Atlas
from server.family.places import Places
from sync import channels
from sync.store import Store, Write, WriteBatch
from sync.stores.memory import MemoryStore
from sync.topics import CONCERNS
from tests.server.families import AREA, make_area
from tests.server.town import OTHER, SCHOOL, make_schools


class Counting(Places):
    """Counts what is looked into."""

    looked: list[str]

    async def may_carry(self, name: str) -> bool:
        self.looked.append(name)
        return await super().may_carry(name)


def counting(store: Store) -> Counting:
    places = Counting(store)
    object.__setattr__(places, "looked", [])
    return places


@pytest.fixture
async def store() -> Store:
    made = MemoryStore()
    await make_schools(made)
    await make_area(made)
    await made.create("accounts")
    return made


async def concern(store: Store, school: str) -> None:
    to = frozenset({channels.entries(CONCERNS)})
    database = await store.open(school)
    await database.write(WriteBatch([Write("entry:of-a-concern", {"type": "entry"}, to)]))


async def test_areas_and_schools_with_a_concern_are_found(store: Store) -> None:
    await concern(store, OTHER)
    atlas = Atlas(Places(store), await store.open("accounts"))
    assert not await atlas.explore()
    assert atlas.live == {AREA, OTHER}


async def test_each_is_looked_into_once_and_not_again_after_a_start(store: Store) -> None:
    accounts = await store.open("accounts")
    first = counting(store)
    await Atlas(first, accounts).explore()
    assert sorted(first.looked) == [AREA, OTHER, SCHOOL]
    second = counting(store)
    atlas = Atlas(second, accounts)
    await atlas.explore()
    assert second.looked == []
    assert atlas.live == {AREA}


async def test_thousands_are_looked_into_in_turns(store: Store) -> None:
    atlas = Atlas(Places(store), await store.open("accounts"))
    assert await atlas.explore(2)
    assert not await atlas.explore(2)
    assert atlas.live == {AREA}


async def test_a_concern_that_comes_later_is_known_by_what_came_in(store: Store) -> None:
    accounts = await store.open("accounts")
    atlas = Atlas(Places(store), accounts)
    await atlas.explore()
    await atlas.note([SCHOOL])
    assert atlas.live == {AREA, SCHOOL}
    later = Atlas(Places(store), accounts)
    await later.explore()
    assert later.live == {AREA, SCHOOL}


async def test_a_database_without_a_school_yet_is_looked_into_again(store: Store) -> None:
    await store.create("sch-empty")
    atlas = Atlas(counting(store), await store.open("accounts"))
    await atlas.explore()
    await store.delete(AREA)
    assert not await atlas.explore()
    assert atlas.live == frozenset()
    await make_area(store)
    await atlas.explore()
    assert atlas.live == {AREA}
