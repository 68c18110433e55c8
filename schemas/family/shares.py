"""A school's part of a case, in the school's own database.

What its attendance office may know (:class:`Support`) and what its safeguarding lead may
(:class:`SharedSupport`) are separate documents, so that no tablet holds more than its owner may
read.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Date, Instant, Model, OpaqueId
from schemas.family.facts import BasisKind

__all__ = ["SharedLine", "SharedSupport", "Support", "SupportAction", "SupportVisit"]


class SupportVisit(Model):
    """That a visit took place, when, and what came of it at the door: no more."""

    visit: OpaqueId
    on: Date
    outcome: Literal["planned", "seen", "no_answer", "refused", "wrong_address", "contested"]


class SupportAction(Model):
    """An action agreed with the family that this child's school may know."""

    item: OpaqueId
    what: str
    owner: str
    due: Date | None
    status: Literal["open", "done", "dropped"]


class Support(Model):
    """A school's part of a case for its attendance office, about one pupil. Never of a restricted
    case.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["support"] = "support"
    pupil: OpaqueId
    case: OpaqueId
    status: Literal["open", "paused", "closed"]
    lead_name: str | None = None
    agency: str | None = None
    visits: tuple[SupportVisit, ...] = ()
    actions: tuple[SupportAction, ...] = ()
    as_at: Instant


class SharedLine(Model):
    """Something the case's workers told the school on purpose."""

    item: OpaqueId
    text: str
    basis: BasisKind
    by_name: str
    at: Instant


class SharedSupport(Model):
    """A school's part of a case for its safeguarding lead, about one pupil."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["shared"] = "shared"
    pupil: OpaqueId
    case: OpaqueId
    lines: tuple[SharedLine, ...]
    as_at: Instant
