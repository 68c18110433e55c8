"""An authority over the memory store: an area with two teams, and two schools that lie in it.

Each call of :meth:`Authority.publish` is a server that was just started: it goes on from what the
databases say.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from functools import partial
from typing import Any

from schemas.access import Grant
from schemas.family.concerns import Safeguarding, ToRing
from schemas.policy import Role
from schemas.school import Group, StaffMember
from server.family.desk import Desk
from server.family.places import Places
from server.followers import followers_of
from server.following import Follower
from sync.grants import GrantBook
from sync.intake import Intake, Taken
from sync.pushed import Speaker
from sync.roster import Roster, load_roster
from sync.store import Database, Document, Store, WriteBatch
from sync.stores.memory import MemoryStore
from tests import factory
from tests.factory import NINE, NoContacts, SetClock, Tablet, speaker, wire

AREA = "area-north"
SCHOOL, OTHER, STRANGER = "sch-one", "sch-two", "sch-far"
TEAM, SECOND = "team-1", "team-2"
CASE = "case-1"
LEAD = speaker("staff-lee", "Lee Lead", Role.TEAM_LEAD, "desk-l", TEAM, SECOND)
WORKER = speaker("staff-fay", "Fay Field", Role.FAMILY_WORKER, "tablet-f")
DUTY = speaker("staff-dee", "Dee Duty", Role.SAFEGUARDING_LEAD, "desk-d")
DSL = speaker("staff-sam", "Sam Safe", Role.SAFEGUARDING_LEAD, "desk-s")
TUTOR = factory.TUTOR
STAFF: dict[str, tuple[Speaker, ...]] = {
    AREA: (LEAD, WORKER, DUTY),
    SCHOOL: (DSL, TUTOR, factory.HEAD, factory.OFFICER),
    OTHER: (),
    STRANGER: (),
}


def fact(replaces: tuple[str, ...] = (), **says: Any) -> dict[str, Any]:
    """A claim on a fact."""
    return {"says": says, "observed_at": NINE, "replaces": list(replaces)}


def member(item: str, school: str, pupil: str) -> dict[str, Any]:
    """A child of the household, who is a pupil of a school."""
    return fact(
        fact="member",
        item=item,
        name=f"Child {item}",
        relation="child",
        child=True,
        school=school,
        pupil=pupil,
    )


def placing(replaces: tuple[str, ...] = (), team: str = TEAM, **more: Any) -> dict[str, Any]:
    """Where a case lies."""
    return fact(replaces, fact="placing", team=team, **more)


class Authority:
    """The databases, who works there, and their tablets."""

    def __init__(self, store: Store, clock: SetClock) -> None:
        self.store = store
        self.clock = clock
        self.told: list[tuple[str, frozenset[str]]] = []
        self._ids = (f"id{number}" for number in itertools.count())
        every = [(place, one) for place, staff in STAFF.items() for one in staff]
        self.tablets = {
            (place, one.person): Tablet(one, log=f"{number:032x}")
            for number, (place, one) in enumerate(every, 1)
        }

    @classmethod
    async def make(cls, store: Store | None = None) -> Authority:
        """All of it, with nothing written yet."""
        one = cls(MemoryStore() if store is None else store, SetClock())
        for name in (AREA, SCHOOL, OTHER, STRANGER):
            database = await one.store.create(name)
            await database.write(factory.roster_batch(roster_of(name)))
        return one

    def tablet(self, who: Speaker, place: str = AREA) -> Tablet:
        """Somebody's tablet in a place."""
        return self.tablets[place, who.person]

    async def push(
        self, *entries: dict[str, Any], place: str = AREA, may_wait: bool = False
    ) -> Taken:
        """Push entries of one author. ``may_wait``: they speak of what may not have come."""
        intake = await self._intake(place)
        author = entries[0]["body"]["author"]
        who = next(one for one in STAFF[place] if one.person == author)
        taken = await intake.take(who, wire(list(entries)))
        held = [row.reason for row in taken.rows if row.verdict == "held"]
        assert not held or may_wait, held
        return taken

    async def _intake(self, place: str) -> Intake:
        database = await self.store.open(place)
        roster = await load_roster(database)
        return Intake(database, lambda: roster, self.clock, self._ids.__next__, NoContacts())

    async def open_case(self, case: str = CASE, **restricted: Any) -> dict[str, Any]:
        """The lead opens a case with a child at each school, and gives it to the worker."""
        lead = self.tablet(LEAD)
        opened = lead.write(
            "case.opened",
            case=case,
            facts=[
                placing(**restricted),
                member("kid-1", SCHOOL, "pup-1"),
                member("kid-2", OTHER, "pup-2"),
                fact(fact="status", status="open"),
            ],
        )
        given = lead.write(
            "grant.given",
            person=WORKER.person,
            grants="family_worker",
            cases=[case],
            starts="2026-11-23T09:00:00.000Z",
            ends="2026-11-30T09:00:00.000Z",
            purpose="Works with this family.",
        )
        await self.push(opened, given)
        return opened

    async def note(self, *facts: dict[str, Any], who: Speaker = WORKER) -> dict[str, Any]:
        """Somebody writes facts of the case."""
        entry = self.tablet(who).write("case.noted", case=CASE, facts=list(facts))
        await self.push(entry)
        return entry

    async def raise_concern(self, who: Speaker, place: str, **more: Any) -> dict[str, Any]:
        """Somebody is worried."""
        fields = {"concern": "con-1", "text": "A bruise.", "observed_at": NINE, "told": []} | more
        entry = self.tablet(who, place).write("concern.raised", **fields)
        await self.push(entry, place=place)
        return entry

    async def desk(self, place: str) -> Desk:
        """A place's desk, as a server has it that was just started."""
        database = await self.store.open(place)
        roster = await load_roster(database)

        async def posts(person: str) -> tuple[Grant, ...]:
            return next((one.posts for one in STAFF[place] if one.person == person), ())

        return Desk(database, lambda: roster, Places(self.store), GrantBook(database), posts)

    async def publish(self, *places: str, rounds: int = 3) -> None:
        """Publish and carry everything, place by place, until it has gone round."""
        for _, place in itertools.product(range(rounds), places or (AREA, SCHOOL, OTHER)):
            await (await self._intake(place)).settle()
            for follower in await self.followers(place):
                await follower.settle()
                assert follower.healthy
                await follower.close()

    async def followers(self, place: str) -> list[Follower]:
        """A place's publishers and its relay, as of a server that was just started."""
        return followers_of(await self.desk(place), self.clock, self._note_told)

    def _note_told(self, place: str, topics: frozenset[str]) -> None:
        self.told.append((place, topics))

    async def documents(self, place: str, *kinds: str) -> dict[str, Document]:
        """Documents of some kinds, by id."""
        database = await self.store.open(place)
        return {
            one.id: one for kind in kinds for one in await database.range(f"{kind}:", f"{kind};")
        }

    async def contents(self) -> dict[tuple[str, str], object]:
        """What everybody could read, wherever and whenever it was computed."""
        of_cases = ("case", "visit", "summary", "glass", "support", "shared", "attended")
        kinds = (*of_cases, "concern", "concern_status", "relayed")
        return {
            (place, name): (_said(one), one.channels)
            for place in (AREA, SCHOOL, OTHER)
            for name, one in (await self.documents(place, *kinds)).items()
        }


