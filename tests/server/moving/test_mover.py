"""The mover, over stores in memory: what it refuses, what it mends, and where it goes on."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typing_extensions import override

from server.accounts import Account, Accounts, Post
from server.app import create_app
from server.closing import CLOSED, LOOK_MS, close, closing_of
from server.closing import Closing as Closed
from server.moving import mover
from server.moving.homes import VARIABLE, home_of, settings_at
from server.moving.mover import Differs, MoveCut, Moved, Moving, move_school, reopen_school
from server.nonces import Nonces
from server.passwords import Passwords
from server.settings import Settings
from sync.errors import MoveRefused, StoreError, StoreFull
from sync.moving import MOVING, Difference, Step
from sync.store import ChangesPage, Database, Store, WriteBatch, WriteResult
from sync.stores.memory import MemoryDatabase, MemoryStore
from sync.stores.records import Rules
from tests.factory import HEAD, MONDAY, TUTOR, SetClock, Tablet, claim
from tests.server.town import (
    CHEAP,
    OTHER,
    SCHOOL,
    Town,
    accounts,
    ask,
    make_schools,
    pull,
    push,
    town,
)
from tests.sync.stores.suite.helpers import edit, publish, write, write_one

OLD, NEW = "sqlite:/old", "sqlite:/new"


class Home(MemoryStore):
    """A store that outlives those who open it, and whose databases may fail."""

    def __init__(self, *, shared: bool = False) -> None:
        super().__init__()
        self._is_shared = shared

    @property
    @override
    def shared(self) -> bool:
        return self._is_shared

    @override
    async def close(self) -> None:
        pass


@dataclass
class Homes:
    """Two homes, and a way to move between them."""

    stores: dict[str, Home]
    clock: SetClock = field(default_factory=SetClock)
    steps: list[Step] = field(default_factory=list)

    @property
    def old(self) -> Home:
        return self.stores[OLD]

    @property
    def new(self) -> Home:
        return self.stores[NEW]

    @property
    def moving(self) -> Moving:
        return Moving(Settings(store=OLD, **CHEAP), self.clock, self.steps.append, 0)

    async def move(self, school: str = SCHOOL, to: str = NEW) -> Moved:
        return await move_school(school, to, self.moving)

    async def reopen(self) -> bool:
        return await reopen_school(SCHOOL, self.moving)


@pytest.fixture(params=[False, True], ids=["alone", "shared"])
async def homes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Homes:
    """An old home with two schools and their people, and an empty new one."""
    found = Homes({OLD: Home(shared=request.param), NEW: Home(shared=request.param)})
    monkeypatch.setattr(mover, "open_store", lambda settings, *_: found.stores[settings.store])
    await make_schools(found.old)
    passwords = Passwords(Settings(**CHEAP))
    known = await Accounts.open(found.old, passwords)
    await known.put(accounts(await known.hash("a fictional password")))
    passwords.close()
    return found


async def test_a_school_moves_once(homes: Homes) -> None:
    moved = await homes.move()
    assert (moved.school, moved.to, moved.people, moved.before) == (SCHOOL, NEW, 4, False)
    assert moved.documents == (await (await homes.old.open(SCHOOL)).info()).doc_count
    assert {step.doing for step in homes.steps} == {"copying", "verifying"}
    assert await homes.move() == Moved(SCHOOL, NEW, before=True)
    with pytest.raises(MoveRefused, match=r"moved to sqlite:/new at 2026-.*Move it on from there"):
        await homes.move(to="sqlite:/third")
    with pytest.raises(MoveRefused, match="moved to sqlite:/new"):
        await homes.reopen()
    assert await homes.new.names() == ["accounts", SCHOOL]


@pytest.mark.parametrize(
    ("school", "to", "said"),
    [
        ("sch-unknown", NEW, "There is no school sch-unknown in sqlite:/old"),
        ("Not a name", NEW, "There is no school Not a name"),
        ("accounts", NEW, "There is no school accounts"),
        (SCHOOL, OLD, "is its own home"),
        (SCHOOL, "sqlite:///old", "is its own home"),
        (SCHOOL, "sqlite:", "names no store to move to"),
        (SCHOOL, "sqlite://", "names no store to move to"),
        (SCHOOL, "memory:", "names no store to move to"),
        (SCHOOL, "", "names no store to move to"),
        (SCHOOL, "/new", "names no store to move to"),
        (SCHOOL, "couch+http://user:secret@host", "names no store to move to"),
        (SCHOOL, "couchdb+http://", "no address of a CouchDB"),
        (SCHOOL, "couchdb+http://user:secret@host:port", "no address of a CouchDB"),
    ],
)
async def test_what_cannot_be_done_is_said(homes: Homes, school: str, to: str, said: str) -> None:
    with pytest.raises(MoveRefused, match=said) as refusal:
        await homes.move(school, to)
    assert "secret" not in refusal.value.sentence
    assert await homes.new.names() == []


async def test_stores_that_keep_nothing_have_nothing_to_move() -> None:
    with pytest.raises(MoveRefused, match="keeps nothing"):
        await move_school(SCHOOL, NEW, Moving(Settings(store="memory:"), SetClock()))
    with pytest.raises(MoveRefused, match="can be empty"):
        await move_school(SCHOOL, NEW, Moving(Settings(store="tape:"), SetClock()))


async def test_a_folder_that_cannot_be_had_is_named() -> None:
    settings = Settings(store="sqlite:/proc/nowhere/databases")
    with pytest.raises(MoveRefused, match="sqlite:/proc/nowhere/databases cannot be opened"):
        await move_school(SCHOOL, NEW, Moving(settings, SetClock()))


def test_a_password_may_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    def at(url: str) -> Settings:
        return settings_at(Settings(), url, Path("/mirrors"))

    assert at("couchdb+http://user@host:5984").store == "couchdb+http://user@host:5984"
    monkeypatch.setenv(VARIABLE, "se:cret/")
    with_password = "couchdb+http://user:se%3Acret%2F@host:5984"
    assert at("couchdb+http://user@host:5984").store == with_password
    assert home_of(at("couchdb+http://user@host:5984/")) == "couchdb+http://host:5984"
    assert at("couchdb+http://user:other@host:5984").store.count("other") == 1
    assert at("couchdb+http://host:5984").store == "couchdb+http://host:5984"
    assert at(NEW).store == NEW


async def test_a_school_of_that_name_from_elsewhere_is_left_alone(homes: Homes) -> None:
    there = await homes.new.create(SCHOOL)
    await write(there, edit("theirs"))
    with pytest.raises(MoveRefused, match="'sch-test' at the new home already"):
        await homes.move()
    assert (await there.info()).update_seq == 1
    assert await homes.new.names() == [SCHOOL]
    assert await closing_of(await homes.old.open(SCHOOL)) is None


class Full(MemoryDatabase):
    """A database on a disk with room for so many batches."""

    room = 3

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        self.room -= 1
        if self.room < 0:
            raise StoreFull("There is no space left.")
        return await super().write(batch)


def put(store: Home, database: MemoryDatabase) -> None:
    store._databases[SCHOOL] = database


async def test_a_full_disk_is_said_and_the_same_command_goes_on(homes: Homes) -> None:
    here = await homes.old.open(SCHOOL)
    await write(here, *(edit(f"many:{n:04}") for n in range(500)))
    full = Full(SCHOOL, "new", Rules())
    put(homes.new, full)
    with pytest.raises(MoveCut, match=r"no space left. The move came as far as [45]00 documents"):
        await homes.move()
    assert await closing_of(here) is None
    full.room = 1000
    assert (await homes.move()).documents == (await here.info()).doc_count


class Wrong(MemoryDatabase):
    """A database that garbles what it is given; ``wrong``: how many batches of documents."""

    wrong = 1

    @override
    async def write(self, batch: WriteBatch) -> list[WriteResult]:
        if batch.writes and self.wrong:
            self.wrong -= 1
            batch = WriteBatch(batch.writes[1:], batch.local)
        return await super().write(batch)


async def test_what_differs_is_copied_again(homes: Homes) -> None:
    put(homes.new, Wrong(SCHOOL, "new", Rules()))
    assert (await homes.move()).people == 4


async def test_what_differs_for_good_leaves_the_school_where_it_is(homes: Homes) -> None:
    wrong = Wrong(SCHOOL, "new", Rules())
    wrong.wrong = 1000
    put(homes.new, wrong)
    here = await homes.old.open(SCHOOL)
    await write(here, *(edit(f"many:{n:04}", n=1) for n in range(30)))
    before = await here.info()
    with pytest.raises(Differs, match=r"Documents differ at the new home: .*missing"):
        await homes.move()
    assert (await here.info(), await here.read_local(CLOSED)) == (before, None)


def test_a_few_of_many_differences_are_named() -> None:
    told = Differs([Difference(f"d:{n}", "missing") for n in range(25)]).sentence
    assert "25" in told
    assert "d:19 (missing) and 5 more" in told
    assert "d:20" not in told


class Busy(MemoryDatabase):
    """A database that somebody writes to whenever its feed is read from the beginning."""

    @override
    async def changes(self, since: int, **how: Any) -> ChangesPage:
        if not since:
            await write_one(self, publish("busy", n=self._seq))
        return await super().changes(since, **how)


async def test_a_school_that_is_written_to_without_end_stays(homes: Homes) -> None:
    busy = Busy(SCHOOL, "old", Rules())
    put(homes.old, busy)
    with pytest.raises(MoveRefused, match="still being written to"):
        await homes.move()
    assert await busy.read_local(CLOSED) is None


def town_at(store: Store) -> Any:
    return _Serving(store)


class _Serving:
    """A server over a store that is filled already."""

    def __init__(self, store: Store) -> None:
        self._store = store

    async def __aenter__(self) -> Town:

        clock = SetClock()
        app = create_app(Settings(**CHEAP), self._store, clock)
        self._lifespan = app.router.lifespan_context(app)
        await self._lifespan.__aenter__()
        return Town(app, self._store, clock)

    async def __aexit__(self, *error: object) -> None:
        await self._lifespan.__aexit__(None, None, None)


async def refused(browser: httpx2.AsyncClient) -> bool:
    """Whether the school is refused; the same for whatever is asked."""
    answers = [
        await browser.get(f"/db/{SCHOOL}/_changes"),
        await push(browser, Tablet(TUTOR).register(claim(2), date=MONDAY)),
    ]
    assert len({answer.status_code == 503 for answer in answers}) == 1
    assert all(answer.json()["error"] == "moved" for answer in answers if not answer.is_success)
    return answers[0].status_code == 503


@pytest.fixture
async def shared(monkeypatch: pytest.MonkeyPatch) -> Homes:
    found = Homes({OLD: Home(shared=True), NEW: Home(shared=True)})
    monkeypatch.setattr(mover, "open_store", lambda settings, *_: found.stores[settings.store])
    return found


async def test_a_server_that_shares_the_store_notices_and_the_new_one_goes_on(
    shared: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = Tablet(TUTOR)
    slept: list[float] = []
    async with town(shared.old) as old, old.visit() as browser:
        await push(browser, tablet.register(claim(2), date=MONDAY))
        await old.settle()
        token = (await pull(browser))["last_seq"]
        nonce = (await ask(browser, token=token))["nonce"]

        async def sleep(seconds: float) -> None:
            """While the mover waits: the last push comes in, then the server has noticed."""
            slept.append(seconds)
            await push(browser, tablet.register(claim(4), date=MONDAY))
            old.clock.ms += LOOK_MS
            assert await refused(browser)

        monkeypatch.setattr(mover, "asyncio", type("Time", (), {"sleep": staticmethod(sleep)}))
        moved = await move_school(
            SCHOOL, NEW, Moving(Settings(store=OLD, **CHEAP), old.clock, grace_s=7)
        )
        assert (moved.people, slept) == (4, [7])
        old.clock.ms += LOOK_MS
        assert await refused(browser)
        mine = (await browser.get("/session")).json()["schools"]
        assert [(one["school"], one["name"], one["role"]) for one in mine] == [
            (SCHOOL, f"School {SCHOOL}", "class_teacher")
        ]
        async with town_at(shared.new) as new, new.browser() as there:
            new.clock.ms = old.clock.ms
            there.cookies = browser.cookies
            said = await ask(
                there, token=token, logs=[{"log": tablet.log, "n": 2, "digest": tablet.prev}]
            )
            assert not said["reset"]
            assert said["receipts"][0]["through"] == 2
            assert new.site.nonces.contact_ms(nonce) is not None
            page = await pull(there, token)
            assert "reset" not in page
            assert not await refused(there)


async def test_a_new_home_that_is_being_filled_serves_nobody(shared: Homes) -> None:
    async with town(shared.old) as old, old.visit() as browser:
        there = await shared.old.open(SCHOOL)
        await there.write(WriteBatch(local={MOVING: {"epoch": "e"}}))
        old.clock.ms += LOOK_MS
        assert await refused(browser)
        other = await shared.old.create("sch-empty")
        await other.write(WriteBatch(local={MOVING: {"epoch": "e"}}))
        account = await old.site.accounts.of(TUTOR.person)
        assert account is not None
        posts = (*account.schools, Post(school="sch-empty"), Post(school="sch-nowhere"))
        await old.site.accounts.put([account.model_copy(update={"schools": posts})])
        me = (await browser.get("/session")).json()
        assert [one["name"] for one in me["schools"]] == [f"School {SCHOOL}", "sch-empty"]


async def test_a_move_that_is_stopped_lets_the_school_be_used_again(shared: Homes) -> None:
    await make_schools(shared.old)
    here = await shared.old.open(SCHOOL)
    moving = Moving(Settings(store=OLD, **CHEAP), SetClock(), grace_s=60)
    task = asyncio.create_task(move_school(SCHOOL, NEW, moving))
    while await closing_of(here) is None:  # noqa: ASYNC110  # nothing tells of a local document
        await asyncio.sleep(0.001)
    closing = await closing_of(here)
    assert closing is not None
    assert (closing.to, closing.done) == (NEW, False)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await closing_of(here) is None
    assert (await shared.move()).before is False


async def test_a_move_that_was_killed_is_gone_on_with_or_given_up(homes: Homes) -> None:
    here = await homes.old.open(SCHOOL)
    assert not await homes.reopen()
    await close(here, Closed(NEW, "2026-11-23T09:00:00.000Z", done=False))
    with pytest.raises(MoveRefused, match=r"A move of the school .* was begun at 2026-.*--reopen"):
        await homes.move(to="sqlite:/third")
    assert await homes.reopen()
    assert await closing_of(here) is None
    await close(here, Closed(NEW, "2026-11-23T09:00:00.000Z", done=False))
    assert (await homes.move()).people == 4


async def test_a_move_killed_before_its_last_step_is_finished(
    homes: Homes, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def killed(*_: Any) -> None:
        raise RuntimeError

    with monkeypatch.context() as patch:
        patch.setattr("sync.moving.Move.finish", killed)
        with pytest.raises(RuntimeError):
            await homes.move()
    there = await homes.new.open(SCHOOL)
    closing = await closing_of(await homes.old.open(SCHOOL))
    assert closing is not None
    assert closing.done
    assert await there.read_local(MOVING) is not None
    assert (await homes.move()).before is False
    assert await there.read_local(MOVING) is None
    assert (await homes.move()).before is True


async def test_contacts_come_along(homes: Homes) -> None:
    contacts = {"contacts": [{"device": "tablet-1"}]}
    await (await homes.old.open(SCHOOL)).write(WriteBatch(local={"contacts": contacts}))
    await homes.move()
    assert await (await homes.new.open(SCHOOL)).read_local("contacts") == contacts


@dataclass
class People:
    old: Accounts
    new: Accounts


@pytest.fixture
async def people(homes: Homes) -> Any:
    passwords = Passwords(Settings(**CHEAP))
    yield People(
        await Accounts.open(homes.old, passwords), await Accounts.open(homes.new, passwords)
    )
    passwords.close()


async def reread(store: Store) -> tuple[Accounts, Passwords]:
    passwords = Passwords(Settings(**CHEAP))
    return await Accounts.open(store, passwords), passwords


async def test_people_can_sign_in_at_the_new_home(homes: Homes) -> None:
    await homes.move()
    new, passwords = await reread(homes.new)
    account = await new.sign_in("tess", "a fictional password")
    assert account is not None
    assert account.schools == (Post(school=SCHOOL, groups=("form-1",)),)
    assert await new.sign_in("far", "a fictional password") is None
    await homes.move(OTHER)
    assert await new.sign_in("far", "a fictional password") is not None
    passwords.close()


async def test_a_home_with_people_keeps_them_and_its_secret(homes: Homes, people: People) -> None:
    own = Account(
        person=TUTOR.person,
        username="tess.t",
        name="Tess",
        role=TUTOR.role,
        schools=(Post(school="sch-new"), Post(school=SCHOOL)),
    )
    closed = Account(person=HEAD.person, username="hana", name="H", role=HEAD.role, closed=True)
    await people.new.put([own, closed])
    secret, clock = people.new.secret, SetClock()
    nonce = Nonces(people.old.secret, clock).give()
    await homes.move()
    await homes.move(OTHER)
    new, passwords = await reread(homes.new)
    assert new.secret == secret != people.old.secret
    assert new.earlier == (people.old.secret,)
    nonces = Nonces(new.secret, clock, new.earlier)
    assert nonces.contact_ms(nonce) == clock.now_ms()
    assert nonces.contact_ms(nonce[:-1] + "x") is None
    tess, hana = await new.kept(TUTOR.person), await new.kept(HEAD.person)
    assert tess is not None
    assert hana is not None
    assert (tess.username, hana.closed) == ("tess.t", True)
    posts = [post.school for post in tess.schools]
    assert posts == ["sch-new", SCHOOL]
    passwords.close()


async def test_an_account_that_is_closed_here_gets_no_post_there(
    homes: Homes, people: People
) -> None:
    head = await people.old.kept(HEAD.person)
    assert head is not None
    await people.old.put([head.model_copy(update={"closed": True})])
    await people.new.put([head.model_copy(update={"schools": ()})])
    await homes.move()
    there = await people.new.kept(HEAD.person)
    assert there is not None
    assert (there.closed, there.schools) == (False, ())


async def test_a_username_of_somebody_else_there_stops_the_move(
    homes: Homes, people: People
) -> None:
    other = Account(person="per-other", username="tess", name="Tess Two", role=TUTOR.role)
    await people.new.put([other])
    with pytest.raises(MoveRefused, match=f"{TUTOR.person} is that of somebody else .per-other."):
        await homes.move()
    here: Database = await homes.old.open(SCHOOL)
    assert await closing_of(here) is None
    await people.new.put([other.model_copy(update={"username": "tess2"})])
    assert (await homes.move()).people == 4


async def test_a_store_that_fails_is_quoted(homes: Homes) -> None:
    class Failing(MemoryDatabase):
        @override
        async def info(self) -> Any:
            raise StoreError("The disk is on fire.")

    put(homes.new, Failing(SCHOOL, "new", Rules()))
    with pytest.raises(StoreError, match="on fire"):
        await homes.move()
