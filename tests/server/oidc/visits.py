"""Browsers that go to a real provider and back, and a town whose people may come that way."""

from __future__ import annotations

import contextlib
import time
from collections.abc import AsyncIterator
from typing import Any, Self
from urllib.parse import parse_qs, urljoin, urlsplit

import httpx2

from server.oidc.settings import ProviderSettings
from server.sessions import Session
from server.visitor import COOKIE
from tests.peers.openid import CLIENT, SECRET, OpenId
from tests.server.town import Town, town

ORIGIN = "https://tidemark.test"
PEOPLE: dict[str, dict[str, Any]] = {
    "u-tess": {"name": "Tess at Trust", "preferred_username": "TESS", "groups": ["staff"]},
    "u-olu": {"name": "Olu at Trust", "preferred_username": "olu", "groups": ["office", "staff"]},
    "u-new": {"name": "Nia New", "preferred_username": "nia", "groups": ["heads"], "hd": "trust"},
    "u-none": {"name": "No Groups", "preferred_username": "nobody", "groups": []},
    "u-mail": {"name": "Mail", "email": "Tess", "email_verified": False, "groups": ["staff"]},
}
RULES = [
    {"value": "staff", "role": "class_teacher", "schools": ["sch-test"]},
    {"value": "office", "role": "attendance_officer", "schools": ["sch-test"]},
    {"value": "heads", "role": "head", "schools": ["sch-test", "sch-other"]},
]


def provider(at: OpenId, name: str = "trust", **more: Any) -> ProviderSettings:
    """The settings of a provider that runs."""
    said = {
        "id": name,
        "name": f"Example {name.title()}",
        "issuer": at.issuer,
        "client_id": CLIENT,
        "client_secret": SECRET,
        "scopes": ["openid", "profile", "email", "groups"],
        "link": "preferred_username",
    }
    return ProviderSettings.model_validate(said | more)


@contextlib.asynccontextmanager
async def town_with(*providers: ProviderSettings, **settings: Any) -> AsyncIterator[Town]:
    """A running town, at this very moment: a provider has no other time."""
    async with town(providers=providers, public_origin=ORIGIN, **settings) as place:
        place.clock.ms = time.time_ns() // 1_000_000
        yield place


class Visit:
    """One browser: what it keeps of Tidemark, and of every provider."""

    def __init__(self, place: Town) -> None:
        self.place = place
        self.home = place.browser()
        self.abroad = httpx2.AsyncClient(timeout=30)
        self._who = ""

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.home.aclose()
        await self.abroad.aclose()

    async def set_out(self, name: str = "trust") -> str:
        """Press a provider's button: where that leads."""
        answer = await self.home.get(f"/sign-in/{name}")
        assert answer.status_code == 303, answer.text
        return answer.headers["location"]

    async def stay(self, url: str, who: str = "u-tess") -> str:
        """Do at the provider what it asks: where that leads back to, without the origin."""
        if who != self._who:  # a provider knows its last guest again
            self.abroad.cookies.clear()
            self._who = who
        for _ in range(10):
            answer = await self.abroad.get(url)
            if answer.status_code == 200:
                form = {"refuse": "1"} if who == "refuse" else {"who": who}
                answer = await self.abroad.post(str(answer.url), data=form)
            assert answer.status_code in {302, 303}, answer.text
            url = urljoin(str(answer.url), answer.headers["location"])
            if url.startswith(ORIGIN):
                return url.removeprefix(ORIGIN)
        raise AssertionError(f"a provider that leads in circles: {url}")

    async def come_back(self, path: str) -> str:
        """Return from the provider: where that ends."""
        answer = await self.home.get(path)
        assert answer.status_code == 303, answer.text
        assert answer.headers["cache-control"] == "no-store"
        where: str = answer.headers["location"]
        return where

    async def sign_in(self, who: str = "u-tess", name: str = "trust") -> str:
        """The whole way, there and back."""
        return await self.sign_in_at(await self.set_out(name), who)

    async def sign_in_at(self, url: str, who: str = "u-tess") -> str:
        """The rest of the way, from the provider's page on."""
        return await self.come_back(await self.stay(url, who))

    async def me(self) -> dict[str, Any] | None:
        """Who this browser is to Tidemark; None for nobody."""
        answer = await self.home.get("/session")
        if answer.status_code == 401:
            return None
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def session(self) -> Session:
        """Its session, as the server keeps it."""
        found = await self.place.site.sessions.find(self.home.cookies[COOKIE])
        assert found is not None
        return found[0]


def problem(where: str) -> str:
    """What the sign-in page would say."""
    parts = urlsplit(where)
    assert (parts.scheme, parts.netloc, parts.path) == ("", "", "/sign-in"), where
    return parse_qs(parts.query)["problem"][0]
