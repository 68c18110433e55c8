"""A device as the accounts database keeps it: ``device:<id>``, found by its school's channel."""

from __future__ import annotations

import orjson

from schemas.base import Instant, Model, OpaqueId
from schemas.devices import HandedOver, Label, Revocation, Storage
from sync.store import Document

__all__ = ["PREFIX", "Device", "channel", "document_id", "read_device"]

PREFIX = "device:"
MAX_PEOPLE = 200
"""People remembered of one device; a shared one sees a whole staff room."""


class Device(Model):
    """One enrolled device, and what became of it."""

    device: OpaqueId
    school: OpaqueId
    label: Label
    shared: bool
    owner: OpaqueId | None = None
    enrolled_at: Instant
    enrolled_by: OpaqueId
    enrolled_by_name: str
    replaces: OpaqueId | None = None
    app: str | None = None
    storage: Storage = "unknown"
    people: tuple[OpaqueId, ...] = ()
    """Everybody whose session was bound to it."""
    revoked: Revocation | None = None
    farewell: HandedOver | None = None
    farewell_bytes: int = 0
    """Of all that it handed over."""
    wiped_at: Instant | None = None

    def takes(self, person: str) -> bool:
        """Whether a session of ``person`` may be bound to it."""
        if self.shared:
            return True
        return (
            person == self.owner if self.owner is not None else self.people[:1] in ((), (person,))
        )

    def used_by(self, person: str) -> Device:
        """The device, with ``person`` among its people."""
        if person in self.people or len(self.people) >= MAX_PEOPLE:
            return self
        return self.model_copy(update={"people": (*self.people, person)})

    @property
    def everybody(self) -> frozenset[str]:
        """Its people and its owner."""
        return frozenset(self.people) | ({self.owner} if self.owner is not None else set())


def document_id(device: str) -> str:
    """The ``_id`` of a device's document."""
    return PREFIX + device


def channel(school: str) -> str:
    """Where a school's devices are found."""
    return f"devices:{school}"


def read_device(document: Document) -> Device:
    """Parse a stored device."""
    body = {key: value for key, value in document.body.items() if key != "type"}
    return Device.model_validate_json(orjson.dumps(body))
