"""Schools: what the server keeps in memory of those in use, opened on demand, closed when idle.

Each has its database, its roster (read again when an import changes it), its intake, its publisher
and its contacts. Thousands may exist; those idle longest are let go beyond ``open_schools``.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable
from functools import partial

from pydantic import ValidationError

from schemas.access import Grant
from server.accounts import posts_in
from server.audit.anchors import Anchoring
from server.audit.custody import Custody
from server.audit.views import Watch
from server.closing import LOOK_MS, check_here
from server.contacts import ContactBook
from server.deciding import alone
from server.erasure.applying import carry_out, remember
from server.family.atlas import Atlas
from server.family.desk import Desk
from server.family.places import Places
from server.followers import followers_of
from server.logs import log, place
from server.metrics import Metrics
from server.problems import Refusal
from server.publishers import Publishers
from server.relay.errands import Errands
from sync import channels
from sync.backed import BackedUp
from sync.clock import Clock
from sync.erasure import Erasures, load_erasures
from sync.errors import BadName, DatabaseMissing, StoreError
from sync.grants import GrantBook
from sync.intake import Around, Intake
from sync.judging import Contacts
from sync.lookups import Posts, no_posts
from sync.roster import Roster, load_roster
from sync.store import Database, Store
from sync.topics import GRANTS
from sync.understanding import understand

__all__ = ["OpenSchool", "Schools"]

WATCHED = (
    channels.ROSTER
    | channels.STAFF
    | channels.ERASURES
    | {channels.entries(GRANTS), channels.arrivals(GRANTS)}
)
"""Channels of what the roster is read from, of what gives grants, and of what was erased."""
MINUTE_S = 60
FOLLOW_S = 55.0
FOLLOW_PAUSE_S = 0.1
"""Between two looks at what other servers took in: a burst is looked at once."""
CONTACTS_MINUTES = 5
"""Minutes between writing down who was heard of, and asking what an operator has backed up."""


class Meter:
    """Counts what one school's publisher does, and knows whether its last attempt failed."""

    def __init__(self, metrics: Metrics) -> None:
        self._metrics = metrics
        self.failing = False

    def published(self, documents: int, seconds: float) -> None:
        """A batch of documents was written, so long after the work on it began."""
        self.failing = False
        self._metrics.published(documents, seconds)

    def failed(self, kind: str) -> None:
        """Something of a kind could not be computed or written; the publisher logs which."""
        self.failing = True
        self._metrics.publishing_failed(kind)


Backups = Callable[[Database], Awaitable[tuple[BackedUp, ...]]]
"""What backups hold of a school, by its database."""


async def no_backups(_: Database) -> tuple[BackedUp, ...]:
    """None hold anything."""
    return ()


class OpenSchool:
    """One school in memory."""

    def __init__(
        self, database: Database, roster: Roster, roster_seq: int, contacts: ContactBook
    ) -> None:
        self.database = database
        self.roster = roster
        self.contacts = contacts
        self.backups: tuple[BackedUp, ...] = ()
        self.users = 0
        self.intake: Intake
        self.publisher: Publishers
        self.meter: Meter
        self.anchoring: Anchoring | None = None
        self.erasures = Erasures()
        self.watch: Watch
        self._roster_seq = roster_seq
        self._looked_ms = 0
        self._reading = asyncio.Lock()
        self._follower: asyncio.Task[None] | None = None

    @property
    def grants(self) -> GrantBook:
        """What entries say of grants, as last read."""
        return self.intake.grants

    async def current(self) -> None:
        """Read grants, and the roster, again if any of their documents has changed."""
        page = await self.database.changes(self._roster_seq, channels=WATCHED, limit=1)
        if not page.changes:
            self._roster_seq = max(self._roster_seq, page.last_seq)
            return
        async with self._reading:
            info = await self.database.info()
            if info.update_seq > self._roster_seq:
                await self.grants.refresh()
                if await self._roster_changed():
                    await self._read_again()
                self._roster_seq = info.update_seq

    async def _roster_changed(self) -> bool:
        wanted = channels.ROSTER | channels.STAFF | channels.ERASURES
        page = await self.database.changes(self._roster_seq, channels=wanted, limit=1)
        return bool(page.changes)

    async def check_here(self, now_ms: int) -> None:
        """Raise ``Refusal`` (``moved``) if the school was moved away, or is being, by others.

        While the store cannot be asked, what it said last stands.
        """
        if now_ms - self._looked_ms >= LOOK_MS:
            with contextlib.suppress(StoreError):
                await check_here(self.database)
            self._looked_ms = now_ms

    async def _read_again(self) -> None:
        """A roster that cannot be read leaves the last one in force: an import went wrong."""
        try:
            self.erasures = await load_erasures(self.database)
            self.roster = await load_roster(self.database)
        except (ValidationError, LookupError) as error:
            log().error("the roster cannot be read", error=type(error).__name__, at=place(error))

    def follow(self) -> None:
        """Have published what other servers take in as well, should they not get to it."""
        self._follower = asyncio.create_task(self._follow())

    async def _follow(self) -> None:
        while True:
            try:
                newest = (await self.database.info()).update_seq
                if await self.database.wait(newest, None, FOLLOW_S):
                    await self.current()
                    self.publisher.wake()
            except StoreError as error:
                log().error("a school cannot be followed", error=type(error).__name__)
            await asyncio.sleep(FOLLOW_PAUSE_S)

    async def close(self, *, settle: bool) -> None:
        """Let it go; ``settle``: publish first what was taken in, or leave it to the next start."""
        if self._follower is not None:
            self._follower.cancel()
        if settle:
            await self.publisher.settle()
        await self.publisher.close()
        await self.contacts.write()
        if settle and self.anchoring is not None:
            await self.anchoring.note()


