"""Places in a feed as text: ``<epoch>.<sequence>``, for stores that one process serves."""

from __future__ import annotations

import re

from sync import lineage
from sync.store import Database

__all__ = ["mark_of", "place_in", "place_of"]

_MARK = re.compile(r"(?P<epoch>.+)\.(?P<seq>[0-9]{1,15})", re.ASCII | re.DOTALL)


def mark_of(epoch: str, seq: int) -> str:
    """The text that names ``seq`` in the history ``epoch``."""
    return f"{epoch}.{seq}"


def place_of(mark: str, epoch: str, update_seq: int) -> int | None:
    """The sequence that ``mark`` names, if it is one of this history, and not ahead of it."""
    found = _MARK.fullmatch(mark)
    if found is None or found["epoch"] != epoch:
        return None
    seq = int(found["seq"])
    return seq if seq <= update_seq else None


async def place_in(database: Database, mark: str, epoch: str, update_seq: int) -> int | None:
    """As :func:`place_of`; and a mark of a former home of ``database``, by its lineage."""
    here = place_of(mark, epoch, update_seq)
    if here is not None:
        return here
    moved = lineage.follow(await database.read_local(lineage.NAME), mark)
    return None if moved is None else place_of(moved, epoch, update_seq)
