"""Parts: a multipart body taken apart as it comes in, however it was cut up on the way.

Nothing is kept but the part that is being read, which is bounded, and a tail no longer than a
boundary.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Iterator
from enum import Enum, auto
from typing import NamedTuple

from server.couch.call import Call
from server.couch.faults import Fault

__all__ = ["Part", "Splitter", "parts_of"]

MAX_HEAD = 16 * 1024
"""Bytes of a part's header lines, and of what may stand before the first part."""
MAX_PARTS = 10_000
_BOUNDARY = re.compile(rb'boundary=(?:"([^"\r\n]{1,200})"|([^\s;",]{1,200}))', re.IGNORECASE)
_FILENAME = re.compile(r'filename="((?:[^"\\]|\\.)*)"', re.IGNORECASE)


class Part(NamedTuple):
    """One part: what it says it is, whose bytes it holds, and these."""

    kind: str
    name: str | None
    data: bytes


class _State(Enum):
    """Where in the body the splitter is."""

    BEFORE = auto()
    MARKED = auto()
    """Just after a boundary: the end, or a part's header."""
    HEAD = auto()
    BODY = auto()
    END = auto()


class Splitter:
    """Takes bytes as they come, and gives whole parts. Raises ``Fault`` (400, 413).

    ``first`` and ``others``: the most bytes of the first part, and of all the others together.
    """

    def __init__(self, boundary: bytes, *, first: int, others: int) -> None:
        self._mark = b"\r\n--" + boundary
        self._buffer = bytearray(b"\r\n")  # a boundary at the very start has no line before it
        self._state = _State.BEFORE
        self._limit = first
        self._others = others
        self._count = 0
        self._head: dict[str, str] = {}
        self._body = bytearray()

    @property
    def ended(self) -> bool:
        """Whether the last boundary was seen; what comes after it is of no account."""
        return self._state is _State.END

    def feed(self, data: bytes) -> Iterator[Part]:
        """The parts that ``data`` completes."""
        self._buffer += data
        while not self.ended and self._step():
            if self._state is _State.MARKED and self._count:
                yield self._part()

    def _step(self) -> bool:
        """Go one state further; False when more bytes are needed for that."""
        if self._state is _State.BEFORE:
            return self._to_mark(None)
        if self._state is _State.BODY:
            return self._to_mark(self._body)
        if self._state is _State.MARKED:
            return self._after_mark()
        return self._read_head()

    def _to_mark(self, body: bytearray | None) -> bool:
        found = self._buffer.find(self._mark)
        safe = found if found >= 0 else len(self._buffer) - len(self._mark) + 1
        if body is not None and safe > 0:
            body += self._buffer[:safe]
            if len(body) - 2 > self._limit:
                raise Fault("too_large", "the request entity is too large")
        elif body is None and safe > MAX_HEAD:
            raise Fault("bad_request", "The multipart body does not begin with its boundary.")
        if found >= 0:
            del self._buffer[: found + len(self._mark)]
            self._state = _State.MARKED
            return True
        if body is not None and safe > 0:
            del self._buffer[:safe]
        return False

    def _after_mark(self) -> bool:
        if len(self._buffer) < 2:
            return False
        if self._buffer.startswith(b"--"):
            self._state = _State.END
            return True
        self._state = _State.HEAD
        return True

    def _read_head(self) -> bool:
        found = self._buffer.find(b"\r\n\r\n")
        if max(found, len(self._buffer) if found < 0 else 0) > MAX_HEAD:
            raise Fault("bad_request", "A part's header is too long, or has no end.")
        if found < 0:
            return False
        self._head = _headers(bytes(self._buffer[:found]))
        del self._buffer[: found + 2]  # the empty line may itself begin a boundary
        self._count += 1
        if self._count > MAX_PARTS:
            raise Fault("bad_request", f"More than {MAX_PARTS} parts; send fewer attachments.")
        self._state = _State.BODY
        return True

    def _part(self) -> Part:
        data, self._body = bytes(memoryview(self._body)[2:]), bytearray()
        if self._count > 1:
            self._others -= len(data)
        self._limit = self._others
        kind = self._head.get("content-type", "").partition(";")[0].strip().lower()
        name = _FILENAME.search(self._head.get("content-disposition", ""))
        return Part(kind, re.sub(r"\\(.)", r"\1", name[1]) if name else None, data)


def _headers(raw: bytes) -> dict[str, str]:
    found: dict[str, str] = {}
    for line in raw.decode("utf-8", "replace").split("\r\n"):
        if line.strip():
            name, colon, value = line.partition(":")
            if not colon:
                raise Fault("bad_request", "bad part header")
            found[name.strip().lower()] = value.strip()
    return found


async def parts_of(call: Call, *, first: int, others: int) -> AsyncIterator[Part]:
    """The parts of a request's body. Raises ``Fault``."""
    said = _BOUNDARY.search(call.header(b"content-type") or b"")
    if said is None:
        raise Fault("bad_request", "The multipart Content-Type names no boundary.")
    splitter = Splitter(said[1] or said[2], first=first, others=others)
    async for data in call.stream():
        for part in splitter.feed(data):
            yield part
    if not splitter.ended:
        raise Fault("bad_request", "The multipart body ends before its last boundary.")
