"""Views: who opened a restricted record, read from their entries, and who had it fetched.

A view is listed whatever became of its entry: one that is held was a look all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.entry import RecordViewed
from schemas.views import View, Views
from sync import channels
from sync.daybook import Pairing, Spoken, read_feed
from sync.document import Document
from sync.store import Database, Write

__all__ = ["ViewBook", "delivered", "delivery_id", "listed", "view_of_delivery"]

WANTED = frozenset({channels.entries(channels.VIEWS), channels.arrivals(channels.VIEWS)})
MOST = 500
"""Views listed at most."""
Names = Callable[[str], str]
"""A person's name."""


@dataclass
class ViewBook:
    """The views of one school, in memory."""

    since: int = 0
    _spoken: dict[str, tuple[Spoken, RecordViewed]] = field(default_factory=dict)
    _pairing: Pairing = field(default_factory=Pairing)

    async def refresh(self, database: Database) -> None:
        """Read what has come since."""
        documents, self.since = await read_feed(database, self.since, WANTED)
        self.take(documents)

    def take(self, documents: list[Document]) -> None:
        """Take in entries and arrivals, in any order."""
        for spoken in self._pairing.add(documents):
            body = spoken.entry.body
            if isinstance(body, RecordViewed):
                self._spoken[spoken.entry.id] = (spoken, body)

    def views(self, names: Names, pupil: str | None = None) -> list[View]:
        """Every view, or those of a pupil's record."""
        return [
            View(
                how="opened",
                person=body.author,
                person_name=names(body.author),
                role=body.role,
                device=body.device,
                document=body.document,
                pupil=body.pupil,
                purpose=body.purpose,
                at=spoken.corrected(body.written_at),
                received_at=spoken.received_at,
                entry=name,
            )
            for name, (spoken, body) in self._spoken.items()
            if pupil is None or body.pupil == pupil
        ]


def listed(views: Iterable[View], limit: int = MOST) -> Views:
    """The latest views first, no more than ``limit``."""
    ordered = sorted(views, key=lambda one: (one.at, one.document, one.person), reverse=True)
    return Views(views=tuple(ordered[:limit]), more=len(ordered) > limit)


def delivery_id(date: str, person: str, document: str) -> str:
    """The id of what notes that a person fetched a document on a date (in UTC)."""
    return f"delivery:{date}:{person}:{document}"


def delivered(person: str, document: str, pupil: str | None, device: str | None, at: str) -> Write:
    """Note that a restricted record was fetched by its id; once a day says it."""
    body: dict[str, Any] = {
        "type": "delivery",
        "person": person,
        "document": document,
        "pupil": pupil,
        "device": device,
        "at": at,
    }
    return Write(delivery_id(at[:10], person, document), body)


def view_of_delivery(document: Document, names: Names) -> View:
    """Read what :func:`delivered` wrote."""
    body = document.body
    return View(
        how="fetched",
        person=body["person"],
        person_name=names(body["person"]),
        device=body["device"],
        document=body["document"],
        pupil=body["pupil"],
        at=body["at"],
        received_at=body["at"],
    )
