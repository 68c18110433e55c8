"""What a kill, or another server, costs an alarm: a message sent twice at worst, no more."""

from __future__ import annotations

import asyncio
import datetime as dt
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.accounts import Accounts
from server.alarms import watching
from server.alarms.record import read_record
from server.passwords import Passwords
from server.settings import Settings
from server.stores import FOLDER
from sync.clock import instant
from sync.errors import StoreError
from sync.family import watches
from sync.family.watches import WatchWord
from sync.store import Database, WriteBatch
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.memory import MemoryStore
from sync.stores.sqlite import SqliteStore
from tests.factory import Tablet
from tests.peers.couch import new_prefix, pouchdb_server
from tests.server.alarms.area import (
    AREA,
    BOSS,
    BUDDY,
    LEAD,
    SECRET,
    WORKER,
    Clocks,
    MailServer,
    Webhook,
    accounts,
    area,
    iso,
    make_area,
    messages,
    ways,
)
from tests.server.process import Process
from tests.server.town import CHEAP, PASSWORD, credentials


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


async def test_an_area_that_nobody_opened_since_the_start_is_watched(sent):
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    async with area(store, clocks, **ways(*sent)) as place:
        await place.leaves(iso("10:00"))
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.at(iso("10:00"))
        assert mail.subjects(BUDDY.person) == ["ALARM: Fay Field is not back"]


async def test_what_was_raised_before_a_restart_is_not_raised_again(sent):
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    for at in ("10:00", "10:01", "10:02", "10:15", "10:16"):
        async with area(store, clocks, made=at != "10:00", **ways(*sent)) as place:
            if at == "10:00":
                await place.leaves(iso("10:00"))
            await place.at(iso(at))
    assert [len(mail.to(one.person)) for one in (BUDDY, LEAD, BOSS)] == [1, 1, 0]


