"""The embedded store: SQLite, one file a database."""

from sync.stores.sqlite.handles import FileSettings
from sync.stores.sqlite.store import SqliteSettings, SqliteStore

__all__ = ["FileSettings", "SqliteSettings", "SqliteStore"]
