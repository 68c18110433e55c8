"""Places in a feed, as every gateway understands them."""

from __future__ import annotations

import shutil
from pathlib import Path

import httpx2
import pytest

from sync import lineage
from sync.store import WriteBatch
from sync.stores.couchdb import CouchStore
from sync.stores.couchdb import mirror as mirrors
from sync.stores.couchdb.database import CouchDatabase
from sync.stores.couchdb.mirror import Place
from tests.sync.stores.couchdb.faults import Clock, Way, answer, stores
from tests.sync.stores.suite.helpers import edit, feed, publish, write, write_one

LAG_S = 600.0


def test_a_place_is_one_text_without_dots() -> None:
    place = Place("12-g1AA.x~y_z", "0f", 7)
    assert "." not in str(place)
    again = Place.parse(str(place))
    assert again is not None
    assert (again.couch, again.run, again.seq) == ("12-g1AA.x~y_z", "0f", 7)
    assert Place.parse("7") is None


async def test_a_gateway_knows_its_own_places_exactly(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create("school")
        results = await write(database, *(edit(name) for name in "abc"))
        way.seen.clear()
        for result in results:
            assert await database.locate(database.mark(result.seq)) == result.seq
        assert way.seen == []


async def other(store: CouchStore, here: CouchDatabase) -> CouchDatabase:
    """The same database at another gateway, which has caught up; as has this one."""
    there = await store.open("school")
    await here.catch_up()
    await there.catch_up()
    return there


async def test_departures_of_before_are_told_where_they_may_be_news(
    url: str, tmp_path: Path
) -> None:
    """``a`` left red long ago at one gateway, and was changed since: from a mark of before all
    that, both gateways tell of it; from a mark of later neither has to.
    """
    async with stores(url, tmp_path, Way(), Way()) as (one, two):
        here = await one.create("school")
        first, *_ = await write(here, edit("a", to="red"), edit("b", to="red"))
        there = await other(two, here)
        mark = there.mark((await there.info()).update_seq)
        await write_one(here, publish("a", to="blue", n=1))
        await write(here, *(edit(f"x{number}", to="red") for number in range(3)))
        await there.catch_up()
        await write_one(there, publish("a", to="blue", n=2))
        await here.catch_up()
        place = await here.locate(mark)
        assert place is not None
        assert "!a" in await feed(here, place, to="red")
        assert first.seq <= place


async def test_a_place_ahead_of_the_server_is_of_another_history(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, two):
        here = await one.create("school")
        await write_one(here, edit("a"))
        there = await other(two, here)
        epoch = (await there.info()).epoch
        assert await there.locate(f"{epoch}.{Place('99', 'ab', 7)}") is None
        assert await there.locate(f"{epoch}.{Place('0', 'ab', 0)}") == 0
        assert await there.locate(f"other.{Place('1', 'ab', 0)}") is None


async def test_a_place_that_couchdb_cannot_read(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create("school")
        epoch = (await database.info()).epoch
        told = {"error": "bad_request", "reason": "Malformed sequence supplied in 'since'."}
        way.before = lambda request: (
            answer(400, told) if request.url.path.endswith("_changes") else None
        )
        assert await database.locate(f"{epoch}.{Place('odd', 'ab', 7)}") is None


async def test_in_a_cluster_the_latest_is_told_again(url: str, tmp_path: Path) -> None:
    """Another copy of the database may lack what this gateway was told of a moment ago."""
    ways = Way(), Way()
    async with stores(url, tmp_path, *ways, lag_s=LAG_S) as (one, two):
        clock = two._shared.now_s
        assert isinstance(clock, Clock)
        here = await one.create("school")
        await write_one(here, edit("a"))
        there = await other(two, here)
        clock.now_s += LAG_S
        await write_one(here, edit("b"))
        await other(two, here)
        mark = here.mark((await here.info()).update_seq)

        def cluster(request: httpx2.Request) -> httpx2.Response | None:
            if request.url.path.endswith("-school"):
                return answer(200, {"update_seq": "9-xyz", "cluster": {"n": 3}})
            return None

        ways[1].before = cluster
        place = await there.locate(mark)
        assert place is not None
        assert await feed(there, place) == ["b"]


async def test_a_mark_of_a_former_home(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        database = await store.create("school")
        result = await write_one(database, edit("a"))
        kept = lineage.begun(None, "old.0", database.mark(0))
        kept = lineage.noted(kept, "old.7", database.mark(result.seq))
        await database.write(WriteBatch(local={lineage.NAME: kept}))
        assert await database.locate("old.7") == result.seq
        assert await database.locate("old.8") is None
        assert await database.locate("older.7") is None


async def test_pairs_outlive_a_restart_and_stay_few(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mirrors, "PAIRS_APART", 1)
    monkeypatch.setattr(mirrors, "MOST_PAIRS", 4)
    async with stores(url, tmp_path, Way(), Way()) as (one, two):
        here = await one.create("school")
        for number in range(12):
            await write_one(here, edit(f"{number:02}"))
            await here.catch_up()
        assert len(here._mirror._marks) <= 5
        await one.close()
        again = CouchStore(tmp_path / "0", one._settings, now_s=Clock())
        database = await again.open("school")
        assert len(database._mirror._marks) >= 3
        since = database._mirror._marks[1][0]
        there = await two.open("school")
        place = await there.locate(database.mark(since))
        assert place is not None
        assert await feed(there, place) == [f"{number:02}" for number in range(since, 12)]
        await again.close()


async def test_a_mirror_lost_meanwhile(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        here = await store.create("school")
        await write(here, edit("a", to="red"), edit("b", to="red"))
        await here.catch_up()
        mark = here.mark((await here.info()).update_seq)
        await write_one(here, publish("a", to="blue", n=1))
        await store.close()
        shutil.rmtree(tmp_path / "0")
        again = CouchStore(tmp_path / "0", store._settings, now_s=Clock())
        database = await again.open("school")
        place = await database.locate(mark)
        assert place is not None
        assert await feed(database, place, to="red") == ["!a"]
        await again.close()
