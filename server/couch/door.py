"""A door: a database as one caller may use it. What the HTTP handlers work on, whoever asks.

Handlers read and write only through it, so that they are the same for :class:`Bare`, where an
administrator sees everything, and for a person in a school, who sees what lies in their channels.
What a caller may not see is answered exactly as what does not exist.
"""

from __future__ import annotations

from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, Protocol

from sync.feed import Place

if TYPE_CHECKING:
    from sync.record import Record
    from sync.store import ChangesPage, Database, DatabaseInfo, Document, Missing

__all__ = ["Action", "Door", "Limits", "Outcome"]

Action = Literal["write", "local", "administer"]
"""``write``: push documents. ``local``: keep local documents. ``administer``: create, delete,
compact, purge and configure the database."""


@dataclass(frozen=True, slots=True)
class Limits:
    """How much one request may bring. Sizes in bytes, of the body as inflated."""

    body: int = 64 * 1024 * 1024
    document: int = 8_000_000
    """One document without its attachments, as CouchDB's ``max_document_size``."""
    attachment: int = 1024 * 1024 * 1024
    documents: int = 1_000_000
    """How many documents one ``_bulk_get`` asks for."""
    silence_s: float = 60.0
    """The longest that a feed waits for news without a word, in seconds."""
    local_documents: int = 200
    """How many local documents a person keeps in one school; each is some replicator's place."""


class Outcome(NamedTuple):
    """What became of one pushed document: a row of ``_bulk_docs``.

    ``error`` None: it is stored (or was there already) as ``rev``.
    """

    id: str
    rev: str = ""
    error: str | None = None
    reason: str | None = None
    status: int = 201
    """The status with which the same outcome answers a request about this document alone."""


class Door(Protocol):
    """One database for one caller. Made for each request, or kept: it has no state of its own."""

    @property
    def database(self) -> Database:
        """What lies behind. For local documents, attachments' bytes and administration."""

    @property
    def limits(self) -> Limits:
        """How much one request may bring."""

    def allow(self, action: Action) -> None:
        """Raise :class:`server.couch.faults.Fault` (403 or 405) unless the caller may do this."""

    def sees(self, document: Document) -> bool:
        """Whether the caller may read this revision of a document."""

    def local_name(self, id: str) -> str:  # noqa: A002
        """The store's name of the caller's local document ``_local/<id>`` (given ``<id>``)."""

    def keep_local(self, id: str, body: Mapping[str, Any] | None) -> Awaitable[None]:  # noqa: A002
        """Keep the caller's local document ``_local/<id>``; None deletes it.

        Raises ``Fault`` (413) where they keep too many.
        """

    def token(self, seq: int) -> str:
        """The text that names a place in the feed: ``update_seq``, ``seq``, ``last_seq``."""

    async def locate(self, since: str) -> Place:
        """The place that ``since`` names: a token, ``now``, ``0``, or (bare) a plain number.

        Raises ``Fault`` (400) for a text that can be no token at all. A token of another history
        is the beginning.
        """

    def info(self) -> Awaitable[DatabaseInfo]:
        """Counts, sizes and the newest sequence, as far as the caller may know them."""

    def read(self, ids: Sequence[str]) -> Awaitable[list[Document | None]]:
        """Winners in the order asked; None for what the caller does not see."""

    def record(self, id: str) -> Awaitable[Record | None]:  # noqa: A002
        """All that is kept of one document; None if the caller does not see its winner.

        Of its revisions show only those that :meth:`sees` lets through.
        """

    def missing(self, revs: Mapping[str, Sequence[str]]) -> Awaitable[Mapping[str, Missing]]:
        """Of the revisions asked about, those that a replicator should push."""

    async def chosen(self, documents: Sequence[Document]) -> None:
        """Take note of documents about to be given that were chosen by what they are."""

    def range(
        self,
        start: str,
        end: str,
        *,
        limit: int | None = None,
        skip: int = 0,
        descending: bool = False,
    ) -> Awaitable[list[Document]]:
        """Winners that are not deleted, ``start <= id <= end``, in code point order."""

    def count(self, start: str, end: str) -> Awaitable[int]:
        """How many documents :meth:`range` would give without limit and skip."""

    def changes(
        self, since: int, *, limit: int, descending: bool = False, bodies: bool = True
    ) -> Awaitable[ChangesPage]:
        """The caller's part of the feed after ``since``; see ``Database.changes``."""

    def wait(self, since: int, timeout_s: float) -> Awaitable[bool]:
        """Wait until the caller's part of the feed has something newer than ``since``."""

    def push(self, docs: Sequence[Any], *, new_edits: bool) -> Awaitable[list[Outcome]]:
        """Store documents as they were sent (``_id``, ``_rev``, ``_revisions`` … in them).

        An attachment that came beside its document stands in it as
        ``{"content_type": …, "data": <bytes>}``. Outcomes in the order of ``docs``. Raises
        ``Fault`` where the whole request is refused: then nothing of it is stored.
        """
