"""Drafts: a visit's note while it is written, synced for its author alone.

An author goes on with a draft on any of their tablets. Each store writes a *copy* of its own, which
nothing else ever writes, so that nothing is overwritten; what one copy has seen of the others says
whether another is behind it, ahead of it, or has gone its own way.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act, EntryId
from schemas.base import Digest, Instant, Model, OpaqueId, Text

__all__ = [
    "DRAFT_OPEN_DAYS",
    "MAX_COPIES",
    "MAX_DRAFT_BYTES",
    "Covers",
    "Draft",
    "DraftDropping",
    "DraftEnd",
    "DraftKept",
    "DraftList",
    "DraftListed",
    "DraftOpened",
    "DraftOpening",
    "DraftSaving",
    "DraftSeen",
    "Fields",
]

MAX_DRAFT_BYTES = 256 * 1024
"""The largest draft that a server takes, as JSON."""


MAX_COPIES = 32
"""Copies of one draft: far more than anybody has tablets."""


DRAFT_OPEN_DAYS = 7
"""Days for which a lead who opened somebody's draft may read it."""


Count = Annotated[int, Field(ge=1, le=2**40)]


Covers = Annotated[dict[OpaqueId, Count], Field(max_length=MAX_COPIES)]
"""How far copies are known: by copy, the number of its last saving that was taken in."""


Name = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_.:-]{0,119}$")]


Fields = Annotated[dict[Name, Annotated[str, Field(max_length=40_000)]], Field(max_length=200)]
"""A form's fields by name. Prose is merged by its sentences where two copies differ; anything else
is chosen whole."""


class DraftSeen(Model):
    """Another copy as it was when it was taken in last: where the two had everything in common."""

    n: Count
    saw: Covers = Field(default_factory=dict)
    fields: Fields


class _Saved(Model):
    """One copy of a draft. ``n`` counts its savings.

    ``saw``: how far it knows the other copies, also by way of a third. ``seen``: what those said
    then, the bases of a three-way merge.
    """

    draft: OpaqueId
    copy_id: OpaqueId
    case: OpaqueId
    visit: OpaqueId
    n: Count
    begun_at: Instant
    saved_at: Instant
    saw: Covers = Field(default_factory=dict)
    seen: Annotated[dict[OpaqueId, DraftSeen], Field(max_length=MAX_COPIES)] = Field(
        default_factory=dict
    )
    fields: Fields


class DraftSaving(_Saved):
    """A copy as its tablet sends it.

    ``after``: digests of what it may have sent last. A server that holds something else under the
    copy's name (a store was cloned, or put back from a backup) keeps both.
    """

    device: OpaqueId
    after: Annotated[tuple[Digest, ...], Field(max_length=64)] = ()


class Draft(_Saved):
    """A copy as the server holds it: its author reads it, and a lead who opened it with a reason.

    ``digest``: of what was sent. ``received_at``: by the server's clock.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["draft"] = "draft"
    device: OpaqueId
    author: OpaqueId
    author_name: str
    digest: Digest
    received_at: Instant


class DraftKept(Model):
    """The answer to a copy. ``copy_id``: the name it is kept under, which its tablet goes on with.

    ``ended``: the draft had been handed in, or discarded, with all that this copy says; nothing
    was kept.
    """

    copy_id: OpaqueId
    n: Count
    digest: Digest
    received_at: Instant
    ended: bool = False


class DraftDropping(Model):
    """An author discards a draft, as far as it was on their screen."""

    case: OpaqueId
    visit: OpaqueId
    covers: Covers


class DraftListed(Model):
    """That somebody has a draft, without a word of it; for a lead who may open it."""

    draft: OpaqueId
    author: OpaqueId
    author_name: str
    begun_at: Instant
    saved_at: Instant
    """The latest of its copies."""


class DraftList(Model):
    """The drafts of a visit's note that are on the server."""

    drafts: tuple[DraftListed, ...]


class DraftEnd(Model):
    """That a draft was handed in with ``entry``, or (None) discarded; for its author's tablets.

    ``covers``: how far each copy was in what was handed in, or on the screen when it was
    discarded. A copy that has gone further stays.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["draft_end"] = "draft_end"
    draft: OpaqueId
    author: OpaqueId
    case: OpaqueId
    visit: OpaqueId
    entry: EntryId | None = None
    covers: Covers
    at: Instant


class DraftOpening(Model):
    """That a lead opened somebody's draft: for both, for good. Readable ``until`` then."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["draft_opening"] = "draft_opening"
    entry: EntryId
    draft: OpaqueId
    of: OpaqueId
    case: OpaqueId
    by: OpaqueId
    by_name: str
    at: Instant
    until: Instant
    reason: str


class DraftOpened(Act):
    """A lead opens the draft of somebody who is away, and says why."""

    kind: Literal["draft.opened"] = "draft.opened"
    draft: OpaqueId
    of: OpaqueId
    """The draft's author."""
    case: OpaqueId
    reason: Text
