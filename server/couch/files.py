"""Files: attachments at addresses of their own, ``/{db}/{id}/{name…}``, read, put and deleted."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from server.couch.call import Call, ClientGone, Header
from server.couch.documents import find, pushed
from server.couch.door import Door
from server.couch.expected import expected_rev
from server.couch.faults import Fault, not_allowed
from server.couch.multipart import check_digest, inflate, line_of, named
from server.couch.parameters import storable
from server.couch.parsed import check_id
from server.couch.paths import is_text, quoted
from server.couch.rendering import View, one_rev
from sync.attachments import Attachment
from sync.store import Document

__all__ = ["attachment"]

METHODS = "DELETE,GET,HEAD,PUT"
MISSING = "Document is missing attachment"
UNTYPED = b"application/octet-stream"
MAX_RANGES = 10
SANDBOX: Header = (b"content-security-policy", b"sandbox")
"""What others have put here runs nothing in a browser."""
_RANGES = re.compile(r"bytes=\s*(.+)", re.IGNORECASE)
_RANGE = re.compile(r"\s*(\d{0,18})\s*-\s*(\d{0,18})\s*")


async def attachment(door: Door, call: Call, id: str, name: str) -> None:  # noqa: A002
    """``/{db}/{id}/{name…}``."""
    if call.method == "GET":
        await _get(door, call, id, name)
    elif call.method == "PUT":
        await _put(door, call, id, name)
    elif call.method == "DELETE":
        await _delete(door, call, id, name)
    else:
        raise not_allowed(METHODS)


async def _get(door: Door, call: Call, id_: str, name: str) -> None:
    document, _ = await find(door, id_, one_rev(call.query), View(deleted=False))
    one = _existing(document, name)
    etag = b'"%b"' % one.digest.removeprefix("md5-").encode()
    headers: list[Header] = [
        (b"etag", etag),
        (b"cache-control", b"must-revalidate"),
        (b"content-type", line_of(one.content_type)),
        (b"x-content-type-options", b"nosniff"),
        (b"accept-ranges", b"bytes"),
        SANDBOX,
    ]
    if etag in [part.strip() for part in (call.header(b"if-none-match") or b"").split(b",")]:
        await call.reply_empty(304, headers[:1])
        return
    ranges = _ranges(call.header(b"range"), one.length)
    data = await door.database.attachment(one.key)
    if data is None:
        raise Fault("not_found", MISSING)
    if not ranges or len(ranges) >= MAX_RANGES:
        await _send(call, 200, data, headers)
    elif len(ranges) == 1:
        first, last = ranges[0]
        where = b"bytes %d-%d/%d" % (first, last, len(data))
        await _send(call, 206, data[first : last + 1], [*headers, (b"content-range", where)])
    else:
        await _send_ranges(call, data, line_of(one.content_type), ranges)


def _existing(document: Document, name: str) -> Attachment:
    for one in document.attachments:
        if one.name == name:
            return one
    raise Fault("not_found", MISSING)


async def _send(call: Call, status: int, data: bytes, headers: Sequence[Header]) -> None:
    await call.start(status, [*headers, (b"content-length", b"%d" % len(data))])
    await call.end(data)


async def _send_ranges(
    call: Call, data: bytes, kind: bytes, ranges: Sequence[tuple[int, int]]
) -> None:
    mark = named()
    await call.start(206, [(b"content-type", b'multipart/byteranges; boundary="%b"' % mark)])
    await call.write(b"--" + mark)
    for first, last in ranges:
        where = b"bytes %d-%d/%d" % (first, last, len(data))
        await call.write(b"\r\nContent-Type: %b\r\nContent-Range: %b\r\n\r\n" % (kind, where))
        await call.write(data[first : last + 1])
        await call.write(b"\r\n--" + mark)
    await call.end(b"--")


def _ranges(said: bytes | None, length: int) -> list[tuple[int, int]]:
    """First and last byte of each range; none where the header asks for none that makes sense.

    Raises ``Fault`` (416) for a range that ends before it begins, or begins after the end.
    """
    match = _RANGES.fullmatch((said or b"").decode("latin-1").strip())
    if match is None:
        return []
    found: list[tuple[int, int]] = []
    for part in match[1].split(","):
        one = _RANGE.fullmatch(part)
        if one is None or one[1] == one[2] == "" or (one[1] and int(one[1]) == 0 and not one[2]):
            return []
        first = int(one[1]) if one[1] else max(0, length - int(one[2]))
        last = min(int(one[2]), length - 1) if one[1] and one[2] else length - 1
        if last < first:
            raise Fault("requested_range_not_satisfiable", "Requested range not satisfiable")
        found.append((first, last))
    return found


async def _put(door: Door, call: Call, id_: str, name: str) -> None:
    door.allow("write")
    check_id(id_)
    if name.startswith("_"):
        reason = f"Attachment name '{name}' starts with prohibited character '_'"
        raise Fault("bad_request", reason)
    if not is_text(name):
        raise Fault("bad_request", "Attachment name is not UTF-8 encoded")
    data = await _received(door, call, name)
    kind = call.header(b"content-type") or UNTYPED
    doc = await _edited(door, call, id_, name)
    entry = {"content_type": kind.decode("utf-8", "replace"), "data": data}
    doc["_attachments"] = {name: entry, **doc.get("_attachments", {})}
    outcome = await pushed(door, doc)
    where = call.where(b"/" + quoted(id_) + b"/" + quoted(name))
    answer = {"ok": True, "id": outcome.id, "rev": outcome.rev}
    await call.reply_json(201, answer, (where,))


async def _delete(door: Door, call: Call, id_: str, name: str) -> None:
    door.allow("write")
    doc = await _edited(door, call, id_, name, wanted=True)
    outcome = await pushed(door, doc)
    answer = {"ok": True, "id": outcome.id, "rev": outcome.rev}
    await call.reply_json(200, answer)


async def _edited(
    door: Door, call: Call, id_: str, name: str, *, wanted: bool = False
) -> dict[str, Any]:
    """The document as it will be, without the attachment ``name``, which is ``wanted`` there.

    Raises ``Fault``: 404; 409 where the revision named is none of the document's.
    """
    rev = expected_rev(call)
    if rev is None:
        if wanted:
            document, _ = await find(door, id_, None)
            _existing(document, name)
        return {"_id": id_}
    record = await door.record(id_) if storable(rev) else None
    found = None if record is None else record.revision(rev)
    if found is None or not door.sees(found):
        raise _missing_rev()
    if wanted:
        _existing(found, name)
    stubs = {
        one.name: {"stub": True, "revpos": one.revpos, "digest": one.digest}
        for one in found.attachments
        if one.name != name
    }
    doc: dict[str, Any] = {**found.body, "_id": id_, "_rev": rev}
    if stubs:
        doc["_attachments"] = stubs
    return doc


def _missing_rev() -> Fault:
    """The revision named is none of the document's: to CouchDB a conflict, by another name."""
    fault = Fault("not_found", "missing_rev")
    fault.status = 409
    return fault


async def _received(door: Door, call: Call, name: str) -> bytes:
    """The bytes put. Raises ``Fault``: too many, not those of their digest, badly packed."""
    limit = door.limits.attachment
    packing = (call.header(b"content-encoding") or b"identity").strip().lower()
    if packing not in {b"identity", b"gzip"}:
        raise Fault("bad_content_type", "Only gzip and identity content-encodings are supported")
    parts: list[bytes] = []
    size = 0
    async for part in call.stream():
        size += len(part)
        if size > limit:
            raise Fault("attachment_too_large", name)
        parts.append(part)
    data = b"".join(parts)
    said = call.header(b"content-length")
    if said is not None and said.isdigit() and int(said) != len(data):
        raise ClientGone
    digest = call.header(b"content-md5")
    if digest is not None:
        check_digest(data, "md5-" + digest.decode("latin-1").strip())
    return inflate(data, limit, name) if packing == b"gzip" else data
