"""P12, a push into a school with six years of data, and into an empty one, in turns.

The past is taken in by the real intake, every register as it would have come, two a push; sheets
that were published and have left the desk's window lie there as the tombstones they are.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import secrets
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from loadtests.bench import Bench
from loadtests.client import Connection
from loadtests.latencies import Latencies
from loadtests.load import Load
from loadtests.loop import run
from loadtests.process import ServerProcess
from loadtests.provision import CHECKPOINT, DATABASES, Provision, Teacher
from loadtests.report import Target
from loadtests.school import Shape, build, form_id
from loadtests.tablet import Errand, Tablet
from schemas.access import Grant
from schemas.policy import Role
from sync.clock import SystemClock, instant, local
from sync.intake import Intake
from sync.pushed import Speaker
from sync.store import Database, Write, WriteBatch
from sync.stores.sqlite import SqliteStore

__all__ = ["NoContacts", "Past", "six_years", "take_day"]

ROW = "P12"
FORMS = 40
YEARS = 6
YEAR_DAYS = 365
SCHOOL_DAYS = 190
"""In a year, by the law of England."""
SESSIONS = 2
MOST_DAYS = YEARS * SCHOOL_DAYS
LEAST_DAYS = SCHOOL_DAYS // 2
WARM = 4
"""Pushes to each school before any counts."""
PATIENCE_S = 30.0
CALM_S = 0.1
"""After a register is on its sheet, before the next push."""
LIMIT = 1.2
TIME_ZONE = "Europe/London"


@dataclass
class Past:
    """A clock that stands where it is set."""

    ms: int = 0

    def now_ms(self) -> int:
        """The moment it was set to."""
        return self.ms


class NoContacts:
    """The past had no contacts with this server."""

    def contact_ms(self, nonce: str) -> int | None:  # noqa: ARG002  # it knows none
        """None: no nonce was given."""
        return None


@dataclass
class _Pushed:
    """Push latencies of one school: of each tablet's first push, and of those that followed."""

    first: Latencies = field(default_factory=Latencies)
    later: Latencies = field(default_factory=Latencies)


def six_years(bench: Bench) -> None:
    """Registers of today, pushed to both schools in turns, each once the last is on its sheet."""
    days = bench.scaled(MOST_DAYS, LEAST_DAYS)
    shape = Shape(forms=FORMS, term_days=YEARS * YEAR_DAYS)
    now = instant(SystemClock().now_ms())
    today, _ = local(now, TIME_ZONE)
    with bench.data("history") as data:
        teachers = Provision(data, 2, shape, today).make()
        empty, old = teachers[:FORMS], teachers[FORMS:]
        began = time.monotonic()
        tablets = run(_live(data, shape, old, list(_school_days(today, days))))
        entries = days * FORMS * SESSIONS
        bench.report.note(f"took in {entries:,} registers in {time.monotonic() - began:.0f} s")
        fresh = [Tablet(teacher, shape) for teacher in empty]
        errands = [
            (one.register(today, session, now), other.register(today, session, now))
            for session in ("AM", "PM")
            for one, other in zip(fresh, tablets, strict=True)
        ]
        with ServerProcess(data, settings=bench.settings) as server:
            new, lived = run(_turns(server.port, errands[: bench.scaled(len(errands), 60)]))
    years = f"{days / SCHOOL_DAYS:.1f} years ({entries:,} registers)"
    for what, ours, other in (
        ("later pushes of a tablet", lived.later, new.later),
        ("a tablet's first push since the start", lived.first, new.first),
    ):
        for share in (0.5, 0.95):
            bench.report.figure(
                ROW,
                f"{years}, {what}, p{share * 100:.0f} of {len(ours)}",
                ours.percentile(share),
                "ms",
                other=other.percentile(share),
                beside="empty",
                target=Target(less=True),
            )
    longer = lived.later.percentile(0.5) / new.later.percentile(0.5)
    bench.report.figure(
        ROW,
        f"{years}: times as long as into an empty one, p50",
        longer,
        "×",
        target=Target(limit=LIMIT),
    )
    for label, pushed in (("empty", new), ("lived", lived)):
        raw = {"first": pushed.first.summary(), "later": pushed.later.summary()}
        bench.report.raw(f"{ROW} {label}", raw)


