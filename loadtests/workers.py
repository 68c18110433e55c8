"""One process, or two that each own half of the databases: the same load on both."""

from __future__ import annotations

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from itertools import cycle, islice
from statistics import median

import orjson

from loadtests.bench import Bench
from loadtests.client import Reply
from loadtests.documents import batches, make_documents
from loadtests.drive import Drive, Rounds, drive
from loadtests.endpoint import BATCH, Endpoint
from loadtests.loop import run
from loadtests.pair import REST_S, couch
from loadtests.process import pss_kib
from loadtests.report import Target

__all__ = ["workers"]

ROW = "–"
DATABASES = 8
CLIENTS = 32
MOST_PUTS = 12_000
READ = 1000
"""Documents a database to read."""
BATCHES = 16
Place = tuple[Endpoint, str]
"""A database: who serves it, its path."""
Made = Callable[[Place, int], Iterator[bytes]]
"""The requests for a database, by its number."""


@dataclass(frozen=True)
class _Load:
    """A load, the same however many processes share it."""

    what: str
    made: Made
    counted: Callable[[Reply], int]
    clients: int = CLIENTS


def workers(bench: Bench) -> None:
    """Two endpoints on two folders, the databases split between them; and one with all."""
    with (
        couch(bench, "one") as (_, alone),
        couch(bench, "left") as (_, left),
        couch(bench, "right") as (_, right),
    ):
        run(_compare(bench, [alone], [left, right]))


async def _compare(bench: Bench, alone: list[str], shared: list[str]) -> None:
    plans = [[await Endpoint.sign_in(url) for url in urls] for urls in (alone, shared)]
    for load in _loads(bench):
        found: tuple[list[Drive], list[Drive]] = ([], [])
        for _ in range(bench.rounds):
            for endpoints, results in zip(plans, found, strict=True):
                await asyncio.sleep(REST_S)
                results.append(await _run(bench, endpoints, load))
        one, two = (median(drive.rate for drive in results) for results in found)
        what = f"two processes, {DATABASES} databases: {load.what}"
        say = bench.report.figure
        say(ROW, what, two, "docs/s", other=one, beside="one process", target=Target())
        slow = [median(d.latencies.percentile(0.99) for d in results) for results in found]
        less = Target(less=True)
        say(ROW, f"{what}, p99", slow[1], "ms", other=slow[0], beside="one process", target=less)
        costs = [Rounds(results).cpu_ms for results in found]
        cost = f"{what}: servers' processor time for 1,000"
        say(ROW, cost, costs[1], "ms", other=costs[0], beside="one process", target=less)
        names = ("one", "two")
        raw = {name: [d.summary() for d in part] for name, part in zip(names, found, strict=True)}
        bench.report.raw(f"workers, {load.what}", raw)
    memory = [sum(pss_kib(one.pid) for one in plan if one.pid) / 1024 for plan in plans]
    bench.report.figure(
        ROW,
        "two processes: memory of both afterwards (PSS)",
        memory[1],
        "MiB",
        other=memory[0],
        beside="one process",
        target=Target(less=True),
    )


def _loads(bench: Bench) -> list[_Load]:
    each = int(bench.slice_s * MOST_PUTS) // DATABASES
    documents = [make_documents(each, seed=seed) for seed in range(DATABASES)]
    bodies = [list(islice(batches(part, BATCH), BATCHES)) for part in documents]

    def puts(place: Place, number: int) -> Iterator[bytes]:
        one, path = place
        for doc in documents[number]:
            yield one.request("PUT", f"{path}/{doc['_id']}", orjson.dumps(doc))

    def gets(place: Place, number: int) -> Iterator[bytes]:
        one, path = place
        chosen = random.Random(number).choices(documents[number][:READ], k=each)
        return (one.request("GET", f"{path}/{doc['_id']}") for doc in chosen)

    def bulks(place: Place, number: int) -> Iterator[bytes]:
        one, path = place
        return (one.request("POST", f"{path}/_bulk_docs", body) for body in bodies[number])

    return [
        _Load(f"PUT, clients: {CLIENTS}", puts, lambda answer: int(answer.status == 201)),
        _Load(f"GET, clients: {CLIENTS}", gets, lambda answer: int(answer.status == 200)),
        _Load(f"_bulk_docs of {BATCH}, clients: 4", bulks, _stored, 4),
    ]


def _stored(answer: Reply) -> int:
    return answer.body.count(b'"rev":') if answer.status == 201 else 0


async def _run(bench: Bench, endpoints: list[Endpoint], load: _Load) -> Drive:
    """Put the load on ``endpoints``, each with its share of databases and of clients."""
    async with _databases(endpoints) as places:
        if load.what.startswith("GET"):
            for number, (one, path) in enumerate(places):
                await one.fill(path, make_documents(READ, seed=number))
        each: dict[int, list[list[bytes]]] = {}
        for number, place in enumerate(places):
            each.setdefault(place[0].port, []).append(list(load.made(place, number)))
        clients = load.clients // len(endpoints)
        done = await asyncio.gather(
            *(
                drive(
                    one,
                    [request for row in zip(*each[one.port], strict=True) for request in row],
                    load.counted,
                    clients=clients,
                    seconds=bench.slice_s,
                )
                for one in endpoints
            )
        )
    return _together(done)


def _together(done: list[Drive]) -> Drive:
    """What several processes did at the same time, as one."""
    whole = Drive(seconds=max(one.seconds for one in done))
    for one in done:
        whole.units += one.units
        whole.server_cpu_s += one.server_cpu_s
        whole.generator_cpu_s = max(whole.generator_cpu_s, one.generator_cpu_s)
        whole.errors += one.errors
        whole.latencies.add_all(one.latencies)
    return whole


@asynccontextmanager
async def _databases(endpoints: list[Endpoint]) -> AsyncIterator[list[Place]]:
    """Empty databases, dealt out to the endpoints in turns."""
    async with AsyncExitStack() as stack:
        dealt = zip(range(DATABASES), cycle(endpoints), strict=False)
        yield [
            (one, await stack.enter_async_context(one.database(f"part-{number}")))
            for number, one in dealt
        ]
