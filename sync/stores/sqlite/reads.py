"""What is read from a database's file: plain functions over one connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any, NamedTuple

import apsw
import orjson

from sync.checks import is_storable
from sync.record import Record
from sync.revisions import RevisionTree
from sync.store import DatabaseSettings, Document, Missing
from sync.stores.records import EMPTY_BODY, NOWHERE, missing_of
from sync.stores.sqlite.queries import (
    BLOB,
    BLOB_LENGTH,
    CHANNEL_NUMBER,
    COUNT,
    COUNT_LIVE,
    LOCAL,
    RANGE_DOWN,
    RANGE_UP,
    RECORDS,
    SETTINGS,
    SIZES,
    STATE,
    TREES,
    WINNER,
    WINNERS,
    fetch,
    many,
)
from sync.stores.sqlite.rows import (
    document_of,
    read_all_spares,
    record_of,
    winner_of,
)

__all__ = [
    "Numbers",
    "Sizes",
    "Span",
    "State",
    "attachment_length",
    "channel_numbers",
    "count_range",
    "read_attachment",
    "read_local",
    "read_missing",
    "read_range",
    "read_record",
    "read_records",
    "read_settings",
    "read_sizes",
    "read_state",
    "read_winners",
    "snapshot",
]

Numbers = dict[str, int]


@contextmanager
def snapshot(connection: apsw.Connection) -> Iterator[None]:
    """Let several statements see one state of the database."""
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")


class State(NamedTuple):
    """The row ``state``: the newest sequence, how many documents are live and deleted, …

    ``revs_limit`` None: the store's.
    """

    epoch: str
    update_seq: int
    doc_count: int
    deleted_count: int
    purge_seq: int
    revs_limit: int | None


class Sizes(NamedTuple):
    """Bytes of a file, and what of them is in use."""

    file_bytes: int
    data_bytes: int


def read_state(connection: apsw.Connection) -> State:
    """The state row."""
    return State(*fetch(connection, STATE)[0])


def read_sizes(connection: apsw.Connection) -> Sizes:
    """How large the file is."""
    return Sizes(*fetch(connection, SIZES)[0])


def read_settings(connection: apsw.Connection, revs_limit: int) -> DatabaseSettings:
    """What is set for the database; ``revs_limit``: where it sets none."""
    limit, security = fetch(connection, SETTINGS)[0]
    return DatabaseSettings(limit or revs_limit, orjson.loads(security))


def read_records(connection: apsw.Connection, ids: Sequence[str]) -> dict[str, Record]:
    """The records of those ``ids`` that there are, with the content of leaves."""
    if not ids:
        return {}
    return {row[1]: record_of(row, connection) for row in _rows_of(connection, RECORDS, ids)}


def _rows_of(connection: apsw.Connection, sql: str, ids: Sequence[str]) -> list[Any]:
    """What ``sql`` finds for ``ids``, of which there is one at least."""
    try:
        wanted = many(ids)
    except ValueError:  # some are no ids: nothing is kept under them
        ids = [name for name in ids if is_storable(name)]
        return fetch(connection, sql, many(ids)) if ids else []
    return fetch(connection, sql, wanted)


def read_winners(connection: apsw.Connection, ids: Sequence[str]) -> list[Document | None]:
    """The documents asked for, in order. One statement: it sees one state by itself."""
    if len(ids) == 1:
        rows = fetch(connection, WINNER, ids[0]) if is_storable(ids[0]) else []
    else:
        rows = _rows_of(connection, WINNERS, ids) if ids else []
    found = {row[1]: winner_of(row) for row in rows}
    return [found.get(name) for name in ids]


def read_record(connection: apsw.Connection, name: str) -> Record | None:
    """Everything kept of one document."""
    with snapshot(connection):
        record = read_records(connection, (name,)).get(name)
        if record is not None and record.tree is not None:
            record.spares = read_all_spares(connection, name)
    return record


def read_missing(
    connection: apsw.Connection, revs: Mapping[str, Sequence[str]]
) -> dict[str, Missing]:
    """Of the revisions asked about, those that the trees do not hold; bodies are not read."""
    rows = _rows_of(connection, TREES, tuple(revs)) if revs else []
    trees = {row[0]: row for row in rows}
    found: dict[str, Missing] = {}
    for name, asked in revs.items():
        row = trees.get(name)
        if row is not None and all(rev == row[1] for rev in asked):
            continue  # a replicator that is up to date asks for nothing else
        absent = missing_of(None if row is None else _bare_record(row), asked)
        if absent is not None:
            found[name] = absent
    return found


def _bare_record(row: Sequence[Any]) -> Record:
    """A record of which only the tree counts, from the columns of ``TREES``."""
    name, rev, deleted, tree = row
    record = Record(name, 0, rev, deleted == 1, EMPTY_BODY, NOWHERE)
    if tree is not None:
        record.tree = RevisionTree.decode(tree)
    return record


def read_attachment(connection: apsw.Connection, key: str) -> bytes | None:
    """The bytes under ``key``."""
    rows = fetch(connection, BLOB, key)
    data: bytes | None = rows[0][0] if rows else None
    return data


def attachment_length(connection: apsw.Connection, key: str) -> int:
    """How many bytes there are under ``key``; -1 for an unknown key."""
    rows = fetch(connection, BLOB_LENGTH, key) if is_storable(key) else []
    length: int = rows[0][0] if rows else -1
    return length


class Span(NamedTuple):
    """Which live documents: ids from ``start`` to ``end``, both included; ``limit`` -1: all."""

    start: str
    end: str
    limit: int
    skip: int
    descending: bool


def read_range(connection: apsw.Connection, span: Span) -> list[Document]:
    """Live documents between two ids."""
    sql = RANGE_DOWN if span.descending else RANGE_UP
    rows = fetch(connection, sql, span.start, span.end, span.limit, span.skip)
    return [document_of(row) for row in rows]


def count_range(connection: apsw.Connection, start: str, end: str) -> int:
    """How many live documents there are between two ids, both included."""
    with snapshot(connection):
        deleted = read_state(connection).deleted_count
        count: int = fetch(connection, COUNT_LIVE if deleted else COUNT, start, end)[0][0]
    return count


def read_local(connection: apsw.Connection, name: str) -> Mapping[str, Any] | None:
    """A local document's body."""
    rows = fetch(connection, LOCAL, name) if is_storable(name) else []
    body: Mapping[str, Any] | None = orjson.loads(rows[0][0]) if rows else None
    return body


def channel_numbers(
    connection: apsw.Connection, channels: frozenset[str], known: Numbers
) -> list[int]:
    """The numbers of those ``channels`` that the database has; ``known`` is added to."""
    for name in channels - known.keys():
        for (number,) in fetch(connection, CHANNEL_NUMBER, name):
            known[name] = number
    return [known[name] for name in channels if name in known]
