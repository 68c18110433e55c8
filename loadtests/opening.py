"""A day's opening in a large school, and its first publication; the publisher alone, no server.

The school has two half-terms of registers behind it. What is measured is processor time: how long
it takes on the clock depends on what else the machine does, because it goes out in portions.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass

from loadtests.bench import Bench
from loadtests.history import NoContacts, Past, take_day
from loadtests.loop import run
from loadtests.provision import Teacher
from loadtests.report import Report
from loadtests.school import TERM_DAYS, Shape, build, teacher_id, writes
from loadtests.tablet import Tablet
from server.publisher import Publisher
from sync.intake import Intake
from sync.store import Database, WriteBatch
from sync.stores.sqlite import SqliteStore

__all__ = ["opening"]

ROW = "–"
SCHOOL = "sch-opening"
TODAY = dt.date(2026, 11, 20)
FORMS = 40
DAYS = 2 * TERM_DAYS - 4
"""So many that the day opened is an ordinary one of the second half-term."""
LEAST_DAYS = 20


@dataclass
class Meter:
    """Counts what is published."""

    documents: int = 0
    longest_s: float = 0.0

    def published(self, documents: int, seconds: float) -> None:
        """A batch was written."""
        self.documents += documents
        self.longest_s = max(self.longest_s, seconds)

    def failed(self, kind: str) -> None:
        """Nothing is to fail here."""
        raise AssertionError(f"a {kind} could not be published")


def opening(bench: Bench) -> None:
    """First publication, then the next morning's opening."""
    days = bench.scaled(DAYS, LEAST_DAYS)
    with bench.data("opening") as data:
        run(_measure(bench.report, SqliteStore(data, address="bench"), days))


async def _measure(report: Report, store: SqliteStore, days: int) -> None:
    shape, today = Shape(forms=FORMS, term_days=days), TODAY.isoformat()
    roster, clock = build(SCHOOL, 0, shape, today), Past()
    database = await store.create(SCHOOL)
    await database.write(WriteBatch(writes(roster)))
    numbers = iter(range(10**9))
    intake = Intake(database, lambda: roster, clock, lambda: f"id{next(numbers)}", NoContacts())
    teachers = [Teacher(teacher_id(0, form), SCHOOL, form, "", "", "") for form in range(FORMS)]
    tablets = [Tablet(one, shape) for one in teachers]
    for ago in reversed(range(1, days + 1)):
        await take_day(intake, clock, tablets, (TODAY - dt.timedelta(days=ago)).isoformat())
    meter = Meter()
    publisher = Publisher(database, lambda: roster, clock, meter=meter)
    for what, on in (("first publication", TODAY), ("a day's opening", TODAY + dt.timedelta(1))):
        clock.ms = int(dt.datetime(on.year, on.month, on.day, 8, tzinfo=dt.UTC).timestamp() * 1000)
        before, meter.documents = time.process_time(), 0
        await publisher.settle()
        name = f"{what}, {len(roster.pupils):,} pupils, {days} days of registers before"
        report.figure(ROW, f"{name}: processor time", time.process_time() - before, "s")
        report.figure(ROW, f"{name}: documents written", meter.documents, "")
    await _sizes(report, database)
    await publisher.close()
    await store.close()


async def _sizes(report: Report, database: Database) -> None:
    for kind in ("history", "sheet"):
        found = await database.range(f"{kind}:", f"{kind};")
        size = sum(len(one.raw) for one in found) / 1e6
        report.figure(ROW, f"the office's {kind} documents: {len(found):,}, JSON", size, "MB")
