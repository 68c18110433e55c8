"""A lean HTTP/1.1 client: the load shares the server's cores, so it must cost next to nothing.

Requests are bytes made beforehand. A connection carries one request at a time and is kept alive.
"""

from __future__ import annotations

import asyncio
from typing import Any, NamedTuple, cast

import orjson

__all__ = ["Connection", "Reply", "request_bytes"]

END = b"\r\n\r\n"


class Reply(NamedTuple):
    """An answer: ``head`` is its status line and headers as they came."""

    status: int
    head: bytes
    body: bytes

    @property
    def size(self) -> int:
        """Bytes on the wire, headers and body (without chunk marks)."""
        return len(self.head) + len(self.body)

    def json(self) -> Any:
        """The body, read as JSON."""
        return orjson.loads(self.body)

    def header(self, name: str) -> str | None:
        """A header's value; the first, if it came several times."""
        for line in self.head.decode("latin-1").split("\r\n")[1:]:
            key, _, value = line.partition(":")
            if key.lower() == name.lower():
                return value.strip()
        return None


def request_bytes(
    method: str,
    path: str,
    *,
    body: bytes | None = None,
    cookie: str | None = None,
    headers: dict[str, str] | None = None,
) -> bytes:
    """A whole request, ready to send."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept: application/json"]
    if cookie is not None:
        lines.append(f"Cookie: {cookie}")
    if body is not None:
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
    return "\r\n".join(lines).encode() + END + (body or b"")


class Connection(asyncio.Protocol):
    """One kept-alive connection. :meth:`open` makes it, :meth:`ask` sends and waits."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._waiting: asyncio.Future[Reply] | None = None
        self._buffer = bytearray()
        self._head: bytes | None = None
        self._status = 0
        self._length: int | None = 0

    @classmethod
    async def open(cls, port: int, host: str = "127.0.0.1") -> Connection:
        """Connect to a server; to one on this machine unless ``host`` says otherwise."""
        _, protocol = await asyncio.get_running_loop().create_connection(cls, host, port)
        return protocol

    def ask(self, request: bytes) -> asyncio.Future[Reply]:
        """Send a request; await the answer. Raises ``ConnectionError`` if the server hangs up."""
        assert self._waiting is None, "one request at a time"
        self._waiting = asyncio.get_running_loop().create_future()
        if self._transport is None or self._transport.is_closing():
            self._fail("the connection is closed")
        else:
            self._transport.write(request)
            return self._waiting
        failed, self._waiting = self._waiting, None
        return failed

    def close(self) -> None:
        """Hang up."""
        if self._transport is not None:
            self._transport.close()

    # -- what the event loop calls -----------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._head is None and not self._read_head():
            return
        body = self._read_chunks() if self._length is None else self._read_counted(self._length)
        if body is not None:
            self._answer(body)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._waiting is not None:
            self._fail(f"the server hung up ({exc})")
            self._waiting = None

    # -- reading an answer -------------------------------------------------------------------

    def _read_head(self) -> bool:
        end = self._buffer.find(END)
        if end < 0:
            return False
        self._head = bytes(self._buffer[: end + len(END)])
        del self._buffer[: end + len(END)]
        self._status = int(self._head[9:12])
        lower = self._head.lower()
        at = lower.find(b"\r\ncontent-length:")
        if at >= 0:
            self._length = int(lower[at + 17 : lower.index(b"\r\n", at + 2)])
        else:
            self._length = None if b"\r\ntransfer-encoding: chunked" in lower else 0
        return True

    def _read_counted(self, length: int) -> bytes | None:
        if len(self._buffer) < length:
            return None
        body = bytes(self._buffer[:length])
        del self._buffer[:length]
        return body

    def _read_chunks(self) -> bytes | None:
        """The body out of its chunks, once the last has come; trailers are not expected."""
        if not self._buffer.endswith(b"0\r\n\r\n"):
            return None
        parts: list[bytes] = []
        place = 0
        while True:
            end = self._buffer.find(b"\r\n", place)
            size = int(self._buffer[place:end], 16) if end >= 0 else 0
            start = end + 2
            if end < 0 or start + size + 2 > len(self._buffer):
                return None
            if size == 0:
                break
            parts.append(bytes(self._buffer[start : start + size]))
            place = start + size + 2
        self._buffer.clear()
        return b"".join(parts)

    def _answer(self, body: bytes) -> None:
        assert self._head is not None
        reply = Reply(self._status, self._head, body)
        self._head = None
        waiting, self._waiting = self._waiting, None
        if waiting is not None and not waiting.done():
            waiting.set_result(reply)

    def _fail(self, why: str) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_exception(ConnectionError(why))
