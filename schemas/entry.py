"""Entries: what a person did. Immutable, numbered in a log, each carrying the digest before it.

An entry document, its ``_id`` and its one ``_rev`` follow from its digest
(:mod:`schemas.canonical`), so the same entry pushed twice is the same document. What people do is
its body: :mod:`schemas.attendance`, :mod:`schemas.family`, and here what both need.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import ConfigDict, Field

from schemas.act import SHAPE, Act, ClaimId, Clock, EntryId, HeldId
from schemas.attendance import (
    ArrivalRecorded,
    Claim,
    ClaimBody,
    ContestSettled,
    Decision,
    DepartureRecorded,
    MarkAmended,
    Paper,
    PlannedRecorded,
    PlannedWithdrawn,
    RegisterReassigned,
    RegisterTaken,
    RegisterVoided,
)
from schemas.base import Date, Digest, Instant, Model, OpaqueId, Sentence, Text
from schemas.canonical import body_digest, claim_id, entry_digest, entry_id, entry_rev
from schemas.family.acts import (
    CaseNoted,
    CaseOpened,
    CaseSettled,
    FactBody,
    VisitAddendum,
    VisitNoted,
    VisitPlanned,
    VisitSettled,
    VisitSubmitted,
)
from schemas.family.concerns import (
    ConcernAcknowledged,
    ConcernExported,
    ConcernNoted,
    ConcernRaised,
    ConcernTold,
)
from schemas.family.drafts import DraftOpened
from schemas.family.glass import GlassBroken
from schemas.family.photos import PhotoAdded
from schemas.family.watches import (
    HelpCalled,
    WatchConfirmed,
    WatchEnded,
    WatchExtended,
    WatchStarted,
)
from schemas.policy import Role

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
