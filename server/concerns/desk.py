"""The desk that publishes the concerns of one database: where they were raised, or are answered.

It reads a concern's entries whole, each time: there are few of one. What it may not know itself it
asks of the server around it: the documents of other databases, and who holds what in this one.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol

import orjson

from schemas.family.concerns import Concern, ConcernRaised
from schemas.policy import Reach
from schemas.school import School
from server.drafts import Draft
from sync import channels
from sync.family.concern_readers import concern_channels
from sync.family.concerns import Answering, Folded, Heard, fold_concern, raising
from sync.family.relayed import heard_in
from sync.store import Database, Document

__all__ = ["ANSWERS", "Around", "ConcernDesk", "Made", "parts", "read_concern"]

ANSWERS = frozenset({Reach.SAFEGUARDING, Reach.ALLEGATIONS, Reach.CHAIR})
"""The reaches of those who answer for concerns."""


class Around(Protocol):
    """What a desk asks of the server around it."""

    async def place(self, database: str) -> School | None:
        """The school, or area, of another database on this server; None where there is none."""

    async def holders(self, reach: Reach) -> frozenset[str]:
        """Everybody who holds, held or will hold a reach in this database."""


@dataclass(frozen=True)
class Made:
    """A concern as it is now: its fold, who answers, and the documents to publish."""

    folded: Folded
    answering: Answering
    heard: tuple[Heard, ...]
    drafts: tuple[Draft, ...]

    @property
    def databases(self) -> frozenset[str]:
        """Every database that has a part in it: its entries are relayed among them."""
        return parts(self.folded, self.answering)


def parts(folded: Folded, answering: Answering) -> frozenset[str]:
    """Where it was raised, where it is answered for, and the area, once its duty team has it."""
    found = {folded.concern.place, answering.place.school}
    if answering.area is not None and "duty" in folded.concern.answering:
        found.add(answering.area.school)
    return frozenset(found)


class ConcernDesk:
    """Publishes the concerns of ``database``, whose own document is ``here``."""

    def __init__(
        self,
        database: Database,
        here: Callable[[], School],
        around: Around,
        name: Callable[[str], str],
    ) -> None:
        self._database = database
        self._here = here
        self._around = around
        self._name = name

    async def made(self, concern: str, now_ms: int) -> Made | None:
        """A concern as it is at a moment; None before it was raised."""
        heard = await heard_in(self._database, concern, self._name)
        first = raising(heard)
        if first is None:
            return None
        assert isinstance(first.body, ConcernRaised)  # noqa: S101  # what raises is
        answering = await self._answering(first, first.body)
        (current,) = await self._database.read([f"concern:{concern}"])
        before = None if current is None or current.deleted else read_concern(current)
        folded = fold_concern(heard, answering, now_ms, before)
        assert folded is not None  # noqa: S101  # it was raised
        drafts = await self._drafts(folded, answering)
        return Made(folded, answering, tuple(heard), tuple(drafts))

    async def _answering(self, first: Heard, body: ConcernRaised) -> Answering:
        """The child's school answers where it is on this server; else the place itself, an area."""
        raised_in = await self._place(first.place) or self._here()
        school = body.school if raised_in.phase == "area" else first.place
        place = raised_in if school is None else await self._place(school) or raised_in
        area = place if place.phase == "area" else await self._area(place)
        return Answering(place, area, raised_in.name)

    async def _area(self, school: School) -> School | None:
        return None if school.area is None else await self._place(school.area)

    async def _place(self, database: str) -> School | None:
        mine = self._here()
        return mine if database == self._database.name else await self._around.place(database)

    async def _drafts(self, folded: Folded, answering: Answering) -> list[Draft]:
        """The concern, for whoever answers for it here; and where it was raised, its status.

        Where nobody here does, it is the server's own: it goes on to the next all the same.
        """
        held = {reach: await self._around.holders(reach) for reach in ANSWERS}
        name = self._database.name
        to = concern_channels(folded, answering, name, held.__getitem__)
        found = [Draft.of(folded.concern.id, folded.concern, to)]
        if folded.concern.place == name:
            author = frozenset({channels.person(folded.concern.author)})
            found.append(Draft.of(folded.status.id, folded.status, author))
        return found


def read_concern(document: Document) -> Concern:
    """Parse a published concern."""
    return Concern.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
