"""Two ways to SQLite for the same statements: the standard library's module, and apsw.

The statements are the store's own, as its plan spells them for batches of 500 new documents. Both
engines run them in a thread, as the store does, once with an idle event loop and once with a busy
one: a thread that runs SQL has to win Python's lock back from the loop at every step.
"""

from __future__ import annotations

import asyncio
import random
import sqlite3
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple, Protocol

import apsw

from loadtests.bench import Bench
from loadtests.documents import make_documents
from loadtests.loop import collector_off, run
from loadtests.report import Target
from sync.store import Write, WriteBatch
from sync.stores.memory import new_epoch
from sync.stores.records import Rules, prepare
from sync.stores.sqlite.handles import FileSettings
from sync.stores.sqlite.plan import Plan
from sync.stores.sqlite.queries import DOCUMENTS_AFTER, RECORDS, many
from sync.stores.sqlite.schema import migrate
from sync.stores.sqlite.statements import Statement, carry_out
from sync.stores.sqlite.store import SqliteSettings

__all__ = ["engines"]

ROW = "–"
BATCH = 500
MOST = 20_000
LEAST = 5000
IDS = 100
READS = 200
PAGE = 1000
CAME_FROM = "carray(?) c CROSS JOIN docs d ON d.id = c.value"
"""How the store hands many ids to one statement; the standard library has no such function."""
LISTED = RECORDS.replace(CAME_FROM, f"docs d WHERE d.id IN ({','.join('?' * IDS)})")
WORK = range(6000)
"""What a busy loop does in one turn: a quarter of a millisecond or so of Python."""


