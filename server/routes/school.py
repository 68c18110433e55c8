"""A school's database, read: ``/db/{school}/…``. In CouchDB's shapes, within a person's channels.

What a person may not see is answered exactly as what does not exist.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import orjson
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from server.answers import json_answer
from server.bodies import read_object
from server.problems import Refusal
from server.record import note
from server.routes.scope import Scoped, entered, query_number
from server.site import site_of
from sync.feed import Feed, FeedPage
from sync.store import Change, Document

__all__ = ["ROUTES"]

PAGE = 200
"""Changes read and sent at a time: what one answer holds in memory."""
MAX_LIMIT = 1_000_000
MAX_WAIT_MS = 55_000
_HEADERS = {"Cache-Control": "no-store"}


async def info(request: Request) -> Response:
    """``GET /db/{school}/``: its name, and the token of now."""
    async with entered(request) as scoped:
        feed = await scoped.feed()
        token = feed.token(feed.newest)
        name = scoped.school.database.name
        return json_answer({"db_name": name, "update_seq": token, "instance_start_time": "0"})


async def changes(request: Request) -> Response:
    """``GET /db/{school}/_changes``: what is new in the person's channels since a token."""
    asked = _Asked.of(request)
    async with entered(request) as scoped:
        feed = await scoped.feed()
        place = await feed.locate(asked.since)
        page = await feed.page(place, min(PAGE, asked.limit))
    if asked.longpoll and not page.changes and not place.reset and asked.wait_s > 0:
        site = site_of(request)
        began = site.clock.now_ms()
        await site.waits.hold(request.receive, feed.wait(page.place, asked.wait_s))
        note(request.scope, held_ms=site.clock.now_ms() - began)
        async with entered(request) as scoped:
            feed = await scoped.feed()
            place = await feed.locate(feed.token(page.place.seq))
            page = await feed.page(place, min(PAGE, asked.limit))
    return await _send(request, feed, asked, page, reset=place.reset)


@dataclass(frozen=True)
class _Asked:
    """The query of a ``_changes`` request."""

    since: str
    limit: int
    bodies: bool
    longpoll: bool
    wait_s: float

    @classmethod
    def of(cls, request: Request) -> _Asked:
        query = request.query_params
        if "filter" in query:
            raise Refusal(
                "bad_request", "The server decides what you may see; ask without a filter."
            )
        feed = query.get("feed", "normal")
        if feed not in {"normal", "longpoll"}:
            raise Refusal("bad_request", "The feed is normal or longpoll here; ask for one.")
        wait_ms = query_number(request, "timeout", MAX_WAIT_MS, MAX_WAIT_MS)
        return cls(
            since=query.get("since", "0"),
            limit=max(1, query_number(request, "limit", MAX_LIMIT, MAX_LIMIT)),
            bodies=query.get("include_docs") == "true",
            longpoll=feed == "longpoll",
            wait_s=wait_ms / 1000,
        )


async def _send(
    request: Request, feed: Feed, asked: _Asked, page: FeedPage, *, reset: bool
) -> Response:
    note(request.scope, changes=len(page.changes))
    if page.pending and len(page.changes) < asked.limit:
        parts = _stream(feed, asked, page, reset=reset)
        return StreamingResponse(parts, headers=_HEADERS, media_type="application/json")
    rows = b",\n".join(_row(feed, change, bodies=asked.bodies) for change in page.changes)
    body = b'{"results":[\n' + rows + _tail(feed, page, reset=reset)
    return Response(body, headers=_HEADERS, media_type="application/json")


async def _stream(
    feed: Feed, asked: _Asked, page: FeedPage, *, reset: bool
) -> AsyncIterator[bytes]:
    """The same answer page by page, so that a whole term costs no more memory than a day."""
    left = asked.limit
    start = b'{"results":[\n'
    while True:
        rows = b",\n".join(_row(feed, change, bodies=asked.bodies) for change in page.changes)
        if rows:
            yield start + rows
            start = b",\n"
        left -= len(page.changes)
        if left <= 0 or not page.pending:
            break
        page = await feed.page(page.place, min(PAGE, left))
    yield (start if start != b",\n" else b"") + _tail(feed, page, reset=reset)


