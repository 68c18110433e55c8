"""How documents are spelt in a row, and read back."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import apsw
import orjson

from sync.revisions import RevisionTree
from sync.store import Change, Document
from sync.stores.records import NOWHERE, Departure, Record, Spare
from sync.stores.sqlite.queries import SPARE, fetch

__all__ = [
    "change_of",
    "channels_text",
    "departures_of",
    "departures_text",
    "document_of",
    "read_spares",
    "record_of",
    "rivals_text",
    "set_of",
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


def document_of(row: Sequence[Any]) -> Document:
    """A document from the columns of ``DOCUMENTS_AT``."""
    seq, name, rev, deleted, channels, rivals, body = row
    if rivals is None:
        return Document(name, rev, body, deleted == 1, set_of(channels), seq)
    conflicts = tuple(rival for rival, dead in orjson.loads(rivals) if not dead)
    return Document(name, rev, body, deleted == 1, set_of(channels), seq, (), conflicts)


def change_of(row: Sequence[Any]) -> Change:
    """A line of the feed from a document's columns."""
    rivals = row[5]
    beside = () if rivals is None else tuple(rival for rival, _ in orjson.loads(rivals))
    return Change(row[0], document_of(row), (row[2], *beside))


def record_of(row: Sequence[Any], connection: apsw.Connection) -> Record:
    """A record from the columns of ``RECORDS``; the content of other leaves is read as well."""
    seq, name, rev, deleted, channels, departures, rivals, body, tree = row
    record = Record(name, seq, rev, deleted == 1, body, set_of(channels))
    record.left = departures_of(departures)
    if tree is not None:
        record.tree = RevisionTree.decode(tree)
    if rivals is not None:
        record.spares = read_spares(connection, name, [rival for rival, _ in orjson.loads(rivals)])
    return record


def read_spares(connection: apsw.Connection, name: str, revs: Sequence[str]) -> dict[str, Spare]:
    """The content that is kept of revisions beside the winner."""
    spares: dict[str, Spare] = {}
    for rev in revs:
        for deleted, channels, body in fetch(connection, SPARE, name, rev):
            spares[rev] = Spare(deleted == 1, body, set_of(channels))
    return spares
