"""What a store must do: databases of documents with revision trees, and a channel-indexed feed.

Three implementations pass one conformance suite (``tests/sync/stores``): ``memory``, ``sqlite``
and ``couchdb``. The protocol is small on purpose: one argument type and one result type a call.

A database orders every write by a sequence (integer, from 1, no gaps promised). A document is a
tree of revisions (:mod:`sync.revisions`); readers see its winner. Each document has *channels*,
computed by the server: the feed can be read for some channels only, at the cost of what they hold.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

import orjson

__all__ = [
    "Change",
    "ChangesPage",
    "Database",
    "DatabaseInfo",
    "Document",
    "Store",
    "Write",
    "WriteBatch",
    "WriteResult",
]


class Document:
    """One revision of a document; treat it as immutable. ``channels`` as last computed.

    ``body`` has no ``_`` members, and may be given as JSON bytes, which are then read only when
    somebody asks: a feed passes ``raw`` on as it is. ``history``: revisions from this one back to
    the oldest known (``_revisions``). ``conflicts``: other leaves that are not deleted. What is
    read in bulk (``range``, ``changes``) comes with an empty ``history``.
    """

    __slots__ = (
        "_body",
        "_raw",
        "channels",
        "conflicts",
        "deleted",
        "history",
        "id",
        "rev",
        "seq",
    )

    def __init__(  # noqa: PLR0917 - made by the hundred thousand: keywords would cost
        self,
        id: str,  # noqa: A002
        rev: str,
        body: Mapping[str, Any] | bytes,
        deleted: bool = False,
        channels: frozenset[str] = frozenset(),
        seq: int = 0,
        history: tuple[str, ...] = (),
        conflicts: tuple[str, ...] = (),
    ) -> None:
        self.id = id
        self.rev = rev
        self.deleted = deleted
        self.channels = channels
        self.seq = seq
        self.history = history
        self.conflicts = conflicts
        self._raw: bytes | None
        self._body: Mapping[str, Any] | None
        if isinstance(body, bytes):
            self._raw, self._body = body, None
        else:
            self._raw, self._body = None, body

    @property
    def body(self) -> Mapping[str, Any]:
        """The body, parsed once."""
        if self._body is None:
            body: Mapping[str, Any] = orjson.loads(self.raw)
            self._body = body
        return self._body

    @property
    def raw(self) -> bytes:
        """The body as JSON bytes: an object, ``{}`` when empty."""
        if self._raw is None:
            self._raw = orjson.dumps(self._body, option=orjson.OPT_SORT_KEYS)
        return self._raw

    def _values(self) -> tuple[object, ...]:
        place = (self.id, self.rev, self.deleted, self.channels, self.seq)
        return (*place, self.history, self.conflicts, self.body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Document({self.id!r}, {self.rev!r}, seq={self.seq}, deleted={self.deleted})"


@dataclass(frozen=True, slots=True)
class Write:
    """One revision to store.

    ``history`` (newest first, ``history[0]`` the revision itself) grafts the revision into the
    tree as a replicator does (``new_edits=false``): always taken, idempotent. Without it, this is
    an edit on ``parent``: the store mints the revision, and answers a conflict unless ``parent``
    is a leaf, or None and the document is absent or deleted. ``force`` edits on the current winner,
    whatever it is; and does nothing, keeping the revision, when body and channels are unchanged.
    """

    id: str
    body: Mapping[str, Any]
    channels: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    parent: str | None = None
    deleted: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class WriteBatch:
    """Writes and local documents committed together: all are durable when the call returns.

    ``local``: documents that are never replicated (``_local/<id>``), by id; None deletes one.
    """

    writes: Sequence[Write] = ()
    local: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)


class WriteResult(NamedTuple):
    """What became of one write: its revision and sequence, or a conflict.

    ``fresh`` is False when the revision was already there and nothing changed. After a conflict
    ``rev`` and ``seq`` are those of the document as it stands.
    """

    id: str
    rev: str
    seq: int
    fresh: bool = True
    conflict: bool = False


class Change(NamedTuple):
    """A line of the feed: the document as it is now, at its latest sequence.

    ``removed``: the document left every channel asked for since ``since``. Then ``seq`` and the
    document's revision are those with which it left the last of them, and all else is withheld.
    ``leaves``: the revisions of all leaves, the winner first.
    """

    seq: int
    document: Document
    leaves: tuple[str, ...]
    removed: bool = False


class ChangesPage(NamedTuple):
    """Changes in order of sequence; ``last_seq`` is where to go on; ``more``: the limit cut it.

    ``last_seq`` is never below ``since``; when there is no more it is the database's newest.
    """

    changes: tuple[Change, ...]
    last_seq: int
    more: bool


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """``epoch`` is random and minted with the database: another one means another history."""

    name: str
    epoch: str
    update_seq: int
    doc_count: int
    deleted_count: int


class Database(Protocol):
    """One database. Every method is safe to call from one event loop at the same time."""

    @property
    def name(self) -> str:
        """Its name within the store."""

    async def info(self) -> DatabaseInfo:
        """Counts and the current sequence."""

    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        """Commit a batch; results in the order of its writes. Raises ``StoreFull`` on no space."""

    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        """Winners in the order asked; None where absent. A deleted winner has ``deleted`` set."""

    async def read_revision(self, id: str, rev: str) -> Document | None:  # noqa: A002
        """One stored revision; None if its body is not kept."""

    async def leaves(self, id: str) -> list[Document]:  # noqa: A002
        """Every leaf of the tree, the winner first; empty if the document is absent."""

    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Of the revisions asked about, those the trees do not hold (``_revs_diff``)."""

    async def range(
        self, start: str, end: str, *, limit: int | None = None, descending: bool = False
    ) -> list[Document]:
        """Winners that are not deleted, with ``start <= id <= end``, in code point order."""

    async def read_local(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002
        """A local document's body."""

    async def changes(
        self, since: int, *, channels: frozenset[str] | None = None, limit: int = 1000
    ) -> ChangesPage:
        """Changes after ``since``, each document once, at its latest sequence.

        With ``channels``, only documents in one of them, and removals of those that left.
        """

    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        """Wait until something in ``channels`` (None: anything) is newer than ``since``.

        True if there is; False when the time is up or the store is closing. Costs no polling.
        """


class Store(Protocol):
    """A set of databases."""

    async def names(self) -> list[str]:
        """Names of all databases, sorted."""

    async def create(self, name: str) -> Database:
        """Create a database. Raises ``DatabaseExists``."""

    async def open(self, name: str) -> Database:
        """Open a database. Raises ``DatabaseMissing``."""

    async def delete(self, name: str) -> None:
        """Delete a database and all in it. Raises ``DatabaseMissing``."""

    async def close(self) -> None:
        """Finish what is under way, wake every waiter, and let go of everything."""
