"""Provisioning: thousands of schools, ready for the day, before the server is started.

One school is written through the store and published by the server's own publisher; its file is
copied, and each copy gets its own school, groups and staff. So every school stands as it does at
a quarter to nine: the day is open, nobody has taken a register. Sessions are started in the store,
because a password is costly to check on purpose, and signing in is not what is measured.
"""

from __future__ import annotations

import asyncio
import secrets
import shutil
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import apsw

from loadtests.school import Shape, build, form_id, teacher_id, writes
from schemas.policy import Role
from server.accounts import Account, Accounts, Post
from server.nonces import Nonces
from server.passwords import Passwords
from server.publisher import Publisher
from server.sessions import Sessions
from server.settings import Settings
from sync.clock import SystemClock, to_ms
from sync.feed import Token, grants_digest
from sync.grants import Access
from sync.roster import Roster
from sync.store import Database, Store, WriteBatch
from sync.stores.names import file_name
from sync.stores.sqlite import SqliteStore

__all__ = ["DATABASES", "Provision", "Teacher"]

DATABASES = "databases"
"""The folder of databases within a server's data folder."""
CHECKPOINT = "publisher"
AT_ONCE = 64
ACCOUNTS_A_BATCH = 1000
A = TypeVar("A")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Teacher:
    """Somebody signed in on a tablet that has pulled everything there is.

    ``token``: where its pull stands. ``contact``: the nonce of its last contact.
    """

    person: str
    school: str
    form: int
    cookie: str
    token: str
    contact: str


@dataclass(frozen=True)
class Provision:
    """``schools`` schools of one ``shape`` in a data folder, on the morning of ``today``."""

    data: Path
    schools: int
    shape: Shape
    today: str

    @property
    def names(self) -> list[str]:
        """The schools' databases."""
        return [f"sch-{serial:05d}" for serial in range(self.schools)]

    def make(self) -> list[Teacher]:
        """Make the schools; returns every form's teacher, school by school."""
        template = asyncio.run(self._template())
        self._copy(template)
        return asyncio.run(self._people())

    async def make_in(self, store: Store) -> list[Teacher]:
        """Make the schools in a store that has no files to copy, one after the other."""
        marks: list[str] = []
        for serial, name in enumerate(self.names):
            database = await store.create(name)
            marks.append(
                await self._open_day(database, build(name, serial, self.shape, self.today))
            )
        return await self.sign_in(store, marks)

    async def _template(self) -> Path:
        """The file of one school, its day opened and published."""
        folder, name = self.data / "template", "sch-template"
        store = SqliteStore(folder, address="provisioning")
        database = await store.create(name)
        await self._open_day(database, build(name, 0, self.shape, self.today))
        await store.close()
        return folder / file_name(name)

    @staticmethod
    async def _open_day(database: Database, roster: Roster) -> str:
        """Write a roster, and publish the day; the mark of where the feed stands then."""
        await database.write(WriteBatch(writes(roster)))
        publisher = Publisher(database, lambda: roster, SystemClock())
        await publisher.settle()
        await publisher.close()
        return database.mark((await database.info()).update_seq)

    def _copy(self, template: Path) -> None:
        folder = self.data / DATABASES
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(apsw.Connection(str(template))) as connection:  # a small school's is all log
            connection.pragma("user_version")  # reading finds the log
            connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
        for name in self.names:
            shutil.copyfile(template, folder / file_name(name))
        shutil.rmtree(template.parent)

    async def _people(self) -> list[Teacher]:
        store = SqliteStore(self.data / DATABASES, address="provisioning")
        try:
            serials = range(self.schools)
            marks = await _gathered(serials, lambda serial: self._adopt(store, serial))
            return await self.sign_in(store, marks)
        finally:
            await store.close()

    async def _adopt(self, store: Store, serial: int) -> str:
        """Make a copy a school of its own; returns the mark of where its feed stands.

        The publisher's checkpoint moves past these writes: they change names only, and a server
        that found them new would publish the whole school again.
        """
        name = self.names[serial]
        database = await store.open(name)
        roster = build(name, serial, self.shape, self.today)
        await database.write(WriteBatch(writes(roster, pupils=False)))
        info = await database.info()
        checkpoint = dict(await database.read_local(CHECKPOINT) or {})
        assert "mark" in checkpoint, "the publisher keeps its checkpoint elsewhere now"
        checkpoint["mark"] = mark = database.mark(info.update_seq)
        await database.write(WriteBatch(local={CHECKPOINT: checkpoint}))
        return mark

    async def sign_in(self, store: Store, marks: Sequence[str]) -> list[Teacher]:
        """Give every form's teacher an account and a session; ``marks``: the schools' feeds."""
        settings, clock = Settings(data=self.data), SystemClock()
        passwords = Passwords(settings)
        accounts = await Accounts.open(store, passwords)
        sessions = Sessions(accounts.database, settings, clock, lambda: secrets.token_urlsafe(32))
        nonces = Nonces(accounts.secret, clock)
        forms = self.shape.forms
        found = [_account(n, s, form) for s, n in enumerate(self.names) for form in range(forms)]
        for first in range(0, len(found), ACCOUNTS_A_BATCH):
            await accounts.put(found[first : first + ACCOUNTS_A_BATCH])
        started = await _gathered(found, lambda one: sessions.start(one.person))
        passwords.close()
        calendar = build("any", 0, self.shape, self.today).calendar
        noon_ms = to_ms(f"{self.today}T12:00:00.000Z")
        teachers: list[Teacher] = []
        for at, (account, (cookie, _)) in enumerate(zip(found, started, strict=True)):
            post = account.schools[0]
            access = Access(account.person, account.grants(post.school))
            granted = access.channels(noon_ms, calendar)
            token = str(Token(marks[at // forms], grants_digest(granted)))
            teachers.append(
                Teacher(account.person, post.school, at % forms, cookie, token, nonces.give())
            )
        return teachers


def _account(school: str, serial: int, form: int) -> Account:
    person = teacher_id(serial, form)
    return Account(
        person=person,
        username=person,
        name=f"Teacher {form}",
        role=Role.CLASS_TEACHER,
        schools=(Post(school=school, groups=(form_id(form),)),),
    )


async def _gathered(each: Sequence[A], work: Callable[[A], Awaitable[T]]) -> list[T]:
    """Do ``work`` on each, so many at a time; results in order."""
    found: list[T] = []
    for first in range(0, len(each), AT_ONCE):
        found += await asyncio.gather(*(work(one) for one in each[first : first + AT_ONCE]))
    return found
