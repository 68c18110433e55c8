"""Writing to CouchDB: what is to be stored is decided against the mirror, stored there, and only
then taken into the mirror.

A write with a history is stored as it is (``new_edits=false``): taken always, any number of times.
An edit is stored on the leaf that it is made on (``new_edits=true``), so that CouchDB itself says
which of two gateways came first, and gives it its revision. Told of a conflict, the gateway reads
the document's leaves: one of them may be the very edit, whose answer was lost; else what the
mirror knew was out of date, and it is decided anew.

Of writes to one document each waits for the one before. A batch's seal is stored when all of its
other writes are. The mirror takes in the whole batch at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sync.attachments import Attachment, Kept, Upload
from sync.errors import StoreError
from sync.revisions import check_path
from sync.store import Record, Write, WriteResult
from sync.stores.couchdb.mirror import Mirror
from sync.stores.couchdb.remote import Remote
from sync.stores.couchdb.stored import inline, same_body, spelt, stub
from sync.stores.records import NOWHERE, Rules, apply

__all__ = ["Draft", "Writer"]

MOST_ROUNDS = 30
"""How often a write is decided anew before it is given up."""


@dataclass(slots=True)
class Draft:
    """One write on its way. ``copy``: what the mirror takes in; None if nothing was stored."""

    write: Write
    body: bytes
    done: bool = False
    copy: Write | None = None
    rev: str = ""
    seq: int = 0
    """With ``rev``, where the document stood when nothing was stored."""
    conflict: bool = False
    missing_stub: str | None = None
    refreshed: bool = False
    rounds: int = 0


@dataclass(slots=True)
class _Ready:
    """A draft that has been decided: what to send."""

    draft: Draft
    document: dict[str, Any]
    copy: Write
    """For the mirror; ``history`` lacks a revision that CouchDB is yet to give."""
    known_rev: bool


@dataclass(slots=True)
class Writer:
    """The writes of one commit. ``by``: this gateway."""

    remote: Remote
    mirror: Mirror
    rules: Rules
    by: str
    _records: dict[str, Record] = field(default_factory=dict)

    async def commit(self, stages: Sequence[Sequence[Draft]]) -> list[WriteResult]:
        """Store drafts, stage by stage. Raises :class:`StoreError`."""
        drafts = [draft for stage in stages for draft in stage]
        ids = {draft.write.id for draft in drafts}
        self._records = await self.mirror.records(ids)
        for stage in stages:
            await self._store(stage)
        copies = [draft.copy for draft in drafts if draft.copy is not None]
        taken = iter(await self.mirror.take(copies) if copies else ())
        latest: dict[str, int] = {}
        results: list[WriteResult] = []
        for draft in drafts:
            if draft.copy is None:
                results.append(_answered(draft, latest.get(draft.write.id, draft.seq)))
            else:
                result = next(taken)
                latest[result.id] = result.seq
                # An edit is news, also where the mirror came to know it in another way.
                results.append(result if draft.write.history else result._replace(fresh=True))
        return results

    async def _store(self, drafts: Sequence[Draft]) -> None:
        waiting = list(drafts)
        while waiting:
            first: dict[str, Draft] = {}
            for draft in waiting:
                first.setdefault(draft.write.id, draft)
            await self._round(list(first.values()))
            waiting = [draft for draft in waiting if not draft.done]

    async def _round(self, drafts: Sequence[Draft]) -> None:
        """Try to store drafts, of which no two are of one document."""
        grafts: list[_Ready] = []
        edits: list[_Ready] = []
        for draft in drafts:
            draft.rounds += 1
            if draft.rounds > MOST_ROUNDS:
                raise StoreError(
                    f"The document {draft.write.id!r} is changed by others faster than it can be "
                    "written; try again."
                )
            ready = await self._decided(draft)
            if ready is not None:
                (grafts if ready.known_rev else edits).append(ready)
        if grafts:
            await self.remote.graft([ready.document for ready in grafts])
        for ready in grafts:
            self._stored(ready, ready.copy)
        revs = await self.remote.edit([ready.document for ready in edits]) if edits else []
        for ready, rev in zip(edits, revs, strict=True):
            if rev is None:
                await self._refresh(ready.draft, ready)
            elif "_rev" in ready.document or rev.startswith("1-"):
                line = (rev, *ready.copy.history)
                self._stored(ready, replace(ready.copy, history=line))
            else:  # CouchDB chose the deletion that it was made on
                self._stored(ready, await self._found(ready, rev))

    async def _found(self, ready: _Ready, rev: str) -> Write:
        """A revision as CouchDB stored it, with its history, unless it is written on already."""
        leaves = await self.remote.leaves(ready.copy.id)
        lines = {one.write.history[0]: one.write.history for one in leaves}
        return replace(ready.copy, history=lines.get(rev, (rev,)))

    def _stored(self, ready: _Ready, copy: Write) -> None:
        ready.draft.done, ready.draft.copy = True, copy
        record = self._records.get(copy.id)
        seq = record.seq + 1 if record else 1
        after, _ = apply(record, copy, ready.draft.body, seq, self.rules)
        assert after is not None  # noqa: S101 - a graft that carries its attachments is taken
        self._records[copy.id] = after

    async def _decided(self, draft: Draft) -> _Ready | None:
        """What to send; None if nothing is, now or (``done``) at all."""
        write, record = draft.write, self._records.get(draft.write.id)
        seq = record.seq + 1 if record else 1
        after, result = apply(_copied(record), write, draft.body, seq, self.rules)
        if result.conflict and not draft.refreshed:
            draft.refreshed = True
            await self._refresh(draft, None)
            return None
        if after is None or not result.fresh:
            draft.conflict, draft.missing_stub = result.conflict, result.missing_stub
            draft.rev, draft.seq, draft.done = result.rev, result.seq, True
            return None
        return await self._spelt(draft, record, after, result.rev)

    async def _spelt(self, draft: Draft, record: Record | None, after: Record, rev: str) -> _Ready:
        write = draft.write
        content = after.content(rev)
        there = () if content is None else content.attachments
        files = [one for one in there if one.name in write.attachments]
        known = frozenset(record.left) | record.channels if record else NOWHERE
        left = (write.left | known) - write.channels
        line = after.history(rev)
        known_rev = bool(write.history) or not _mints(record, line[1:], write)
        copy = replace(
            write,
            history=write.history or (line if known_rev else line[1:]),
            attachments=_brought(write, files),
            parent=None,
            force=False,
            left=write.left - known,
        )
        document = spelt(write, left, "" if known_rev else self.by)
        if known_rev:
            generation, hashes = check_path(copy.history)
            document["_rev"] = copy.history[0]
            document["_revisions"] = {"start": generation, "ids": hashes}
        elif record is not None and not record.deleted:
            document["_rev"] = line[1]
        attached = {one.name: await self._attached(write, one, known_rev) for one in files}
        if attached:
            document["_attachments"] = attached
        return _Ready(draft, document, copy, known_rev)

    async def _attached(self, write: Write, one: Attachment, known_rev: bool) -> dict[str, Any]:
        given = write.attachments[one.name]
        if isinstance(given, Upload):
            return inline(one, given.data, revpos=known_rev)
        if not known_rev:
            return stub(one)  # CouchDB has it with the parent
        data = await self.mirror.database.attachment(one.key)
        return inline(one, data or b"", revpos=True)

    async def _refresh(self, draft: Draft, sent: _Ready | None) -> None:
        """Read a document's leaves anew: the mirror was out of date, or an answer was lost."""
        before = self._records.get(draft.write.id)
        leaves = await self.remote.leaves(draft.write.id)
        copies = await self.mirror.left_before([one.write for one in leaves])
        await self.mirror.take(copies)
        records = await self.mirror.records([draft.write.id])
        for one in leaves:
            if (
                sent is not None
                and one.by == self.by
                and one.write.history[1:2] == sent.copy.history[:1]
                and (before is None or one.write.history[0] not in before.whole_tree())
                and same_body(one.write, draft.write)
            ):
                draft.done, draft.copy = True, replace(one.write, left=frozenset())
        self._records |= records


