"""Attachments within documents: read from ``_attachments`` of a body, and shown in one."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Collection, Mapping
from typing import Any

from server.couch.faults import Fault
from server.couch.paths import is_text
from sync.attachments import Kept, Upload
from sync.document import Document

__all__ = ["brought", "parse_inline", "shown"]

UNTYPED = "application/octet-stream"


def parse_inline(members: Mapping[str, Any]) -> dict[str, Upload | Kept]:
    """Read ``_attachments``: ``data`` in base64 (or bytes that came beside it), or a stub."""
    return {name: _parse(name, entry) for name, entry in members.items()}


def _parse(name: str, entry: Any) -> Upload | Kept:
    if name.startswith("_"):
        raise Fault("bad_request", f"Attachment name '{name}' starts with prohibited character '_'")
    if not is_text(name):
        raise Fault("bad_request", "Attachment name is not UTF-8 encoded")
    if not isinstance(entry, dict):
        raise Fault("bad_request", "Attachments must be JSON objects")
    revpos = entry.get("revpos")
    if not isinstance(revpos, int) or isinstance(revpos, bool):
        revpos = None
    digest = entry.get("digest")
    if entry.get("encoding", "identity") != "identity":
        digest = None  # that of the packed bytes; here they are kept unpacked
    if entry.get("stub") is True:
        return Kept(digest if isinstance(digest, str) else None, revpos)
    kind = entry.get("content_type", UNTYPED)
    data = entry.get("data")
    if isinstance(data, bytes):
        return Upload(str(kind), data, revpos)
    if not isinstance(data, str):
        raise Fault("bad_request", f"Invalid attachment data for {name}")
    try:
        return Upload(str(kind), base64.b64decode(data, validate=True), revpos)
    except (binascii.Error, ValueError):
        raise Fault("bad_request", f"Invalid attachment data for {name}") from None


def brought(attachments: Mapping[str, Upload | Kept]) -> dict[str, Upload | Kept]:
    """The attachments of an edit: bytes come with the revision now written, whatever was said."""
    return {
        name: Upload(one.content_type, one.data) if isinstance(one, Upload) else one
        for name, one in attachments.items()
    }


def shown(
    document: Document,
    *,
    data: Mapping[str, bytes] | None = None,
    follows: Collection[str] = (),
    encoding_info: bool = False,  # noqa: ARG001  # nothing is stored encoded
) -> dict[str, Any]:
    """``_attachments`` of ``document``: with the bytes in ``data`` by name, else as stubs.

    ``follows``: names of those whose bytes come after the document, each in a part of its own.
    """
    entries: dict[str, Any] = {}
    for one in document.attachments:
        entry: dict[str, Any] = {
            "content_type": one.content_type,
            "revpos": one.revpos,
            "digest": one.digest,
        }
        if data is not None and one.name in data:
            entry["data"] = base64.b64encode(data[one.name]).decode()
        elif one.name in follows:
            entry |= {"length": one.length, "follows": True}
        else:
            entry |= {"length": one.length, "stub": True}
        entries[one.name] = entry
    return entries


async def attachment(_door: object, _call: object, _id: str, _name: str) -> None:
    """``/{db}/{id}/{name}``."""
    raise Fault("not_implemented", "later")
