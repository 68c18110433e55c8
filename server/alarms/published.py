"""Published documents of one kind, as deadlines read them: those there, then what changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

from pydantic import ValidationError

from server.alarms.record import AlarmRecord, read_record
from server.logs import log
from sync.document import Document
from sync.reading import each
from sync.store import Database

__all__ = ["Published"]

T = TypeVar("T")


class Published(Generic[T]):
    """Documents of a database whose ids begin with ``kind``, by id, as ``read`` reads them."""

    def __init__(self, database: Database, kind: str, read: Callable[[Document], T]) -> None:
        self._database = database
        self._kind = kind
        self._reads = read
        self._since: int | None = None
        self._behind: set[str] = set()
        """Ids of those that have changed and were not read yet."""
        self.found: dict[str, T] = {}

    async def refresh(self) -> bool:
        """Take in what has changed; whether anything has."""
        if self._since is None:
            since = (await self._database.info()).update_seq
            async for document in each(self._database, f"{self._kind}:", f"{self._kind};"):
                self._take(document)
            self._since = since
            return True
        more = True
        while more:
            page = await self._database.changes(self._since, bodies=False)
            ids = (one.document.id for one in page.changes)
            self._behind.update(one for one in ids if one.startswith(f"{self._kind}:"))
            self._since, more = page.last_seq, page.more
        changed = sorted(self._behind)
        for name, now in zip(changed, await self._database.read(changed), strict=True):
            self.found.pop(name, None)
            if now is not None and not now.deleted:
                self._take(now)
        self._behind.clear()
        return bool(changed)

    def _take(self, document: Document) -> None:
        try:
            self.found[document.id] = self._reads(document)
        except ValidationError as error:  # of another version
            log().error("a published document cannot be read", error=type(error).__name__)

    async def records(self, names: Sequence[str]) -> dict[str, AlarmRecord]:
        """The records under these ids that are written."""
        there = await self._database.read(names)
        return {one.id: read_record(one) for one in there if one is not None and not one.deleted}
