"""Where anchors are kept: in the accounts' database, which is another than the school's."""

from __future__ import annotations

import orjson

from sync.anchors import Anchor, anchored, heads_of
from sync.arrivals import read_arrival
from sync.clock import Clock, instant
from sync.document import Document
from sync.reading import Reading, each
from sync.store import Database, Write, WriteBatch

__all__ = ["Anchoring", "anchors_of", "copy_anchors", "note_anchor"]

PAGE = 1000


class Anchoring:
    """Anchors one open school: once a day, and whenever it is asked to."""

    def __init__(self, accounts: Database, database: Database, clock: Clock) -> None:
        self._accounts = accounts
        self._database = database
        self._clock = clock
        self._day = ""

    async def daily(self) -> None:
        """Note an anchor, unless this process did so today (in UTC) already."""
        if instant(self._clock.now_ms())[:10] != self._day:
            await self.note()

    async def note(self) -> None:
        """Note an anchor now."""
        now = instant(self._clock.now_ms())
        await note_anchor(self._accounts, self._database, now)
        self._day = now[:10]


async def anchors_of(accounts: Reading, school: str) -> list[Anchor]:
    """Every anchor of a school, by number."""
    return [_read(one) async for one in each(accounts, *_span(school))]


async def note_anchor(accounts: Database, database: Database, at: str) -> Anchor | None:
    """Note how far the school's logs have come; the newest anchor, new or not.

    None: nothing has come in so far. Where another server notes one at the same time, its stands.
    """
    school = database.name
    before = await _newest(accounts, school)
    since = await database.locate(before.mark) if before is not None else 0
    arrivals, place = await _arrivals_since(database, since or 0)
    heads = heads_of(map(read_arrival, arrivals))
    if not heads:
        return before
    anchor = anchored(school, at, database.mark(place), heads, before)
    body = anchor.model_dump(mode="json", by_alias=True, exclude={"id"})
    (result,) = await accounts.write(WriteBatch([Write(anchor.id, body)]))
    return await _newest(accounts, school) if result.conflict else anchor


async def copy_anchors(here: Reading, there: Database, school: str) -> None:
    """Take a school's anchors along to another store; done again, it changes nothing."""
    anchors = [one async for one in each(here, *_span(school))]
    await there.write(WriteBatch([Write(one.id, one.body, force=True) for one in anchors]))


def _span(school: str) -> tuple[str, str]:
    return f"anchor:{school}:", f"anchor:{school};"


async def _newest(accounts: Database, school: str) -> Anchor | None:
    found = await accounts.range(f"anchor:{school}:", f"anchor:{school};", limit=1, descending=True)
    return _read(found[0]) if found else None


async def _arrivals_since(database: Database, since: int) -> tuple[list[Document], int]:
    found: list[Document] = []
    more = True
    while more:
        page = await database.changes(since, limit=PAGE, bodies=False)
        names = [change.document.id for change in page.changes]
        read = await database.read([one for one in names if one.startswith("arrival:")])
        found += [one for one in read if one is not None and not one.deleted]
        since, more = page.last_seq, page.more
    return found, since


def _read(document: Document) -> Anchor:
    return Anchor.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
