"""A wire to an ASGI application: requests whose answers are read as they come, or hung up on."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

import orjson
from starlette.types import ASGIApp, Message

from server.couch.app import CouchApp, create_couch_app
from server.couch.door import Limits
from server.waits import Waits
from sync.store import Store

ADMIN = "admin"
PASSWORD = "a fictional password"
BASIC = "Basic " + base64.b64encode(f"{ADMIN}:{PASSWORD}".encode()).decode()
PATIENCE_S = 5


class Exchange:
    """One request under way."""

    def __init__(self, app: ASGIApp, scope: dict[str, Any], body: list[bytes]) -> None:
        self.status = 0
        self.headers: dict[str, str] = {}
        self.body = b""
        self.ended = False
        self._told: asyncio.Queue[Message] = asyncio.Queue()
        self._moved = asyncio.Event()
        for at, part in enumerate(body):
            more = at + 1 < len(body)
            self._told.put_nowait({"type": "http.request", "body": part, "more_body": more})
        self.task = asyncio.create_task(self._run(app, scope))

    async def _run(self, app: ASGIApp, scope: dict[str, Any]) -> None:
        await app(scope, self._told.get, self._send)

    async def _send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = {
                name.decode().lower(): value.decode("latin-1") for name, value in message["headers"]
            }
        else:
            self.body += message.get("body", b"")
            self.ended = not message.get("more_body", False)
        self._moved.set()

    def hang_up(self) -> None:
        """Close the connection."""
        self._told.put_nowait({"type": "http.disconnect"})

    async def until(self, seen: Callable[[bytes], bool]) -> bytes:
        """Wait until ``seen`` of what has come so far."""
        async with asyncio.timeout(PATIENCE_S):
            while not seen(self.body) and not self.task.done():
                self._moved.clear()
                await self._moved.wait() if not self.ended else await self.task
        assert seen(self.body), self.body
        return self.body

    async def end(self) -> Exchange:
        """Wait until the answer is complete."""
        async with asyncio.timeout(PATIENCE_S):
            await self.task
        return self

    @property
    def json(self) -> Any:
        """The whole answer as JSON."""
        return orjson.loads(self.body)

    @property
    def lines(self) -> list[Any]:
        """What has come so far of a continuous feed."""
        return [orjson.loads(line) for line in self.body.split(b"\n") if line]


class Wire:
    """An administrator's client of an application in this process."""

    def __init__(self, app: ASGIApp, store: Store, waits: Waits) -> None:
        self.app = app
        self.store = store
        self.waits = waits

    def begin(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        json: Any = None,
        body: bytes | list[bytes] = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Exchange:
        """Send a request; its answer is read from the exchange."""
        sent = {"authorization": BASIC, "host": "couch.test", **(headers or {})}
        if json is not None:
            body = orjson.dumps(json)
            sent.setdefault("content-type", "application/json")
        parts = body if isinstance(body, list) else [body]
        size = sum(len(part) for part in parts)
        if size:
            sent.setdefault("content-length", str(size))
        raw, _, asked = path.partition("?")
        scope = {
            "type": "http",
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": raw,
            "raw_path": raw.encode(),
            "query_string": urlencode(query).encode() if query else asked.encode(),
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
            "client": ("127.0.0.1", 1),
            "server": ("couch.test", 80),
        }
        return Exchange(self.app, scope, parts)

    async def ask(self, method: str, path: str, **sent: Any) -> Exchange:
        """Send a request and wait for the whole answer."""
        return await self.begin(method, path, **sent).end()

    async def put(self, db: str, name: str, **body: Any) -> str:
        """Put a document; its new revision."""
        answer = await self.ask("PUT", f"/{db}/{name}", json=body)
        assert answer.status == 201, answer.body
        rev: str = answer.json["rev"]
        return rev


def wired(store: Store, limits: Limits | None = None) -> Wire:
    """A client of a new application over ``store``."""
    waits = Waits()
    app: CouchApp = create_couch_app(
        store, ADMIN, PASSWORD, uuid="f" * 32, waits=waits, limits=limits
    )
    return Wire(app, store, waits)
