"""A call: one request, and the ways to answer it. No framework's objects: this is the hot path."""

from __future__ import annotations

import zlib
from collections.abc import AsyncIterator, Sequence
from typing import Any
from urllib.parse import parse_qsl

import orjson
from starlette.types import Receive, Scope, Send

from server.couch.faults import Fault
from server.waits import Waits

__all__ = ["Call", "ClientGone", "Header", "parse_json"]

Header = tuple[bytes, bytes]
JSON = (
    (b"content-type", b"application/json"),
    (b"cache-control", b"must-revalidate"),
    (b"x-content-type-options", b"nosniff"),
)
MAX_BODY = 64 * 1024 * 1024
_GZIP = 16 + zlib.MAX_WBITS


class ClientGone(Exception):
    """The client closed the connection before its request was read."""


class Call:
    """One request. ``method`` is GET for HEAD as well; ``segments`` are the path's parts."""

    __slots__ = (
        "_query",
        "_send",
        "base",
        "extra",
        "is_head",
        "max_body",
        "method",
        "receive",
        "scope",
        "segments",
        "started",
        "waits",
    )

    def __init__(
        self,
        scope: Scope,
        receive: Receive,
        send: Send,
        segments: Sequence[str],
        waits: Waits,
        max_body: int = MAX_BODY,
    ) -> None:
        self.scope = scope
        self.receive = receive
        self._send = send
        self.segments = segments
        self.waits = waits
        method: str = scope["method"]
        self.is_head = method == "HEAD"
        self.method = "GET" if self.is_head else method
        self.max_body = max_body
        self.base = b"/"
        """Where the database is that the call is to, as a path."""
        self.extra: list[Header] = []
        """Headers that go with whatever is answered."""
        self.started = False
        """Whether the answer has begun: then no other can be given."""
        self._query: dict[str, str] | None = None

    @property
    def query(self) -> dict[str, str]:
        """The query; of a name given twice, the first."""
        if self._query is None:
            raw: bytes = self.scope["query_string"]
            self._query = _parsed(raw) if raw else {}
        return self._query

    def header(self, name: bytes) -> bytes | None:
        """A header's value; ``name`` in lower case."""
        for key, value in self.scope["headers"]:
            if key == name:
                found: bytes = value
                return found
        return None

    def wants_json(self) -> None:
        """Raise ``Fault`` (415) unless the body says that it is JSON."""
        self.wants(b"application/json")

    def wants(self, kind: bytes) -> None:
        """Raise ``Fault`` (415) unless the body says that it is ``kind``."""
        said = self.header(b"content-type")
        if said != kind and (said is None or said.partition(b";")[0].strip().lower() != kind):
            raise Fault("bad_content_type", f"Content-Type must be {kind.decode()}")

    def accepts(self, kind: bytes) -> bool:
        """Whether the client names ``kind``, or everything, among what it accepts."""
        accept = self.header(b"accept")
        if accept is None:
            return True
        family = kind.partition(b"/")[0] + b"/*"
        names = [part.partition(b";")[0].strip().lower() for part in accept.split(b",")]
        return any(name in {kind, family, b"*/*", b"*"} for name in names)

    async def body(self) -> bytes:
        """The body, inflated where it is packed, of at most ``max_body`` bytes either way."""
        raw = await self._whole()
        packing = self.header(b"content-encoding")
        if packing is None or packing == b"identity":
            return raw
        if packing.lower() != b"gzip":
            name = packing.decode("ascii", "replace")
            raise Fault("bad_content_type", f"{name} is not a supported content encoding.")
        return _inflate(raw, self.max_body)

    async def json(self) -> Any:
        """The body as JSON."""
        return parse_json(await self.body())

    async def json_object(self) -> dict[str, Any]:
        """The body as a JSON object."""
        value = await self.json()
        if not isinstance(value, dict):
            raise Fault("bad_request", "Request body must be a JSON object")
        return value

    async def stream(self) -> AsyncIterator[bytes]:
        """The body part by part, as it came, however long."""
        more = True
        while more:
            message = await self.receive()
            if message["type"] == "http.disconnect":
                raise ClientGone
            part: bytes = message.get("body", b"")
            if part:
                yield part
            more = message.get("more_body", False)

    async def reply(self, status: int, body: bytes, headers: Sequence[Header] = ()) -> None:
        """Answer with JSON, given as bytes."""
        length = (b"content-length", b"%d" % len(body))
        await self._begin(status, [*JSON, length, *headers, *self.extra])
        await self._send({"type": "http.response.body", "body": b"" if self.is_head else body})

    async def reply_json(self, status: int, value: Any, headers: Sequence[Header] = ()) -> None:
        """Answer with JSON, given as a value."""
        await self.reply(status, orjson.dumps(value, option=orjson.OPT_APPEND_NEWLINE), headers)

    async def reply_empty(self, status: int, headers: Sequence[Header] = ()) -> None:
        """Answer without a body (304, a preflight)."""
        await self._begin(status, [*headers, *self.extra])
        await self._send({"type": "http.response.body", "body": b""})

    def where(self, path: bytes = b"") -> Header:
        """``Location``: the database's address, with ``path`` after it."""
        scheme: str = self.scope["scheme"]
        host = self.header(b"host") or b"localhost"
        return (b"location", b"%b://%b%b%b" % (scheme.encode(), host, self.base, path))

    async def start(self, status: int, headers: Sequence[Header]) -> None:
        """Begin an answer that is written part by part; all its headers but ``extra`` given."""
        await self._begin(status, [*headers, *self.extra])

    async def start_json(self, status: int, headers: Sequence[Header] = ()) -> None:
        """Begin a JSON answer that is written part by part."""
        await self._begin(status, [*JSON, *headers, *self.extra])

    async def write(self, part: bytes) -> None:
        """Write a part of an answer that was begun."""
        if part and not self.is_head:
            await self._send({"type": "http.response.body", "body": part, "more_body": True})

    async def end(self, part: bytes = b"") -> None:
        """Write the last part."""
        await self._send({"type": "http.response.body", "body": b"" if self.is_head else part})

    async def refuse(self, fault: Fault) -> None:
        """Answer a fault."""
        await self.reply(fault.status, fault.body, fault.headers)

    async def _begin(self, status: int, headers: list[Header]) -> None:
        self.started = True
        await self._send({"type": "http.response.start", "status": status, "headers": headers})

    async def _whole(self) -> bytes:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise ClientGone
        first: bytes = message.get("body", b"")
        if len(first) > self.max_body:
            raise _too_large()
        if not message.get("more_body", False):
            return first
        return await self._rest(first)

    async def _rest(self, first: bytes) -> bytes:
        length = self.header(b"content-length")
        if length is not None and length.isdigit() and int(length[:18]) > self.max_body:
            raise _too_large()
        parts, size = [first], len(first)
        async for part in self.stream():
            size += len(part)
            if size > self.max_body:
                raise _too_large()
            parts.append(part)
        return b"".join(parts)


def parse_json(raw: bytes | str) -> Any:
    """Read JSON. Raises ``Fault``."""
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        raise Fault("bad_request", "invalid UTF-8 JSON") from None


def _parsed(raw: bytes) -> dict[str, str]:
    pairs = parse_qsl(
        raw.decode("ascii", "surrogateescape"), keep_blank_values=True, errors="surrogateescape"
    )
    return dict(reversed(pairs))


def _too_large() -> Fault:
    return Fault("too_large", "the request entity is too large")


def _inflate(raw: bytes, limit: int) -> bytes:
    inflater = zlib.decompressobj(_GZIP)
    try:
        body = inflater.decompress(raw, limit + 1)
    except zlib.error:
        raise Fault("bad_request", "Request body is not properly gzipped.") from None
    if len(body) > limit:
        raise _too_large()
    if not inflater.eof:
        raise Fault("bad_request", "Request body is not properly gzipped.")
    return body
