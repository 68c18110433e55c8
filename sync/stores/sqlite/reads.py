"""What is read from a database's file: plain functions over one connection."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from heapq import merge
from typing import Any

import apsw
import orjson

from sync.store import Change, ChangesPage, DatabaseInfo, Document
from sync.stores.records import Departure, Record, missing_of, withheld
from sync.stores.sqlite.queries import (
    ACTIVE_CHANNELS,
    CHANNEL_NUMBER,
    DOCUMENTS_AFTER,
    DOCUMENTS_AT,
    FEED_AFTER,
    LOCAL,
    RANGE_DOWN,
    RANGE_UP,
    RECORDS,
    STATE,
    WHEREABOUTS,
    fetch,
    many,
)
from sync.stores.sqlite.rows import (
    change_of,
    departures_of,
    document_of,
    read_spares,
    record_of,
    set_of,
)

__all__ = [
    "channel_numbers",
    "feed_page",
    "has_news",
    "read_info",
    "read_leaves",
    "read_local",
    "read_missing",
    "read_range",
    "read_records",
    "read_revision",
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


def read_info(connection: apsw.Connection, name: str) -> DatabaseInfo:
    """The state row."""
    return DatabaseInfo(name, *fetch(connection, STATE)[0])


def read_records(connection: apsw.Connection, ids: Sequence[str]) -> dict[str, Record]:
    """The records of those ``ids`` that there are."""
    if not ids:
        return {}
    rows = fetch(connection, RECORDS, many(ids))
    return {row[1]: record_of(row, connection) for row in rows}


def read_winners(connection: apsw.Connection, ids: Sequence[str]) -> list[Document | None]:
    """The documents asked for, in order."""
    with _snapshot(connection):
        records = read_records(connection, ids)
    found = map(records.get, ids)
    return [record.winner() if record else None for record in found]


def read_revision(connection: apsw.Connection, name: str, rev: str) -> Document | None:
    """One revision, if its body is kept."""
    with _snapshot(connection):
        record = read_records(connection, (name,)).get(name)
        if record is None:
            return None
        if rev != record.rev and rev not in record.spares:
            record.spares |= read_spares(connection, name, (rev,))
    return record.revision(rev)


def read_leaves(connection: apsw.Connection, name: str) -> list[Document]:
    """Every leaf, the winner first."""
    with _snapshot(connection):
        record = read_records(connection, (name,)).get(name)
    return record.leaves() if record else []


def read_missing(
    connection: apsw.Connection, revs: Mapping[str, Sequence[str]]
) -> dict[str, list[str]]:
    """Of the revisions asked about, those that the trees do not hold."""
    with _snapshot(connection):
        records = read_records(connection, tuple(revs))
    found = {name: missing_of(records.get(name), asked) for name, asked in revs.items()}
    return {name: absent for name, absent in found.items() if absent}


def read_range(
    connection: apsw.Connection, start: str, end: str, *, limit: int, descending: bool
) -> list[Document]:
    """Live documents between two ids, both included; ``limit`` -1 for all."""
    sql = RANGE_DOWN if descending else RANGE_UP
    return [document_of(row) for row in fetch(connection, sql, start, end, limit)]


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
        return read_info(connection, "").update_seq > since
    with _snapshot(connection):
        return bool(_active(connection, channel_numbers(connection, channels, known), since))


def feed_page(
    connection: apsw.Connection,
    since: int,
    channels: frozenset[str] | None,
    limit: int,
    known: Numbers,
) -> ChangesPage:
    """A page of the feed; see :meth:`sync.store.Database.changes`."""
    with _snapshot(connection):
        if channels is None:
            rows = fetch(connection, DOCUMENTS_AFTER, since, limit + 1)
            changes = [change_of(row) for row in rows[:limit]]
            more = len(rows) > limit
        else:
            changes, more = _scoped(connection, since, channels, limit, known)
        if not more:
            return ChangesPage(
                tuple(changes), max(since, read_info(connection, "").update_seq), more=False
            )
    return ChangesPage(tuple(changes), changes[-1].seq if changes else since, more=True)


FeedRow = tuple[int, str, str]
"""Sequence; the id of a document that left, or empty; with which revision."""


def _scoped(
    connection: apsw.Connection, since: int, channels: frozenset[str], limit: int, known: Numbers
) -> tuple[list[Change], bool]:
    numbers = _active(connection, channel_numbers(connection, channels, known), since)
    rows: list[FeedRow] = []
    for row in _merged(connection, numbers, since, limit):
        if rows and rows[-1][0] == row[0]:
            continue  # the same document, in another of the channels
        if row[1] and not _left_for_good(connection, row, channels):
            continue
        if len(rows) == limit:
            return _changes(connection, rows), True
        rows.append(row)
    return _changes(connection, rows), False


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


def _changes(connection: apsw.Connection, rows: list[FeedRow]) -> list[Change]:
    present = [seq for seq, gone, _ in rows if not gone]
    changes: list[Change] = []
    if present:
        changes = [change_of(row) for row in fetch(connection, DOCUMENTS_AT, many(present))]
    if len(changes) == len(rows):
        return changes
    for seq, gone, rev in rows:
        if gone:
            changes.append(Change(seq, withheld(gone, Departure(seq, rev)), (rev,), removed=True))
    changes.sort(key=lambda change: change.seq)
    return changes
