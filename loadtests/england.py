"""P1, England's morning: registers pushed through the whole path, and nothing lost.

HTTP, session, intake, log check, durable commit, receipt; and, behind the answer, the publisher
that folds each register into its sheet, in the same process and on the same cores.
"""

from __future__ import annotations

import random
import time
from collections import defaultdict
from collections.abc import Coroutine, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any, Self

from loadtests.bench import Bench
from loadtests.load import Load, Outcome
from loadtests.loop import run
from loadtests.machine import cores, cpu_s
from loadtests.process import ServerProcess
from loadtests.provision import DATABASES, Provision
from loadtests.school import PRIMARY, SECONDARY, Shape
from loadtests.tablet import Errand, Tablet
from sync.clock import SystemClock, instant, local
from sync.stores.sqlite import SqliteStore

__all__ = ["many_schools", "one_school"]

ROW = "P1"
TIME_ZONE = "Europe/London"
TARGET_RATE = 500.0
"""Pushes a second that the target asks for; what arrives at random is no more than this."""
SHARE = 0.8
"""Of what a closed loop reached, the rate at which registers arrive where that is below target."""
AT_ONCE = 64
ONE_AT_ONCE = 16
MOST_RATE = 1500
"""Registers are sealed beforehand for so many a second, if there are teachers enough."""
LOOKED_AT = 200
"""Of the registers acknowledged, so many of the last are waited for on their sheets."""
PATIENCE_S = 120.0


def one_school(bench: Bench) -> None:
    """P1a: every form of one large school at once; then of the next, until time is up."""
    schools = 10 if bench.seconds < 60 else 30
    with bench.data("one") as data:
        plan = _Morning.of(bench, data, schools, SECONDARY)
        bench.report.note(
            f"{schools} schools of {SECONDARY.forms} forms, one school after the other"
        )
        by_school = iter(sorted(plan.errands, key=lambda errand: errand.school))
        with _Running(bench, data) as running:
            outcome = running.closed(by_school, ONE_AT_ONCE, bench.seconds)
            running.end(outcome)
        _say(bench, f"one school of {SECONDARY.forms} forms, {ONE_AT_ONCE} at once", outcome)
        _prove(bench, "one school", data, outcome.acknowledged)
        bench.report.raw(
            "P1 one school", {"schools": schools, **running.summary(), **outcome.summary()}
        )


