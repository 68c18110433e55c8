"""The CouchDB store: databases in CouchDB, and a mirror of each in a folder of this gateway's."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import httpx2
from typing_extensions import override

from sync.errors import DatabaseExists, DatabaseMissing, StoreClosed, StoreError, StoreFull
from sync.store import Store
from sync.stores.couchdb.database import EPOCH, CouchDatabase, Shared
from sync.stores.couchdb.following import Seats
from sync.stores.couchdb.leases import Leases
from sync.stores.couchdb.link import Link
from sync.stores.couchdb.mirror import Mirror
from sync.stores.couchdb.names import LEASES, couch_name, name_of_couch
from sync.stores.couchdb.provision import Provision
from sync.stores.couchdb.remote import Remote
from sync.stores.couchdb.settings import CouchSettings
from sync.stores.memory import new_epoch
from sync.stores.names import check_name
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore
from sync.stores.sqlite.database import SqliteDatabase

__all__ = ["CouchStore"]

MAKER_S = 1.0
"""How long whoever makes a database may take to write its epoch, before another does."""


class CouchStore(Store):
    """See :class:`sync.store.Store`.

    ``folder`` holds the mirrors, and nothing that cannot be read from CouchDB again; ``now_s``:
    the time, which gateways should agree on. Raises :class:`sync.errors.StoreBusy` when another
    gateway has the folder.
    """

    def __init__(
        self,
        folder: Path,
        settings: CouchSettings,
        *,
        now_s: Callable[[], float],
        rules: Rules | None = None,
        address: str = "",
        started: str = "",
        epochs: Callable[[], str] = new_epoch,
        transport: httpx2.AsyncBaseTransport | None = None,
    ) -> None:
        self._settings = settings
        self._epochs = epochs
        self._link = Link(settings, transport)
        self._provision = Provision(self._link)
        by = epochs()
        rules = rules or Rules()
        leases = Leases(self._link, self._provision, settings.prefix + LEASES, by, now_s)
        self._shared = Shared(settings, rules, Seats(settings.seats), leases, now_s, by)
        kept = SqliteSettings(rules=rules, journaled=False)
        self._mirrors = SqliteStore(folder, kept, address=address, started=started, epochs=epochs)
        self._databases: dict[str, CouchDatabase] = {}
        self._changing = asyncio.Lock()
        self._closed = False

    @property
    @override
    def shared(self) -> bool:
        return True

    @override
    async def names(self) -> list[str]:
        self._check()
        prefix = self._settings.prefix
        found = (name_of_couch(prefix, one) for one in await self._provision.names(prefix))
        return sorted(name for name in found if name is not None)

    @override
    async def create(self, name: str) -> CouchDatabase:
        async with self._changing:
            self._check()
            remote = self._remote(name)
            epoch = self._epochs()
            try:
                await self._provision.create(couch_name(self._settings.prefix, name))
            except DatabaseExists:
                # Perhaps whoever made it came no further: then it has no epoch, and this is it.
                if await self._epoch(remote) is not None:
                    raise DatabaseExists(
                        f"There is a database {name!r} already; open that, or delete it."
                    ) from None
            await remote.write_local(EPOCH, {"epoch": epoch})
            return await self._opened(name, remote, epoch)

    @override
    async def open(self, name: str) -> CouchDatabase:
        self._check()
        database = self._databases.get(check_name(name))
        if database is not None and not database.is_gone:
            return database
        async with self._changing:
            self._check()
            database = self._databases.get(name)
            if database is not None and not database.is_gone:
                return database
            remote = self._remote(name)
            try:
                epoch = await self._epoch(remote)
            except DatabaseMissing:
                raise DatabaseMissing(f"There is no database {name!r}; create it first.") from None
            if epoch is None:
                epoch = self._epochs()
                await remote.write_local(EPOCH, {"epoch": epoch})
            return await self._opened(name, remote, epoch)

    @override
    async def delete(self, name: str) -> None:
        async with self._changing:
            self._check()
            found = couch_name(self._settings.prefix, name)
            database = self._databases.get(name)
            if database is not None:
                await database.finish()  # a request on its way might make the database anew
            try:
                await self._remote(name).info()  # not every server says so when there is none
                await self._provision.delete(found)
            except DatabaseMissing:
                await self._forget(name)
                raise DatabaseMissing(f"There is no database {name!r}; create it first.") from None
            except StoreError:
                if database is not None:
                    database.go_on()
                raise
            await self._forget(name)

    @override
    async def scrub(self, name: str) -> None:
        await self.open(name)  # CouchDB's own files are its compaction's
        await self._mirrors.scrub(name)

    @override
    async def close(self) -> None:
        async with self._changing:
            if self._closed:
                return
            self._closed = True
            await asyncio.gather(*(one.finish() for one in self._databases.values()))
            for database in self._databases.values():
                database.let_go(StoreClosed("The store is closed."))
            await self._mirrors.close()
            await self._link.close()

    def _check(self) -> None:
        if self._closed:
            raise StoreClosed("The store is closed.")

    def _remote(self, name: str) -> Remote:
        return Remote(self._link, name, couch_name(self._settings.prefix, name))

    async def _epoch(self, remote: Remote) -> str | None:
        """The epoch of a database; None if it has none, and nobody is about to give it one."""
        for wait_s in (0, MAKER_S):
            await asyncio.sleep(wait_s)
            kept = await remote.read_local(EPOCH)
            if kept is not None:
                return str(kept["epoch"])
        return None

    async def _opened(self, name: str, remote: Remote, epoch: str) -> CouchDatabase:
        mirror = await self._mirror(name, epoch)
        database = CouchDatabase(name, remote, mirror, self._shared)
        self._databases[name] = database
        return database

    async def _mirror(self, name: str, epoch: str) -> Mirror:
        """The mirror in the folder, or a new one where that is damaged or of another database."""
        if name in self._databases:
            await self._databases.pop(name).finish()
        if name in await self._mirrors.names():
            mirror = Mirror(await self._mirrors.open(name), epoch, self._epochs())
            try:
                if await mirror.load():
                    return mirror
            except StoreFull:
                raise
            except StoreError:  # it cannot be read: then it is made anew
                pass
            await self._mirrors.delete(name)
        made: SqliteDatabase = await self._mirrors.create(name)
        mirror = Mirror(made, epoch, self._epochs())
        await mirror.load()
        return mirror

    async def _forget(self, name: str) -> None:
        database = self._databases.pop(name, None)
        if database is not None:
            database.let_go(DatabaseMissing(f"The database {name!r} was deleted."))
            await database.finish()
        if name in await self._mirrors.names():
            await self._mirrors.delete(name)
