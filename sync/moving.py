"""Moving: one database copied into another one, in another store, document by document.

The target gets every leaf of every document with its history, body, channels and attachments, in
the order of the source's feed, and its lineage (:mod:`sync.lineage`), so that marks of the source
lead on. How far it came stands in the target's local document ``moving``, written with the data:
a move cut anywhere goes on. Verifying compares both, document by document, after which whoever
moves the database closes the source and calls :meth:`Move.finish`.

Nobody else writes to the target meanwhile. The source may be written to until it is closed.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import orjson

from sync import lineage
from sync.document import Document
from sync.errors import MoveRefused
from sync.record import Record
from sync.store import Database, DatabaseInfo, Upload, Write, WriteBatch

__all__ = ["MOVING", "Difference", "Move", "Step", "difference"]

MOVING = "moving"
"""The target's local document while it is being filled: not there before, nor after."""
BATCH_DOCUMENTS = 200
BATCH_BYTES = 4 * 1024 * 1024
"""After how many documents, or bytes of bodies and attachments, a batch is written."""
PAGE = 500


class Step(NamedTuple):
    """How far a move came. ``seen`` of about ``of`` documents; ``of`` grows while people write."""

    doing: Literal["copying", "verifying"]
    seen: int
    of: int


class Difference(NamedTuple):
    """A document that is not the same in both. ``what`` differs, in a few words."""

    id: str
    what: str


Told = Callable[[Step], None]


@dataclass(slots=True)
class _Batch:
    """Documents on their way."""

    writes: list[Write] = field(default_factory=list)
    documents: int = 0
    size: int = 0

    @property
    def is_full(self) -> bool:
        return self.documents >= BATCH_DOCUMENTS or self.size >= BATCH_BYTES


