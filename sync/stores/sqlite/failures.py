"""What errors of SQLite, and of the disk below it, mean to those who asked."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import apsw

from sync.errors import StoreError, StoreFull

__all__ = ["is_failed_sync", "told"]

LITTLE_BYTES = 65_536
"""With less room than this a file that cannot be written or opened lacks room, not rights."""


_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})

_FAILED_SYNC = frozenset({apsw.SQLITE_IOERR_FSYNC, apsw.SQLITE_IOERR_DIR_FSYNC})


def is_failed_sync(error: Exception) -> bool:
    """Whether SQLite could not bring something to disk: nobody knows then what is there."""
    return isinstance(error, apsw.IOError) and vars(error).get("extendedresult") in _FAILED_SYNC


def told(error: Exception, folder: Path, name: str, doing: str) -> StoreError:
    """Say in a sentence that ``doing`` (read, write, …) database ``name`` failed with ``error``."""
    if isinstance(error, StoreError):
        return error
    if _is_full(error, folder):
        return StoreFull(
            f"There is no space left in {folder}: nothing of the {doing} to database {name!r} was "
            "stored. Free some space there, and try again."
        )
    return StoreError(
        f"The {doing} of database {name!r} failed ({type(error).__name__}: {error}). "
        f"Look whether {folder} can be read and written, and try again."
    )


def _is_full(error: Exception, folder: Path) -> bool:
    if isinstance(error, apsw.FullError):
        return True
    if isinstance(error, OSError):
        return error.errno in _FULL
    return isinstance(error, apsw.IOError | apsw.CantOpenError) and _has_little_room(folder)


def _has_little_room(folder: Path) -> bool:
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < LITTLE_BYTES or (room.f_files > 0 and not room.f_favail)
