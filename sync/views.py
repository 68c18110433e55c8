"""Views: who opened a restricted record, read from their entries, and who had it fetched.

A view is listed whatever became of its entry: one that is held was a look all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from schemas.entry import GlassBroken, RecordViewed
from schemas.policy import Role
from schemas.views import A_CASE, View, Views
from sync import channels
from sync.document import Document
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database, Write
from sync.topics import GRANTS, VIEWS

__all__ = [
    "ViewBook",
    "asking",
    "delivered",
    "delivery_id",
    "listed",
    "view_of_asking",
    "view_of_delivery",
]

WANTED = frozenset(
    of(topic) for topic in (VIEWS, GRANTS) for of in (channels.entries, channels.arrivals)
)
MOST = 500
"""Views listed at most."""
Looked = RecordViewed | GlassBroken
"""Entries that say that somebody looked, or opened what was closed to them."""
Names = Callable[[str], str]
"""A person's name."""


@dataclass
class ViewBook:
    """The views of one school, in memory."""

    since: int = 0
    _spoken: dict[str, tuple[Spoken, Looked]] = field(default_factory=dict)
    _pairing: Pairing = field(default_factory=Pairing)

    async def refresh(self, database: Database) -> None:
        """Read what has come since."""
        documents, self.since = await read_feed(database, self.since, WANTED)
        self.take(documents)

    def take(self, documents: list[Document]) -> None:
        """Take in entries and arrivals, in any order."""
        for spoken in self._pairing.add(documents):
            body = spoken.entry.body
            if isinstance(body, GlassBroken) and spoken.item.verdict != "stored":
                continue  # it opened nothing
            if isinstance(body, Looked):
                self._spoken[spoken.entry.id] = (spoken, body)

    def views(self, names: Names, pupil: str | None = None) -> list[View]:
        """Every view, or those of a pupil's record."""
        return [
            _view(name, spoken, body, names)
            for name, (spoken, body) in self._spoken.items()
            if pupil is None or _pupil(body) == pupil
        ]


def _pupil(body: Looked) -> str | None:
    return body.pupil if isinstance(body, RecordViewed) else None


def _view(name: str, spoken: Spoken, body: Looked, names: Names) -> View:
    opened = isinstance(body, RecordViewed)
    return View(
        how="opened" if opened else "broke",
        person=body.author,
        person_name=names(body.author),
        role=body.role,
        device=body.device,
        document=body.document if isinstance(body, RecordViewed) else f"case:{body.case}",
        pupil=_pupil(body),
        purpose=body.purpose if isinstance(body, RecordViewed) else body.reason,
        at=spoken.corrected(body.written_at),
        received_at=spoken.received_at,
        entry=name,
    )


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


def asking(person: str, role: Role, device: str | None, reason: str, at: str) -> Write:
    """Note that somebody asked for a restricted case; the same, whatever was found."""
    body: dict[str, Any] = {
        "type": "asking",
        "person": person,
        "role": role.value,
        "device": device,
        "reason": reason,
        "at": at,
    }
    return Write(f"asking:{at}:{person}", body)


def view_of_asking(document: Document, names: Names) -> View:
    """Read what :func:`asking` wrote."""
    body = document.body
    return View(
        how="asked",
        person=body["person"],
        person_name=names(body["person"]),
        role=Role(body["role"]),
        device=body["device"],
        document=A_CASE,
        purpose=body["reason"],
        at=body["at"],
        received_at=body["at"],
    )
