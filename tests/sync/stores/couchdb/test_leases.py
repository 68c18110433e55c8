"""Claims: one gateway at a time does a task; making, listing and deleting databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx2
import pytest
from pycouchdb.client import Server
from pycouchdb.exceptions import GenericError

from sync.errors import DatabaseExists, DatabaseMissing, StoreError, StoreUnreachable
from sync.stores.couchdb import CouchSettings
from sync.stores.couchdb.link import Link
from sync.stores.couchdb.provision import Provision
from tests.peers.couch import free_port, pouchdb_server
from tests.sync.stores.couchdb.faults import Clock, Way, answer, lost, once, stores, to
from tests.sync.stores.suite.helpers import edit, write_one

TASK = "publish"


async def test_one_gateway_has_a_task_until_its_time_is_up(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way(), Way()) as (one, other):
        clock = one._shared.now_s
        assert isinstance(clock, Clock)
        here, there = await one.create("school"), await other.open("school")
        assert await here.claim(TASK, 10)
        assert not await there.claim(TASK, 10)
        assert await there.claim("another", 10)
        clock.now_s += 9
        assert await here.claim(TASK, 10)
        clock.now_s += 5
        assert await here.claim(TASK, 10)
        assert not await there.claim(TASK, 10)
        clock.now_s += 21
        assert await there.claim(TASK, 10)
        assert not await here.claim(TASK, 10)
        assert "$leases" not in str(await one.names())


async def test_a_claim_whose_answer_was_lost_stands(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way, Way()) as (one, other):
        here, there = await one.create("school"), await other.open("school")
        way.after = once(lost(f"/school:{TASK}"))
        assert await here.claim("first", 10)

        def lose(request: httpx2.Request) -> httpx2.Response | None:
            return lost(f":{TASK}")(request) if request.method == "PUT" else None

        way.after = once(lose)
        assert await here.claim(TASK, 10)
        assert not await there.claim(TASK, 10)


async def test_of_two_claims_at_once_one_is_refused(url: str, tmp_path: Path) -> None:
    ways = Way(), Way()
    async with stores(url, tmp_path, *ways) as (one, other):
        here, there = await one.create("school"), await other.open("school")
        assert await there.claim("first", 10)
        missing = {"error": "not_found", "reason": "missing"}
        ways[0].before = once(to(f":{TASK}", lambda: answer(404, missing)))
        assert await there.claim(TASK, 10)
        assert not await here.claim(TASK, 10)


async def test_a_claim_on_too_few_nodes_is_none(url: str, tmp_path: Path) -> None:
    way = Way()
    async with stores(url, tmp_path, way) as (store,):
        database = await store.create("school")
        assert await database.claim("first", 10)

        def few(request: httpx2.Request) -> httpx2.Response | None:
            return answer(202, {}) if request.method == "PUT" else None

        way.before = few
        with pytest.raises(StoreUnreachable, match="Too few"):
            await database.claim(TASK, 10)


async def test_the_leases_are_made_once(url: str, tmp_path: Path) -> None:
    ways = Way(), Way()
    async with stores(url, tmp_path, *ways) as (one, other):
        here, there = await one.create("school"), await other.open("school")
        ways[0].before = to("/_revs_limit", lambda: answer(200, {"ok": True}))
        assert await here.claim(TASK, 10)
        gone = {"error": "not_found", "reason": "Database does not exist."}
        ways[1].before = once(to(":other", lambda: answer(404, gone)))
        assert await there.claim("other", 10)


@pytest.fixture
async def link(url: str) -> Any:
    link = Link(CouchSettings.of(url))
    yield link
    await link.close()


async def test_databases_are_made_and_deleted_once(link: Link) -> None:
    provision = Provision(link)
    await provision.create("made-here")
    with pytest.raises(DatabaseExists):
        await provision.create("made-here")
    assert await provision.names("made-") == ["made-here"]
    await provision.delete("made-here")
    assert await provision.names("made-") == []


async def test_a_server_without_a_user() -> None:
    with pouchdb_server(admin=False) as url:
        link = Link(CouchSettings.of(url))
        await Provision(link).create("a")
        assert await Provision(link).names("a") == ["a"]
        await link.close()


async def test_no_server_at_all() -> None:
    link = Link(CouchSettings(f"http://127.0.0.1:{free_port()}"))
    with pytest.raises(StoreUnreachable, match="listing databases"):
        await Provision(link).names("a")
    await link.close()


def refusing(*said: object) -> Callable[..., None]:
    """A call that fails with each of these in turn, and then no more."""
    left = list(said)

    def doing(_self: object, *_args: object, **_options: object) -> tuple[None, list[str]]:
        if left:
            error = left.pop(0)
            raise error if isinstance(error, Exception) else GenericError(error)
        return None, ["a"]

    return doing  # type: ignore[return-value]


UNAUTHORIZED = {"error": "unauthorized", "reason": "You are not a server admin."}


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([UNAUTHORIZED], None),
        ([{"error": "internal", "reason": "why"}], "internal: why"),
        ([GenericError()], "listing databases: 500"),
    ],
)
async def test_refusals_of_pycouchdb(
    link: Link, monkeypatch: pytest.MonkeyPatch, said: list[object], told: str | None
) -> None:
    monkeypatch.setattr("pycouchdb.resource.Resource.get", refusing(*said))
    if told is None:
        before = await link.cookie()
        cookies = iter(["another"])

        async def renewed(refused: str | None = None) -> str | None:
            return next(cookies) if refused else before

        monkeypatch.setattr(link, "cookie", renewed)
        assert await Provision(link).names("a") == ["a"]
    else:
        with pytest.raises(StoreError, match=told):
            await Provision(link).names("a")


async def test_a_session_that_nobody_takes(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pycouchdb.resource.Resource.get", refusing(UNAUTHORIZED, UNAUTHORIZED))

    async def same(refused: str | None = None) -> str:
        return "same"

    monkeypatch.setattr(link, "cookie", same)
    with pytest.raises(StoreError, match="does not let this server in"):
        await Provision(link).names("a")


async def test_a_missing_database_is_told(link: Link, monkeypatch: pytest.MonkeyPatch) -> None:
    from pycouchdb.exceptions import NotFound

    def missing(_self: Server, _name: str) -> None:
        raise NotFound("missing")

    monkeypatch.setattr(Server, "delete", missing)
    with pytest.raises(DatabaseMissing):
        await Provision(link).delete("none")


async def test_a_store_that_several_may_share(url: str, tmp_path: Path) -> None:
    async with stores(url, tmp_path, Way()) as (store,):
        assert store.shared
        database = await store.create("school")
        assert (await write_one(database, edit("a"))).fresh
