"""Documents: ``/{db}/{id}``, read, written, deleted and copied."""

from __future__ import annotations

from typing import Any, NoReturn

import orjson

from server.couch.call import Call, Header, parse_json
from server.couch.door import Door, Outcome
from server.couch.expected import expected_rev
from server.couch.faults import Fault, not_allowed, not_implemented
from server.couch.multipart import (
    receive_document,
    send_document,
    send_revisions,
)
from server.couch.parameters import parse_rev, parse_revs
from server.couch.parsed import check_id, check_sizes
from server.couch.paths import quoted, split
from server.couch.rendering import PLAIN, View, attached, has_meta, rendered
from sync.record import Record
from sync.store import Document

__all__ = ["add", "copied", "document", "find", "location", "pushed", "refuse_form"]

METHODS = "DELETE,GET,HEAD,POST,PUT,COPY"
RELATED = b"multipart/related"
MIXED = b"multipart/mixed"


async def document(door: Door, call: Call, id: str) -> None:  # noqa: A002
    """``/{db}/{id}``, of an id that is not local."""
    method = call.method
    if method == "GET":
        await _get(door, call, id)
    elif method == "PUT":
        await _put(door, call, id)
    elif method == "DELETE":
        await _delete(door, call, id)
    elif method == "COPY":
        await _copy(door, call, id)
    elif method == "POST":
        refuse_form(call)
    else:
        raise not_allowed(METHODS)


async def _get(door: Door, call: Call, id_: str) -> None:
    query = call.query
    view = View.of(query)
    if query.get("open_revs", "[]") != "[]":
        await _open_revs(door, call, id_, view)
        return
    rev = parse_rev(query["rev"]) if "rev" in query else None
    found, record = await find(door, id_, rev, view)
    headers: tuple[Header, ...] = ()
    if view is PLAIN or not has_meta(found, view, record):
        etag = b'"' + found.rev.encode() + b'"'
        headers = ((b"etag", etag),)
        if _matches(call, etag):
            await call.reply_empty(304, headers)
            return
    if view.attachments and found.attachments and call.accepts(RELATED):
        await send_document(door, call, found, view, record, headers)
        return
    data = await attached(door.database, found, view)
    await call.reply(200, rendered(found, view, record, data) + b"\n", headers)


def _matches(call: Call, etag: bytes) -> bool:
    """Whether the client has what ``etag`` names (``If-None-Match``)."""
    held = call.header(b"if-none-match")
    if held is None:
        return False
    return etag in [one.strip().removeprefix(b"W/") for one in held.split(b",")]


async def find(
    door: Door,
    id: str,  # noqa: A002
    rev: str | None,
    view: View = PLAIN,
) -> tuple[Document, Record | None]:
    """A document, or the revision asked for; and its record where that was read.

    Raises ``Fault`` (404): ``missing``, or ``deleted`` where the winner is.
    """
    if rev is None and not view.needs_record:
        (winner,) = await door.read((id,))
        if winner is None:
            raise Fault("not_found", "missing")
        return _live(winner, view), None
    record = await door.record(id)
    if record is None:
        raise Fault("not_found", "missing")
    if rev is None:
        return _live(record.winner(), view), record
    for _, found in record.open_revs([rev], latest=view.latest):
        if found is not None and door.sees(found):
            return found, record
    raise Fault("not_found", "missing")


def _live(winner: Document, view: View) -> Document:
    if winner.deleted and not view.deleted:
        raise Fault("not_found", "deleted")
    return winner


async def _open_revs(door: Door, call: Call, id_: str, view: View) -> None:
    asked = call.query["open_revs"]
    revs = "all" if asked == "all" else parse_revs(parse_json(asked))
    record = await door.record(id_)
    rows: list[tuple[str, Document | None]]
    if record is None:
        if revs == "all":
            raise Fault("not_found", "missing")
        rows = [(rev, None) for rev in revs]
    else:
        rows = [
            (rev, found if found is not None and door.sees(found) else None)
            for rev, found in record.open_revs(revs, latest=view.latest)
        ]
    if call.accepts(MIXED):
        await send_revisions(door, call, rows, view, record)
        return
    parts: list[bytes] = []
    for rev, found in rows:
        if found is None:
            parts.append(orjson.dumps({"missing": rev}))
        else:
            data = await attached(door.database, found, view)
            parts.append(b'{"ok":' + rendered(found, view, record, data) + b"}")
    await call.reply(200, b"[" + b",".join(parts) + b"]\n")


