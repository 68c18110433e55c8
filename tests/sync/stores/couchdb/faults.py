"""A way to CouchDB on which a test lets answers be lost, changed or made up."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx2

from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.couchdb.link import Link
from tests.peers.couch import new_prefix
from tests.sync.stores.conftest import remove_all

Fault = Callable[[httpx2.Request], httpx2.Response | None]


def answer(status: int, body: Any = None) -> httpx2.Response:
    """A JSON answer."""
    return httpx2.Response(status, content=b"" if body is None else json.dumps(body).encode())


def link_to(handler: Callable[[httpx2.Request], Any], **changes: Any) -> Link:
    """A link to a server that is a function."""
    settings = CouchSettings("http://couch.test:5984", pause_s=0.0, tries=3)
    return Link(replace(settings, **changes), httpx2.MockTransport(handler))


class Way(httpx2.AsyncBaseTransport):
    """Requests go to a server, unless ``before`` answers or raises; ``after`` may lose answers."""

    def __init__(self) -> None:
        self._real = httpx2.AsyncHTTPTransport()
        self.before: Fault | None = None
        self.after: Fault | None = None
        self.seen: list[str] = []

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        self.seen.append(f"{request.method} {request.url.path.rpartition('/')[2]}")
        if self.before is not None and (made_up := self.before(request)) is not None:
            return made_up
        response = await self._real.handle_async_request(request)
        if self.after is not None:
            await response.aread()
            if (made_up := self.after(request)) is not None:
                return made_up
        return response

    async def aclose(self) -> None:
        await self._real.aclose()


def once(fault: Fault) -> Fault:
    """The fault, the first time that it answers or raises."""
    done = False

    def doing(request: httpx2.Request) -> httpx2.Response | None:
        nonlocal done
        if done:
            return None
        try:
            made_up = fault(request)
        except Exception:
            done = True
            raise
        done = made_up is not None
        return made_up

    return doing


def to(ending: str, response: Callable[[], httpx2.Response]) -> Fault:
    """Answer requests whose path ends so."""
    return lambda request: response() if request.url.path.endswith(ending) else None


def lost(ending: str) -> Fault:
    """Let no answer come to requests whose path ends so."""

    def lose(request: httpx2.Request) -> httpx2.Response | None:
        if request.url.path.endswith(ending):
            raise httpx2.ReadTimeout("for the test", request=request)
        return None

    return lose


@asynccontextmanager
async def stores(
    url: str, folder: Path, *ways: Way, **changes: Any
) -> AsyncIterator[list[CouchStore]]:
    """Gateways over one CouchDB, one a way, that follow only when told to."""
    plain = CouchSettings.of(url).with_prefix(new_prefix())
    quiet = replace(plain, pause_s=0.0, tries=3, seats=0, poll_s=3600.0)
    settings = replace(quiet, **changes)
    clock = Clock()
    made = [
        CouchStore(folder / str(number), settings, now_s=clock, transport=way)
        for number, way in enumerate(ways)
    ]
    try:
        yield made
    finally:
        for way in ways:
            way.before = way.after = None
        for store in made:
            await store.close()
        await remove_all(plain)


async def eventually(holds: Callable[[], Awaitable[bool]]) -> None:
    """Wait until something holds."""
    async with asyncio.timeout(20):
        while not await holds():  # noqa: ASYNC110 - it is another process that changes it
            await asyncio.sleep(0.01)


class Clock:
    """A time that stands still."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s
