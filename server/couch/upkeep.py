"""Upkeep: what an administrator does to a whole database."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.couch.call import Call
from server.couch.door import Door
from server.couch.faults import Fault, not_allowed
from server.couch.instance import started
from server.couch.parameters import parse_revs, storable

__all__ = [
    "compact",
    "ensure_full_commit",
    "purge",
    "purged_infos",
    "purged_infos_limit",
    "revs_limit",
    "security",
    "view_cleanup",
]

PURGED_INFOS_LIMIT = 1000
"""Answered to whoever asks. A purge is remembered for ever here, as its sequence only."""
CLOSED = {"members": {"roles": ["_admin"]}, "admins": {"roles": ["_admin"]}}
"""``_security`` of a database where nobody set it: the administrator's alone."""
_OK = {"ok": True}


async def ensure_full_commit(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_ensure_full_commit``: nothing to do, since every answer waits for the disk."""
    _post(call)
    answer = {"ok": True, "instance_start_time": started((await door.info()).epoch)}
    await call.reply_json(201, answer)


async def compact(door: Door, call: Call, rest: Sequence[str]) -> None:
    """``POST /{db}/_compact``, and of a design document, which has no index to compact."""
    _post(call)
    door.allow("administer")
    if len(rest) > 1:
        (found,) = await door.read((f"_design/{rest[1]}",))
        if found is None or found.deleted:
            raise Fault("not_found", "missing")
    else:
        await door.database.compact()
    await call.reply_json(202, _OK)


async def view_cleanup(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_view_cleanup``: there are no views to clean up after."""
    if call.method != "POST":
        raise not_allowed("POST")
    door.allow("administer")
    await call.reply_json(202, _OK)


async def purge(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_purge``: forget leaves as if they had never been."""
    _post(call)
    door.allow("administer")
    asked = {id_: parse_revs(revs) for id_, revs in (await call.json_object()).items()}
    within = {id_: [rev for rev in revs if storable(rev)] for id_, revs in asked.items()}
    gone = await door.database.purge({id_: revs for id_, revs in within.items() if revs})
    purged = {id_: gone.get(id_, []) for id_ in asked}
    await call.reply_json(201, {"purge_seq": None, "purged": purged})


async def purged_infos(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``GET /{db}/_purged_infos``: no purge is remembered by its documents."""
    if call.method != "GET":
        raise not_allowed("GET")
    door.allow("administer")
    await call.reply_json(200, {"purged_infos": []})


async def purged_infos_limit(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``/{db}/_purged_infos_limit``: taken as said; nothing is kept that it would bound."""
    door.allow("administer")
    if call.method == "GET":
        await call.reply_json(200, PURGED_INFOS_LIMIT)
    elif call.method == "PUT":
        _positive(await call.json(), "`purged_infos_limit` must be positive integer")
        await call.reply_json(200, _OK)
    else:
        raise not_allowed("GET,PUT")


async def revs_limit(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``/{db}/_revs_limit``: how many revisions of each branch are remembered."""
    if call.method == "GET":
        await call.reply_json(200, (await door.database.settings()).revs_limit)
    elif call.method == "PUT":
        door.allow("administer")
        limit = _positive(await call.json(), "`revs_limit` must be a positive integer")
        await door.database.configure(revs_limit=limit)
        await call.reply_json(200, _OK)
    else:
        raise not_allowed("PUT,GET")


async def security(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``/{db}/_security``: kept and shown; the one administrator may do everything anyway."""
    if call.method == "GET":
        door.allow("administer")
        kept = (await door.database.settings()).security
        await call.reply_json(200, dict(kept or CLOSED))
    elif call.method == "PUT":
        door.allow("administer")
        value = await call.json()
        if not isinstance(value, dict):
            raise Fault("bad_request", "Request body must be a JSON object")
        _check_security(value)
        await door.database.configure(security=value)
        await call.reply_json(200, _OK)
    else:
        raise not_allowed("PUT,GET")


def _check_security(value: Mapping[str, Any]) -> None:
    for group in ("admins", "members"):
        people = value.get(group, {})
        if not isinstance(people, dict):
            raise Fault("bad_request", "admins or members must be a JSON list of strings")
        for kind in ("names", "roles"):
            listed = people.get(kind, [])
            if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
                raise Fault("bad_request", f"{kind} must be a JSON list of strings")


def _positive(value: Any, reason: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Fault("bad_request", reason)
    return min(value, 2**31)


def _post(call: Call) -> None:
    if call.method != "POST":
        raise not_allowed("POST")
    call.wants_json()
