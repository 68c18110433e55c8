"""Filling the demonstration: four weeks of real entries, through the real intake and publisher.

Everything follows from the seed and from today's date. The clock of the intake stands at each
entry's own moment, so that it was received when it says. Filling again returns at once, and sees
to it that today is a school day (:mod:`server.demo.academic_year`) and that the cover teacher has
registers to take (:mod:`server.demo.cover`); a fill that was cut begins anew with the same people
and the same passwords.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path

import orjson

from schemas.school import School
from server.accounts import Accounts
from server.demo.academic_year import with_today
from server.demo.attendance import attend
from server.demo.chance import hex_id, stream
from server.demo.cover import give_cover
from server.demo.family.area import DemoArea, build_area
from server.demo.family.casework import write_casework
from server.demo.family.households import Household, households
from server.demo.family.publishing import publish_family
from server.demo.family.today import keep_to_visit, plan_visits
from server.demo.family.worries import in_hand, just_raised
from server.demo.history import write_history
from server.demo.keeping import Kept, keep, kept
from server.demo.plans import AUTHORITY, PLANS, SchoolPlan
from server.demo.safeguarding import area_id
from server.demo.schools import DemoSchool, build_school, document, school_id
from server.demo.sign_ins import SignIn, account, sign_ins
from server.demo.writing import Push, bursts
from server.passwords import Passwords
from server.publisher import Publisher
from server.settings import Settings
from sync import channels
from sync.clock import Clock, instant, local
from sync.intake import Intake
from sync.roster import Roster
from sync.store import Database, Store, WriteBatch

__all__ = ["DemoAuthority", "Progress", "fill"]

Progress = Callable[[str, float], None]
"""Told what is being done, and how much of all is done, from 0 to 1."""
TIME_ZONE = "Europe/London"
WRITING = 0.75
"""The part of the work that is taking entries in; the rest is publishing."""


@dataclass(frozen=True)
class DemoAuthority:
    """The fictional authority, and who can sign in; those of the primary school come first."""

    name: str
    sign_ins: tuple[SignIn, ...]


async def fill(
    store: Store,
    clock: Clock,
    progress: Progress,
    *,
    seed: int,
    folder: Path,
    plans: tuple[SchoolPlan, ...] = PLANS,
) -> DemoAuthority:
    """Fill ``store``, once; ``folder`` keeps the passwords. A seed kept there is used again."""
    today = dt.date.fromisoformat(local(instant(clock.now_ms()), TIME_ZONE)[0])
    state = kept(folder)
    seed = state.seed if state is not None else seed
    area_name = area_id(seed)
    names = {area_name, *(school_id(plan, seed) for plan in plans)}
    there = names & set(await store.names())
    if state is not None and state.is_whole and there == names:
        for name in sorted(names):
            database = await store.open(name)
            await _reach(database, today)
            if name == area_name:
                await plan_visits(database, clock)
            else:
                await give_cover(database, clock, _at(name, state.sign_ins))
        return DemoAuthority(AUTHORITY, state.sign_ins)
    for name in sorted(there):
        await store.delete(name)
    schools = [build_school(plan, seed, today) for plan in plans]
    first = schools[0]
    area = build_area(seed, first.today, first.history, first.roster.calendar, schools)
    families = households(schools, seed)
    passwords = {one.person: one.password for one in state.sign_ins} if state is not None else {}
    people = tuple(sign_ins(schools, area, passwords))
    keep(folder, Kept(state="filling", seed=seed, sign_ins=people))
    work = _Work(progress, {school.id: school.plan.pupils for school in schools})
    filling = _Filling(store, clock, seed, work, people, families)
    try:
        async with asyncio.TaskGroup() as group:
            for school in schools:
                group.create_task(filling.school(school))
            group.create_task(filling.area(area))
            group.create_task(_open_accounts(store, folder, people))
    except ExceptionGroup as several:
        # The first thing that went wrong stopped the others; it is what a person can act on.
        raise several.exceptions[0] from None
    for roster in (area.roster, *(school.roster for school in schools)):
        await publish_family(store, clock, roster)
    keep(folder, Kept(state="full", seed=seed, sign_ins=people))
    progress("The demonstration is ready", 1.0)
    return DemoAuthority(AUTHORITY, people)


@dataclass
class _Work:
    """How far all schools' work is; ``sizes`` are their weights."""

    progress: Progress
    sizes: dict[str, int]
    done: dict[str, float] = field(default_factory=dict)

    def report(self, school: DemoSchool, what: str, share: float) -> None:
        """Say that a school's work is done to a share."""
        self.done[school.id] = share
        whole = sum(self.sizes[name] * one for name, one in self.done.items())
        self.progress(f"{school.plan.name}: {what}", whole / sum(self.sizes.values()))