def _row(feed: Feed, change: Change, *, bodies: bool) -> bytes:
    document = change.document
    row: dict[str, Any] = {
        "seq": feed.token(change.seq),
        "id": document.id,
        "changes": [{"rev": document.rev}],
    }
    if change.removed:
        row["removed"] = True
    elif document.deleted:
        row["deleted"] = True
    if bodies and not change.removed:
        row["doc"] = orjson.Fragment(whole(document))
    return orjson.dumps(row)


def _tail(feed: Feed, page: FeedPage, *, reset: bool) -> bytes:
    end: dict[str, Any] = {"last_seq": feed.token(page.place.seq), "pending": page.pending}
    if reset:
        end["reset"] = True
    return b"\n],\n" + orjson.dumps(end)[1:] + b"\n"


def whole(document: Document) -> bytes:
    """A document with its ``_id``, ``_rev`` and ``_deleted``, as JSON."""
    head: dict[str, Any] = {"_id": document.id, "_rev": document.rev}
    if document.deleted:
        head["_deleted"] = True
    start = orjson.dumps(head)
    return start if document.raw == b"{}" else start[:-1] + b"," + document.raw[1:]


async def bulk_get(request: Request) -> Response:
    """``POST /db/{school}/_bulk_get``: several documents by id, some at one revision."""
    site = site_of(request)
    async with entered(request) as scoped:
        body = await read_object(request, site.settings.max_body_bytes)
        asked = _asked_documents(body, site.settings.max_documents)
        found = await scoped.school.database.read([id_ for id_, _ in asked])
        results = [
            orjson.Fragment(await _bulk_row(scoped, id_, rev, winner))
            for (id_, rev), winner in zip(asked, found, strict=True)
        ]
    note(request.scope, documents=len(results))
    return json_answer({"results": results})


def _asked_documents(body: dict[str, Any], limit: int) -> list[tuple[str, str | None]]:
    docs = body.get("docs")
    if not isinstance(docs, list):
        raise Refusal("bad_request", 'Name the documents: {"docs": [{"id": ...}]}.')
    if len(docs) > limit:
        raise Refusal("too_large", f"{len(docs)} documents are too many; ask for {limit} at most.")
    asked: list[tuple[str, str | None]] = []
    for row in docs:
        id_ = row.get("id") if isinstance(row, dict) else None
        rev = row.get("rev") if isinstance(row, dict) else None
        if not isinstance(id_, str) or not isinstance(rev, str | None):
            raise Refusal("bad_request", "Each of docs has an id, and perhaps a rev, both texts.")
        asked.append((id_, rev))
    return asked


async def _bulk_row(scoped: Scoped, id_: str, rev: str | None, winner: Document | None) -> bytes:
    document = await scoped.revision(winner, rev)
    if document is None:
        missing = {"id": id_, "rev": rev, "error": "not_found", "reason": "missing"}
        return orjson.dumps({"id": id_, "docs": [{"error": missing}]})
    return orjson.dumps({"id": id_, "docs": [{"ok": orjson.Fragment(whole(document))}]})


async def document(request: Request) -> Response:
    """``GET /db/{school}/{id}``: one document, perhaps at one revision."""
    async with entered(request) as scoped:
        winner, *_ = await scoped.school.database.read([request.path_params["id"]])
        rev = request.query_params.get("rev")
        found = await scoped.revision(winner, rev)
    if found is None or (found.deleted and rev is None):
        reason = "missing" if found is None else "deleted"
        raise Refusal("not_found", reason)
    headers = {**_HEADERS, "ETag": f'"{found.rev}"'}
    return Response(whole(found), headers=headers, media_type="application/json")


async def contacts(request: Request) -> Response:
    """``GET /db/{school}/_contacts``: when each device was last heard from; for the desk."""
    async with entered(request) as scoped:
        if not scoped.visitor.is_desk:
            raise Refusal("forbidden", "Only the school's office sees when tablets were heard of.")
        return json_answer({"contacts": scoped.school.contacts.rows()})


ROUTES = [
    Route("/db/{school}", info, methods=["GET"]),
    Route("/db/{school}/", info, methods=["GET"]),
    Route("/db/{school}/_changes", changes, methods=["GET"]),
    Route("/db/{school}/_bulk_get", bulk_get, methods=["POST"]),
    Route("/db/{school}/_contacts", contacts, methods=["GET"]),
    Route("/db/{school}/{id}", document, methods=["GET"]),
]
