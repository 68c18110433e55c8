"""What a tablet and the server say to each other in ``POST /db/<school>/_sync``, and receipts."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.access import Grant, GrantLine
from schemas.base import Digest, Instant, Model, OpaqueId
from schemas.policy import Role
from schemas.published import Outcome
from schemas.school import Phase

__all__ = [
    "HeldItem",
    "Holding",
    "LogHead",
    "Me",
    "PushRow",
    "Receipt",
    "SetAsideItem",
    "SyncAnswer",
    "SyncRequest",
]


class LogHead(Model):
    """A log as the tablet holds it: the last entry that the server acknowledged, and the receipt.

    ``n`` is 0, and ``digest`` that of no entry, before the first acknowledgement.
    """

    log: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
    n: Annotated[int, Field(ge=0)]
    digest: Digest
    receipt: str | None = None
    """The ``tag`` of the receipt already held: an unchanged receipt is not sent again."""


class HeldItem(Model):
    """An entry the server keeps but does not let speak, unless its ``outcome`` says otherwise."""

    n: int
    entry: str
    reason_code: str
    reason: str
    received_at: Instant
    outcome: Outcome | None = None


class SetAsideItem(Model):
    """One claim of a stored entry that cannot stand, unless its ``outcome`` says otherwise."""

    n: int
    entry: str
    claim: str
    reason_code: str
    reason: str
    outcome: Outcome | None = None


class Receipt(Model):
    """What the server has of one log.

    ``through``: every entry up to this number is stored or held. ``highest``: the highest number
    that came. ``missing``: inclusive ranges below it, to offer again. ``backed_up_through``:
    numbers a backup holds; a tablet keeps its own entries until then. ``forked``: two entries came
    with one number; both are kept, the log is closed, the tablet opens a new one.
    ``erased``: numbers whose content was erased by law, here and then on the tablet; the chain
    stays whole.
    """

    log: str
    tag: str
    through: int
    highest: int = 0
    backed_up_through: int = 0
    missing: tuple[tuple[int, int], ...] = ()
    held: tuple[HeldItem, ...] = ()
    set_aside: tuple[SetAsideItem, ...] = ()
    forked: bool = False
    erased: tuple[int, ...] = ()
    last_received_at: Instant | None = None


class Holding(Model):
    """What a tablet holds of one school: how many published documents, and which.

    ``digest``: SHA-256 over a line ``<id> <rev>`` for each, sorted as UTF-8 bytes
    (:func:`schemas.canonical.holding_digest`). ``token``: the pull token it held them at.
    """

    documents: Annotated[int, Field(ge=0)]
    digest: Digest
    token: Annotated[str, Field(max_length=2000)]


class SyncRequest(Model):
    """One question for everything: my logs stand so, I have seen this much; what is new?"""

    device: OpaqueId
    device_time: Instant
    logs: Annotated[tuple[LogHead, ...], Field(max_length=100)] = ()
    token: Annotated[str, Field(max_length=2000)] | None = None
    wait_s: Annotated[int, Field(ge=0, le=55)] = 0
    waiting: Annotated[int, Field(ge=0)] = 0
    """Entries on the tablet that the server has not acknowledged yet, for the office's page."""
    oldest_waiting: Instant | None = None
    """When the oldest of them was written, by the device's clock."""
    storage: Literal["persistent", "best-effort", "unknown"] = "unknown"
    """Whether the browser promised to keep what is on the tablet."""
    app: Annotated[str, Field(max_length=40)] | None = None
    """The version of the app."""
    grants: Annotated[str, Field(max_length=64)] | None = None
    """The person's grants as the tablet knows them: others, and it is answered at once."""
    holds: Holding | None = None
    """Said when the last answer asked for it (``prove``)."""


class SyncAnswer(Model):
    """What is new for this person.

    ``news``: pull ``_changes`` from the token held. ``reset``: that token is of another store or
    of other grants; pull from the beginning into a new replica. ``drop``: ids to remove.
    """

    server_time: Instant
    nonce: str
    token: str
    news: bool
    reset: bool = False
    receipts: tuple[Receipt, ...] = ()
    drop: tuple[str, ...] = ()
    grants: str = ""
    """Changes whenever the person's grants here do: then ask ``GET /session`` what they are."""
    prove: bool = False
    """Say in the next question what the tablet holds (``holds``)."""


class PushRow(Model):
    """One line of the answer to ``_bulk_docs``: CouchDB's ``{ok, id, rev}``, and the verdict."""

    ok: Literal[True] = True
    id: str
    rev: str
    verdict: Literal["stored", "held"]
    reason: str | None = None


class Me(Model):
    """Who is signed in (``GET /session``): the person, and each school they work in."""

    person: OpaqueId
    name: str
    role: Role
    schools: tuple[MySchool, ...]
    expires_at: Instant


class MySchool(Model):
    """A school's database (``/db/<school>/``), its name, and what the person may do there now.

    ``role``: in which they write there; None where no grant is in force. ``grants``: all that are
    in force or yet to begin. ``over``: those that ended within the last day. ``digest``: of the
    grants, as :attr:`SyncAnswer.grants` has it. ``phase``: None where it is not served from here.
    ``area``: the area that a school lies in.
    """

    school: OpaqueId
    name: str
    phase: Phase | None = None
    area: OpaqueId | None = None
    role: Role | None = None
    grants: tuple[Grant, ...] = ()
    over: tuple[GrantLine, ...] = ()
    digest: str = ""


Me.model_rebuild()
