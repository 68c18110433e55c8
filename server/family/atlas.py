"""The atlas: which databases are areas, and in which schools a concern was ever raised.

They are the places where something may fall due, or wait to be carried, although nobody is there.
An authority's server has thousands of schools, and opening each of them at every start, or each
minute, would cost what its mornings are for. So what was found is kept, and looked for once.
"""

from __future__ import annotations

from collections.abc import Iterable

from server.family.places import Places
from sync.errors import StoreError
from sync.store import Database, WriteBatch

__all__ = ["Atlas"]

KEPT = "atlas"
"""The local document, beside the accounts, that says what was found."""
AT_ONCE = 200
"""Databases that are looked into, of those nothing is known of, before others have their turn."""


class Atlas:
    """What is known of the databases of a store. ``beside``: the database it is kept in."""

    def __init__(self, places: Places, beside: Database) -> None:
        self._places = places
        self._beside = beside
        self._live: set[str] = set()
        self._plain: set[str] = set()
        """Schools in which there was no concern when they were looked into."""

    @property
    def live(self) -> frozenset[str]:
        """Areas, and schools with a concern."""
        return frozenset(self._live)

    async def note(self, names: Iterable[str]) -> None:
        """Something came in at places that concerns more than registers."""
        fresh = set(names) - self._live
        if fresh:
            self._live |= fresh
            self._plain -= fresh
            await self._keep()

    async def explore(self, most: int = AT_ONCE) -> bool:
        """Look into ``most`` databases that nothing is known of; whether there are more.

        What cannot be opened, or holds no school yet, is looked into again the next time.
        """
        await self._read()
        there = set(await self._places.names()) - {self._beside.name}
        gone = (self._live | self._plain) - there
        self._live -= gone
        self._plain -= gone
        unknown = sorted(there - self._live - self._plain)
        found = [await self._look(name) for name in unknown[:most]]
        if any(found) or gone:
            await self._keep()
        return len(unknown) > most

    async def _look(self, name: str) -> bool:
        try:
            if await self._places.find(name) is None:
                return False
            known = self._live if await self._places.may_carry(name) else self._plain
        except (StoreError, ValueError):
            return False
        known.add(name)
        return True

    async def _read(self) -> None:
        """With what other servers of the store have found."""
        kept = await self._beside.read_local(KEPT)
        if kept is not None:
            self._live |= set(kept["live"])
            self._plain |= set(kept["plain"]) - self._live

    async def _keep(self) -> None:
        said = {"live": sorted(self._live), "plain": sorted(self._plain)}
        await self._beside.write(WriteBatch(local={KEPT: said}))
