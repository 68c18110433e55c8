"""A caller of CouchDB's API: requests in, status, JSON and headers out."""

from __future__ import annotations

import base64
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any

import httpx2
import orjson

from server.couch.app import CouchApp, create_couch_app
from server.couch.door import Limits
from server.waits import Waits
from sync.clock import Clock
from sync.store import Store
from tests.factory import SetClock

NAME = "admin"
PASSWORD = "a fictional password"
BASIC = "Basic " + base64.b64encode(f"{NAME}:{PASSWORD}".encode()).decode()
UUID = "5" * 32
R1, R2, R3 = (f"{count}-{letter * 32}" for count, letter in ((1, "a"), (2, "b"), (3, "c")))


@dataclass(frozen=True)
class Answer:
    """One answer; ``json`` is its text where it is no JSON."""

    status: int
    json: Any
    headers: Mapping[str, str]
    raw: bytes

    @property
    def error(self) -> tuple[int, str, str]:
        """Status, error and reason."""
        return self.status, self.json["error"], self.json["reason"]


@dataclass
class Caller:
    """A client of the API. ``headers`` go with every request."""

    app: CouchApp
    store: Store
    clock: SetClock
    waits: Waits
    http: httpx2.AsyncClient
    headers: dict[str, str]

    async def ask(
        self, method: str, path: str, body: Any = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a request. ``body``: bytes as they are, anything else as JSON."""
        sent = {**self.headers, **(headers or {})}
        if body is not None:
            sent = {"Content-Type": "application/json", **sent}
        content = body if isinstance(body, bytes | None) else orjson.dumps(body)
        answer = await self.http.request(method, path, content=content, headers=sent)
        raw = answer.content
        try:
            value = orjson.loads(raw)
        except orjson.JSONDecodeError:
            value = raw.decode("utf-8", "replace")
        return Answer(answer.status_code, value, answer.headers, raw)

    async def get(self, path: str, **headers: str) -> Answer:
        return await self.ask("GET", path, headers=_named(headers))

    async def put(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.ask("PUT", path, body, _named(headers))

    async def post(self, path: str, body: Any = None, **headers: str) -> Answer:
        return await self.ask("POST", path, {} if body is None else body, _named(headers))

    async def delete(self, path: str, **headers: str) -> Answer:
        return await self.ask("DELETE", path, headers=_named(headers))

    async def graft(self, *docs: Mapping[str, Any], db: str = "db") -> None:
        """Push documents as a replicator does; all of them land."""
        answer = await self.post(f"/{db}/_bulk_docs", {"docs": docs, "new_edits": False})
        assert (answer.status, answer.json) == (201, [])

    async def save(self, *docs: Mapping[str, Any], db: str = "db") -> list[str]:
        """Push edits; return the revisions that they got."""
        answer = await self.post(f"/{db}/_bulk_docs", {"docs": docs})
        assert answer.status == 201
        return [row["rev"] for row in answer.json]


def _named(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


async def caller(
    store: Store,
    *,
    origins: tuple[str, ...] = (),
    limits: Limits | None = None,
    clock: Clock | None = None,
) -> AsyncIterator[Caller]:
    """A caller, signed in as the administrator."""
    time = SetClock()
    waits = Waits()
    app = create_couch_app(
        store,
        NAME,
        PASSWORD,
        uuid=UUID,
        version="1.2.3",
        origins=origins,
        clock=clock or time,
        waits=waits,
        limits=limits,
        secret=b"a secret of the tests",
    )
    transport = httpx2.ASGITransport(app=app, raise_app_exceptions=True)
    async with httpx2.AsyncClient(transport=transport, base_url="http://couch.test") as http:
        yield Caller(app, store, time, waits, http, {"Authorization": BASIC})
