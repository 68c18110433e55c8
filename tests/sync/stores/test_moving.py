"""Moving a database into CouchDB, out of it, and from one gateway's tablets to another's."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from sync.errors import StoreError
from sync.feed import Feed
from sync.moving import Move
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.memory import MemoryStore
from sync.stores.sqlite import SqliteStore
from tests.peers.couch import new_prefix, real_url
from tests.sync.stores.conftest import remove_all
from tests.sync.stores.suite.helpers import edit, graft, publish, write, write_one
from tests.sync.test_moving import Tablet, filled, moved, whole

RED = frozenset({"red"})


class Couch:
    """A CouchDB, and stores over it, each as another gateway has one."""

    def __init__(self, folder: Path, url: str) -> None:
        self._folder = folder
        self._opened = 0
        self.url = url
        self.configured = self.purges = url == real_url()
        """Whether its databases have settings, and forget what is purged: not in pouchdb-server."""

    @asynccontextmanager
    async def store(self, prefix: str) -> AsyncIterator[CouchStore]:
        self._opened += 1
        settings = CouchSettings.of(self.url).with_prefix(prefix)
        store = CouchStore(self._folder / str(self._opened), settings, now_s=time.time)
        try:
            yield store
        finally:
            await store.close()


@pytest.fixture
def couch(couch_url: str, tmp_path: Path) -> Couch:
    return Couch(tmp_path, couch_url)


@pytest.fixture
async def prefix(couch: Couch) -> AsyncIterator[str]:
    """A prefix in it, of which nothing is left behind."""
    one = new_prefix()
    yield one
    await remove_all(CouchSettings.of(couch.url).with_prefix(one))


async def test_a_database_moves_in_and_tablets_go_on(couch: Couch, prefix: str) -> None:
    source = await filled(MemoryStore(), configured=couch.configured)
    early, late, between = Tablet(RED), Tablet(RED), Tablet(RED)
    await early.pull(source, 3)
    await late.pull(source)
    await between.pull(source, 20)
    async with couch.store(prefix) as mover:
        await moved(source, await mover.create("school"))
    async with couch.store(prefix) as gateway:
        home = await gateway.open("school")
        now = await whole(home, RED)
        assert now == late.held
        feed = await Feed.open(home, RED)
        place = await feed.locate(late.token)
        assert not place.reset
        assert (await feed.page(place, 100)).changes == ()
        for tablet in (early, between, late):
            await tablet.pull(home)
            assert tablet.held == now
        result = await write_one(home, publish("many:003", to="red", n=99))
        await late.pull(home)
        assert late.held["many:003"] == result.rev


async def test_a_database_moves_out_and_tablets_of_any_gateway_go_on(
    couch: Couch, prefix: str
) -> None:
    tablets = [Tablet(RED) for _ in range(3)]
    early = Tablet(RED)
    async with couch.store(prefix) as one, couch.store(prefix) as other:
        here = await filled(one, configured=couch.configured)
        there = await other.open("school")
        await early.pull(here, 5)
        await write(here, publish("many:001", to="", n=1), graft("late", "1-a", to="red"))
        for database in (here, there):
            await database.catch_up()
        for tablet, database in zip(tablets, (here, there, here), strict=True):
            await tablet.pull(database)
    target = await MemoryStore().create("school")
    async with couch.store(prefix) as mover:
        await moved(await mover.open("school"), target)
    now = await whole(target, RED)
    for tablet in tablets:
        feed = await Feed.open(target, RED)
        page = await feed.page(await feed.locate(tablet.token), 100)
        assert page.changes == (), "they were up to date"
    for tablet in (*tablets, early):
        await tablet.pull(target)
        assert tablet.held == now


async def test_what_one_database_moves_to_moves_on(
    couch: Couch, prefix: str, tmp_path: Path
) -> None:
    old = SqliteStore(tmp_path / "old")
    source = await filled(old, configured=couch.configured)
    tablet, early = Tablet(RED), Tablet(RED)
    await early.pull(source, 3)
    await tablet.pull(source)
    async with couch.store(prefix) as mover:
        middle = await mover.create("school")
        await moved(source, middle)
        await write_one(middle, publish("left", to="red", n=3))
        end = await MemoryStore().create("school")
        await moved(middle, end)
    await old.close()
    now = await whole(end, RED)
    for one in (tablet, early):
        await one.pull(end)
        assert one.held == now


async def test_what_differs_there_is_mended(couch: Couch, prefix: str) -> None:
    source = await filled(MemoryStore(), configured=couch.configured)
    async with couch.store(prefix) as mover:
        target = await mover.create("school")
        move = Move(source, target)
        await move.begin()
        await move.copy()
        await write(target, edit("new"), publish("many:003", to="red", n=1))
        assert {one.id for one in await move.verify()} == {"many:003", "new"}
        if not couch.purges:
            with pytest.raises(StoreError, match="_purge"):
                await move.repair(await move.verify())
            return
        await move.repair(await move.verify())
        assert await move.verify() == []


async def test_a_move_that_was_cut_goes_on_from_another_process(couch: Couch, prefix: str) -> None:
    source = await filled(MemoryStore(), configured=couch.configured)
    tablet = Tablet(RED)
    await tablet.pull(source, 4)
    async with couch.store(prefix) as mover:
        move = Move(source, await mover.create("school"))
        await move.begin()
        await move.copy()
    await write(source, publish("many:005", to="", n=3), edit("later", to="red"))
    async with couch.store(prefix) as mover:
        home = await mover.open("school")
        move = Move(source, home)
        await move.begin()
        assert await move.copy() == 2
        assert await move.verify() == []
        await move.finish({})
        await tablet.pull(home)
        assert tablet.held == await whole(home, RED)
