"""P4 to P6, reading: single documents, the whole feed, and several documents at a time."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack
from itertools import cycle, repeat

import orjson

from loadtests.bench import Bench
from loadtests.client import Reply
from loadtests.documents import make_documents
from loadtests.drive import Drive, Rounds, drive
from loadtests.endpoint import Endpoint
from loadtests.loop import run
from loadtests.pair import Pair, pair, say_rates, say_times

__all__ = ["bulk_gets", "single_gets", "whole_feed"]

GETTERS = 32
MOST_READ = 10_000
MOST_IN_FEED = 50_000
A_BATCH = 100

Requests = Callable[[Endpoint, str, list[tuple[str, str]]], Iterator[bytes]]
"""Of a server, its database's path, and the ids and revisions in it."""


def single_gets(bench: Bench) -> None:
    """P4: one document a request, 32 clients, ids in no order."""

    def requests(one: Endpoint, path: str, there: list[tuple[str, str]]) -> Iterator[bytes]:
        made = [one.request("GET", f"{path}/{name}") for name, _ in there]
        random.Random(2).shuffle(made)
        return cycle(made)

    what = f"GET of one document, clients: {GETTERS}"
    count = bench.scaled(MOST_READ, 2000)
    ours, theirs = _read(bench, count, requests, _got, clients=GETTERS)
    say_rates(bench, "P4", what, ours, theirs, times=4)
    say_times(bench, "P4", what, ours, theirs)


def _got(answer: Reply) -> int:
    return int(answer.status == 200)


def whole_feed(bench: Bench) -> None:
    """P5: everything there is, with its documents, in one answer."""

    def requests(one: Endpoint, path: str, _: list[tuple[str, str]]) -> Iterator[bytes]:
        return repeat(one.request("GET", f"{path}/_changes?include_docs=true"))

    count = bench.scaled(MOST_IN_FEED, 10_000)
    ours, theirs = _read(bench, count, requests, _rows, clients=1)
    what = f"_changes?include_docs=true, whole feed of {count:,} documents"
    say_rates(bench, "P5", what, ours, theirs, times=8)


def _rows(answer: Reply) -> int:
    return answer.body.count(b'"_rev":') if answer.status == 200 else 0


def bulk_gets(bench: Bench) -> None:
    """P6: ``_bulk_get`` of 100 revisions with their histories, one client, as a replicator asks."""

    def requests(one: Endpoint, path: str, there: list[tuple[str, str]]) -> Iterator[bytes]:
        mixed = random.Random(3).sample(there, len(there))
        bodies = [
            orjson.dumps({"docs": [{"id": i, "rev": r} for i, r in mixed[at : at + A_BATCH]]})
            for at in range(0, len(mixed), A_BATCH)
        ]
        where = f"{path}/_bulk_get?revs=true"
        return cycle([one.request("POST", where, body) for body in bodies])

    count = bench.scaled(MOST_READ, 2000)
    ours, theirs = _read(bench, count, requests, _found, clients=1)
    what = f"_bulk_get, {A_BATCH} a batch with revs, clients: 1"
    say_rates(bench, "P6", what, ours, theirs, times=4)


def _found(answer: Reply) -> int:
    return answer.body.count(b'"_revisions":') if answer.status == 200 else 0


def _read(
    bench: Bench, count: int, requests: Requests, counted: Callable[[Reply], int], *, clients: int
) -> tuple[Rounds, Rounds | None]:
    """Fill a database of each, then read from them in turns."""
    with pair(bench, "reads") as both:
        return run(_turns(bench, both, count, requests, counted, clients))


async def _turns(
    bench: Bench,
    both: Pair,
    count: int,
    requests: Requests,
    counted: Callable[[Reply], int],
    clients: int,
) -> tuple[Rounds, Rounds | None]:
    documents = make_documents(count)
    async with AsyncExitStack() as stack:
        made = {}
        for one in both.both:
            path = await stack.enter_async_context(one.database("reads"))
            revs = await one.fill(path, documents)
            there = [(doc["_id"], rev) for doc, rev in zip(documents, revs, strict=True)]
            made[one.port] = requests(one, path, there)

        async def work(one: Endpoint) -> Drive:
            seconds = bench.slice_s
            return await drive(one, made[one.port], counted, clients=clients, seconds=seconds)

        ours, theirs = await both.turns(bench.rounds, work)
    return Rounds(ours), Rounds(theirs) if theirs else None
