"""Relayed entries: a concern's entries of another database, copied whole, with what became of them.

An area and its schools each keep what was written into them. What both have a part in is copied by
the server, both ways, onto the same topic: so that both fold the same set, and each says who was
the first to know, and when.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any, Literal

import orjson
from pydantic import Field

from schemas.base import Instant, Model, OpaqueId
from sync import channels
from sync.arrivals import ArrivalItem
from sync.document import Document
from sync.family.concerns import Heard
from sync.spoken import Pairing, Spoken, parse_entry, read_feed
from sync.store import Database, Write
from sync.topics import topics_of

__all__ = ["RELAYED", "Relayed", "heard_in", "read_relayed", "relay", "relayed_id"]

RELAYED = "relayed"


class Relayed(Model):
    """An entry of the database ``place``, as it lies there. ``author_name``: by its staff list."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["relayed"] = "relayed"
    place: OpaqueId
    author_name: str
    received_at: Instant
    item: ArrivalItem
    entry: dict[str, Any]
    """The document, whole, with its ``_id`` and ``_rev``."""


def relayed_id(entry: str) -> str:
    """The ``_id`` of the copy of an entry."""
    return f"{RELAYED}:{entry}"


def relay(document: Document, spoken: Spoken, place: str, author_name: str) -> Write:
    """The write that copies an entry's ``document`` from ``place`` into another database."""
    copy = Relayed(
        id=relayed_id(document.id),
        place=place,
        author_name=author_name,
        received_at=spoken.received_at,
        item=spoken.item,
        entry={"_id": document.id, "_rev": document.rev, **document.body},
    )
    to = frozenset(channels.entries(one) for one in topics_of(spoken.entry.body))
    return Write(copy.id, copy.model_dump(mode="json", exclude={"id"}), to, force=True)


def read_relayed(document: Document) -> Relayed:
    """Parse a stored copy."""
    return Relayed.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))


def _heard(document: Document) -> Heard | None:
    """What a copy says; None for what this version cannot read."""
    copy = read_relayed(document)
    body = {key: value for key, value in copy.entry.items() if key not in {"_id", "_rev"}}
    entry = parse_entry(Document(copy.entry["_id"], copy.entry["_rev"], body))
    if entry is None:
        return None
    return Heard.of(Spoken(entry, copy.item, copy.received_at), copy.place, copy.author_name)


async def heard_in(database: Database, concern: str, name: Callable[[str], str]) -> list[Heard]:
    """Every entry of a concern that a database knows of: its own, and those relayed to it.

    ``name``: what a person is called here.
    """
    topic = channels.concern(concern)
    wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
    documents, _ = await read_feed(database, 0, wanted)
    copies = [one for one in documents if one.body.get("type") == RELAYED]
    own = Pairing().add([one for one in documents if one.body.get("type") != RELAYED])
    found = [Heard.of(one, database.name, name(one.entry.body.author)) for one in own]
    return found + [heard for one in copies if (heard := _heard(one)) is not None]
