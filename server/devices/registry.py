"""The registry: every enrolled device, kept in the accounts database, shared by all servers.

What one server remembers of a device it believes until the store says that it changed, and for
:data:`server.sessions.TRUST_MS` at most; then it takes in first what the others have written.
"""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.devices.device import PREFIX, Device, channel, document_id, read_device
from server.devices.wakes import Wakes
from server.logs import log
from server.sessions import TRUST_MS
from sync.clock import Clock
from sync.errors import StoreError
from sync.store import Database, Document, Write, WriteBatch

__all__ = ["Registry"]

MAX_KNOWN = 50_000
MAX_TRIES = 20
"""Changes of one device that others were quicker with, one after the other."""
FOLLOW_S = 5.0
FOLLOW_PAUSE_S = 0.1


@dataclass(frozen=True, slots=True)
class _Kept:
    device: Device
    rev: str


class Registry:
    """Finds, enrols and changes devices; wakes what a revoked one holds open."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._known: OrderedDict[str, _Kept] = OrderedDict()
        self._seen = 0
        self._caught_up_ms = clock.now_ms()
        self._follower: asyncio.Task[None] | None = None
        self.wakes = Wakes()

    async def of(self, device: str) -> Device | None:
        """The device of an id; None for one that was never enrolled."""
        await self.look()
        kept = self._known.get(device) or await self._read(device)
        return None if kept is None else kept.device

    def is_live(self, device: str) -> bool:
        """Whether a device found a moment ago has not been revoked since, as known here."""
        kept = self._known.get(device)
        return kept is not None and kept.device.revoked is None

    async def until_revoked(self, device: str | None, news: Callable[[], Awaitable[bool]]) -> bool:
        """Wait for ``news``; True as well once ``device`` is revoked, so that it is looked at."""
        if device is None:
            return await news()
        return not self.is_live(device) or await self.wakes.until_woken(device, news)

    async def of_school(self, school: str) -> list[Device]:
        """Every device enrolled in a school, revoked ones too."""
        await self.look()
        found: list[Device] = []
        place, more = 0, True
        while more:
            page = await self._database.changes(place, channels=frozenset({channel(school)}))
            found += [
                read_device(one.document)
                for one in page.changes
                if not (one.removed or one.document.deleted)
            ]
            place, more = page.last_seq, page.more
        return found

    async def put(self, device: Device) -> None:
        """Write a device as it is, over whatever is there."""
        await self._database.write(WriteBatch([_write(device, force=True)]))
        await self._read(device.device)

    async def change(self, device: str, change: Callable[[Device | None], Device]) -> Device:
        """Change a device as it is at this moment, whoever else changes it at the same time."""
        for _ in range(MAX_TRIES):
            kept = await self._read(device)
            before = None if kept is None else kept.device
            after = change(before)
            if after == before:
                return after
            parent = None if kept is None else kept.rev
            result, *_ = await self._database.write(WriteBatch([_write(after, parent=parent)]))
            if not result.conflict:
                await self._read(device)
                return after
            await self._database.catch_up()
        raise StoreError(f"The device {device} changes too often to be changed; try again.")

    async def look(self) -> None:
        """Take in what changed since the last look, by whichever server."""
        now = self._clock.now_ms()
        if now - self._caught_up_ms > TRUST_MS:
            await self._database.catch_up()
            self._caught_up_ms = now
        newest = (await self._database.info()).update_seq
        while self._seen < newest:
            page = await self._database.changes(self._seen, bodies=False)
            self._seen = page.last_seq
            for change in page.changes:
                name = change.document.id.removeprefix(PREFIX)
                if name != change.document.id and (name in self._known or name in self.wakes):
                    await self._read(name)

    def follow(self) -> None:
        """Notice by itself what other servers revoke: who waits here asks for nothing."""
        self._follower = asyncio.create_task(self._follow())

    def close(self) -> None:
        """Stop following."""
        if self._follower is not None:
            self._follower.cancel()

    async def _follow(self) -> None:
        while True:
            try:
                await self._database.wait(self._seen, None, FOLLOW_S)
                await self.look()
            except StoreError as error:
                log().error("devices cannot be followed", error=type(error).__name__)
            await asyncio.sleep(FOLLOW_PAUSE_S)

    async def _read(self, device: str) -> _Kept | None:
        document, *_ = await self._database.read([document_id(device)])
        if document is None or document.deleted:
            self._known.pop(device, None)
            return None
        return self._remember(document)

    def _remember(self, document: Document) -> _Kept:
        kept = _Kept(read_device(document), document.rev)
        self._known[kept.device.device] = kept
        self._known.move_to_end(kept.device.device)
        while len(self._known) > MAX_KNOWN:
            self._known.popitem(last=False)
        if kept.device.revoked is not None:
            self.wakes.end(kept.device.device)
        return kept


def _write(device: Device, *, parent: str | None = None, force: bool = False) -> Write:
    body = device.model_dump(mode="json") | {"type": "device"}
    to = frozenset({channel(device.school)})
    return Write(document_id(device.device), body, to, parent=parent, force=force)
