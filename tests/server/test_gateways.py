"""Several servers over one store: each sees what the others did, and none stands in for a crowd."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from schemas.published import Sheet
from schemas.syncing import SyncAnswer
from server import following
from server.accounts import MINTING_TRIES, Accounts
from server.app import create_app
from server.passwords import Passwords
from server.publisher import TASK
from server.sessions import TRUST_MS
from server.settings import Settings
from sync.errors import StoreError
from sync.store import WriteBatch
from sync.stores.memory import MemoryDatabase, MemoryStore
from tests.factory import MONDAY, TUTOR, SetClock, Tablet, claim
from tests.server.town import (
    CHEAP,
    SCHOOL,
    Town,
    accounts,
    credentials,
    make_schools,
    push,
)

SHEET = f"sheet:{MONDAY}:AM:form-1"
SOON_S = 5.0


class SharedStore(MemoryStore):
    """A memory store that others use as well."""

    @property
    @override
    def shared(self) -> bool:
        return True


@dataclass
class Two:
    """Two servers, and what they share."""

    one: Town
    other: Town
    clock: SetClock


@contextlib.asynccontextmanager
async def serving(store: MemoryStore, clock: SetClock, letter: str) -> AsyncIterator[Town]:
    ids = (f"{letter}{number:025d}" for number in itertools.count())
    app = create_app(Settings(**CHEAP), store, clock, ids=ids.__next__)
    async with app.router.lifespan_context(app):
        yield Town(app, store, clock)


@pytest.fixture
async def two() -> AsyncIterator[Two]:
    store, clock = SharedStore(), SetClock()
    await make_schools(store)
    async with serving(store, clock, "a") as one, serving(store, clock, "b") as other:
        site = one.site
        await site.accounts.put(accounts(await site.accounts.hash("a fictional password")))
        yield Two(one, other, clock)


@contextlib.asynccontextmanager
async def as_signed_in(browser: httpx2.AsyncClient, at: Town) -> AsyncIterator[httpx2.AsyncClient]:
    """The same browser, at another server of the same address."""
    async with at.browser() as moved:
        moved.cookies = browser.cookies
        yield moved


async def ask(browser: httpx2.AsyncClient, tablet: Tablet, n: int) -> SyncAnswer:
    body = {
        "device": "tablet-1",
        "device_time": "2026-11-23T08:45:00.000Z",
        "logs": [{"log": tablet.log, "n": n, "digest": tablet.prev, "receipt": None}],
        "waiting": n,
    }
    answer = await browser.post(f"/db/{SCHOOL}/_sync", json=body)
    assert answer.status_code == 200, answer.text
    return SyncAnswer.model_validate_json(answer.content)


async def test_who_signed_in_at_one_server_is_signed_in_at_the_other(two: Two) -> None:
    async with two.one.visit() as browser, as_signed_in(browser, two.other) as there:
        assert (await there.get("/session")).status_code == 200
        assert (await browser.delete("/session")).status_code in {200, 204}
        two.clock.ms += TRUST_MS + 1
        assert (await there.get("/session")).status_code == 401


async def test_an_account_closed_at_one_server_is_closed_at_the_other_at_once(two: Two) -> None:
    async with two.other.visit() as browser:
        account = await two.one.site.accounts.of(TUTOR.person)
        assert account is not None
        await two.one.site.accounts.put([account.model_copy(update={"closed": True})])
        assert (await browser.get("/session")).status_code == 401
        answer = await browser.post("/session", json=credentials("tess"))
        assert answer.status_code == 401


async def test_both_know_the_nonces_that_either_gave(two: Two) -> None:
    nonce = two.one.site.nonces.give()
    assert two.other.site.nonces.contact_ms(nonce) == two.clock.now_ms()


async def test_receipts_cover_what_came_in_at_either(two: Two) -> None:
    tablet = Tablet(TUTOR)
    async with two.one.visit() as browser, as_signed_in(browser, two.other) as there:
        await push(browser, tablet.register(claim(2)))
        first = await ask(there, tablet, 1)
        await push(there, tablet.register(claim(4)))
        second = await ask(browser, tablet, 2)
    assert [one.through for one in first.receipts] == [1]
    assert [one.through for one in second.receipts] == [2]


async def test_a_token_of_one_server_is_followed_by_the_other(two: Two) -> None:
    async with two.one.visit() as browser, as_signed_in(browser, two.other) as there:
        await two.one.settle()
        pulled = (await browser.get(f"/db/{SCHOOL}/_changes")).json()
        url = f"/db/{SCHOOL}/_changes?since={pulled['last_seq']}"
        answer = (await there.get(url)).json()
    assert pulled["results"]
    assert answer["results"] == []
    assert not answer.get("reset")


async def test_what_a_server_took_in_before_it_died_is_published_by_another(two: Two) -> None:
    async with two.one.visit() as browser, as_signed_in(browser, two.other) as there:
        await ask(there, Tablet(TUTOR), 0)  # the school is open there
        async with two.one.site.schools.use(SCHOOL) as opened:
            await opened.publisher.close()  # as dead as can be in the same process
        await push(browser, Tablet(TUTOR).register(claim(2)))
        await _until_marked(two)


async def _until_marked(two: Two) -> None:
    database = await two.other.store.open(SCHOOL)
    async with asyncio.timeout(SOON_S):
        while True:
            document, *_ = await database.read([SHEET])
            if document is not None:
                sheet = Sheet.model_validate({"_id": SHEET, **document.body}, strict=False)
                if sheet.takings:
                    return
            await asyncio.sleep(0.01)


async def test_a_school_is_published_by_one_server_at_a_time(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []
    thrice = asyncio.Event()
    free = False

    async def claims(_: MemoryDatabase, task: str, for_s: float) -> bool:
        asked.append(task)
        if asked.count(TASK) == 3:
            thrice.set()
        return free

    monkeypatch.setattr(MemoryDatabase, "claim", claims)
    monkeypatch.setattr(following, "CLAIM_S", 0.02)
    async with two.one.visit() as browser:
        await push(browser, Tablet(TUTOR).register(claim(2)))
        await asyncio.wait_for(thrice.wait(), SOON_S)  # it looks again
        database = await two.one.store.open(SCHOOL)
        assert await database.read([SHEET]) == [None]
        assert TASK in asked
        free = True
        await _until_marked(two)


async def test_contacts_of_both_servers_are_shown_together(two: Two) -> None:
    async with two.one.site.schools.use(SCHOOL) as here, two.other.site.schools.use(SCHOOL) as far:
        here.contacts.hear("p-1", "Ann", "tablet-1", 0)
        far.contacts.hear("p-2", "Bob", "tablet-2", 3)
        await here.contacts.write()
        two.clock.ms += 1000
        far.contacts.hear("p-1", "Ann", "tablet-1", 2)
        await far.contacts.write()
        rows = [(row["person"], row["waiting"]) for row in far.contacts.rows()]
        assert rows == [("p-1", 2), ("p-2", 3)]
        here.contacts.hear("p-3", "Cat", "tablet-3", 1)
        await here.contacts.write()
        assert [row["person"] for row in here.contacts.rows()] == ["p-3", "p-1", "p-2"]


async def test_the_secret_is_minted_by_one_and_waited_for_by_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = MemoryStore()
    passwords = Passwords(Settings(**CHEAP))
    accounts_database = await store.create("accounts")
    monkeypatch.setattr("server.accounts.MINTING_S", 0.4)

    async def never(*_: Any) -> bool:
        return False

    monkeypatch.setattr(MemoryDatabase, "claim", never)
    with pytest.raises(StoreError, match="start this one again"):
        await Accounts.open(store, passwords)
    waiting = asyncio.create_task(Accounts.open(store, passwords))
    await asyncio.sleep(0.8 / MINTING_TRIES)
    await accounts_database.write(WriteBatch(local={"secret": {"secret": "ab" * 32}}))
    assert (await asyncio.wait_for(waiting, SOON_S)).secret == bytes.fromhex("ab" * 32)
    passwords.close()


async def test_two_servers_that_start_at_once_have_one_secret() -> None:
    store = MemoryStore()
    passwords = Passwords(Settings(**CHEAP))
    both = await asyncio.gather(*(Accounts.open(store, passwords) for _ in range(2)))
    assert both[0].secret == both[1].secret
    passwords.close()
