"""Copying a concern's entries to whoever has a part in it; and taking a copy away by law."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable

from server.family.concerns import concern_desk
from server.family.desk import Desk
from server.family.places import Place
from sync import channels
from sync.document import Document
from sync.erasure import is_erased
from sync.family.relayed import RELAYED, read_relayed, relay, relayed_id
from sync.spoken import Pairing, read_feed
from sync.store import Database, Write, WriteBatch

__all__ = ["copy_concern", "take_away"]

Peer = Callable[[Place], Awaitable[Database]]


async def copy_concern(desk: Desk, concern: str, now_ms: int, peer: Peer) -> list[str]:
    """Copy what was written of a concern here; the databases in which that changed anything.

    To those that answer for it, to the one it was raised in, and to any that copied to this one.
    """
    topic = channels.concern(concern)
    wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
    documents, _ = await read_feed(desk.database, 0, wanted)
    copies = [one for one in documents if one.body.get("type") == RELAYED]
    own = [one for one in documents if one.body.get("type") != RELAYED]
    made = await concern_desk(desk).made(concern, now_ms)
    names = {read_relayed(one).place for one in copies}
    names |= frozenset() if made is None else made.databases
    area = desk.roster().school.area
    if area is not None and any(is_erased(one) for one in own):
        names |= {area}  # which may have had its copy back from a backup
    changed: list[str] = []
    if await take_away(desk.database, await _erased_there(desk, copies)):
        changed.append(desk.database.name)
    for name in sorted(names - {desk.database.name}):
        place = await desk.places.beside(desk.roster().school, name)
        if place is not None and await _write(await peer(place), _copies(desk, own), own):
            changed.append(name)
    return changed


async def _erased_there(desk: Desk, copies: Iterable[Document]) -> list[str]:
    """Of copies from elsewhere, the entries that were erased there: a backup brought them back, or
    all that could have said so is gone.
    """
    by_place: dict[str, list[str]] = {}
    for one in copies:
        copy = read_relayed(one)
        by_place.setdefault(copy.place, []).append(copy.entry["_id"])
    found: list[str] = []
    for name, entries in sorted(by_place.items()):
        place = await desk.places.beside(desk.roster().school, name)
        there = [] if place is None else await place.database.read(entries)
        found += [one.id for one in there if one is not None and is_erased(one)]
    return found


def _copies(desk: Desk, own: list[Document]) -> list[Write]:
    by_id = {one.id: one for one in own}
    name = desk.roster().name_of
    return [
        relay(by_id[spoken.entry.id], spoken, desk.database.name, name(spoken.entry.body.author))
        for spoken in Pairing().add(own)
    ]


async def _write(database: Database, copies: list[Write], own: Iterable[Document]) -> bool:
    results = await database.write(WriteBatch(copies)) if copies else []
    erased = [one.id for one in own if one.id.startswith("entry:") and is_erased(one)]
    gone = await take_away(database, erased)
    return gone or any(one.fresh for one in results)


async def take_away(database: Database, entries: Iterable[str]) -> bool:
    """Delete the copies of entries that were erased; whether there were any. Their content goes
    with the database's next compaction.
    """
    ids = [relayed_id(one) for one in entries]
    # What is deleted lies on its topic still, so that whoever follows it looks again.
    gone = [
        Write(one.id, {}, one.channels, deleted=True, force=True)
        for one in (await database.read(ids) if ids else ())
        if one is not None and not one.deleted
    ]
    if gone:
        await database.write(WriteBatch(gone))
    return bool(gone)
