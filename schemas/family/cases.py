"""A case as the server folds it, and what a coordinator may know of it."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Date, Instant, Model, OpaqueId
from schemas.family.cells import FactCell
from schemas.family.concerns import Safeguarding
from schemas.measures import Tally
from schemas.policy import Role

__all__ = ["Case", "CaseAttendance", "CaseEvent", "CaseSchool", "CaseSummary", "CaseWorker"]


class CaseWorker(Model):
    """Somebody who works on a case, by a grant."""

    person: OpaqueId
    name: str
    role: Role
    agency: str | None = None


class CaseSchool(Model):
    """A school of the household's children, with its name and whom it wants told of a concern.

    ``here``: whether anything reaches it by itself; not a school that is not on this server, or
    lies in another area.
    """

    school: OpaqueId
    name: str
    here: bool = True
    safeguarding: Safeguarding | None = None


class CaseAttendance(Model):
    """A child's attendance of this half-term and the last, from its school's registers."""

    member: OpaqueId
    school: OpaqueId
    half: Date
    tally: Tally
    as_at: Instant


class CaseEvent(Model):
    """A line of the chronology, in the order in which things happened.

    ``recorded_at`` later than ``at`` by days is a back-dated line, and shows.
    """

    at: Instant
    recorded_at: Instant
    what: Literal[
        "opened",
        "visit",
        "contact",
        "letter",
        "meeting",
        "review",
        "referral",
        "step",
        "strategy",
        "status",
        "concern",
        "absence",
    ]
    text: str
    ref: str | None = None
    """The ``_id`` of the entry or document to open."""
    by_name: str | None = None


class Case(Model):
    """A case, for its workers and their lead."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["case"] = "case"
    case: OpaqueId
    cells: tuple[FactCell, ...]
    workers: tuple[CaseWorker, ...] = ()
    schools: tuple[CaseSchool, ...] = ()
    attendance: tuple[CaseAttendance, ...] = ()
    chronology: tuple[CaseEvent, ...] = ()
    restricted: bool = False
    opened_at: Instant
    as_at: Instant


class CaseSummary(Model):
    """What a coordinator may know of a case that is not restricted: no name, no narrative."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["summary"] = "summary"
    case: OpaqueId
    team: OpaqueId
    status: Literal["open", "paused", "closed"]
    outcome: str | None = None
    lead_name: str | None = None
    agency: str | None = None
    schools: tuple[OpaqueId, ...] = ()
    children: int
    opened_on: Date
    last_visit_on: Date | None = None
    review_due: Date | None = None
    as_at: Instant
