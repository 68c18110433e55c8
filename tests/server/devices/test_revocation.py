"""Revoking a tablet: at once, for everybody on it, at every server; and what a thief still gets."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest
from starlette.routing import Route

from schemas.devices import Revocation
from server.app import create_app
from server.routes import all_routes
from server.sessions import TRUST_MS
from server.settings import Settings
from sync.store import Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.factory import COVER, OFFICER, TUTOR, Tablet, claim
from tests.server.devices.signer import Signer, Signing, enrol, enrolled, make_code, signer
from tests.server.town import CHEAP, OTHER, SCHOOL, Town, ask, credentials, push, question, town

COOKIE = "tidemark_session"
PUBLIC = {"/healthz", "/readyz", "/version", "/metrics", "/alarms/heartbeat", "/{path:path}"}
"""What anybody gets, with no word of anybody's data."""
FAREWELLS = {"/devices/farewell", "/devices/wiped"}


async def revoke(place: Town, device: str, *, by: str = "olu", **wish: Any) -> httpx2.Response:
    async with place.visit(by) as office:
        asked = {"reason": "lost"} | wish
        return await office.post(f"/db/{SCHOOL}/_devices/{device}/revoke", json=asked)


async def waiting(place: Town, device: Signer) -> None:
    """Until the device holds a request open."""
    wakes = place.site.devices.registry.wakes
    while device.device not in wakes:  # noqa: ASYNC110  # there is nothing to be told by
        await asyncio.sleep(0.01)


async def test_a_revoked_tablet_gets_nothing_and_is_told_so(place: Town) -> None:
    async with enrolled(place) as (browser, device):
        answer = await revoke(place, device.device, note="Left on the 7:12 to Hull")
        why = Revocation.model_validate_json(answer.content)
        assert (why.by, why.by_name, why.reason) == (OFFICER.person, OFFICER.name, "lost")
        assert (why.at, why.note) == (place.clock.now, "Left on the 7:12 to Hull")
        for path in ("/session", f"/db/{SCHOOL}/_changes", f"/db/{SCHOOL}/_all_docs"):
            told = await browser.get(path)
            assert told.status_code == 401
            assert "device_revoked" in {told.json().get("code"), told.json().get("error")}
        refused = await push(browser, Tablet(TUTOR).register(claim(1)))
        assert (refused.status_code, refused.json()["error"]) == (401, "device_revoked")
        assert refused.json()["revoked_at"] == why.at


async def test_its_sessions_end_for_everybody_on_it_and_others_go_on(place: Town) -> None:
    async with (
        enrolled(place, "tess") as (first, device),
        enrolled(place, "cal", device) as (second, _),
        enrolled(place, "tess") as (elsewhere, _),
        place.visit("tess") as bare,
    ):
        await revoke(place, device.device)
        for browser in (first, second):
            assert (await browser.get("/session")).json()["code"] == "device_revoked"
        for person in (TUTOR.person, COVER.person):
            left = await place.site.sessions.of(person)
            assert all(one.device != device.device for one in left)
        for browser in (elsewhere, bare):
            assert (await browser.get("/session")).status_code == 200


async def test_a_revoked_tablet_signs_nobody_in(place: Town) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        async with place.browser() as browser:
            auth = Signing(device)
            answer = await browser.post("/session", json=credentials("tess"), auth=auth)
            assert answer.json()["code"] == "device_revoked"
            assert COOKIE not in browser.cookies
        async with place.visit("tess") as browser:
            bound = await browser.put("/session/device", auth=Signing(device))
            assert bound.json()["code"] == "device_revoked"


async def test_a_revoked_key_enrols_nothing_and_uses_up_no_code(place: Town) -> None:
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)
        async with place.visit("olu") as office:
            code = await make_code(place, office)
        refused = await enrol(place, device, code)
        assert (refused.status_code, refused.json()["code"]) == (401, "device_revoked")
        assert (await enrol(place, signer(place), code)).status_code == 201


async def test_revoking_twice_keeps_the_first_reason(place: Town) -> None:
    async with enrolled(place) as (_, device):
        first = await revoke(place, device.device, reason="stolen")
        place.clock.ms += 60_000
        again = await revoke(place, device.device, reason="left")
    assert again.json() == first.json()


