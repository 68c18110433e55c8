"""What a gateway does when CouchDB does not answer, or others write at the same time."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx2
import pytest

from sync.errors import (
    DatabaseExists,
    DatabaseMissing,
    StoreClosed,
    StoreError,
    StoreFull,
    StoreUnreachable,
)
from sync.store import Database, Kept, Upload, Write
from sync.stores.couchdb import database as databases
from sync.stores.couchdb import store as store_module
from sync.stores.couchdb import writing
from sync.stores.couchdb.database import CouchDatabase
from tests.sync.stores.couchdb.faults import Way, answer, eventually, lost, once, stores, to
from tests.sync.stores.suite.helpers import edit, feed, graft, publish, read, write, write_one

SCHOOL = "school"
NO_DATABASE = {"error": "not_found", "reason": "Database does not exist."}


async def history(database: Database, name: str) -> list[str]:
    return [rev.partition("-")[0] for rev in (await read(database, name)).history]


async def seen(way: Way, asked: str) -> bool:
    return asked in way.seen or bool(way.seen and not asked)


async def gone(database: CouchDatabase) -> bool:
    return database.is_gone


async def absent(database: Database, name: str) -> bool:
    return await database.read([name]) == [None]


async def unseated(store: store_module.CouchStore) -> bool:
    return store._shared.seats.free == 1


async def test_an_edit_whose_answer_was_lost_is_stored_once(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)
        way.after = once(lost("/_bulk_docs"))
        first = await write_one(database, edit("a", to="red", n=1))
        assert (first.fresh, first.conflict) == (True, False)
        way.after = once(lost("/_bulk_docs"))
        second = await write_one(database, edit("a", first.rev, to="red", n=2))
        assert second.fresh
        assert (await read(database, "a")).history == (second.rev, first.rev)


async def test_the_same_edit_by_somebody_else_is_a_conflict(url: str, tmp_path: Path) -> None:
    ways = Way(), Way()
    async with stores(url, tmp_path, *ways) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        first = await write_one(here, edit("a", n=1))
        await there.catch_up()
        mine = await write_one(here, edit("a", first.rev, n=2))
        theirs = await write_one(there, edit("a", first.rev, n=2))
        assert (theirs.conflict, theirs.rev) == (True, mine.rev)
        assert (await there.read(["a"])) == (await there.read(["a"]))


async def test_what_the_mirror_does_not_know_yet_is_no_conflict(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        await there.info()
        first = await write_one(here, edit("a", n=1))
        second = await write_one(there, edit("a", first.rev, n=2))
        assert not second.conflict
        third = await write_one(here, publish("a", n=3))
        assert (await read(here, "a")).history == (third.rev, second.rev, first.rev)
        refused = await write_one(there, edit("a", n=4))
        assert (refused.conflict, refused.rev) == (True, third.rev)


async def test_a_document_made_anew_over_a_deletion_unknown_here(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        await there.info()
        await write(here, edit("a", n=1), publish("a", deleted=True))
        assert (await write_one(there, edit("a", n=2))).fresh
        assert await history(there, "a") == ["3", "2", "1"]


async def test_a_document_made_anew_and_changed_at_once(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        database = await store.create(SCHOOL)
        await write(database, edit("a", n=1), publish("a", deleted=True))

        async def none(_self: object, _name: str) -> list[Any]:
            return []

        monkeypatch.setattr("sync.stores.couchdb.remote.Remote.leaves", none)
        again = await write_one(database, edit("a", n=2))
        assert again.rev.startswith("3-")


async def test_a_document_that_others_keep_changing(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "MOST_ROUNDS", 3)
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)
        way.before = to(
            "/_bulk_docs", lambda: answer(201, [{"id": "a", "error": "conflict", "reason": ""}])
        )
        with pytest.raises(StoreError, match="changed by others faster"):
            await write_one(database, publish("a", n=1))


async def test_deletions_of_deletions_and_of_what_is_not_there(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        database = await store.create(SCHOOL)
        first = await write_one(database, edit("a", deleted=True, why=1))
        second = await write_one(database, publish("a", deleted=True, why=2))
        assert (await read(database, "a")).history == (second.rev, first.rev)
        await write(database, graft("b", "1-x"), graft("b", "1-y", deleted=True))
        await write(database, graft("c", "1-x", deleted=True), graft("c", "1-y", deleted=True))
        await write_one(database, edit("c", n=1))
        assert (await read(database, "c")).history[1:] == ("1-y",)
        revived = await write_one(database, edit("b", "1-y", n=1))
        assert (await read(database, "b")).rev == revived.rev


async def test_attachments_that_are_kept(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        text = {"t": Upload("text/plain", b"hello")}
        first = await write_one(here, Write("a", {}, attachments=text))
        second = Write("a", {"n": 2}, parent=first.rev, attachments={"t": Kept()})
        assert (await write_one(here, second)).fresh
        grafted = Write("a", {}, history=("1-x",), attachments={"t": Kept()})
        assert (await write_one(here, grafted)).fresh
        longer = Write("a", {}, history=("1-x",), attachments=text)
        assert not (await write_one(here, longer)).fresh
        await there.catch_up()
        record = await there.record("a")
        assert record is not None
        for leaf in record.leaves():
            (kept,) = leaf.attachments
            assert await there.attachment(kept.key) == b"hello"


async def test_who_does_not_wait_for_a_write_loses_only_the_answer(
    url: str, tmp_path: Path
) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)
        hurried = asyncio.create_task(write_one(database, edit("a")))
        await asyncio.sleep(0)
        hurried.cancel()
        await write_one(database, edit("b"))
        assert await feed(database) == ["a", "b"]
        way.before = to("/_bulk_docs", lambda: answer(507))
        hurried = asyncio.create_task(write_one(database, edit("c")))
        await asyncio.sleep(0)
        hurried.cancel()
        with pytest.raises(StoreFull):
            await write_one(database, edit("d"))


async def test_one_batch_that_fails_takes_no_other_with_it(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)

        def refuse(request: httpx2.Request) -> httpx2.Response | None:
            bad = request.url.path.endswith("_bulk_docs") and b'"bad"' in request.content
            return answer(400, {"error": "bad", "reason": "for the test"}) if bad else None

        way.before = refuse
        outcomes = await asyncio.gather(
            *(write_one(database, edit(name)) for name in ("x", "a", "bad", "b")),
            return_exceptions=True,
        )
        assert [isinstance(one, StoreError) for one in outcomes] == [False, False, True, False]
        assert sorted(await feed(database)) == ["a", "b", "x"]


async def test_what_was_read_before_is_read_while_couchdb_is_away(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way, poll_s=0.01) as (store,):
        database = await store.create(SCHOOL)
        await write_one(database, edit("a", n=1))
        way.before = lost("")
        way.seen.clear()
        await eventually(lambda: seen(way, ""))
        assert (await read(database, "a")).body == {"n": 1}
        with pytest.raises(StoreUnreachable):
            await write_one(database, edit("b"))
        with pytest.raises(StoreUnreachable):
            await store.open("other")
        way.before = None
        assert (await write_one(database, edit("b"))).fresh


async def test_nothing_is_read_before_the_first_answer(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)
        way.before = lost("/_changes")
        with pytest.raises(StoreUnreachable):
            await database.read(["a"])
        way.before = None
        assert await database.read(["a"]) == [None]


async def test_a_database_deleted_elsewhere_is_gone(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way, poll_s=0.01) as (store,):
        database, other = await store.create(SCHOOL), await store.create("other")
        third = await store.create("third")
        await database.info()
        way.before = lambda _: answer(404, NO_DATABASE)
        with pytest.raises(DatabaseMissing):
            await other.info()
        with pytest.raises(DatabaseMissing):
            await write_one(third, edit("a"))
        with pytest.raises(DatabaseMissing):
            await third.info()
        await eventually(lambda: gone(database))
        with pytest.raises(DatabaseMissing):
            await store.open(SCHOOL)
        with pytest.raises(DatabaseMissing):
            await store.delete("other")
        way.before = None
        again = await store.open(SCHOOL)
        assert await again.read(["a"]) == [None]


async def test_a_database_made_anew_elsewhere_is_another(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way, poll_s=0.01, vouch_s=0.0) as (store,):
        database = await store.create(SCHOOL)
        await write_one(database, edit("a"))
        way.before = to("/_local/tidemark", lambda: answer(200, {"epoch": "other"}))
        await eventually(lambda: gone(database))
        with pytest.raises(DatabaseMissing, match="no longer"):
            await database.info()
        way.before = None
        again = await store.open(SCHOOL)
        assert await feed(again) == ["a"]
        await store.close()


async def test_a_mirror_of_another_history_is_made_anew(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        await write_one(await store.create(SCHOOL), edit("a"))
        await store.close()
        way = Way()
        mirrored = store_module.CouchStore(
            tmp_path / "0", store._settings, now_s=lambda: 0.0, transport=way
        )
        way.before = once(to("/_local/tidemark", lambda: answer(200, {"epoch": "other"})))
        database = await mirrored.open(SCHOOL)
        assert await feed(database) == ["a"]
        assert (await database.info()).epoch == "other"
        await mirrored.close()


async def test_a_mirror_that_is_damaged_is_made_anew(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        await write_one(await store.create(SCHOOL), edit("a"))
        await store.close()
        (tmp_path / "0" / "school.sqlite").write_bytes(b"no database" * 1000)
        again = store_module.CouchStore(tmp_path / "0", store._settings, now_s=lambda: 0.0)
        assert await feed(await again.open(SCHOOL)) == ["a"]
        await again.close()

        async def full(_self: object) -> bool:
            raise StoreFull("There is no space left.")

        monkeypatch.setattr("sync.stores.couchdb.mirror.Mirror.load", full)
        again = store_module.CouchStore(tmp_path / "0", store._settings, now_s=lambda: 0.0)
        with pytest.raises(StoreFull):
            await again.open(SCHOOL)
        await again.close()


async def test_making_a_database_that_was_half_made(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MAKER_S", 0.01)
    async with stores(url, tmp_path, Way()) as (store,):
        for name in (SCHOOL, "other"):
            await store._provision.create(store._settings.prefix + name)
        database = await store.create(SCHOOL)
        await write_one(database, edit("a"))
        with pytest.raises(DatabaseExists):
            await store.create(SCHOOL)
        adopted = await store.open("other")
        assert (await adopted.info()).epoch


async def test_a_deletion_that_fails_leaves_all_as_it_was(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)
        await write_one(database, edit("a"))
        way.before = lost("")
        for name in (SCHOOL, "unopened"):
            with pytest.raises(StoreUnreachable):
                await store.delete(name)
        way.before = None
        assert (await write_one(database, edit("b"))).fresh
        assert await feed(database) == ["a", "b"]


async def test_a_database_that_nobody_opened_is_deleted(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        await one.create(SCHOOL)
        await other.delete(SCHOOL)
        assert await one.names() == []


async def test_opening_by_many_at_once_is_opening_once(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        await one.create(SCHOOL)
        found = await asyncio.gather(*(other.open(SCHOOL) for _ in range(5)))
        assert len(set(map(id, found))) == 1
        closing = asyncio.create_task(other.close())
        opening = asyncio.create_task(other.open("another"))
        await closing
        with pytest.raises(StoreClosed):
            await opening


async def test_purges_reach_other_gateways(url: str, tmp_path: Path) -> None:
    """By what CouchDB remembers of them; pouchdb-server has no purges, so they are made up."""
    way = Way()
    async with stores(url, tmp_path, way, poll_s=0.01, vouch_s=0.0) as (store,):
        database = await store.create(SCHOOL)
        first = await write_one(database, edit("a"))
        await write_one(database, edit("b"))
        purged: dict[str, list[str]] = {}
        seq = 0

        def made_up(request: httpx2.Request) -> httpx2.Response | None:
            path = request.url.path
            if path.endswith("_purge"):
                return answer(201, {"purged": {}})
            if path.endswith("_purged_infos"):
                rows = [{"id": name, "revs": revs} for name, revs in purged.items()]
                return answer(200, {"purged_infos": rows})
            if path.endswith("-school"):
                return answer(200, {"purge_seq": seq, "update_seq": 9})
            return None

        way.before = made_up
        await eventually(lambda: seen(way, "GET _purged_infos"))
        purged["a"], seq = [first.rev], 1
        await eventually(lambda: absent(database, "a"))
        last = (await database.info()).update_seq
        assert await database.locate(database.mark(last)) == last
        second = (await read(database, "b")).rev
        assert await database.purge({"b": [second], "none": ["1-x"]}) == {"b": [second], "none": []}
        await database.configure(revs_limit=None, security=None)


async def test_limits_and_security_go_to_couchdb(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create(SCHOOL)
        way.before = to("/_revs_limit", lambda: answer(200, {"ok": True}))
        await database.configure(revs_limit=7)
        way.before = to("/_revs_limit", lambda: answer(200, 7))
        assert (await database.settings()).revs_limit == 7
        way.before = to("/_security", lambda: answer(200, {"ok": True}))
        await database.configure(security={"admins": {}})


async def test_a_page_that_somebody_else_took_first_is_thrown_away(
    url: str, tmp_path: Path
) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        await there.info()
        await write(here, edit("a"), edit("b"))
        following = there._following
        await asyncio.gather(following._pull(0), following._pull(0), following.catch_up())
        assert await feed(there) == ["a", "b"]


async def test_a_revision_that_is_not_to_be_had_is_passed_by(url: str, tmp_path: Path) -> None:
    ways = Way(), Way()
    async with stores(url, tmp_path, *ways) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        await write(here, graft("a", "2-b", "1-a"), graft("c", "2-d", "1-a"), graft("e", "1-x"))
        ways[1].before = once(to("/_bulk_get", lambda: answer(200, {"results": []})))
        assert sorted(await feed(there)) == ["a", "c", "e"]


async def test_a_database_is_followed_for_as_long_as_it_is_used(url: str, tmp_path: Path) -> None:
    ways = Way(), Way()
    changes: dict[str, Any] = {"seats": 1, "follow_s": 0.05, "settle_s": 0.0, "longpoll_s": 0.05}
    async with stores(url, tmp_path, *ways, timeout_s=0.1, **changes) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        waiting = asyncio.create_task(there.wait(0, None, 30.0))
        await eventually(lambda: seen(ways[1], "GET _changes"))
        await write(here, *(edit(str(number)) for number in range(3)))
        assert await waiting
        assert other._shared.seats.free == 0
        await eventually(lambda: unseated(other))
        await write_one(here, edit("later"))
        assert (await there.read(["later"]))[0] is not None


async def test_places_are_forgotten_before_there_are_too_many(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "REMEMBERED_PLACES", 1)
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        here, there = await one.create(SCHOOL), await other.open(SCHOOL)
        marks = []
        for name in "ab":
            result = await write_one(here, edit(name))
            await here.catch_up()
            marks.append(here.mark(result.seq))
        await there.catch_up()
        for number, mark in enumerate(marks * 2, 1):
            place = await there.locate(mark)
            assert place is not None
            assert await feed(there, place) == ["b"][(number + 1) % 2 :]
        assert len(there._places) == 1


async def test_what_no_store_can_hold_is_passed_by(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        here = await one.create(SCHOOL)
        await here._remote.graft([{"_id": "a\0b", "_rev": "1-x", "n": 1}])
        await write_one(here, edit("c"))
        assert await feed(await other.open(SCHOOL)) == ["c"]
