"""Two servers over one CouchDB, either killed at any moment: nothing is lost, tablets carry on.

Each schedule has a seed. Devices write and push to whichever server they reach; servers are killed
and started again. After quiet every entry is in CouchDB, once, with an arrival, and every device's
receipt covers its log, at either server.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import pytest

from schemas.canonical import GENESIS
from server.accounts import Accounts
from server.passwords import Passwords
from server.settings import Settings
from sync import channels
from sync.arrivals import read_arrival
from sync.clock import SystemClock
from sync.spoken import read_feed
from sync.store import Database
from sync.stores.couchdb import CouchSettings, CouchStore
from tests.factory import COVER, MONDAY, OFFICER, TUTOR
from tests.faults.devices import MOST_PUSHED, PASSWORD, Cells, Device
from tests.peers.couch import new_prefix, pouchdb_server, real_url
from tests.server.process import Process
from tests.server.town import CHEAP, SCHOOL, USERNAMES, accounts, credentials, make_schools
from tests.sync.auditing import audited

STEPS = 24
QUIET_S = 60.0
SEEDS = range(int(os.environ.get("TIDEMARK_TEST_GATEWAY_SCHEDULES", "1")))
"""How many are tried; name more in TIDEMARK_TEST_GATEWAY_SCHEDULES for a long run."""
REAL = os.environ.get("TIDEMARK_TEST_COUCHDB_NODES", "")
"""Several nodes of one real cluster, comma-separated: each server is given another one."""


class Gateways:
    """Two servers, each a process with a data folder of its own."""

    def __init__(self, folder: Path, urls: list[str], prefix: str) -> None:
        self._folder = folder
        self._urls = urls
        self._prefix = prefix
        self._running: dict[int, Process] = {}

    def start(self, which: int) -> None:
        url = self._urls[which % len(self._urls)]
        self._running[which] = Process(
            self._folder / f"gateway-{which}",
            TIDEMARK_STORE=url,
            TIDEMARK_COUCHDB_PREFIX=self._prefix,
        )

    def kill(self, which: int) -> None:
        with self._running.pop(which) as process:
            process.kill()

    def close(self) -> None:
        for which in list(self._running):
            self.kill(which)

    @contextlib.asynccontextmanager
    async def visit(self, which: int, device: Device) -> AsyncIterator[httpx2.AsyncClient]:
        """A connection to one server, signed in at whichever the device came to first."""
        base = self._running[which].address
        async with httpx2.AsyncClient(base_url=base, cookies=device.cookies, timeout=30) as browser:
            if not device.cookies:
                username = USERNAMES[device.speaker]
                answer = await browser.post("/session", json=credentials(username))
                assert answer.status_code == 200, answer.text
                device.cookies = dict(browser.cookies)
            yield browser

    async def push(self, which: int, device: Device, entries: list[dict[str, Any]]) -> bool:
        """Push; whether it was acknowledged."""
        async with self.visit(which, device) as browser:
            body = {"docs": entries, "new_edits": False}
            answer = await browser.post(f"/db/{SCHOOL}/_bulk_docs", json=body)
            assert answer.status_code in {201, 503}, answer.text
            return answer.status_code == 201

    async def ask(self, which: int, device: Device) -> None:
        tablet = device.tablet
        known = device.receipt is not None
        head = {
            "log": tablet.log,
            "n": tablet.n if known else 0,
            "digest": tablet.prev if known else GENESIS,
        }
        now = f"{MONDAY}T09:00:00.000Z"
        question = {"device": "tablet-1", "device_time": now, "logs": [head]}
        async with self.visit(which, device) as browser:
            answer = await browser.post(f"/db/{SCHOOL}/_sync", json=question)
        assert answer.status_code == 200, answer.text
        for receipt in answer.json()["receipts"]:
            device.receipt = receipt

    async def killed_while_pushing(
        self, which: int, device: Device, entries: list[dict[str, Any]], after_s: float
    ) -> bool:
        """Push, and kill the server meanwhile; whether it was acknowledged all the same."""
        pushing = asyncio.create_task(self.push(which, device, entries))
        await asyncio.sleep(after_s)
        self.kill(which)
        try:
            return await pushing
        except httpx2.TransportError:
            return False
        finally:
            await asyncio.to_thread(self.start, which)


async def _provision(store: CouchStore) -> None:
    await make_schools(store)
    passwords = Passwords(Settings(**CHEAP))
    kept = await Accounts.open(store, passwords)
    await kept.put(accounts(await kept.hash(PASSWORD)))
    passwords.close()


async def _schedule(gateways: Gateways, devices: list[Device], chance: Random) -> set[str]:
    """Entries that were acknowledged, by id."""
    acknowledged: set[str] = set()
    cells = Cells()
    for step in range(STEPS):
        device, which = chance.choice(devices), chance.randrange(2)
        cells.write(device, chance)
        waiting = device.lacking()[-MOST_PUSHED:]
        if step % 8 == 7:
            after_s = chance.random() * 0.03
            taken = await gateways.killed_while_pushing(which, device, waiting, after_s)
        else:
            taken = await gateways.push(which, device, waiting)
            if chance.random() < 0.3:
                await gateways.ask(1 - which, device)
        acknowledged |= {one["_id"] for one in waiting} if taken else set()
    return acknowledged


async def _quiet(gateways: Gateways, devices: list[Device]) -> None:
    """Each device asks, at both, and sends what its receipt lacks, until there is nothing left."""
    async with asyncio.timeout(QUIET_S):
        for device in devices:
            for which in (0, 1):
                device.receipt = None
                await gateways.ask(which, device)
                while waiting := device.lacking():
                    await gateways.push(which, device, waiting[:MOST_PUSHED])
                    await gateways.ask(which, device)


@pytest.mark.parametrize("seed", SEEDS)
async def test_nothing_is_lost_whichever_server_is_killed(seed: int, tmp_path: Path) -> None:
    chance = Random(seed)
    devices = [Device(TUTOR, "1" * 32), Device(COVER, "2" * 32), Device(OFFICER, "3" * 32)]
    prefix = new_prefix()
    with contextlib.ExitStack() as stack:
        nodes = [f"couchdb+{one}" for one in REAL.split(",") if one]
        urls = nodes or [real_url() or stack.enter_context(pouchdb_server())]
        settings = CouchSettings.of(urls[0]).with_prefix(prefix)
        clock = SystemClock()
        store = CouchStore(tmp_path / "own", settings, now_s=lambda: clock.now_ms() / 1000)
        try:
            await _provision(store)
            gateways = Gateways(tmp_path, urls, prefix)
            stack.callback(gateways.close)
            for which in (0, 1):
                await asyncio.to_thread(gateways.start, which)
            acknowledged = await _schedule(gateways, devices, chance)
            await _quiet(gateways, devices)
            await _check(store, devices, acknowledged)
        finally:
            for name in await store.names():
                await store.delete(name)
            await store.close()


async def _check(store: CouchStore, devices: list[Device], acknowledged: set[str]) -> None:
    written = {one["_id"]: one["digest"] for device in devices for one in device.tablet.entries}
    assert acknowledged <= written.keys()
    database = await store.open(SCHOOL)
    arrived: set[str] = set()
    async with asyncio.timeout(QUIET_S):  # this is a third gateway, and sees it all a little later
        while arrived != written.keys():
            await database.wait((await database.info()).update_seq, None, 0.1)
            arrived = await _arrived(database, devices)
    kept = {one.id: one.body["digest"] for one in await database.range("entry:", "entry;")}
    assert kept == written
    for device in devices:
        assert device.receipt is not None
        assert device.receipt["through"] == device.tablet.n
        assert not device.receipt["forked"]
    assert (await audited(database, concurrent=True)).findings == ()


async def _arrived(database: Database, devices: list[Device]) -> set[str]:
    """Entries that an arrival speaks of."""
    logs = frozenset(channels.log(device.tablet.log) for device in devices)
    documents, _ = await read_feed(database, 0, logs)
    return {item.entry for one in documents for item in read_arrival(one).items}