async def test_only_who_oversees_access_revokes_and_only_in_their_school(place: Town) -> None:
    async with enrolled(place) as (_, device):
        assert (await revoke(place, device.device, by="tess")).status_code == 403
        for name in ("tablet-1", "dev-unknown", "x" * 300):
            assert (await revoke(place, name)).status_code == 404, name
        async with place.visit("far") as stranger:
            path = f"/db/{OTHER}/_devices/{device.device}/revoke"
            assert (await stranger.post(path, json={"reason": "lost"})).status_code == 404
            path = f"/db/{SCHOOL}/_devices/{device.device}/revoke"
            assert (await stranger.post(path, json={"reason": "lost"})).status_code == 403
        kept = await place.site.devices.registry.of(device.device)
        assert kept is not None
        assert kept.revoked is None


@pytest.mark.parametrize(
    "wish", [{"reason": "fun"}, {"reason": None}, {"reason": "lost", "note": "x" * 501}, {"a": 1}]
)
async def test_a_revocation_that_cannot_be_read(place: Town, wish: dict[str, Any]) -> None:
    async with enrolled(place) as (_, device):
        assert (await revoke(place, device.device, **wish)).status_code == 400


async def test_a_held_question_is_answered_at_once(place: Town) -> None:
    await place.settle()
    async with enrolled(place) as (browser, device):
        token = (await ask(browser, token="now"))["token"]
        held = asyncio.create_task(
            browser.post(f"/db/{SCHOOL}/_sync", json=question(token=token, wait_s=50))
        )
        await waiting(place, device)
        await revoke(place, device.device)
        answer = await asyncio.wait_for(held, 5)
    assert (answer.status_code, answer.json()["error"]) == (401, "device_revoked")
    assert device.device not in place.site.devices.registry.wakes


@pytest.mark.parametrize("feed", ["longpoll", "continuous", "eventsource"])
async def test_a_held_feed_ends_at_once_and_tells_nothing_more(place: Town, feed: str) -> None:
    await place.settle()
    async with enrolled(place) as (browser, device):
        query = f"feed={feed}&since=now&heartbeat=20000&include_docs=true"
        held = asyncio.create_task(browser.get(f"/db/{SCHOOL}/_changes?{query}"))
        await waiting(place, device)
        await revoke(place, device.device)
        database = await place.store.open(SCHOOL)
        write = Write("sheet:after", {"type": "sheet", "secret": "after"}, frozenset({"staff"}))
        await database.write(WriteBatch([write]))
        answer = await asyncio.wait_for(held, 5)
    assert "after" not in answer.text


async def test_a_question_asked_while_it_is_being_revoked_is_not_held(place: Town) -> None:
    registry = place.site.devices.registry
    async with enrolled(place) as (_, device):
        await revoke(place, device.device)

        async def never() -> bool:
            raise AssertionError

        assert await registry.until_revoked(device.device, never)


def _paths() -> list[tuple[str, str]]:
    routes = [one for one in all_routes() if isinstance(one, Route)]
    return sorted({(m, one.path) for one in routes for m in (one.methods or {"GET"}) - {"HEAD"}})


def _filled(path: str, device: str) -> str:
    filled = path.replace("{school}", SCHOOL).replace("{device}", device)
    return re.sub(r"\{[^}]*\}", "school", filled)


@pytest.mark.parametrize(("method", "path"), _paths())
async def test_cookie_and_key_of_a_revoked_tablet_get_nothing_anywhere(
    place: Town, method: str, path: str
) -> None:
    """Of a desk's tablet, which could do everything: every address is tried."""
    async with enrolled(place, "olu") as (browser, device):
        cookie = browser.cookies[COOKIE]
        await revoke(place, device.device, by="hana")
        browser.cookies.set(COOKIE, cookie)
        address = _filled(path, device.device)
        body: dict[str, Any] = {} if method == "GET" else {"json": _body(address, device)}
        answer = await browser.request(method, address, **body)
    if path in PUBLIC or (method, path) == ("DELETE", "/session"):
        assert "Surname" not in answer.text
        assert "set-cookie" not in answer.headers or "Max-Age=0" in answer.headers["set-cookie"]
    elif path.startswith("/sign-in"):  # whoever signs in with a password is another browser
        assert f"{COOKIE}=" not in answer.headers.get("set-cookie", "")
    elif path in FAREWELLS:
        assert answer.status_code in {200, 204}
        assert answer.content in {b"", b'{"taken":0}'}
    else:
        assert answer.status_code == 401, (method, path, answer.text)
        assert "device_revoked" in {answer.json().get("code"), answer.json().get("error")}


