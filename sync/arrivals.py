"""Arrivals: what came in with one push, and what became of it. Immutable, one per log and push.

Receipts, the quarantine and the state of a log are folds over arrivals.
"""

from __future__ import annotations

from typing import Annotated, Literal

import orjson
from pydantic import Field

from schemas.base import Instant, Model, OpaqueId
from sync.store import Document

__all__ = ["Arrival", "ArrivalItem", "SetAside", "read_arrival"]


class SetAside(Model):
    """A claim that cannot stand, by its index in the entry."""

    index: int
    reason_code: str
    reason: str


class ArrivalItem(Model):
    """One entry of the push. ``offset_ms`` was added to its device's times to correct them.

    ``sealed`` is False for what claims this number but does not match its digest: it is kept in
    the quarantine, and the number stays free for the entry itself.
    """

    n: int
    entry: str
    digest: str
    prev: str = ""
    sealed: bool = True
    verdict: Literal["stored", "held"]
    reason_code: str | None = None
    reason: str | None = None
    set_aside: tuple[SetAside, ...] = ()
    offset_ms: int = 0
    flags: tuple[str, ...] = ()


class Arrival(Model):
    """``type`` "arrival": a push of one log, received at a time, from a person on a device."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["arrival"] = "arrival"
    log: str
    person: OpaqueId
    device: str | None
    received_at: Instant
    items: tuple[ArrivalItem, ...]


def read_arrival(document: Document) -> Arrival:
    """Parse a stored arrival."""
    return Arrival.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
