"""News of family support: which cases, concerns and watches have to be looked at again.

Read from the feed, and kept in a checkpoint of its own beside that of registers.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from sync import channels
from sync.store import Database, Document
from sync.topics import CASES, CONCERNS, GRANTS, WATCHES

__all__ = ["CHECKPOINT", "FamilyProgress", "every_topic", "read_news", "resume"]

CHECKPOINT = "family"
"""The local document in which a family publisher keeps how far it came."""
FOLD = 1
"""Raise this whenever what is stored already comes to read differently."""
_LISTS = frozenset(channels.entries(one) for one in (CASES, CONCERNS, WATCHES))
_TOPICS = ("entries:", "arrivals:")
_ROSTER_KINDS = frozenset({"school", "group"})


@dataclass
class FamilyProgress:
    """How far a publisher came, and what is left of the way.

    ``seq``: everything up to it is published, or named here. ``topics``: things to look at.
    ``later``: when a thing reads differently by itself, in milliseconds since 1970, by its topic.
    ``grants``: entries that gave a grant, or ended one. ``whole``: everything has to be looked at.
    """

    seq: int
    topics: set[str] = field(default_factory=set)
    later: dict[str, int] = field(default_factory=dict)
    grants: set[str] = field(default_factory=set)
    whole: bool = False

    def note(self, document: Document, kinds: Collection[str]) -> None:
        """Note what a document of the feed calls for."""
        kind = document.id.partition(":")[0]
        if kind in _ROSTER_KINDS:
            self.whole = True
            return
        about = {topic for one in document.channels if (topic := _topic(one)) is not None}
        self.topics |= {one for one in about if one.partition(":")[0] in kinds and ":" in one}
        if GRANTS in about and kind == "entry":
            self.grants.add(document.id)

    def due(self, now_ms: int) -> frozenset[str]:
        """Things that read differently by now."""
        return frozenset(topic for topic, at in self.later.items() if at <= now_ms)

    def checkpoint(self, database: Database) -> dict[str, Any]:
        """The local document to write with the next batch; any process can go on from it."""
        return {
            "mark": database.mark(self.seq),
            "fold": FOLD,
            "topics": sorted(self.topics),
            "later": dict(self.later),
            "grants": sorted(self.grants),
            "whole": self.whole,
        }


def _topic(channel: str) -> str | None:
    kind = next((one for one in _TOPICS if channel.startswith(one)), None)
    return None if kind is None else channel.removeprefix(kind)


async def resume(database: Database) -> FamilyProgress:
    """Where the last publisher of this database stopped; everything anew where there was none, or
    where it stopped in another history, or read what is stored in another way.
    """
    kept: Mapping[str, Any] | None = await database.read_local(CHECKPOINT)
    seq = await database.locate(kept["mark"]) if kept is not None else None
    if kept is None or seq is None or kept["fold"] != FOLD:
        return FamilyProgress((await database.info()).update_seq, whole=True)
    return FamilyProgress(
        seq=seq,
        topics=set(kept["topics"]),
        later=dict(kept["later"]),
        grants=set(kept["grants"]),
        whole=kept["whole"],
    )


async def read_news(database: Database, progress: FamilyProgress, kinds: Collection[str]) -> None:
    """Bring ``progress`` up to the end of the feed. ``kinds``: of topics that are published."""
    more = True
    while more:
        page = await database.changes(progress.seq, bodies=False)
        for change in page.changes:
            progress.note(change.document, kinds)
        progress.seq, more = page.last_seq, page.more


async def every_topic(database: Database, kinds: Collection[str]) -> frozenset[str]:
    """Everything there is of some kinds, by the lists on which cases, concerns and watches are."""
    return frozenset([one async for one in _listed(database) if one.partition(":")[0] in kinds])


async def _listed(database: Database) -> AsyncIterator[str]:
    since, more = 0, True
    while more:
        page = await database.changes(since, channels=_LISTS, bodies=False)
        for change in page.changes:
            for one in change.document.channels:
                topic = _topic(one)
                if topic is not None and ":" in topic:
                    yield topic
        since, more = page.last_seq, page.more
