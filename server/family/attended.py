"""What the registers of its school say of a child of a case, as it was carried into the area.

A document a child of a case (``attended:<case>:<school>:<pupil>``), written by the relay and read
by nobody else but the fold of the case, on whose topic it lies.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal

import orjson
from pydantic import Field

from schemas.base import Date, Instant, Model, OpaqueId
from schemas.measures import Tally
from schemas.support import CaseAttendance
from server.drafts import Draft
from sync import channels
from sync.store import Database

__all__ = ["Attended", "HalfTally", "attended", "attended_draft", "attended_id"]


class HalfTally(Model):
    """What a half-term, named by its first day, comes to so far."""

    half: Date
    tally: Tally


class Attended(Model):
    """A child's attendance of this half-term and the last."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["attended"] = "attended"
    school: OpaqueId
    pupil: OpaqueId
    halves: tuple[HalfTally, ...]
    as_at: Instant


def attended_id(case: str, school: str, pupil: str) -> str:
    """The ``_id`` of the document."""
    return f"attended:{case}:{school}:{pupil}"


def attended_draft(
    case: str, school: str, pupil: str, halves: Iterable[HalfTally], as_at: str
) -> Draft:
    """The document to be."""
    model = Attended(
        id=attended_id(case, school, pupil),
        school=school,
        pupil=pupil,
        halves=tuple(halves),
        as_at=as_at,
    )
    return Draft.of(model.id, model, frozenset({channels.entries(channels.case(case))}))


async def attended(
    database: Database, case: str
) -> dict[tuple[str, str], tuple[CaseAttendance, ...]]:
    """What was carried into a case, by school and pupil."""
    found: dict[tuple[str, str], tuple[CaseAttendance, ...]] = {}
    for document in await database.range(f"attended:{case}:", f"attended:{case};"):
        one = Attended.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
        found[one.school, one.pupil] = tuple(
            CaseAttendance(
                member=one.pupil,
                school=one.school,
                half=half.half,
                tally=half.tally,
                as_at=one.as_at,
            )
            for half in one.halves
        )
    return found
