"""What a tablet, an office and the server say to each other about tablets."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Field

from schemas.base import Instant, Model, OpaqueId, Sentence

__all__ = [
    "DeviceHolding",
    "DevicePerson",
    "DeviceRow",
    "DeviceState",
    "Devices",
    "Enrolled",
    "Enrolment",
    "EnrolmentCode",
    "EnrolmentWish",
    "Farewell",
    "FarewellDraft",
    "FarewellPart",
    "FarewellTaken",
    "HandedOver",
    "Revocation",
    "RevocationReason",
    "RevocationWish",
    "Storage",
]

Storage = Literal["persistent", "best-effort", "unknown"]
"""Whether the browser promised to keep what is on the tablet."""
Label = Annotated[str, Field(min_length=1, max_length=80)]
App = Annotated[str, Field(max_length=40)]
RevocationReason = Literal["lost", "stolen", "replaced", "left", "other"]
DeviceState = Literal["enrolled", "revoked", "gone", "unenrolled"]
"""``gone``: revoked, and it said that it removed everything. ``unenrolled``: only heard of."""


class EnrolmentWish(Model):
    """Asks for a code (``POST /db/<school>/_devices/codes``).

    ``shared``: anybody's who works in the school; otherwise only ``owner`` signs in on it, or,
    without one, whoever is first. ``replaces``: the tablet that is revoked once this one is in.
    """

    label: Label
    shared: bool = False
    owner: OpaqueId | None = None
    replaces: OpaqueId | None = None


class EnrolmentCode(Model):
    """A code, good once and until ``expires_at``. ``url``: where it leads; ``svg``: as a QR code.

    The code stands after the ``#``, which no browser sends and no log has.
    """

    code: Annotated[str, Field(pattern=r"^[2-9A-Z]{4}-[2-9A-Z]{4}$")]
    url: str
    svg: str
    expires_at: Instant


class Enrolment(Model):
    """A tablet enrols (``POST /devices``, with a proof of its key)."""

    code: Annotated[str, Field(min_length=1, max_length=40)]
    app: App | None = None
    storage: Storage = "unknown"


class Enrolled(Model):
    """The tablet is enrolled: under which id, and in which school."""

    device: OpaqueId
    label: Label
    shared: bool
    school: OpaqueId
    school_name: str


class RevocationWish(Model):
    """Asks that a tablet be revoked (``POST /db/<school>/_devices/<device>/revoke``)."""

    reason: RevocationReason
    note: Annotated[str, Field(max_length=500)] | None = None


class Revocation(Model):
    """Why a tablet was revoked, by whom, when."""

    at: Instant
    by: OpaqueId
    by_name: Sentence
    reason: RevocationReason
    note: str | None = None


class FarewellPart(Model):
    """Entries of one school that the server had not acknowledged, as they lie on the tablet."""

    school: OpaqueId
    docs: tuple[Any, ...]


class FarewellDraft(Model):
    """A copy of a draft that the server had not acknowledged, as it lies on the tablet.

    ``saving``: as it would have been sent (:class:`schemas.family.drafts.DraftSaving`).
    """

    school: OpaqueId
    person: OpaqueId
    saving: dict[str, Any]


class Farewell(Model):
    """A revoked tablet hands over what it has not sent (``POST /devices/farewell``).

    ``last``: there is nothing more.
    """

    entries: tuple[FarewellPart, ...] = ()
    drafts: Annotated[tuple[FarewellDraft, ...], Field(max_length=100)] = ()
    last: bool


class FarewellTaken(Model):
    """How many of the entries sent are kept now: all of them."""

    taken: int


class HandedOver(Model):
    """What a revoked tablet handed over so far. ``complete``: it said that this was all."""

    entries: int
    at: Instant
    complete: bool


class DeviceHolding(Model):
    """What one person's replica on a tablet holds, as last proven; and whether it owes a drop.

    ``owes_since``: their grants changed, and the tablet has not proven yet that it holds what they
    may see now, and nothing else. ``dropped_at``: when it last proved that after such a change.
    ``differs``: at the last comparison it held other documents than it should have; by how many.
    """

    proven_at: Instant | None = None
    documents: int | None = None
    owes_since: Instant | None = None
    dropped_at: Instant | None = None
    differs: int | None = None


class DevicePerson(Model):
    """The last that was heard of one person on a tablet."""

    person: OpaqueId
    name: str
    last_contact: Instant
    waiting: int
    oldest_waiting: Instant | None = None
    holding: DeviceHolding = DeviceHolding()


class DeviceRow(Model):
    """A tablet, as a coordinator sees it: enrolled in this school, or only heard of.

    ``waiting`` and ``oldest_waiting`` are of all its people. ``clock_offset_ms``: server time less
    tablet time at the last contact.
    """

    device: OpaqueId
    state: DeviceState
    label: str | None = None
    shared: bool = False
    owner: OpaqueId | None = None
    owner_name: str | None = None
    enrolled_at: Instant | None = None
    enrolled_by_name: str | None = None
    replaces: OpaqueId | None = None
    last_contact: Instant | None = None
    waiting: int = 0
    oldest_waiting: Instant | None = None
    storage: Storage = "unknown"
    app: str | None = None
    clock_offset_ms: int | None = None
    people: tuple[DevicePerson, ...] = ()
    revoked: Revocation | None = None
    farewell: HandedOver | None = None
    wiped_at: Instant | None = None


class Devices(Model):
    """Every tablet known to a school (``GET /db/<school>/_devices``), the latest heard first."""

    devices: tuple[DeviceRow, ...]
    as_at: Instant
