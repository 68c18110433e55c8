"""The scoped door: a school's database as one person may use it.

They read what lies in their channels, keep local documents of their own, and push entries, which
go through the intake and not through here. What they may not see is answered exactly as what does
not exist.
"""

from __future__ import annotations

import asyncio
import bisect
import hashlib
import re
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Protocol

from typing_extensions import override

from server.couch.door import Action, Door, Limits, Outcome
from server.couch.faults import Fault
from sync.feed import Feed, Place
from sync.record import Record
from sync.store import ChangesPage, Database, DatabaseInfo, Document, Missing, WriteBatch
from sync.topics import GIVING

__all__ = ["Person", "ScopedDoor"]

PAGE = 1_000
"""Documents of a person's listed at a time."""
_ENTRY = re.compile(r"entry:([0-9a-f]{32}):[0-9]{8}:[0-9a-f]{16}")
_WRITES = (
    "Documents are the server's own to write. Entries come in by POST to _bulk_docs, with "
    '"new_edits": false.'
)
_TOO_MANY = (
    "You keep {} local documents in this school, which is the most. Delete those of replications "
    "that you do not go on with; each of them begins anew without."
)
_ADMINISTERS = "A school's database is administered on the server, not from outside."


class Person(Protocol):
    """Who uses the door, and what they may see at this moment."""

    @property
    def name(self) -> str:
        """Who they are: their id."""

    def channels(self) -> frozenset[str]:
        """Every channel they may read now. Raises ``Fault`` if they may come in no longer."""

    async def until_sent_away(self, news: Callable[[], Awaitable[bool]]) -> bool:
        """Wait for ``news``, or until they may come in no longer, as far as that can be told."""
        return await news()

    def changes_in_s(self) -> float | None:
        """Seconds until they may see other things, by the clock alone; None for never."""

    def waited(self, seconds: float) -> None:
        """Take note that they waited so long: it is no time that the server was busy."""

    async def owns(self, log: str) -> bool:
        """Whether a log of entries is theirs."""

    async def read(self, documents: Sequence[Document]) -> None:
        """Take note of documents that they are about to be given, having asked for their ids."""

    def keeping(self) -> AbstractAsyncContextManager[None]:
        """Keep their local documents as the only one who does, for as long as it is entered."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """Ids of the documents that a person sees, sorted."""

    ids: Sequence[str]

    def between(self, start: str, end: str) -> Sequence[str]:
        """Those from ``start`` to ``end``, both included."""
        low, high = bisect.bisect_left(self.ids, start), bisect.bisect_right(self.ids, end)
        return self.ids[low:high]


class ScopedDoor(Door):
    """See :class:`server.couch.door.Door`. Tokens are those of :mod:`sync.feed`.

    Made for one request, by :meth:`open`.
    """

    def __init__(self, feed: Feed, person: Person, limits: Limits) -> None:
        self._feed = feed
        self._database = feed.database
        self._person = person
        self._limits = limits
        self._seen: _Seen | None = None
        self._begun = False
        self._held = False
        self._anew = False

    @classmethod
    async def open(cls, database: Database, person: Person, limits: Limits) -> ScopedDoor:
        """The door to ``database`` for ``person``. Raises ``Fault``."""
        return cls(await Feed.open(database, person.channels()), person, limits)

    @property
    @override
    def database(self) -> Database:
        return self._database

    @property
    @override
    def limits(self) -> Limits:
        return self._limits

    @override
    def allow(self, action: Action) -> None:
        if action == "write":
            raise Fault("method_not_allowed", _WRITES, ((b"allow", b"GET,HEAD"),))
        if action == "administer":
            raise Fault("forbidden", _ADMINISTERS)

    @override
    def sees(self, document: Document) -> bool:
        return not self._feed.channels.isdisjoint(document.channels)

    @override
    def local_name(self, id: str) -> str:
        return f"person:{self._person.name}:{id}"

    @override
    async def keep_local(self, id: str, body: Mapping[str, Any] | None) -> None:
        """Which they keep is known by a local document of the server's own, written along."""
        index = f"kept:{self._person.name}"
        async with self._person.keeping():
            found = await self._database.read_local(index) or {}
            names = dict.fromkeys(found.get("names", ()))
            name = hashlib.sha256(id.encode("utf-8", "replace")).hexdigest()[:16]
            if body is None:
                names.pop(name, None)
            elif name not in names and len(names) >= self._limits.local_documents:
                raise Fault("too_large", _TOO_MANY.format(len(names)))
            else:
                names[name] = None
            local = {self.local_name(id): body, index: {"names": list(names)} if names else None}
            await self._database.write(WriteBatch(local=local))

    @override
    def token(self, seq: int) -> str:
        return self._feed.token(seq)

    @override
    async def locate(self, since: str) -> Place:
        place = await self._feed.locate(since)
        self._held = place.held
        return place

    @override
    async def info(self) -> DatabaseInfo:
        info = await self._database.info()
        count = len((await self._visible()).ids)
        return replace(
            info,
            doc_count=count,
            deleted_count=0,
            purge_seq=0,
            file_bytes=0,
            data_bytes=0,
            compacting=False,
        )

    @override
    async def read(self, ids: Sequence[str]) -> list[Document | None]:
        found = await self._read(ids)
        await self._person.read([one for one in found if one is not None])
        return found

    async def _read(self, ids: Sequence[str]) -> list[Document | None]:
        """Not the first of an answer that is read slowly: by what they may see by now."""
        if self._begun:
            try:
                self._feed = replace(self._feed, channels=self._person.channels())
            except Fault:
                self._feed = replace(self._feed, channels=frozenset())
        self._begun = True
        found = await self._database.read(ids)
        return [one if one is not None and self.sees(one) else None for one in found]

    @override
    async def record(self, id: str) -> Record | None:
        record = await self._database.record(id)
        if record is None or not self.sees(record.winner()):
            return None
        await self._person.read([record.winner()])
        return record

    @override
    async def missing(self, revs: Mapping[str, Sequence[str]]) -> Mapping[str, Missing]:
        """What they see is compared; so are entries of their own logs, which came from them."""
        winners = await self._read(list(revs))
        known = {
            id_: asked
            for (id_, asked), winner in zip(revs.items(), winners, strict=True)
            if winner is not None or await self._is_own(id_)
        }
        found = await self._database.missing(known) if known else {}
        unknown = {id_: Missing(list(revs[id_]), []) for id_ in revs if id_ not in known}
        return {**unknown, **found}

    @override
    async def chosen(self, documents: Sequence[Document]) -> None:
        await self._person.read(documents)

    async def _is_own(self, id_: str) -> bool:
        match = _ENTRY.fullmatch(id_)
        return match is not None and await self._person.owns(match[1])

    @override
    async def range(
        self,
        start: str,
        end: str,
        *,
        limit: int | None = None,
        skip: int = 0,
        descending: bool = False,
    ) -> list[Document]:
        ids = (await self._visible()).between(start, end)
        if descending:
            ids = ids[::-1]
        wanted = ids[skip:] if limit is None else ids[skip : skip + limit]
        found = await self._read(wanted) if wanted else []
        return [one for one in found if one is not None and not one.deleted]

    @override
    async def count(self, start: str, end: str) -> int:
        return len((await self._visible()).between(start, end))

    async def _visible(self) -> _Seen:
        """What they see, listed by their channels, once a request."""
        if self._seen is None:
            ids: list[str] = []
            place, more = 0, True
            while more:
                page = await self.changes(place, limit=PAGE, bodies=False)
                ids += [
                    change.document.id
                    for change in page.changes
                    if not (change.removed or change.document.deleted)
                ]
                place, more = page.last_seq, page.more
            self._seen = _Seen(sorted(ids))
        return self._seen

    @override
    async def changes(
        self, since: int, *, limit: int, descending: bool = False, bodies: bool = True
    ) -> ChangesPage:
        """A feed from the beginning tells of no removals: whoever reads it holds nothing yet.

        Raises ``Fault`` if they may see other things by now than when they began to read it.
        """
        if since > 0:
            self._feed = replace(self._feed, channels=self._person.channels())
        if descending:
            return await self._newest(since, limit)
        page = await self._database.changes(
            since, channels=self._feed.channels, limit=limit, bodies=bodies
        )
        self._anew = self._anew or (since == 0 and not self._held)
        if not self._anew:
            return page
        # What left before the first page was read is in no page; what leaves later may be.
        told = (one for one in page.changes if not one.removed or one.seq > self._feed.newest)
        return page._replace(changes=tuple(told))

    async def _newest(self, since: int, limit: int) -> ChangesPage:
        """Downwards: all of their part, turned round."""
        found = []
        more = True
        while more:
            page = await self.changes(since, limit=PAGE, bodies=False)
            found += [one for one in page.changes if not one.removed]
            since, more = page.last_seq, page.more
        found = found[: -limit - 1 : -1]
        return ChangesPage(tuple(found), found[-1].seq if found else since, more=False)

    @override
    async def wait(self, since: int, timeout_s: float) -> bool:
        """Afterwards they are looked at again: they may see other things by now, or nothing."""
        loop = asyncio.get_running_loop()
        began = loop.time()
        change_s = self._person.changes_in_s()
        wait_s = timeout_s if change_s is None else min(timeout_s, change_s)
        watched = self._feed.channels | GIVING
        try:
            waiting = partial(self._database.wait, since, watched, wait_s)
            news = await self._person.until_sent_away(waiting)
        finally:
            self._person.waited(loop.time() - began)
        self._feed = replace(self._feed, channels=self._person.channels())
        return news

    @override
    async def push(self, docs: Sequence[Any], *, new_edits: bool) -> list[Outcome]:
        self.allow("write")
        raise AssertionError
