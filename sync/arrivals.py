"""Arrivals: what came in with one push, and what became of it. Immutable, one per log and push.

Receipts, the quarantine and the state of a log are folds over arrivals. The arrivals of a log are
chained by the server as its entries are by their author: each carries its number, the digest of
the one before, and its own over all that it says, so that a verdict or a date of receipt that was
changed afterwards shows.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from schemas.base import Instant, Model, OpaqueId
from schemas.canonical import canonical_bytes
from sync.store import Document

__all__ = [
    "JUDGED_AGAIN",
    "WAITS",
    "Arrival",
    "ArrivalItem",
    "SetAside",
    "arrival_digest",
    "chained",
    "read_arrival",
    "read_judged_again",
]


WAITS = frozenset({"no_such_case", "no_such_concern", "no_such_watch", "nothing_to_add_to"})
"""Reasons that end by themselves: what the entry speaks of may come in later."""
JUDGED_AGAIN = "judged"
"""The type of a document that says what became of an entry that was held for one of them."""


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
    contact_ms: int = 0
    """The contact whose nonce it names, in milliseconds since 1970; 0 for none that was given."""
    flags: tuple[str, ...] = ()


class Arrival(Model):
    """``type`` "arrival": a push of one log, received at a time, from a person on a device.

    ``k`` counts the log's arrivals from 1; ``prev`` is the digest of arrival ``k - 1``, or
    :data:`schemas.canonical.GENESIS`. Those written before there was a chain have ``k`` 0. Two
    servers may each write one with the same ``k``: the next follows one of the two.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["arrival"] = "arrival"
    log: str
    person: OpaqueId
    device: str | None
    received_at: Instant
    items: tuple[ArrivalItem, ...]
    k: int = 0
    prev: str = ""
    digest: str = ""


def chained(arrival: Arrival, k: int, prev: str) -> Arrival:
    """The arrival as number ``k`` of its log, after the one whose digest is ``prev``."""
    placed = arrival.model_copy(update={"k": k, "prev": prev})
    body = placed.model_dump(mode="json", exclude={"id"})
    return placed.model_copy(update={"digest": arrival_digest(arrival.id, body)})


def arrival_digest(name: str, body: Mapping[str, Any]) -> str:
    """SHA-256 over an arrival's id and all that it says, canonical, but for its ``digest``."""
    content = {key: value for key, value in body.items() if key != "digest"}
    return hashlib.sha256(canonical_bytes({**content, "_id": name})).hexdigest()


def read_arrival(document: Document) -> Arrival:
    """Parse a stored arrival."""
    return Arrival.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))


def read_judged_again(document: Document) -> ArrivalItem:
    """The item by which something that waited was judged once it need not wait any longer."""
    return ArrivalItem.model_validate_json(orjson.dumps(document.body["item"]))
