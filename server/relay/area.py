"""The relay out of an area: each school's part of a case goes into the school, and leaves it again.

Its part is computed from the case and its visits as they are published. What was written where is
noted before it is written, so that a part can be withdrawn however the relay ended. Of a restricted
case nothing goes, and of a child who is not on the school's roll.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import orjson

from schemas.family.cases import Case
from schemas.family.visits import Visit
from server.drafts import Draft
from server.family.attended import attended, attended_draft, attended_id
from server.family.places import Place
from server.relay.registers import school_says
from server.relay.relay import Relay
from sync import channels
from sync.clock import instant
from sync.family.cases import Child, children
from sync.family.shares import shared, supports
from sync.spoken import read_feed
from sync.store import Document, WriteBatch

__all__ = ["AreaRelay"]

_PARTS = ("support", "shared")


class AreaRelay(Relay):
    """Carries out of an area into its schools."""

    def _keys(self, document: Document) -> Iterable[str]:
        kind, _, rest = document.id.partition(":")
        if kind == "case":
            yield document.id
        elif kind == "attended":
            yield channels.case(rest.partition(":")[0])
        elif kind == "visit":
            yield from (one for one in document.channels if one.startswith("case:"))

    async def _everything(self) -> Collection[str]:
        """Every case published, and every one of which a school has a part."""
        found = {one.id for one in await self._database.range("case:", "case;")}
        for name in await self._desk.places.names():
            place = await self._desk.places.school_of(self._database.name, name)
            for case in await _parts_in(place) if place is not None else ():
                await self._note(case, {name} | await self._noted(case))
                found.add(channels.case(case))
        return found

    async def _daily(self) -> Collection[str]:
        return ()  # a school says itself that somebody left its roll

    async def _carry(self, kind: str, name: str) -> None:  # noqa: ARG002  # cases are all there is
        documents, _ = await read_feed(self._database, 0, frozenset({channels.case(name)}))
        case = next((_case(one) for one in documents if one.id == f"case:{name}"), None)
        visits = [_visit(one) for one in documents if one.id.startswith("visit:")]
        pupils = [] if case is None else children(case.cells)
        learning = await self._learn(name, pupils)
        parts = {} if case is None else self._parts(case, visits, learning)
        noted = await self._noted(name)
        if not noted.issuperset(parts):
            await self._note(name, noted.union(parts))
        left = set(parts)
        for school in sorted(noted.union(parts)):
            if not await self._deliver(name, school, parts.get(school, [])):
                left.add(school)
        if noted.union(parts) != left:
            await self._note(name, left)

    async def _learn(self, case: str, pupils: Sequence[Child]) -> dict[tuple[str, str], Place]:
        """Write down what the schools say of the children; the schools that have them on roll."""
        known, wanted = await attended(self._database, case), list[Draft]()
        found: dict[tuple[str, str], Place] = {}
        today, as_at = self._today(), instant(self._clock.now_ms())
        for child in pupils:
            place = await self._desk.places.school_of(self._database.name, child.school)
            if place is None:
                continue
            says = await school_says(place.database, place.school, child.pupil, today)
            wanted.append(attended_draft(case, child.school, child.pupil, says, as_at))
            if says.on_roll:
                found[child.school, child.pupil] = place
        gone = {attended_id(case, *who) for who in known}
        if await self._put(self._database, wanted, gone):
            self._carried(self._database.name, frozenset({channels.case(case)}))
        return found

    def _parts(
        self, case: Case, visits: Sequence[Visit], on: dict[tuple[str, str], Place]
    ) -> dict[str, list[Draft]]:
        """Each school's part of a case."""
        zone, as_at = self._desk.roster().calendar.time_zone, instant(self._clock.now_ms())
        found: dict[str, list[Draft]] = {}
        for child, support in supports(case, visits, zone, as_at):
            if (child.school, child.pupil) in on:
                draft = Draft.of(support.id, support, channels.SUPPORT)
                found.setdefault(child.school, []).append(draft)
        for child, told in shared(case, as_at):
            if (child.school, child.pupil) in on:
                draft = Draft.of(told.id, told, channels.SAFEGUARDING)
                found.setdefault(child.school, []).append(draft)
        return found

    async def _deliver(self, case: str, school: str, drafts: Sequence[Draft]) -> bool:
        """Write a school's part, and withdraw what is not of it any more; False where the school is
        not to be reached.
        """
        place = await self._desk.places.find(school)
        if place is None:
            return False
        database = await self._peer(place)
        there = [
            one.id
            for part in _PARTS
            for one in await database.range(f"{part}:{case}:", f"{part}:{case};")
        ]
        if await self._put(database, drafts, there):
            self._carried(school, frozenset())
        return True

    async def _noted(self, case: str) -> set[str]:
        """The schools that may have a part of a case."""
        kept = await self._database.read_local(_local(case))
        return set() if kept is None else set(kept["schools"])

    async def _note(self, case: str, schools: set[str]) -> None:
        body = {"schools": sorted(schools)} if schools else None
        await self._database.write(WriteBatch(local={_local(case): body}))


def _local(case: str) -> str:
    return f"relay:case:{case}"


async def _parts_in(place: Place) -> set[str]:
    """The cases of which a school has a part."""
    found: set[str] = set()
    for part in _PARTS:
        for one in await place.database.range(f"{part}:", f"{part};"):
            found.add(one.id.split(":")[1])
    return found


def _case(document: Document) -> Case:
    return Case.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))


def _visit(document: Document) -> Visit:
    return Visit.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
