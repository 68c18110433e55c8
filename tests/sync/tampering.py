"""A small school's record, and ways to tamper with it: what each returns is what must be named."""

from __future__ import annotations

import asyncio
import itertools
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

import orjson

from schemas.canonical import GENESIS
from sync.anchors import Anchor, anchored, heads_of
from sync.arrivals import arrival_digest, read_arrival
from sync.audit import Audit, Report
from sync.document import Document
from sync.intake import Intake
from sync.stores.memory import MemoryStore
from tests.factory import (
    COVER,
    FRIDAY,
    NINE,
    OFFICER,
    TUTOR,
    NoContacts,
    SetClock,
    Tablet,
    claim,
    roster,
    wire,
)

ENDS = "\U0010ffff"


@dataclass
class Stored:
    """A document that can be changed."""

    id: str
    rev: str
    body: dict[str, Any]
    channels: frozenset[str]
    conflicts: tuple[str, ...] = ()

    def frozen(self) -> Document:
        return Document(
            self.id, self.rev, self.body, channels=self.channels, conflicts=self.conflicts
        )

    @property
    def log(self) -> str:
        log: str = self.body["log"]
        return log


class Record:
    """Everything that a school keeps, by id."""

    def __init__(self, documents: list[Stored]) -> None:
        self.documents = {one.id: one for one in documents}

    def of(self, kind: str) -> list[Stored]:
        return [one for name, one in sorted(self.documents.items()) if name.startswith(f"{kind}:")]

    def entry(self, log: str, n: int) -> Stored:
        return next(one for one in self.of("entry") if (one.log, one.body["n"]) == (log, n))

    def arrivals(self, log: str) -> list[Stored]:
        return sorted((a for a in self.of("arrival") if a.log == log), key=lambda a: a.body["k"])

    def anchors(self) -> list[Anchor]:
        """One anchor, made of the record as it stands."""
        heads = heads_of(read_arrival(one.frozen()) for one in self.of("arrival"))
        return [anchored("sch-test", "2026-11-23T16:00:00.000Z", "mark", heads, None)]

    def report(self, anchors: list[Anchor] | None = None, **how: Any) -> Report:
        audit = Audit(**how)
        for one in self.documents.values():
            audit.add(one.frozen())
        return audit.report(anchors or [])


def rechain(arrivals: list[Stored]) -> None:
    """Compute a log's chain of arrivals anew, as somebody can who writes to the database."""
    prev = GENESIS
    for k, one in enumerate(arrivals, 1):
        one.body |= {"k": k, "prev": prev}
        one.body["digest"] = prev = arrival_digest(one.id, one.body)


@cache
def _kept() -> tuple[tuple[Stored, bytes], ...]:
    return tuple((one, orjson.dumps(one.body)) for one in asyncio.run(_written()))


def record() -> Record:
    """Three logs with good entries, one held, one with a claim aside, one that was changed."""
    return Record([replace(one, body=orjson.loads(raw)) for one, raw in _kept()])


async def _written() -> list[Stored]:
    store = MemoryStore()
    database = await store.create("sch-test")
    one, clock = roster(), SetClock()
    ids = (f"id{number}" for number in itertools.count())
    intake = Intake(database, lambda: one, clock, ids.__next__, NoContacts())

    async def push(speaker: Any, *entries: dict[str, Any]) -> None:
        clock.ms += 61_000
        await intake.take(speaker, wire(list(entries)))

    tutor, cover, officer = (
        Tablet(speaker, log=digit * 32)
        for speaker, digit in ((TUTOR, "1"), (COVER, "2"), (OFFICER, "3"))
    )
    await push(TUTOR, tutor.register(claim(1), claim(2, "N")))
    await push(OFFICER, officer.say("arrival.recorded", claim(2, "L", arrived="09:05")))
    await push(TUTOR, tutor.register(claim(3)), tutor.register(claim(4), date=FRIDAY))
    changed = wire(cover.register(claim(1)))
    changed["body"]["claims"][0]["code"] = "N"
    await push(COVER, changed)
    await push(COVER, cover.entries[0], cover.register(claim(2), claim("pup-99")))
    await push(COVER, cover.write("something.new", words="kept as it is"))
    await push(OFFICER, officer.say("mark.amended", claim(1, "M"), reason="A letter."))
    await push(
        OFFICER,
        officer.write(
            "planned.recorded",
            pupil="pup-1",
            first=FRIDAY,
            last=FRIDAY,
            sessions=["AM"],
            code="M",
            source="A letter",
        ),
    )
    await push(TUTOR, tutor.register(claim(1), observed_at=NINE))
    await push(TUTOR, tutor.register(claim(2)))
    found = await database.range("", ENDS)
    stored = [Stored(d.id, d.rev, dict(d.body), d.channels) for d in found]
    await store.close()
    return stored
