"""Commits that are carried out at once and brought to disk by and by, for what can be rebuilt.

A power cut may take the latest of them; each file is then as it was after some earlier commit.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import Executor

from sync.errors import StoreError
from sync.stores.sqlite.handles import Handle
from sync.stores.sqlite.statements import Statement

__all__ = ["Unjournaled"]


class Unjournaled:
    """What stands in for the journal (:class:`sync.stores.sqlite.journal.Journal`)."""

    def __init__(self, writers: Executor) -> None:
        self.refused: dict[str, StoreError] = {}
        self._writers = writers

    async def commit(
        self,
        handle: Handle,
        name: str,  # noqa: ARG002 - the journal's
        seq: int,  # noqa: ARG002
        statements: Sequence[Statement],
    ) -> None:
        """Carry out a transaction. Raises whatever it failed with; then it left no trace."""
        handle.committing = True
        try:
            loop = asyncio.get_running_loop()
            await loop.run_in_executor(self._writers, handle.apply, statements)
        finally:
            handle.committing = False

    def judge(self, error: Exception) -> Exception:
        """Nothing more than that it failed."""
        return error

    async def close(self) -> None:
        """There is nothing to finish."""
