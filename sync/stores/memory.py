"""The store in memory: for tests and trials, and the plain statement of what every store does.

Nothing is indexed: a read looks at every document. What the SQLite store answers is compared with
what this one answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import orjson
from typing_extensions import override

from sync.errors import DatabaseExists, DatabaseMissing, StoreClosed
from sync.store import (
    Change,
    ChangesPage,
    Database,
    DatabaseInfo,
    Document,
    Store,
    WriteBatch,
    WriteResult,
)
from sync.stores.names import check_name
from sync.stores.records import (
    Record,
    Rules,
    apply,
    missing_of,
    prepare,
    seen_from,
    withheld,
)
from sync.stores.waiters import Waiters

__all__ = ["MemoryDatabase", "MemoryStore", "new_epoch"]


def new_epoch() -> str:
    """Sixteen random hex digits."""
    return secrets.token_hex(8)


class MemoryDatabase(Database):
    """One database in memory; see :class:`sync.store.Database`."""

    def __init__(self, name: str, epoch: str, rules: Rules) -> None:
        self._name = name
        self._epoch = epoch
        self._rules = rules
        self._records: dict[str, Record] = {}
        self._local: dict[str, bytes] = {}
        self._seq = 0
        self._waiters = Waiters()
        self._gone: DatabaseMissing | StoreClosed | None = None

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    async def info(self) -> DatabaseInfo:
        records = self._all().values()
        deleted = sum(record.deleted for record in records)
        return DatabaseInfo(self._name, self._epoch, self._seq, len(records) - deleted, deleted)

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        prepared = prepare(batch)
        records = self._all()
        results: list[WriteResult] = []
        touched: set[str] = set()
        for write, body in prepared.writes:
            before = records.get(write.id)
            touched_before = before.channels if before else frozenset()
            record, result = apply(before, write, body, self._seq + 1, self._rules)
            results.append(result)
            if result.fresh and record:
                self._seq += 1
                records[write.id] = record
                touched |= touched_before | record.channels
        for name, raw in prepared.local.items():
            if raw is None:
                self._local.pop(name, None)
            else:
                self._local[name] = raw
        if any(result.fresh for result in results):
            self._waiters.notify(self._seq, touched)
        return results

    @override
    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        found = map(self._all().get, ids)
        return [record.winner() if record else None for record in found]

    @override
    async def read_revision(self, id: str, rev: str) -> Document | None:
        record = self._all().get(id)
        return record.revision(rev) if record else None

    @override
    async def leaves(self, id: str) -> list[Document]:
        record = self._all().get(id)
        return record.leaves() if record else []

    @override
    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        records = self._all()
        found = {name: missing_of(records.get(name), asked) for name, asked in revs.items()}
        return {name: absent for name, absent in found.items() if absent}

    @override
    async def range(
        self, start: str, end: str, *, limit: int | None = None, descending: bool = False
    ) -> list[Document]:
        records = self._all()
        ids = sorted((name for name in records if start <= name <= end), reverse=descending)
        live = [name for name in ids if not records[name].deleted]
        return [records[name].winner(history=False) for name in live[:limit]]

    @override
    async def read_local(self, id: str) -> Mapping[str, Any] | None:
        self._all()
        raw = self._local.get(id)
        body: Mapping[str, Any] | None = None if raw is None else orjson.loads(raw)
        return body

    @override
    async def changes(
        self, since: int, *, channels: frozenset[str] | None = None, limit: int = 1000
    ) -> ChangesPage:
        news = [change for change in self._feed(channels) if change.seq > since]
        news.sort(key=lambda change: change.seq)
        page, more = tuple(news[:limit]), len(news) > limit
        last = (page[-1].seq if page else since) if more else max(since, self._seq)
        return ChangesPage(page, last, more)

    @override
    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        if any(change.seq > since for change in self._feed(channels)):
            return True
        return await self._waiters.wait(since, channels, timeout_s)

    def _feed(self, channels: frozenset[str] | None) -> list[Change]:
        feed: list[Change] = []
        for record in self._all().values():
            seen = seen_from(record, channels)
            if seen is None:
                continue
            if seen[1] is not None:
                gone = withheld(record.id, seen[1])
                feed.append(Change(seen[0], gone, (gone.rev,), removed=True))
            else:
                leaves = tuple(leaf.rev for leaf in record.whole_tree().leaves())
                feed.append(Change(record.seq, record.winner(history=False), leaves))
        return feed

    def _all(self) -> dict[str, Record]:
        if self._gone:
            raise self._gone
        return self._records

    def let_go(self, why: DatabaseMissing | StoreClosed) -> None:
        """Answer every later call with ``why``, and wake whoever waits."""
        self._gone = why
        self._waiters.close()


class MemoryStore(Store):
    """Databases in memory; see :class:`sync.store.Store`."""

    def __init__(
        self, rules: Rules | None = None, *, epochs: Callable[[], str] = new_epoch
    ) -> None:
        self._rules = rules or Rules()
        self._epochs = epochs
        self._databases: dict[str, MemoryDatabase] = {}
        self._closed = False

    @override
    async def names(self) -> list[str]:
        return sorted(self._open())

    @override
    async def create(self, name: str) -> MemoryDatabase:
        if check_name(name) in self._open():
            raise DatabaseExists(f"There is a database {name!r} already; open that, or delete it.")
        database = MemoryDatabase(name, self._epochs(), self._rules)
        self._databases[name] = database
        return database

    @override
    async def open(self, name: str) -> MemoryDatabase:
        try:
            return self._open()[check_name(name)]
        except KeyError:
            raise DatabaseMissing(f"There is no database {name!r}; create it first.") from None

    @override
    async def delete(self, name: str) -> None:
        database = await self.open(name)
        del self._databases[name]
        database.let_go(DatabaseMissing(f"The database {name!r} was deleted."))

    @override
    async def close(self) -> None:
        self._closed = True
        for database in self._databases.values():
            database.let_go(StoreClosed("The store is closed."))

    def _open(self) -> dict[str, MemoryDatabase]:
        if self._closed:
            raise StoreClosed("The store is closed.")
        return self._databases
