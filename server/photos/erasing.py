"""What an erasure takes of photos: with the entry that announced one, its bytes go.

Those that lie whole in its document, and those of an upload that was under way.
"""

from __future__ import annotations

from server.photos.uploads import local_names, photo_id
from sync import channels
from sync.erasure import Erasures
from sync.store import Database, Write, WriteBatch

__all__ = ["erase_photos"]

_TOPIC = channels.entries(channels.photo(""))


async def erase_photos(database: Database, erasures: Erasures) -> int:
    """Remove the bytes of photos whose entries were erased; how many there were still."""
    gone = 0
    for one in erasures.all():
        named = [to.removeprefix(_TOPIC) for to in one.channels if to.startswith(_TOPIC)]
        for photo in named:
            gone += await _erase(database, photo, one.entry)
    return gone


async def _erase(database: Database, photo: str, entry: str) -> bool:
    """Remove a photo that ``entry`` announced; whether anything of it was there."""
    found, *_ = await database.read([photo_id(photo)])
    there = found is not None and not found.deleted
    if found is not None and there and found.body["entry"] != entry:
        return False  # another entry names it too, and its bytes are that one's
    local = await local_names(database, photo)
    if not there and not local:
        return False
    writes = [Write(photo_id(photo), {}, deleted=True, force=True)] if there else []
    await database.write(WriteBatch(writes, local=dict.fromkeys(local)))
    return True
