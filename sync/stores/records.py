"""What a write does to a document: the rules that every embedded store keeps, free of storage.

:func:`apply` takes one write to its :class:`sync.record.Record`, :func:`purge` takes leaves out of
it. Bodies travel as canonical bytes: JSON with sorted keys, so equal bodies are equal bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from sync.attachments import Attachment, Upload, identity
from sync.checks import check_local, check_revisions, check_write
from sync.document import Document
from sync.errors import BadSetting
from sync.record import Departure, Record, Spare
from sync.revisions import REVS_LIMIT, RevisionTree, mint, parse_revision
from sync.store import Missing, Write, WriteBatch, WriteResult

__all__ = [
    "EMPTY_BODY",
    "NOWHERE",
    "Prepared",
    "Rules",
    "apply",
    "check_direction",
    "check_settings",
    "missing_of",
    "prepare",
    "purge",
    "seen_from",
    "uploads_of",
    "withheld",
]

NOWHERE: frozenset[str] = frozenset()
EMPTY_BODY = b"{}"


class Prepared(NamedTuple):
    """A batch that is known to be storable: writes with their bodies as canonical bytes."""

    writes: list[tuple[Write, bytes]]
    local: dict[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Rules:
    """What a store keeps. ``keep_superseded``: the bodies of revisions that have children."""

    revs_limit: int = REVS_LIMIT
    keep_superseded: bool = False


def prepare(batch: WriteBatch) -> Prepared:
    """Check all of a batch before any of it is stored.

    Raises :class:`BadDocument` or :class:`sync.errors.BadRevision`, naming the document.
    """
    writes = [(write, check_write(write)) for write in (*batch.writes, *batch.seal)]
    local = {name: check_local(name, body) for name, body in batch.local.items()}
    return Prepared(writes, local)


def apply(
    record: Record | None, write: Write, body: bytes, seq: int, rules: Rules
) -> tuple[Record | None, WriteResult]:
    """Take ``write`` to ``record``, which is changed in place and gets ``seq`` if it is news.

    Return the record as it is now, and the result: fresh exactly when something changed.
    """
    doing = _graft if write.history else _edit
    after, result = doing(record, write, body, seq, rules)
    if write.left and after is not None:
        left = write.left - after.channels
        if left and write.history and write.force and not result.fresh:
            after.seq = seq
            result = WriteResult(write.id, after.rev, seq)
        if result.fresh:
            after.left |= dict.fromkeys(left, Departure(seq, after.rev))
    return after, result


def _graft(
    record: Record | None, write: Write, body: bytes, seq: int, rules: Rules
) -> tuple[Record | None, WriteResult]:
    rev = write.history[0]
    if record is None:
        tree = None
        if len(write.history) > 1:
            tree = RevisionTree().merge(
                write.history, deleted=write.deleted, limit=rules.revs_limit
            )
        return _created(write, rev, body, seq, tree)
    if write.history == (record.rev,):
        return record, WriteResult(write.id, rev, record.seq, fresh=False)
    before = record.whole_tree()
    after = before.merge(write.history, deleted=write.deleted, limit=rules.revs_limit)
    if after == before:
        return record, WriteResult(write.id, rev, record.seq, fresh=False)
    new = None
    if rev not in before:
        files = _files(write, None, _kept_anywhere(record, write)) if write.attachments else ()
        if isinstance(files, str):
            return record, _without(record, write, files)
        new = Spare(write.deleted, body, write.channels, files)
    _grow(record, rev, new, after, seq, rules)
    return record, WriteResult(write.id, rev, seq)


def _edit(
    record: Record | None, write: Write, body: bytes, seq: int, rules: Rules
) -> tuple[Record | None, WriteResult]:
    if record is None:
        if write.parent is not None and not write.force:
            return None, WriteResult(write.id, "", 0, fresh=False, conflict=True)
        return _created(write, "", body, seq, None)
    if write.force and _is_shown(record, write, body):
        return record, WriteResult(write.id, record.rev, record.seq, fresh=False)
    parent = _parent(record, write)
    if parent is None:
        return record, WriteResult(write.id, record.rev, record.seq, fresh=False, conflict=True)
    files: tuple[Attachment, ...] = ()
    if write.attachments:
        content = record.content(parent)
        found = _files(write, parent, content.attachments if content else ())
        if isinstance(found, str):
            return record, _without(record, write, found)
        files = found
    rev = mint(parent, deleted=write.deleted, content=body + identity(files))
    tree = record.whole_tree().extend(parent, rev, deleted=write.deleted)
    new = Spare(write.deleted, body, write.channels, files)
    _grow(record, rev, new, tree.stem(rules.revs_limit), seq, rules)
    return record, WriteResult(write.id, rev, seq)


def _parent(record: Record, write: Write) -> str | None:
    """The leaf that an edit is made on; None if it is made on none."""
    parent = write.parent
    if write.force or parent == record.rev or (parent is None and record.deleted):
        return record.rev
    return parent if parent is not None and record.whole_tree().is_leaf(parent) else None


def _is_shown(record: Record, write: Write, body: bytes) -> bool:
    """Whether ``record`` shows already what a write would make of it."""
    if body != record.body or write.channels != record.channels or write.deleted != record.deleted:
        return False
    if not (write.attachments or record.attachments):
        return True
    files = _files(write, record.rev, record.attachments)
    return identity(record.attachments) == (None if isinstance(files, str) else identity(files))


def _without(record: Record | None, write: Write, name: str) -> WriteResult:
    """Say that the attachment ``name``, which a write means to keep, is not there."""
    rev, seq = (record.rev, record.seq) if record else ("", 0)
    return WriteResult(write.id, rev, seq, fresh=False, missing_stub=name)


def _files(
    write: Write, parent: str | None, there: Iterable[Attachment]
) -> tuple[Attachment, ...] | str:
    """The attachments of a revision; or the name of one that is meant to be kept and is not there.

    ``parent``: of an edit; ``there``: those that may be kept, the likeliest first.
    """
    if write.history:
        generation = parse_revision(write.history[0])[0]
    else:
        generation = parse_revision(parent)[0] + 1 if parent else 1
    files: list[Attachment] = []
    for name, given in sorted(write.attachments.items()):
        if isinstance(given, Upload):
            files.append(given.attachment(name, generation))
            continue
        digest = given.digest if write.history else None
        known = [one for one in there if one.name == name and digest in {None, one.digest}]
        if not known:
            return name
        revpos = known[0].revpos if given.revpos is None else given.revpos
        files.append(known[0]._replace(revpos=revpos))
    return tuple(files)


def _kept_anywhere(record: Record, write: Write) -> list[Attachment]:
    """All attachments that the record knows, those of the revision's own ancestors first."""
    revs = dict.fromkeys((*write.history[1:], record.rev, *sorted(record.spares, reverse=True)))
    contents = filter(None, map(record.content, revs))
    return [one for content in contents for one in content.attachments]


