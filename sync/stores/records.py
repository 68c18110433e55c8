"""What a write does to a document: the rules that every embedded store keeps, free of storage.

A :class:`Record` is a document as a store keeps it: its tree, the winner with its body, the
bodies of the other leaves (*spares*), the channels of the winner, and the channels that it left.
:func:`apply` takes one write to its record. Bodies travel as canonical bytes: JSON with sorted
keys, so equal bodies are equal bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import orjson

from sync.errors import BadDocument
from sync.revisions import REVS_LIMIT, RevisionTree, check_path, mint, parse_revision
from sync.store import Document, Write, WriteBatch, WriteResult

__all__ = [
    "NOWHERE",
    "Departure",
    "Prepared",
    "Record",
    "Rules",
    "Spare",
    "apply",
    "missing_of",
    "prepare",
    "seen_from",
    "withheld",
]

NOWHERE: frozenset[str] = frozenset()
EMPTY_BODY = b"{}"


class Spare(NamedTuple):
    """The content of a revision that is not the winner."""

    deleted: bool
    body: bytes
    channels: frozenset[str]


class Departure(NamedTuple):
    """When a document left a channel, and with which revision."""

    seq: int
    rev: str


class Prepared(NamedTuple):
    """A batch that is known to be storable: writes with their bodies as canonical bytes."""

    writes: list[tuple[Write, bytes]]
    local: dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a store keeps. ``keep_superseded``: the bodies of revisions that have children."""

    revs_limit: int = REVS_LIMIT
    keep_superseded: bool = False


@dataclass(slots=True)
class Record:
    """A document as stored. ``tree`` None stands for the one revision ``rev``."""

    id: str
    seq: int
    rev: str
    deleted: bool
    body: bytes
    channels: frozenset[str]
    tree: RevisionTree | None = None
    left: dict[str, Departure] = field(default_factory=dict)
    spares: dict[str, Spare] = field(default_factory=dict)
    forgotten: set[str] = field(default_factory=set)
    """Revisions that stemming took from the tree just now; their bodies go with them."""

    def whole_tree(self) -> RevisionTree:
        """The tree, also where it is not spelt out."""
        return self.tree or RevisionTree.single(self.rev, deleted=self.deleted)

    def winner(self, *, history: bool = True) -> Document:
        """The document as readers see it."""
        past: tuple[str, ...] = ()
        if history:
            past = (self.rev,) if self.tree is None else self.tree.history(self.rev)
        conflicts = () if self.tree is None else self.tree.conflicts()
        return Document(
            self.id, self.rev, self.body, self.deleted, self.channels, self.seq, past, conflicts
        )

    def revision(self, rev: str) -> Document | None:
        """One revision of the document; None if its body is not kept."""
        if rev == self.rev:
            return self.winner()
        spare = self.spares.get(rev)
        if spare is None:
            return None
        tree = self.whole_tree()
        rivals = tuple(leaf.rev for leaf in tree.leaves() if not leaf.deleted and leaf.rev != rev)
        return Document(
            self.id,
            rev,
            spare.body,
            spare.deleted,
            spare.channels,
            self.seq,
            tree.history(rev),
            rivals,
        )

    def leaves(self) -> list[Document]:
        """Every leaf, the winner first."""
        found = [self.revision(leaf.rev) for leaf in self.whole_tree().leaves()]
        return [document for document in found if document is not None]


def prepare(batch: WriteBatch) -> Prepared:
    """Check all of a batch before any of it is stored.

    Raises :class:`BadDocument` or :class:`sync.errors.BadRevision`, naming the document.
    """
    writes = [(write, _encode(write.id, write.body)) for write in batch.writes]
    for write in batch.writes:
        _check_id(write.id)
        _check_texts(write.id, write.channels)
        if write.history:
            check_path(write.history)
            _check_texts(write.id, write.history)
        elif write.parent is not None:
            parse_revision(write.parent)
    local: dict[str, bytes | None] = {}
    for name, body in batch.local.items():
        _check_texts(name, (name,))
        local[name] = None if body is None else _encode(name, body)
    return Prepared(writes, local)


