"""A school over the memory store: tablets push through intake, the day is read back."""

from __future__ import annotations

import itertools
from typing import Any

from schemas.published import Held
from sync import channels
from sync.arrivals import Arrival, read_arrival
from sync.attendance.daybook import Daybook
from sync.attendance.planned import PlannedBook
from sync.intake import Intake
from sync.lookups import read_held
from sync.pushed import Speaker
from sync.roster import Roster
from sync.spoken import read_feed
from sync.store import Database
from tests.factory import COVER, MONDAY, OFFICER, TUTOR, NoContacts, SetClock, Tablet, wire


class School:
    """Three people with a tablet each: ``tutor``, ``cover``, ``officer``."""

    def __init__(self, database: Database, roster: Roster) -> None:
        self.database = database
        self.tampered = False
        """Whether a test wrote entries to the database itself."""
        self.roster = roster
        self.clock = SetClock()
        ids = (f"id{number}" for number in itertools.count())
        self.intake = Intake(database, lambda: self.roster, self.clock, ids.__next__, NoContacts())
        self.tutor = Tablet(TUTOR, log="1" * 32)
        self.cover = Tablet(COVER, log="2" * 32)
        self.officer = Tablet(OFFICER, log="3" * 32)

    async def push(self, *entries: dict[str, Any], speaker: Speaker | None = None) -> None:
        """Push entries, each as its author."""
        authors = {one.person: one for one in (TUTOR, COVER, OFFICER)}
        for entry in entries:
            await self.intake.take(speaker or authors[entry["body"]["author"]], wire([entry]))

    async def push_all(self, *entries: dict[str, Any], speaker: Speaker) -> None:
        """Push entries at once."""
        await self.intake.take(speaker, wire(list(entries)))

    async def day(self, date: str = MONDAY) -> Daybook:
        return await Daybook.load(self.database, self.roster, date)

    async def planned(self) -> PlannedBook:
        book = PlannedBook(self.database, self.roster)
        await book.refresh()
        return book

    async def arrivals(self, log: str) -> list[Arrival]:
        """What came in of a log, in order."""
        documents, _ = await read_feed(self.database, 0, frozenset({channels.log(log)}))
        return [read_arrival(one) for one in documents if one.body["type"] == "arrival"]

    async def held(self) -> list[Held]:
        """What is held, or set aside, as it is published."""
        documents = await self.database.range("held:", "held;")
        return [read_held(one.id, one.body) for one in documents]
