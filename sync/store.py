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

from sync.attachments import Attachment, Kept, Upload
from sync.document import Document
from sync.record import Record

__all__ = [
    "Attachment",
    "Change",
    "ChangesPage",
    "Database",
    "DatabaseInfo",
    "DatabaseSettings",
    "Document",
    "Kept",
    "Missing",
    "Record",
    "Store",
    "Upload",
    "Write",
    "WriteBatch",
    "WriteResult",
]


@dataclass(slots=True)
class Write:
    """One revision to store; treat it as immutable (a frozen one takes thrice as long to make).

    ``history`` (newest first, ``history[0]`` the revision itself) grafts the revision into the
    tree as a replicator does (``new_edits=false``): always taken, idempotent. Without it, this is
    an edit on ``parent``: the store mints the revision, and answers a conflict unless ``parent``
    is a leaf, or None and the document is absent or deleted. ``force`` edits on the current winner,
    whatever it is; and does nothing, keeping the revision, when body, channels and attachments are
    unchanged.

    ``attachments``: all that the revision has, by name. A ``Kept`` names one that is there already:
    of the parent (an edit), or of any revision kept of the document (a graft). Where it cannot be
    found, nothing of this write is stored, and the result's ``missing_stub`` names it.

    ``left``: channels that the document has left where it is copied from. Where the write changes
    anything, their readers are told of the removal once more; with ``force`` and a history they
    are in any case.
    """

    id: str
    body: Mapping[str, Any]
    channels: frozenset[str] = frozenset()
    history: tuple[str, ...] = ()
    parent: str | None = None
    deleted: bool = False
    force: bool = False
    attachments: Mapping[str, Upload | Kept] = field(default_factory=dict)
    left: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class WriteBatch:
    """Writes and local documents committed together: all are durable when the call returns.

    ``local``: documents that are never replicated (``_local/<id>``), by id; None deletes one.
    ``seal``: writes that are stored only once all of ``writes`` are, so that whoever finds one of
    them finds what it speaks of. The results are those of ``writes``, then those of ``seal``.
    """

    writes: Sequence[Write] = ()
    local: Mapping[str, Mapping[str, Any] | None] = field(default_factory=dict)
    seal: Sequence[Write] = ()


class WriteResult(NamedTuple):
    """What became of one write: its revision and sequence, or a conflict, or a missing stub.

    ``fresh`` is False when the revision was already there and nothing changed. After a conflict
    and with a missing stub ``rev`` and ``seq`` are those of the document as it stands (empty and 0
    where there is none).
    """

    id: str
    rev: str
    seq: int
    fresh: bool = True
    conflict: bool = False
    missing_stub: str | None = None
    """The name of an attachment that the write means to keep, and that is not there."""


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

    ``last_seq`` is never below ``since``; when there is no more it is the database's newest. Read
    downwards, it is the sequence of the last change listed, or ``since`` if there is none.
    """

    changes: tuple[Change, ...]
    last_seq: int
    more: bool


@dataclass(frozen=True, slots=True)
class DatabaseInfo:
    """``epoch`` is random and minted with the database: another one means another history.

    ``purge_seq`` counts purged documents. ``file_bytes`` is what the database takes up,
    ``data_bytes`` what of that is in use. ``compacting``: :meth:`Database.compact` is under way.
    """

    name: str
    epoch: str
    update_seq: int
    doc_count: int
    deleted_count: int
    purge_seq: int = 0
    file_bytes: int = 0
    data_bytes: int = 0
    compacting: bool = False


@dataclass(frozen=True, slots=True)
class DatabaseSettings:
    """What is set for one database. ``security`` is kept for whoever asks (``_security``).

    ``revs_limit``: how many ancestors of a leaf are remembered, from the next write on.
    """

    revs_limit: int
    security: Mapping[str, Any] = field(default_factory=dict)


class Missing(NamedTuple):
    """What a database lacks of a document: revisions, and leaves that may be their ancestors."""

    missing: list[str]
    possible_ancestors: list[str]


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

    async def record(self, id: str) -> Record | None:  # noqa: A002
        """Everything kept of one document: its tree, and the content of each revision kept."""

    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, Missing]:
        """Of the revisions asked about, those the trees do not hold (``_revs_diff``).

        Documents that lack nothing are left out. Raises ``BadRevision``.
        """

    async def attachment(self, key: str) -> bytes | None:
        """The bytes of an attachment (:attr:`sync.attachments.Attachment.key`)."""

    async def range(
        self,
        start: str,
        end: str,
        *,
        limit: int | None = None,
        skip: int = 0,
        descending: bool = False,
    ) -> list[Document]:
        """Winners that are not deleted, with ``start <= id <= end``, in code point order."""

    async def count(self, start: str, end: str) -> int:
        """How many documents that are not deleted have ``start <= id <= end``."""

    async def read_local(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002
        """A local document's body."""

    async def changes(
        self,
        since: int,
        *,
        channels: frozenset[str] | None = None,
        limit: int = 1000,
        descending: bool = False,
        bodies: bool = True,
    ) -> ChangesPage:
        """Changes after ``since``, each document once, at its latest sequence.

        With ``channels``, only documents in one of them, and removals of those that left.
        ``descending`` reads from the newest down, of the whole database only (ValueError with
        ``channels``). Without ``bodies`` these are left unread, and empty.
        """

    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        """Wait until something in ``channels`` (None: anything) is newer than ``since``.

        True if there is; False when the time is up or the store is closing. Costs no polling.
        """

    async def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Forget leaves as if they had never been; return those that were purged, by document.

        What is no leaf stays. Ancestors go with the last of the leaves they lead to, and with its
        last leaf the document: no feed shows it any more. Raises ``BadRevision``.
        """

    async def compact(self) -> None:
        """Drop the content of superseded revisions, and attachments that no revision kept has.

        Reads and writes go on meanwhile.
        """

    async def settings(self) -> DatabaseSettings:
        """What is set for this database."""

    async def configure(
        self, *, revs_limit: int | None = None, security: Mapping[str, Any] | None = None
    ) -> None:
        """Change settings; None leaves one as it is. Raises ``BadSetting``."""

    def mark(self, seq: int) -> str:
        """A text that names the place ``seq`` to every process that serves the same database.

        Sequences themselves are a process's own.
        """

    async def locate(self, mark: str) -> int | None:
        """The sequence that a mark names; None for another history, or a place ahead of this one.

        What follows the sequence includes whatever followed the mark; perhaps more.
        """

    async def catch_up(self) -> None:
        """Take in all that other processes have written by now; nothing where there are none."""

    async def claim(self, task: str, for_s: float) -> bool:
        """Whether this process may do ``task`` for this database for the next ``for_s`` seconds.

        Of several processes that serve the same database one may at a time; whoever has the claim
        renews it by asking again.
        """


class Store(Protocol):
    """A set of databases."""

    @property
    def shared(self) -> bool:
        """Whether other processes may write to the same databases."""

    async def names(self) -> list[str]:
        """Names of all databases, sorted."""

    async def create(self, name: str) -> Database:
        """Create a database. Raises ``DatabaseExists``."""

    async def open(self, name: str) -> Database:
        """Open a database. Raises ``DatabaseMissing``."""

    async def delete(self, name: str) -> None:
        """Delete a database and all in it. Raises ``DatabaseMissing``."""

    async def scrub(self, name: str) -> None:
        """Leave nothing on this machine's disk of what a database's compaction has dropped.

        Raises ``DatabaseMissing``, and ``StoreFull`` on no space: it takes as much again.
        """

    async def close(self) -> None:
        """Finish what is under way, wake every waiter, and let go of everything."""
