"""A small town over the memory store: two schools, their people, and browsers to visit as them."""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import httpx2
import orjson
from starlette.applications import Starlette

from schemas.policy import Role
from server.accounts import Account, Post
from server.app import create_app
from server.settings import Settings
from server.site import Site
from sync.store import Store
from sync.stores.memory import MemoryStore
from tests import factory
from tests.factory import COVER, HEAD, OFFICER, TUTOR, SetClock, Tablet

SCHOOL = "sch-test"
OTHER = "sch-other"
PASSWORD = "a fictional password"
CHEAP: dict[str, Any] = {"argon2_time_cost": 1, "argon2_memory_kib": 64, "gzip_level": 4}
USERNAMES = {TUTOR: "tess", COVER: "cal", OFFICER: "olu", HEAD: "hana"}


@dataclass
class Town:
    """The application, running, and what it runs on."""

    app: Starlette
    store: Store
    clock: SetClock
    tablets: dict[str, Tablet] = field(default_factory=dict)

    @property
    def site(self) -> Site:
        site: Site = self.app.state.site
        return site

    def browser(self, **headers: str) -> httpx2.AsyncClient:
        """A browser nobody has signed in with."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=True)
        return httpx2.AsyncClient(
            transport=transport, base_url="http://tidemark.test", headers=headers
        )

    @contextlib.asynccontextmanager
    async def visit(self, username: str = "tess") -> AsyncIterator[httpx2.AsyncClient]:
        """A browser, signed in."""
        async with self.browser() as browser:
            answer = await browser.post("/session", json=credentials(username))
            assert answer.status_code == 200, answer.text
            yield browser

    async def settle(self, school: str = SCHOOL) -> None:
        """Publish everything that was taken in."""
        async with self.site.schools.use(school) as opened:
            await opened.publisher.settle()


def credentials(username: str, password: str = PASSWORD) -> dict[str, str]:
    return {"username": username, "password": password}


def accounts(hashed: str) -> list[Account]:
    """Four people of one school, and one of another."""
    own = [
        Account(
            person=who.person,
            username=username,
            name=who.name,
            role=who.role,
            schools=(Post(school=SCHOOL, groups=("form-1",) if who in (TUTOR, COVER) else ()),),
            hash=hashed,
        )
        for who, username in USERNAMES.items()
    ]
    stranger = Account(
        person="staff-far",
        username="far",
        name="Fay Faraway",
        role=Role.HEAD,
        schools=(Post(school=OTHER),),
        hash=hashed,
    )
    return [*own, stranger]


async def make_schools(store: Store) -> None:
    """``sch-test`` with two forms, ``sch-other`` with one."""
    pupils = [factory.pupil(n, form=f"form-{1 + n % 2}") for n in range(1, 7)]
    forms = {f: tuple(p.pupil for p in pupils if p.form == f) for f in ("form-1", "form-2")}
    groups = [factory.group(name, members) for name, members in forms.items()]
    for name in (SCHOOL, OTHER):
        document = factory.school(school=name, name=f"School {name}")
        roster = factory.Roster.build(document, groups, pupils)
        await (await store.create(name)).write(factory.roster_batch(roster))


@contextlib.asynccontextmanager
async def town(
    store: Store | None = None, *, made: bool = False, **settings: Any
) -> AsyncIterator[Town]:
    """A running town; ``settings`` change the server's. ``made``: its schools are there already."""
    kept = store or MemoryStore()
    clock = SetClock()
    ids = (f"{number:026d}" for number in itertools.count())
    app = create_app(Settings(**(CHEAP | settings)), kept, clock, ids=ids.__next__)
    if not made:
        await make_schools(kept)
    async with app.router.lifespan_context(app):
        site: Site = app.state.site
        await site.accounts.put(accounts(await site.accounts.hash(PASSWORD)))
        yield Town(app, kept, clock)


async def push(
    browser: httpx2.AsyncClient, *entries: Any, school: str = SCHOOL, **headers: str
) -> httpx2.Response:
    """Push entries as a tablet does."""
    body = orjson.dumps({"docs": list(entries), "new_edits": False})
    return await browser.post(
        f"/db/{school}/_bulk_docs",
        content=body,
        headers={"Content-Type": "application/json", **headers},
    )


def question(**fields: Any) -> dict[str, Any]:
    """What a tablet asks with ``_sync``."""
    return {"device": "tablet-1", "device_time": "2026-11-23T09:30:00.000Z"} | fields


async def ask(browser: httpx2.AsyncClient, school: str = SCHOOL, **fields: Any) -> dict[str, Any]:
    """Ask ``_sync``."""
    answer = await browser.post(f"/db/{school}/_sync", json=question(**fields))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def pull(
    browser: httpx2.AsyncClient, since: str = "0", school: str = SCHOOL, **query: str
) -> dict[str, Any]:
    """Pull ``_changes`` with documents."""
    params = {"since": since, "include_docs": "true", **query}
    answer = await browser.get(f"/db/{school}/_changes", params=params)
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found
