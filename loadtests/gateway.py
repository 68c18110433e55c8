"""P15, a gateway before a CouchDB: what it answers, against that CouchDB asked directly."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import quote

from loadtests.bench import Bench
from loadtests.client import Reply, request_bytes
from loadtests.documents import make_documents
from loadtests.drive import Drive, Rounds, drive
from loadtests.endpoint import PREFIX, Endpoint
from loadtests.latencies import Latencies
from loadtests.load import Load
from loadtests.loop import run
from loadtests.pair import REST_S, say_rates, say_times
from loadtests.process import ServerProcess
from loadtests.provision import Provision, Teacher
from loadtests.report import Target
from loadtests.school import Shape
from loadtests.scoped import (
    A_TURN,
    SETTLED_S,
    pull,
    scoped_request,
    selected_request,
    store_documents,
    with_channels,
)
from loadtests.tablet import Errand, Tablet
from server.settings import Settings
from server.stores import open_store
from sync.clock import SystemClock, instant, local

__all__ = ["gateway"]

ROW = "P15"
SHAPE = Shape(forms=70)
SCHOOLS = 4
CALM = 20
"""Pushes each of which finds a gateway with nothing to do."""
PATIENCE_S = 30.0
PUSHERS = {1: 0.2, 32: 0.7}
"""How many clients push, and their share of the registers: a form has two a day, and no more, or
its sheet would grow as no sheet does."""
MOST = 20_000
LEAST = 5000
SHARE = 100
PUSH_TIMES = 0.7
PULL_TIMES = 3.0
OWN = f"{PREFIX}gateway-"


@dataclass(frozen=True)
class _Gateway:
    """A gateway that is served, the CouchDB behind it, and who pushes and pulls."""

    server: Endpoint
    behind: Endpoint
    teachers: Sequence[Teacher]
    registers: Iterator[Errand]
    own: int


def gateway(bench: Bench) -> None:
    """Registers pushed one a request, and a person's hundredth pulled, in turns with CouchDB."""
    if bench.against is None:
        bench.report.note(f"{ROW} needs a CouchDB to stand before: name one with --against.")
        return
    with bench.data("gateway") as data:
        run(_measure(bench, bench.against, data))


async def _measure(bench: Bench, url: str, data: Path) -> None:
    behind = await Endpoint.sign_in(url)
    settings = {**bench.settings, "store": f"couchdb+{url}", "couchdb_prefix": OWN}
    documents = make_documents(bench.scaled(MOST, LEAST))
    own = len(documents) // SHARE
    async with _cleaned(behind):
        teachers = await _provision(data, settings, documents, own)
        with ServerProcess(data, settings=settings) as server:
            label = "Tidemark before it"
            served = Endpoint(label, "127.0.0.1", server.port, "", server.pid)
            await _greet(served, teachers)
            registers = _registers(teachers)
            found = _Gateway(served, behind, teachers, iter(registers), own)
            await _pull(bench, found, documents)
            await _push_calmly(bench, found, server.port)
            for clients, share in PUSHERS.items():
                await _push(bench, found, clients, int(len(registers) * share / bench.rounds))


async def _provision(
    data: Path, settings: dict[str, str], documents: Sequence[dict[str, Any]], own: int
) -> list[Teacher]:
    today, _ = local(instant(SystemClock().now_ms()), "Europe/London")
    wanted = Settings.model_validate({**settings, "data": data})
    store = open_store(wanted, SystemClock(), "provisioning")
    try:
        teachers = await Provision(data, SCHOOLS, SHAPE, today).make_in(store)
        await store_documents(store, teachers[0].school, documents, own)
    finally:
        await store.close()
    return teachers


async def _pull(bench: Bench, found: _Gateway, documents: Sequence[dict[str, Any]]) -> None:
    """One person's documents, from the gateway's channels and by CouchDB's selector."""
    asked = scoped_request(found.teachers[0])
    await pull(found.server, [asked], found.own, [Latencies()])
    await asyncio.sleep(SETTLED_S)
    ours, theirs = Latencies(), Latencies()
    async with found.behind.database("scoped") as path:
        await found.behind.fill(path, with_channels(documents, found.own))
        selected = selected_request(found.behind, path)
        for _ in range(bench.rounds):
            await pull(found.server, [asked] * A_TURN, found.own, [ours] * A_TURN)
            await pull(found.behind, [selected], found.own, [theirs])
    value, other = ours.percentile(0.5), theirs.percentile(0.5)
    what = f"gateway: pull of one person's {found.own:,} of {len(documents):,} documents"
    target = Target(times=PULL_TIMES, less=True)
    bench.report.figure(ROW, what, value, "ms", other=other, target=target)
    for label, taken in (("gateway", ours), ("peer", theirs)):
        bench.report.raw(f"{ROW} pull, {label}", taken.summary())


