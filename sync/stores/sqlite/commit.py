"""How gathered batches become one transaction of a database's file.

A batch never half happens. Should a commit of several batches fail, each is tried alone, so that
one batch that cannot be stored (too large for what is left of the disk) fails only itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import apsw

from sync.store import WriteResult
from sync.stores.records import Departure, Prepared, Record, Rules, apply
from sync.stores.sqlite.queries import STATE, fetch
from sync.stores.sqlite.reads import Numbers, read_records
from sync.stores.sqlite.rows import channels_text, departures_text, rivals_text

__all__ = ["Committed", "Outcome", "commit"]

Outcome = list[WriteResult] | Exception
"""What became of one batch."""


class Committed(NamedTuple):
    """What became of gathered batches, one outcome each; and what is news: where, up to when."""

    outcomes: list[Outcome]
    channels: frozenset[str]
    fresh: bool
    counts: tuple[int, int, int]
    """The newest sequence, documents that are live, documents that are deleted."""


class _Before(NamedTuple):
    """What the file says of a document that is about to change."""

    seq: int
    channels: frozenset[str]
    left: dict[str, Departure]
    spares: frozenset[str]
    deleted: bool


def commit(
    connection: apsw.Connection, batches: Sequence[Prepared], rules: Rules, known: Numbers
) -> Committed:
    """Commit ``batches``, all together or, if that fails, each by itself."""
    try:
        return _together(connection, batches, rules, known)
    except Exception as error:  # noqa: BLE001 - whatever it is belongs to the batch that caused it
        _roll_back(connection)
        if len(batches) == 1:
            return Committed([error], frozenset(), False, (0, 0, 0))
    return _add_up([commit(connection, [batch], rules, known) for batch in batches])


def _add_up(parts: list[Committed]) -> Committed:
    outcomes = [outcome for part in parts for outcome in part.outcomes]
    channels = frozenset[str]().union(*(part.channels for part in parts))
    fresh = any(part.fresh for part in parts)
    return Committed(outcomes, channels, fresh, max(part.counts for part in parts))


def _roll_back(connection: apsw.Connection) -> None:
    if connection.in_transaction:  # some errors have ended it already
        connection.execute("ROLLBACK")


def _together(
    connection: apsw.Connection, batches: Sequence[Prepared], rules: Rules, known: Numbers
) -> Committed:
    connection.execute("BEGIN IMMEDIATE")
    work = _Transaction(connection, rules, known)
    outcomes: list[Outcome] = [work.take(batch) for batch in batches]
    work.flush()
    connection.execute("COMMIT")
    known |= work.new_numbers
    return Committed(outcomes, frozenset(work.touched), bool(work.changed), work.counts)


class _Transaction:
    """The work of one transaction: documents are changed in memory first, then written at once."""

    def __init__(self, connection: apsw.Connection, rules: Rules, known: Numbers) -> None:
        self._connection = connection
        self._rules = rules
        self._known = known
        self.counts: tuple[int, int, int] = fetch(connection, STATE)[0][1:]
        self._seq = self.counts[0]
        self._records: dict[str, Record] = {}
        self._before: dict[str, _Before] = {}
        self.new_numbers: Numbers = {}
        self.changed: dict[str, Record] = {}
        self.touched: set[str] = set()
        self._local: dict[str, bytes | None] = {}

    def take(self, batch: Prepared) -> list[WriteResult]:
        """Apply a batch to the documents in memory."""
        self._load({write.id for write, _ in batch.writes} - self._records.keys())
        self._local |= batch.local
        results: list[WriteResult] = []
        records, rules = self._records, self._rules
        for write, body in batch.writes:
            record, result = apply(records.get(write.id), write, body, self._seq + 1, rules)
            results.append(result)
            if result.fresh and record is not None:
                self._seq += 1
                self.changed[write.id] = records[write.id] = record
        return results

    def _load(self, ids: Iterable[str]) -> None:
        for name, record in read_records(self._connection, tuple(ids)).items():
            self._records[name] = record
            self._before[name] = _Before(
                record.seq,
                record.channels,
                dict(record.left),
                frozenset(record.spares),
                record.deleted,
            )

    def flush(self) -> None:
        """Write everything that changed."""
        self._write_local()
        if not self.changed:
            return
        old = [(name, before) for name, before in self._before.items() if name in self.changed]
        if old:
            self._erase(old)
        self._many(
            "INSERT INTO docs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [_row(record) for record in self.changed.values()],
        )
        self._write_feed(dict(old))
        self._write_state(dict(old))

    def _many(self, sql: str, rows: Sequence[tuple[Any, ...]]) -> None:
        if rows:
            self._connection.executemany(sql, rows)

    def _write_local(self) -> None:
        kept = [(name, body) for name, body in self._local.items() if body is not None]
        gone = [(name,) for name, body in self._local.items() if body is None]
        self._many("INSERT OR REPLACE INTO local VALUES (?, ?)", kept)
        self._many("DELETE FROM local WHERE id = ?", gone)

    def _erase(self, old: list[tuple[str, _Before]]) -> None:
        """Take out the rows of documents as they were."""
        self._many("DELETE FROM docs WHERE seq = ?", [(before.seq,) for _, before in old])
        rows = [(self._number(c), before.seq) for _, before in old for c in before.channels]
        for name, before in old:
            left = self.changed[name].left
            rows += [
                (self._number(channel), departure.seq)
                for channel, departure in before.left.items()
                if left.get(channel) != departure
            ]
        self._many("DELETE FROM feed WHERE channel = ? AND seq = ?", rows)
        gone = [
            (name, rev)
            for name, before in old
            for rev in before.spares - self.changed[name].spares.keys()
        ]
        self._many("DELETE FROM spares WHERE id = ? AND rev = ?", gone)

    def _write_feed(self, old: dict[str, _Before]) -> None:
        rows: list[tuple[int, int, str, str]] = []
        spares: list[tuple[str, str, bool, str | None, bytes]] = []
        for name, record in self.changed.items():
            self.touched |= record.channels
            rows += [(self._number(channel), record.seq, "", "") for channel in record.channels]
            before = old.get(name)
            for channel, (seq, rev) in record.left.items():
                if before is None or before.left.get(channel) != (seq, rev):
                    self.touched.add(channel)
                    rows.append((self._number(channel), seq, name, rev))
            for rev, spare in record.spares.items():
                if before is None or rev not in before.spares:
                    text = channels_text(spare.channels)
                    spares.append((name, rev, spare.deleted, text, spare.body))
        self._many("INSERT INTO feed VALUES (?, ?, ?, ?)", rows)
        self._many("INSERT INTO spares VALUES (?, ?, ?, ?, ?)", spares)

    def _write_state(self, old: dict[str, _Before]) -> None:
        _, live, deleted = self.counts
        deleted -= sum(before.deleted for before in old.values())
        live -= sum(not before.deleted for before in old.values())
        deleted += (now := sum(record.deleted for record in self.changed.values()))
        live += len(self.changed) - now
        self.counts = (self._seq, live, deleted)
        sql = "UPDATE state SET update_seq = ?, doc_count = ?, deleted_count = ?"
        self._connection.execute(sql, self.counts)

    def _number(self, channel: str) -> int:
        number = self._known.get(channel) or self.new_numbers.get(channel)
        if number is None:
            sql = """INSERT INTO channels (name) VALUES (?)
                     ON CONFLICT DO UPDATE SET name = name RETURNING number"""
            number = int(fetch(self._connection, sql, channel)[0][0])
            self.new_numbers[channel] = number
        return number


def _row(record: Record) -> tuple[Any, ...]:
    tree = record.tree
    return (
        record.seq,
        record.id,
        record.rev,
        record.deleted,
        channels_text(record.channels),
        departures_text(record.left),
        rivals_text(tree),
        record.body,
        None if tree is None else tree.encode(),
    )
