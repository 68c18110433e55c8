"""Opening the store that the settings name."""

from __future__ import annotations

from pathlib import Path

from server.settings import Settings, SettingsError
from sync.clock import Clock, instant
from sync.store import Store
from sync.stores.memory import MemoryStore
from sync.stores.records import Rules
from sync.stores.sqlite import SqliteSettings, SqliteStore

__all__ = ["FOLDER", "open_store", "store_folder"]

FOLDER = "databases"


def store_folder(settings: Settings) -> Path | None:
    """Where databases are kept; None in memory. Raises ``SettingsError`` for an unknown store."""
    kind, _, where = settings.store.partition(":")
    if kind == "memory" and not where:
        return None
    if not settings.store:
        return settings.data / FOLDER
    if kind == "sqlite" and where:
        return Path(where.removeprefix("//"))
    raise SettingsError(
        f"The setting store is {settings.store!r}; it can be empty, sqlite:FOLDER or memory:."
    )


def open_store(settings: Settings, clock: Clock, address: str, rules: Rules | None = None) -> Store:
    """Open the store, and hold its folder. ``address``: what a second server is told.

    ``rules`` say what its databases keep; None: what the schools' do.
    Raises ``StoreBusy`` where another server holds the folder. Call it in the running event loop.
    """
    folder = store_folder(settings)
    if folder is None:
        return MemoryStore(rules or Rules())
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = SqliteSettings(rules=rules or Rules())
    return SqliteStore(folder, kept, address=address, started=instant(clock.now_ms()))
