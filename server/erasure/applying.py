"""Carrying erasures out on a school's database. Done again, it changes nothing.

It can be cut anywhere: what is to be erased was written down before, and whoever opens the school
next goes on.
"""

from __future__ import annotations

from collections.abc import Sequence

from server.erasure.belongings import erase_belongings
from server.erasure.publishing import ANEW, publish_anew
from server.visit_drafts.erasing import erase_drafts
from sync import channels
from sync.arrivals import read_arrival
from sync.clock import Clock
from sync.document import Document
from sync.erasure import Erasure, Erasures, is_erased, load_erasures
from sync.reading import each
from sync.roster import Roster
from sync.spoken import read_feed
from sync.store import Database, Store, Write, WriteBatch

__all__ = ["carry_out", "remember", "take_out"]

BATCH = 200


async def remember(database: Database, known: Sequence[Erasure]) -> Erasures:
    """Every erasure of the school: those its documents remember, and those ``known``.

    Documents for the latter are written where there are none.
    """
    kept = await load_erasures(database)
    fresh = [one for one in known if kept.of(one.entry) is None]
    if fresh:
        writes = [_document(one) for one in fresh]
        await database.write(WriteBatch(writes))
    return Erasures([*kept.all(), *fresh])


async def carry_out(
    store: Store, database: Database, roster: Roster, erasures: Erasures, clock: Clock
) -> bool:
    """Erase what is there of these entries still, wherever it is; whether there was anything.

    What was published of it is computed anew at once, unless another server has claimed to; then
    the files are scrubbed.
    """
    if not await take_out(database, erasures, clock):
        return False
    await publish_anew(store, database, roster, clock)
    return True


async def take_out(database: Database, erasures: Erasures, clock: Clock) -> bool:
    """Erase what is there of these entries still, but for what was published of it; whether there
    was anything.
    """
    drafts = await erase_drafts(database, erasures, clock)
    entries = await _erase(database, erasures)
    belongings = await erase_belongings(database, erasures)
    if belongings and not entries:
        await database.write(WriteBatch(local=ANEW))
    return bool(drafts + entries + belongings)


async def _erase(database: Database, erasures: Erasures) -> int:
    """Put stubs in the place of entries, and take them out of the quarantine."""
    changed = 0
    every = erasures.all()
    for start in range(0, len(every), BATCH):
        part = every[start : start + BATCH]
        found = await database.read([one.entry for one in part])
        left = [
            one
            for one, document in zip(part, found, strict=True)
            if (document is None and await _came(database, one))
            or (document is not None and not is_erased(document))
        ]
        changed += len(left)
        await _replace(database, left)
    held = [one async for one in each(database, "held:", "held;") if _is_of(one, erasures)]
    gone = [Write(one.id, {}, deleted=True, force=True) for one in held]
    if gone or changed:
        # With no checkpoint the publisher computes everything anew.
        await database.write(WriteBatch(gone, ANEW))
    return changed + len(gone)


async def _replace(database: Database, erasures: Sequence[Erasure]) -> None:
    """Put stubs in the place of entries, under the same ids and revisions."""
    await database.purge({one.entry: [one.rev] for one in erasures})
    stubs = [
        Write(one.entry, one.stub(), frozenset(one.channels), history=(one.rev,))
        for one in erasures
    ]
    await database.write(WriteBatch(stubs))


async def _came(database: Database, erasure: Erasure) -> bool:
    """Whether an entry that is not there had come in: then it was taken out just now, and cut."""
    documents, _ = await read_feed(database, 0, frozenset({channels.log(erasure.log)}))
    arrivals = [read_arrival(one) for one in documents if one.id.startswith("arrival:")]
    return any(item.entry == erasure.entry for arrival in arrivals for item in arrival.items)


def _is_of(held: Document, erasures: Erasures) -> bool:
    entry = held.body.get("entry")
    return isinstance(entry, str) and erasures.of(entry) is not None


def _document(erasure: Erasure) -> Write:
    body = {"type": "erasure", **erasure.model_dump(mode="json")}
    return Write(erasure.id, body, channels.ERASURES)
