"""How far a relay came: read from its database's feed, and kept in a checkpoint of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.store import Database, Document

__all__ = ["CHECKPOINT", "RelayProgress", "read_news", "resume"]

CHECKPOINT = "relay"
"""The local document in which a relay keeps how far it came."""
CARRIES = 1
"""Raise this whenever what is there already comes to be carried in another way."""
Keys = Callable[[Document], Iterable[str]]
"""What of a document of the feed has to be carried, by name."""


@dataclass
class RelayProgress:
    """``seq``: everything up to it was carried, or is named in ``todo``.

    ``peers``: the histories (epochs) of the databases that were written to: in another one, what
    was written may be missing. ``day``: the day on which all was looked at last. ``area``: the area
    that a school lay in. ``whole``: all there is has to be carried.
    """

    seq: int
    todo: set[str] = field(default_factory=set)
    peers: dict[str, str] = field(default_factory=dict)
    day: str = ""
    area: str | None = None
    whole: bool = False

    def checkpoint(self, database: Database) -> dict[str, Any]:
        """The local document from which any process can go on."""
        return {
            "mark": database.mark(self.seq),
            "carries": CARRIES,
            "todo": sorted(self.todo),
            "peers": dict(self.peers),
            "day": self.day,
            "area": self.area,
            "whole": self.whole,
        }


async def resume(database: Database) -> RelayProgress:
    """Where the last relay of this database stopped; everything anew where there was none, or where
    it stopped in another history.
    """
    kept: Mapping[str, Any] | None = await database.read_local(CHECKPOINT)
    seq = await database.locate(kept["mark"]) if kept is not None else None
    if kept is None or seq is None or kept["carries"] != CARRIES:
        return RelayProgress((await database.info()).update_seq, whole=True)
    return RelayProgress(
        seq=seq,
        todo=set(kept["todo"]),
        peers=dict(kept["peers"]),
        day=kept["day"],
        area=kept["area"],
        whole=kept["whole"],
    )


async def read_news(database: Database, progress: RelayProgress, keys: Keys) -> None:
    """Bring ``progress`` up to the end of the feed."""
    more = True
    while more:
        page = await database.changes(progress.seq, bodies=False)
        for change in page.changes:
            progress.todo.update(keys(change.document))
        progress.seq, more = page.last_seq, page.more
