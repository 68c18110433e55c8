"""Breaking the glass: a restricted case is opened by somebody whose it is not, who says why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act
from schemas.base import Date, Instant, Model, OpaqueId, Sentence, Text
from schemas.policy import Role

__all__ = ["Glass", "GlassAsked", "GlassBroken", "GlassFound"]


class GlassAsked(Model):
    """``POST /db/<area>/_glass``: is there a restricted case of a child, and why one asks."""

    surname: Sentence
    born: Date
    reason: Text


class GlassFound(Model):
    """The answer: the case's id, or nothing."""

    case: OpaqueId | None


class GlassBroken(Act):
    """Somebody opens a restricted case that is not theirs: for some hours, and others are told."""

    kind: Literal["glass.broken"] = "glass.broken"
    case: OpaqueId
    reason: Text


class Glass(Model):
    """Somebody opened a restricted case that was not theirs, and said why: for those who answer
    for it. ``until``: when it closes for them again.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["glass"] = "glass"
    case: OpaqueId
    entry: str
    person: OpaqueId
    person_name: str
    role: Role
    reason: str
    at: Instant
    received_at: Instant
    until: Instant
