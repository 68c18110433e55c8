"""What is published of a concern, in each database that has a part in it."""

from __future__ import annotations

from collections.abc import Callable

from schemas.policy import Reach
from schemas.school import School
from server.concerns.desk import ConcernDesk, Made
from server.family.desk import Desk
from server.family.folders import Contents
from sync.clock import to_ms

__all__ = ["ConcernFolder", "concern_desk"]


class _AroundConcerns:
    """What the desk of concerns asks: places that belong together, and who holds what."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._held: Callable[[Reach], frozenset[str]] | None = None

    async def place(self, database: str) -> School | None:
        """A school of this area, or the area of this school; None for any other."""
        place = await self._desk.places.beside(self._desk.roster().school, database)
        return None if place is None else place.school

    async def holders(self, reach: Reach) -> frozenset[str]:
        """Everybody who holds, held or will hold a reach here."""
        if self._held is None:
            self._held = await self._desk.holders()
        return self._held(reach)


def concern_desk(desk: Desk) -> ConcernDesk:
    """The desk of concerns, as of now: what it learns of who holds what it keeps."""
    return ConcernDesk(
        desk.database,
        lambda: desk.roster().school,
        _AroundConcerns(desk),
        lambda person: desk.roster().name_of(person),
    )


class ConcernFolder:
    """The concerns of one database: those raised in it, and those it answers for."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk

    async def contents(self, name: str, now_ms: int) -> Contents:
        """A concern as of now; it goes on to the next at a moment unless somebody has it."""
        made: Made | None = await concern_desk(self._desk).made(name, now_ms)
        ids = frozenset({f"concern:{name}", f"concern_status:{name}"})
        if made is None:
            return Contents(gone=ids)
        due = made.folded.concern.due_at
        gone = ids.difference(one.id for one in made.drafts)
        return Contents(made.drafts, gone, None if due is None else to_ms(due))
