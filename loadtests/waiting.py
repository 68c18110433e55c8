"""P8, idle longpolls: what each costs a process that holds them, and how soon all are woken."""

from __future__ import annotations

import asyncio
import math
import resource
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any

import orjson

from loadtests.bench import Bench
from loadtests.client import Connection, Reply
from loadtests.endpoint import Endpoint
from loadtests.latencies import Latencies
from loadtests.loop import collector_off, run
from loadtests.pair import pair
from loadtests.process import pss_kib
from loadtests.report import Target

__all__ = ["held"]

ROW = "P8"
MOST = 10_000
LEAST = 2500
WOKEN = 5
"""One in so many of those held is woken by one write: 2,000 of 10,000."""
WAKES = 3
AT_ONCE = 100
"""Connections opened at a time, so that no backlog overflows."""
SETTLED_S = 2.0
"""Long enough for the last request to be held, and for what opening took to be given back."""
SPARE_FILES = 500
BREATH_S = 0.02
PATIENCE_S = 60.0
QUIET_MS = 300_000
"""Heartbeats so rarely that none falls into the measurement."""
MOST_KIB = 20.0
MOST_S = 0.25


@dataclass
class _Holding:
    """What one server came to."""

    held: int = 0
    kib: float = math.nan
    wakes: list[Latencies] = field(default_factory=list)

    @property
    def last_s(self) -> float:
        """Until the last one woken was answered; the middle one of the wakes."""
        return median(one.percentile(1) for one in self.wakes) / 1000

    @property
    def p50_s(self) -> float:
        """Until half of them were."""
        return median(one.percentile(0.5) for one in self.wakes) / 1000

    def summary(self) -> dict[str, Any]:
        """What a results file keeps."""
        wakes = [one.summary() for one in self.wakes]
        return {"held": self.held, "kib_each": round(self.kib, 2), "wakes": wakes}


def held(bench: Bench) -> None:
    """Longpolls of ``_changes``, a fifth of them on one database, which is then written to.

    One server after the other: ten thousand connections are a burden on the machine as well.
    """
    count = bench.scaled(MOST, LEAST)
    _allow_files(count + SPARE_FILES)
    with pair(bench, "held") as both:
        found = [run(_hold(one, count)) for one in both.both]
    ours, theirs = found[0], found[1] if len(found) > 1 else None
    woken = count // WOKEN
    if theirs is not None and theirs.held < count:
        bench.report.note(f"{bench.report.peer} held {theirs.held:,} of {count:,}")
    label = f"{count:,} idle longpolls held"

    def say(what: str, unit: str, of: Callable[[_Holding], float], limit: float | None) -> None:
        other = of(theirs) if theirs is not None and not math.isnan(of(theirs)) else None
        target = Target(limit=limit, less=True)
        bench.report.figure(ROW, f"{label}: {what}", of(ours), unit, other=other, target=target)

    say("memory each (PSS)", "KiB", lambda one: one.kib, MOST_KIB)
    say(f"one write wakes {woken:,}, the last after", "s", lambda one: one.last_s, MOST_S)
    say(f"one write wakes {woken:,}, half after", "s", lambda one: one.p50_s, None)
    bench.report.raw(f"{ROW} tidemark", ours.summary())
    if theirs is not None:
        bench.report.raw(f"{ROW} peer", theirs.summary())


async def _hold(one: Endpoint, count: int) -> _Holding:
    """Hold ``count`` longpolls at a server, measure it, and wake some of them a few times."""
    found = _Holding()
    async with one.database("idle") as idle, one.database("woken") as busy:
        writer = await one.connect()
        for path in (idle, busy):
            await _write(one, writer, path, "first")
        before = pss_kib(one.pid) if one.pid is not None else None
        connections = await _opened(one, count)
        woken, others = connections[: count // WOKEN], connections[count // WOKEN :]
        asked = await _ask_all(others, _longpoll(one, idle))
        waiting = await _ask_all(woken, _longpoll(one, busy))
        await asyncio.sleep(SETTLED_S)
        found.held = sum(not answer.done() for answer in asked + waiting)
        if before is not None and one.pid is not None and found.held:
            found.kib = (pss_kib(one.pid) - before) / found.held
        for wake in range(WAKES):
            found.wakes.append(await _wake(one, writer, busy, f"wake-{wake}", waiting))
            waiting = await _ask_all(woken, _longpoll(one, busy))
            await asyncio.sleep(SETTLED_S)
        for connection in (writer, *connections):
            connection.close()
        await asyncio.gather(*asked, *waiting, return_exceptions=True)
    return found


async def _opened(one: Endpoint, count: int) -> list[Connection]:
    """Open ``count`` connections, so many at a time."""
    opened: list[Connection] = []
    while len(opened) < count:
        some = min(AT_ONCE, count - len(opened))
        opened += await asyncio.gather(*(one.connect() for _ in range(some)))
    return opened


async def _ask_all(connections: list[Connection], request: bytes) -> list[asyncio.Future[Reply]]:
    """Send the request on every connection, with a breath now and then for the server."""
    asked: list[asyncio.Future[Reply]] = []
    for number, connection in enumerate(connections):
        asked.append(connection.ask(request))
        if number % AT_ONCE == AT_ONCE - 1:
            await asyncio.sleep(BREATH_S)
    return asked


def _longpoll(one: Endpoint, path: str) -> bytes:
    return one.request("GET", f"{path}/_changes?feed=longpoll&since=now&heartbeat={QUIET_MS}")


async def _write(one: Endpoint, writer: Connection, path: str, name: str) -> None:
    answer = await writer.ask(one.request("PUT", f"{path}/{name}", orjson.dumps({"at": name})))
    assert answer.status in {201, 202}, f"writing {name}: {answer.status}"


async def _wake(
    one: Endpoint,
    writer: Connection,
    path: str,
    name: str,
    waiting: list[asyncio.Future[Reply]],
) -> Latencies:
    """Write one document, and clock each answer from the moment the write was sent."""
    taken = Latencies()
    began = 0.0
    for answer in waiting:
        answer.add_done_callback(lambda _: taken.add_s(time.perf_counter() - began))
    with collector_off():
        began = time.perf_counter()
        await _write(one, writer, path, name)
        await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE_S)
    return taken


def _allow_files(count: int) -> None:
    """Let this process, and those it starts, have so many files and connections open."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft < count:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(count, hard), hard))