@dataclass
class _Past:
    """A clock that stands where it is set."""

    ms: int = 0

    def now_ms(self) -> int:
        """The moment it was set to."""
        return self.ms


class _NoContacts:
    """The past had no contacts with this server."""

    def contact_ms(self, nonce: str) -> int | None:  # noqa: ARG002  # it knows none
        """None: no nonce was given."""
        return None


@dataclass
class _Portions:
    """A publisher's meter that turns portions into progress."""

    work: _Work
    school: DemoSchool
    wanted: int
    documents: int = 0

    def published(self, documents: int, seconds: float) -> None:  # noqa: ARG002
        """Move on by a batch."""
        self.documents = min(self.wanted, self.documents + documents)
        share = WRITING + (1 - WRITING) * self.documents / self.wanted
        self.work.report(self.school, "publishing registers", share)

    def failed(self, kind: str) -> None:
        """Nothing of a demonstration may fail."""
        raise RuntimeError(f"the demonstration's {self.school.plan.key} has a broken {kind}")


def _at(school: str, people: Iterable[SignIn]) -> tuple[SignIn, ...]:
    return tuple(one for one in people if one.school == school)


class _Taker:
    """Takes pushes into a database, each at its own moment."""

    def __init__(self, database: Database, roster: Roster, chance: random.Random) -> None:
        self._past = _Past()
        self._intake = Intake(
            database, lambda: roster, self._past, lambda: hex_id(chance), _NoContacts()
        )

    async def take(self, pushes: Iterable[Push]) -> None:
        """Take in what came, in the order in which it came."""
        for burst in bursts(pushes):
            self._past.ms = burst[-1].received_ms
            entries = [push.entry for push in burst]
            await self._intake.take(burst[0].speaker, entries, device_offset_ms=burst[0].offset_ms)


@dataclass(frozen=True)
class _Filling:
    """What all of the authority's databases are filled from."""

    store: Store
    clock: Clock
    seed: int
    work: _Work
    people: tuple[SignIn, ...]
    families: tuple[Household, ...]

    async def area(self, area: DemoArea) -> None:
        """The families' four weeks, a concern of this minute, and the visits to come."""
        database = await self.store.create(area.id)
        await database.write(WriteBatch(list(area.writes())))
        taker = _Taker(database, area.roster, stream(self.seed, "area", "arrivals"))
        await taker.take(write_casework(area, self.families, self.seed))
        worker = area.staff.workers[0]
        await taker.take([just_raised(self.families, worker, self.clock.now_ms())])
        await keep_to_visit(database, area, self.families)
        await plan_visits(database, self.clock)

    async def school(self, school: DemoSchool) -> None:
        """A school's four weeks of registers, and what is published of them."""
        database = await self.store.create(school.id)
        await database.write(WriteBatch(list(school.writes())))
        taker = _Taker(database, school.roster, stream(self.seed, school.plan.key, "arrivals"))
        days = {date: number for number, date in enumerate(school.history)}
        for date, pushes in write_history(school, attend(school, self.seed), self.seed):
            self.work.report(school, f"registers of {date}", WRITING * days[date] / len(days))
            await taker.take(pushes)
        await taker.take(in_hand(school, self.families, self.seed))
        registers = sum(len(group.meets) for group in school.roster.groups.values())
        wanted = len(school.roster.pupils) + 6 * registers // 5 + 2 * len(school.forms)
        meter = _Portions(self.work, school, wanted)
        publisher = Publisher(database, lambda: school.roster, self.clock, meter=meter)
        await publisher.settle()
        await give_cover(database, self.clock, _at(school.id, self.people))


async def _open_accounts(store: Store, folder: Path, people: tuple[SignIn, ...]) -> None:
    passwords = Passwords(Settings(data=folder))
    try:
        accounts = await Accounts.open(store, passwords)
        hashes = [await accounts.hash(one.password) for one in people]
        await accounts.put(account(*pair) for pair in zip(people, hashes, strict=True))
    finally:
        passwords.close()


async def _reach(database: Database, today: dt.date) -> None:
    """See to it that today is a school day."""
    found, *_ = await database.read(["school"])
    if found is None:
        raise LookupError(
            f"the demonstration's database {database.name} holds no school; remove its folder"
        )
    school = School.model_validate_json(orjson.dumps({"_id": found.id, **found.body}))
    calendar = with_today(school.calendar, today)
    if calendar is not school.calendar:
        changed = school.model_copy(update={"calendar": calendar})
        await database.write(WriteBatch([document(changed, channels.STAFF)]))