async def _put(door: Door, call: Call, id_: str) -> None:
    door.allow("write")
    new_edits = True
    batch = False
    if call.scope["query_string"]:
        new_edits = call.query.get("new_edits") != "false"
        batch = call.query.get("batch") == "ok"
    check_id(id_)
    kind = call.header(b"content-type")
    if kind is not None and kind.startswith(RELATED + b";"):
        doc = await receive_document(door, call)
    else:
        doc = await read_document(door, call, id_)
    rev = expected_rev(call, doc)
    doc["_id"] = id_
    if rev is not None:
        doc["_rev"] = rev
    deleted = doc.get("_deleted") is True
    outcome = await pushed(door, doc, new_edits=new_edits)
    if batch:
        await call.reply_json(202, {"ok": True, "id": outcome.id})
        return
    await _answer(call, outcome, 200 if deleted else 201, (location(call, id_),))


async def read_document(door: Door, call: Call, id: str = "") -> dict[str, Any]:  # noqa: A002
    """The body, a document; ``id``: as the path names it. Raises ``Fault``."""
    raw = await call.body()
    doc = parse_json(raw)
    if type(doc) is not dict:
        raise Fault("bad_request", "Document must be a JSON object")
    if len(raw) > door.limits.document:
        check_sizes([{**doc, "_id": id or doc.get("_id")}], door.limits.document)
    return doc


async def pushed(door: Door, doc: dict[str, Any], *, new_edits: bool = True) -> Outcome:
    """Push one document. Raises ``Fault`` where it was not taken."""
    (outcome,) = await door.push((doc,), new_edits=new_edits)
    if outcome.error is not None:
        raise Fault(outcome.error, outcome.reason or "")
    return outcome


async def add(door: Door, call: Call) -> None:
    """``POST /{db}``: a document that brings its id, or gets one."""
    door.allow("write")
    call.wants_json()
    doc = await read_document(door, call)
    outcome = await pushed(door, doc)
    if call.query.get("batch") == "ok":
        await call.reply_json(202, {"ok": True, "id": outcome.id})
        return
    answer = {"ok": True, "id": outcome.id, "rev": outcome.rev}
    await call.reply_json(201, answer, (location(call, outcome.id),))


async def _delete(door: Door, call: Call, id_: str) -> None:
    door.allow("write")
    await find(door, id_, None)
    doc = {"_id": id_, "_deleted": True}
    rev = expected_rev(call)
    if rev is not None:
        doc["_rev"] = rev
    await _answer(call, await pushed(door, doc), 200)


async def _copy(door: Door, call: Call, id_: str) -> None:
    source, _ = await find(door, id_, expected_rev(call))
    doc: dict[str, Any] = {**source.body}
    if source.attachments:
        data = await attached(door.database, source, View(attachments=True)) or {}
        doc["_attachments"] = {
            one.name: {"content_type": one.content_type, "data": data[one.name]}
            for one in source.attachments
            if one.name in data
        }
    await copied(door, call, doc)


async def copied(door: Door, call: Call, doc: dict[str, Any]) -> None:
    """Store a copy of ``doc``, which has no ``_id``, where the request's header says."""
    door.allow("write")
    target, rev = _destination(call)
    doc["_id"] = check_id(target)
    if rev is not None:
        doc["_rev"] = rev
    await _answer(call, await pushed(door, doc), 201, (location(call, target),))


def _destination(call: Call) -> tuple[str, str | None]:
    """The id, and perhaps the revision, that a copy goes to."""
    raw = call.header(b"destination")
    if raw is None:
        raise Fault("bad_request", "Destination header is mandatory for COPY.")
    if raw.startswith((b"http://", b"https://")):
        raise Fault("bad_request", "Destination URL must be relative.")
    path, mark, query = raw.partition(b"?")
    target = "/".join(split(path))
    if not mark:
        return target, None
    return target, parse_rev(query.partition(b"=")[2].decode("utf-8", "replace"))


async def _answer(
    call: Call, outcome: Outcome, status: int, headers: tuple[Header, ...] = ()
) -> None:
    rev = orjson.dumps(outcome.rev)
    body = b'{"ok":true,"id":%b,"rev":%b}\n' % (orjson.dumps(outcome.id), rev)
    await call.reply(status, body, ((b"etag", rev), *headers))


def location(call: Call, id: str) -> Header:  # noqa: A002
    """``Location`` of a document."""
    return call.where(b"/" + quoted(id))


def refuse_form(call: Call) -> NoReturn:
    """Refuse a document sent by ``POST`` to its own address, as a form. Raises ``Fault``."""
    if call.header(b"referer") is None:
        raise Fault("bad_request", "Referer header required.")
    call.wants(b"multipart/form-data")
    raise not_implemented("Documents from HTML forms are")