class Engine(Protocol):
    """A connection to one file."""

    def commit(self, statements: Sequence[Statement]) -> None:
        """Run statements as one durable transaction."""

    def fetch(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Run a query and read all it finds."""

    def close(self) -> None:
        """Let go of the file."""


class Apsw:
    """As the store does it."""

    def __init__(self, path: Path) -> None:
        self._connection = connection = apsw.Connection(str(path))
        connection.pragma("synchronous", "FULL")
        connection.wal_autocheckpoint(FileSettings().wal_pages)

    def commit(self, statements: Sequence[Statement]) -> None:
        """Run statements as one durable transaction."""
        carry_out(self._connection, statements)

    def fetch(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Run a query and read all it finds."""
        return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


class Standard:
    """The same with ``sqlite3``, in the mode in which it begins no transactions of its own."""

    def __init__(self, path: Path) -> None:
        self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._connection.execute("PRAGMA synchronous = FULL")
        self._connection.execute(f"PRAGMA wal_autocheckpoint = {FileSettings().wal_pages}")

    def commit(self, statements: Sequence[Statement]) -> None:
        """Run statements as one durable transaction."""
        execute = self._connection.execute
        execute("BEGIN IMMEDIATE")
        for sql, values, _ in statements:
            execute(sql, values)
        execute("COMMIT")

    def fetch(self, sql: str, values: Sequence[Any]) -> list[Any]:
        """Run a query and read all it finds."""
        return self._connection.execute(sql, values).fetchall()

    def close(self) -> None:
        """Let go of the file."""
        self._connection.close()


@dataclass(frozen=True)
class _Job:
    """Something to time: ``work`` handles ``units`` documents."""

    what: str
    units: int
    work: Callable[[Engine], None]


class _Took(NamedTuple):
    """What a job took, by the clock on the wall and of its thread's processor."""

    wall_s: float
    cpu_s: float


def engines(bench: Bench) -> None:
    """Insert, read by ids, and read the feed, through both engines in turns."""
    count = bench.scaled(MOST, LEAST)
    before = sys.getswitchinterval()
    sys.setswitchinterval(SqliteSettings().thread_switch_s)
    try:
        with bench.data("engines") as data:
            batches, ids = _planned(data / "planned.sqlite", count)
            for is_busy in (False, True):
                _compare(bench, data, batches, ids, is_busy=is_busy)
    finally:
        sys.setswitchinterval(before)


def _compare(
    bench: Bench,
    data: Path,
    batches: Sequence[Sequence[Statement]],
    ids: list[str],
    *,
    is_busy: bool,
) -> None:
    jobs = _jobs(batches, ids)
    loop_is = "busy" if is_busy else "idle"
    taken: dict[tuple[str, type[Engine]], list[_Took]] = {}
    for turn in range(bench.rounds):
        for make in (Apsw, Standard):
            path = data / f"{make.__name__}-{turn}.sqlite"
            _create(path)
            engine: Engine = make(path)
            for job in jobs:
                took = run(_timed(job, engine, is_busy=is_busy))
                taken.setdefault((job.what, make), []).append(took)
            engine.close()
            path.unlink()
    for job in jobs:
        _say(
            bench,
            f"apsw, {loop_is} loop: {job.what}",
            job.units,
            taken[job.what, Apsw],
            taken[job.what, Standard],
        )
    raw = {
        f"{what}, {make.__name__}": [[round(one.wall_s, 4), round(one.cpu_s, 4)] for one in of]
        for (what, make), of in taken.items()
    }
    versions = {"apsw": apsw.sqlite_lib_version(), "sqlite3": sqlite3.sqlite_version}
    bench.report.raw(f"engines, {loop_is} loop", {"sqlite": versions, "wall_s and cpu_s": raw})


def _say(
    bench: Bench, what: str, units: int, ours: Sequence[_Took], theirs: Sequence[_Took]
) -> None:
    """Tell rates, and what they cost the thread."""
    rates = [units / median(one.wall_s for one in each) for each in (ours, theirs)]
    costs = [median(one.cpu_s for one in each) * 1e6 / units for each in (ours, theirs)]
    say, beside = bench.report.figure, "sqlite3"
    say(ROW, what, rates[0], "docs/s", other=rates[1], beside=beside, target=Target())
    less = Target(less=True)
    cost = f"{what}: processor time for 1,000"
    say(ROW, cost, costs[0], "ms", other=costs[1], beside=beside, target=less)


def _jobs(batches: Sequence[Sequence[Statement]], ids: list[str]) -> tuple[_Job, ...]:
    chance = random.Random(4)
    count, asked = len(ids), [chance.sample(ids, IDS) for _ in range(READS)]

    def insert(engine: Engine) -> None:
        for statements in batches:
            engine.commit(statements)

    def read(engine: Engine) -> None:
        for some in asked:
            by_carray = isinstance(engine, Apsw)
            rows = engine.fetch(RECORDS, (many(some),)) if by_carray else engine.fetch(LISTED, some)
            assert len(rows) == IDS

    def read_listed(engine: Engine) -> None:
        for some in asked:
            assert len(engine.fetch(LISTED, some)) == IDS

    def feed(engine: Engine) -> None:
        since = found = 0
        while rows := engine.fetch(DOCUMENTS_AFTER, (since, PAGE)):
            since, found = rows[-1][0], found + len(rows)
        assert found == count

    return (
        _Job(f"durable inserts, {BATCH} a transaction", count, insert),
        _Job(f"reads of {IDS} ids (apsw: carray; sqlite3: IN)", IDS * READS, read),
        _Job(f"reads of {IDS} ids (both: IN)", IDS * READS, read_listed),
        _Job(f"the feed in pages of {PAGE:,}", count, feed),
    )


async def _timed(job: _Job, engine: Engine, *, is_busy: bool) -> _Took:
    """Run a job in a thread."""

    def work() -> float:
        began = time.thread_time()
        job.work(engine)
        return time.thread_time() - began

    with ThreadPoolExecutor(1) as thread, collector_off():
        began = time.perf_counter()
        doing = asyncio.get_running_loop().run_in_executor(thread, work)
        while is_busy and not doing.done():
            sum(WORK)
            await asyncio.sleep(0)
        cpu_s = await doing
        return _Took(time.perf_counter() - began, cpu_s)


def _planned(path: Path, count: int) -> tuple[list[list[Statement]], list[str]]:
    """The statements with which the store writes ``count`` new documents, and their ids."""
    documents = make_documents(count)
    writes = [Write(doc.pop("_id"), doc, frozenset({"bench"})) for doc in documents]
    _create(path)
    batches: list[list[Statement]] = []
    connection = apsw.Connection(str(path))
    known: dict[str, int] = {}
    for first in range(0, count, BATCH):
        plan = Plan(connection, Rules(), known)
        plan.take(prepare(WriteBatch(writes[first : first + BATCH])))
        statements = plan.statements()
        carry_out(connection, statements)
        known |= plan.new_numbers
        batches.append(statements)
    connection.close()
    return batches, [write.id for write in writes]


def _create(path: Path) -> None:
    """Make an empty database, as the store makes them."""
    connection = apsw.Connection(str(path))
    connection.pragma("page_size", FileSettings().page_size)
    connection.pragma("journal_mode", "WAL")
    migrate(connection, new_epoch)
    connection.close()
