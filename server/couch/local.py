"""Local documents: ``_local/…``, kept where they are and never replicated.

Their revisions count ``0-1``, ``0-2`` …; CouchDB checks them against nothing, so the last write
wins. In the store a local document is its body with ``_rev`` among it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from server.couch.call import Call
from server.couch.door import Door
from server.couch.expected import expected_rev
from server.couch.faults import Fault, not_allowed
from server.couch.parameters import parse_rev
from server.couch.parsed import Parsed, check_id, parse
from sync.store import WriteBatch

__all__ = ["kept", "local", "read_local"]

METHODS = "DELETE,GET,HEAD,PUT"


def kept(parsed: Parsed) -> tuple[str, Mapping[str, Any] | None]:
    """The revision that a local document gets, and what to keep of it (None: nothing).

    Raises ``Fault`` for a revision that is no ``0-N``, and for attachments.
    """
    if parsed.attachments:
        raise Fault("bad_request", "_local documents do not accept attachments.")
    if parsed.deleted:
        return "0-0", None
    rev = _next_rev(parsed.history[0] if parsed.history else "0-0")
    return rev, {**parsed.body, "_rev": rev}


def _next_rev(rev: str) -> str:
    number, _, count = rev.partition("-")
    if number != "0" or not (count.isascii() and count.isdigit()):
        raise Fault("bad_request", "Invalid rev format")
    return f"0-{int(count[:18]) + 1}"


async def read_local(door: Door, id: str) -> bytes | None:  # noqa: A002
    """``_local/<id>`` as JSON, given ``<id>``; None where there is none."""
    body = await door.database.read_local(door.local_name(id))
    if body is None:
        return None
    rev = body.get("_rev", "0-1")
    rest = {name: value for name, value in body.items() if name != "_rev"}
    return orjson.dumps({"_id": f"_local/{id}", "_rev": rev, **rest})


async def local(door: Door, call: Call, name: str) -> None:
    """``/{db}/_local/{name}``."""
    if call.method == "GET":
        found = await read_local(door, name)
        if found is None:
            raise Fault("not_found", "missing")
        await call.reply(200, found + b"\n")
    elif call.method == "PUT":
        await _put(door, call, name)
    elif call.method == "DELETE":
        await _delete(door, call, name)
    else:
        raise not_allowed(METHODS)


async def _put(door: Door, call: Call, name: str) -> None:
    door.allow("local")
    id_ = check_id(f"_local/{name}")
    doc = await call.json_object()
    rev = expected_rev(call, doc)
    if rev is not None:
        doc["_rev"] = rev
    rev, body = kept(parse(doc))
    await door.database.write(WriteBatch(local={door.local_name(name): body}))
    answer = {"ok": True, "id": id_, "rev": rev}
    await call.reply_json(201 if body is not None else 200, answer)


async def _delete(door: Door, call: Call, name: str) -> None:
    door.allow("local")
    rev = call.query.get("rev")
    if rev is not None:
        parse_rev(rev)
    stored = door.local_name(name)
    if await door.database.read_local(stored) is None:
        raise Fault("not_found", "missing")
    await door.database.write(WriteBatch(local={stored: None}))
    await call.reply_json(200, {"ok": True, "id": f"_local/{name}", "rev": "0-0"})