def _body(address: str, device: Signer) -> dict[str, Any]:
    if address == "/session":
        return credentials("olu")
    if address.endswith("/farewell"):
        return {"entries": [], "last": False}
    return question() | {"docs": [], "new_edits": False} if "_bulk_docs" in address else question()


@pytest.fixture
async def two() -> AsyncIterator[tuple[Town, Town]]:
    """Two servers of one store."""
    store = MemoryStore()
    async with town(store) as first:
        app = create_app(Settings(**CHEAP), store, first.clock)
        async with app.router.lifespan_context(app):
            yield first, Town(app, store, first.clock)


async def test_revoked_at_one_server_it_gets_nothing_at_another(two: tuple[Town, Town]) -> None:
    here, there = two
    async with enrolled(here) as (browser, device), there.browser() as other:
        other.auth = Signing(device)
        other.cookies.set(COOKIE, browser.cookies[COOKIE])
        assert (await other.get("/session")).status_code == 200
        await revoke(here, device.device)
        here.clock.ms += TRUST_MS
        assert (await other.get("/session")).json()["code"] == "device_revoked"


async def test_what_it_holds_open_at_another_server_is_answered(two: tuple[Town, Town]) -> None:
    here, there = two
    there.site.devices.registry.follow()
    await there.settle()
    async with enrolled(here) as (browser, device), there.browser() as other:
        other.auth = Signing(device)
        other.cookies.set(COOKIE, browser.cookies[COOKIE])
        token = (await ask(other, token="now"))["token"]
        held = asyncio.create_task(
            other.post(f"/db/{SCHOOL}/_sync", json=question(token=token, wait_s=50))
        )
        await waiting(there, device)
        await revoke(here, device.device)
        answer = await asyncio.wait_for(held, 5)
    assert (answer.status_code, answer.json()["error"]) == (401, "device_revoked")


async def test_a_code_made_at_one_server_is_used_once_at_both(two: tuple[Town, Town]) -> None:
    here, there = two
    async with here.visit("olu") as office:
        code = await make_code(here, office)
    tries = [enrol(place, signer(place), code) for place in (here, there, here, there)]
    statuses = [answer.status_code for answer in await asyncio.gather(*tries)]
    assert sorted(statuses) == [201, 403, 403, 403]


async def test_two_servers_change_one_device_at_a_time(two: tuple[Town, Town]) -> None:
    """Both note a person on it, and neither note is lost."""
    here, there = two
    device = signer(here)
    async with here.visit("olu") as office:
        await enrol(here, device, await make_code(here, office))
    usernames = ("tess", "cal", "olu", "hana")
    async with here.browser() as one, there.browser() as other:
        tries = [
            browser.post("/session", json=credentials(name), auth=Signing(device))
            for name, browser in zip(usernames, (one, other, one, other), strict=True)
        ]
        for answer in await asyncio.gather(*tries):
            assert answer.status_code == 200
    kept = await here.site.devices.registry.of(device.device)
    assert kept is not None
    assert len(kept.people) == 4


async def test_a_device_is_known_again_after_a_restart() -> None:
    store = MemoryStore()
    async with town(store) as place, enrolled(place) as (browser, device):
        app = create_app(Settings(**CHEAP), store, place.clock)
        async with app.router.lifespan_context(app):
            again = Town(app, store, place.clock)
            async with again.browser() as other:
                other.auth = Signing(device)
                other.cookies.set(COOKIE, browser.cookies[COOKIE])
                assert (await other.get("/session")).status_code == 200
                await revoke(again, device.device)
                assert (await other.get("/session")).json()["code"] == "device_revoked"
