"""Contacts: when each device was last heard from, what it still has to send, and what it holds.

For the office's pages: a tablet that has been silent since eight. Kept in memory, joined with each
school's local document ``contacts`` every few minutes and at a stop (other servers of the same
store write there too): after a crash tablets make themselves heard again within a minute anyway.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, dataclass, fields, replace
from typing import Any

from schemas.devices import DeviceHolding, Storage
from sync.clock import Clock, instant, to_ms
from sync.store import Database, WriteBatch

__all__ = ["MAX_DEVICES", "Contact", "ContactBook"]

NAME = "contacts"
MAX_DEVICES = 400
"""Devices remembered for one school; the longest silent is forgotten first."""
MAX_OF_ONE = 40
"""Devices remembered of one person: whoever names ever more pushes out nobody else's."""
KEPT_MS = 60 * 24 * 3_600_000
"""A device silent for sixty days is forgotten."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The last that was heard of one person on one device. ``waiting``: entries still to send.

    ``settled_at``: when it was last heard of with none to send; None for never.
    ``clock_offset_ms``: server time less device time. ``grants``: the digest of what the person
    might see then. ``asked_ms``, ``tries``: when the device was last asked to say what it holds,
    and how often since it last proved it.
    """

    person: str
    name: str
    device: str
    last_contact: str
    waiting: int
    settled_at: str | None = None
    oldest_waiting: str | None = None
    storage: Storage = "unknown"
    app: str | None = None
    clock_offset_ms: int | None = None
    grants: str = ""
    proven_at: str | None = None
    documents: int | None = None
    owes_since: str | None = None
    dropped_at: str | None = None
    differs: int | None = None
    asked_ms: int = 0
    tries: int = 0

    @property
    def holding(self) -> DeviceHolding:
        """What the device holds for the person, as last proven."""
        return DeviceHolding(**{name: getattr(self, name) for name in DeviceHolding.model_fields})


_FIELDS = frozenset(field.name for field in fields(Contact))
_SHOWN = ("person", "name", "device", "last_contact", "waiting", "settled_at")


class ContactBook:
    """One school's contacts."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._heard: OrderedDict[tuple[str, str], Contact] = OrderedDict()
        self.changed = False

    @classmethod
    async def open(cls, database: Database, clock: Clock) -> ContactBook:
        """Read what was written last."""
        book = cls(database, clock)
        await book._join()
        return book

    def hear(self, person: str, name: str, device: str, waiting: int, **said: Any) -> Contact:
        """Note a contact; ``said``: fields of it that came along."""
        now = instant(self._clock.now_ms())
        before = self._heard.get((person, device)) or Contact(person, name, device, now, waiting)
        settled = now if waiting == 0 else before.settled_at
        heard = replace(
            before, name=name, last_contact=now, waiting=waiting, settled_at=settled, **said
        )
        self.put(heard)
        return heard

    def put(self, heard: Contact) -> None:
        """Keep what is known of a contact now."""
        key = (heard.person, heard.device)
        before = self._heard.get(key)
        self._heard[key] = heard
        if before is None or before.last_contact != heard.last_contact:
            self._heard.move_to_end(key)
        if before is None:
            self._make_room(heard.person)
        self.changed = True

    def _make_room(self, person: str) -> None:
        theirs = [key for key in self._heard if key[0] == person]
        for key in theirs[:-MAX_OF_ONE]:
            del self._heard[key]
        while len(self._heard) > MAX_DEVICES:
            self._heard.popitem(last=False)

    def settled_ms(self, person: str, device: str) -> int | None:
        """When they last had nothing left to send, in milliseconds since 1970; None for never."""
        heard = self._heard.get((person, device))
        return None if heard is None or heard.settled_at is None else to_ms(heard.settled_at)

    def of(self, contact: Contact) -> Contact:
        """What is known by now of somebody heard of a moment ago."""
        return self._heard.get((contact.person, contact.device), contact)

    def all(self) -> list[Contact]:
        """All contacts, the latest first."""
        return list(reversed(self._heard.values()))

    async def _join(self) -> None:
        """Take in what is written down, where it is newer."""
        kept = await self._database.read_local(NAME) or {}
        oldest = self._clock.now_ms() - KEPT_MS
        written = [_read(row) for row in kept.get("contacts", [])]
        found = [*written, *self._heard.values()]
        found = [one for one in found if to_ms(one.last_contact) >= oldest]
        found.sort(key=lambda one: one.last_contact)
        self._heard = OrderedDict()
        for one in found[-MAX_DEVICES:]:
            key = (one.person, one.device)
            self._heard[key] = _joined(self._heard.get(key), one)
            self._heard.move_to_end(key)

    def rows(self) -> list[dict[str, str | int | None]]:
        """All contacts, the latest first, as the office's page shows them."""
        return [{name: getattr(one, name) for name in _SHOWN} for one in self.all()]

    async def write(self) -> None:
        """Write them down, if anything was heard since the last time."""
        if self.changed:
            self.changed = False
            await self._join()
            rows = [asdict(contact) for contact in self._heard.values()]
            await self._database.write(WriteBatch(local={NAME: {"contacts": rows}}))


def _read(row: dict[str, Any]) -> Contact:
    """A contact as it was written, perhaps by a server that knew more or less of it."""
    return Contact(**{name: value for name, value in row.items() if name in _FIELDS})


def _joined(earlier: Contact | None, later: Contact) -> Contact:
    """The later of two contacts, with the later of their proofs: each may be of another server."""
    if earlier is None or (earlier.proven_at or "") <= (later.proven_at or ""):
        return later
    return replace(
        later,
        proven_at=earlier.proven_at,
        documents=earlier.documents,
        dropped_at=earlier.dropped_at,
        differs=earlier.differs,
    )
