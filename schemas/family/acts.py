"""What people do in family support: plan visits, record them, keep a case; bodies of entries.

They are written into an authority's area database. ``case`` and ``visit`` are minted by the tablet
that first names them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act, EntryId
from schemas.base import Instant, Model, OpaqueId, Text
from schemas.family.drafts import Covers
from schemas.family.facts import MAX_FACTS, FactClaim

__all__ = [
    "CaseNoted",
    "CaseOpened",
    "CaseSettled",
    "Contribution",
    "FactBody",
    "VisitAddendum",
    "VisitBody",
    "VisitNoted",
    "VisitPlanned",
    "VisitSettled",
    "VisitSubmitted",
    "Words",
]

LongText = Annotated[str, Field(min_length=1, max_length=20_000)]


class FactBody(Act):
    """A body whose claims are facts of a case, or of a visit of it."""

    case: OpaqueId
    facts: Annotated[tuple[FactClaim, ...], Field(max_length=MAX_FACTS)] = ()


class VisitBody(FactBody):
    """A body that speaks of a visit."""

    visit: OpaqueId


class Words(Model):
    """A child's own words, as they were said."""

    child: OpaqueId
    words: LongText


class Contribution(Model):
    """One person's account of a visit, in their own words: signed, frozen, never blended.

    Observation (what was seen and heard) stands apart from analysis (what the worker makes of it).
    """

    observation: LongText | None = None
    analysis: LongText | None = None
    parent_view: LongText | None = None
    words: Annotated[tuple[Words, ...], Field(max_length=20)] = ()


class VisitPlanned(VisitBody):
    """A visit to come, or its plan changed: ``facts`` hold the plan."""

    kind: Literal["visit.planned"] = "visit.planned"


class VisitNoted(VisitBody):
    """Facts of a visit as they happen: arrived, nobody answers, left."""

    kind: Literal["visit.noted"] = "visit.noted"


class VisitSubmitted(VisitBody):
    """A visit's note is handed in: from now on it only grows, by addenda.

    ``draft``: the draft it was written in, which goes. ``covers``: what was on its author's screen
    of it, by copy: a copy that has gone further stays, and its author is told. ``begun_at``: when
    its first words were saved.
    """

    kind: Literal["visit.submitted"] = "visit.submitted"
    contribution: Contribution
    draft: OpaqueId | None = None
    covers: Covers = Field(default_factory=dict)
    begun_at: Instant | None = None


class VisitAddendum(Act):
    """Something added to a note that was handed in: ``to`` names the entry that it adds to."""

    kind: Literal["visit.addendum"] = "visit.addendum"
    case: OpaqueId
    visit: OpaqueId
    to: EntryId
    text: LongText


class VisitSettled(VisitBody):
    """A person settles what was contested: facts that replace both sides."""

    kind: Literal["visit.settled"] = "visit.settled"
    reason: Text


class CaseOpened(FactBody):
    """A case begins: who lives there, what brings it here, whose it is."""

    kind: Literal["case.opened"] = "case.opened"


class CaseNoted(FactBody):
    """The case goes on: an action done, a reply from a partner, a review."""

    kind: Literal["case.noted"] = "case.noted"


class CaseSettled(FactBody):
    """A person settles what was contested: facts that replace both sides."""

    kind: Literal["case.settled"] = "case.settled"
    reason: Text
