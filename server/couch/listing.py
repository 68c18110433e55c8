"""Listings: ``_all_docs`` and ``_design_docs``, by range or by keys, one query or several."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Any, Self

import orjson

from server.couch.call import Call
from server.couch.door import Door
from server.couch.faults import Fault, not_allowed, not_implemented
from server.couch.local import read_local
from server.couch.parameters import Params
from server.couch.rendering import View, attached, rendered
from sync.store import Document

__all__ = ["listing", "local_listing"]

FIRST = ""
LAST = "\U0010ffff" * 8
"""Greater than any id in use."""
PAGE = 500
"""Documents read and sent at a time: what one answer holds in memory."""
DESIGN = ("_design/", "_design0")
"""All ids of design documents lie from the first to before the second."""
_BOUNDS = ("key", "startkey", "start_key", "endkey", "end_key")


@dataclass(frozen=True, slots=True)
class Query:
    """One query, checked. ``start`` to ``end`` as asked, so downwards where ``descending``."""

    keys: Sequence[Any] | None
    start: str | None
    end: str | None
    nothing: bool
    """The upper bound is no text, and whatever is none sorts before every id."""
    inclusive_end: bool
    descending: bool
    skip: int
    limit: int | None
    include_docs: bool
    update_seq: bool
    view: View

    @classmethod
    def of(cls, params: Params, bad_keys: Fault) -> Self:
        """Read a query; ``bad_keys`` says what is wrong with ``keys``. Raises ``Fault``."""
        _refuse_views(params)
        keys = params.value("keys")
        if keys is Params.ABSENT:
            keys = None
        elif not isinstance(keys, list):
            raise bad_keys
        elif len(keys) > 1 and any(name in params for name in _BOUNDS):
            raise Fault(
                "query_parse_error", "`keys` is incompatible with `key`, `start_key` and `end_key`"
            )
        key = params.value("key")
        bounds = [params.value("startkey", "start_key"), params.value("endkey", "end_key")]
        start, end = bounds if key is Params.ABSENT else [key, key]
        descending = params.flag("descending")
        last = start if descending else end
        return cls(
            keys=keys,
            start=start if isinstance(start, str) else None,
            end=end if isinstance(end, str) else None,
            nothing=not isinstance(last, str) and last is not Params.ABSENT,
            inclusive_end=params.flag("inclusive_end", default=True),
            descending=descending,
            skip=params.number("skip") or 0,
            limit=params.number("limit"),
            include_docs=params.flag("include_docs"),
            update_seq=params.flag("update_seq"),
            view=View(
                conflicts=params.flag("conflicts"),
                attachments=params.flag("attachments"),
                att_encoding_info=params.flag("att_encoding_info"),
            ),
        )


def _refuse_views(params: Params) -> None:
    """Raise ``Fault`` for parameters that only a view takes."""
    if params.flag("reduce"):
        raise Fault("query_parse_error", "Reduce is invalid for map-only views.")
    if params.flag("group") or params.number("group_level"):
        raise Fault("query_parse_error", "Invalid use of grouping on a map view.")
    if params.text("stale") not in (None, "ok", "update_after"):  # it may be a list
        raise Fault("query_parse_error", "Invalid value for `stale`.")


async def listing(door: Door, call: Call, rest: Sequence[str]) -> None:
    """``/{db}/_all_docs``, ``/{db}/_design_docs``, and either with ``/queries``."""
    design = rest[0] == "_design_docs"
    if len(rest) > 1:
        await _several(door, call, design=design)
        return
    query = await _asked(call)
    await call.start_json(200)
    async for part in _answered(door, query, design=design):
        await call.write(part)
    await call.end(b"\n")


async def local_listing(door: Door, call: Call, rest: Sequence[str]) -> None:
    """``/{db}/_local_docs``: those named by ``keys``; a store keeps no list of the others."""
    if len(rest) > 1:
        raise not_implemented("Several queries for local documents at once are")
    query = await _asked(call)
    if query.keys is None:
        raise not_implemented("Lists of local documents without `keys` are")
    rows: list[bytes] = []
    for key in query.keys:
        name = key.removeprefix("_local/") if isinstance(key, str) else ""
        if not name or name == key:
            continue
        found = await read_local(door, name)
        if found is None:
            rows.append(orjson.dumps({"key": key, "error": "not_found"}))
            continue
        row = {"id": key, "key": key, "value": {"rev": found["_rev"]}}
        if query.include_docs:
            row["doc"] = found
        rows.append(orjson.dumps(row))
    head = b'{"total_rows":null,"offset":null,"rows":[\r\n'
    await call.reply(200, head + b",\r\n".join(rows) + b"\r\n]}\n")


async def _asked(call: Call) -> Query:
    """The query of a request. Raises ``Fault``."""
    body: dict[str, Any] = {}
    if call.method == "POST":
        call.wants_json()
        body = await call.json_object()
        reason = "`keys` body member must be an array."
    elif call.method == "GET":
        reason = "`keys` parameter must be an array."
    else:
        raise not_allowed("GET,HEAD,POST")
    return Query.of(Params(call.query, body), Fault("bad_request", reason))


async def _several(door: Door, call: Call, *, design: bool) -> None:
    if call.method != "POST":
        raise not_allowed("POST")
    body = await call.json_object()
    queries = body.get("queries")
    if queries is None:
        raise Fault("bad_request", "POST body must include `queries` parameter.")
    if not isinstance(queries, list) or not all(isinstance(one, dict) for one in queries):
        raise Fault("bad_request", "`queries` member must be an array.")
    bad_keys = Fault("query_parse_error", "`keys` must be an array of strings.")
    checked = [Query.of(Params(body=one), bad_keys) for one in queries]
    await call.start_json(200)
    await call.write(b'{"results":[\r\n')
    for place, query in enumerate(checked):
        if place:
            await call.write(b",\r\n")
        async for part in _answered(door, query, design=design):
            await call.write(part)
    await call.end(b"\r\n]}\n")


async def _answered(door: Door, query: Query, *, design: bool) -> AsyncIterator[bytes]:
    """One query's answer, part by part."""
    info = await door.info()
    total = await door.count(DESIGN[0], DESIGN[1]) if design else info.doc_count
    pages = _by_keys if query.keys is not None else _by_range
    offset = None if query.keys is not None else await _offset(door, query, total, design=design)
    head: dict[str, Any] = {"total_rows": total, "offset": offset}
    if query.update_seq:
        head["update_seq"] = None if query.keys is not None else door.token(info.update_seq)
    yield orjson.dumps(head)[:-1] + b',"rows":[\r\n'
    between = b""
    async for rows in pages(door, query, design=design):
        if rows:
            yield between + b",\r\n".join(rows)
            between = b",\r\n"
    yield b"\r\n]}"


