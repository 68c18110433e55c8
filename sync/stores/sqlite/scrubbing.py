"""Scrubbing: leaving nothing in a file of what was taken out of its tables.

SQLite reuses the pages of what was deleted, and does not blank them. Written anew, a file holds
what its tables hold and nothing else; then the write-ahead log, where older pages stand, is cut.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import apsw

from sync.stores.sqlite.handles import FileSettings, connect

__all__ = ["scrub"]


def scrub(path: Path, settings: FileSettings) -> None:
    """Write the file anew and cut its log; needs as much room again. In a thread: it blocks.

    Beside other connections: those that write wait.
    """
    with closing(connect(path, settings)) as connection:
        connection.pragma("secure_delete", True)
        connection.execute("VACUUM")
        connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
