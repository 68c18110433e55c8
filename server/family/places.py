"""The areas and schools on this server, and which of them belong together."""

from __future__ import annotations

from dataclasses import dataclass

import orjson

from schemas.school import School
from server.closing import closing_of
from sync import channels
from sync.errors import BadName, DatabaseMissing
from sync.moving import MOVING
from sync.store import Database, Store
from sync.topics import CONCERNS

__all__ = ["Place", "Places"]


@dataclass(frozen=True)
class Place:
    """An area or a school that is served from here, and what it says of itself."""

    database: Database
    school: School

    @property
    def name(self) -> str:
        """The name of its database."""
        return self.database.name


@dataclass(frozen=True)
class Places:
    """All of them."""

    store: Store

    async def names(self) -> list[str]:
        """Every database on this server, sorted."""
        return await self.store.names()

    async def find(self, name: str) -> Place | None:
        """One of them; None where it is not on this server, or has moved away from it."""
        try:
            database = await self.store.open(name)
        except (BadName, DatabaseMissing):
            return None
        if await closing_of(database) is not None or await database.read_local(MOVING) is not None:
            return None
        found, *_ = await database.read(["school"])
        if found is None or found.deleted:
            return None
        raw = orjson.dumps({"_id": found.id, **found.body})
        return Place(database, School.model_validate_json(raw))

    async def may_carry(self, name: str) -> bool:
        """Whether something may wait to be carried from it: an area, or a school with a concern."""
        place = await self.find(name)
        if place is None or place.school.phase == "area":
            return place is not None
        concerns = frozenset({channels.entries(CONCERNS)})
        page = await place.database.changes(0, channels=concerns, limit=1, bodies=False)
        return bool(page.changes)

    async def school_of(self, area: str, name: str) -> Place | None:
        """A school of an area; None where it says itself that it lies in another, or in none."""
        place = await self.find(name)
        return place if place is not None and place.school.area == area else None

    async def beside(self, here: School, name: str) -> Place | None:
        """A place that has to do with ``here``: a school of this area, or this school's area."""
        if here.phase == "area":
            return await self.school_of(here.school, name)
        return await self.area_of(here) if name == here.area else None

    async def area_of(self, school: School) -> Place | None:
        """The area that a school says it lies in; None for one that is none, or is not here."""
        place = await self.find(school.area) if school.area is not None else None
        return place if place is not None and place.school.phase == "area" else None
