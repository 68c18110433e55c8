"""Deciding: of the servers of a store one at a time decides on what is held in a school.

Else each would write what is held with its own decision only, and the other's would show nowhere
but in the fold.
"""

from __future__ import annotations

import asyncio

from sync.errors import StoreError
from sync.store import Database

__all__ = ["alone"]

TASK = "decide"
CLAIM_S = 2.0
"""How long a claim lasts at least: longer than it takes to write a decision."""
PAUSE_S = 0.1
TRIES = 100
"""Twice as long as a claim lasts at most."""


async def alone(database: Database) -> None:
    """Resolves when this server may decide, and knows what the others have decided.

    Raises ``StoreError`` where another goes on and on.
    """
    for _ in range(TRIES):
        if await database.claim(TASK, CLAIM_S):
            await database.catch_up()
            return
        await asyncio.sleep(PAUSE_S)
    raise StoreError("Another server of this store decides on what is held; try again.")
