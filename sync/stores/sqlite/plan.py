"""What gathered batches become: results, and the statements of one transaction.

Documents are read and changed in memory; nothing is written here. Nobody else writes to the
database between the plan and its commit.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import apsw

from sync.store import WriteResult
from sync.stores.records import Departure, Prepared, Record, Rules, apply
from sync.stores.sqlite.queries import LAST_CHANNEL, STATE, fetch
from sync.stores.sqlite.reads import Numbers, channel_numbers, read_records
from sync.stores.sqlite.rows import channels_text, departures_text, rivals_text
from sync.stores.sqlite.statements import Statement, for_rows

__all__ = ["Counts", "Plan"]


class Counts(NamedTuple):
    """The newest sequence, and how many documents are live and deleted."""

    update_seq: int
    doc_count: int
    deleted_count: int


class _Before(NamedTuple):
    """What the file says of a document that is about to change."""

    seq: int
    channels: frozenset[str]
    left: dict[str, Departure]
    spares: frozenset[str]
    deleted: bool


class Plan:
    """One transaction in the making."""

    def __init__(self, connection: apsw.Connection, rules: Rules, known: Numbers) -> None:
        self._connection = connection
        self._rules = rules
        self._known = known
        _, *counts = fetch(connection, STATE)[0]
        self.counts = Counts(*counts)
        self._seq = self.counts.update_seq
        self._records: dict[str, Record] = {}
        self._before: dict[str, _Before] = {}
        self._changed: dict[str, Record] = {}
        self._local: dict[str, bytes | None] = {}
        self.new_numbers: Numbers = {}
        """Channels that the database hears of for the first time."""
        self.touched: set[str] = set()
        """Channels in which there is news."""

    @property
    def is_news(self) -> bool:
        """Whether any document changes."""
        return bool(self._changed)

    def take(self, batch: Prepared) -> list[WriteResult]:
        """Add a batch; return what becomes of its writes once the plan is carried out."""
        self._load([write.id for write, _ in batch.writes])
        self._local |= batch.local
        results: list[WriteResult] = []
        records, changed, rules = self._records, self._changed, self._rules
        for write, body in batch.writes:
            record, result = apply(records.get(write.id), write, body, self._seq + 1, rules)
            results.append(result)
            if result.fresh and record is not None:
                self._seq += 1
                changed[write.id] = records[write.id] = record
        return results

    def _load(self, ids: list[str]) -> None:
        unread = [name for name in ids if name not in self._records]
        for name, record in read_records(self._connection, unread).items():
            self._records[name] = record
            self._before[name] = _Before(
                record.seq,
                record.channels,
                dict(record.left),
                frozenset(record.spares),
                record.deleted,
            )

    def statements(self) -> list[Statement]:
        """The statements that write everything that changed; may be none."""
        written = list(self._write_local())
        if self._changed:
            old = {name: was for name, was in self._before.items() if name in self._changed}
            self._number_channels()
            written += for_rows("INSERT INTO channels VALUES ", [*_pairs(self.new_numbers)])
            written += self._erase(old)
            rows = [_row(record) for record in self._changed.values()]
            written += for_rows("INSERT INTO docs VALUES ", rows)
            written += self._write_feed(old)
            written += self._write_spares()
            written.append(self._write_state(old))
        return written

    def _write_local(self) -> Iterator[Statement]:
        kept = [(name, body) for name, body in self._local.items() if body is not None]
        gone = [(name,) for name, body in self._local.items() if body is None]
        yield from for_rows("INSERT OR REPLACE INTO local VALUES ", kept)
        yield from for_rows("DELETE FROM local WHERE id IN (VALUES ", gone, ")")

    def _number_channels(self) -> None:
        """Number the channels that the database has not heard of."""
        named: set[str] = set()
        for record in self._changed.values():
            named |= record.channels
            named.update(record.left)
        channel_numbers(self._connection, frozenset(named), self._known)
        new = sorted(named - self._known.keys())
        if new:
            last = fetch(self._connection, LAST_CHANNEL)[0][0] or 0
            self.new_numbers = {name: number for number, name in enumerate(new, last + 1)}
        self._numbers = self._known | self.new_numbers if new else self._known

    def _erase(self, old: dict[str, _Before]) -> Iterator[Statement]:
        """Take out the rows of documents as they were."""
        if not old:
            return
        numbers = self._numbers
        rows = [(numbers[channel], was.seq) for was in old.values() for channel in was.channels]
        gone: list[tuple[str, str]] = []
        for name, was in old.items():
            now = self._changed[name]
            rows += [
                (numbers[channel], departure.seq)
                for channel, departure in was.left.items()
                if now.left.get(channel) != departure
            ]
            gone += [(name, rev) for rev in was.spares | now.forgotten]
        seqs = [(was.seq,) for was in old.values()]
        yield from for_rows("DELETE FROM docs WHERE seq IN (VALUES ", seqs, ")")
        yield from for_rows("DELETE FROM feed WHERE (channel, seq) IN (VALUES ", rows, ")")
        yield from for_rows("DELETE FROM spares WHERE (id, rev) IN (VALUES ", gone, ")")

    def _write_feed(self, old: dict[str, _Before]) -> Iterator[Statement]:
        rows: list[tuple[int, int, str, str]] = []
        numbers = self._numbers
        for name, record in self._changed.items():
            self.touched |= record.channels
            rows += [(numbers[channel], record.seq, "", "") for channel in record.channels]
            if not record.left:
                continue
            before = old[name].left if name in old else {}
            for channel, departure in record.left.items():
                if before.get(channel) != departure:
                    self.touched.add(channel)
                    rows.append((numbers[channel], departure.seq, name, departure.rev))
        yield from for_rows("INSERT INTO feed VALUES ", rows)

    def _write_spares(self) -> Iterator[Statement]:
        rows = [
            (name, rev, spare.deleted, channels_text(spare.channels), spare.body)
            for name, record in self._changed.items()
            for rev, spare in record.spares.items()
        ]
        yield from for_rows("INSERT INTO spares VALUES ", rows)

    def _write_state(self, old: dict[str, _Before]) -> Statement:
        _, live, deleted = self.counts
        deleted -= sum(was.deleted for was in old.values())
        live -= sum(not was.deleted for was in old.values())
        deleted_now = sum(record.deleted for record in self._changed.values())
        live += len(self._changed) - deleted_now
        self.counts = Counts(self._seq, live, deleted + deleted_now)
        sql = "UPDATE state SET update_seq = ?, doc_count = ?, deleted_count = ?"
        return Statement(sql, self.counts)


def _pairs(numbers: Numbers) -> Iterator[tuple[int, str]]:
    return ((number, name) for name, number in numbers.items())


def _row(record: Record) -> tuple[Any, ...]:
    tree = record.tree
    return (
        record.seq,
        record.id,
        record.rev,
        record.deleted,
        channels_text(record.channels),
        departures_text(record.left) if record.left else None,
        None if tree is None else rivals_text(tree),
        record.body,
        None if tree is None else tree.encode(),
    )