def _school_days(today: str, count: int) -> Iterator[str]:
    """The dates of ``count`` school days up to yesterday, oldest first."""
    last = dt.date.fromisoformat(today)
    for number in reversed(range(count)):
        year, day = divmod(number, SCHOOL_DAYS)
        yield (last - dt.timedelta(days=1 + day + year * YEAR_DAYS)).isoformat()


async def _live(
    data: Path, shape: Shape, teachers: Sequence[Teacher], days: Sequence[str]
) -> list[Tablet]:
    """Take all registers of those days in; returns the tablets as they are now.

    Each teacher has a new tablet, with a log of its own, every year.
    """
    store = SqliteStore(data / DATABASES, address="provisioning")
    database = await store.open(teachers[0].school)
    roster, past = build(teachers[0].school, 1, shape, days[-1]), Past()
    intake = Intake(database, lambda: roster, past, lambda: secrets.token_hex(16), NoContacts())
    tablets: list[Tablet] = []
    for number, date in enumerate(days):
        if (len(days) - number) % SCHOOL_DAYS == 0 or not tablets:
            tablets = [Tablet(teacher, shape) for teacher in teachers]
        await take_day(intake, past, tablets, date)
        await _retire_day(database, date)
    await _catch_up(database)
    await store.close()
    return tablets


async def take_day(intake: Intake, past: Past, tablets: Sequence[Tablet], date: str) -> None:
    """Every form's two registers of a date, pushed in its afternoon."""
    moment = dt.datetime.fromisoformat(f"{date}T15:00:00+00:00")
    past.ms = int(moment.timestamp() * 1000)
    now = instant(past.ms)
    await asyncio.gather(
        *(
            intake.take(
                _speaker(one),
                [one.seal(date, "AM", now), one.seal(date, "PM", now)],
                device_offset_ms=0,
            )
            for one in tablets
        )
    )


def _speaker(tablet: Tablet) -> Speaker:
    person, role = tablet.teacher.person, Role.CLASS_TEACHER
    post = Grant(person=person, role=role, groups=(form_id(tablet.teacher.form),))
    return Speaker(person, "Teacher", role, tablet.device, (post,))


async def _retire_day(database: Database, date: str) -> None:
    """Leave the tombstones of a day's sheets, as the publisher does when they leave the window."""
    names = [f"sheet:{date}:{at}:{form_id(form)}" for form in range(FORMS) for at in ("AM", "PM")]
    there = await database.read(names)
    await database.write(
        WriteBatch(
            [
                Write(name, {}, frozenset(), ("2-" + "b" * 32, "1-" + "a" * 32), deleted=True)
                for name, found in zip(names, there, strict=True)
                if found is None
            ]
        )
    )


async def _catch_up(database: Database) -> None:
    """Say that all this was published when it came in."""
    info = await database.info()
    checkpoint = dict(await database.read_local(CHECKPOINT) or {})
    checkpoint["mark"] = database.mark(info.update_seq)
    await database.write(WriteBatch(local={CHECKPOINT: checkpoint}))


async def _turns(port: int, errands: Sequence[tuple[Errand, Errand]]) -> tuple[_Pushed, _Pushed]:
    """Push in turns, to the empty school and to the one that lived."""
    connection, load = await Connection.open(port), Load(port)
    found = (_Pushed(), _Pushed())
    for number, pair in enumerate(errands):
        for errand, pushed in zip(pair, found, strict=True):
            began = time.perf_counter()
            answer = await connection.ask(errand.push)
            taken = time.perf_counter() - began
            assert answer.status == 201, f"pushing: {answer.status}"
            assert b'"verdict":"stored"' in answer.body, "a register was held"
            await load.published([errand], PATIENCE_S)
            await asyncio.sleep(CALM_S)
            if number >= WARM:
                (pushed.first if number < FORMS else pushed.later).add_s(taken)
    connection.close()
    return found
