"""The feed: what one person may pull from a database, from where they left off.

A pull token is ``<mark>.<grants>``: a place in the database's history, as every process that
serves the database understands it, and a digest of the channels it was read for. A token of
another history (a restored backup), of other grants, or ahead of the database (one silently rolled
back) says nothing about what the tablet holds, so it reads as a *reset*: the pull starts again,
into a new replica.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Self

from sync.channels import lasting
from sync.store import Change, Database
from sync.topics import GIVING

__all__ = ["Feed", "FeedPage", "Place", "Token", "grants_digest"]

BEGINNING = frozenset({"", "0"})
NOW = "now"
MAX_TOKEN = 2000
"""Characters of a token at most: a mark of a cluster lists every shard."""
_GRANTS = re.compile(r"[0-9a-f]{12}")


def grants_digest(channels: frozenset[str]) -> str:
    """Twelve hex digits that change whenever a grant does.

    The window of dated channels moves by itself, with documents that are new to everybody: a new
    morning resets nobody.
    """
    return hashlib.sha256("\n".join(sorted(lasting(channels))).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Token:
    """Where a pull stands; opaque to everybody but this module."""

    mark: str
    grants: str

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a token; None for a text that is none."""
        mark, _, grants = text.rpartition(".")
        well_formed = mark and len(text) <= MAX_TOKEN and _GRANTS.fullmatch(grants)
        return cls(mark, grants) if well_formed else None

    def __str__(self) -> str:
        return f"{self.mark}.{self.grants}"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to read on: after ``seq``. ``reset``: the token given could not be followed.

    ``held``: the beginning, for somebody who holds what they pulled elsewhere, before the database
    moved here.
    """

    seq: int
    reset: bool = False
    held: bool = False


@dataclass(frozen=True, slots=True)
class FeedPage:
    """Changes in order, the place to go on from, and how many more there may be (at most)."""

    changes: tuple[Change, ...]
    place: Place
    pending: int


@dataclass(frozen=True, slots=True)
class Feed:
    """One database, through the channels that one person may read."""

    database: Database
    channels: frozenset[str]
    newest: int
    """The database's sequence when this view was opened."""
    grants: str

    @classmethod
    async def open(cls, database: Database, channels: frozenset[str]) -> Self:
        """Look at ``database`` through ``channels``."""
        info = await database.info()
        return cls(database, channels, info.update_seq, grants_digest(channels))

    async def locate(self, text: str | None) -> Place:
        """Turn a token into a place. None, empty and ``0`` are the beginning, ``now`` the end."""
        if text is None or text in BEGINNING:
            return Place(0)
        if text == NOW:
            return Place(self.newest)
        token = Token.parse(text)
        if token is None or token.grants != self.grants:
            return Place(0, reset=True)
        seq = await self.database.locate(token.mark)
        return Place(0, reset=True) if seq is None else Place(seq, held=seq == 0)

    def token(self, seq: int) -> str:
        """The token to read on after ``seq``."""
        return str(Token(self.database.mark(seq), self.grants))

    async def page(self, place: Place, limit: int) -> FeedPage:
        """Up to ``limit`` changes after ``place``.

        A pull from the beginning holds nothing yet (as a rule), so it is told of no removals.
        """
        page = await self.database.changes(place.seq, channels=self.channels, limit=limit)
        changes = page.changes
        if place.seq == 0 and not place.held:
            changes = tuple(change for change in changes if not change.removed)
        pending = max(1, self.newest - page.last_seq) if page.more else 0
        return FeedPage(changes, Place(page.last_seq, place.reset), pending)

    async def news(self, place: Place) -> tuple[bool, Place]:
        """Whether anything is newer than ``place``; if not, the later place to wait from."""
        page = await self.database.changes(place.seq, channels=self.channels, limit=1)
        return (True, place) if page.changes else (False, Place(page.last_seq, place.reset))

    async def wait(self, place: Place, timeout_s: float) -> bool:
        """Wait for something newer than ``place``; False when the time is up.

        Also over when anybody's grants have changed: look at whose.
        """
        return await self.database.wait(place.seq, self.channels | GIVING, timeout_s)
