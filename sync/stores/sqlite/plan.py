"""What gathered batches become: results, and the statements of one transaction.

Documents are read and changed in memory; nothing is written here. Nobody else writes to the
database between the plan and its commit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import apsw

from sync.attachments import Kept
from sync.record import Departure, Record, Spare
from sync.store import Write, WriteResult
from sync.stores.records import NOWHERE, Prepared, Rules, apply, purge, uploads_of
from sync.stores.sqlite.queries import LAST_CHANNEL, fetch
from sync.stores.sqlite.reads import Numbers, channel_numbers, read_records, read_state
from sync.stores.sqlite.rows import (
    attachments_text,
    channels_text,
    departures_text,
    read_all_spares,
    rivals_text,
)
from sync.stores.sqlite.statements import Statement, for_rows

__all__ = ["Plan"]


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
        self._known = known
        self.state = read_state(connection)
        """The state row: once the statements are made, as they leave it."""
        limit = self.state.revs_limit
        self._rules = rules if limit is None else replace(rules, revs_limit=limit)
        self._seq = self.state.update_seq
        self._records: dict[str, Record] = {}
        self._before: dict[str, _Before] = {}
        self._changed: dict[str, Record] = {}
        self._purged: set[str] = set()
        self._local: dict[str, bytes | None] = {}
        self._blobs: dict[str, bytes] = {}
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
        if self._rules.keep_superseded:
            for write, _ in batch.writes:
                if write.history and write.attachments:
                    self._load_superseded(write)
        self._local |= batch.local
        results: list[WriteResult] = []
        records, changed, rules = self._records, self._changed, self._rules
        for write, body in batch.writes:
            record, result = apply(records.get(write.id), write, body, self._seq + 1, rules)
            results.append(result)
            if result.fresh and record is not None:
                self._seq += 1
                changed[write.id] = records[write.id] = record
                if write.attachments:
                    self._blobs |= {upload.key: upload.data for upload in uploads_of(write)}
        return results

    def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Take leaves out; return which were leaves. A plan that purges does nothing else."""
        self._load(list(revs))
        purged: dict[str, list[str]] = {}
        for name, asked in revs.items():
            record = self._records.get(name)
            before = record.channels if record else NOWHERE
            purged[name] = purge(record, asked, self._seq + 1) if record else []
            if record is None or not purged[name]:
                continue
            self._seq += 1
            if record.seq == self._seq:
                self._changed[name] = record
                self.touched |= before
            else:
                self._purged.add(name)
        count = sum(map(bool, purged.values()))
        self.state = self.state._replace(purge_seq=self.state.purge_seq + count)
        return purged

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

    def _load_superseded(self, write: Write) -> None:
        """Load what else is kept of a document, of which a replicator keeps an attachment."""
        if write.id not in self._before or not any(
            isinstance(given, Kept) for given in write.attachments.values()
        ):
            return
        record = self._records[write.id]
        known = record.whole_tree().revisions() - record.spares.keys() - {record.rev}
        found = read_all_spares(self._connection, write.id)
        record.spares |= {rev: spare for rev, spare in found.items() if rev in known}
        before = self._before[write.id]
        self._before[write.id] = before._replace(spares=before.spares | found.keys())

    def statements(self) -> list[Statement]:
        """The statements that write everything that changed; may be none."""
        written = list(self._write_local())
        if self._changed or self._purged:
            moved = self._changed.keys() | self._purged
            old = {name: was for name, was in self._before.items() if name in moved}
            self._number_channels()
            written += for_rows("INSERT INTO channels VALUES ", [*_pairs(self.new_numbers)])
            written += self._erase(old)
            rows = [_row(record) for record in self._changed.values()]
            written += for_rows("INSERT INTO docs VALUES ", rows)
            written += self._write_feed(old)
            written += self._write_spares(old)
            blobs = list(self._blobs.items())
            written += for_rows("INSERT OR IGNORE INTO blobs (key, data) VALUES ", blobs)
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
        for name in self._purged:
            named.update(self._before[name].channels, self._before[name].left)
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
            now = self._changed.get(name)
            left = now.left if now else {}
            rows += [
                (numbers[channel], departure.seq)
                for channel, departure in was.left.items()
                if left.get(channel) != departure
            ]
            if now is not None and (was.spares or now.forgotten):
                gone += [(name, rev) for rev in (was.spares - now.spares.keys()) | now.forgotten]
        seqs = [(was.seq,) for was in old.values()]
        yield from for_rows("DELETE FROM docs WHERE seq IN (VALUES ", seqs, ")")
        yield from for_rows("DELETE FROM feed WHERE (channel, seq) IN (VALUES ", rows, ")")
        yield from for_rows("DELETE FROM spares WHERE (id, rev) IN (VALUES ", gone, ")")
        purged = [(name,) for name in self._purged]
        yield from for_rows("DELETE FROM spares WHERE id IN (VALUES ", purged, ")")

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

    def _write_spares(self, old: dict[str, _Before]) -> Iterator[Statement]:
        rows: list[tuple[Any, ...]] = []
        for name, record in self._changed.items():
            if record.spares:
                there = old[name].spares - record.forgotten if name in old else frozenset()
                rows += [
                    _spare_row(name, rev, spare)
                    for rev, spare in record.spares.items()
                    if rev not in there
                ]
        yield from for_rows("INSERT INTO spares VALUES ", rows)

    def _write_state(self, old: dict[str, _Before]) -> Statement:
        state = self.state
        deleted_then = sum(was.deleted for was in old.values())
        deleted_now = sum(record.deleted for record in self._changed.values())
        live = state.doc_count - (len(old) - deleted_then) + (len(self._changed) - deleted_now)
        deleted = state.deleted_count - deleted_then + deleted_now
        self.state = state._replace(update_seq=self._seq, doc_count=live, deleted_count=deleted)
        sql = "UPDATE state SET update_seq = ?, doc_count = ?, deleted_count = ?, purge_seq = ?"
        return Statement(sql, self.state[1:5])


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
        attachments_text(record.attachments) if record.attachments else None,
    )


def _spare_row(name: str, rev: str, spare: Spare) -> tuple[Any, ...]:
    files = attachments_text(spare.attachments) if spare.attachments else None
    return (name, rev, spare.deleted, channels_text(spare.channels), spare.body, files)
