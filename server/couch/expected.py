"""The revision that a request expects to find: in its query, its ``If-Match``, or its body."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from server.couch.call import Call
from server.couch.faults import Fault
from server.couch.parameters import parse_rev

__all__ = ["expected_rev"]


def expected_rev(call: Call, doc: Mapping[str, Any] | None = None) -> str | None:
    """That revision; None where nothing names one. Raises ``Fault`` where two disagree.

    ``doc`` is the body as sent; where it has ``_revisions``, these say what it expects.
    """
    rev: str | None = None
    if doc:
        rev = _in_body(doc)
    query = call.query.get("rev") if call.scope["query_string"] else None
    if query is not None:
        asked = parse_rev(query)
        if rev is not None and asked != rev:
            raise Fault(
                "bad_request",
                "Document rev from request body and query string have different values",
            )
        rev = asked
    match = call.header(b"if-match")
    if match is not None:
        etag = parse_rev(match.decode("utf-8", "replace").strip('"'))
        if rev is not None and etag != rev:
            raise Fault("bad_request", "Document rev and etag have different values")
        rev = etag
    return rev


def _in_body(doc: Mapping[str, Any]) -> str | None:
    revisions = doc.get("_revisions")
    if isinstance(revisions, dict):
        start, ids = revisions.get("start"), revisions.get("ids")
        if isinstance(start, int) and isinstance(ids, list) and ids and isinstance(ids[0], str):
            return f"{start}-{ids[0]}"
    return parse_rev(doc["_rev"]) if "_rev" in doc else None
