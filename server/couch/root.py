"""The server's own addresses: ``/`` and those that begin with an underscore."""

from __future__ import annotations

import contextlib
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from server.couch.bare import Doors
from server.couch.call import Call
from server.couch.database import info_of
from server.couch.faults import Fault, not_allowed, not_implemented
from server.couch.parameters import Params
from server.couch.session import Admin
from sync.errors import DatabaseMissing

__all__ = ["OPEN", "Server", "of_name", "welcome"]

PROTOCOL = "3.5.2"
"""The release of CouchDB whose protocol is spoken; clients read their way from it."""
MOST_UUIDS = 1000
MOST_INFOS = 100


@dataclass(frozen=True, slots=True)
class Server:
    """What the server's addresses speak of. ``uuid`` names it to replicators, for ever."""

    doors: Doors
    admin: Admin
    uuid: str
    version: str


Handler = Callable[[Server, Call], Awaitable[None]]


async def welcome(server: Server, call: Call) -> None:
    """``GET /``."""
    if call.method != "GET":
        raise not_allowed("GET,HEAD")
    vendor = {"name": "Tidemark", "version": server.version}
    greeting: dict[str, Any] = {"couchdb": "Welcome", "version": PROTOCOL, "git_sha": "tidemark"}
    await call.reply_json(200, {**greeting, "uuid": server.uuid, "features": [], "vendor": vendor})


async def _up(_server: Server, call: Call) -> None:
    if call.method != "GET":
        raise not_allowed("GET,HEAD")
    await call.reply_json(200, {"status": "ok", "seeds": {}})


async def _all_dbs(server: Server, call: Call) -> None:
    if call.method != "GET":
        raise not_allowed("GET,HEAD")
    if len(call.segments) > 1:
        raise Fault("not_found", "missing")
    await call.reply_json(200, await _names(server, call))


async def _names(server: Server, call: Call) -> list[str]:
    """The databases' names, as the query wants them."""
    params = Params(call.query)
    names = await server.doors.store.names()
    key = params.value("key")
    low, high = params.value("startkey", "start_key"), params.value("endkey", "end_key")
    if key is not Params.ABSENT:
        low = high = key
    descending = params.flag("descending")
    if descending:
        low, high = high, low
    inclusive = params.flag("inclusive_end", default=True)
    end = low if descending else high
    if low is not Params.ABSENT:
        names = [name for name in names if not isinstance(low, str) or name >= low]
    if high is not Params.ABSENT:
        names = [name for name in names if isinstance(high, str) and name <= high]
    if not inclusive:
        names = [name for name in names if name != end]
    if descending:
        names.reverse()
    names = names[params.number("skip") or 0 :]
    limit = params.number("limit")
    return names if limit is None else names[:limit]


async def _dbs_info(server: Server, call: Call) -> None:
    if call.method == "GET":
        keys: list[Any] = [*await _names(server, call)]
    elif call.method == "POST":
        call.wants_json()
        asked = (await call.json_object()).get("keys")
        if asked is None:
            raise Fault("bad_request", "`keys` member must exist.")
        if not isinstance(asked, list):
            raise Fault("bad_request", "`keys` member must be an array.")
        if len(asked) > MOST_INFOS:
            raise Fault("bad_request", "too_many_keys")
        keys = asked
    else:
        raise not_allowed("GET,HEAD,POST")
    known = set(await server.doors.store.names())
    rows: list[dict[str, Any]] = []
    for key in keys:
        row: dict[str, Any] = {"key": key, "error": "not_found"}
        if isinstance(key, str) and key in known:
            with contextlib.suppress(DatabaseMissing):  # deleted meanwhile
                row = {"key": key, "info": await info_of(await server.doors.open(key))}
        rows.append(row)
    await call.reply_json(200, rows)


async def _uuids(_server: Server, call: Call) -> None:
    if call.method != "GET":
        raise not_allowed("GET")
    said = call.query.get("count", "1")
    if not (said.isascii() and said.isdigit()):
        raise Fault("bad_request", "count must be a positive integer")
    count = int(said[:9])
    if count > MOST_UUIDS:
        raise Fault("bad_request", "count parameter too large")
    fresh = ((b"cache-control", b"no-cache"), (b"pragma", b"no-cache"))
    await call.reply_json(200, {"uuids": [secrets.token_hex(16) for _ in range(count)]}, fresh)


async def _active_tasks(_server: Server, call: Call) -> None:
    if call.method != "GET":
        raise not_allowed("GET,HEAD")
    await call.reply_json(200, [])


async def _membership(_server: Server, call: Call) -> None:
    if call.method != "GET":
        raise not_allowed("GET")
    await call.reply_json(200, {"all_nodes": ["nonode@nohost"], "cluster_nodes": ["nonode@nohost"]})


async def _replicate(_server: Server, call: Call) -> None:
    if call.method != "POST":
        raise not_allowed("POST")
    raise not_implemented("Replications run by the server (use another's, or PouchDB) are")


async def _absent(_server: Server, _call: Call) -> None:
    raise not_implemented("This address of a CouchDB server is")


_HANDLERS: Mapping[str, Handler] = {
    "_active_tasks": _active_tasks,
    "_all_dbs": _all_dbs,
    "_cluster_setup": _absent,
    "_dbs_info": _dbs_info,
    "_membership": _membership,
    "_node": _absent,
    "_replicate": _replicate,
    "_reshard": _absent,
    "_scheduler": _absent,
    "_up": _up,
    "_utils": _absent,
    "_uuids": _uuids,
}
OPEN = frozenset({"_up", "_uuids"})
"""Addresses that need no sign-in."""


def of_name(name: str) -> Handler | None:
    """What answers ``/{name}``; None where that may be a database."""
    return _HANDLERS.get(name)
