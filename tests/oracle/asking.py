"""Asking the application directly: no socket, no client library, so that a million checks are soon
made. One request, one answer, byte for byte.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

import orjson

__all__ = ["Asker", "Reply"]

OWN = {b"request-id", b"date", b"server-timing"}
"""Headers that differ from one answer to the next whatever is asked."""
BOUNDARY = b"boundary"
"""What stands here for the boundaries of parts."""


@dataclass(frozen=True)
class Reply:
    """What was answered."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes

    @property
    def json(self) -> Any:
        return orjson.loads(self.body)

    def header(self, name: bytes) -> bytes:
        return dict(self.headers).get(name, b"")


@dataclass
class Asker:
    """Somebody who is signed in, in one school."""

    app: Any
    school: str
    cookie: str = ""

    async def sign_in(self, username: str, password: str) -> None:
        """Sign in, and keep the cookie."""
        body = orjson.dumps({"username": username, "password": password})
        reply = await self._send("POST", "/session", "", body, ())
        assert reply.status == 200, reply.body
        self.cookie = reply.header(b"set-cookie").decode().partition(";")[0]

    async def ask(
        self,
        method: str,
        path: str,
        query: str = "",
        body: Any = None,
        headers: Iterable[tuple[bytes, bytes]] = (),
    ) -> Reply:
        """Ask for something of the school. ``path`` is percent-encoded here, ``query`` is not.

        ``body``: bytes are sent as they are, anything else as JSON.
        """
        raw = body if isinstance(body, bytes) else b"" if body is None else orjson.dumps(body)
        where = f"/db/{self.school}/" + quote(path, safe="/:_,;")
        return await self._send(method, where, query, raw, headers)

    async def _send(
        self,
        method: str,
        path: str,
        query: str,
        body: bytes,
        headers: Iterable[tuple[bytes, bytes]],
    ) -> Reply:
        sent = [(b"host", b"tidemark.test"), (b"cookie", self.cookie.encode()), *headers]
        if body:
            sent += [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path,
            "raw_path": path.encode(),
            "root_path": "",
            "query_string": quote(query, safe="=&%").encode(),
            "headers": sent,
            "client": ("192.0.2.1", 40000),
            "server": ("tidemark.test", 80),
        }
        parts: list[dict[str, Any]] = []
        given = [{"type": "http.request", "body": body, "more_body": False}]

        async def receive() -> dict[str, Any]:
            if given:
                return given.pop()
            await asyncio.Event().wait()  # this client never goes away
            raise AssertionError

        async def send(message: dict[str, Any]) -> None:
            parts.append(message)

        await self.app(scope, receive, send)
        return _reply(parts)


def _reply(parts: Sequence[dict[str, Any]]) -> Reply:
    start, *rest = parts
    headers = tuple(
        (name.lower(), value) for name, value in start["headers"] if name.lower() not in OWN
    )
    body = b"".join(one.get("body", b"") for one in rest)
    boundary = dict(headers).get(b"content-type", b"").partition(b"boundary=")[2].strip(b'"')
    if boundary:  # made up anew for every answer
        body = body.replace(boundary, BOUNDARY)
        headers = tuple((name, value.replace(boundary, BOUNDARY)) for name, value in headers)
    return Reply(start["status"], headers, body)
