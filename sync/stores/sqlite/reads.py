"""What is read from a database's file: plain functions over one connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from typing import Any, NamedTuple

import apsw
import orjson

from sync.record import Departure, Record
from sync.revisions import RevisionTree
from sync.store import Change, ChangesPage, DatabaseSettings, Document, Missing
from sync.stores.records import EMPTY_BODY, NOWHERE, missing_of, withheld
from sync.stores.sqlite.queries import (
    ACTIVE_CHANNELS,
    ANYTHING_AFTER,
    BLOB,
    BLOB_LENGTH,
    CHANNEL_NUMBER,
    COUNT,
    COUNT_LIVE,
    DOCUMENTS_AFTER,
    DOCUMENTS_AT,
    DOCUMENTS_DOWN,
    FEED_AFTER,
    LOCAL,
    RANGE_DOWN,
    RANGE_UP,
    RECORDS,
    SETTINGS,
    SIZES,
    STATE,
    TREES,
    WHEREABOUTS,
    fetch,
    many,
    without_bodies,
)
from sync.stores.sqlite.rows import (
    change_of,
    departures_of,
    document_of,
    read_all_spares,
    record_of,
    set_of,
)

__all__ = [
    "Numbers",
    "Page",
    "Sizes",
    "Span",
    "State",
    "attachment_length",
    "channel_numbers",
    "count_range",
    "feed_page",
    "has_news",
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
]

FIRST_ROWS = 32
"""How many rows are read at first of each of many channels; twice as many each time after."""

Numbers = dict[str, int]


@contextmanager
def _snapshot(connection: apsw.Connection) -> Iterator[None]:
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
        return fetch(connection, sql, many(ids))
    except UnicodeEncodeError:  # no document has such an id
        well_formed = [name for name in ids if name.isascii() or _is_well_formed(name)]
        return fetch(connection, sql, many(well_formed)) if well_formed else []


def _is_well_formed(text: str) -> bool:
    return text.encode(errors="replace").decode() == text


def read_winners(connection: apsw.Connection, ids: Sequence[str]) -> list[Document | None]:
    """The documents asked for, in order."""
    with _snapshot(connection):
        records = read_records(connection, ids)
    found = map(records.get, ids)
    return [record.winner() if record else None for record in found]


def read_record(connection: apsw.Connection, name: str) -> Record | None:
    """Everything kept of one document."""
    with _snapshot(connection):
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
    """How many bytes there are under ``key``; 0 for none."""
    rows = fetch(connection, BLOB_LENGTH, key)
    length: int = rows[0][0] if rows else 0
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
    with _snapshot(connection):
        deleted = read_state(connection).deleted_count
        count: int = fetch(connection, COUNT_LIVE if deleted else COUNT, start, end)[0][0]
    return count


def read_local(connection: apsw.Connection, name: str) -> Mapping[str, Any] | None:
    """A local document's body."""
    rows = fetch(connection, LOCAL, name)
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


def _active(connection: apsw.Connection, numbers: list[int], since: int) -> list[int]:
    """Of some channels, those with anything after ``since``."""
    if not numbers:
        return []
    return [number for (number,) in fetch(connection, ACTIVE_CHANNELS, many(numbers), since)]


def has_news(
    connection: apsw.Connection, since: int, channels: frozenset[str] | None, known: Numbers
) -> bool:
    """Whether anything in ``channels`` is newer than ``since``."""
    if channels is None:
        return bool(fetch(connection, ANYTHING_AFTER, since)[0][0])
    with _snapshot(connection):
        return bool(_active(connection, channel_numbers(connection, channels, known), since))


class Page(NamedTuple):
    """Which changes: see :meth:`sync.store.Database.changes`."""

    since: int
    channels: frozenset[str] | None
    limit: int
    descending: bool
    bodies: bool

    def spelt(self, sql: str) -> str:
        """``sql``, which selects documents, as this page wants it."""
        return sql if self.bodies else without_bodies(sql)


def feed_page(connection: apsw.Connection, page: Page, known: Numbers) -> ChangesPage:
    """A page of the feed; ``known`` is added to."""
    since = page.since
    with _snapshot(connection):
        if page.channels is None:
            sql = page.spelt(DOCUMENTS_DOWN if page.descending else DOCUMENTS_AFTER)
            rows = fetch(connection, sql, since, page.limit + 1)
            changes = [change_of(row) for row in rows[: page.limit]]
            more = len(rows) > page.limit
        else:
            changes, more = _scoped(connection, page, page.channels, known)
        if not (more or page.descending):
            return ChangesPage(
                tuple(changes), max(since, read_state(connection).update_seq), more=False
            )
    return ChangesPage(tuple(changes), changes[-1].seq if changes else since, more)


FeedRow = tuple[int, str, str]
"""Sequence; the id of a document that left, or empty; with which revision."""


def _scoped(
    connection: apsw.Connection, page: Page, channels: frozenset[str], known: Numbers
) -> tuple[list[Change], bool]:
    since, limit = page.since, page.limit
    numbers = _active(connection, channel_numbers(connection, channels, known), since)
    rows: list[FeedRow] = []
    for row in _merged(connection, numbers, since, limit):
        if rows and rows[-1][0] == row[0]:
            continue  # the same document, in another of the channels
        if row[1] and not _left_for_good(connection, row, channels):
            continue
        if len(rows) == limit:
            return _changes(connection, page, rows), True
        rows.append(row)
    return _changes(connection, page, rows), False


def _merged(
    connection: apsw.Connection, numbers: list[int], since: int, limit: int
) -> Iterator[FeedRow]:
    """The rows of several channels in order of sequence; being there sorts before having left."""
    if len(numbers) == 1:
        return _rows(connection, numbers[0], since, limit + 1)
    first = max(FIRST_ROWS, 2 * limit // max(1, len(numbers)))
    return merge(*(_rows(connection, number, since, first) for number in numbers))


def _rows(connection: apsw.Connection, number: int, since: int, count: int) -> Iterator[FeedRow]:
    while True:
        rows = fetch(connection, FEED_AFTER, number, since, count)
        yield from rows
        if len(rows) < count:
            return
        since, count = rows[-1][0], 2 * count


def _left_for_good(connection: apsw.Connection, row: FeedRow, channels: frozenset[str]) -> bool:
    """Whether the document of a departure is in none of ``channels``, and left no other later."""
    inside, departures = fetch(connection, WHEREABOUTS, row[1])[0]
    if set_of(inside) & channels:
        return False
    left = departures_of(departures)
    return all(left[name].seq <= row[0] for name in left.keys() & channels)


def _changes(connection: apsw.Connection, page: Page, rows: list[FeedRow]) -> list[Change]:
    present = [seq for seq, gone, _ in rows if not gone]
    changes: list[Change] = []
    if present:
        found = fetch(connection, page.spelt(DOCUMENTS_AT), many(present))
        changes = [change_of(row) for row in found]
    if len(changes) == len(rows):
        return changes
    for seq, gone, rev in rows:
        if gone:
            changes.append(Change(seq, withheld(gone, Departure(seq, rev)), (rev,), removed=True))
    changes.sort(key=lambda change: change.seq)
    return changes
