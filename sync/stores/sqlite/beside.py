"""Reading a folder of databases beside the server that holds it.

SQLite lets any number of processes read while one writes, and a write that was answered is in its
database's file: what is read here is what the server would have answered at the moment of opening.
Nothing is written; not even the schema is brought up to date.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import apsw

from sync.document import Document
from sync.errors import DatabaseMissing, StoreError
from sync.stores.names import check_name, file_name
from sync.stores.sqlite import reads
from sync.stores.sqlite.queries import COUNT_LIVE, fetch

__all__ = ["Beside", "BesideDatabase"]

BUSY_MS = 5000


class BesideDatabase:
    """A :class:`sync.reading.Reading` of one file."""

    def __init__(self, name: str, connection: apsw.Connection) -> None:
        self._name = name
        self._connection = connection

    @property
    def name(self) -> str:
        """Its name within the store."""
        return self._name

    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        """Winners in the order asked; None where absent."""
        return reads.read_winners(self._connection, ids)

    async def range(self, start: str, end: str, *, limit: int | None = None) -> list[Document]:
        """Winners that are not deleted, with ``start <= id <= end``, in code point order."""
        span = reads.Span(start, end, -1 if limit is None else limit, 0, descending=False)
        return reads.read_range(self._connection, span)

    async def count(self, start: str, end: str) -> int:
        """How many documents that are not deleted have ``start <= id <= end``."""
        found: int = fetch(self._connection, COUNT_LIVE, start, end)[0][0]
        return found

    async def read_local(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002
        """A local document's body."""
        return reads.read_local(self._connection, id)


class Beside:
    """The databases in ``folder``, to be read only."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._connections: list[apsw.Connection] = []

    async def open(self, name: str) -> BesideDatabase:
        """Open a database. Raises ``DatabaseMissing``, ``BadName``."""
        path = self._folder / file_name(check_name(name))
        if not path.is_file():
            raise DatabaseMissing(f"There is no database {name!r} in {self._folder}.")
        try:
            # Opened for writing, as the log's shared memory has to be, and told not to.
            connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
            connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            connection.set_busy_timeout(BUSY_MS)
            connection.pragma("query_only", True)
            connection.execute("BEGIN")
            reads.read_state(connection)  # from here on all reads see one moment
        except apsw.Error as error:
            raise StoreError(f"{path} cannot be read beside its server: {error}.") from error
        self._connections.append(connection)
        return BesideDatabase(name, connection)

    async def close(self) -> None:
        """Let go of the files."""
        for connection in self._connections:
            connection.close()