def uploads_of(write: Write) -> Iterator[Upload]:
    """The attachments that a write brings."""
    return (given for given in write.attachments.values() if isinstance(given, Upload))


def _created(
    write: Write, rev: str, body: bytes, seq: int, tree: RevisionTree | None
) -> tuple[Record | None, WriteResult]:
    """Make the record of a new document; ``rev`` empty: mint its first revision."""
    files = _files(write, None, ()) if write.attachments else ()
    if isinstance(files, str):
        return None, _without(None, write, files)
    if not rev:
        rev = mint(None, deleted=write.deleted, content=body + identity(files))
    record = Record(write.id, seq, rev, write.deleted, body, write.channels, tree)
    record.attachments = files
    return record, WriteResult(write.id, rev, seq)


def _grow(
    record: Record, rev: str, new: Spare | None, tree: RevisionTree, seq: int, rules: Rules
) -> None:
    """Give ``record`` its next tree: find the winner's body, keep the others' that are needed."""
    contents = dict(record.spares)
    contents[record.rev] = Spare(record.deleted, record.body, record.channels, record.attachments)
    if new is not None:
        contents[rev] = new
    if rules.keep_superseded:
        kept = tree.revisions()
        record.forgotten |= record.whole_tree().revisions() - kept
    else:
        kept = frozenset(leaf.rev for leaf in tree.leaves())
    _show(record, tree, {rev: spare for rev, spare in contents.items() if rev in kept}, seq)


def _show(record: Record, tree: RevisionTree, contents: dict[str, Spare], seq: int) -> None:
    """Let ``record`` show the winner of ``tree``; ``contents`` has that of every leaf."""
    winner = tree.winner.rev
    shown = contents.pop(winner)
    _move(record, shown.channels, Departure(seq, winner))
    record.seq, record.rev, record.tree = seq, winner, tree
    record.deleted, record.body, record.attachments = shown.deleted, shown.body, shown.attachments
    record.spares = contents


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


def missing_of(record: Record | None, revs: Sequence[str]) -> Missing | None:
    """Of ``revs``, those that the record's tree does not hold; None if it holds all."""
    if record is None:
        check_revisions(revs)
        return Missing(list(revs), []) if revs else None
    tree = record.whole_tree()
    absent = [rev for rev in revs if rev not in tree]
    return Missing(absent, tree.possible_ancestors(absent)) if absent else None


def purge(record: Record, revs: Collection[str], seq: int) -> list[str]:
    """Take leaves out of ``record``, which is changed in place and gets ``seq`` if any was one.

    Return those that were leaves: when they are all, nothing is left of the document, and the
    record is as it was.
    """
    before = record.whole_tree()
    gone = [rev for rev in dict.fromkeys(revs) if before.is_leaf(rev)]
    after = before.without(gone)
    if not gone or not after.branches:
        return gone
    contents = dict(record.spares)
    contents[record.rev] = Spare(record.deleted, record.body, record.channels, record.attachments)
    kept = after.revisions()
    record.forgotten |= before.revisions() - kept
    _show(record, after, {rev: spare for rev, spare in contents.items() if rev in kept}, seq)
    return gone


def check_direction(channels: frozenset[str] | None, *, descending: bool) -> None:
    """Raise :class:`ValueError` for a feed of some channels that is to be read downwards."""
    if descending and channels is not None:
        raise ValueError("Only the whole database's feed can be read downwards, not its channels'.")


def check_settings(
    revs_limit: int | None, security: Mapping[str, Any] | None
) -> tuple[int | None, bytes | None]:
    """Return settings as they are kept, security as JSON. Raises :class:`BadSetting`."""
    if revs_limit is not None and revs_limit < 1:
        raise BadSetting(f"The limit of revisions is {revs_limit}; it must be 1 or more.")
    try:
        return revs_limit, None if security is None else orjson.dumps(security)
    except TypeError as error:
        raise BadSetting(f"The security object cannot be written as JSON: {error}.") from error
