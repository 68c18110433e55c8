"""How documents are spelt in a row, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import apsw
import orjson

from sync.attachments import Attachment
from sync.record import Departure, Record, Spare
from sync.revisions import RevisionTree
from sync.store import Change, Document
from sync.stores.records import NOWHERE
from sync.stores.sqlite.queries import SPARE, SPARES, fetch

__all__ = [
    "attachments_of",
    "attachments_text",
    "change_of",
    "channels_text",
    "departures_of",
    "departures_text",
    "document_of",
    "read_all_spares",
    "read_spares",
    "record_of",
    "rivals_text",
    "set_of",
    "winner_of",
]


@lru_cache(maxsize=4096)
def channels_text(channels: frozenset[str]) -> str | None:
    """The text of a set of channels; None for the empty one."""
    return orjson.dumps(sorted(channels)).decode() if channels else None


@lru_cache(maxsize=4096)
def set_of(text: str | None) -> frozenset[str]:
    """The set of channels that a text spells."""
    return NOWHERE if text is None else frozenset(orjson.loads(text))


def departures_text(left: dict[str, Departure]) -> str:
    """The text of what a document left."""
    return orjson.dumps({channel: list(departure) for channel, departure in left.items()}).decode()


def departures_of(text: str | None) -> dict[str, Departure]:
    """The departures that a text spells."""
    if text is None:
        return {}
    return {name: Departure(*row) for name, row in orjson.loads(text).items()}


def rivals_text(tree: RevisionTree) -> str | None:
    """The leaves beside the winner; None if there are none."""
    if len(tree.branches) == 1:
        return None
    return orjson.dumps([list(leaf) for leaf in tree.leaves()[1:]]).decode()


def attachments_text(attachments: tuple[Attachment, ...]) -> str:
    """The text of a revision's attachments; where there are none, NULL is written instead."""
    return orjson.dumps([list(one) for one in attachments]).decode()


def attachments_of(text: str | None) -> tuple[Attachment, ...]:
    """The attachments that a text spells."""
    return () if text is None else tuple(Attachment(*row) for row in orjson.loads(text))


def document_of(row: Sequence[Any]) -> Document:
    """A document from the columns of ``DOCUMENTS_AT``."""
    seq, name, rev, deleted, channels, rivals, attachments, body = row
    if rivals is None and attachments is None:
        return Document(name, rev, body, deleted == 1, set_of(channels), seq)
    leaves = () if rivals is None else orjson.loads(rivals)
    conflicts = tuple(rival for rival, dead in leaves if not dead)
    files = attachments_of(attachments)
    return Document(name, rev, body, deleted == 1, set_of(channels), seq, (), conflicts, files)


def winner_of(row: Sequence[Any]) -> Document:
    """A document with its history from the columns of ``WINNERS``."""
    document = document_of(row[:-1])
    tree = row[-1]
    rev = document.rev
    document.history = (rev,) if tree is None else RevisionTree.decode(tree).history(rev)
    return document


def change_of(row: Sequence[Any]) -> Change:
    """A line of the feed from a document's columns."""
    rivals = row[5]
    beside = () if rivals is None else tuple(rival for rival, _ in orjson.loads(rivals))
    return Change(row[0], document_of(row), (row[2], *beside))


def record_of(row: Sequence[Any], connection: apsw.Connection) -> Record:
    """A record from the columns of ``RECORDS``; the content of other leaves is read as well."""
    seq, name, rev, deleted, channels, departures, rivals, body, tree, attachments = row
    record = Record(name, seq, rev, deleted == 1, body, set_of(channels))
    record.left = departures_of(departures)
    if attachments is not None:
        record.attachments = attachments_of(attachments)
    if tree is not None:
        record.tree = RevisionTree.decode(tree)
    if rivals is not None:
        record.spares = read_spares(connection, name, [rival for rival, _ in orjson.loads(rivals)])
    return record


def read_spares(connection: apsw.Connection, name: str, revs: Sequence[str]) -> dict[str, Spare]:
    """The content that is kept of some revisions beside the winner."""
    rows = (row for rev in revs for row in fetch(connection, SPARE, name, rev))
    return {row[0]: _spare(row) for row in rows}


def read_all_spares(connection: apsw.Connection, name: str) -> dict[str, Spare]:
    """The content that is kept of any revision beside the winner."""
    return {row[0]: _spare(row) for row in fetch(connection, SPARES, name)}


def _spare(row: Sequence[Any]) -> Spare:
    _, deleted, body, channels, attachments = row
    return Spare(deleted == 1, body, set_of(channels), attachments_of(attachments))
