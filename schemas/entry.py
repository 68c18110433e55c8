"""Entries: what a person did. Immutable, numbered in a log, each carrying the digest before it.

An entry document, its ``_id`` and its one ``_rev`` follow from its digest
(:mod:`schemas.canonical`), so the same entry pushed twice is the same document. A *claim* says
what one person holds true of one *cell* (pupil, date, session), and ``replaces`` names the claims
on that cell that were on its author's screen, with what those had replaced.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from schemas.act import SHAPE, Act, ClaimId, Clock, Code, EntryId, HeldId
from schemas.base import Date, Digest, Instant, LocalTime, Model, OpaqueId, Sentence, Text
from schemas.canonical import body_digest, claim_id, entry_digest, entry_id, entry_rev
from schemas.codes import Session
from schemas.concerns import (
    ConcernAcknowledged,
    ConcernExported,
    ConcernNoted,
    ConcernRaised,
    ConcernTold,
)
from schemas.family import (
    CaseNoted,
    CaseOpened,
    CaseSettled,
    DraftOpened,
    FactBody,
    GlassBroken,
    PhotoAdded,
    VisitAddendum,
    VisitNoted,
    VisitPlanned,
    VisitSettled,
    VisitSubmitted,
)
from schemas.policy import Role
from schemas.watches import HelpCalled, WatchConfirmed, WatchEnded, WatchExtended, WatchStarted

__all__ = [
    "KINDS",
    "MAX_ENTRY_BYTES",
    "SHAPE",
    "ArrivalRecorded",
    "Body",
    "CaseNoted",
    "CaseOpened",
    "CaseSettled",
    "Claim",
    "ClaimBody",
    "ClaimId",
    "Clock",
    "ConcernAcknowledged",
    "ConcernExported",
    "ConcernNoted",
    "ConcernRaised",
    "ConcernTold",
    "ContestSettled",
    "Decision",
    "DepartureRecorded",
    "DraftOpened",
    "Entry",
    "FactBody",
    "GlassBroken",
    "GrantEnded",
    "GrantGiven",
    "HelpCalled",
    "MarkAmended",
    "Paper",
    "PhotoAdded",
    "PlannedRecorded",
    "PlannedWithdrawn",
    "QuarantineCorrected",
    "QuarantineDeclined",
    "QuarantineReleased",
    "RecordViewed",
    "RegisterReassigned",
    "RegisterTaken",
    "RegisterVoided",
    "VisitAddendum",
    "VisitNoted",
    "VisitPlanned",
    "VisitSettled",
    "VisitSubmitted",
    "WatchConfirmed",
    "WatchEnded",
    "WatchExtended",
    "WatchStarted",
    "make_entry",
]

MAX_ENTRY_BYTES = 256 * 1024
"""Largest canonical entry taken in; a register of 500 pupils stays under half of it."""


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


class GrantGiven(Act):
    """Somebody may act here, in a role, for a time; the grant's id is this entry's."""

    kind: Literal["grant.given"] = "grant.given"
    person: OpaqueId
    grants: Role
    """The role that is granted; ``role`` is the giver's."""
    groups: Annotated[tuple[OpaqueId, ...], Field(max_length=200)] = ()
    pupils: Annotated[tuple[OpaqueId, ...], Field(max_length=500)] = ()
    cases: Annotated[tuple[OpaqueId, ...], Field(max_length=200)] = ()
    """In an authority's area: the cases that become theirs to work on."""
    starts: Instant
    ends: Instant
    purpose: Sentence


class GrantEnded(Act):
    """A grant ends now: one that an entry gave, or the post that came with the account."""

    kind: Literal["grant.ended"] = "grant.ended"
    grant: EntryId | Literal["post"]
    person: OpaqueId
    reason: Sentence


class RecordViewed(Act):
    """Somebody opened a restricted record."""

    kind: Literal["record.viewed"] = "record.viewed"
    document: Annotated[str, Field(pattern=r"^[a-z]+:[A-Za-z0-9_:-]{1,200}$")]
    """The ``_id`` of the published document that was opened."""
    pupil: OpaqueId | None = None
    purpose: Sentence | None = None