def _said(document: Document) -> dict[str, Any]:
    return {key: one for key, one in document.body.items() if key != "as_at"}


def roster_of(name: str, /, **changes: Any) -> Roster:
    """A place's roster: two pupils a school, two teams in the area."""
    staff = tuple(
        StaffMember(person=one.person, name=one.name, role=one.role) for one in STAFF[name]
    )
    fields: dict[str, Any] = {"school": name, "name": f"Place {name}", "staff": staff}
    if name == AREA:
        ring = (ToRing(name=DUTY.name, role="duty", phone="01632 960001", person=DUTY.person),)
        told = Safeguarding(leads=ring, duty=ring[0])
        document = factory.school(phase="area", safeguarding=told, **(fields | changes))
        return Roster.build(document, [team(one) for one in (TEAM, SECOND)], [])
    fields |= {"area": AREA if name != STRANGER else "area-far"}
    if name == SCHOOL:
        sam = ToRing(name=DSL.name, role="lead", phone="01632 960002", person=DSL.person)
        fields["safeguarding"] = Safeguarding(leads=(sam,))
    pupils = [factory.pupil(number) for number in (1, 2)]
    form = factory.group("form-1", tuple(one.pupil for one in pupils))
    return Roster.build(factory.school(**(fields | changes)), [form], pupils)


def team(name: str) -> Group:
    """A team of the area, which Lee leads."""
    return Group(
        id=f"group:{name}",
        group=name,
        name=name,
        kind="team",
        room="Office",
        teacher=LEAD.person,
        teacher_name=LEAD.name,
        members=(),
        meets=(),
    )


class Cut(BaseException):
    """The process was killed: nothing catches that."""


@dataclass
class Knife:
    """Kills the process at the ``at``-th write to any database: before it is done, or after."""

    at: int
    after: bool
    writes: int = 0

    async def hold(self, store: Store) -> None:
        """Hold it over every database of a store."""
        for name in await store.names():
            database: Any = await store.open(name)
            database.write = partial(self._write, type(database).write, database)

    async def drop(self, store: Store) -> None:
        """Put it away."""
        for name in await store.names():
            database: Any = await store.open(name)
            del database.write

    async def _write(self, write: Any, database: Database, batch: WriteBatch) -> Any:
        self.writes += 1
        is_cut = self.writes == self.at
        if is_cut and not self.after:
            raise Cut
        found = await write(database, batch)
        if is_cut:
            raise Cut
        return found
