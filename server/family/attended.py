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
from sync.spoken import read_feed
from sync.store import Database

__all__ = ["Attended", "HalfTally", "attended", "attended_draft", "attended_id", "cases_of"]


class HalfTally(Model):
    """What a half-term, named by its first day, comes to so far."""

    half: Date
    tally: Tally


class Attended(Model):
    """A child's attendance of this half-term and the last. ``on_roll``: still, at that school."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["attended"] = "attended"
    school: OpaqueId
    pupil: OpaqueId
    halves: tuple[HalfTally, ...]
    on_roll: bool
    as_at: Instant


def attended_id(case: str, school: str, pupil: str) -> str:
    """The ``_id`` of the document."""
    return f"attended:{case}:{school}:{pupil}"


def attended_draft(
    case: str,
    school: str,
    pupil: str,
    halves: Iterable[HalfTally],
    as_at: str,
    *,
    on_roll: bool,
) -> Draft:
    """The document to be."""
    model = Attended(
        id=attended_id(case, school, pupil),
        school=school,
        pupil=pupil,
        halves=tuple(halves),
        on_roll=on_roll,
        as_at=as_at,
    )
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