class Move:
    """The move of one database. Raises, wherever it reads or writes, what the stores raise."""

    def __init__(self, source: Database, target: Database, told: Told = lambda _: None) -> None:
        self._source = source
        self._target = target
        self._told = told
        self._epoch = ""
        self._place = 0
        self._documents = 0
        self._lineage: Mapping[str, Any] = {}
        self._settled = 0
        self._written = 0
        """The target's latest sequence that this process knows of."""
        self._limit = 1

    @property
    def documents(self) -> int:
        """How many documents came by, counting one again that was written to meanwhile."""
        return self._documents

    async def begin(self) -> None:
        """Make sure that the target is empty, or was begun by this same move, and go on there.

        Raises :class:`MoveRefused`.
        """
        source, target = await self._source.info(), await self._target.info()
        self._epoch, self._written = source.epoch, target.update_seq
        self._limit = (await self._source.settings()).revs_limit
        kept = await self._target.read_local(MOVING)
        if kept is None:
            await self._begin_anew(target)
            return
        if kept["epoch"] != source.epoch:
            raise MoveRefused(
                f"The database {target.name!r} at the new home was begun by the move of another "
                "one of that name, and was left as it is. Delete it there, or move elsewhere."
            )
        self._lineage = await self._target.read_local(lineage.NAME) or {}
        self._documents = kept["documents"]
        self._place = await self._source.locate(kept["mark"]) or 0
        # The last run may have been cut between writing documents and noting so. Up to here, the
        # target may hold what comes later in the source's feed: no place before is noted.
        self._settled = source.update_seq

    async def _begin_anew(self, target: DatabaseInfo) -> None:
        if target.update_seq or target.epoch == self._epoch:
            raise MoveRefused(
                f"There is a database {target.name!r} at the new home already, which this move "
                "did not begin; it was left as it is. Delete it there, or move elsewhere."
            )
        wanted, settings = await self._source.settings(), await self._target.settings()
        if wanted.revs_limit != settings.revs_limit:
            await self._target.configure(revs_limit=wanted.revs_limit)
        # None said here is no word against the target's own: CouchDB keeps new databases shut.
        if wanted.security and wanted.security != settings.security:
            await self._target.configure(security=wanted.security)
        former = await self._source.read_local(lineage.NAME)
        here = self._target.mark(self._written)
        self._lineage = lineage.begun(former, self._source.mark(0), here)
        await self._target.write(WriteBatch(local=self._notes(0)))

    async def copy(self) -> int:
        """Copy until the source has nothing new; how many documents came by."""
        before = self._documents
        await self._source.catch_up()
        while True:
            page = await self._source.changes(self._place, limit=PAGE, bodies=False)
            batch = _Batch()
            for change in page.changes:
                record = await self._source.record(change.document.id)
                # One that was written to since comes by again. Copied now, it would come here
                # before places that it comes after in the source's feed.
                if record is not None and record.seq == change.seq:
                    await self._add(batch, record)
                if batch.is_full:
                    await self._write(batch, change.seq)
                    batch = _Batch()
            if not page.changes:
                await self._target.catch_up()
                self._written = (await self._target.info()).update_seq
            await self._write(batch, page.last_seq)
            if not page.changes:
                return self._documents - before

    async def _add(self, batch: _Batch, record: Record) -> None:
        """Add every leaf, the winner first: no other then shows, if only for a moment."""
        for leaf in record.leaves():
            files: dict[str, Upload] = {}
            for one in leaf.attachments:
                data = await self._source.attachment(one.key)
                if data is not None:
                    files[one.name] = Upload(one.content_type, data, one.revpos)
                    batch.size += len(data)
            batch.size += len(leaf.raw)
            batch.writes.append(
                Write(
                    record.id,
                    leaf.body,
                    leaf.channels,
                    history=leaf.history,
                    deleted=leaf.deleted,
                    attachments=files,
                    left=frozenset(record.left),
                )
            )
        batch.documents += 1

    async def _write(self, batch: _Batch, through: int) -> None:
        """Write a batch that brings the target up to ``through``, and note that it did."""
        self._documents += batch.documents
        results = await self._target.write(WriteBatch(batch.writes, local=self._notes(through)))
        self._place = through
        self._written = max(self._written, *(result.seq for result in results), 0)
        if through >= self._settled:  # stands in the target from the next batch on
            there, here = self._source.mark(through), self._target.mark(self._written)
            self._lineage = lineage.noted(self._lineage, there, here)
        self._told(Step("copying", through, (await self._source.info()).update_seq))

    def _notes(self, through: int) -> dict[str, Mapping[str, Any]]:
        mark = self._source.mark(through)
        moving = {"epoch": self._epoch, "mark": mark, "documents": self._documents}
        return {MOVING: moving, lineage.NAME: self._lineage}

    async def verify(self) -> list[Difference]:
        """Compare both, document by document: what differs, each document once."""
        found: list[Difference] = []
        sound: set[str] = set()
        async for name in self._ids(self._source):
            here, there = await self._source.record(name), await self._target.record(name)
            what = difference(here, there, self._limit)
            if what is None and there is not None and not await self._is_whole(there, sound):
                what = "attachments"
            if what is not None:
                found.append(Difference(name, what))
        found += [
            Difference(name, "not in the old home")
            async for name in self._ids(self._target)
            if await self._source.record(name) is None
        ]
        return found

    async def _ids(self, database: Database) -> AsyncIterator[str]:
        """Every document's id; says how far it is."""
        since, more = 0, True
        total = (await database.info()).update_seq
        while more:
            page = await database.changes(since, limit=PAGE, bodies=False)
            since, more = page.last_seq, page.more
            for change in page.changes:
                yield change.document.id
            self._told(Step("verifying", since, max(since, total)))

    async def _is_whole(self, record: Record, sound: set[str]) -> bool:
        """Whether the target's files are there, byte by byte; ``sound``: keys known to be."""
        for leaf in record.leaves():
            for one in leaf.attachments:
                if one.key in sound:
                    continue
                data = await self._target.attachment(one.key)
                if data is None or Upload(one.content_type, data).digest != one.digest:
                    return False
                sound.add(one.key)
        return True

    async def repair(self, differences: Iterable[Difference]) -> None:
        """Take these documents out of the target, and copy those that the source has again."""
        batch = _Batch()
        for name, _ in differences:
            there, here = await self._target.record(name), await self._source.record(name)
            if there is not None:
                leaves = [leaf.rev for leaf in there.whole_tree().leaves()]
                await self._target.purge({name: leaves})
            if here is not None:
                await self._add(batch, here)
            if batch.is_full:
                await self._write(batch, self._place)
                batch = _Batch()
        await self._write(batch, self._place)

    async def finish(self, local: Mapping[str, Mapping[str, Any]]) -> None:
        """Make the target a database like any other, with the local documents that come along."""
        notes = {lineage.NAME: self._lineage, MOVING: None}
        await self._target.write(WriteBatch(local={**local, **notes}))


def difference(source: Record | None, target: Record | None, limit: int) -> str | None:
    """What of a document is not in the target as it is in the source; None: nothing.

    ``limit``: as many revisions of a history are compared as the source remembers.
    """
    if source is None or target is None:
        return None if source is target else "missing"
    here, there = source.whole_tree().leaves(), target.whole_tree().leaves()
    if here != there or source.rev != target.rev:
        return "revisions"
    for leaf in here:
        what = _leaf_difference(source.revision(leaf.rev), target.revision(leaf.rev), limit)
        if what is not None:
            return what
    return None if source.left.keys() <= target.left.keys() else "channels that it left"


def _leaf_difference(here: Document | None, there: Document | None, limit: int) -> str | None:
    if here is None or there is None:
        return "content"
    if here.history[:limit] != there.history[:limit]:
        return "history"
    if _canonical(here) != _canonical(there):
        return "body"
    if here.channels != there.channels:
        return "channels"
    files = [[one[:5] for one in document.attachments] for document in (here, there)]
    return None if files[0] == files[1] else "attachments"


def _canonical(document: Document) -> bytes:
    return orjson.dumps(document.body, option=orjson.OPT_SORT_KEYS)
