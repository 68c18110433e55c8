"""The relay out of a school: what its registers say of a child goes into the child's cases."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from server.family.attended import attended_draft, cases_of
from server.family.places import Place
from server.relay.registers import school_says
from server.relay.relay import Relay
from sync import channels
from sync.clock import instant
from sync.store import Document

__all__ = ["SchoolRelay"]

_PARTS = ("support", "shared")
_ALL = "pupil:"
"""Every pupil who is of any case."""


class SchoolRelay(Relay):
    """Carries out of a school into its area. Only of children whom a case of the area names."""

    def _keys(self, document: Document) -> Iterable[str]:
        kind, _, rest = document.id.partition(":")
        if kind == "pupil":
            yield f"pupil:{rest}"
        elif kind == "history":
            yield f"pupil:{rest.partition(':')[2]}"
        elif kind == "school":
            yield from ("area:", _ALL)

    async def _everything(self) -> Collection[str]:
        return {"area:", *await self._daily()}

    async def _daily(self) -> Collection[str]:
        area = await self._area()
        cases = {} if area is None else await cases_of(area.database, self._database.name)
        return {f"pupil:{pupil}" for pupil in cases}

    async def _sift(self, todo: Collection[str]) -> set[str]:
        """A morning renews every pupil's history; a few of them are of any case."""
        pupils = {one for one in todo if one.startswith("pupil:")}
        if not pupils:
            return set(todo)
        known = set(await self._daily())
        return set(todo) - pupils | (known if _ALL in pupils else pupils & known)

    async def _area(self) -> Place | None:
        return await self._desk.places.area_of(self._desk.roster().school)

    async def _carry(self, kind: str, name: str) -> None:
        if kind == "area":
            await self._leave()
        else:
            await self._tell(name)

    async def _tell(self, pupil: str) -> None:
        """Write down, in the area, what the registers say of a child."""
        area = await self._area()
        if area is None:
            return
        school = self._database.name
        cases = (await cases_of(area.database, school)).get(pupil, frozenset())
        today, as_at = self._today(), instant(self._clock.now_ms())
        says = await school_says(self._database, self._desk.roster().school, pupil, today)
        database = await self._peer(area)
        for case in sorted(cases):
            draft = attended_draft(case, school, pupil, says, as_at)
            if await self._put(database, [draft]):
                self._carried(area.name, frozenset({channels.case(case)}))

    async def _leave(self) -> None:
        """A school that lies in another area keeps no part of the cases of the one before."""
        assert self._progress is not None  # noqa: S101  # its caller has read it
        area = self._desk.roster().school.area
        if self._progress.area not in {None, area}:
            for part in _PARTS:
                found = await self._database.range(f"{part}:", f"{part};")
                await self._put(self._database, [], [one.id for one in found])
        self._progress.area = area
