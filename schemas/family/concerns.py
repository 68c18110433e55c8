"""Concerns: that a child is at risk of harm.

The app is never the only channel: the first thing it says is whom to ring. A concern is never part
of a draft, and never reaches anyone whom it concerns. :class:`Concern` lies where it was raised,
and wherever it is answered for.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act
from schemas.base import Instant, LocalTime, Model, OpaqueId, Sentence, Text
from schemas.policy import Role

__all__ = [
    "Concern",
    "ConcernAcknowledged",
    "ConcernExported",
    "ConcernNote",
    "ConcernNoted",
    "ConcernRaised",
    "ConcernStatus",
    "ConcernTold",
    "Hours",
    "Route",
    "Safeguarding",
    "Step",
    "ToRing",
    "Told",
]


class ToRing(Model):
    """Somebody to ring, or to write to. ``person``: where they have an account here."""

    name: Sentence
    role: Sentence
    phone: Sentence | None = None
    email: Sentence | None = None
    person: OpaqueId | None = None


class Hours(Model):
    """When a school's safeguarding lead can be reached on a weekday (Monday is 0)."""

    weekday: Annotated[int, Field(ge=0, le=6)]
    opens: LocalTime
    closes: LocalTime


class Safeguarding(Model):
    """Whom a school, or an authority's area, tells of a concern.

    ``acknowledge_minutes``: a concern that nobody has acknowledged by then goes to the next.
    Outside ``hours``, and on days without school, it goes to the authority's ``duty`` team as well.
    """

    leads: Annotated[tuple[ToRing, ...], Field(max_length=20)] = ()
    head: ToRing | None = None
    chair: ToRing | None = None
    designated_officer: ToRing | None = None
    duty: ToRing | None = None
    acknowledge_minutes: Annotated[int, Field(ge=1, le=10_080)] = 60
    hours: Annotated[tuple[Hours, ...], Field(max_length=14)] = ()


class Told(Model):
    """Somebody was told of a concern: who, how and when."""

    name: Sentence
    how: Literal["phone", "in_person", "message"]
    at: Instant


class ConcernRaised(Act):
    """Somebody is worried about a child.

    In an area ``case``, ``child`` (a member of the household) and the child's ``school`` and
    ``pupil`` name whom it is about; in a school ``pupil`` alone does. ``about``: people with an
    account whom it concerns: they never see it. ``text`` may be missing from what came in; then it
    is held, and whoever it goes to rings its author.
    """

    kind: Literal["concern.raised"] = "concern.raised"
    concern: OpaqueId
    case: OpaqueId | None = None
    visit: OpaqueId | None = None
    child: OpaqueId | None = None
    child_name: Sentence | None = None
    school: OpaqueId | None = None
    pupil: OpaqueId | None = None
    about: Annotated[tuple[OpaqueId, ...], Field(max_length=20)] = ()
    about_head: bool = False
    about_staff: bool = False
    text: Annotated[str, Field(max_length=20_000)]
    immediate: bool = False
    """The child is in danger now: emergency services first."""
    told: Annotated[tuple[Told, ...], Field(max_length=20)] = ()
    observed_at: Instant


class ConcernTold(Act):
    """Somebody else was told of it."""

    kind: Literal["concern.told"] = "concern.told"
    concern: OpaqueId
    told: Told


class ConcernAcknowledged(Act):
    """Whoever answers for it has read it: from now on it is theirs."""

    kind: Literal["concern.acknowledged"] = "concern.acknowledged"
    concern: OpaqueId
    note: Text | None = None


class ConcernNoted(Act):
    """What was done about it. ``status`` closed: with an outcome, in ``text``."""

    kind: Literal["concern.noted"] = "concern.noted"
    concern: OpaqueId
    text: Text
    status: Literal["open", "referred", "closed"] = "open"


class ConcernExported(Act):
    """It was taken over into the school's safeguarding system, under ``reference``; once."""

    kind: Literal["concern.exported"] = "concern.exported"
    concern: OpaqueId
    system: Sentence
    reference: Sentence


Step = Literal["lead", "head", "chair", "duty"]
"""Who answers for a concern: safeguarding lead, head, chair of governors, the area's duty team."""


class Route(Model):
    """Whom a concern goes to at once, and why."""

    to: tuple[Step, ...]
    because: str


class ConcernNote(Model):
    """Something done about a concern, or somebody told of it.

    ``raised``: it was raised a second time. ``held``: why it does not count by itself.
    """

    entry: str
    kind: Literal["raised", "told", "acknowledged", "noted", "exported"]
    author: OpaqueId
    author_name: str
    at: Instant
    received_at: Instant
    text: str | None = None
    told: Told | None = None
    status: Literal["open", "referred", "closed"] | None = None
    system: str | None = None
    reference: str | None = None
    held: str | None = None


class Concern(Model):
    """A concern, for whoever answers for it. ``due_at``: when it goes to the next, unacknowledged.

    ``place``: the database it was raised in. ``answering``: who has it by now, in the order in
    which it came to them. ``escalated``: when it went on to the next, by the server. ``held``: why
    it does not stand by itself (it came without a word, or from another than it says): it is
    answered for all the same, and its author is rung.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["concern"] = "concern"
    concern: OpaqueId
    place: OpaqueId
    place_name: str
    entry: str
    case: OpaqueId | None = None
    visit: OpaqueId | None = None
    child: OpaqueId | None = None
    child_name: str | None = None
    school: OpaqueId | None = None
    pupil: OpaqueId | None = None
    about_head: bool = False
    about_staff: bool = False
    text: str
    immediate: bool = False
    told: tuple[Told, ...] = ()
    author: OpaqueId
    author_name: str
    role: Role
    observed_at: Instant
    written_at: Instant
    received_at: Instant
    route: Route
    answering: tuple[Step, ...]
    state: Literal["new", "acknowledged", "referred", "closed"]
    due_at: Instant | None = None
    escalated: tuple[Instant, ...] = ()
    notes: tuple[ConcernNote, ...] = ()
    exported: tuple[ConcernNote, ...] = ()
    held: str | None = None


class ConcernStatus(Model):
    """What its author may know of a concern after raising it: that it came, and who has it."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["concern_status"] = "concern_status"
    concern: OpaqueId
    entry: str
    case: OpaqueId | None = None
    state: Literal["new", "acknowledged", "referred", "closed"]
    received_at: Instant
    goes_to: str
    """In words: "the safeguarding lead of …"."""
    acknowledged_by: str | None = None
    acknowledged_at: Instant | None = None
    held: str | None = None