def many_schools(bench: Bench) -> None:
    """P1b: registers of thousands of schools, in no order: all at once, then as they arrive."""
    with bench.data("many") as data:
        plan = _Morning.of(bench, data, bench.schools, PRIMARY)
        left, what = iter(plan.errands), f"{bench.schools:,} schools of {PRIMARY.forms} forms"
        with _Running(bench, data) as running:
            full = running.closed(islice(left, len(plan.errands) // 2), AT_ONCE, bench.seconds / 3)
            running.settle(full)
            rate = TARGET_RATE if full.rate > TARGET_RATE * 1.1 else full.rate * SHARE
            steady = running.open(left, rate, bench.seconds * 2 / 3)
            running.end(steady)
        _say(bench, f"{what}, {AT_ONCE} at once", full)
        _say(bench, f"{what}, arriving at {rate:.0f}/s", steady)
        bench.report.figure(ROW, f"{what}: publishing done after the last push", running.lag_s, "s")
        bench.report.figure(ROW, f"{what}: the server's memory", running.memory_mib, "MiB")
        _prove(bench, what, data, full.acknowledged + steady.acknowledged)
        numbers = {"schools": bench.schools, "arriving_a_second": round(rate, 1)}
        stages = {"closed": full.summary(), "open": steady.summary()}
        bench.report.raw("P1 many schools", {**numbers, **running.summary(), **stages})


@dataclass
class _Morning:
    """Schools, and the registers about to be taken in them: in any order, mornings first.

    So a log's entries stay in theirs.
    """

    errands: list[Errand]

    @classmethod
    def of(cls, bench: Bench, data: Path, schools: int, shape: Shape) -> _Morning:
        """Provision schools, and seal a morning's and an afternoon's register for each form."""
        began, now = time.monotonic(), instant(SystemClock().now_ms())
        today, _ = local(now, TIME_ZONE)
        teachers = Provision(data, schools, shape, today).make()
        made = time.monotonic()
        most = int(bench.seconds * MOST_RATE)
        chosen = random.Random(1).sample(teachers, min(most, len(teachers)))
        tablets = [Tablet(teacher, shape) for teacher in chosen]
        morning = [tablet.register(today, "AM", now) for tablet in tablets]
        later = tablets[: most - len(morning)]
        afternoon = [tablet.register(today, "PM", now) for tablet in later]
        bench.report.note(
            f"made {schools:,} schools in {made - began:.0f} s and sealed "
            f"{len(morning) + len(afternoon):,} registers in {time.monotonic() - made:.0f} s"
        )
        return cls(morning + afternoon)


class _Running:
    """A server under load, and what it used."""

    def __init__(self, bench: Bench, data: Path) -> None:
        self._bench = bench
        self._server = ServerProcess(data, settings=bench.settings, limited=True)
        self.lag_s = self.memory_mib = 0.0

    def __enter__(self) -> Self:
        self._server.wait_ready()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.kill()

    def closed(self, left: Iterator[Errand], at_once: int, seconds: float) -> Outcome:
        """Keep so many errands under way."""
        return self._watch(Load(self._server.port).closed(left, at_once, seconds))

    def open(self, left: Iterator[Errand], rate: float, seconds: float) -> Outcome:
        """Let errands arrive."""
        return self._watch(Load(self._server.port).open(left, rate, seconds))

    def settle(self, outcome: Outcome) -> None:
        """Wait until the registers that came last are on their sheets."""
        last = outcome.acknowledged[-LOOKED_AT:]
        self.lag_s = run(Load(self._server.port).published(last, PATIENCE_S))

    def end(self, outcome: Outcome) -> None:
        """Let the publisher catch up, note what the server used, and end it as a power cut does."""
        self.settle(outcome)
        self.memory_mib = self._server.memory_mib()
        self._server.kill()

    def summary(self) -> dict[str, Any]:
        """What a results file keeps."""
        return {
            "server_memory_mib": round(self.memory_mib),
            "published_after_s": round(self.lag_s, 2),
        }

    def _watch(self, load: Coroutine[Any, Any, Outcome]) -> Outcome:
        server, machine = self._server.cpu_s(), cpu_s()
        outcome = run(load)
        outcome.server_cpu_s = self._server.cpu_s() - server
        used = outcome.server_cpu_s + outcome.generator_cpu_s
        outcome.others_cpu_s = max(0.0, cpu_s() - machine - used)
        return outcome


def _say(bench: Bench, what: str, outcome: Outcome) -> None:
    say = bench.report.figure
    say(ROW, f"{what}: register pushes with receipt", outcome.rate, "/s")
    for share in (0.5, 0.95, 0.99):
        say(
            ROW,
            f"{what}: push to receipt, p{share * 100:.0f}",
            outcome.whole.percentile(share),
            "ms",
        )
    say(ROW, f"{what}: errors", sum(outcome.errors.values()), "pushes")
    count = len(outcome.acknowledged) or 1
    say(ROW, f"{what}: server's processor time a push", outcome.server_cpu_s / count * 1000, "ms")
    share = outcome.others_cpu_s / outcome.seconds / cores()
    say(ROW, f"{what}: of the processors, used by what is not measured", share * 100, "%")
    for error, count in outcome.errors.most_common(5):
        bench.report.note(f"{count} × {error}")


def _prove(bench: Bench, what: str, data: Path, acknowledged: Sequence[Errand]) -> None:
    """Open the store that the killed server left, and look for every acknowledged entry."""
    lost, unpublished = run(_absent(data / DATABASES, acknowledged))
    say = bench.report.figure
    say(ROW, f"{what}: of {len(acknowledged):,} acknowledged, lost after kill -9", lost, "entries")
    say(ROW, f"{what}: acknowledged but on no sheet yet", unpublished, "entries")


async def _absent(folder: Path, acknowledged: Sequence[Errand]) -> tuple[int, int]:
    by_school: defaultdict[str, list[Errand]] = defaultdict(list)
    for errand in acknowledged:
        by_school[errand.school].append(errand)
    store = SqliteStore(folder, address="verification")
    lost = unpublished = 0
    for school, errands in by_school.items():
        database = await store.open(school)
        entries = await database.read([errand.entry for errand in errands])
        sheets = await database.read([errand.sheet for errand in errands])
        lost += sum(entry is None or entry.deleted for entry in entries)
        for errand, sheet in zip(errands, sheets, strict=True):
            takings = sheet.body["takings"] if sheet is not None else []
            unpublished += all(taking["entry"] != errand.entry for taking in takings)
    await store.close()
    return lost, unpublished
