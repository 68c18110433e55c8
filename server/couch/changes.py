"""``_changes``: what is new in a database, at once or as it comes.

Read and written page by page, so that a whole feed costs no more memory than a page, and a slow
client holds up nobody but itself. Whoever waits costs no polling; who waits for the same is
answered from one reading.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any, NamedTuple

import orjson
from starlette.types import Message

from server.couch.call import Call, Header, parse_json
from server.couch.door import Door
from server.couch.faults import Fault, not_allowed
from server.couch.feeds import UNLIMITED, Asked
from server.couch.filters import Filter, filter_of
from server.couch.rendering import attached, rendered
from sync.feed import Place
from sync.store import Change, ChangesPage

__all__ = ["changes"]

START = b'{"results":[\n'
PAGE = 64
"""Changes in the first page: how large documents are here is known after it."""
MAX_PAGE = 2_000
PAGE_BYTES = 1024 * 1024
"""What a page's rows should come to; the next page is made smaller or larger accordingly."""
EVENTS: tuple[Header, ...] = (
    (b"content-type", b"text/event-stream"),
    (b"cache-control", b"no-cache"),
)
BEAT = b"event: heartbeat\ndata: \n\n"


async def changes(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``GET`` and ``POST /{db}/_changes``."""
    if call.method not in {"GET", "POST"}:
        raise not_allowed("GET,POST,HEAD")
    body: Any = {}
    if call.method == "POST":
        call.wants_json()
        raw = await call.body()
        body = parse_json(raw) if raw else {}
        if not isinstance(body, dict):
            raise Fault("bad_request", "Request body must be a JSON object")
    asked = _asked(door, call)
    chosen = await filter_of(door, call, body, all_leaves=asked.all_leaves)
    feed = _Feed(door, call, asked, chosen)
    if asked.kind == "normal" or (asked.kind == "longpoll" and asked.descending):
        await feed.once()
    elif asked.kind == "longpoll":
        await feed.longpoll()
    else:
        await feed.follow()


def _asked(door: Door, call: Call) -> Asked:
    last_event = call.header(b"last-event-id")
    return Asked.of(
        call.query if call.scope["query_string"] else {},
        None if last_event is None else last_event.decode("latin-1"),
        door.limits.silence_s,
    )


class _Page(NamedTuple):
    """Rows as they are written; where they end, and whether there are more."""

    rows: Sequence[bytes]
    seq: int
    more: bool


class _Client:
    """The other end of a feed: whether it is still there."""

    __slots__ = ("_call", "gone")

    def __init__(self, call: Call) -> None:
        self._call = call
        self.gone = False

    async def receive(self) -> Message:
        """What ``receive`` gives, taking note of a client that went away."""
        message = await self._call.receive()
        if message["type"] == "http.disconnect":
            self.gone = True
        return message

    async def look(self) -> bool:
        """Whether the client has gone; lets other requests have their turn."""
        try:
            async with asyncio.timeout(0):
                while not self.gone:
                    await self.receive()
        except TimeoutError:
            pass
        return self.gone


class _Feed:
    """One answer."""

    __slots__ = (
        "_asked",
        "_call",
        "_client",
        "_door",
        "_filter",
        "_heads",
        "_left",
        "_size",
        "_sort",
    )

    def __init__(self, door: Door, call: Call, asked: Asked, chosen: Filter | None) -> None:
        self._door = door
        self._call = call
        self._asked = asked
        self._filter = chosen
        self._client = _Client(call)
        self._left = asked.limit
        self._size = PAGE
        self._heads: list[Change] | None = None
        self._sort = asked.kind

    async def once(self) -> None:
        """A feed that ends with what there is."""
        now = await self._door.locate("now")
        etag = b'"%b"' % self._door.token(now.seq).encode()
        if self._call.header(b"if-none-match") == etag:
            await self._call.reply_empty(304, ((b"etag", etag),))
            return
        place = await self._place()
        await self._answer(place, await self._next(place.seq), ((b"etag", etag),))

    async def longpoll(self) -> None:
        """A feed that waits until there is something, and ends with that."""
        place = await self._place()
        page = await self._next(place.seq)
        if page.rows or place.reset or self._left <= 0 or self._call.waits.closing:
            await self._answer(place, page)
            return
        await self._call.start_json(200)
        await self._call.write(START + b"\n")
        while not page.rows and await self._news(page.seq):
            page = await self._shared(page.seq)
        if not self._client.gone:
            await self._pages(place, page)

    async def follow(self) -> None:
        """A feed that goes on until its limit, its time, its client or the server ends it."""
        place = await self._place()
        if self._sort == "eventsource":
            await self._call.start(200, EVENTS)
        else:
            await self._call.start_json(200)
        page = await self._next(place.seq)
        if not page.rows:
            await self._call.write(b"\n")
        while True:
            if page.rows:
                await self._call.write(b"".join(page.rows))
            if self._left <= 0 or (page.more and await self._client.look()):
                break
            if not page.more and (self._asked.descending or not await self._news(page.seq)):
                break
            following = await self._following(page)
            if following is None:
                break
            page = following
        if self._client.gone:
            return
        end = b""
        if self._sort == "continuous":
            end = b"{%b\n" % await self._tail(place, page)
        await self._call.end(end)

    async def _place(self) -> Place:
        return Place(0) if self._asked.descending else await self._door.locate(self._asked.since)

    async def _answer(self, place: Place, page: _Page, headers: tuple[Header, ...] = ()) -> None:
        """Answer from ``page`` on: whole where that is all, or part by part."""
        if not page.more or self._left <= 0:
            rows = b",\n".join(page.rows)
            end = await self._tail(place, page)
            await self._call.reply(200, START + rows + b"\n],\n" + end + b"\n", headers)
            return
        await self._call.start_json(200, headers)
        await self._call.write(START)
        await self._pages(place, page)

    async def _pages(self, place: Place, page: _Page) -> None:
        """Write ``page`` and what follows it, and the end."""
        comma = b""
        while True:
            if page.rows:
                await self._call.write(comma + b",\n".join(page.rows))
                comma = b",\n"
            if not page.more or self._left <= 0:
                break
            if await self._client.look():
                return
            following = await self._following(page)
            if following is None:
                break
            page = following
        await self._call.end(b"\n],\n" + await self._tail(place, page) + b"\n")

    async def _tail(self, place: Place, page: _Page) -> bytes:
        """The members that end an answer. ``pending``: how many changes follow, at most."""
        pending = 0
        if page.more and not self._asked.descending:
            newest = (await self._door.locate("now")).seq
            pending = max(1, newest - page.seq)
        reset = b',"reset":true' if place.reset else b""
        token = orjson.dumps(self._door.token(page.seq))
        return b'"last_seq":%b,"pending":%d%b}' % (token, pending, reset)

    async def _news(self, seq: int) -> bool:
        """Wait for news after ``seq``, with a sign of life now and then; False at the end."""
        asked, call = self._asked, self._call
        silence = asked.heartbeat_s or asked.timeout_s
        while True:
            try:
                if await call.waits.hold(self._client.receive, self._door.wait(seq, silence)):
                    return True
            except Fault:
                return False  # they may come in no longer, as they are told when they ask again
            if asked.heartbeat_s is None or self._client.gone or call.waits.closing:
                return False
            await call.write(BEAT if self._sort == "eventsource" else b"\n")

    async def _following(self, page: _Page) -> _Page | None:
        """The page after ``page``; None if they may not go on: a slow reader is asked anew."""
        try:
            return await self._next(page.seq)
        except Fault:
            return None

    async def _shared(self, seq: int) -> _Page:
        """The page after ``seq``, read once for all who woke up for it."""
        if self._filter is not None or self._left < MAX_PAGE:
            return await self._next(seq)
        key = (self._door.database, self._door.token(seq), self._asked)
        page = await self._call.waits.together(key, lambda: self._next(seq))
        self._left = self._asked.limit - len(page.rows)
        return page

    async def _next(self, seq: int) -> _Page:
        """The page after ``seq``."""
        if self._left <= 0:
            return _Page((), seq, more=True)
        asked, chosen = self._asked, self._filter
        limit = min(self._size, self._left) if chosen is None else self._size
        shown = asked.view is not None
        bodies = shown if chosen is None else chosen.needs_bodies
        read = self._read_down if asked.descending else self._door.changes
        page = await read(seq, limit=limit, bodies=bodies)
        found: Sequence[Change] = page.changes
        last, more = page.last_seq, page.more
        if chosen is not None:
            found = await chosen.select(self._door, found)
            if bodies:
                await self._door.chosen([one.document for one in found if not one.removed])
            if len(found) > self._left:
                found, more = found[: self._left], True
                last = found[-1].seq
            if shown and not bodies:
                found = await self._filled(found)
        rows = await self._rows(found)
        self._left -= len(rows)
        self._resize(rows, len(page.changes))
        return _Page(rows, last, more)

    async def _read_down(self, _seq: int, *, limit: int, bodies: bool) -> ChangesPage:
        """The next of the changes from the newest down: all are listed first, without bodies."""
        if self._heads is None:
            most = self._asked.limit if self._filter is None else UNLIMITED
            whole = await self._door.changes(0, limit=most, descending=True, bodies=False)
            self._heads = list(reversed(whole.changes))
        found = [self._heads.pop() for _ in range(min(limit, len(self._heads)))]
        last = found[-1].seq if found else 0
        if bodies:
            found = await self._filled(found)
        return ChangesPage(tuple(found), last, bool(self._heads))

    async def _filled(self, found: Sequence[Change]) -> list[Change]:
        """Changes read without bodies, with their documents as they are by now."""
        if not found:
            return []
        documents = await self._door.read([change.document.id for change in found])
        return [
            change if document is None or change.removed else change._replace(document=document)
            for change, document in zip(found, documents, strict=True)
        ]

    def _resize(self, rows: Sequence[bytes], read: int) -> None:
        size = sum(map(len, rows)) or read
        self._size = max(1, min(MAX_PAGE, 2 * self._size, read * PAGE_BYTES // max(1, size)))

    async def _rows(self, found: Sequence[Change]) -> list[bytes]:
        """Lines of the feed, in the form that this feed has."""
        asked = self._asked
        view, every, left = asked.view, asked.interval, self._left
        shows = None if self._filter is None else self._filter.shows
        rows: list[bytes] = []
        for at, change in enumerate(found):
            document = change.document
            body = b""
            if view is not None and not change.removed:
                data = None
                if view.attachments and document.attachments:
                    data = await attached(self._door.database, document, view)
                shown = rendered(document, view, None, data)
                body = b',"doc":' + (shown if shows is None else shows(shown))
            seq = b"null"
            if every == 1 or (left - at) % every == 0:
                seq = b'"%b"' % self._door.token(change.seq).encode()
            revs = change.leaves if asked.all_leaves and not change.removed else (document.rev,)
            rows.append(_row(seq, change, revs, body))
        if self._sort == "continuous":
            return [row + b"\n" for row in rows]
        if self._sort == "eventsource":
            return [
                b'data: %b\nid: "%b"\n\n' % (row, self._door.token(change.seq).encode())
                for row, change in zip(rows, found, strict=True)
            ]
        return rows


def _row(seq: bytes, change: Change, revs: Sequence[str], body: bytes) -> bytes:
    document = change.document
    state = b""
    if change.removed:
        state = b',"removed":true'
    elif document.deleted:
        state = b',"deleted":true'
    return b"".join(
        (
            b'{"seq":',
            seq,
            b',"id":',
            orjson.dumps(document.id),
            b',"changes":',
            b'[{"rev":' + orjson.dumps(revs[0]) + b"}]"
            if len(revs) == 1
            else orjson.dumps([{"rev": rev} for rev in revs]),
            state,
            body,
            b"}",
        )
    )
