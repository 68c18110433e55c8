"""Errors of the sync layer: a leaf over :mod:`schemas.errors`."""

from __future__ import annotations

from schemas.errors import TidemarkError

__all__ = [
    "BadDocument",
    "BadName",
    "BadRevision",
    "BadSelector",
    "BadSetting",
    "DatabaseExists",
    "DatabaseMissing",
    "EntryTooLarge",
    "MoveRefused",
    "StoreBusy",
    "StoreClosed",
    "StoreError",
    "StoreFull",
    "StoreUnreachable",
]


class StoreError(TidemarkError):
    """A store could not do what was asked."""

    code = "store_error"


class BadName(StoreError):
    """A database name is not of the form CouchDB allows."""

    code = "illegal_database_name"
    status = 400


class BadDocument(StoreError):
    """A document cannot be kept: its id or its body is not well formed."""

    code = "bad_request"
    status = 400


class BadRevision(StoreError):
    """A revision, or a revision's history, is not of the form the protocol has."""

    code = "bad_request"
    status = 400


class BadSelector(StoreError):
    """A selector is not of the form that CouchDB's have."""

    code = "bad_request"
    status = 400


class BadSetting(StoreError):
    """A database cannot be configured like that."""

    code = "bad_request"
    status = 400


class DatabaseMissing(StoreError):
    """No database has that name."""

    code = "not_found"
    status = 404


class DatabaseExists(StoreError):
    """A database has that name already."""

    code = "file_exists"
    status = 412


class MoveRefused(TidemarkError):
    """A database cannot be moved to where it should go."""

    code = "move_refused"


class StoreFull(StoreError):
    """No space is left where the store writes; nothing of the batch was stored."""

    code = "insufficient_storage"
    status = 507


class StoreClosed(StoreError):
    """The store is closing or closed."""

    code = "store_closed"
    status = 503


class StoreBusy(StoreError):
    """Another server holds the same data folder."""

    code = "store_busy"
    status = 503


class StoreUnreachable(StoreError):
    """The database server behind the store does not answer, or cannot now."""

    code = "store_unreachable"
    status = 503


class EntryTooLarge(TidemarkError):
    """One entry is larger than any that is taken in; it stays on the tablet, with this reason."""

    code = "too_large"
    status = 413

    def __init__(self, entry: str, size: int, limit: int) -> None:
        super().__init__(
            f"The entry {entry} is {size} bytes; an entry may have {limit}. "
            "Save it again in smaller parts."
        )
        self.entry = entry
