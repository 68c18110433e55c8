"""A database's instance: what tells it from another that has the same name later."""

from __future__ import annotations

import zlib

__all__ = ["started"]


def started(epoch: str) -> str:
    """``instance_start_time``: digits that change when the database is made anew.

    Replicators compare it and read nothing into it; it is made of the epoch, not of a time.
    """
    return str(zlib.crc32(epoch.encode()))
