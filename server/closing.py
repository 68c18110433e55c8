"""Closing: a school that is being moved to another store, or has been, is not served from here.

The old home's local document ``moved`` says where it went, or goes; a new home has
:data:`sync.moving.MOVING` for as long as it is being filled. Tablets keep what they have and try
again; an address that leads to the new home is all they need.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

from server.problems import Refusal
from sync.moving import MOVING
from sync.store import Database, WriteBatch

__all__ = ["CLOSED", "LOOK_MS", "Closing", "check_here", "close", "closing_of", "reopen"]

CLOSED = "moved"
LOOK_MS = 5_000
"""How long a server that shares its store believes that a school it has open is still here."""
_RETRY = {"Retry-After": "30"}
_KEPT = "Nothing is lost: this tablet keeps everything, and goes on by itself when"


@dataclass(frozen=True, slots=True)
class Closing:
    """Where a school goes, or went: a store's name without any password. ``at``: an instant."""

    to: str
    at: str
    done: bool


async def closing_of(database: Database) -> Closing | None:
    """What is written of a school's move away; None if it is at home here."""
    kept = await database.read_local(CLOSED)
    return None if kept is None else Closing(**kept)


async def close(database: Database, closing: Closing) -> None:
    """Have every server of this store refuse the school from now on (or from soon on, see
    :data:`LOOK_MS`).
    """
    await database.write(WriteBatch(local={CLOSED: asdict(closing)}))


async def reopen(database: Database) -> None:
    """Let the school be served from here again."""
    await database.write(WriteBatch(local={CLOSED: None}))


async def check_here(database: Database) -> None:
    """Raise ``Refusal`` (``moved``) for a school that is not, or not yet, served from here."""
    closing = await closing_of(database)
    if closing is not None and closing.done:
        raise Refusal(
            "moved",
            f"This school has moved, and is not at this address any more. {_KEPT} the address "
            "leads to the new home.",
            _RETRY,
        )
    if closing is not None or await database.read_local(MOVING) is not None:
        raise Refusal(
            "moved", f"This school is being moved to a new home. {_KEPT} that is done.", _RETRY
        )