def _copied(record: Record | None) -> Record | None:
    """A record to try a write on."""
    if record is None:
        return None
    return replace(record, left=dict(record.left), spares=dict(record.spares), forgotten=set())


def _mints(record: Record | None, parents: Sequence[str], write: Write) -> bool:
    """Whether CouchDB gives an edit its revision, having compared the one that it is made on.

    It does so on a leaf that is not deleted, and where a document is made anew; it takes no edit
    on the revision of a deletion. Then the edit has the revision that an embedded store gives it.
    """
    if record is None:
        return True
    parent = record.content(parents[0])
    if parent is not None and not parent.deleted:
        return True
    return record.deleted and parents[0] == record.rev and not write.deleted


def _brought(write: Write, files: Sequence[Attachment]) -> dict[str, Upload | Kept]:
    """A write's attachments, as the mirror is to take them in with a history."""
    return {
        one.name: given
        if isinstance(given := write.attachments[one.name], Upload)
        else Kept(one.digest, one.revpos)
        for one in files
    }


def _answered(draft: Draft, seq: int) -> WriteResult:
    """The answer to a write of which nothing was stored; ``seq``: that of the document."""
    return WriteResult(
        draft.write.id,
        draft.rev,
        seq,
        fresh=False,
        conflict=draft.conflict,
        missing_stub=draft.missing_stub,
    )
