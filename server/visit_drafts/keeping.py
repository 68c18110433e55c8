"""Keeping the copies of a draft that its author's tablets send, and discarding them.

Nothing overwrites what its sender had not written itself: a copy goes in the place of the one
before only where it says that it follows on that. Anything else, as from a store that was cloned or
put back from a backup, is kept beside it under a name of its own, which its tablet goes on with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.base import Model
from schemas.canonical import canonical_bytes
from schemas.errors import CanonicalError
from schemas.family.drafts import MAX_COPIES, Draft, DraftDropping, DraftEnd, DraftKept, DraftSaving
from server.problems import Refusal
from server.visit_drafts.reading import copies, end_id, ended, openings
from sync import channels
from sync.clock import instant
from sync.document import Document
from sync.store import Database, Write, WriteBatch

__all__ = ["Author", "body_of", "digest_of", "discard", "drop_copies", "end", "keep", "readers"]

_TRIES = 8
_NOT_SAID = frozenset({"after", "device"})
"""Of what is sent: on what it follows, and from where it comes."""


@dataclass(frozen=True, slots=True)
class Author:
    """Whose draft it is, and on which device they wrote it."""

    person: str
    name: str
    device: str


def digest_of(raw: Mapping[str, Any]) -> str:
    """The digest of a copy as it was sent, as its author wrote it."""
    said = {key: value for key, value in raw.items() if key not in _NOT_SAID}
    try:
        return hashlib.sha256(canonical_bytes(said)).hexdigest()
    except CanonicalError as error:
        raise Refusal("bad_request", f"The draft cannot be read: {error}") from None


async def keep(
    database: Database, author: Author, saving: DraftSaving, digest: str, now_ms: int
) -> DraftKept:
    """Keep a copy; sent again, nothing changes. Raises ``Refusal``."""
    for _ in range(_TRIES):
        over = await ended(database, author.person, saving.draft)
        if over is not None and over.covers.get(saving.copy_id, 0) >= saving.n:
            return _answer(saving.copy_id, saving.n, digest, instant(now_ms), ended=True)
        known = await copies(database, author.person, saving.draft)
        place = _place(known, saving, digest)
        if place.known is not None and place.known.body["digest"] == digest:
            received = place.known.body["received_at"]
            return _answer(place.copy_id, saving.n, digest, received)
        if place.known is None and len(known) >= MAX_COPIES:
            raise Refusal("too_large", f"A draft has {MAX_COPIES} copies at most; join some first.")
        made = _draft(author, saving, place.copy_id, digest, instant(now_ms))
        to = await readers(database, author.person, saving.draft, now_ms)
        parent = None if place.known is None else place.known.rev
        write = Write(made.id, body_of(made), to, parent=parent)
        (result,) = await database.write(WriteBatch([write]))
        if not result.conflict:
            return _answer(place.copy_id, saving.n, digest, made.received_at)
    raise Refusal("busy", "This draft is being saved from several places; send it again.")


async def discard(
    database: Database, person: str, draft: str, asked: DraftDropping, now_ms: int
) -> None:
    """Discard a draft as far as its author saw it; again, nothing changes."""
    over = DraftEnd(
        id=end_id(person, draft),
        draft=draft,
        author=person,
        case=asked.case,
        visit=asked.visit,
        covers=asked.covers,
        at=instant(now_ms),
    )
    await end(database, over)


async def end(database: Database, over: DraftEnd) -> None:
    """Note that a draft is over, then remove what that covers; again, nothing changes."""
    for _ in range(_TRIES):
        found, *_ = await database.read([over.id])
        before = None if found is None or found.deleted else _read_end(found)
        after = over if before is None else _joined(before, over)
        parent = None if found is None or found.deleted else found.rev
        if after != before:
            write = Write(
                after.id, body_of(after), frozenset({channels.person(over.author)}), parent=parent
            )
            (result,) = await database.write(WriteBatch([write]))
            if result.conflict:
                continue
        await drop_copies(database, over.author, over.draft, after.covers)
        return
    raise Refusal("busy", "This draft is being saved from several places; send it again.")


async def drop_copies(
    database: Database, author: str, draft: str, covers: Mapping[str, int]
) -> None:
    """Remove the author's copies that have not gone further than ``covers``.

    One that goes further meanwhile stays.
    """
    known = await copies(database, author, draft)
    gone = [one for one in known if covers.get(one.body["copy_id"], 0) >= one.body["n"]]
    if gone:
        await database.write(
            WriteBatch([Write(one.id, {}, parent=one.rev, deleted=True) for one in gone])
        )


async def readers(database: Database, author: str, draft: str, now_ms: int) -> frozenset[str]:
    """The channels of a draft's copies: its author's, and, while they lead, of who opened it."""
    opened = [one for one in await openings(database, draft) if one.of == author]
    now = instant(now_ms)
    leads = {channels.lent(one.by) for one in opened if one.until > now}
    return frozenset({channels.person(author), *leads})


@dataclass(frozen=True, slots=True)
class _Place:
    """Where a copy goes: its name, and what is there already."""

    copy_id: str
    known: Document | None


def _place(known: Sequence[Document], saving: DraftSaving, digest: str) -> _Place:
    by_name = {str(one.body["copy_id"]): one for one in known}
    names = [saving.copy_id, *(_beside(saving.copy_id, one) for one in (*saving.after, digest))]
    there = [by_name[name] for name in dict.fromkeys(names) if name in by_name]
    same = next((one for one in there if one.body["digest"] == digest), None)
    if same is not None:
        return _Place(same.body["copy_id"], same)
    after = frozenset(saving.after)
    follows = [one for one in there if one.body["digest"] in after and one.body["n"] < saving.n]
    if follows:
        return _Place(follows[-1].body["copy_id"], follows[-1])
    if saving.copy_id not in by_name:
        return _Place(saving.copy_id, None)
    return _Place(_beside(saving.copy_id, digest), None)


def _beside(copy_id: str, digest: str) -> str:
    """The name of a copy that came under another's name."""
    return f"{copy_id[:48]}-{digest[:12]}"


def _draft(
    author: Author, saving: DraftSaving, copy_id: str, digest: str, received_at: str
) -> Draft:
    said = saving.model_dump(exclude={"after", "device", "copy_id"})
    return Draft.model_validate(
        {
            **said,
            "_id": f"draft:{saving.draft}:{author.person}:{copy_id}",
            "copy_id": copy_id,
            "device": author.device,
            "author": author.person,
            "author_name": author.name,
            "digest": digest,
            "received_at": received_at,
        }
    )


def _joined(before: DraftEnd, over: DraftEnd) -> DraftEnd:
    """Both ends of one draft: it was handed in if either says so, and covers what either covers."""
    names = sorted(before.covers.keys() | over.covers.keys())
    covers = {one: max(before.covers.get(one, 0), over.covers.get(one, 0)) for one in names}
    first = before if before.entry is not None or over.entry is None else over
    return first.model_copy(update={"covers": covers})


def _read_end(document: Document) -> DraftEnd:
    return DraftEnd.model_validate_json(orjson.dumps({**document.body, "_id": document.id}))


def body_of(model: Model) -> dict[str, Any]:
    """The body of a document that holds a model."""
    return model.model_dump(mode="json", by_alias=True, exclude={"id"})


def _answer(
    copy_id: str, n: int, digest: str, received_at: str, *, ended: bool = False
) -> DraftKept:
    return DraftKept(copy_id=copy_id, n=n, digest=digest, received_at=received_at, ended=ended)
