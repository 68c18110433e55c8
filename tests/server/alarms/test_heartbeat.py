"""The alarm is watched itself: by whoever asks for its heartbeat, and by whom it tells."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from server.alarms.health import Health
from sync.store import Write, WriteBatch
from tests.server.alarms.area import (
    AREA,
    Area,
    Clocks,
    MailServer,
    Webhook,
    area,
    iso,
    messages,
    ways,
)


@pytest.fixture
def sent() -> Iterator[tuple[MailServer, Webhook]]:
    with messages() as both:
        yield both


async def beat(place: Area) -> tuple[int, dict[str, Any]]:
    transport = httpx2.ASGITransport(app=place.app)
    async with httpx2.AsyncClient(transport=transport, base_url="http://test") as browser:
        answer = await browser.get("/alarms/heartbeat")
    return answer.status_code, answer.json()


async def test_it_says_that_all_is_well_and_names_nobody(sent):
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("10:00"))
        await place.look()
        status, told = await beat(place)
        assert status == 200
        assert told == {
            "status": "healthy",
            "loop": "running",
            "ran_at": iso("09:30"),
            "watches": 1,
            "overdue": 0,
            "messages_waiting": 0,
            "failing": 0,
            "deliveries": "untried",
            "transports": {"mail": "untried", "sms": "untried"},
        }
        await place.site.alarms.sending.probe()
        assert (await beat(place))[1]["transports"] == {"mail": "working", "sms": "untried"}
        await place.at(iso("10:00"))
        assert (await beat(place))[1]["overdue"] == 1


async def test_it_fails_once_the_loop_has_not_run_for_a_minute(sent):
    async with area(**ways(*sent)) as place:
        await place.look()
        place.clocks.pass_minutes(0.99)
        assert (await beat(place))[0] == 200
        place.clocks.pass_minutes(0.02)
        status, told = await beat(place)
        assert (status, told["loop"]) == (503, "stopped")


async def test_it_fails_while_no_way_works_and_is_well_again_after(sent):
    mail, _ = sent
    async with area(**ways(mail, None)) as place:
        await place.leaves(iso("10:00"), buddy=None)
        mail.refuses = True
        await place.at(iso("10:00"))
        status, told = await beat(place)
        assert (status, told["deliveries"]) == (503, "failing")
        assert told["messages_waiting"] > 0
        assert b'alarm_messages_total{outcome="failed",way="mail"}' in place.site.metrics.text()
        mail.refuses = False
        await place.at(iso("10:05"))
        status, told = await beat(place)
        assert (status, told["deliveries"], told["messages_waiting"]) == (200, "working", 0)


async def test_without_a_way_it_fails_only_while_somebody_is_out():
    async with area() as place:
        await place.look()
        assert (await beat(place))[0] == 200
        await place.leaves(iso("10:00"))
        await place.look()
        assert (await beat(place))[0] == 503


async def test_a_watch_that_cannot_be_read_fails_it_and_keeps_no_other_from_its_alarm(sent):
    mail, _ = sent
    async with area(**ways(*sent)) as place:
        await place.leaves(iso("11:00"))
        await place.leaves(iso("11:00"), watch="w-2")
        broken = Write("alarm:w-2:buddy:1", {"type": "alarm"}, frozenset({"alarms"}))
        await (await place.store.open(AREA)).write(WriteBatch([broken]))
        await place.at(iso("11:00"))
        assert len(mail.mails) == 1
        status, told = await beat(place)
        assert (status, told["failing"]) == (503, 1)


async def test_a_monitor_is_told_while_all_is_well(sent):
    async with area(**ways(*sent)) as place:
        await place.look()
        asked: list[str] = []

        async def monitor(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            asked.append((await reader.readline()).decode())
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
            await writer.drain()
            writer.close()

        server = await asyncio.start_server(monitor, "127.0.0.1", 0)
        async with server:
            port = server.sockets[0].getsockname()[1]
            settings = {"alarm_heartbeat_url": f"http://127.0.0.1:{port}/ping"}
            engine = place.site.alarms
            engine.settings = engine.settings.model_copy(update=settings)
            engine.start_beside()
            for _ in range(100):
                if asked:
                    break
                await asyncio.sleep(0.02)
            await engine.close()
        assert asked == ["GET /ping HTTP/1.1\r\n"]


def test_health_before_the_first_run_is_no_health() -> None:
    health = Health(Clocks().elapsed)
    assert (health.alive, health.healthy, health.told()["ran_at"]) == (False, False, None)
