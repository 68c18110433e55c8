"""Views of restricted records: noting what is fetched, and saying who looked."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.views import View, Views
from sync.clock import Clock, instant
from sync.document import Document
from sync.reading import Reading, each
from sync.roster import Roster
from sync.store import Database, WriteBatch
from sync.views import (
    ViewBook,
    delivered,
    delivery_id,
    listed,
    view_of_asking,
    view_of_delivery,
)

__all__ = ["RECORDS", "Watch", "asked", "fetched", "read_views"]

RECORDS = frozenset({"card", "history", "pupil"})
"""Kinds of documents that are about one pupil."""
_KINDS = (b'"record.viewed"', b'"glass.broken"')
UNKNOWN = "Somebody no longer on the staff list"


class Watch:
    """Keeps watch over one school's restricted records."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._book = ViewBook()
        self._noted: set[str] = set()
        self._day = ""

    async def fetched(
        self, person: str, device: str | None, roster: Roster, documents: Iterable[Document]
    ) -> None:
        """Note who fetched which restricted records by their ids, once a day each.

        On disk before the answer goes out. Raises what the store raises.
        """
        now = instant(self._clock.now_ms())
        if now[:10] != self._day:
            self._noted.clear()
            self._day = now[:10]
        writes = [
            delivered(person, document.id, pupil, device, now)
            for document in documents
            if (pupil := _restricted(document, roster)) is not None
            and delivery_id(now[:10], person, document.id) not in self._noted
        ]
        if writes:
            await self._database.write(WriteBatch(writes))  # one that is there already stays
            self._noted.update(write.id for write in writes)

    async def taken_away(
        self, person: str, device: str | None, document: str, pupil: str | None
    ) -> None:
        """Note that somebody fetched a concern whole; on disk before the answer goes out."""
        now = instant(self._clock.now_ms())
        await self._database.write(WriteBatch([delivered(person, document, pupil, device, now)]))

    async def views(self, roster: Roster, pupil: str | None) -> Views:
        """Who looked at restricted records, or at one pupil's."""
        await self._book.refresh(self._database)
        opened = self._book.views(lambda one: _name(roster, one), pupil)
        found = await fetched(self._database, roster, pupil)
        return listed([*opened, *found, *await asked(self._database, roster, pupil)])


async def fetched(database: Reading, roster: Roster, pupil: str | None) -> list[View]:
    """What was fetched by its id."""
    notes = [one async for one in each(database, "delivery:", "delivery;")]
    views = [view_of_delivery(one, lambda person: _name(roster, person)) for one in notes]
    return [one for one in views if pupil is None or one.pupil == pupil]


async def asked(database: Reading, roster: Roster, pupil: str | None) -> list[View]:
    """Who asked for a restricted case; none of that is about a pupil of a school."""
    if pupil is not None:
        return []
    notes = [one async for one in each(database, "asking:", "asking;")]
    return [view_of_asking(one, lambda person: _name(roster, person)) for one in notes]


async def read_views(database: Reading, roster: Roster, pupil: str | None) -> Views:
    """The same as :meth:`Watch.views`, of a database that is only read."""
    book = ViewBook()
    entries = [
        one
        async for one in each(database, "entry:", "entry;")
        if any(kind in one.raw for kind in _KINDS)
    ]
    if entries:
        arrivals = [one async for one in each(database, "arrival:", "arrival;")]
        book.take([*entries, *arrivals])
    opened = book.views(lambda one: _name(roster, one), pupil)
    found = await fetched(database, roster, pupil)
    return listed([*opened, *found, *await asked(database, roster, pupil)], limit=1_000_000)


def _restricted(document: Document, roster: Roster) -> str | None:
    """The pupil whose restricted record a document is; None for any other."""
    if document.deleted or document.id.partition(":")[0] not in RECORDS:
        return None
    pupil = document.body.get("pupil")
    known = roster.pupils.get(pupil) if isinstance(pupil, str) else None
    return known.pupil if known is not None and known.restricted else None


def _name(roster: Roster, person: str) -> str:
    member = roster.staff.get(person)
    return member.name if member is not None else UNKNOWN
