"""Contacts: when each device was last heard from, and how much it still has to send.

For the office's page: a tablet that has been silent since eight. Kept in memory, joined with each
school's local document ``contacts`` every few minutes and at a stop (other servers of the same
store write there too): after a crash tablets make themselves heard again within a minute anyway.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import asdict, dataclass

from sync.clock import Clock, instant, to_ms
from sync.store import Database, WriteBatch

__all__ = ["MAX_DEVICES", "Contact", "ContactBook"]

NAME = "contacts"
MAX_DEVICES = 400
"""Devices remembered for one school; the longest silent is forgotten first."""
KEPT_MS = 60 * 24 * 3_600_000
"""A device silent for sixty days is forgotten."""


@dataclass(frozen=True, slots=True)
class Contact:
    """The last that was heard of one person on one device. ``waiting``: entries still to send.

    ``settled_at``: when it was last heard of with none to send; None for never.
    """

    person: str
    name: str
    device: str
    last_contact: str
    waiting: int
    settled_at: str | None = None


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

    def hear(self, person: str, name: str, device: str, waiting: int) -> None:
        """Note a contact."""
        now, before = instant(self._clock.now_ms()), self._heard.get((person, device))
        earlier = None if before is None else before.settled_at
        settled = now if waiting == 0 else earlier
        heard = Contact(person, name, device, now, waiting, settled)
        self._heard[person, device] = heard
        self._heard.move_to_end((person, device))
        while len(self._heard) > MAX_DEVICES:
            self._heard.popitem(last=False)
        self.changed = True

    def settled_ms(self, person: str, device: str) -> int | None:
        """When they last had nothing left to send, in milliseconds since 1970; None for never."""
        heard = self._heard.get((person, device))
        return None if heard is None or heard.settled_at is None else to_ms(heard.settled_at)

    async def _join(self) -> None:
        """Take in what is written down, where it is newer."""
        kept = await self._database.read_local(NAME) or {}
        oldest = self._clock.now_ms() - KEPT_MS
        written = [Contact(**row) for row in kept.get("contacts", [])]
        found = [*written, *self._heard.values()]
        found = [one for one in found if to_ms(one.last_contact) >= oldest]
        found.sort(key=lambda one: one.last_contact)
        self._heard = OrderedDict()
        for one in found[-MAX_DEVICES:]:
            self._heard[one.person, one.device] = one
            self._heard.move_to_end((one.person, one.device))

    def rows(self) -> list[dict[str, str | int]]:
        """All contacts, the latest first."""
        return [asdict(contact) for contact in reversed(self._heard.values())]

    async def write(self) -> None:
        """Write them down, if anything was heard since the last time."""
        if self.changed:
            self.changed = False
            await self._join()
            rows = [asdict(contact) for contact in self._heard.values()]
            await self._database.write(WriteBatch(local={NAME: {"contacts": rows}}))
