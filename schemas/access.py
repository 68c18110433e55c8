"""Grants: who may act in a school, in which role, for whom, from when to when, why, by whose word.

A grant gives a role (:mod:`schemas.policy` says what that comes to) over groups or pupils. It is
either a *post*, kept with the account (a member of staff), or was given by an entry
(``grant.given``), or follows from one; each can be ended by an entry (``grant.ended``).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Instant, Model, OpaqueId, Sentence
from schemas.policy import Role

__all__ = [
    "POST",
    "AccessList",
    "Ended",
    "Explanation",
    "Grant",
    "GrantLine",
    "GrantState",
    "PersonAccess",
]

GrantState = Literal["to_begin", "in_force", "over"]

POST = "post"
"""The id of the grant that comes with somebody's post in a school."""


class Ended(Model):
    """A grant was ended before its time. ``entry`` says so."""

    at: Instant
    by: OpaqueId
    reason: Sentence
    entry: str


class Grant(Model):
    """``starts`` None: always; ``ends`` None: until somebody ends it.

    In force from ``starts``, and up to but not including ``ends`` and ``ended.at``.
    """

    id: str = POST
    """:data:`POST`, or the ``_id`` of the entry that gave it."""
    person: OpaqueId
    role: Role
    groups: Annotated[tuple[OpaqueId, ...], Field(max_length=2000)] = ()
    pupils: Annotated[tuple[OpaqueId, ...], Field(max_length=2000)] = ()
    cases: Annotated[tuple[OpaqueId, ...], Field(max_length=2000)] = ()
    starts: Instant | None = None
    ends: Instant | None = None
    purpose: Sentence = "Works in this school."
    given_by: OpaqueId | None = None
    """None: whoever keeps the accounts."""
    follows: bool = False
    """It follows from what its person did (opened a case, restricted one, opened a restricted one
    with a reason), and is in force only while they hold the role by another grant."""
    ended: Ended | None = None


class GrantLine(Model):
    """A grant as people read it. ``sees`` and ``why``: only in an explanation.

    ``group_names``: what its groups are called, in their order.
    """

    grant: Grant
    state: GrantState
    given_by_name: str | None = None
    ended_by_name: str | None = None
    group_names: tuple[str, ...] = ()
    other_cases: int = 0
    """Cases of the grant that whoever reads this may not know of: they are not named."""
    sees: bool | None = None
    why: str | None = None


class PersonAccess(Model):
    """Everybody with a post here, or a grant: what they hold, held and will hold."""

    person: OpaqueId
    name: str
    role: Role | None
    """In which they write now; None where nothing is in force."""
    grants: tuple[GrantLine, ...]
    closed: bool = False
    """Their account is closed: they can sign in nowhere."""


class AccessList(Model):
    """``GET /db/<school>/_access``: people by name."""

    as_at: Instant
    people: tuple[PersonAccess, ...]


class Explanation(Model):
    """Why a person may or may not see a document at a moment, in sentences.

    ``goes_to``: whom the document goes to. It says nothing of what stands in the document.
    """

    person: OpaqueId
    name: str
    document: str
    as_at: Instant
    sees: bool
    because: str
    goes_to: tuple[str, ...] = ()
    grants: tuple[GrantLine, ...] = ()
    restricted: bool = False
    """Whoever opens it is noted."""
