"""Multipart: documents with their attachments' bytes beside them, in and out (RFC 2046).

``multipart/related`` is one document: its JSON, in which an attachment says ``"follows": true``,
then the bytes of each of those. ``multipart/mixed`` is several: of ``open_revs`` and ``_bulk_get``.
"""

from __future__ import annotations

import base64
import hashlib
import re
import secrets
import zlib
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import orjson

from server.couch.call import Call, Header, parse_json
from server.couch.faults import Fault
from server.couch.parts import Part, parts_of
from server.couch.rendering import View, chosen, rendered

if TYPE_CHECKING:
    from server.couch.bulk import Found, Refused
    from server.couch.door import Door
    from sync.attachments import Attachment
    from sync.record import Record
    from sync.store import Document

__all__ = [
    "check_digest",
    "inflate",
    "line_of",
    "named",
    "receive_document",
    "send_bulk",
    "send_document",
    "send_revisions",
]

JSON_PART = b"\r\nContent-Type: application/json\r\n\r\n"
ERROR_PART = b'\r\nContent-Type: application/json; error="true"\r\n\r\n'
_CONTROLS = re.compile(r"[\x00-\x1f\x7f]")
_GZIP = 16 + zlib.MAX_WBITS


async def receive_document(door: Door, call: Call) -> dict[str, Any]:
    """A document sent as ``multipart/related``: its attachments stand in it with their bytes.

    Raises ``Fault``: for a body that is not what its type says, for a part that is missing, or is
    not as long as the document says or has another digest.
    """
    limits = door.limits
    parts = parts_of(call, first=limits.body, others=limits.attachment)
    first: Part | None = await anext(parts, None)
    if first is None:
        raise Fault("bad_request", "The multipart body has no part; the first is the document.")
    if first.kind != "application/json":
        raise Fault("bad_content_type", "Content-Type must be application/json")
    doc = parse_json(first.data)
    if not isinstance(doc, dict):
        raise Fault("bad_request", "Document must be a JSON object")
    entries = doc.get("_attachments")
    entries = entries if isinstance(entries, dict) else {}
    wanted = _following(entries)
    async for part in parts:
        name = part.name if part.name in wanted else next(iter(wanted), None)
        if name is None:
            raise Fault("bad_request", "attachment longer than expected")
        entries[name] = _filled(wanted.pop(name), part, name, limits.attachment)
    if wanted:
        raise Fault("bad_request", "attachment shorter than expected")
    return doc


