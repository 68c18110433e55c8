"""A hostile replicator with a valid session: it costs a bounded amount, and breaks nothing.

Guards: server/bodies.py, server/limits.py, server/patience.py, server/couch/scoped.py,
server/routes/school.py. Rates, held requests and slow bodies are in tests/server/test_limits.py.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import orjson
import pytest

from server.couch.door import Limits
from server.routes import school as route
from tests.factory import TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, ask, pull, push, question, town

DB = f"/db/{SCHOOL}"
JSON = {"Content-Type": "application/json"}
ABSURD = (
    "",
    "1-",
    "-1-a",
    "0-0",
    "1-" + "f" * 100_000,
    "99999999999999999999-a",
    "x",
    "1-é",
    "1-\0",
)


def deep(levels: int) -> bytes:
    return b'{"docs":' + b"[" * levels + b"]" * levels + b',"new_edits":false}'


@pytest.fixture
async def hostile() -> AsyncIterator[httpx2.AsyncClient]:
    async with town() as place, place.visit() as browser:
        yield browser


def refused(answer: httpx2.Response, *statuses: int) -> None:
    assert answer.status_code in statuses, (answer.status_code, answer.text[:200])
    assert {"error", "reason"} <= answer.json().keys()


@pytest.mark.parametrize(
    "path", ["_bulk_docs", "_sync", "_revs_diff", "_bulk_get", "_all_docs", "_missing_revs"]
)
@pytest.mark.parametrize("levels", [65, 200, 100_000])
async def test_deep_json_is_refused(hostile: httpx2.AsyncClient, path: str, levels: int) -> None:
    refused(await hostile.post(f"{DB}/{path}", content=deep(levels), headers=JSON), 400)


async def test_a_deep_selector_is_refused(hostile: httpx2.AsyncClient) -> None:
    selector: dict[str, Any] = {"a": 1}
    for _ in range(60):
        selector = {"$not": selector}
    answer = await hostile.post(f"{DB}/_changes?filter=_selector", json={"selector": selector})
    assert answer.status_code in {200, 400}
    for _ in range(80):
        selector = {"$and": [selector]}
    body = orjson.dumps({"selector": selector})
    refused(await hostile.post(f"{DB}/_changes?filter=_selector", content=body, headers=JSON), 400)


async def test_a_batch_over_the_limit_is_refused_whole(hostile: httpx2.AsyncClient) -> None:
    entry = Tablet(TUTOR).register(claim(2))
    refused(await push(hostile, *([{}] * 2000), entry), 413)
    assert (await ask(hostile, logs=[]))["receipts"] == []
    docs = [{"id": f"card:{n}"} for n in range(2001)]
    refused(await hostile.post(f"{DB}/_bulk_get", json={"docs": docs}), 400, 413)


async def test_absurd_revisions_are_answered_quickly(hostile: httpx2.AsyncClient) -> None:
    async with asyncio.timeout(10):
        for rev in ABSURD:
            entry = Tablet(TUTOR).register(claim(2)) | {"_rev": rev}
            answer = await push(hostile, entry)
            assert answer.json()[0]["verdict"] == "held"
            told = await hostile.post(f"{DB}/_revs_diff", json={"school": [rev], "nothing": [rev]})
            assert told.status_code in {200, 400}
            got = await hostile.post(
                f"{DB}/_bulk_get", json={"docs": [{"id": "school", "rev": rev}]}
            )
            assert got.status_code in {200, 400}
        history = {"start": 10**15, "ids": ["a"] * 5000}
        answer = await push(hostile, Tablet(TUTOR).register(claim(4)) | {"_revisions": history})
        assert answer.status_code == 201
        many = {f"entry:{n}": [f"1-{n}"] for n in range(20_000)}
        answer = await hostile.post(f"{DB}/_revs_diff", json=many)
        assert answer.status_code in {200, 413}


async def test_what_is_asked_of_sync_is_bounded(hostile: httpx2.AsyncClient) -> None:
    head = {"log": "a" * 32, "n": 1, "digest": "0" * 64, "receipt": None}
    for asked in ({"logs": [head] * 101}, {"wait_s": 10**9}, {"token": "x" * 3000}):
        refused(await hostile.post(f"{DB}/_sync", json=question(**asked)), 400)


async def test_a_feed_that_nobody_reads_to_its_end_ends_with_its_client() -> None:
    async with town() as place, place.visit() as browser:
        for sort in ("continuous", "eventsource", "longpoll"):
            async with asyncio.timeout(10):
                token = (await pull(browser))["last_seq"]
                query = {"feed": sort, "since": token, "timeout": "50", "heartbeat": "20"}
                asking = asyncio.create_task(browser.get(f"{DB}/_changes", params=query))
                await asyncio.sleep(0.1)
                asking.cancel()
                await asyncio.gather(asking, return_exceptions=True)
        assert place.site.limits._held == {}
        assert len(place.site.waits) == 0


async def test_local_documents_are_so_many_a_person_and_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(route, "_limits", lambda _: Limits(local_documents=3))
    async with town() as place, place.visit() as tess, place.visit("cal") as cal:

        async def keep(browser: httpx2.AsyncClient, name: str) -> httpx2.Response:
            return await browser.put(f"{DB}/_local/{name}", json={"last_seq": "1"})

        at_once = await asyncio.gather(*(keep(tess, f"checkpoint-{n}") for n in range(10)))
        assert [one.status_code for one in at_once].count(201) == 3
        over = next(one for one in at_once if one.status_code != 201)
        refused(over, 413)
        assert "3 local documents" in over.json()["reason"]
        kept = next(n for n, one in enumerate(at_once) if one.status_code == 201)
        assert (await keep(tess, f"checkpoint-{kept}")).status_code == 201, "one that is there"
        assert (await keep(cal, "checkpoint-1")).status_code == 201, "others keep their own"
        assert (await tess.delete(f"{DB}/_local/checkpoint-{kept}")).status_code == 200
        assert (await keep(tess, "another")).status_code == 201, "where one went, one may come"
        refused(await keep(tess, "and-more"), 413)
        database = await place.store.open(SCHOOL)
        assert await database.read_local(f"person:{TUTOR.person}:and-more") is None
        assert len(place.site.local_turns) == 0


async def test_a_hostile_replicator_keeps_nobody_from_work(place: Town) -> None:
    """While one session sends the worst it can, a colleague's register comes in."""
    async with place.visit("cal") as hostile, place.visit() as tess:
        worst = [
            hostile.post(f"{DB}/_bulk_docs", content=deep(100_000), headers=JSON),
            hostile.post(f"{DB}/_revs_diff", json={f"e{n}": ["1-a"] * 50 for n in range(2000)}),
            push(hostile, *({"n": n} for n in range(2000))),
            hostile.get(f"{DB}/_changes", params={"since": "x" * 1900}),
        ]
        storm = [asyncio.create_task(one) for one in worst]
        await asyncio.sleep(0)
        entry = Tablet(TUTOR).register(claim(2))
        assert (await push(tess, entry)).json()[0]["verdict"] == "stored"
        for answer in await asyncio.gather(*storm):
            assert answer.status_code < 500
