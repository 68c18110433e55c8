"""The store in memory: for tests and trials, and the plain statement of what every store does.

Nothing is indexed: a read looks at every document. What the SQLite store answers is compared with
what this one answers.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

import orjson
from typing_extensions import override

from sync.checks import check_bounds, check_revisions
from sync.errors import DatabaseExists, DatabaseMissing, StoreClosed
from sync.store import (
    Change,
    ChangesPage,
    Database,
    DatabaseInfo,
    DatabaseSettings,
    Document,
    Missing,
    Record,
    Store,
    WriteBatch,
    WriteResult,
)
from sync.stores.marks import mark_of, place_in
from sync.stores.names import check_name
from sync.stores.records import (
    EMPTY_BODY,
    NOWHERE,
    Rules,
    apply,
    check_direction,
    check_settings,
    missing_of,
    prepare,
    purge,
    seen_from,
    uploads_of,
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
        self._blobs: dict[str, bytes] = {}
        self._security = b"{}"
        self._seq = 0
        self._purge_seq = 0
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
        size = sum(len(record.body) for record in records) + sum(map(len, self._blobs.values()))
        return DatabaseInfo(
            self._name,
            self._epoch,
            self._seq,
            len(records) - deleted,
            deleted,
            self._purge_seq,
            size,
            size,
        )

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
                self._blobs |= {upload.key: upload.data for upload in uploads_of(write)}
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
    async def record(self, id: str) -> Record | None:
        record = self._all().get(id)
        return replace(record, spares=dict(record.spares)) if record else None

    @override
    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, Missing]:
        records = self._all()
        found = {name: missing_of(records.get(name), asked) for name, asked in revs.items()}
        return {name: absent for name, absent in found.items() if absent}

    @override
    async def attachment(self, key: str) -> bytes | None:
        self._all()
        return self._blobs.get(key)

    @override
    async def range(
        self,
        start: str,
        end: str,
        *,
        limit: int | None = None,
        skip: int = 0,
        descending: bool = False,
    ) -> list[Document]:
        live = sorted(self._live(start, end), reverse=descending)
        page = live[skip:] if limit is None else live[skip : skip + limit]
        return [self._records[name].winner(history=False) for name in page]

    @override
    async def count(self, start: str, end: str) -> int:
        return len(self._live(start, end))

    @override
    async def read_local(self, id: str) -> Mapping[str, Any] | None:
        self._all()
        raw = self._local.get(id)
        body: Mapping[str, Any] | None = None if raw is None else orjson.loads(raw)
        return body

    @override
    async def changes(
        self,
        since: int,
        *,
        channels: frozenset[str] | None = None,
        limit: int = 1000,
        descending: bool = False,
        bodies: bool = True,
    ) -> ChangesPage:
        check_direction(channels, descending=descending)
        news = [change for change in self._feed(channels, bodies=bodies) if change.seq > since]
        news.sort(key=lambda change: change.seq, reverse=descending)
        page, more = tuple(news[:limit]), len(news) > limit
        last = page[-1].seq if page else since
        return ChangesPage(page, last if more or descending else max(since, self._seq), more)

    @override
    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        if any(change.seq > since for change in self._feed(channels)):
            return True
        return await self._waiters.wait(since, channels, timeout_s)

    @override
    async def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        for asked in revs.values():
            check_revisions(asked)
        records = self._all()
        touched: set[str] | None = None
        purged: dict[str, list[str]] = {}
        for name, asked in revs.items():
            record = records.get(name)
            before = record.channels if record else NOWHERE
            purged[name] = purge(record, asked, self._seq + 1) if record else []
            if record is None or not purged[name]:
                continue
            self._seq += 1
            self._purge_seq += 1
            if record.seq == self._seq:
                touched = (touched or set()) | before | record.channels
            else:
                del records[name]
        if touched is not None:
            self._waiters.notify(self._seq, touched)
        return purged

    @override
    async def compact(self) -> None:
        used: set[str] = set()
        for record in self._all().values():
            leaves = {leaf.rev for leaf in record.whole_tree().leaves()}
            record.spares = {rev: kept for rev, kept in record.spares.items() if rev in leaves}
            files = [record.attachments, *(kept.attachments for kept in record.spares.values())]
            used.update(one.key for some in files for one in some)
        self._blobs = {key: data for key, data in self._blobs.items() if key in used}

    @override
    async def settings(self) -> DatabaseSettings:
        self._all()
        return DatabaseSettings(self._rules.revs_limit, orjson.loads(self._security))

    @override
    async def configure(
        self, *, revs_limit: int | None = None, security: Mapping[str, Any] | None = None
    ) -> None:
        self._all()
        limit, raw = check_settings(revs_limit, security)
        self._rules = replace(self._rules, revs_limit=limit or self._rules.revs_limit)
        self._security = raw or self._security

    @override
    def mark(self, seq: int) -> str:
        return mark_of(self._epoch, seq)

    @override
    async def locate(self, mark: str) -> int | None:
        self._all()
        return await place_in(self, mark, self._epoch, self._seq)

    @override
    async def catch_up(self) -> None:
        self._all()

    @override
    async def claim(self, task: str, for_s: float) -> bool:
        self._all()
        return True

    def _live(self, start: str, end: str) -> list[str]:
        check_bounds(start, end)
        records = self._all()
        return [name for name in records if start <= name <= end and not records[name].deleted]

    def _feed(self, channels: frozenset[str] | None, *, bodies: bool = True) -> list[Change]:
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
                shown = record if bodies else replace(record, body=EMPTY_BODY)
                feed.append(Change(record.seq, shown.winner(history=False), leaves))
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

    @property
    @override
    def shared(self) -> bool:
        return False

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
    async def scrub(self, name: str) -> None:
        await self.open(name)

    @override
    async def close(self) -> None:
        self._closed = True
        for database in self._databases.values():
            database.let_go(StoreClosed("The store is closed."))

    def _open(self) -> dict[str, MemoryDatabase]:
        if self._closed:
            raise StoreClosed("The store is closed.")
        return self._databases
