"""Opening a store to read what it keeps: by itself, or beside the server that holds it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from schemas.errors import TidemarkError
from server.accounts import DATABASE
from server.moving.homes import home_of, is_couch
from server.settings import Settings
from server.stores import open_store, store_folder
from sync.clock import Clock
from sync.errors import BadName, DatabaseMissing, StoreBusy
from sync.reading import Reading
from sync.store import Database, Store
from sync.stores.sqlite.beside import Beside

__all__ = ["NoSchool", "Records", "opened"]

_DOING = "no address; it is reading a school's record"


class NoSchool(TidemarkError):
    """There is no school of that id."""

    code = "not_found"


@dataclass(frozen=True, slots=True)
class Records:
    """A store that is open to be read. ``store``: None beside a running server."""

    store: Store | None
    beside: Beside | None
    home: str

    async def school(self, school: str) -> Reading:
        """A school's database. Raises ``NoSchool``."""
        try:
            return await self._open("" if school == DATABASE else school)
        except (BadName, DatabaseMissing):
            raise NoSchool(
                f"There is no school {school} in {self.home}. Check its id, and that the settings "
                "in force (`tidemark config`) are those of the server that has it."
            ) from None

    async def accounts(self) -> Reading | None:
        """The database of the accounts, where anchors are; None where there is none yet."""
        try:
            return await self._open(DATABASE)
        except DatabaseMissing:
            return None

    async def writable(self, name: str) -> Database | None:
        """A database to write to; None beside a running server, which alone may, or for none."""
        try:
            return None if self.store is None else await self.store.open(name)
        except DatabaseMissing:
            return None

    async def _open(self, name: str) -> Reading:
        if self.beside is not None:
            return await self.beside.open(name)
        assert self.store is not None  # noqa: S101  # one of the two is there
        return await self.store.open(name)


@contextlib.asynccontextmanager
async def opened(settings: Settings, clock: Clock) -> AsyncIterator[Records]:
    """Open the store of the settings; where a server holds its folder, beside that server."""
    home = home_of(settings)
    with TemporaryDirectory(prefix="tidemark-audit-") as folder:
        if is_couch(settings):  # a server may be using the data folder
            settings = settings.model_copy(update={"data": Path(folder)})
        try:
            store = open_store(settings, clock, _DOING)
        except StoreBusy:
            held = store_folder(settings)
            assert held is not None  # noqa: S101  # only folders are held
            beside = Beside(held)
            try:
                yield Records(None, beside, home)
            finally:
                await beside.close()
            return
        try:
            yield Records(store, None, home)
        finally:
            await store.close()
