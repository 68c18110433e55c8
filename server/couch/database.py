"""A database's addresses: ``/{db}`` and everything under it, each given to what answers it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

from server.couch import changes, design, upkeep
from server.couch.bulk import bulk_docs, bulk_get
from server.couch.call import Call
from server.couch.differences import missing_revs, revs_diff
from server.couch.documents import add, document
from server.couch.door import Door
from server.couch.faults import Fault, not_allowed, not_implemented
from server.couch.files import attachment
from server.couch.instance import started
from server.couch.listing import listing, local_listing
from server.couch.local import local

__all__ = ["answer", "info_of"]

Handler = Callable[[Door, Call, Sequence[str]], Awaitable[None]]


async def answer(door: Door, call: Call, rest: Sequence[str]) -> None:
    """Answer a request to a database; ``rest``: the path's parts after its name."""
    if not rest:
        await _itself(door, call)
        return
    first = rest[0]
    if first[0] != "_":
        if len(rest) == 1:
            await document(door, call, first)
        else:
            await attachment(door, call, first, "/".join(rest[1:]))
        return
    handler = _HANDLERS.get(first)
    if handler is not None and (len(rest) == 1 or first in _DEEPER or _is_listing(rest)):
        await handler(door, call, rest)
    elif first.startswith("_local"):
        await _local(door, call, rest)
    elif first == "_design" and len(rest) > 1:
        await _design(door, call, rest)
    elif len(rest) == 1:
        await document(door, call, first)
    else:
        await attachment(door, call, first, "/".join(rest[1:]))


def _is_listing(rest: Sequence[str]) -> bool:
    """Whether the path is that of several queries for a list of documents."""
    return rest[0].endswith("_docs") and rest[0] != "_bulk_docs" and list(rest[1:]) == ["queries"]


async def _itself(door: Door, call: Call) -> None:
    if call.method == "GET":
        await call.reply_json(200, await info_of(door))
    elif call.method == "POST":
        await add(door, call)
    else:
        raise not_allowed("DELETE,GET,HEAD,POST")


async def info_of(door: Door) -> dict[str, Any]:
    """What ``GET /{db}`` says."""
    info = await door.info()
    return {
        "db_name": info.name,
        "instance_start_time": started(info.epoch),
        "update_seq": door.token(info.update_seq),
        "purge_seq": door.token(info.purge_seq),
        "doc_count": info.doc_count,
        "doc_del_count": info.deleted_count,
        "compact_running": info.compacting,
        "sizes": {
            "file": info.file_bytes,
            "external": info.data_bytes,
            "active": info.data_bytes,
        },
        "props": {},
        "disk_format_version": 8,
        "cluster": {"q": 1, "n": 1, "w": 1, "r": 1},
    }


async def _local(door: Door, call: Call, rest: Sequence[str]) -> None:
    """``_local/x``, its slash encoded or not."""
    name = rest[0].removeprefix("_local/")
    if name == rest[0]:
        if rest[0] != "_local":
            await document(door, call, rest[0])
            return
        name = rest[1] if len(rest) > 1 else ""
        rest = rest[1:]
    if not name:
        raise Fault("bad_request", "Invalid _local document id.")
    if len(rest) > 1:
        raise Fault("bad_request", "_local documents do not accept attachments.")
    await local(door, call, name)


async def _design(door: Door, call: Call, rest: Sequence[str]) -> None:
    name, *more = rest[1:]
    if not more:
        await document(door, call, f"_design/{name}")
    elif more[0] in design.ACTIONS:
        await design.action(door, call, name, more[0])
    else:
        await attachment(door, call, f"_design/{name}", "/".join(more))


async def _partition(_door: Door, _call: Call, rest: Sequence[str]) -> None:
    reason = "database is not partitioned" if len(rest) > 1 else "invalid_partition_req"
    raise Fault("bad_request", reason)


async def _temp_view(_door: Door, _call: Call, _rest: Sequence[str]) -> None:
    raise Fault("gone", "Temporary views are not supported in CouchDB")


async def _mango(_door: Door, _call: Call, _rest: Sequence[str]) -> None:
    raise not_implemented("Queries by index (_find, _index, _explain) are")


async def _shards(_door: Door, _call: Call, _rest: Sequence[str]) -> None:
    raise not_implemented("Shards are no part of this store, and are")


_HANDLERS: Mapping[str, Handler] = {
    "_all_docs": listing,
    "_bulk_docs": bulk_docs,
    "_bulk_get": bulk_get,
    "_changes": changes.changes,
    "_compact": upkeep.compact,
    "_design_docs": listing,
    "_ensure_full_commit": upkeep.ensure_full_commit,
    "_explain": _mango,
    "_find": _mango,
    "_index": _mango,
    "_local_docs": local_listing,
    "_missing_revs": missing_revs,
    "_partition": _partition,
    "_purge": upkeep.purge,
    "_purged_infos": upkeep.purged_infos,
    "_purged_infos_limit": upkeep.purged_infos_limit,
    "_revs_diff": revs_diff,
    "_revs_limit": upkeep.revs_limit,
    "_security": upkeep.security,
    "_shards": _shards,
    "_sync_shards": _shards,
    "_temp_view": _temp_view,
    "_view_cleanup": upkeep.view_cleanup,
}
_DEEPER = frozenset({"_changes", "_compact", "_index", "_partition", "_temp_view"})
"""Of those, the ones that answer for what is under them as well."""
