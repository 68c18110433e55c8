"""Devices that push over a wire that fails, to a server that is stopped and rolled back."""

from __future__ import annotations

import contextlib
import shutil
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any, Self

import httpx2

from schemas.canonical import GENESIS
from server.app import create_app
from server.backups.restoring import begin_anew
from server.settings import Settings
from server.site import Site
from sync.pushed import Speaker
from sync.stores.memory import new_epoch
from sync.stores.sqlite import SqliteStore
from tests.factory import NINE, SetClock, Tablet, claim, claim_ids
from tests.server.town import CHEAP, SCHOOL, USERNAMES, accounts, credentials, make_schools

PASSWORD = "a fictional password"
CODES = ("/", "N")
TIMES = ("08:55", "09:04", "09:21", "09:40")
MOST_PUSHED = 4


@dataclass
class Device:
    """One person's log. It believes receipts and nothing else."""

    speaker: Speaker
    log: str
    cookies: dict[str, str] = field(default_factory=dict)
    tablet: Tablet = field(init=False)
    receipt: dict[str, Any] | None = None

    def __post_init__(self) -> None:
        self.tablet = Tablet(self.speaker, log=self.log)

    def lacking(self) -> list[dict[str, Any]]:
        """Entries that the last receipt does not cover."""
        if self.receipt is None:
            return list(self.tablet.entries)
        gaps = self.receipt["missing"]
        highest = self.receipt["highest"]
        return [
            one
            for one in self.tablet.entries
            if one["n"] > highest or any(first <= one["n"] <= last for first, last in gaps)
        ]


@dataclass
class Cells:
    """What was ever said of each pupil, so that later words can answer earlier ones."""

    claims: dict[str, list[str]] = field(default_factory=dict)

    def write(self, device: Device, chance: Random) -> None:
        """A register, an arrival or an amendment, of some pupils, seeing some of what was said."""
        pupils = chance.sample(range(1, 7), chance.randint(1, 3))
        said = [self._claim(pupil, chance) for pupil in pupils]
        late = len(said) == 1 and chance.random() < 0.3
        entry = (
            device.tablet.say(
                "arrival.recorded", claim(pupils[0], "L", arrived=chance.choice(TIMES))
            )
            if late and device.speaker.role == "attendance_officer"
            else device.tablet.register(*said)
        )
        for one, name in zip(entry["body"]["claims"], claim_ids(entry), strict=True):
            self.claims.setdefault(one["pupil"], []).append(name)

    def _claim(self, pupil: int, chance: Random) -> dict[str, Any]:
        before = self.claims.get(f"pup-{pupil}", [])
        seen = [name for name in before if chance.random() < 0.3]
        return claim(pupil, chance.choice(CODES), replaces=sorted(seen), observed_at=NINE)


class Server:
    """A server over a folder, in this process, that can be stopped and started."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._copy = folder.with_name(f"{folder.name}-copy")
        self._stack = contextlib.AsyncExitStack()
        self.clock = SetClock()
        self.app: Any = None

    async def __aenter__(self) -> Self:
        store = SqliteStore(self._folder)
        await make_schools(store)
        await store.close()
        await self.start()
        site = self.site
        await site.accounts.put(accounts(await site.accounts.hash(PASSWORD)))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def site(self) -> Site:
        site: Site = self.app.state.site
        return site

    async def start(self) -> None:
        """Start over what is in the folder."""
        store = SqliteStore(self._folder)
        self._stack.push_async_callback(store.close)
        self.app = create_app(Settings(**CHEAP), store, self.clock)
        await self._stack.enter_async_context(self.app.router.lifespan_context(self.app))

    async def stop(self) -> None:
        """Stop, with what was acknowledged on disk."""
        await self._stack.aclose()

    async def keep_copy(self) -> None:
        """Take a copy of the data folder."""
        await self.stop()
        shutil.rmtree(self._copy, ignore_errors=True)
        shutil.copytree(self._folder, self._copy)
        await self.start()

    async def roll_back(self, *, anew: bool = False) -> None:
        """Go back to the copy, if there is one. ``anew``: and say so, as an operator should.

        Then another history begins; else nobody is told.
        """
        if self._copy.exists():
            await self.stop()
            shutil.rmtree(self._folder)
            shutil.copytree(self._copy, self._folder)
            if anew:
                begin_anew(self._folder, self.clock, new_epoch)
            await self.start()

    @contextlib.asynccontextmanager
    async def visit(self, device: Device) -> AsyncIterator[httpx2.AsyncClient]:
        """A connection of a device, signed in as its person."""
        transport = httpx2.ASGITransport(app=self.app, raise_app_exceptions=True)
        async with httpx2.AsyncClient(
            transport=transport, base_url="http://tidemark.test", cookies=device.cookies
        ) as browser:
            if not device.cookies:
                username = USERNAMES[device.speaker]
                answer = await browser.post("/session", json=credentials(username))
                assert answer.status_code == 200, answer.text
                device.cookies = dict(browser.cookies)
            yield browser

    async def push(self, device: Device, entries: list[dict[str, Any]], chance: Random) -> None:
        """Push over a wire that cuts before or after the commit, or sends twice."""
        fault = chance.choice(("none", "cut before", "cut after", "twice"))
        if fault == "cut before":
            return
        async with self.visit(device) as browser:
            for _ in range(2 if fault == "twice" else 1):
                body = {"docs": entries, "new_edits": False}
                answer = await browser.post(f"/db/{SCHOOL}/_bulk_docs", json=body)
                assert answer.status_code == 201, answer.text
            if fault != "cut after":
                await self.ask(device, browser)

    async def ask(self, device: Device, browser: httpx2.AsyncClient) -> None:
        """Ask for the receipt of a device's log."""
        tablet = device.tablet
        head = {
            "log": tablet.log,
            "n": tablet.n if device.receipt else 0,
            "digest": tablet.prev if device.receipt else GENESIS,
        }
        question = {"device": "tablet-1", "device_time": self.clock.now, "logs": [head]}
        answer = await browser.post(f"/db/{SCHOOL}/_sync", json=question)
        assert answer.status_code == 200, answer.text
        for receipt in answer.json()["receipts"]:
            device.receipt = receipt

    async def published(self, device: Device) -> dict[str, Any]:
        """Everything this device's person may see, by id, without revisions and in one order."""
        async with self.site.schools.use(SCHOOL) as opened:
            await opened.publisher.settle()
        async with self.visit(device) as browser:
            query = {"since": "0", "include_docs": "true"}
            answer = await browser.get(f"/db/{SCHOOL}/_changes", params=query)
        rows = answer.json()["results"]
        return {row["id"]: _plain(row["doc"]) for row in rows if "doc" in row}


def _plain(value: Any) -> Any:
    """A document without its revision, lists of objects in an order of their own."""
    if isinstance(value, dict):
        return {key: _plain(one) for key, one in value.items() if key != "_rev"}
    if isinstance(value, list):
        return sorted((_plain(one) for one in value), key=repr)
    return value
