"""Devices beyond one server: over CouchDB behind two gateways, and when their school moves."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack
from functools import partial
from pathlib import Path

import pytest

from schemas.devices import EnrolmentWish, Revocation
from server.app import create_app
from server.devices.codes import KEPT_MS, Codes
from server.devices.device import Device
from server.devices.registry import Registry
from server.moving.people import take_along
from server.sessions import TRUST_MS
from server.settings import Settings
from sync.store import Database
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.memory import MemoryStore
from tests.factory import SetClock
from tests.peers.couch import new_prefix, pouchdb_server
from tests.server.devices.signer import enrolled
from tests.server.devices.test_revocation import COOKIE, revoke
from tests.server.town import CHEAP, SCHOOL, Town, town
from tests.sync.stores.conftest import remove_all

WISH = EnrolmentWish(label="Tablet", shared=True)
WHY = Revocation(at="2026-11-23T09:30:00.000Z", by="p", by_name="Ann", reason="lost")


@pytest.fixture(scope="module")
def couch() -> Iterator[str]:
    """A server that speaks CouchDB's protocol."""
    with pouchdb_server() as url:
        yield url


@pytest.fixture
async def gateways(couch: str, tmp_path: Path) -> AsyncIterator[list[Database]]:
    """One database, through two gateways."""
    settings = CouchSettings.of(couch).with_prefix(new_prefix())
    async with AsyncExitStack() as stack:
        stores = [CouchStore(tmp_path / str(n), settings, now_s=time.time) for n in (0, 1)]
        for store in stores:
            stack.push_async_callback(store.close)
        await stores[0].create("accounts")
        yield [await store.open("accounts") for store in stores]
        await remove_all(settings)


def device(name: str = "dev-1") -> Device:
    return Device(
        device=name,
        school=SCHOOL,
        label="Tablet",
        shared=True,
        enrolled_at="2026-11-23T09:30:00.000Z",
        enrolled_by="p",
        enrolled_by_name="Ann",
    )


async def test_a_code_is_good_once_at_both_gateways(gateways: list[Database]) -> None:
    clock = SetClock()
    one, other = (Codes(database, b"secret", clock, lambda _: 0) for database in gateways)
    code, _ = await one.make(SCHOOL, WISH, "p", "Ann")
    tries = [codes.take(code, f"dev-{n}") for n, codes in enumerate((one, other, one, other))]
    found = [one for one in await asyncio.gather(*tries) if one is not None]
    assert len(found) == 1
    used = found[0].used_by or ""
    assert await other.take(code, used) == await one.take(code, used) == found[0]
    clock.ms += 2 * KEPT_MS
    await one.make(SCHOOL, WISH, "p", "Ann")


async def test_a_revocation_reaches_the_other_gateway_in_time(gateways: list[Database]) -> None:
    clock = SetClock()
    one, other = (Registry(database, clock) for database in gateways)
    await one.put(device())
    clock.ms += TRUST_MS + 1
    assert await other.of("dev-1") == device()
    assert other.is_live("dev-1")
    await one.change("dev-1", lambda _: device().model_copy(update={"revoked": WHY}))
    clock.ms += TRUST_MS + 1
    found = await other.of("dev-1")
    assert found is not None
    assert found.revoked == WHY
    assert not other.is_live("dev-1")
    assert [one.device for one in await other.of_school(SCHOOL)] == ["dev-1"]


async def test_changes_at_both_gateways_add_up(gateways: list[Database]) -> None:
    registries = [Registry(database, SetClock()) for database in gateways]
    await registries[0].put(device())

    def used(person: str, before: Device | None) -> Device:
        assert before is not None
        return before.used_by(person)

    await gateways[1].catch_up()
    tries = [registries[n % 2].change("dev-1", partial(used, f"p-{n}")) for n in range(6)]
    await asyncio.gather(*tries)
    await gateways[0].catch_up()
    found = await registries[0].of("dev-1")
    assert found is not None
    assert sorted(found.people) == [f"p-{n}" for n in range(6)]


async def test_tablets_go_on_where_their_school_moves_to() -> None:
    old, new = MemoryStore(), MemoryStore()
    config = Settings(**CHEAP)
    async with town(old) as place, enrolled(place) as (browser, kept), enrolled(place) as (_, lost):
        await revoke(place, lost.device)
        for _ in range(2):
            await take_along(old, new, SCHOOL, config, place.clock)
        app = create_app(config, new, place.clock)
        async with app.router.lifespan_context(app):
            there = Town(app, new, place.clock)
            registry = there.site.devices.registry
            revoked = await registry.of(lost.device)
            assert revoked is not None
            assert revoked.revoked is not None
            assert await registry.of(kept.device) == await place.site.devices.registry.of(
                kept.device
            )
            async with there.browser() as bare:
                bare.cookies.set(COOKIE, browser.cookies[COOKIE])
                assert (await bare.get("/session")).json()["code"] == "proof_needed"
            async with there.browser() as other:
                other.auth = browser.auth or pytest.fail("it signs")
                other.cookies.set(COOKIE, browser.cookies[COOKIE])
                assert (await other.get("/session")).status_code == 200
