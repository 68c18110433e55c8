"""What goes with erased entries: what was kept of them beside the record.

Of a case that ended with them: what its schools said of the children, who opened a draft and why,
and what is held as it came and names the case. Of a watch or a concern of which every entry was
erased: the records of whom the server told of it. Done again, it changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import orjson

from server.photos.erasing import erase_photos
from sync import channels
from sync.document import Document
from sync.erasure import Erasures, is_erased
from sync.reading import each
from sync.spoken import read_feed
from sync.store import Database, Write, WriteBatch

__all__ = ["erase_belongings", "names_case"]

_RECORDS = {
    channels.entries(channels.watch("")): ("watch:{}", "alarm:{}:"),
    channels.entries(channels.concern("")): ("concern_reminder:{}:",),
}
"""By the topic of a thing, what is kept of it that no publisher takes away: an id, or, where it
ends in a colon, what ids begin with.
"""


async def erase_belongings(database: Database, erasures: Erasures) -> int:
    """Remove what goes with erased entries; how many documents there were still."""
    if not erasures:
        return 0
    photos = await erase_photos(database, erasures)
    gone = [*await _of_cases(database, erasures), *await _of_things(database, erasures)]
    if gone:
        writes = [Write(one.id, {}, _internal(one), deleted=True, force=True) for one in gone]
        await database.write(WriteBatch(writes))
    return photos + len(gone)


async def _of_cases(database: Database, erasures: Erasures) -> list[Document]:
    cases = erasures.cases
    found: list[Document] = []
    for case in sorted(cases):
        found += await database.range(f"attended:{case}:", f"attended:{case};")
    if cases:
        held = [one async for one in each(database, "held:", "held;")]
        found += [one for one in held if any(names_case(one, case) for case in cases)]
        opened = [one async for one in each(database, "draft_opening:", "draft_opening;")]
        found += [one for one in opened if one.body["case"] in cases]
    return found


def names_case(held: Document, case: str) -> bool:
    """Whether something held, as it came, is about a case."""
    original = held.body.get("original")
    if not isinstance(original, str) or case not in original:
        return False
    try:
        came = orjson.loads(original)
    except orjson.JSONDecodeError:
        return True
    body = came.get("body") if isinstance(came, dict) else None
    return not isinstance(body, dict) or body.get("case") == case


async def _of_things(database: Database, erasures: Erasures) -> list[Document]:
    found: list[Document] = []
    every = {channel for one in erasures.all() for channel in one.channels}
    for channel in sorted(every):
        topic = next((one for one in _RECORDS if channel.startswith(one)), None)
        if topic is None or not await _is_all_erased(database, channel):
            continue
        for pattern in _RECORDS[topic]:
            found += await _named(database, pattern.format(channel.removeprefix(topic)))
    return found


async def _is_all_erased(database: Database, channel: str) -> bool:
    documents, _ = await read_feed(database, 0, frozenset({channel}))
    return all(is_erased(one) for one in documents if one.id.startswith("entry:"))


async def _named(database: Database, name: str) -> Iterable[Document]:
    if name.endswith(":"):
        return await database.range(name, f"{name[:-1]};")
    return [one for one in await database.read([name]) if one is not None and not one.deleted]


def _internal(document: Document) -> frozenset[str]:
    """What lay on a topic says there that it is gone."""
    return frozenset(one for one in document.channels if one.startswith("entries:"))