class _Decides(Model):
    """What a decision on something held, or set aside, speaks of.

    ``replaces``: decisions on the same that were on the screen. Two that disagree and had not seen
    each other leave it held, contested, until a third has seen both.
    """

    held: HeldId
    entry: Annotated[str, Field(min_length=1, max_length=300)]
    """The ``_id`` it came with; an entry's, unless it was no entry at all."""
    reason: Text
    replaces: Annotated[tuple[EntryId, ...], Field(max_length=50)] = ()


class QuarantineReleased(Act, _Decides):
    """What was held, or set aside, stands as it was written. ``date``: the day it speaks of."""

    kind: Literal["quarantine.released"] = "quarantine.released"
    date: Date | None = None


class QuarantineDeclined(Act, _Decides):
    """What was held, or set aside, does not stand. Its author is told why."""

    kind: Literal["quarantine.declined"] = "quarantine.declined"
    date: Date | None = None


class QuarantineCorrected(ClaimBody, _Decides):
    """What was held, or set aside, stands as corrected here: these claims speak in its place."""

    kind: Literal["quarantine.corrected"] = "quarantine.corrected"


Body = Annotated[
    RegisterTaken
    | MarkAmended
    | ArrivalRecorded
    | ContestSettled
    | DepartureRecorded
    | RegisterVoided
    | PlannedRecorded
    | PlannedWithdrawn
    | RegisterReassigned
    | GrantGiven
    | GrantEnded
    | RecordViewed
    | QuarantineReleased
    | QuarantineCorrected
    | QuarantineDeclined
    | VisitPlanned
    | VisitNoted
    | VisitSubmitted
    | VisitAddendum
    | VisitSettled
    | CaseOpened
    | CaseNoted
    | CaseSettled
    | PhotoAdded
    | DraftOpened
    | GlassBroken
    | ConcernRaised
    | ConcernTold
    | ConcernAcknowledged
    | ConcernNoted
    | ConcernExported
    | WatchStarted
    | WatchExtended
    | WatchEnded
    | WatchConfirmed
    | HelpCalled,
    Field(discriminator="kind"),
]

KINDS = (
    "register.taken",
    "mark.amended",
    "arrival.recorded",
    "contest.settled",
    "departure.recorded",
    "register.voided",
    "planned.recorded",
    "planned.withdrawn",
    "register.reassigned",
    "grant.given",
    "grant.ended",
    "record.viewed",
    "quarantine.released",
    "quarantine.corrected",
    "quarantine.declined",
    "visit.planned",
    "visit.noted",
    "visit.submitted",
    "visit.addendum",
    "visit.settled",
    "case.opened",
    "case.noted",
    "case.settled",
    "photo.added",
    "draft.opened",
    "glass.broken",
    "concern.raised",
    "concern.told",
    "concern.acknowledged",
    "concern.noted",
    "concern.exported",
    "watch.started",
    "watch.extended",
    "watch.ended",
    "watch.confirmed",
    "watch.help",
)


class Entry(Model):
    """The document that crosses from tablet to server.

    Shape of the chain: ``body_digest`` = SHA-256(salt, canonical body); ``digest`` = SHA-256 of
    the header ``{v, log, n, prev, body_digest}``; ``prev`` = the digest of entry ``n - 1``.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    id: Annotated[str, Field(alias="_id")]
    rev: Annotated[str, Field(alias="_rev")]
    type: Literal["entry"]
    v: Literal[1]
    log: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    n: Annotated[int, Field(ge=1, le=99_999_999)]
    prev: Digest
    salt: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    body_digest: Digest
    digest: Digest
    body: Body

    def claim_ids(self) -> tuple[str, ...]:
        """Ids of the claims in order: of marks, or of facts; empty for a kind without any."""
        body = self.body
        said = (
            body.claims
            if isinstance(body, ClaimBody)
            else body.facts
            if isinstance(body, FactBody)
            else ()
        )
        return tuple(claim_id(self.digest, index) for index in range(len(said)))


def make_entry(log: str, n: int, prev: str, salt: str, body: dict[str, Any]) -> dict[str, Any]:
    """Seal ``body`` (JSON types) as entry ``n`` of ``log``; returns the document, ready to push."""
    sealed = body_digest(salt, body)
    digest = entry_digest(log=log, n=n, prev=prev, body=sealed)
    return {
        "_id": entry_id(log, n, digest),
        "_rev": entry_rev(digest),
        "type": "entry",
        "v": 1,
        "log": log,
        "n": n,
        "prev": prev,
        "salt": salt,
        "body_digest": sealed,
        "digest": digest,
        "body": body,
    }
