"""News: what a publisher still has to do, read from a school's feed and kept in its checkpoint."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from sync.store import Database, Document
from sync.topics import attendance_topics

__all__ = ["CHECKPOINT", "Progress", "read_news", "resume"]

CHECKPOINT = "publisher"
"""The local document in which a publisher keeps how far it came."""
_ROSTER_KINDS = frozenset({"school", "group", "pupil"})
_DATED = frozenset({"entries", "arrivals"})


@dataclass
class Progress:
    """How far a publisher came, and what is left of the way.

    ``seq``: everything up to it is published, or named here. ``opened``: the last day opened.
    ``reading``: how the marks in histories were read (:attr:`server.publication.Books.reading`).
    ``dates``: days with news. ``targets``: documents to compute. ``roster``: the roster's documents
    have changed since it was read.
    """

    seq: int
    opened: str | None = None
    dates: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)
    roster: bool = False
    reading: str | None = None

    def note(self, document: Document) -> bool:
        """Note what a document of the feed calls for; False for one that calls for nothing."""
        kind = document.id.partition(":")[0]
        if kind in _ROSTER_KINDS:
            self.roster = True
            return True
        if kind not in {"entry", "arrival"}:
            return False
        places = (channel.partition(":") for channel in document.channels)
        dates = attendance_topics(topic for which, _, topic in places if which in _DATED)
        self.dates |= dates
        return bool(dates)

    def checkpoint(self, database: Database) -> dict[str, Any]:
        """The local document to write with the next batch; any process can go on from it."""
        return {
            "mark": database.mark(self.seq),
            "opened": self.opened,
            "dates": sorted(self.dates),
            "targets": sorted(self.targets),
            "roster": self.roster,
            "reading": self.reading,
        }


async def resume(database: Database) -> Progress:
    """Where the last publisher of this database stopped; at today's end where there was none, or
    where it stopped in another history (the database was restored, or moved).

    A school published for the first time is opened whole, so nothing before counts as news.
    """
    kept: Mapping[str, Any] | None = await database.read_local(CHECKPOINT)
    seq = await database.locate(kept["mark"]) if kept is not None and "mark" in kept else None
    if kept is None or seq is None:
        return Progress((await database.info()).update_seq)
    return Progress(
        seq=seq,
        opened=kept["opened"],
        dates=set(kept["dates"]),
        targets=set(kept["targets"]),
        roster=kept["roster"],
        reading=kept.get("reading"),
    )


async def read_news(database: Database, progress: Progress) -> bool:
    """Bring ``progress`` up to the end of the feed; whether there was anything to note."""
    found, more = False, True
    while more:
        page = await database.changes(progress.seq)
        for change in page.changes:
            found = progress.note(change.document) or found
        progress.seq, more = page.last_seq, page.more
    return found
