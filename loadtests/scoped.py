"""P7, a scoped pull: one person's hundredth of a school, and the same hundredth by a selector.

On Tidemark the school's feed is read by the channels the person may see. A CouchDB has no such
index: ``_changes?filter=_selector`` looks at every document to find those asked for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson

from loadtests.bench import Bench
from loadtests.client import request_bytes
from loadtests.documents import make_documents
from loadtests.endpoint import Endpoint
from loadtests.latencies import Latencies
from loadtests.loop import collector_off, run
from loadtests.process import ServerProcess
from loadtests.provision import DATABASES, Provision, Teacher
from loadtests.report import Target
from loadtests.school import Shape, form_id
from sync import channels
from sync.clock import SystemClock, instant, local
from sync.store import Store, Write, WriteBatch
from sync.stores.sqlite import SqliteStore

__all__ = [
    "A_TURN",
    "SETTLED_S",
    "pull",
    "scoped_pull",
    "scoped_request",
    "selected_request",
    "store_documents",
    "with_channels",
]

ROW = "P7"
MOST = 100_000
LEAST = 20_000
SHARE = 100
"""One document in so many is in the person's channels."""
SMALLER = 10
"""So many times fewer documents of others are in the database that shows what they cost."""
BATCH = 1000
SETTLED_S = 3.0
"""Long enough for a school opened by its first request to have looked at all there is."""
FLAT = 1.2
"""How much longer a pull may take with ten times as many documents of others, to be flat."""
SCHOOL = Shape(forms=1, pupils_a_form=1)
"""As small as a school can be: nearly everything the person sees is the bench's own."""
MINE, OTHERS = channels.group(form_id(0)), channels.group("another")
TIMES = 50
A_TURN = 20
"""Pulls from Tidemark in a turn: they are short, and one alone would say little."""


def scoped_pull(bench: Bench) -> None:
    """The same number of one's own documents among 10 times, and 100 times as many of others."""
    count = bench.scaled(MOST, LEAST)
    own = count // SHARE
    documents = make_documents(count)
    sizes = (count // SMALLER, count)
    with bench.data("scoped") as data:
        teachers = _provision(data, documents, own, sizes)
        with ServerProcess(data, settings=bench.settings) as server:
            ours, theirs = run(_turns(bench, server.port, teachers, documents, own))
    what = f"pull of one person's {own:,} documents"
    times = [taken.percentile(0.5) for taken in ours]
    other = theirs.percentile(0.5) if theirs is not None else None
    say = bench.report.figure
    say(ROW, f"{what} among {sizes[0]:,}", times[0], "ms")
    target = Target(times=TIMES, less=True)
    say(ROW, f"{what} among {sizes[1]:,}", times[1], "ms", other=other, target=target)
    grown = times[1] / times[0]
    say(
        ROW,
        f"{what}: times as long among {SMALLER} times as many",
        grown,
        "×",
        target=Target(limit=FLAT),
    )
    for label, taken in zip(("smaller", "larger", "peer"), (*ours, theirs), strict=True):
        if taken is not None:
            bench.report.raw(f"{ROW} {label}", taken.summary())


def channel_of(number: int, count: int, own: int) -> str:
    """The channel of document ``number`` of ``count``: ``own`` of them, evenly spread, are mine."""
    return MINE if number % (count // own) == 0 else OTHERS


def _provision(
    data: Path, documents: Sequence[dict[str, Any]], own: int, sizes: Sequence[int]
) -> list[Teacher]:
    """One school for each size, its teacher signed in, and the documents in it."""
    today, _ = local(instant(SystemClock().now_ms()), "Europe/London")
    teachers = Provision(data, len(sizes), SCHOOL, today).make()

    async def fill() -> None:
        store = SqliteStore(data / DATABASES, address="provisioning")
        for teacher, count in zip(teachers, sizes, strict=True):
            await store_documents(store, teacher.school, documents[:count], own)
        await store.close()

    run(fill())
    return teachers


async def store_documents(
    store: Store, school: str, documents: Sequence[dict[str, Any]], own: int
) -> None:
    """Write documents into a school through its store, each in its channel."""
    database, count = await store.open(school), len(documents)
    writes = [
        Write(
            doc["_id"],
            {name: value for name, value in doc.items() if name != "_id"},
            frozenset({channel_of(number, count, own)}),
        )
        for number, doc in enumerate(documents)
    ]
    for first in range(0, count, BATCH):
        await database.write(WriteBatch(writes[first : first + BATCH]))


def scoped_request(teacher: Teacher) -> bytes:
    """A pull of all there is for the person, in one answer."""
    path = f"/db/{teacher.school}/_changes?since=0&include_docs=true"
    return request_bytes("GET", path, cookie=f"tidemark_session={teacher.cookie}")


async def _turns(
    bench: Bench,
    port: int,
    teachers: Sequence[Teacher],
    documents: Sequence[dict[str, Any]],
    own: int,
) -> tuple[list[Latencies], Latencies | None]:
    """Pull in turns: from the smaller and the larger school, and from the peer."""
    served = Endpoint("Tidemark", "127.0.0.1", port, "", None)
    requests = [scoped_request(teacher) for teacher in teachers]
    ours = [Latencies() for _ in requests]
    await pull(served, requests, own, [Latencies() for _ in requests])
    await asyncio.sleep(SETTLED_S)
    if bench.against is None:
        for _ in range(bench.rounds):
            await pull(served, requests * A_TURN, own, ours * A_TURN)
        return ours, None
    peer, theirs = await Endpoint.sign_in(bench.against), Latencies()
    async with peer.database("scoped") as path:
        await peer.fill(path, with_channels(documents, own))
        for _ in range(bench.rounds):
            await pull(served, requests * A_TURN, own, ours * A_TURN)
            await pull(peer, [selected_request(peer, path)], own, [theirs])
    return ours, theirs


async def pull(
    server: Endpoint, requests: Sequence[bytes], own: int, taken: Sequence[Latencies]
) -> None:
    """Pull one after the other, each latency to its own; all of one's ``own`` documents must come.

    Pulls of several kinds take turns one by one: what disturbs the machine disturbs them alike.
    """
    connection = await server.connect()
    with collector_off():
        for request, latencies in zip(requests, taken, strict=True):
            began = time.perf_counter()
            answer = await connection.ask(request)
            latencies.add_s(time.perf_counter() - began)
            rows = answer.body.count(b'"kind":"bench"')
            assert rows == own, f"{rows} of {own} documents of one's own came: {answer.status}"
    connection.close()


def with_channels(documents: Sequence[dict[str, Any]], own: int) -> list[dict[str, Any]]:
    """The documents as a server without channels holds them: each says its own."""
    count = len(documents)
    return [
        {**doc, "channel": channel_of(number, count, own)} for number, doc in enumerate(documents)
    ]


def selected_request(peer: Endpoint, path: str) -> bytes:
    """The same pull by a selector, in one answer."""
    asked = orjson.dumps({"selector": {"channel": {"$eq": MINE}}})
    return peer.request("POST", f"{path}/_changes?filter=_selector&include_docs=true", asked)
