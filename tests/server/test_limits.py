"""Limits: who is told to wait, for how long; and that nothing of what is refused was taken."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import httpx2
import orjson
import pytest

from server import turns
from server.limits import PORTION
from server.metrics import Metrics
from server.problems import Refusal
from server.settings import Settings
from server.turns import Turns
from tests.factory import TUTOR, Tablet, claim
from tests.server.town import OTHER, SCHOOL, Town, ask, credentials, pull, push, question, town

JSON = {"Content-Type": "application/json"}


def told_to_wait(answer: httpx2.Response, code: str = "too_many_requests") -> int:
    """Seconds until one may come back, as a refusal of a limit says."""
    assert answer.status_code == 429, answer.text
    body = answer.json()
    assert code in {body.get("error"), body.get("code")}
    assert (body.get("reason") or body.get("detail")).endswith(".")
    assert answer.headers["cache-control"] == "no-store"
    return int(answer.headers["retry-after"])


def limited(place: Town) -> dict[str, float]:
    """How many were refused, by whose limit it was."""
    found = place.site.metrics.registry.collect()
    samples = [sample for one in found if one.name == "tidemark_limited" for sample in one.samples]
    return {
        sample.labels["limit"]: sample.value
        for sample in samples
        if sample.name == "tidemark_limited_total"
    }


async def spend(browser: httpx2.AsyncClient, most: int = 100) -> httpx2.Response:
    """Ask until told to wait."""
    for _ in range(most):
        answer = await browser.get("/session")
        if answer.status_code != 200:
            return answer
    return answer


async def until(happens: Callable[[], bool]) -> None:
    """Wait for something, for two seconds at most."""
    for _ in range(200):
        if happens():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it did not happen")


async def test_a_device_waits_and_the_same_persons_other_device_does_not() -> None:
    async with town(limit_device=0.1) as place, place.visit() as one, place.visit() as two:
        seconds = told_to_wait(await spend(one))
        assert seconds == 10
        assert (await two.get("/session")).status_code == 200
        place.clock.ms += seconds * 1000
        assert (await one.get("/session")).status_code == 200
        assert limited(place) == {"device": 1.0}


async def test_a_person_waits_on_all_their_devices_and_another_person_does_not() -> None:
    async with town(limit_person=0.1) as place:
        async with place.visit() as one, place.visit() as two, place.visit("olu") as office:
            told_to_wait(await spend(one))
            told_to_wait(await two.get("/session"))
            assert (await office.get("/session")).status_code == 200
        assert limited(place) == {"person": 2}


async def test_a_school_waits_and_another_school_does_not() -> None:
    async with (
        town(limit_school=0.1) as place,
        place.visit() as one,
        place.visit("olu") as office,
        place.visit("far") as far,
    ):
        for _ in range(6):
            assert (await one.get(f"/db/{SCHOOL}/")).status_code == 200
        told_to_wait(await office.get(f"/db/{SCHOOL}/"))
        assert (await far.get(f"/db/{OTHER}/")).status_code == 200
        assert (await one.get("/session")).status_code == 200


async def test_who_has_no_session_pays_by_address_and_who_has_does_not() -> None:
    async with town(limit_address=0.1) as place, place.visit() as known, place.browser() as nobody:
        refused = [
            await nobody.get(path) for path in ("/", "/version", "/session", f"/db/{SCHOOL}/")
        ]
        assert 429 not in {answer.status_code for answer in refused}
        forged = [(b"Cookie", b"tidemark_session=staff-tutor.guess")]
        assert (await nobody.get(f"/db/{SCHOOL}/", headers=forged)).status_code == 401
        told_to_wait(await nobody.get(f"/db/{SCHOOL}/", headers=forged))
        told_to_wait(await nobody.post("/session", json=credentials("tess")))
        told_to_wait(await nobody.get("/"))
        assert (await nobody.get("/healthz")).status_code == 200
        assert (await nobody.get("/readyz")).status_code == 200
        assert (await known.get(f"/db/{SCHOOL}/")).status_code == 200
        assert limited(place) == {"address": 3}


async def test_nothing_of_a_refused_push_is_read_or_taken() -> None:
    async with town(limit_device=0.1) as place, place.visit() as browser:
        await spend(browser)
        read = 0

        async def body() -> AsyncIterator[bytes]:
            nonlocal read
            read += 1
            yield orjson.dumps({"docs": [entry], "new_edits": False})

        tablet = Tablet(TUTOR)
        entry = tablet.register(claim(2))
        request = browser.build_request(
            "POST", f"/db/{SCHOOL}/_bulk_docs", content=body(), headers=JSON
        )
        seconds = told_to_wait(await browser.send(request))
        assert read == 0
        place.clock.ms += seconds * 1000
        answer = await push(browser, entry)
        assert answer.json()[0]["verdict"] == "stored", "and the same again is taken"


async def test_large_requests_and_large_answers_cost_more() -> None:
    async with town(limit_device=1, gzip_level=0) as place, place.visit() as browser:
        site = place.site
        session = (await site.sessions.of(TUTOR.person))[0]
        left = site.limits._buckets["device"]

        def lacking() -> float:
            return left._full_ms[session.digest] - place.clock.ms

        docs = [{"n": "x" * 1000} for _ in range(PORTION * 5 // 1000)]
        await push(browser, *docs)
        assert lacking() == pytest.approx(6000, rel=0.1)
        before = lacking()
        await browser.post(f"/db/{SCHOOL}/_ensure_full_commit", json={})
        assert lacking() - before == pytest.approx(1000, rel=0.01)
        before = lacking()
        site.limits.answered({"tidemark.paid": [("device", session.digest)]}, PORTION * 3)
        assert lacking() - before == pytest.approx(3000)

        async def unsaid() -> AsyncIterator[bytes]:
            yield b"{}"

        before = lacking()
        await browser.post(f"/db/{SCHOOL}/_bulk_docs", content=unsaid(), headers=JSON)
        assert lacking() - before > 60_000, "a length that is not said is the largest"


async def test_no_limit_is_none() -> None:
    none: dict[str, Any] = {
        f"limit_{name}": 0
        for name in ("device", "person", "school", "address", "person_at_once", "held")
    }
    async with town(limit_school_at_once=0, **none) as place, place.visit() as browser:
        for _ in range(50):
            assert (await browser.get(f"/db/{SCHOOL}/")).status_code == 200
        assert await ask(browser)
        assert limited(place) == {}


async def test_a_morning_and_a_storm_of_two_days_pass_the_limits_as_shipped() -> None:
    """Everybody of a large school comes back at the same moment, as its tablets do."""
    async with town() as place, place.visit() as browser, place.visit("olu") as office:
        site = place.site
        account = await site.accounts.of(TUTOR.person)
        assert account is not None
        admitted = 0
        for device in range(200):
            for _ in range(25):
                scope: Any = {"headers": [(b"content-length", b"30000")]}
                accounts = ("device", device), ("person", device), ("school", SCHOOL)
                site.limits.admit(scope, *accounts)
                admitted += 1
        assert admitted == 5000
        assert (await pull(browser))["results"]
        assert (await office.get(f"/db/{SCHOOL}/_contacts")).status_code == 200


async def test_held_requests_are_bounded_by_person() -> None:
    async with town(limit_held=2) as place, place.visit() as browser, place.visit("olu") as office:
        token = (await pull(browser))["last_seq"]
        waiting = question(token=token, wait_s=20)
        path = f"/db/{SCHOOL}/_sync"
        held = [asyncio.create_task(browser.post(path, json=waiting)) for _ in range(2)]
        await until(lambda: len(place.site.waits) == 2)
        told_to_wait(await browser.post(path, json=waiting))
        feed = f"/db/{SCHOOL}/_changes?feed=longpoll&since={token}"
        told_to_wait(await browser.get(feed))
        assert (await office.get(f"/db/{SCHOOL}/_changes?feed=longpoll")).status_code == 200
        assert (await pull(browser))["results"], "what does not wait is answered"
        place.site.waits.close()
        assert {answer.status_code for answer in await asyncio.gather(*held)} == {200}
        assert place.site.limits._held == {}


async def test_a_body_that_does_not_come_is_not_waited_for() -> None:
    async with town(body_s=0.05) as place, place.visit() as browser:

        async def slow() -> AsyncIterator[bytes]:
            yield b'{"docs": ['
            await asyncio.sleep(30)
            yield b"]}"

        for path in ("_bulk_docs", "_sync", "_revs_diff", "_bulk_get"):
            answer = await browser.post(f"/db/{SCHOOL}/{path}", content=slow(), headers=JSON)
            assert (answer.status_code, answer.json()["error"]) == (408, "too_slow"), path
        answer = await browser.post("/session", content=slow(), headers=JSON)
        assert (answer.status_code, answer.json()["code"]) == (408, "too_slow")
        assert len(place.site.school_turns) == 0
        token = (await pull(browser))["last_seq"]
        held = await ask(browser, token=token, wait_s=1)
        assert held["news"] is False, "a whole body may be followed by a long wait"


async def test_turns_are_bounded_kept_in_order_and_given_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(turns, "MAX_LINE", 3)
    one, done, inside = Turns(2, Metrics()), [], 0

    async def work(n: int) -> None:
        nonlocal inside
        async with one.turn("a"):
            inside += 1
            assert inside <= 2
            await asyncio.sleep(0.01)
            inside -= 1
            done.append(n)

    tasks = [asyncio.create_task(work(n)) for n in range(5)]
    await asyncio.sleep(0)
    with pytest.raises(Refusal, match="of your school wait"):
        await work(9)
    async with one.turn("b"):
        assert done == [], "another line does not wait"
    tasks[3].cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    assert done == [0, 1, 2, 4]
    assert len(one) == 0


async def test_a_schools_storm_does_not_starve_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """While one school's tablets all come back, few of their requests are in another's way."""
    async with (
        town(limit_school_at_once=4) as place,
        place.visit() as one,
        place.visit("olu") as two,
        place.visit("far") as far,
    ):
        assert (await one.get(f"/db/{SCHOOL}/")).status_code == 200
        slow = asyncio.Event()
        async with place.site.schools.use(SCHOOL) as school:
            monkeypatch.setattr(school, "current", slow.wait)
        path = f"/db/{SCHOOL}/_all_docs"
        storm = [asyncio.create_task(who.get(path)) for _ in range(20) for who in (one, two)]
        await until(lambda: school.users > 0)
        assert (await far.get(f"/db/{OTHER}/")).status_code == 200
        assert school.users == 4
        slow.set()
        assert {answer.status_code for answer in await asyncio.gather(*storm)} == {200}
        assert len(place.site.school_turns) == len(place.site.person_turns) == 0


def test_limits_are_published() -> None:
    names = [name for name in Settings.model_fields if name.startswith("limit_")]
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text("utf-8")
    for name in (*names, "body_s"):
        assert f"`{name}`" in page, name
