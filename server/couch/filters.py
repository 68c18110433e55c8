"""Filters of the feed: those built into CouchDB that run no JavaScript."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Protocol

import orjson
from typing_extensions import override

from server.couch.attachments import shown
from server.couch.call import Call, parse_json
from server.couch.door import Door
from server.couch.faults import Fault, not_implemented
from sync.document import Document
from sync.selector import compile_selector, parse_field
from sync.store import Change

__all__ = ["Filter", "filter_of"]


class Filter(Protocol):
    """Chooses among the lines of a page."""

    needs_bodies: bool
    shows: Callable[[bytes], bytes] | None
    """What becomes of a rendered document; None where it is shown whole."""

    async def select(self, door: Door, changes: Sequence[Change]) -> list[Change]:
        """Those that pass; of one whose leaves were looked at, with those that passed."""


async def filter_of(
    door: Door, call: Call, body: Mapping[str, Any], *, all_leaves: bool
) -> Filter | None:
    """The filter that a request names. Raises ``Fault``: 400, 404, 501 for one in JavaScript."""
    name = call.query.get("filter", "")
    if name == "":
        return None
    if name == "_doc_ids":
        return _DocIds(_doc_ids(call, body))
    if name == "_selector":
        if call.method != "POST":
            raise Fault("bad_request", "Selector must be specified in POST payload")
        return _Selector(body, all_leaves=all_leaves)
    if name == "_design":
        return _Design()
    if name == "_view":
        view = call.query.get("view", "")
        if not view:
            raise Fault("bad_request", "`view` filter parameter is not provided.")
        await _refuse(door, view, "views", "`view` must be of the form `designname/viewname`")
    if name.startswith("_"):
        raise Fault("bad_request", "unknown builtin filter name")
    await _refuse(door, name, "filters", "`filter` must be of the form `designname/filtername`")
    return None


async def _refuse(door: Door, name: str, kind: str, form: str) -> None:
    """Refuse a function of a design document: as absent if it is, and else as not run here."""
    design, _, function = name.partition("/")
    if not design or not function or "/" in function:
        raise Fault("bad_request", form)
    (found,) = await door.read((f"_design/{design}",))
    if found is None or found.deleted:
        raise Fault("not_found", "missing" if found is None else "deleted")
    members = found.body.get(kind)
    if not isinstance(members, dict):
        raise Fault("not_found", f"missing json key: {kind}")
    if function not in members:
        raise Fault("not_found", f"missing json key: {function[:100]}")
    raise not_implemented("Filters in JavaScript, which would run in the server, are")


def _doc_ids(call: Call, body: Mapping[str, Any]) -> frozenset[str]:
    if call.method == "POST":
        ids = body.get("doc_ids")
    else:
        ids = parse_json(call.query.get("doc_ids", "null").encode("utf-8", "surrogateescape"))
    if not isinstance(ids, list) or not all(isinstance(one, str) for one in ids):
        raise Fault("bad_request", "`doc_ids` filter parameter is not a list of doc ids.")
    return frozenset(ids)


class _ById(Filter):
    """A filter that looks at nothing but the id."""

    needs_bodies = False
    shows = None

    def passes(self, id: str) -> bool:  # noqa: A002
        """Whether a document of that id passes."""
        raise NotImplementedError

    @override
    async def select(self, door: Door, changes: Sequence[Change]) -> list[Change]:
        return [change for change in changes if self.passes(change.document.id)]


class _DocIds(_ById):
    def __init__(self, ids: frozenset[str]) -> None:
        self._ids = ids

    @override
    def passes(self, id: str) -> bool:
        return id in self._ids


class _Design(_ById):
    @override
    def passes(self, id: str) -> bool:
        return id.startswith("_design/")


class _Selector(Filter):
    """What a selector matches. A document that left the caller's view passes: all that is told of
    it is that it did.
    """

    needs_bodies = True

    def __init__(self, body: Mapping[str, Any], *, all_leaves: bool) -> None:
        self._all_leaves = all_leaves
        self._test: Callable[[Mapping[str, Any]], bool] = compile_selector(body.get("selector"))
        paths = _fields(body.get("fields"))
        self.shows = None if paths is None else _projection(paths)

    @override
    async def select(self, door: Door, changes: Sequence[Change]) -> list[Change]:
        found: list[Change] = []
        for change in changes:
            if change.removed:
                found.append(change)
            elif self._all_leaves and len(change.leaves) > 1:
                leaves = await self._leaves(door, change)
                if leaves:
                    found.append(change._replace(leaves=leaves))
            elif self._test(_as_json(change.document)):
                found.append(change)
        return found

    async def _leaves(self, door: Door, change: Change) -> tuple[str, ...]:
        record = await door.record(change.document.id)
        leaves = [] if record is None else record.leaves()
        return tuple(one.rev for one in leaves if door.sees(one) and self._test(_as_json(one)))


Paths = Sequence[tuple[str, ...]]


def _fields(said: Any) -> Paths | None:
    """The paths that documents are shown with; None for all of it."""
    if said is None or said == []:
        return None
    if not isinstance(said, list):
        raise Fault("bad_request", "Selector error: fields must be JSON array")
    if not all(isinstance(one, str) for one in said):
        raise Fault("bad_request", "Selector error: each of fields must be a text")
    return [parse_field(one) for one in said]


def _projection(paths: Paths) -> Callable[[bytes], bytes]:
    """Makes of a rendered document one that has the members at ``paths`` alone."""

    def projected(raw: bytes) -> bytes:
        whole = orjson.loads(raw)
        kept: dict[str, Any] = {}
        for path in paths:
            source, target = whole, kept
            for name in path[:-1]:
                source = source.get(name) if isinstance(source, dict) else None
                if not isinstance(source, dict):
                    break
                target = target.setdefault(name, {})
            if isinstance(source, dict) and path[-1] in source:
                target[path[-1]] = source[path[-1]]
        return orjson.dumps(kept)

    return projected


def _as_json(document: Document) -> dict[str, Any]:
    """A document as a selector sees it."""
    seen = {**document.body, "_id": document.id, "_rev": document.rev}
    if document.deleted:
        seen["_deleted"] = True
    if document.attachments:
        seen["_attachments"] = shown(document)
    return seen