class Schools:
    """The schools that are open, by id."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        ids: Callable[[], str],
        nonces: Contacts,
        metrics: Metrics,
        limit: int,
        *,
        backups: Backups = no_backups,
        custody: Custody | None = None,
    ) -> None:
        """Without ``custody`` no anchors are made, and schools alone remember what was erased."""
        self._store = store
        self._places = Places(store)
        self._clock = clock
        self._ids = ids
        self._nonces = nonces
        self._metrics = metrics
        self._limit = limit
        self._backups = backups
        self._custody = custody
        self._open: OrderedDict[str, OpenSchool] = OrderedDict()
        self._opening: dict[str, asyncio.Task[OpenSchool]] = {}
        self._closing: dict[str, asyncio.Task[None]] = {}
        self._minder: asyncio.Task[None] | None = None
        self.noticed: Callable[[str], None] = lambda _: None
        """Told of each place that is opened where something may."""
        self._errands = Errands(self.use)

    def __len__(self) -> int:
        return len(self._open)

    def start(self, atlas: Atlas) -> None:
        """Begin to look after the open schools once a minute, and go on with what was begun in
        those that the ``atlas`` knows.
        """
        self._minder = asyncio.create_task(self._mind())
        self._errands.start(atlas)

    @contextlib.asynccontextmanager
    async def use(self, school: str) -> AsyncIterator[OpenSchool]:
        """A school, open and up to date, for as long as it is used.

        Raises ``Refusal``: ``not_found`` where there is no such school, or no roster in it yet;
        ``moved`` where it is served from elsewhere.
        """
        found = await self._get(school)
        found.users += 1
        self._open.move_to_end(school)
        try:
            if self._store.shared:
                await found.check_here(self._clock.now_ms())
            await found.current()
            if found.publisher.due:
                found.publisher.wake()
            yield found
        finally:
            found.users -= 1
            self._trim()

    async def name(self, school: str) -> str:
        """The name of a school that is there, whether or not it is served from here."""
        try:
            return (await load_roster(await self._store.open(school))).school.name
        except LookupError:  # so far, that part of it has not come
            return school

    async def learn_of_backups(self) -> None:
        """Ask again what backups hold of the open schools; nobody who waits is woken for it."""
        for school in list(self._open.values()):
            try:
                school.backups = await self._backups(school.database)
            except StoreError as error:  # what is known already stands
                log().error("what is backed up is not known", error=type(error).__name__)

    def failing(self) -> int:
        """How many open schools' publishers failed at their last attempt."""
        return sum(school.meter.failing for school in self._open.values())

    async def close(self) -> None:
        """Let every school go."""
        if self._minder is not None:
            self._minder.cancel()
        await self._errands.close()
        for name in list(self._open):
            self._let_go(name, settle=False)
        await asyncio.gather(*self._closing.values())

    async def _get(self, school: str) -> OpenSchool:
        while True:
            found = self._open.get(school)
            if found is not None:
                return found
            task = self._opening.get(school)
            if task is None:
                task = asyncio.create_task(self._read(school))
                self._opening[school] = task
                task.add_done_callback(lambda _: self._opening.pop(school, None))
            await asyncio.shield(task)

    async def _read(self, school: str) -> OpenSchool:
        closing = self._closing.get(school)
        if closing is not None:
            await closing
        try:
            database = await self._store.open(school)
            await check_here(database)
            info = await database.info()
            roster = await load_roster(database)
        except (BadName, DatabaseMissing, LookupError):
            raise Refusal(
                "not_found",
                "This school has no data on this server yet; its roster must be imported first.",
            ) from None
        erasures = await self._erase(school, database, roster)
        contacts = await ContactBook.open(database, self._clock)
        opened = OpenSchool(database, roster, info.update_seq, contacts)
        opened.intake = Intake(
            database,
            lambda: opened.roster,
            self._clock,
            self._ids,
            self._nonces,
            lambda: opened.backups,
            erasures=lambda: opened.erasures,
            around=Around(lambda: alone(database), self._posts_in(school)),
        )
        opened.erasures = erasures
        opened.watch = Watch(database, self._clock)
        opened.backups = await self._backups(database)
        await opened.grants.refresh()
        await understand(database, roster, opened.grants)
        await opened.intake.settle()
        opened.meter = Meter(self._metrics)
        desk, carried = self._desk(opened), self._errands.run
        opened.publisher = Publishers(followers_of(desk, self._clock, carried, meter=opened.meter))
        if self._custody is not None:
            opened.anchoring = Anchoring(self._custody.accounts, database, self._clock)
        if self._store.shared:
            opened.follow()
        self._open[school] = opened
        if await self._places.may_carry(school):
            self.noticed(school)
        return opened

    def _desk(self, opened: OpenSchool) -> Desk:
        name = opened.database.name
        return Desk(
            opened.database,
            lambda: opened.roster,
            self._places,
            GrantBook(opened.database),
            self._posts_in(name),
            partial(self._every_post, name),
        )

    async def _every_post(self, school: str) -> tuple[Grant, ...]:
        if self._custody is None:
            return ()
        accounts = await self._custody.staff(school)
        return tuple(one for account in accounts for one in account.grants(school))

    def _posts_in(self, school: str) -> Posts:
        accounts = None if self._custody is None else self._custody.accounts
        return no_posts if accounts is None else partial(posts_in, accounts, school)

    async def _erase(self, school: str, database: Database, roster: Roster) -> Erasures:
        """Erase again what a restored backup brought back; and know what must stay erased."""
        custody = self._custody
        known = custody.ledger.of(school) if custody is not None else ()
        erasures = await remember(database, known)
        if custody is not None and len(erasures) > len(known):
            await asyncio.to_thread(custody.ledger.add, school, erasures.all())
        if erasures and await carry_out(self._store, database, roster, erasures, self._clock):
            log().warning("what was erased by law was back, and was erased again")
        return erasures

    def _trim(self) -> None:
        if len(self._open) <= self._limit:
            return
        idle = [name for name, school in self._open.items() if school.users == 0]
        for name in idle[: len(self._open) - self._limit]:
            self._let_go(name, settle=True)

    def _let_go(self, name: str, *, settle: bool) -> None:
        task = asyncio.create_task(_close(self._open.pop(name), settle=settle))
        self._closing[name] = task
        task.add_done_callback(lambda _: self._closing.pop(name, None))

    async def _mind(self) -> None:
        for minute in itertools.count(1):
            await asyncio.sleep(MINUTE_S)
            for school in list(self._open.values()):
                await _mind(school, write=minute % CONTACTS_MINUTES == 0)
            if minute % CONTACTS_MINUTES == 0:
                await self.learn_of_backups()


async def _mind(school: OpenSchool, *, write: bool) -> None:
    try:
        await school.current()
        if await school.intake.settle() or school.publisher.due:
            school.publisher.wake()
        if write:
            await school.contacts.write()
        if school.anchoring is not None:
            await school.anchoring.daily()
    except Exception as error:  # noqa: BLE001  # the next minute tries again
        log().error("minding a school failed", error=type(error).__name__, at=place(error))


async def _close(school: OpenSchool, *, settle: bool) -> None:
    try:
        await school.close(settle=settle)
    except Exception as error:  # noqa: BLE001  # the school can be opened again all the same
        log().error("closing a school failed", error=type(error).__name__, at=place(error))
