"""A server that speaks CouchDB's protocol: Tidemark's bare endpoint, or a CouchDB beside it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

import orjson

from loadtests.client import Connection, Reply, request_bytes
from loadtests.documents import batches
from loadtests.process import cpu_s_of, listener_of

__all__ = ["PREFIX", "Endpoint"]

PREFIX = "tidemark-bench-"
"""Of every database that a bench makes, and removes again."""
BATCH = 500


@dataclass(frozen=True)
class Endpoint:
    """A server, signed in to. ``pid``: its process, where it is one on this machine."""

    label: str
    host: str
    port: int
    cookie: str
    pid: int | None

    @classmethod
    async def sign_in(cls, url: str) -> Endpoint:
        """Sign in with the name and password in ``url``, for a cookie.

        Else a slow hash, meant for passwords, would be measured with every request.
        """
        parts = urlsplit(url)
        host, port = parts.hostname or "127.0.0.1", parts.port or 5984
        connection = await Connection.open(port, host)
        sign = {"name": unquote(parts.username or ""), "password": unquote(parts.password or "")}
        answer = await connection.ask(request_bytes("POST", "/_session", body=orjson.dumps(sign)))
        cookie = answer.header("set-cookie")
        if answer.status != 200 or cookie is None:
            raise ConnectionError(f"signing in on port {port}: {answer.status}; see the password")
        cookie = cookie.partition(";")[0]
        hello = (await connection.ask(request_bytes("GET", "/", cookie=cookie))).json()
        connection.close()
        return cls(_label(hello), host, port, cookie, listener_of(port))

    async def connect(self) -> Connection:
        """A connection of one's own."""
        return await Connection.open(self.port, self.host)

    def request(self, method: str, path: str, body: bytes | None = None) -> bytes:
        """A whole request, signed in."""
        return request_bytes(method, path, body=body, cookie=self.cookie)

    def cpu_s(self) -> float:
        """Processor seconds used so far; nan where its process is not to be seen."""
        return cpu_s_of(self.pid) if self.pid is not None else float("nan")

    @asynccontextmanager
    async def database(self, name: str) -> AsyncIterator[str]:
        """An empty database, removed afterwards; its path."""
        path = f"/{PREFIX}{name}"
        connection = await self.connect()
        await connection.ask(self.request("DELETE", path))
        answer = await connection.ask(self.request("PUT", path))
        if answer.status not in {201, 202}:
            raise ConnectionError(f"{self.label} makes no database: {_said(answer)}")
        try:
            yield path
        finally:
            # The bench may have cut the first one off in the middle of an answer.
            connection.close()
            connection = await self.connect()
            await connection.ask(self.request("DELETE", path))
            connection.close()

    async def fill(self, path: str, documents: Sequence[dict[str, Any]]) -> list[str]:
        """Store documents; their revisions, in order."""
        connection = await self.connect()
        revs: list[str] = []
        for body in batches(documents, BATCH):
            answer = await connection.ask(self.request("POST", f"{path}/_bulk_docs", body))
            if answer.status not in {201, 202}:
                raise ConnectionError(f"{self.label} takes no documents: {_said(answer)}")
            revs += [row["rev"] for row in answer.json()]
        connection.close()
        return revs


def _label(hello: dict[str, Any]) -> str:
    """What a server calls itself, with its version."""
    if (hello.get("vendor") or {}).get("name") == "The Apache Software Foundation":
        return f"CouchDB {hello.get('version')}"
    names = [key for key in hello if "version" not in key and key not in {"couchdb", "uuid"}]
    name = (hello.get("vendor") or {}).get("name") or (names or ["CouchDB-like"])[0]
    return f"{name} {hello.get('version', '')}".strip()


def _said(answer: Reply) -> str:
    return f"{answer.status} {answer.body[:200].decode('utf-8', 'replace')}"
