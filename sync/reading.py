"""Reading: what can be asked of a database that is not one's own to write to."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Any, Protocol

from sync.document import Document

__all__ = ["Reading", "each"]

PAGE = 1000


class Reading(Protocol):
    """A part of :class:`sync.store.Database`."""

    @property
    def name(self) -> str:
        """Its name within the store."""

    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        """Winners in the order asked; None where absent."""

    async def range(self, start: str, end: str, *, limit: int | None = None) -> list[Document]:
        """Winners that are not deleted, with ``start <= id <= end``, in code point order."""

    async def count(self, start: str, end: str) -> int:
        """How many documents that are not deleted have ``start <= id <= end``."""

    async def read_local(self, id: str) -> Mapping[str, Any] | None:  # noqa: A002
        """A local document's body."""


async def each(
    database: Reading, start: str, end: str, *, limit: int = PAGE
) -> AsyncIterator[Document]:
    """Every document with ``start <= id <= end``, however many; ``limit`` are read at a time."""
    while True:
        page = await database.range(start, end, limit=limit)
        for document in page:
            yield document
        if len(page) < limit:
            return
        start = page[-1].id + "\0"
