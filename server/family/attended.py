"""What its school says of a child of a case, as it was carried into the area.

A document a child of a case (``attended:<case>:<school>:<pupil>``), written by the relay and read
by nobody else but the fold of the case, on whose topic it lies.
"""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from pydantic import Field

from schemas.base import Date, Instant, Model, OpaqueId
from schemas.measures import Tally
from server.drafts import Draft
from sync import channels
from sync.family.spells import Spell
from sync.spoken import read_feed
from sync.store import Database

__all__ = [
    "Attended",
    "HalfTally",
    "SchoolSays",
    "attended",
    "attended_draft",
    "attended_id",
    "cases_of",
]


class HalfTally(Model):
    """What a half-term, named by its first day, comes to so far."""

    half: Date
    tally: Tally


class SchoolSays(Model):
    """Of one child: this half-term and the last, the spells of absence in them, and whether the
    child is on roll. ``place`` changes with the school's own name, and whom it wants told.
    """

    halves: tuple[HalfTally, ...]
    spells: tuple[Spell, ...]
    on_roll: bool
    place: str


class Attended(Model):
    """What a child's school said, when."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["attended"] = "attended"
    school: OpaqueId
    pupil: OpaqueId
    says: SchoolSays
    as_at: Instant


def attended_id(case: str, school: str, pupil: str) -> str:
    """The ``_id`` of the document."""
    return f"attended:{case}:{school}:{pupil}"


def attended_draft(case: str, school: str, pupil: str, says: SchoolSays, as_at: str) -> Draft:
    """The document to be."""
    name = attended_id(case, school, pupil)
    model = Attended(id=name, school=school, pupil=pupil, says=says, as_at=as_at)
    to = frozenset({channels.entries(channels.case(case)), _of_school(school)})
    return Draft.of(model.id, model, to)


def _of_school(school: str) -> str:
    """Internal: the children of one school who are of any case."""
    return f"attended:{school}"


async def cases_of(area: Database, school: str) -> dict[str, frozenset[str]]:
    """The cases of each child of a school, by pupil."""
    documents, _ = await read_feed(area, 0, frozenset({_of_school(school)}))
    found: dict[str, set[str]] = {}
    for one in documents:
        _, case, _, pupil = one.id.split(":")
        found.setdefault(pupil, set()).add(case)
    return {pupil: frozenset(cases) for pupil, cases in found.items()}


async def attended(database: Database, case: str) -> dict[tuple[str, str], Attended]:
    """What was carried into a case, by school and pupil."""
    documents = await database.range(f"attended:{case}:", f"attended:{case};")
    found = (
        Attended.model_validate_json(orjson.dumps({"_id": one.id, **one.body})) for one in documents
    )
    return {(one.school, one.pupil): one for one in found}