async def _offset(door: Door, query: Query, total: int, *, design: bool) -> int:
    """How many documents come before the first that is shown."""
    if query.nothing and query.descending:
        return total
    before = 0
    if query.start is not None and not query.nothing:
        low, high = _edges(query, design=design)
        edge = DESIGN if design else (FIRST, LAST)
        if query.descending:
            before = total - await door.count(edge[0], high)
        else:
            before = total - await door.count(low, edge[1])
    return min(total, before + query.skip)


def _edges(query: Query, *, design: bool) -> tuple[str, str]:
    """The least and the greatest id that may be shown."""
    low, high = (query.end, query.start) if query.descending else (query.start, query.end)
    least, most = DESIGN if design else (FIRST, LAST)
    return max(low or least, least), min(most if high is None else high, most)


async def _by_range(door: Door, query: Query, *, design: bool) -> AsyncIterator[list[bytes]]:
    low, high = _edges(query, design=design)
    left, skip = query.limit, query.skip
    if query.nothing or low > high:
        return
    while left is None or left > 0:
        size = PAGE if left is None else min(PAGE, left)
        found = await door.range(low, high, limit=size, skip=skip, descending=query.descending)
        shown = found
        if shown and not query.inclusive_end and shown[-1].id == query.end:
            shown = shown[:-1]
        if query.include_docs and shown:
            await door.chosen(shown)
        yield [await _row(door, one, query) for one in shown]
        if len(found) < size:
            return
        if left is not None:
            left -= size
        skip = 1
        if query.descending:
            high = found[-1].id
        else:
            low = found[-1].id


async def _row(door: Door, document: Document, query: Query) -> bytes:
    id_ = orjson.dumps(document.id)
    row = b'{"id":%b,"key":%b,"value":{"rev":%b' % (id_, id_, orjson.dumps(document.rev))
    if document.deleted:
        return row + (
            b',"deleted":true},"doc":null}' if query.include_docs else b',"deleted":true}}'
        )
    if not query.include_docs:
        return row + b"}}"
    data = await attached(door.database, document, query.view)
    return b'%b},"doc":%b}' % (row, rendered(document, query.view, None, data))


async def _by_keys(door: Door, query: Query, *, design: bool) -> AsyncIterator[list[bytes]]:
    keys = list(query.keys or ())
    if query.descending:
        keys.reverse()
    keys = keys[query.skip :]
    if query.limit is not None:
        keys = keys[: query.limit]
    if design:
        keys = [key for key in keys if isinstance(key, str) and key.startswith(DESIGN[0])]
    for at in range(0, len(keys), PAGE):
        page = keys[at : at + PAGE]
        ids = [key if isinstance(key, str) else "" for key in page]
        rows: list[bytes] = []
        for key, document in zip(page, await door.read(ids), strict=True):
            if document is None:
                rows.append(orjson.dumps({"key": key, "error": "not_found"}))
            else:
                rows.append(await _row(door, document, query))
        yield rows
