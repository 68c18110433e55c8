"""What people do for attendance: take registers, change marks, plan absences; bodies of entries.

A *claim* says what one person holds true of one *cell* (pupil, date, session), and ``replaces``
names the claims on that cell that were on its author's screen, with what those had replaced.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act, ClaimId, Code, EntryId
from schemas.base import Date, Instant, LocalTime, Model, OpaqueId, Sentence, Text
from schemas.codes import Session

__all__ = [
    "ArrivalRecorded",
    "Claim",
    "ClaimBody",
    "ContestSettled",
    "Decision",
    "DepartureRecorded",
    "MarkAmended",
    "Paper",
    "PlannedRecorded",
    "PlannedWithdrawn",
    "RegisterReassigned",
    "RegisterTaken",
    "RegisterVoided",
]


class Decision(Model):
    """Recording is not granting: who granted leave, linked to the mark that records it."""

    asked_by: Sentence
    asked_on: Date
    authorised_by: Sentence
    first: Date
    last: Date


class Paper(Model):
    """A register keyed in from paper: who took it, and when, on the school's clock."""

    taken_by: Sentence
    taken_at: LocalTime


class Claim(Model):
    """One person's word on one cell. Its id is :func:`schemas.canonical.claim_id`."""

    pupil: OpaqueId
    code: Code
    arrived: LocalTime | None = None
    """When the pupil came in; with ``L`` or ``U`` it decides which of the two it reads as."""
    remark: Text | None = None
    parent_message: Text | None = None
    """What a parent said, attached by somebody who may not decide the code."""
    ask_office: bool = False
    observed_by: Sentence | None = None
    """Who saw it, where that is not the author."""
    observed_at: Instant
    """When the value was chosen, by the device's clock."""
    decision: Decision | None = None
    replaces: Annotated[tuple[ClaimId, ...], Field(max_length=200)] = ()


class ClaimBody(Act):
    """A body whose claims lie in one session of one date."""

    date: Date
    session: Session
    claims: Annotated[tuple[Claim, ...], Field(min_length=1, max_length=500)]


class RegisterTaken(ClaimBody):
    """A register: the marks a person chose for a group's session."""

    kind: Literal["register.taken"] = "register.taken"
    group: OpaqueId
    paper: Paper | None = None


class MarkAmended(ClaimBody):
    """Marks changed after they were saved; the original stays (reg 10 amendments)."""

    kind: Literal["mark.amended"] = "mark.amended"
    group: OpaqueId | None = None
    reason: Text


class ArrivalRecorded(ClaimBody):
    """The late desk: a pupil came in, at a time."""

    kind: Literal["arrival.recorded"] = "arrival.recorded"


class ContestSettled(ClaimBody):
    """A person settles a contradiction with claims that replace both sides."""

    kind: Literal["contest.settled"] = "contest.settled"
    reason: Text


class DepartureRecorded(Act):
    """A pupil left the site early: it changes the roll call, not the mark."""

    kind: Literal["departure.recorded"] = "departure.recorded"
    pupil: OpaqueId
    date: Date
    session: Session
    left: LocalTime
    left_with: Sentence | None
    """Who took the pupil along, or that they went alone. None: it was not asked for apart."""
    reason: Text


class RegisterVoided(Act):
    """A register taken in error (the wrong group, the wrong day) no longer speaks."""

    kind: Literal["register.voided"] = "register.voided"
    entry: EntryId
    date: Date
    session: Session
    reason: Text


class PlannedRecorded(Act):
    """A planned code: a suggestion on the sheets of a span of days, never a claim."""

    kind: Literal["planned.recorded"] = "planned.recorded"
    pupil: OpaqueId
    first: Date
    last: Date
    sessions: Annotated[tuple[Session, ...], Field(min_length=1, max_length=2)]
    code: Code
    source: Sentence
    """Where it comes from: "Mother rang 08:05", "Hospital letter", "Trip to the coast"."""
    decision: Decision | None = None


class PlannedWithdrawn(Act):
    """A planned code that no longer holds; names the entry that recorded it."""

    kind: Literal["planned.withdrawn"] = "planned.withdrawn"
    entry: EntryId
    pupil: OpaqueId
    first: Date
    last: Date
    reason: Text


class RegisterReassigned(Act):
    """Another person takes a group's register for one session."""

    kind: Literal["register.reassigned"] = "register.reassigned"
    group: OpaqueId
    date: Date
    session: Session
    to: OpaqueId
    reason: Text
