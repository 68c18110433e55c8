"""One database of the CouchDB store: written to CouchDB, read from this gateway's mirror.

Batches that come in while another is being written are gathered into one request. Local documents
are read and written in CouchDB itself, after all else of their batch.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, NamedTuple

import orjson
from typing_extensions import override

from sync import lineage
from sync.attachments import Upload
from sync.checks import check_local
from sync.errors import BadDocument, DatabaseMissing, StoreError
from sync.revisions import REVS_LIMIT
from sync.store import (
    ChangesPage,
    Database,
    DatabaseInfo,
    DatabaseSettings,
    Document,
    Missing,
    Record,
    WriteBatch,
    WriteResult,
)
from sync.stores.couchdb.following import Following, Seats
from sync.stores.couchdb.leases import Leases
from sync.stores.couchdb.mirror import Mirror, Place
from sync.stores.couchdb.remote import BEGINNING, Remote
from sync.stores.couchdb.settings import CouchSettings
from sync.stores.couchdb.writing import Draft, Writer
from sync.stores.records import Rules, check_settings, prepare

__all__ = ["EPOCH", "CouchDatabase", "Shared"]

EPOCH = "tidemark"
"""The local document in CouchDB that holds a database's epoch: ``{"epoch": …}``."""
PURGED_EACH = 100
"""Documents that CouchDB purges in one request."""
REMEMBERED_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Shared:
    """What the databases of a store share. ``by``: this gateway, at random."""

    settings: CouchSettings
    rules: Rules
    seats: Seats
    leases: Leases
    now_s: Callable[[], float]
    by: str


class _Pending(NamedTuple):
    """A batch that waits for its commit: drafts of its writes and of its seal, local documents."""

    writes: list[Draft]
    seal: list[Draft]
    local: Mapping[str, Mapping[str, Any] | None]
    answer: asyncio.Future[list[WriteResult]]


