"""Paths: the parts of a request's path, decoded each by itself.

An id may hold a slash as ``%2F``, so the path is split before it is decoded. Empty parts count
for nothing (``/db/`` is ``/db``), and ``+`` is a space, as CouchDB has it.
"""

from __future__ import annotations

import re
from urllib.parse import quote, unquote_to_bytes

from server.couch.faults import Fault

__all__ = ["is_text", "quoted", "split"]

_PLAIN = re.compile(r"[A-Za-z0-9_.~-]*")
_BROKEN = re.compile(rb"%(?![0-9A-Fa-f]{2})")


def split(raw_path: bytes) -> list[str]:
    """The parts of ``raw_path``. Bytes that are no UTF-8 stay behind as lone surrogates.

    Raises ``Fault`` for a percent sign that encodes nothing.
    """
    if b"%" not in raw_path and b"+" not in raw_path and raw_path.isascii():
        return [part for part in raw_path.decode().split("/") if part]
    if _BROKEN.search(raw_path):
        raise Fault("bad_request", "invalid_url_encoding")
    parts = raw_path.replace(b"+", b" ").split(b"/")
    return [unquote_to_bytes(part).decode("utf-8", "surrogateescape") for part in parts if part]


def is_text(part: str) -> bool:
    """Whether a part was UTF-8."""
    if part.isascii():
        return True
    try:
        part.encode()
    except UnicodeEncodeError:
        return False
    return True


def quoted(part: str) -> bytes:
    """A part as it stands in a path."""
    if _PLAIN.fullmatch(part):
        return part.encode()
    return quote(part.encode("utf-8", "surrogateescape"), safe="").encode()
