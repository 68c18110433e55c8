"""The feed as it is read from a database's file: plain functions over one connection."""

from __future__ import annotations

from collections.abc import Iterator
from heapq import merge
from typing import NamedTuple

import apsw

from sync.record import Departure
from sync.store import Change, ChangesPage
from sync.stores.records import withheld
from sync.stores.sqlite.queries import (
    ACTIVE_CHANNELS,
    ANYTHING_AFTER,
    DOCUMENTS_AFTER,
    DOCUMENTS_AT,
    DOCUMENTS_DOWN,
    FEED_AFTER,
    WHEREABOUTS,
    fetch,
    many,
    without_bodies,
)
from sync.stores.sqlite.reads import Numbers, channel_numbers, read_state, snapshot
from sync.stores.sqlite.rows import change_of, departures_of, set_of

__all__ = ["Page", "feed_page", "has_news"]

FIRST_ROWS = 32
"""How many rows are read at first of each of many channels; twice as many each time after."""


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
    with snapshot(connection):
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
    with snapshot(connection):
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
