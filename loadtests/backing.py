"""R7, backups: how long one takes, and what pushes wait for meanwhile.

The server takes it by itself, a minute after its start, while registers arrive at a steady rate. It
is the dearest there is: the first, of every school, to the disk that the schools are on. A second
one, of schools that did not change, is taken by the command beside it.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self

from loadtests.bench import Bench
from loadtests.load import Load, Outcome
from loadtests.loop import run
from loadtests.process import ServerProcess
from loadtests.provision import DATABASES, Provision
from loadtests.school import PRIMARY
from loadtests.tablet import Errand, Tablet
from server.backups.folder import BackupFolder, is_backup
from server.backups.taking import Taking, take
from sync.clock import SystemClock, instant, local

__all__ = ["backups"]

ROW = "R7"
TIME_ZONE = "Europe/London"
SCHOOLS = 300
RATE = 40.0
"""Registers a second: a fifth or less of what the machine takes, so that a stall shows as one."""
SLICE_S = 2.0
PATIENCE_S = 150.0


def backups(bench: Bench) -> None:
    """The first backup of 300 schools under load, and the next one of schools at rest."""
    schools = min(SCHOOLS, bench.schools)
    with bench.data("backed") as data, bench.data("backups") as to:
        errands = _errands(data, schools)
        before, during, settings = Outcome(), Outcome(), {"backup_to": str(to)}
        with ServerProcess(data, settings=bench.settings | settings) as server, _Watch(to) as watch:
            load = Load(server.port)
            end = time.monotonic() + PATIENCE_S
            while watch.ended is None and time.monotonic() < end:
                began = time.monotonic()
                outcome = run(load.open(errands, RATE, SLICE_S))
                watch.sort(began, outcome, before, during)
        what = f"{schools} schools, {RATE:.0f} registers a second"
        say = bench.report.figure
        say(ROW, f"{what}: the first backup of all of them", watch.seconds, "s")
        for when, outcome in (("before a backup", before), ("while it is taken", during)):
            for share in (0.5, 0.99):
                name = f"{what}: push to its answer {when}, p{share * 100:.0f}"
                say(ROW, name, outcome.push.percentile(share), "ms")
            say(ROW, f"{what}: the longest push {when}", outcome.push.percentile(1), "ms")
            say(ROW, f"{what}: errors {when}", sum(outcome.errors.values()), "pushes")
        _second(bench, data / DATABASES, to, schools)
        stages = {"before": before.summary(), "during": during.summary()}
        bench.report.raw("R7 backups", {"schools": schools, "seconds": watch.seconds, **stages})


def _errands(data: Path, schools: int) -> Iterator[Errand]:
    """A register of each form, school by school in turns."""
    now = instant(SystemClock().now_ms())
    today, _ = local(now, TIME_ZONE)
    tablets = [Tablet(one, PRIMARY) for one in Provision(data, schools, PRIMARY, today).make()]
    tablets.sort(key=lambda tablet: tablet.teacher.form)
    registers = [
        tablet.register(today, session, now) for session in ("AM", "PM") for tablet in tablets
    ]
    return iter(registers)


def _second(bench: Bench, folder: Path, to: Path, schools: int) -> None:
    time.sleep(SLICE_S + 1)  # what was written a moment ago is copied again
    taking = Taking(folder, BackupFolder(to), 2, SystemClock(), rest=False)
    for which in ("after a morning's registers", "of schools at rest"):
        began = time.monotonic()
        size = sum(kept.bytes for kept in take(taking).databases.values()) / 2**20
        seconds = time.monotonic() - began
        bench.report.figure(ROW, f"{schools} schools: a backup {which}", seconds, "s")
        bench.report.figure(ROW, f"{schools} schools: the databases in it", size, "MiB")


@dataclass
class _Watch:
    """When a backup began and ended, seen from outside."""

    to: Path
    began: float | None = None
    ended: float | None = None
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self._look, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        assert self._thread is not None
        self._thread.join()

    @property
    def seconds(self) -> float:
        if self.began is None or self.ended is None:
            return float("nan")
        return self.ended - self.began

    def sort(self, began: float, outcome: Outcome, before: Outcome, during: Outcome) -> None:
        """Count a slice of the load as before the backup or during it; one at its edge, not."""
        if self.began is None:
            _add(before, outcome)
        elif began > self.began and self.ended is None:
            _add(during, outcome)

    def _look(self) -> None:
        while not self._stop.wait(0.02):
            names = [one.name for one in self.to.iterdir()]
            if self.began is None and any(name.startswith(".unfinished") for name in names):
                self.began = time.monotonic()
            if self.ended is None and any(map(is_backup, names)):
                self.ended = time.monotonic()


def _add(total: Outcome, part: Outcome) -> None:
    total.seconds += part.seconds
    total.acknowledged += part.acknowledged
    total.errors += part.errors
    total.push.add_all(part.push)
    total.whole.add_all(part.whole)
