"""Opening the store that the settings name."""

from __future__ import annotations

from pathlib import Path

from server.settings import Settings, SettingsError
from sync.clock import Clock, instant
from sync.errors import StoreError
from sync.store import Store
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.couchdb.settings import SCHEMES, without_password
from sync.stores.memory import MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore

__all__ = ["FOLDER", "MIRRORS", "open_store", "store_folder"]

FOLDER = "databases"
MIRRORS = "mirrors"
"""Where in the data folder copies of what is in CouchDB are read from; they may be deleted."""


def store_folder(settings: Settings) -> Path | None:
    """Where databases are kept; None for elsewhere: in memory, or in CouchDB.

    Raises ``SettingsError`` for an unknown store.
    """
    kind, _, where = settings.store.partition(":")
    if (kind == "memory" and not where) or kind in SCHEMES:
        return None
    if not settings.store:
        return settings.data / FOLDER
    if kind == "sqlite" and where:
        return Path(where.removeprefix("//"))
    raise SettingsError(
        f"The setting store is {without_password(settings.store)!r}; it can be empty, "
        "sqlite:FOLDER, couchdb+http://user:password@host:port, couchdb+https://…, or memory:."
    )


def open_store(settings: Settings, clock: Clock, address: str, rules: Rules | None = None) -> Store:
    """Open the store, and hold its folder. ``address``: what a second server is told.

    ``rules`` say what its databases keep; None: what the schools' do.
    Raises ``StoreBusy`` where another server holds the folder, ``SettingsError`` for an address
    that is none. Call it in the running event loop.
    """
    if settings.store.partition(":")[0] in SCHEMES:
        return _couch_store(settings, clock, address, rules)
    folder = store_folder(settings)
    if folder is None:
        return MemoryStore(rules or Rules())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = SqliteSettings(rules=rules or Rules())
    return SqliteStore(folder, kept, address=address, started=instant(clock.now_ms()))


def _couch_store(settings: Settings, clock: Clock, address: str, rules: Rules | None) -> CouchStore:
    try:
        couch = CouchSettings.of(settings.store).with_prefix(settings.couchdb_prefix)
    except StoreError as error:
        raise SettingsError(str(error)) from None
    folder = settings.data / MIRRORS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return CouchStore(
        folder,
        couch,
        now_s=lambda: clock.now_ms() / 1000,
        rules=rules,
        address=address,
        started=instant(clock.now_ms()),
    )
