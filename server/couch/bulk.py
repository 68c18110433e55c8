"""Bulk: many documents pushed (``_bulk_docs``) or read (``_bulk_get``) in one request."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import orjson

from server.couch.call import Call, parse_json
from server.couch.door import Door, Outcome
from server.couch.faults import Fault, not_allowed
from server.couch.multipart import send_bulk
from server.couch.parameters import is_plain, parse_rev, parse_revs, storable
from server.couch.parsed import check_id, check_sizes
from server.couch.rendering import View, attached, rendered
from sync.record import Record
from sync.store import Document

__all__ = ["Found", "bulk_docs", "bulk_get"]

_ODD = frozenset({"", "_"})
"""How an id begins that must be looked at closely."""
_UNWANTED = ("open_revs", "new_edits", "w", "rev", "atts_since")


async def bulk_docs(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_bulk_docs``."""
    if call.method != "POST":
        raise not_allowed("POST")
    door.allow("write")
    call.wants_json()
    raw = await call.body()
    body = parse_json(raw)
    if type(body) is not dict:
        raise Fault("bad_request", "Request body must be a JSON object")
    if "docs" not in body:
        raise Fault("bad_request", "POST body must include `docs` parameter.")
    docs = body["docs"]
    if type(docs) is not list:
        raise Fault("bad_request", "`docs` parameter must be an array.")
    new_edits = body.get("new_edits", True)
    if type(new_edits) is not bool:
        raise Fault("bad_request", "`new_edits` parameter must be a boolean.")
    if len(raw) > door.limits.document:
        check_sizes(docs, door.limits.document)
    outcomes = await door.push(docs, new_edits=new_edits)
    await call.reply(201, _rows(outcomes, new_edits=new_edits))


def _rows(outcomes: Sequence[Outcome], *, new_edits: bool) -> bytes:
    """A row for each document or, of a replicator's, for each that was not taken."""
    if new_edits:
        rows = [
            {"ok": True, "id": row.id, "rev": row.rev} if row.error is None else _refused(row)
            for row in outcomes
        ]
    else:
        rows = [_refused(row) for row in outcomes if row.error is not None]
    return orjson.dumps(rows, option=orjson.OPT_APPEND_NEWLINE)


def _refused(row: Outcome) -> dict[str, Any]:
    refused = {"id": row.id, "error": row.error, "reason": row.reason}
    return {**refused, "rev": row.rev} if row.rev else refused


class Asked(NamedTuple):
    """One row of a ``_bulk_get``: ``rev`` None asks for every leaf."""

    id: str
    rev: str | None = None
    atts_since: tuple[str, ...] | None = None


class Refused(NamedTuple):
    """A row that cannot be answered: ``id`` and ``rev`` as they were sent."""

    id: Any
    rev: Any
    error: str
    reason: str


class Found(NamedTuple):
    """A row as it is answered: documents, or revisions that are missing."""

    id: str
    revisions: Sequence[tuple[str, Document | None]]
    view: View
    record: Record | None


async def bulk_get(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_bulk_get``."""
    if call.method != "POST":
        raise not_allowed("POST")
    call.wants_json()
    body = await call.json_object()
    if "docs" not in body:
        raise Fault("bad_request", "Missing JSON list of 'docs'.")
    docs = body["docs"]
    if type(docs) is not list:
        raise Fault("bad_request", "`docs` parameter must be an array.")
    if len(docs) > door.limits.documents:
        raise Fault("too_large", f"Ask for {door.limits.documents} documents at most at a time.")
    query = call.query
    for name in _UNWANTED:
        if name in query:
            raise Fault("bad_request", f'"{name}" query parameter is not acceptable')
    view = View.of(query)
    asked = [_asked(row) for row in docs]
    found = await _find(door, asked, view)
    if not call.accepts(b"application/json") and (
        call.accepts(b"multipart/mixed") or call.accepts(b"multipart/related")
    ):
        await send_bulk(door, call, found)
        return
    rows = [_plain_row(row) or await _row(door, row) for row in found]
    await call.reply(200, b'{"results":[' + b",".join(rows) + b"]}\n")


def _asked(row: Any) -> Asked | Refused:
    if type(row) is dict and len(row) == 2:  # as replicators ask, by the thousand
        id_, rev = row.get("id"), row.get("rev")
        if type(id_) is str and id_[:1] not in _ODD and type(rev) is str and is_plain(rev):
            return Asked(id_, rev)
    if type(row) is not dict or not row:
        return Refused(None, None, "bad_request", "document must be a JSON object")
    if "id" not in row:
        return Refused(None, None, "bad_request", "document id missed")
    blamed: Any = None
    try:
        id_ = check_id(row["id"])
        blamed = row.get("rev")
        rev = parse_rev(blamed) if "rev" in row else None
        blamed = row.get("atts_since")
        return Asked(id_, rev, tuple(parse_revs(blamed)) if blamed else None)
    except Fault as fault:
        return Refused(row["id"], blamed, fault.code, fault.sentence)


async def _find(door: Door, asked: Sequence[Asked | Refused], view: View) -> list[Found | Refused]:
    """Look all rows up: winners in one read, other revisions each by its document's record."""
    ids = [row.id for row in asked if type(row) is Asked]
    winners = dict(zip(ids, await door.read(ids), strict=True)) if ids else {}
    found: list[Found | Refused] = []
    for row in asked:
        if isinstance(row, Refused):
            found.append(row)
            continue
        winner = winners[row.id]
        shown = view
        if row.atts_since is not None:
            shown = replace(view, attachments=True, atts_since=row.atts_since)
        if winner is None:
            rev = row.rev or "undefined"
            found.append(Refused(row.id, rev, "not_found", "missing"))
        elif winner.rev == row.rev and not shown.needs_record:
            found.append(Found(row.id, ((row.rev, winner),), shown, None))
        else:
            found.append(await _of_record(door, row, shown))
    return found


async def _of_record(door: Door, row: Asked, view: View) -> Found | Refused:
    record = await door.record(row.id)
    if record is None:
        return Refused(row.id, row.rev or "undefined", "not_found", "missing")
    if row.rev is not None and not storable(row.rev):
        return Refused(row.id, row.rev, "not_found", "missing")
    revs = "all" if row.rev is None else [row.rev]
    rows = [
        (rev, one if one is not None and door.sees(one) else None)
        for rev, one in record.open_revs(revs, latest=view.latest)
    ]
    return Found(row.id, rows, view, record)


def _plain_row(row: Found | Refused) -> bytes | None:
    """A row of one document without attachments; None for any other."""
    if type(row) is not Found or row.record is not None:
        return None
    document = row.revisions[0][1]
    if document is None or document.attachments:
        return None
    return b'{"id":%b,"docs":[{"ok":%b}]}' % (orjson.dumps(row.id), rendered(document, row.view))


async def _row(door: Door, row: Found | Refused) -> bytes:
    if isinstance(row, Refused):
        return orjson.dumps({"id": row.id, "docs": [{"error": row._asdict()}]})
    docs: list[bytes] = []
    for rev, document in row.revisions:
        if document is None:
            error = Refused(row.id, rev, "not_found", "missing")._asdict()
            docs.append(orjson.dumps({"error": error}))
            continue
        data = None
        if row.view.attachments and document.attachments:
            data = await attached(door.database, document, row.view)
        docs.append(b'{"ok":' + rendered(document, row.view, row.record, data) + b"}")
    return b'{"id":%b,"docs":[%b]}' % (orjson.dumps(row.id), b",".join(docs))
