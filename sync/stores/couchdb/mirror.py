"""A gateway's copy of one database: what CouchDB holds, in the order in which it came here.

The copy is a database of the SQLite store, and can be thrown away at any time: reads, channels and
ranges come from it. With each page of CouchDB's feed goes, in the same transaction, the update
sequence up to which everything is in the copy.

*Marks* are pairs of a sequence here and an update sequence there: all that is at or before the
second is here at or before the first. A mark as text is ``<epoch>.<place>``; the place names the
update sequence, and also this copy as this process opened it (its *run*) with the sequence itself,
which is exact for as long as the process runs.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

from sync.store import Record, Write, WriteBatch, WriteResult
from sync.stores.couchdb.remote import BEGINNING
from sync.stores.sqlite.database import SqliteDatabase

__all__ = ["Mirror", "Place"]

STATE = "couchdb"
"""The copy's local document: ``{"epoch", "since", "purge_seq"}``."""
PAIRS = "couchdb-marks"
"""Another: ``{"pairs": [[sequence here, update sequence there, time in s], …]}``."""
MOST_PAIRS = 64
"""Pairs kept; of more, every second of the older half is forgotten."""
PAIRS_APART = 100
"""Sequences after which a pair is worth writing down."""

_PLACE = re.compile(r"(?P<couch>[^~.]+)~(?P<run>[0-9a-f]+)~(?P<seq>[0-9]{1,15})", re.ASCII)


class Place:
    """What a mark's place says."""

    __slots__ = ("couch", "run", "seq")

    def __init__(self, couch: str, run: str, seq: int) -> None:
        self.couch = couch
        self.run = run
        self.seq = seq

    @classmethod
    def parse(cls, text: str) -> Place | None:
        """Read a place; None for a text that is none."""
        found = _PLACE.fullmatch(text)
        return cls(unquote(found["couch"]), found["run"], int(found["seq"])) if found else None

    def __str__(self) -> str:
        couch = quote(self.couch, safe="").replace(".", "%2E").replace("~", "%7E")
        return f"{couch}~{self.run}~{self.seq}"


class Mirror:
    """The copy ``database`` of the database whose epoch is ``epoch``. ``run`` is random."""

    def __init__(self, database: SqliteDatabase, epoch: str, run: str) -> None:
        self.database = database
        self.epoch = epoch
        self.run = run
        self.since = BEGINNING
        self.purge_seq: str | None = None
        self.update_seq = 0
        self._marks: list[tuple[int, str, int]] = []
        self._written = 0

    async def load(self) -> bool:
        """Read where the copy stands; False if it is one of another history."""
        kept = await self.database.read_local(STATE)
        if kept is None:
            await self.database.write(WriteBatch(local=self._state(self.since, None)))
        else:
            if kept["epoch"] != self.epoch:
                return False
            self.since, self.purge_seq = kept["since"], kept["purge_seq"]
            marks = await self.database.read_local(PAIRS) or {"pairs": []}
            self._marks = [(seq, couch, at) for seq, couch, at in marks["pairs"]]
            self._written = self._marks[-1][0] if self._marks else 0
        self.update_seq = (await self.database.info()).update_seq
        return True

    async def take(
        self, copies: Sequence[Write], since: str | None = None, now_s: int = 0
    ) -> list[WriteResult]:
        """Take in revisions. ``since``: with them, all up to there is here; at ``now_s``."""
        news = since is not None and since != self.since
        local = self._state(since or "", self.purge_seq) if news else {}
        results = await self.database.write(WriteBatch(copies, local))
        self.update_seq = max([self.update_seq, *(result.seq for result in results)])
        if since is not None:
            self.since = since
            self._remember((self.update_seq, since, now_s))
        return results

    async def purge(self, revs: Mapping[str, Sequence[str]]) -> dict[str, list[str]]:
        """Forget leaves."""
        purged = await self.database.purge(revs)
        self.update_seq = (await self.database.info()).update_seq
        return purged

    async def purged(self, purge_seq: str | None) -> None:
        """Note up to where purges were followed."""
        await self.database.write(WriteBatch(local=self._state(self.since, purge_seq)))
        self.purge_seq = purge_seq

    def _state(self, since: str, purge_seq: str | None) -> dict[str, Mapping[str, Any]]:
        """The local documents that say where the copy stands; the pairs when they are worth it."""
        local: dict[str, Mapping[str, Any]] = {
            STATE: {"epoch": self.epoch, "since": since, "purge_seq": purge_seq}
        }
        if self._marks and self._marks[-1][0] - self._written >= PAIRS_APART:
            self._written = self._marks[-1][0]
            local[PAIRS] = {"pairs": self._marks}
        return local

    def _remember(self, mark: tuple[int, str, int]) -> None:
        if self._marks and self._marks[-1][0] == mark[0]:
            mark = (mark[0], mark[1], self._marks.pop()[2])  # it has been the newest since then
        self._marks.append(mark)
        if len(self._marks) > MOST_PAIRS:
            half = len(self._marks) // 2
            self._marks = self._marks[:half:2] + self._marks[half:]

    def mark(self, seq: int) -> str:
        """The text that names the sequence ``seq`` to every gateway."""
        at = bisect_right(self._marks, (seq, "\U0010ffff", 0))
        couch = self._marks[at - 1][1] if at else BEGINNING
        return f"{self.epoch}.{Place(couch, self.run, seq)}"

    def before(self, time_s: float) -> int:
        """A sequence that was the newest at ``time_s`` or earlier."""
        return max((seq for seq, _, at in self._marks if at <= time_s), default=0)

    async def records(self, ids: Iterable[str]) -> dict[str, Record]:
        """Everything kept of some documents; nobody else holds these records."""
        there = await self.database.read(list(dict.fromkeys(ids)))  # most that is written is new
        found = [await self.database.record(one.id) for one in there if one is not None]
        return {record.id: record for record in found if record is not None}

    async def left_before(self, copies: Sequence[Write]) -> list[Write]:
        """Revisions as they are taken in: with those departures only that are news here."""
        moved = {one.id for one in copies if one.left}
        if not moved:
            return list(copies)
        records = await self.records(moved)
        taken: list[Write] = []
        for one in copies:
            record = records.get(one.id)
            taken.append(one if record is None else _without(one, record))
        return taken

    async def tell_again(self, ids: Iterable[str], seq: int) -> None:
        """Let the readers of channels that documents left at or before ``seq`` hear of it again."""
        again: list[Write] = []
        for record in (await self.records(ids)).values():
            late = frozenset(name for name, gone in record.left.items() if gone.seq <= seq)
            if late:
                line = (record.rev,)
                again.append(Write(record.id, {}, history=line, force=True, left=late))
        if again:
            await self.take(again)


def _without(write: Write, record: Record) -> Write:
    known = record.left.keys() & write.left
    return write if not known else _replace_left(write, write.left - known)


def _replace_left(write: Write, left: frozenset[str]) -> Write:
    return Write(
        write.id,
        write.body,
        write.channels,
        history=write.history,
        deleted=write.deleted,
        attachments=write.attachments,
        left=left,
    )
