"""Commits through the journal, beside each database bringing its own to disk; with no server.

One database under batches of 500 documents, one under single writes of 32 writers, and pushes of
three documents that go round 200, 2,000 and 10,000 databases, of which the store keeps only its
usual number open. The two ways take turns, each on a fresh folder.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from typing_extensions import override

from loadtests.bench import Bench
from loadtests.documents import make_documents
from loadtests.latencies import Latencies
from loadtests.loop import run
from loadtests.report import Target
from sync.store import Database, Write, WriteBatch
from sync.stores.sqlite import SqliteStore
from sync.stores.sqlite.handles import Handle
from sync.stores.sqlite.journal import Journal
from sync.stores.sqlite.statements import Statement
from sync.stores.sqlite.unjournaled import Unjournaled

__all__ = ["commits"]

ROW = "–"
CHANNELS = frozenset({"all", "entries:2026-09-07"})
BODIES = [
    {name: value for name, value in document.items() if name != "_id"}
    for document in make_documents(500)
]
FEW = 2000
"""Of more databases than these one turn is enough: making them takes longer than the load."""


class _Each(Unjournaled):
    """Every commit is brought to disk by itself, in its database's write-ahead log."""

    @override
    async def commit(
        self, handle: Handle, name: str, seq: int, statements: Sequence[Statement]
    ) -> None:
        handle.committing = True
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writers, handle.commit, statements)
        finally:
            handle.committing = False


class _EachStore(SqliteStore):
    @override
    def _begin(self, writers: Executor) -> Journal | Unjournaled:
        return _Each(writers)


@dataclass(frozen=True)
class _Load:
    """``writers`` at once send batches of ``size`` documents to ``databases`` in turn."""

    what: str
    unit: str
    databases: int
    writers: int
    size: int
    counted: int


@dataclass(frozen=True)
class _Took:
    """What a load came to; ``cpu_ms``: processor time of the process for one unit."""

    rate: float
    cpu_ms: float
    waits: Latencies


def commits(bench: Bench) -> None:
    """Load each way with each load, in turns."""
    loads = (
        _Load("batches of 500 documents, one writer", "docs/s", 1, 1, 500, 500),
        _Load("single writes, 32 writers", "docs/s", 1, 32, 1, 1),
        *(
            _Load(f"pushes of 3 documents over {count:,} databases", "pushes/s", count, 64, 3, 1)
            for count in (200, bench.scaled(2000, 500), bench.scaled(10_000, 1000))
        ),
    )
    ways: tuple[Callable[[Path], SqliteStore], ...] = (SqliteStore, _EachStore)
    for load in loads:
        taken: list[list[_Took]] = [[], []]
        for _ in range(3 if load.databases <= FEW else 1):
            for way, took in zip(ways, taken, strict=True):
                with bench.data("commits") as data:
                    took.append(run(_loaded(way, data, load, bench.slice_s)))
        _say(bench, load, *taken)


def _say(bench: Bench, load: _Load, ours: Sequence[_Took], theirs: Sequence[_Took]) -> None:
    say, beside = bench.report.figure, "each by itself"
    what = f"journal: {load.what}"
    rates = [median(one.rate for one in way) for way in (ours, theirs)]
    say(ROW, what, rates[0], load.unit, other=rates[1], beside=beside, target=Target())
    less = Target(less=True)
    costs = [median(one.cpu_ms for one in way) for way in (ours, theirs)]
    say(ROW, f"{what}: processor", costs[0], "ms", other=costs[1], beside=beside, target=less)
    late = [median(one.waits.percentile(0.99) for one in way) for way in (ours, theirs)]
    say(ROW, f"{what}: p99", late[0], "ms", other=late[1], beside=beside, target=less)
    bench.report.raw(
        what, [[[round(one.rate, 1), one.waits.summary()] for one in way] for way in (ours, theirs)]
    )


async def _loaded(
    way: Callable[[Path], SqliteStore], folder: Path, load: _Load, seconds: float
) -> _Took:
    names = [f"school-{number}" for number in range(load.databases)]
    await _make_model(folder)
    await asyncio.to_thread(_make, folder, names)
    store = way(folder)
    databases = [await store.open(name) for name in names]
    # A stride that is prime to their number leads to all of them, never to one again too soon.
    order = (databases[number * 7919 % len(databases)] for number in itertools.count())
    numbers, waits = itertools.count(), Latencies()
    began, cpu = time.monotonic(), time.process_time()
    end = began + seconds
    await asyncio.gather(*(_write(load, order, numbers, end, waits) for _ in range(load.writers)))
    units = len(waits) * load.counted
    took, used = time.monotonic() - began, time.process_time() - cpu
    await store.close()
    return _Took(units / took, used * 1000 / units, waits)


async def _make_model(folder: Path) -> None:
    """Make an empty database."""
    store = SqliteStore(folder)
    await store.create("model")
    await store.close()


def _make(folder: Path, names: Sequence[str]) -> None:
    """Copy the model under many names: that is sooner done than making each."""
    for path in sorted(folder.glob("model.*")):
        data = path.read_bytes()
        for name in names:
            (folder / path.name.replace("model", name)).write_bytes(data)
    os.sync()


async def _write(
    load: _Load, order: Iterator[Database], numbers: Iterator[int], end: float, waits: Latencies
) -> None:
    while time.monotonic() < end:
        number = next(numbers)
        began = time.perf_counter()
        await next(order).write(WriteBatch([_new(number, part) for part in range(load.size)]))
        waits.add_s(time.perf_counter() - began)


def _new(number: int, part: int) -> Write:
    return Write(f"{number}:{part}", BODIES[part], CHANNELS, history=("1-5c1e",))
