"""Local documents: ``_local/…``, kept where they are and never replicated.

Their revisions count ``0-1``, ``0-2`` …; CouchDB checks them against nothing, so the last write
wins. In the store a local document is its body with ``_rev`` among it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import orjson

from server.couch.call import Call, Header
from server.couch.documents import copied, location, read_document, refuse_form
from server.couch.door import Door
from server.couch.expected import expected_rev
from server.couch.faults import Fault, not_allowed
from server.couch.parsed import Parsed, check_id, parse

__all__ = ["kept", "local", "read_local"]

METHODS = "DELETE,GET,HEAD,POST,PUT,COPY"
_OWN = frozenset({"_id", "_rev", "_revisions"})


def kept(parsed: Parsed) -> tuple[str, Mapping[str, Any] | None]:
    """The revision that a local document gets, and what to keep of it (None: nothing).

    Attachments in it are left out, as CouchDB leaves them out. Raises ``Fault`` for a revision that
    is no ``0-N``.
    """
    if parsed.deleted:
        return "0-0", None
    rev = _next_rev(parsed.history[0] if parsed.history else "0-0")
    return rev, {**parsed.body, "_rev": rev}


def _next_rev(rev: str) -> str:
    number, _, count = rev.partition("-")
    if number != "0" or not (count.isascii() and count.isdigit()):
        raise Fault("bad_request", "Invalid rev format")
    return f"0-{int(count[:18]) + 1}"


async def read_local(door: Door, id: str) -> dict[str, Any] | None:  # noqa: A002
    """``_local/<id>``, given ``<id>``, with its ``_id`` and ``_rev``; None where there is none."""
    body = await door.database.read_local(door.local_name(id))
    if body is None:
        return None
    rest = {name: value for name, value in body.items() if name != "_rev"}
    return {"_id": f"_local/{id}", "_rev": body.get("_rev", "0-1"), **rest}


async def local(door: Door, call: Call, name: str) -> None:
    """``/{db}/_local/{name}``."""
    if call.method == "GET":
        await _get(door, call, name)
    elif call.method == "PUT":
        await _put(door, call, name)
    elif call.method == "DELETE":
        await _delete(door, call, name)
    elif call.method == "COPY":
        found = await _found(door, name)
        await copied(door, call, {key: found[key] for key in found if key not in _OWN})
    elif call.method == "POST":
        refuse_form(call)
    else:
        raise not_allowed(METHODS)


async def _found(door: Door, name: str) -> dict[str, Any]:
    found = await read_local(door, name)
    if found is None:
        raise Fault("not_found", "missing")
    return found


async def _get(door: Door, call: Call, name: str) -> None:
    query = call.query
    if "rev" in query or query.get("open_revs", "[]") != "[]":
        raise Fault("not_found", "missing")  # they have no revisions to choose from
    found = await _found(door, name)
    if query.get("revs") == "true":
        found["_revisions"] = {"start": 0, "ids": [found["_rev"].partition("-")[2]]}
    await call.reply_json(200, found, (_etag(found["_rev"], found),))


def _etag(rev: str, body: Mapping[str, Any] | None) -> Header:
    """An ETag that goes by the content: a revision may come back with another."""
    own = {} if body is None else {key: body[key] for key in body if key not in _OWN}
    content = orjson.dumps([rev, own], option=orjson.OPT_SORT_KEYS)
    return (b"etag", b'"%b"' % hashlib.sha256(content).hexdigest()[:25].encode())


async def _put(door: Door, call: Call, name: str) -> None:
    door.allow("local")
    id_ = check_id(f"_local/{name}")
    doc = await read_document(door, call, id_)
    given = expected_rev(call, doc)
    if given is not None:
        doc["_rev"] = given
    rev, body = kept(parse(doc))
    await door.keep_local(name, body)
    answer = {"ok": True, "id": id_, "rev": rev}
    status = 201 if body is not None else 200
    await call.reply_json(status, answer, (_etag(rev, body), location(call, id_)))


async def _delete(door: Door, call: Call, name: str) -> None:
    door.allow("local")
    expected_rev(call)
    await _found(door, name)
    await door.keep_local(name, None)
    answer = {"ok": True, "id": f"_local/{name}", "rev": "0-0"}
    await call.reply_json(200, answer, (_etag("0-0", None),))