class CouchDatabase(Database):
    """See :class:`sync.store.Database`."""

    def __init__(self, name: str, remote: Remote, mirror: Mirror, shared: Shared) -> None:
        self._name = name
        self._remote = remote
        self._mirror = mirror
        self._shared = shared
        self._following = Following(
            remote,
            mirror,
            shared.settings,
            shared.seats,
            shared.now_s,
            self._vouch,
            self.let_go,
        )
        self._pending: deque[_Pending] = deque()
        self._writing: asyncio.Task[None] | None = None
        self._places: dict[str, int] = {}
        self._gone: StoreError | None = None

    @property
    @override
    def name(self) -> str:
        return self._name

    @override
    async def info(self) -> DatabaseInfo:
        await self._ready()
        info = await self._mirror.database.info()
        return replace(info, name=self._name, epoch=self._mirror.epoch)

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        for write in (*batch.writes, *batch.seal):
            for given in write.attachments.values():
                if isinstance(given, Upload):
                    await asyncio.to_thread(given.hash)
        prepared = prepare(batch)
        self._check()
        if not prepared.writes and not prepared.local:
            return []
        drafts = [Draft(replace(one, body=orjson.loads(raw)), raw) for one, raw in prepared.writes]
        local = {name: _parsed(raw) for name, raw in prepared.local.items()}
        answer: asyncio.Future[list[WriteResult]] = asyncio.get_running_loop().create_future()
        count = len(batch.writes)
        self._pending.append(_Pending(drafts[:count], drafts[count:], local, answer))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write_pending())
        return await answer

    @override
    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        await self._ready()
        return await self._mirror.database.read(ids)

    @override
    async def record(self, id: str) -> Record | None:
        await self._ready()
        return await self._mirror.database.record(id)

    @override
    async def missing(self, revs: Mapping[str, Sequence[str]]) -> dict[str, Missing]:
        await self._ready()
        return await self._mirror.database.missing(revs)

    @override
    async def attachment(self, key: str) -> bytes | None:
        await self._ready()
        return await self._mirror.database.attachment(key)

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
        await self._ready()
        return await self._mirror.database.range(
            start, end, limit=limit, skip=skip, descending=descending
        )

    @override
    async def count(self, start: str, end: str) -> int:
        await self._ready()
        return await self._mirror.database.count(start, end)

    @override
    async def read_local(self, id: str) -> Mapping[str, Any] | None:
        self._check()
        found = await self._remote.read_local(id) if _is_name(id) else None
        if found is None:
            return None
        return {name: value for name, value in found.items() if name[:1] != "_"}

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
        await self._ready()
        return await self._mirror.database.changes(
            since, channels=channels, limit=limit, descending=descending, bodies=bodies
        )

    @override
    async def wait(self, since: int, channels: frozenset[str] | None, timeout_s: float) -> bool:
        await self._ready()
        self._following.waiters += 1
        try:
            return await self._mirror.database.wait(since, channels, timeout_s)
        finally:
            self._following.waiters -= 1

    @override
    async def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        await self._mirror.database.missing(revs)  # refuses what is no revision
        await self._ready()
        known = iter(await self._mirror.records(revs))
        while part := {name: revs[name] for name in islice(known, PURGED_EACH)}:
            await self._remote.purge(part)
        self._following.purges += 1
        return await self._mirror.purge(revs)

    @override
    async def compact(self) -> None:
        await self._ready()
        await self._remote.compact()
        await self._mirror.database.compact()

    @override
    async def settings(self) -> DatabaseSettings:
        self._check()
        limit = await self._remote.setting("_revs_limit")
        security = await self._remote.setting("_security")
        return DatabaseSettings(REVS_LIMIT if limit is None else limit, security or {})

    @override
    async def configure(
        self, *, revs_limit: int | None = None, security: Mapping[str, Any] | None = None
    ) -> None:
        check_settings(revs_limit, security)
        await self._ready()
        if revs_limit is not None:
            await self._remote.set("_revs_limit", revs_limit)
            await self._mirror.database.configure(revs_limit=revs_limit)
        if security is not None:
            await self._remote.set("_security", security)

    @override
    def mark(self, seq: int) -> str:
        self._check()
        return self._mirror.mark(seq)

    @override
    async def locate(self, mark: str) -> int | None:
        await self._ready()
        epoch, _, place = mark.rpartition(".")
        if epoch != self._mirror.epoch:
            moved = lineage.follow(await self.read_local(lineage.NAME), mark)
            epoch, _, place = (moved or "").rpartition(".")
        known = Place.parse(place) if epoch == self._mirror.epoch else None
        if known is None:
            return None
        if known.run == self._mirror.run:
            return known.seq if known.seq <= self._mirror.update_seq else None
        if known.couch == BEGINNING:
            return 0
        if known.couch not in self._places:
            found = await self._located(known.couch)
            if found is None:
                return None
            if len(self._places) >= REMEMBERED_PLACES:
                self._places.clear()
            self._places[known.couch] = found
        return self._places[known.couch]

    @override
    async def claim(self, task: str, for_s: float) -> bool:
        self._check()
        return await self._shared.leases.claim(f"{self._name}:{task}", for_s)

    @override
    async def catch_up(self) -> None:
        self._check()
        await self._following.catch_up()

    @property
    def is_gone(self) -> bool:
        """Whether this database is of no more use."""
        return self._gone is not None

    def let_go(self, why: StoreError) -> None:
        """Answer every later call with ``why``, and wake whoever waits."""
        self._gone = self._gone or why
        self._mirror.database.let_go(self._gone)

    def go_on(self) -> None:
        """Follow again after :meth:`finish`."""
        self._following.go_on()

    async def finish(self) -> None:
        """Wait until everything that was handed in is written, and follow no more."""
        if self._writing is not None:
            await asyncio.wait([self._writing])
        await self._following.stop()

    async def _located(self, couch: str) -> int | None:
        """The sequence before all that changed in CouchDB after ``couch``; None if it is unknown.

        What the mirror has is at its latest sequence, and whoever is told from before that on
        misses nothing of it, but for a channel that it left earlier: that is told once more.
        """
        after = await self._remote.ids_after(couch, self._shared.settings.page * 20)
        if after is None:
            return None
        info = await self._remote.info()
        seq = self._mirror.update_seq
        if int(info.get("cluster", {}).get("n", 1)) > 1:
            seq = min(seq, self._mirror.before(self._shared.now_s() - self._shared.settings.lag_s))
        elif _is_ahead(couch, str(info["update_seq"])):
            return None
        records = await self._mirror.records(sorted(after))
        seq = min([seq, *(record.seq - 1 for record in records.values())])
        await self._mirror.tell_again(records, seq)
        return seq

    async def _vouch(self) -> None:
        """See that the database is still the same one, and follow what was purged elsewhere."""
        kept = await self._remote.read_local(EPOCH)
        if kept is None or kept.get("epoch") != self._mirror.epoch:
            raise DatabaseMissing(
                f"The database {self._name!r} in CouchDB is no longer the one it was; open it anew."
            )
        purge_seq = (await self._remote.info()).get("purge_seq")
        text = None if purge_seq is None else str(purge_seq)
        if text != self._mirror.purge_seq:
            purged = await self._remote.purged()
            if purged:
                self._following.purges += 1
                await self._mirror.purge(purged)
            await self._mirror.purged(text)

    def _check(self) -> None:
        if self._gone:
            raise self._gone

    async def _ready(self) -> None:
        self._check()
        try:
            await self._following.ready()
        except DatabaseMissing as error:
            self.let_go(error)
        self._check()

    async def _write_pending(self) -> None:
        try:
            while self._pending:
                taken: list[_Pending] = []
                count = 0
                while self._pending and count < self._shared.settings.gathered:
                    taken.append(self._pending.popleft())
                    count += len(taken[-1].writes) + len(taken[-1].seal)
                await self._commit(taken)
        finally:
            self._writing = None

    async def _commit(self, taken: Sequence[_Pending]) -> None:
        """Write batches together or, should that fail, each by itself."""
        try:
            results = await self._written(taken)
        except Exception as error:  # noqa: BLE001 - whatever it is belongs to the batch it is for
            if len(taken) > 1:
                for pending in taken:
                    await self._commit([pending])
            elif not taken[0].answer.done():
                taken[0].answer.set_exception(error)
            if isinstance(error, DatabaseMissing):
                self.let_go(error)
            return
        for pending, result in zip(taken, results, strict=True):
            if not pending.answer.done():  # whoever asked may have gone away
                pending.answer.set_result(result)

    async def _written(self, taken: Sequence[_Pending]) -> list[list[WriteResult]]:
        await self._following.ready()
        writer = Writer(self._remote, self._mirror, self._shared.rules, self._shared.by)
        writes = [draft for pending in taken for draft in pending.writes]
        seal = [draft for pending in taken for draft in pending.seal]
        results = await writer.commit([part for part in (writes, seal) if part])
        for pending in taken:
            for name, body in pending.local.items():
                await self._remote.write_local(name, body)
        stored, sealed = iter(results), iter(results[len(writes) :])
        return [[*islice(stored, len(one.writes)), *islice(sealed, len(one.seal))] for one in taken]


def _is_name(name: str) -> bool:
    """Whether there may be a local document of that name."""
    try:
        check_local(name, None)
    except BadDocument:
        return False
    return bool(name)


def _parsed(raw: bytes | None) -> dict[str, Any] | None:
    body: dict[str, Any] | None = None if raw is None else orjson.loads(raw)
    return body


def _is_ahead(couch: str, newest: str) -> bool:
    """Whether an update sequence of a server with one copy is later than its newest."""
    numbers = [text.partition("-")[0] for text in (couch, newest)]
    return all(map(str.isdecimal, numbers)) and int(numbers[0]) > int(numbers[1])