async def _push_calmly(bench: Bench, found: _Gateway, port: int) -> None:
    """A register at a time, each once the last one is on its sheet: intake without publishing."""
    ours, theirs, load = Latencies(), Latencies(), Load(port)
    gateway_, direct = await found.server.connect(), await found.behind.connect()
    async with found.behind.database("calm") as path:
        for errand in islice(found.registers, CALM):
            asked = found.behind.request("POST", f"{path}/_bulk_docs", _body(errand.push))
            for connection, request, count, taken in (
                (gateway_, errand.push, _taken, ours),
                (direct, asked, _stored, theirs),
            ):
                began = time.perf_counter()
                answer = await connection.ask(request)
                taken.add_s(time.perf_counter() - began)
                assert count(answer) == 1, f"pushing: {answer.status}"
            await load.published([errand], PATIENCE_S)
            await asyncio.sleep(REST_S)
    for connection in (gateway_, direct):
        connection.close()
    what = "gateway: a register pushed while nothing is published, p50"
    value, other = ours.percentile(0.5), theirs.percentile(0.5)
    bench.report.figure(ROW, what, value, "ms", other=other, target=Target(less=True))
    for label, latencies in (("gateway", ours), ("peer", theirs)):
        bench.report.raw(f"{ROW} calm, {label}", latencies.summary())


async def _push(bench: Bench, found: _Gateway, clients: int, count: int) -> None:
    """Registers, one a request: to the gateway, and the same documents to CouchDB itself."""
    ours: list[Drive] = []
    theirs: list[Drive] = []
    for _ in range(bench.rounds):
        registers = [errand.push for errand in islice(found.registers, count)]
        async with found.behind.database("pushed") as path:
            direct = [
                found.behind.request("POST", f"{path}/_bulk_docs", _body(push))
                for push in registers
            ]
            for server, requests, counted, drives in (
                (found.server, registers, _taken, ours),
                (found.behind, direct, _stored, theirs),
            ):
                await asyncio.sleep(REST_S)
                drives.append(await drive(server, requests, counted, clients=clients))
    what = f"gateway: a register a push, clients: {clients}"
    say_rates(bench, ROW, what, Rounds(ours), Rounds(theirs), times=PUSH_TIMES)
    say_times(bench, ROW, what, Rounds(ours), Rounds(theirs))


async def _greet(server: Endpoint, teachers: Sequence[Teacher]) -> None:
    """Let every session be seen once, as that of a tablet in use has been."""
    connection = await server.connect()
    for teacher in teachers:
        cookie = f"tidemark_session={teacher.cookie}"
        answer = await connection.ask(request_bytes("GET", f"/db/{teacher.school}/", cookie=cookie))
        assert answer.status == 200, f"a teacher is not let in: {answer.status}"
    connection.close()


def _registers(teachers: Sequence[Teacher]) -> list[Errand]:
    """Pushes of every form's registers of today, in no order but mornings first."""
    now = instant(SystemClock().now_ms())
    today, _ = local(now, "Europe/London")
    tablets = [Tablet(teacher, SHAPE) for teacher in teachers]
    random.Random(5).shuffle(tablets)
    return [
        *(tablet.register(today, "AM", now) for tablet in tablets),
        *(tablet.register(today, "PM", now) for tablet in tablets),
    ]


def _body(push: bytes) -> bytes:
    return push.partition(b"\r\n\r\n")[2]


def _taken(answer: Reply) -> int:
    return answer.body.count(b'"verdict":"stored"') if answer.status == 201 else 0


def _stored(answer: Reply) -> int:
    """A ``_bulk_docs`` without new edits answers with what went wrong: nothing."""
    return int(answer.status == 201 and answer.body.strip() == b"[]")


@asynccontextmanager
async def _cleaned(behind: Endpoint) -> AsyncIterator[None]:
    """Remove what a bench left in CouchDB, before and afterwards."""
    await _remove(behind)
    try:
        yield
    finally:
        await _remove(behind)


async def _remove(behind: Endpoint) -> None:
    connection = await behind.connect()
    names = (await connection.ask(behind.request("GET", "/_all_dbs"))).json()
    for name in names:
        if name.startswith(OWN):
            await connection.ask(behind.request("DELETE", f"/{quote(name, safe='')}"))
    connection.close()
