"""Parsed documents: what a client sent, taken apart and checked as CouchDB checks it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import orjson

from server.couch.attachments import parse_inline
from server.couch.faults import Fault
from server.couch.parameters import parse_rev
from server.couch.paths import is_text
from sync.attachments import Kept, Upload

__all__ = ["NEEDS_REV", "Parsed", "check_id", "check_sizes", "parse"]

NEEDS_REV = "When `new_edits: false`, the document needs `_rev` or `_revisions` specified"
_IGNORED = frozenset({"_revs_info", "_local_seq", "_conflicts", "_deleted_conflicts"})
_KEPT = frozenset(
    {
        *("_access", "_replication_state", "_replication_state_time", "_replication_id"),
        *("_replication_state_reason", "_replication_stats"),
    }
)
"""Members that CouchDB keeps in a body although they begin with an underscore."""
_NO_ATTACHMENTS: Mapping[str, Upload | Kept] = {}


class Parsed(NamedTuple):
    """One document. ``id`` empty: none was given. ``history``: newest first, may be empty."""

    id: str
    history: tuple[str, ...]
    deleted: bool
    body: dict[str, Any]
    attachments: Mapping[str, Upload | Kept] = _NO_ATTACHMENTS


def check_id(id: Any) -> str:  # noqa: A002
    """Return ``id`` if it may name a document. Raises ``Fault``."""
    if not isinstance(id, str):
        raise Fault("illegal_docid", "Document id must be a string")
    if id == "":
        raise Fault("illegal_docid", "Document id must not be empty")
    if not is_text(id):
        raise Fault("illegal_docid", "Document id must be valid UTF-8")
    if id[0] == "_":
        if id in {"_design/", "_local/"}:
            raise Fault("illegal_docid", f"Illegal document id `{id}`")
        if not id.startswith(("_design/", "_local/")):
            raise Fault("illegal_docid", "Only reserved document ids may start with underscore.")
    return id


def parse(doc: Any) -> Parsed:
    """Take a document apart; its members without an underscore stay in ``doc``, the body.

    Raises ``Fault``.
    """
    if type(doc) is not dict:
        raise Fault("bad_request", "Document must be a JSON object")
    id_ = ""
    if "_id" in doc:
        id_ = doc.pop("_id")
        if type(id_) is not str or id_[:1] in {"", "_"}:
            check_id(id_)
    special = [name for name in doc if name[:1] == "_"]
    if not special:
        return Parsed(id_, (), deleted=False, body=doc)
    return _parse_special(id_, doc, special)


def _parse_special(id_: str, doc: dict[str, Any], special: Sequence[str]) -> Parsed:
    history: tuple[str, ...] = ()
    deleted = False
    attachments = _NO_ATTACHMENTS
    for name in special:
        if name in _KEPT:
            continue
        value = doc.pop(name)
        if name == "_rev":
            rev = parse_rev(value)
            history = history or (rev,)
        elif name == "_revisions" and isinstance(value, dict):
            history = _revisions(value) or history
        elif name == "_deleted" and isinstance(value, bool):
            deleted = value
        elif name == "_attachments" and isinstance(value, dict):
            attachments = parse_inline(value)
        elif name not in _IGNORED:
            raise Fault("doc_validation", f"Bad special document member: {name[:60]}")
    return Parsed(id_, history, deleted, doc, attachments)


def _revisions(value: dict[str, Any]) -> tuple[str, ...]:
    """``_revisions`` as revisions; those before the first generation are none."""
    start, ids = value.get("start"), value.get("ids")
    if not isinstance(start, int) or isinstance(start, bool):
        raise Fault("doc_validation", "_revisions.start isn't an integer.")
    if not isinstance(ids, list):
        raise Fault("doc_validation", "_revisions.ids isn't a array.")
    for one in ids:
        if not isinstance(one, str):
            raise Fault("doc_validation", "RevId isn't a string")
    if not ids and start > 0:
        raise Fault("doc_validation", "_revisions.ids is empty.")
    if start <= 0:
        return tuple(f"{start}-{one}" for one in ids[:1])
    newest = parse_rev(f"{start}-{ids[0]}")
    return (newest, *(f"{start - back}-{one}" for back, one in enumerate(ids[1:start], 1)))


def grafted(parsed: Parsed) -> tuple[str, ...]:
    """The history to graft (``new_edits=false``). Raises ``Fault`` where there is none."""
    if not parsed.history:
        raise Fault("bad_request", NEEDS_REV)
    return parsed.history


def check_sizes(docs: Sequence[Any], limit: int) -> None:
    """Raise ``Fault`` (413) if a document without its attachments is larger than ``limit``."""
    for doc in docs:
        if isinstance(doc, dict):
            body = {name: value for name, value in doc.items() if name[:1] != "_"}
            try:
                size = len(orjson.dumps(body))
            except TypeError:
                raise Fault("bad_request", "The document is nested too deep.") from None
            if size > limit:
                raise Fault("document_too_large", str(doc.get("_id") or ""))
