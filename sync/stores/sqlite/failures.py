"""What SQLite's errors mean to those who asked."""

from __future__ import annotations

import errno

import apsw

from sync.errors import DatabaseMissing, StoreError, StoreFull

__all__ = ["told"]

_NO_SPACE = {errno.ENOSPC, errno.EDQUOT}


def told(error: Exception, name: str, doing: str) -> StoreError:
    """Say in a sentence that ``doing`` (read, write, …) database ``name`` failed with ``error``."""
    if isinstance(error, StoreError):
        return error
    if _is_full(error):
        return StoreFull(
            f"The disk is full: nothing of the {doing} to database {name!r} was stored. "
            "Free some space where the data folder is, and try again."
        )
    if isinstance(error, apsw.CantOpenError):
        return DatabaseMissing(f"The file of database {name!r} cannot be opened ({error}).")
    return StoreError(f"Database {name!r}: the {doing} failed ({type(error).__name__}: {error}).")


def _is_full(error: Exception) -> bool:
    return isinstance(error, apsw.FullError) or (
        isinstance(error, OSError) and error.errno in _NO_SPACE
    )