def _following(entries: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The attachments whose bytes follow, in their order."""
    return {
        name: entry
        for name, entry in entries.items()
        if isinstance(entry, dict) and entry.get("follows") is True and not entry.get("stub")
    }


def _filled(entry: dict[str, Any], part: Part, name: str, limit: int) -> dict[str, Any]:
    """An attachment of the document with the bytes that came for it."""
    data = part.data
    packed = entry.get("encoding") == "gzip"
    said = entry.get("encoded_length", entry.get("length")) if packed else entry.get("length")
    if isinstance(said, int) and said != len(data):
        order = "longer" if len(data) > said else "shorter"
        raise Fault("bad_request", f"attachment {order} than expected")
    check_digest(data, entry.get("digest"))
    if packed:
        data = inflate(data, limit, name)
    left = {"follows", "digest", "length", "encoding", "encoded_length"}
    return {**{key: value for key, value in entry.items() if key not in left}, "data": data}


def check_digest(data: bytes, digest: Any) -> None:
    """Raise ``Fault`` (400) where ``digest``, an ``md5-<base64>``, is that of other bytes."""
    if not isinstance(digest, str) or not digest.startswith("md5-"):
        return
    found = hashlib.md5(data, usedforsecurity=False).digest()
    if base64.b64encode(found).decode() != digest.removeprefix("md5-"):
        raise Fault("content_md5_mismatch", "Possible message corruption.")


def inflate(data: bytes, limit: int, name: str) -> bytes:
    """The bytes of an attachment that came as gzip, at most ``limit``. Raises ``Fault``."""
    inflater = zlib.decompressobj(_GZIP)
    try:
        plain = inflater.decompress(data, limit + 1)
    except zlib.error:
        raise Fault("bad_request", f"The attachment {name} says it is gzip and is not.") from None
    if len(plain) > limit:
        raise Fault("attachment_too_large", name)
    if not inflater.eof:
        raise Fault("bad_request", f"The attachment {name} is gzip that is cut short.")
    return plain


def named() -> bytes:
    """A boundary: no document holds 128 random bits by chance."""
    return secrets.token_hex(16).encode()


async def send_document(
    door: Door,
    call: Call,
    document: Document,
    view: View,
    record: Record | None,
    headers: Sequence[Header] = (),
) -> None:
    """Answer with one document, its attachments after it."""
    mark = named()
    body, follows = _apart(document, view, record)
    if not follows:
        await call.reply(200, body + b"\n", headers)
        return
    opening = _opening(mark, body)
    heads = [_head(one) for one in follows]
    size = sum(len(head) + one.length for head, one in zip(heads, follows, strict=True))
    size += len(opening) + len(follows) * (len(mark) + 4) + 2
    kind = b'multipart/related; boundary="%b"' % mark
    await call.start(200, [(b"content-type", kind), (b"content-length", b"%d" % size), *headers])
    if not call.is_head:
        await call.write(opening)
        await _write_files(door, call, mark, follows)
    await call.end(b"--")


def _apart(
    document: Document, view: View, record: Record | None
) -> tuple[bytes, Sequence[Attachment]]:
    """The document's JSON, and the attachments whose bytes are to follow it.

    Empty ones are within the JSON: CouchDB's replicator waits for ever for the bytes of a document
    whose only files are empty, also where its source is a CouchDB (seen with 3.5.2).
    """
    files = chosen(document, view)
    follows = [one for one in files if one.length]
    empty = {one.name: b"" for one in files if not one.length}
    names = [one.name for one in follows]
    return rendered(document, view, record, data=empty, follows=names), follows


def _opening(mark: bytes, body: bytes) -> bytes:
    return b"--" + mark + JSON_PART + body + b"\r\n--" + mark


def line_of(text: str) -> bytes:
    """A text as it may stand in a header: whoever stored it cannot begin another line there."""
    return _CONTROLS.sub("", text).encode("utf-8", "replace")


def _head(one: Attachment) -> bytes:
    name = line_of(one.name.replace("\\", "\\\\").replace('"', '\\"'))
    return (
        b'\r\nContent-Disposition: attachment; filename="%b"\r\nContent-Type: %b'
        b"\r\nContent-Length: %d\r\n\r\n" % (name, line_of(one.content_type), one.length)
    )


async def _write_files(door: Door, call: Call, mark: bytes, files: Sequence[Attachment]) -> None:
    """Write the parts of attachments, one in memory at a time."""
    for one in files:
        data = await door.database.attachment(one.key)
        await call.write(_head(one))
        await call.write(b"" if data is None else data)
        await call.write(b"\r\n--" + mark)


async def send_revisions(
    door: Door,
    call: Call,
    rows: Sequence[tuple[str, Document | None]],
    view: View,
    record: Record | None,
) -> None:
    """Answer ``open_revs``: each revision a part, one that is missing as an error."""
    outer, inner = named(), named()
    shown = replace(view, attachments=True)
    await call.start(200, [(b"content-type", b'multipart/mixed; boundary="%b"' % outer)])
    await call.write(b"--" + outer)
    for rev, document in rows:
        if document is None:
            await call.write(ERROR_PART + orjson.dumps({"missing": rev}))
        else:
            await _write_document(door, call, inner, document, shown, record)
        await call.write(b"\r\n--" + outer)
    await call.end(b"--")


async def _write_document(  # noqa: PLR0917 - as a document is answered
    door: Door,
    call: Call,
    inner: bytes,
    document: Document,
    view: View,
    record: Record | None,
    names: bytes = b"",
) -> None:
    """Write a document as a part, in parts of its own where attachments follow it.

    ``names``: header lines of a part that has parts.
    """
    body, follows = _apart(document, view, record)
    if not follows:
        await call.write(JSON_PART + body)
        return
    kind = b'\r\nContent-Type: multipart/related; boundary="%b"\r\n\r\n' % inner
    await call.write(names + kind + _opening(inner, body))
    await _write_files(door, call, inner, follows)
    await call.write(b"--")


async def send_bulk(door: Door, call: Call, rows: Sequence[Found | Refused]) -> None:
    """Answer ``_bulk_get`` to a client that takes parts."""
    outer, inner = named(), named()
    sort = b"mixed" if call.accepts(b"multipart/mixed") else b"related"
    await call.start(200, [(b"content-type", b'multipart/%b; boundary="%b"' % (sort, outer))])
    for row in rows:
        if hasattr(row, "error"):
            await _write_error(call, outer, row._asdict())
        else:
            await _write_found(door, call, outer, inner, row)
    await call.end(b"\r\n--" + outer + b"--\r\n" if rows else b"")


async def _write_error(call: Call, outer: bytes, error: dict[str, Any]) -> None:
    await call.write(b"\r\n--" + outer + ERROR_PART + orjson.dumps(error))


async def _write_found(door: Door, call: Call, outer: bytes, inner: bytes, row: Found) -> None:
    view = replace(row.view, attachments=True)
    for rev, document in row.revisions:
        if document is None:
            error = {"rev": rev, "error": "not_found", "reason": "missing"}
            await _write_error(call, outer, error)
            continue
        await call.write(b"\r\n--" + outer)
        names = b"\r\nX-Doc-Id: %b\r\nX-Rev-Id: %b" % (line_of(row.id), line_of(document.rev))
        await _write_document(door, call, inner, document, view, row.record, names)