def _encode(name: str, body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise BadDocument(f"The body of {name!r} cannot be written as JSON: {error}.") from error


def _check_id(name: str) -> None:
    _check_texts(name, (name,))
    if not name or (name[0] == "_" and not name.startswith("_design/")):
        raise BadDocument(
            f"{name!r} is no document id: it must not be empty, "
            "and of ids with a leading underscore only _design/… is a document."
        )


def _check_texts(name: str, texts: Iterable[str]) -> None:
    for text in texts:
        if "\0" in text:
            raise BadDocument(f"{name!r}: {text!r} has a NUL character; leave it out.")
        if not text.isascii():
            try:
                text.encode()
            except UnicodeEncodeError as error:
                sentence = f"{name!r}: {text!r} is not well-formed Unicode; send whole characters."
                raise BadDocument(sentence) from error


def apply(
    record: Record | None, write: Write, body: bytes, seq: int, rules: Rules
) -> tuple[Record | None, WriteResult]:
    """Take ``write`` to ``record``, which is changed in place and gets ``seq`` if it is news.

    Return the record as it is now, and the result: fresh exactly when something changed.
    """
    if write.history:
        return _graft(record, write, body, seq, rules)
    return _edit(record, write, body, seq, rules)


def _graft(
    record: Record | None, write: Write, body: bytes, seq: int, rules: Rules
) -> tuple[Record, WriteResult]:
    rev = write.history[0]
    if record is None:
        tree = None
        if len(write.history) > 1:
            tree = RevisionTree().merge(write.history, deleted=write.deleted).stem(rules.revs_limit)
        return _created(write, rev, body, seq, tree)
    if write.history == (record.rev,):
        return record, WriteResult(write.id, rev, record.seq, fresh=False)
    before = record.whole_tree()
    after = before.merge(write.history, deleted=write.deleted).stem(rules.revs_limit)
    if after == before:
        return record, WriteResult(write.id, rev, record.seq, fresh=False)
    new = None if rev in before else Spare(write.deleted, body, write.channels)
    _grow(record, rev, new, after, seq, rules)
    return record, WriteResult(write.id, rev, seq)


def _edit(
    record: Record | None, write: Write, body: bytes, seq: int, rules: Rules
) -> tuple[Record | None, WriteResult]:
    if record is None:
        if write.parent is not None and not write.force:
            return None, WriteResult(write.id, "", 0, fresh=False, conflict=True)
        rev = mint(None, deleted=write.deleted, content=body)
        return _created(write, rev, body, seq, None)
    parent = write.parent
    if write.force:
        if (
            body == record.body
            and write.channels == record.channels
            and write.deleted == record.deleted
        ):
            return record, WriteResult(write.id, record.rev, record.seq, fresh=False)
        parent = record.rev
    elif parent is None and record.deleted:
        parent = record.rev
    tree = record.whole_tree()
    if parent is None or not tree.is_leaf(parent):
        return record, WriteResult(write.id, record.rev, record.seq, fresh=False, conflict=True)
    rev = mint(parent, deleted=write.deleted, content=body)
    grown = tree.extend(parent, rev, deleted=write.deleted).stem(rules.revs_limit)
    _grow(record, rev, Spare(write.deleted, body, write.channels), grown, seq, rules)
    return record, WriteResult(write.id, rev, seq)


def _created(
    write: Write, rev: str, body: bytes, seq: int, tree: RevisionTree | None
) -> tuple[Record, WriteResult]:
    record = Record(write.id, seq, rev, write.deleted, body, write.channels, tree)
    return record, WriteResult(write.id, rev, seq)


def _grow(
    record: Record, rev: str, new: Spare | None, tree: RevisionTree, seq: int, rules: Rules
) -> None:
    """Give ``record`` its next tree: find the winner's body, keep the others' that are needed."""
    contents = dict(record.spares)
    contents[record.rev] = Spare(record.deleted, record.body, record.channels)
    if new is not None:
        contents[rev] = new
    winner = tree.winner.rev
    shown = contents.pop(winner)
    if rules.keep_superseded:
        kept = tree.revisions()
        record.forgotten |= record.whole_tree().revisions() - kept
    else:
        kept = frozenset(leaf.rev for leaf in tree.leaves())
    contents = {rev: spare for rev, spare in contents.items() if rev in kept}
    _move(record, shown.channels, Departure(seq, winner))
    record.seq, record.rev, record.tree = seq, winner, tree
    record.deleted, record.body, record.spares = shown.deleted, shown.body, contents


def _move(record: Record, to: frozenset[str], departure: Departure) -> None:
    if to == record.channels:
        return
    for channel in record.channels - to:
        record.left[channel] = departure
    for channel in to:
        record.left.pop(channel, None)
    record.channels = to


def seen_from(
    record: Record, channels: frozenset[str] | None
) -> tuple[int, Departure | None] | None:
    """Where ``record`` stands in the feed of ``channels``: a sequence, and a departure if it left.

    None: it never was in any of them.
    """
    if channels is None or record.channels & channels:
        return record.seq, None
    gone = [departure for channel, departure in record.left.items() if channel in channels]
    return (max(gone).seq, max(gone)) if gone else None


def withheld(name: str, departure: Departure) -> Document:
    """What a reader learns of a document that left all of the channels it may read."""
    return Document(name, departure.rev, EMPTY_BODY, seq=departure.seq)


def missing_of(record: Record | None, revs: Sequence[str]) -> list[str]:
    """Of ``revs``, those that the record's tree does not hold."""
    if record is None:
        return list(revs)
    tree = record.whole_tree()
    return [rev for rev in revs if rev not in tree]