async def test_killed_after_it_was_written_down_it_is_sent_after_the_start(sent):
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    async with area(store, clocks, **ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        clocks.until(iso("10:00"))
        await place.site.alarms.tick()  # and what it has begun to send is cut
    assert await _unsent(store) == 1
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.look()
        ids = {one["Message-ID"] for one in mail.to(BUDDY.person)}
        assert len(ids) == 1
        assert await _unsent(store) == 0
        alarms = (await place.watch())["alarms"]
        assert [(one["step"], one["reached"]) for one in alarms] == [("buddy", True)]


async def _unsent(store: MemoryStore) -> int:
    records = await (await store.open(AREA)).range("alarm:", "alarm;")
    return sum(read_record(one).waits for one in records)


async def test_an_end_that_came_in_while_the_server_was_down_to_raise_is_heeded(sent):
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    async with area(store, clocks, **ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.look()
        await place.say("watch.ended")
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.at(iso("11:00"))
        assert not mail.mails
        assert (await place.watch())["state"] == "safe"
        assert place.site.alarms.health.running == 0
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.look()
        assert place.site.alarms.health.running == 0


async def test_a_restored_area_is_read_from_the_beginning(sent):
    """Its checkpoint is of another history."""
    mail, _ = sent
    store, clocks = MemoryStore(), Clocks()
    async with area(store, clocks, **ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.look()
        database = await store.open(AREA)
        kept = await database.read_local("watches")
        assert kept is not None
        foreign = {**kept, "mark": "another:1", "live": []}
        await database.write(WriteBatch(local={"watches": foreign}))
    async with area(store, clocks, made=True, **ways(*sent)) as place:
        await place.at(iso("10:00"))
        assert len(mail.to(BUDDY.person)) == 1


async def test_of_two_servers_one_raises_and_the_other_takes_over(sent, tmp_path: Path):
    mail, _ = sent
    clocks = Clocks()
    with pouchdb_server() as url:
        settings = CouchSettings.of(url).with_prefix(new_prefix())
        stores = [
            CouchStore(tmp_path / str(n), settings, now_s=lambda: clocks.wall.ms / 1000)
            for n in (0, 1)
        ]
        try:
            async with (
                area(stores[0], clocks, **ways(*sent)) as one,
                area(stores[1], clocks, made=True, **ways(*sent)) as other,
            ):
                await one.leaves(iso("10:00"))
                clocks.until(iso("10:00"))
                await asyncio.gather(*(each.look() for each in (one, other)))
                assert (await other.watch())["state"] == "overdue"
                assert len(mail.to(BUDDY.person)) == 1
            async with area(stores[1], clocks, made=True, **ways(*sent)) as other:
                clocks.until(iso("10:15"))
                await other.look()
                assert len(mail.to(LEAD.person)) == 1
                assert len(mail.to(BUDDY.person)) == 1
        finally:
            for store in stores:
                await store.close()


async def test_what_could_not_be_read_is_read_the_next_time(sent, monkeypatch: pytest.MonkeyPatch):
    mail, _ = sent
    real, failures = watches.read_watch, iter([True, True])

    async def fails_twice(database: Database, watch: str) -> list[WatchWord]:
        if next(failures, False):
            raise StoreError("The disk does not answer.")
        return await real(database, watch)

    monkeypatch.setattr(watching, "read_watch", fails_twice)
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.site.alarms.tick()
        assert place.site.alarms.health.troubled > 0
        await place.look()
        assert place.site.alarms.health.troubled == 0
        await place.at(iso("10:00"))
        assert len(mail.to(BUDDY.person)) == 1


# The program itself.


async def _found(data: Path) -> None:
    store = SqliteStore(data / FOLDER)
    passwords = Passwords(Settings(**CHEAP))
    try:
        await make_area(store)
        opened = await Accounts.open(store, passwords)
        await opened.put(accounts(await opened.hash(PASSWORD)))
    finally:
        passwords.close()
        await store.close()


def _environment(mail: MailServer, texts: Webhook) -> dict[str, str]:
    found: dict[str, Any] = ways(mail, texts)
    return {f"TIDEMARK_{name.upper()}": str(value) for name, value in found.items()}


def test_the_server_is_killed_after_departure_and_raises_the_alarm_when_it_is_back(
    sent, tmp_path: Path
):
    mail, texts = sent
    asyncio.run(_found(tmp_path))
    said = _environment(mail, texts)
    now_ms = time.time_ns() // 1_000_000
    back_ms = now_ms + 6_000
    entry = Tablet(WORKER, log="f" * 32).write(
        "watch.started",
        watch="w-1",
        where="Harbour Road",
        written_at=instant(now_ms),
        expected_back=instant(back_ms),
        buddy=BUDDY.person,
    )
    with Process(tmp_path, **said) as server, server.browser() as browser:
        assert browser.post("/session", json=credentials("fay")).status_code == 200
        body = {"docs": [entry], "new_edits": False}
        (row,) = browser.post(f"/db/{AREA}/_bulk_docs", json=body).json()
        assert row["verdict"] == "stored"
        server.kill()
    with Process(tmp_path, **said) as server:
        _until(lambda: _beat(server)["watches"] == 1)
        assert _beat(server)["status"] == "healthy"
        _until(lambda: mail.subjects(BUDDY.person) == ["ALARM: Fay Field is not back"])
        sent_at = parsedate_to_datetime(mail.mails[0]["Date"])
        assert sent_at.timestamp() >= back_ms // 1000
        _until(lambda: _beat(server)["overdue"] == 1)
        server.kill()
    with Process(tmp_path, **said) as server:
        _until(lambda: _beat(server)["overdue"] == 1)
        time.sleep(3)
        assert len({one["Message-ID"] for one in mail.mails}) == 1
        lines = "\n".join(server.lines)
        figures = httpx2.get(f"{server.address}/metrics").text
        assert "tidemark_alarm_overdue 1.0" in figures
    for secret in (SECRET, "Fay", "example.gov.uk", BUDDY.person):
        assert secret not in lines


def _beat(server: Process) -> dict[str, Any]:
    found: dict[str, Any] = httpx2.get(f"{server.address}/alarms/heartbeat").json()
    return found


def _until(there: Any, seconds: float = 20) -> None:
    end = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=seconds)
    while not there():
        assert dt.datetime.now(dt.UTC) < end
        time.sleep(0.1)
