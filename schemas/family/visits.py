"""A visit as the server folds it: its facts, what each worker wrote, when the note is due."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Instant, Model, OpaqueId
from schemas.family.acts import Contribution
from schemas.family.cells import FactCell
from schemas.family.photos import Photo
from schemas.policy import Role

__all__ = ["NOTE_DUE_HOURS", "NOTE_OVERDUE_HOURS", "Addendum", "Contributed", "Visit"]

NOTE_DUE_HOURS = 24
"""Hours after a visit's end when its author is reminded of the note."""


NOTE_OVERDUE_HOURS = 48
"""Hours after a visit's end when a missing note shows to the lead."""


class Addendum(Model):
    """Something added afterwards to the note that was handed in as the entry ``to``."""

    entry: str
    to: str
    author: OpaqueId
    author_name: str
    written_at: Instant
    received_at: Instant | None = None
    text: str


class Contributed(Model):
    """One person's account of a visit, as they handed it in, and what was added since.

    ``device``, ``begun_at`` (first words saved), ``written_at`` (handed in, by the device's clock)
    and ``received_at`` say how it came about.
    """

    entry: str
    author: OpaqueId
    author_name: str
    role: Role
    device: OpaqueId
    begun_at: Instant | None = None
    written_at: Instant
    received_at: Instant | None = None
    contribution: Contribution
    addenda: tuple[Addendum, ...] = ()


class Visit(Model):
    """A visit: its plan, its facts, what each worker wrote, for the case's workers and their lead.

    ``ended_at``: when it ended, or will, as far as is known: left, else the plan's end.
    ``owed_by``: workers of the plan who have handed in no note; before ``ended_at`` nobody owes one
    yet, and for a visit that was cancelled nobody ever does. ``addenda``: whose note has not come.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["visit"] = "visit"
    visit: OpaqueId
    case: OpaqueId
    cells: tuple[FactCell, ...]
    contributions: tuple[Contributed, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    photos: tuple[Photo, ...] = ()
    ended_at: Instant | None = None
    note_due_at: Instant | None = None
    note_overdue_at: Instant | None = None
    owed_by: tuple[OpaqueId, ...] = ()
    restricted: bool = False
    as_at: Instant
