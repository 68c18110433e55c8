"""The connection to CouchDB: pooled, signed in once, repeated where no answer came.

Signing in costs CouchDB a slow password hash; with HTTP Basic every request would. So the session
cookie is kept (CouchDB renews it by itself while it is used) and asked for again after a 401.

Everything that is sent may be sent again: reads, writes that carry their revisions, and writes on
a revision, of which a second one is told of a conflict (see ``writing``).
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any, NamedTuple

import httpx2
import orjson

from sync.errors import StoreError
from sync.stores.couchdb.failures import refused, unreachable
from sync.stores.couchdb.settings import CouchSettings

__all__ = ["Answer", "Link"]

COOKIE = "AuthSession"
ACCEPTED = 202
PASSED_ON = frozenset({200, 201, ACCEPTED, 404, 409, 412})
"""Statuses that mean something to whoever asks; any other is a failure."""
WORTH_REPEATING = frozenset({408, 429, 500, 502, 503, 504})


class Answer(NamedTuple):
    """A status that was asked for, and the JSON that came with it (None if none did)."""

    status: int
    body: Any

    @property
    def ok(self) -> bool:
        """Whether it is yes."""
        return self.status < 300


class Link:
    """Requests to one CouchDB. ``transport`` stands in for the network in tests."""

    def __init__(
        self, settings: CouchSettings, transport: httpx2.AsyncBaseTransport | None = None
    ) -> None:
        self.settings = settings
        self._transport = transport
        self._opened: httpx2.AsyncClient | None = None
        self._signing_in = asyncio.Lock()
        self._sign_ins = 0

    @property
    def _client(self) -> httpx2.AsyncClient:
        """Made at first use: reading the machine's certificates takes a while."""
        if self._opened is None:
            most = self.settings.connections + self.settings.seats
            self._opened = httpx2.AsyncClient(
                base_url=self.settings.address,
                timeout=self.settings.timeout_s,
                limits=httpx2.Limits(max_connections=most, max_keepalive_connections=most),
                headers={"Accept": "application/json"},
                verify=self.settings.address.startswith("https:"),
                trust_env=False,  # a proxy for the web is none for a database
                transport=self._transport,
            )
        return self._opened

    async def get(self, path: str, params: Mapping[str, str] | None = None) -> Answer:
        """Read."""
        return await self.send("GET", path, params=params)

    async def post(
        self, path: str, body: object, params: Mapping[str, str] | None = None
    ) -> Answer:
        """Send something to be worked on."""
        return await self.send("POST", path, body, params=params)

    async def put(self, path: str, body: object, params: Mapping[str, str] | None = None) -> Answer:
        """Send something to be kept."""
        return await self.send("PUT", path, body, params=params)

    async def send(
        self,
        method: str,
        path: str,
        body: object = None,
        *,
        params: Mapping[str, str] | None = None,
        longer_s: float = 0,
        tries: int | None = None,
    ) -> Answer:
        """Send a request, again where no answer came, or one that may be another next time.

        ``longer_s``: how much later than other answers this one may come.
        Raises :class:`StoreError`.
        """
        content = None if body is None else orjson.dumps(body)
        doing = f"{method} {path.rpartition('/')[2] if path.count('/') > 1 else path}"
        left = self.settings.tries if tries is None else tries
        pause_s = self.settings.pause_s
        while True:
            left -= 1
            failure: StoreError
            try:
                status, raw = await self._signed_in(method, path, content, params, longer_s)
            except (httpx2.TransportError, TimeoutError) as error:
                failure = unreachable(self.settings.address, doing, error)
            else:
                if status in PASSED_ON:
                    return Answer(status, _json(raw))
                failure = refused(self.settings.address, doing, status, _json(raw))
                if status not in WORTH_REPEATING or failure.status == 507:
                    raise failure
            if left <= 0:
                raise failure
            await asyncio.sleep(pause_s)
            pause_s *= 2

    async def cookie(self, refused: str | None = None) -> str | None:
        """The session's cookie, for whoever sends requests by other means; None: no user is set.

        ``refused``: the one that CouchDB does not take any more.
        """
        if not self.settings.user:
            return None
        if self._cookie is None or self._cookie == refused:
            await self._sign_in(self._sign_ins)
        return self._cookie

    async def close(self) -> None:
        """Let go of every connection."""
        if self._opened is not None:
            await self._opened.aclose()

    @property
    def _cookie(self) -> str | None:
        for cookie in self._client.cookies.jar:
            if cookie.name == COOKIE:
                return cookie.value
        return None

    async def _signed_in(
        self,
        method: str,
        path: str,
        content: bytes | None,
        params: Mapping[str, str] | None,
        longer_s: float,
    ) -> tuple[int, bytes]:
        sign_ins = self._sign_ins
        if self.settings.user and not sign_ins:
            await self._sign_in(0)
            sign_ins = self._sign_ins
        status, raw = await self._request(method, path, content, params, longer_s)
        if status == 401 and self.settings.user:
            await self._sign_in(sign_ins)
            status, raw = await self._request(method, path, content, params, longer_s)
        return status, raw

    async def _request(
        self,
        method: str,
        path: str,
        content: bytes | None,
        params: Mapping[str, str] | None,
        longer_s: float = 0,
    ) -> tuple[int, bytes]:
        most_s = self.settings.timeout_s + longer_s
        async with asyncio.timeout(2 * most_s):  # one that trickles is no answer either
            response = await self._client.request(
                method,
                path,
                content=content,
                params=params,
                headers={} if content is None else {"Content-Type": "application/json"},
                timeout=httpx2.Timeout(self.settings.timeout_s, read=most_s),
            )
        return response.status_code, response.content

    async def _sign_in(self, known: int) -> None:
        """Ask for a session, unless somebody did since the sign-in ``known``."""
        async with self._signing_in:
            if self._sign_ins != known:
                return
            self._client.cookies.clear()
            user = {"name": self.settings.user, "password": self.settings.password}
            status, raw = await self._request("POST", "/_session", orjson.dumps(user), None)
            if status != 200:
                raise refused(self.settings.address, "sign-in", status, _json(raw))
            self._sign_ins += 1


def _json(raw: bytes) -> Any:
    try:
        return orjson.loads(raw)
    except orjson.JSONDecodeError:
        return None
