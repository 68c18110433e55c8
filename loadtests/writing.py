"""P2 and P3, writing: batches as replicators send them, and single documents from many clients."""

from __future__ import annotations

import orjson

from loadtests.bench import Bench
from loadtests.client import Reply
from loadtests.documents import batches, make_documents
from loadtests.drive import Drive, drive
from loadtests.endpoint import BATCH, Endpoint
from loadtests.pair import pair, say_rates, say_times

__all__ = ["bulk", "single_puts"]

MOST_BATCHES = 60
CLIENTS = (1, 4)
PUTTERS = 32
MOST_PUTS = 12_000
"""Requests are made beforehand for so many a second."""


def bulk(bench: Bench) -> None:
    """P2: ``_bulk_docs`` into an empty database, from 1 and from 4 clients."""
    documents = make_documents(BATCH * bench.scaled(MOST_BATCHES, 12))
    bodies = list(batches(documents, BATCH))
    with pair(bench, "bulk") as both:
        for clients in CLIENTS:

            async def work(one: Endpoint, clients: int = clients) -> Drive:
                async with one.database("bulk") as path:
                    requests = [one.request("POST", f"{path}/_bulk_docs", b) for b in bodies]
                    return await drive(one, requests, _stored, clients=clients)

            ours, theirs = both.drives(bench.rounds, work)
            what = f"_bulk_docs, {BATCH} a batch, clients: {clients}"
            say_rates(bench, "P2", what, ours, theirs, times=3)


def _stored(answer: Reply) -> int:
    """Documents stored by a ``_bulk_docs``."""
    return answer.body.count(b'"rev":') if answer.status == 201 else 0


def single_puts(bench: Bench) -> None:
    """P3: one document a request, 32 clients."""
    documents = make_documents(int(bench.slice_s * MOST_PUTS))
    bodies = [(one["_id"], orjson.dumps(one)) for one in documents]
    with pair(bench, "puts") as both:

        async def work(one: Endpoint) -> Drive:
            async with one.database("puts") as path:
                requests = [one.request("PUT", f"{path}/{name}", b) for name, b in bodies]
                return await drive(one, requests, _put, clients=PUTTERS, seconds=bench.slice_s)

        ours, theirs = both.drives(bench.rounds, work)
    what = f"PUT of one document, clients: {PUTTERS}"
    say_rates(bench, "P3", what, ours, theirs, times=4)
    say_times(bench, "P3", what, ours, theirs)


def _put(answer: Reply) -> int:
    return int(answer.status == 201)
