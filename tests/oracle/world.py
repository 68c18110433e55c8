"""A school for the oracle: people of every role in every state of their grants, and its papers.

The world remembers, in plain words (:mod:`tests.oracle.words`), what it gave to whom and what it
wrote about what; the server is told the same by accounts and entries.
"""

from __future__ import annotations

import contextlib
import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field, replace
from random import Random
from typing import Any

from schemas.calendar import Term
from schemas.policy import Role
from schemas.school import StaffMember
from server.accounts import Account, Post
from server.site import Site
from sync.attachments import Upload
from sync.store import Database, Store, Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests import factory
from tests.factory import HEAD, Speaker, Tablet, claim
from tests.oracle.words import OWN_GROUPS, SEES, Day, Given, Paper
from tests.server.town import PASSWORD, SCHOOL, Town, town

STATES = ("never", "to begin", "in force", "over", "ended", "given again")
TODAY, FRIDAY, OLDER, LONG_AGO = "2026-11-23", "2026-11-20", "2026-11-18", "2026-11-10"
DAYS = ("2026-11-23", "2026-11-20", "2026-11-19", "2026-11-18", "2026-11-17", "2026-11-16")
TUESDAY = ("2026-11-24", *DAYS[:5])
HALVES = ("2026-11-02", "2026-09-02")
SUMMER = "2026-06-01"
MORNING, NOON = f"{TODAY}T09:30:00.000Z", f"{TODAY}T12:30:00.000Z"
UNLIMITED: dict[str, Any] = {
    "limit_device": 0,
    "limit_person": 0,
    "limit_school": 0,
    "limit_address": 0,
    "limit_person_at_once": 0,
    "limit_school_at_once": 0,
    "limit_held": 0,
    "session_hours": 24 * 31,
}
HANDED = (
    (TODAY, "AM", "form-2"),
    (TODAY, "PM", "form-1"),
    (FRIDAY, "AM", "form-1"),
    (OLDER, "AM", "form-2"),
    (TODAY, "PM", "form-2"),
)
"""Registers by date, session and group that are handed to somebody."""
GROUPS = ("form-1", "form-2", "maths")
UNGIVEN = {"head", "administrator", "chair_of_governors"}
"""Roles that nobody in a school gives: to the chair go concerns about the head."""


@dataclass
class Person:
    """Somebody. ``state``: of the grant that they were made for."""

    person: str
    role: str
    state: str
    givens: list[Given]
    log: str
    own_logs: set[str] = field(default_factory=set)

    @property
    def speaker(self) -> Speaker:
        return Speaker(self.person, self.person, Role(self.role), f"tab-{self.person}", ())


@dataclass
class World:
    """The school, its people and its papers."""

    place: Town
    chance: Random
    people: dict[str, Person] = field(default_factory=dict)
    head: Tablet = field(default_factory=lambda: Tablet(HEAD, log="0" * 32))
    members: dict[str, tuple[str, ...]] = field(default_factory=dict)
    handed: dict[tuple[str, str, str], str] = field(default_factory=dict)
    """Registers by date, session and group, and to whom they were handed last."""
    planted: dict[str, Paper] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    """The planted papers' secrets: which paper's each is."""
    old: dict[str, list[tuple[str, Paper]]] = field(default_factory=dict)
    """Earlier revisions of papers, each with whose it was."""
    former: dict[str, list[Paper]] = field(default_factory=dict)
    """What papers were in earlier acts."""
    logs: dict[str, str] = field(default_factory=dict)
    """Whose log each is."""
    days: tuple[str, ...] = DAYS

    @property
    def site(self) -> Site:
        return self.place.site

    @property
    def now(self) -> Day:
        return Day(self.place.clock.now, self.days, HALVES)

    async def database(self) -> Database:
        return await self.place.store.open(SCHOOL)

    def groups_of(self, pupil: str) -> frozenset[str]:
        return frozenset(name for name, members in self.members.items() if pupil in members)

    def pupils(self) -> list[Any]:
        """The pupils, each in the form that lists them."""
        return [
            factory.pupil(
                n,
                form="form-1" if f"pup-{n}" in self.members["form-1"] else "form-2",
                restricted=n == 5,
                enrolled_from=SUMMER,
            )
            for n in range(1, 9)
        ]

    async def take(self, speaker: Speaker, *entries: Any) -> None:
        """Take entries in as a server does."""
        async with self.site.schools.use(SCHOOL) as opened:
            account = await self.site.accounts.of(speaker.person)
            grants = account.grants(SCHOOL) if account is not None else ()
            await opened.intake.take(replace(speaker, posts=grants), factory.wire(list(entries)))
            await opened.grants.refresh()
            opened.publisher.wake()
        for one in entries:
            if "log" in one:
                self.logs.setdefault(one["log"], speaker.person)

    async def settle(self) -> None:
        await self.place.settle()

    async def papers(self) -> list[Paper]:
        """Every document there is, in words; fails on one that nobody thought of."""
        page = await (await self.database()).changes(0, limit=100_000)
        return [self._paper(one.document) for one in page.changes]

    def _paper(self, document: Any) -> Paper:  # noqa: PLR0911  # a case for each kind
        if document.id.startswith("slip:") or (
            document.id in self.planted and not document.deleted
        ):
            found = self.planted[document.id]
            return replace(found, rev=document.rev, gone=document.deleted)
        kind, *parts = document.id.split(":")
        paper = Paper(document.id, "nobody's", document.rev, gone=document.deleted)
        if document.deleted:  # by the publisher, with the day: it leaves, and nobody sees it
            return paper
        match kind:
            case "school" | "group":
                return replace(paper, kind="staff room")
            case "roll":
                return replace(paper, kind="fire list", date=parts[0])
            case "sheet":
                taker = self.handed.get((parts[0], parts[1], parts[2]), "")
                return replace(
                    paper,
                    kind="sheet",
                    date=parts[0],
                    groups=frozenset({parts[2]}),
                    taken_by=taker,
                )
            case "card":
                return replace(paper, kind="card", pupil=parts[0], groups=self.groups_of(parts[0]))
            case "history":
                return replace(
                    paper,
                    kind="history",
                    half=parts[0],
                    pupil=parts[1],
                    groups=self.groups_of(parts[1]),
                )
            case "unexplained":
                return replace(paper, kind="absences")
            case "held":
                outcome = document.body.get("outcome")
                decided = outcome["at"][:10] if outcome else None
                return replace(paper, kind="held", sender=document.body["sender"], decided=decided)
        assert kind in {"entry", "arrival", "pupil", "delivery", "erased"}, document.id
        return paper

    def then(self, paper: Paper) -> list[Paper]:
        """What a paper was before: whose it was in turn."""
        before = [one for _, one in self.old.get(paper.id, [])]
        if paper.kind == "held":
            before.append(replace(paper, decided=None))
        return [*before, *self.former.get(paper.id, [])]

    async def plant(self, paper: Paper, to: set[str], **more: Any) -> str:
        """Write a document past the publisher: into the channels of these names."""
        secret = f"secret-{self.chance.getrandbits(48):012x}"
        self.secrets[secret] = paper.id
        body = {"type": "planted", "says": secret}
        write = Write(paper.id, body, frozenset(to), force=not more.get("history"), **more)
        result, *_ = await (await self.database()).write(WriteBatch([write]))
        self.planted[paper.id] = replace(paper, rev=result.rev)
        self.old.setdefault(paper.id, []).append((result.rev, paper))
        return result.rev


def _at(chance: Random, *times: str) -> str:
    return chance.choice(times)


def _made(chance: Random, role: str, state: str) -> list[Given]:
    """The grants of somebody in a state, over some groups and pupils."""
    groups = frozenset(chance.sample(GROUPS, chance.randint(0, 2)))
    pupils = frozenset(f"pup-{one}" for one in chance.sample(range(1, 9), chance.randint(0, 3)))
    begun = _at(chance, "2026-09-02T07:00:00.000Z", f"{TODAY}T08:00:00.000Z", MORNING)
    past = _at(chance, "2026-11-20T16:00:00.000Z", f"{TODAY}T09:05:00.000Z", MORNING)
    later = _at(chance, f"{TODAY}T10:30:00.000Z", NOON, "2026-12-18T16:00:00.000Z")
    given = Given(role, groups, pupils, "2026-09-02T07:00:00.000Z", "2027-01-05T16:00:00.000Z")
    match state:
        case "never":
            return []
        case "to begin":
            return [replace(given, starts=later)]
        case "in force":
            return [replace(given, starts=begun, ends=later)]
        case "over":
            return [replace(given, ends=past)]
        case "ended":
            return [replace(given, ended=f"{TODAY}T09:0{chance.randint(0, 9)}:00.000Z")]
    again = replace(given, starts=f"{TODAY}T09:20:00.000Z")
    if chance.random() < 0.5:
        again = replace(again, groups=frozenset({chance.choice(GROUPS)}))
    return [replace(given, ended=f"{TODAY}T09:00:00.000Z"), again]


async def _make_people(world: World, hashed: str) -> None:
    """Each role in each state, and some with grants of several roles."""
    chance, number = world.chance, itertools.count(1)
    for role, state in itertools.product(SEES, STATES):
        n = next(number)
        givens = _made(chance, role, state)
        if chance.random() < 0.3:
            givens += _made(chance, chance.choice(sorted(SEES)), chance.choice(STATES))
        person = Person(f"per-{n}", role, state, givens, f"{n:032x}")
        world.people[person.person] = person
    given: list[tuple[Person, Given]] = []
    accounts: list[Account] = []
    for person in world.people.values():
        posts, others = _split(world, person)
        accounts.append(_account(person, posts, hashed))
        given += [(person, one) for one in others]
    await world.site.accounts.put(accounts)
    entries = [given_entry(world, *one) for one in given]
    await world.take(HEAD, *entries)
    ends = [
        ended_entry(world, person, entry["_id"], one.ended)
        for (person, one), entry in zip(given, entries, strict=True)
        if one.ended is not None
    ]
    await world.take(HEAD, *ends)


def _split(world: World, person: Person) -> tuple[list[Given], list[Given]]:
    """Which grants come with the account, as posts, and which by entries.

    What nobody in a school gives are posts, ended by their dates.
    """
    posts, others = [], []
    for one in person.givens:
        if one.role in UNGIVEN:
            posts.append(replace(one, ends=one.ended or one.ends))
        elif one.ended is None and world.chance.random() < 0.5:
            posts.append(one)
        else:
            others.append(one)
    return posts, others


def _account(person: Person, posts: list[Given], hashed: str) -> Account:
    """Whoever comes in has some post: it may have ended long ago."""
    before = Post(school=SCHOOL, role=Role.GOVERNOR, ends="2026-06-01T00:00:00.000Z")
    schools = tuple(
        Post(
            school=SCHOOL,
            groups=tuple(sorted(one.groups)),
            pupils=tuple(sorted(one.pupils)),
            role=Role(one.role),
            starts=one.starts,
            ends=one.ends,
        )
        for one in posts
    )
    return Account(
        person=person.person,
        username=person.person,
        name=f"Somebody {person.person}",
        role=Role(person.role),
        schools=schools or (before,),
        hash=hashed,
    )


def given_entry(world: World, person: Person, given: Given) -> dict[str, Any]:
    """An entry of the head's that gives somebody a grant."""
    return world.head.write(
        "grant.given",
        person=person.person,
        grants=given.role,
        groups=sorted(given.groups),
        pupils=sorted(given.pupils),
        starts=given.starts,
        ends=given.ends,
        purpose="Tried by the oracle",
        written_at=f"{TODAY}T08:30:00.000Z",
    )


def ended_entry(world: World, person: Person, grant: str, at: str) -> dict[str, Any]:
    """An entry of the head's that ends a grant at a moment."""
    return world.head.write(
        "grant.ended", grant=grant, person=person.person, reason="Over", written_at=at
    )


def _calendar() -> Any:
    summer = Term(name="Summer", first=SUMMER, last="2026-07-22")
    return factory.calendar(terms=(summer, *factory.calendar().terms))


async def _make_school(world: World, store: Store) -> None:
    world.members = {
        "form-1": tuple(f"pup-{n}" for n in range(1, 9, 2)),
        "form-2": tuple(f"pup-{n}" for n in range(2, 9, 2)),
        "maths": ("pup-1", "pup-2"),
    }
    await write_roster(world, await store.create(SCHOOL), world.pupils())


async def write_roster(world: World, database: Database, pupils: list[Any]) -> None:
    """The roster, with the groups as they are in the world."""
    groups = [
        factory.group(name, members, **({"kind": "lesson"} if name == "maths" else {}))
        for name, members in world.members.items()
    ]
    staff = tuple(StaffMember(person=one.person, name=one.name, role=one.role) for one in (HEAD,))
    document = factory.school(school=SCHOOL, calendar=_calendar(), staff=staff)
    roster = factory.Roster.build(document, groups, pupils)
    await database.write(factory.roster_batch(roster))


async def _write_days(world: World) -> None:
    """Registers, plans, registers handed on, and what is held of everybody."""
    chance, desk = world.chance, world.head
    entries = []
    for date in (TODAY, FRIDAY, OLDER, "2026-10-01", "2026-07-01"):
        marks = [claim(n, chance.choice("/NI")) for n in range(1, 9)]
        entries.append(desk.say("mark.amended", *marks, date=date, reason="Seen"))
    teachers = [one for one in world.people.values() if one.role in OWN_GROUPS]
    for date, session, group in HANDED:
        for _ in range(2):  # the second takes it from the first
            taker = chance.choice(teachers).person
            fields = {"group": group, "date": date, "session": session, "to": taker}
            entries.append(desk.write("register.reassigned", reason="Ill", **fields))
            world.handed[date, session, group] = taker
    await world.take(HEAD, *entries)
    await _hold(world)


async def _hold(world: World) -> None:
    """Something is held of many, and decided on for some: now, and a summer ago."""
    for person in world.people.values():
        if world.chance.random() < 0.6:
            continue
        tablet = Tablet(person.speaker, log=person.log)
        await world.take(person.speaker, tablet.register(claim("nobody"), claim(1)))
        person.own_logs.add(person.log)
        if world.chance.random() < 0.3:
            await world.take(person.speaker, {"_id": "junk", "by": person.person})
    page = await (await world.database()).range("held:", "held;")
    decisions = []
    for document in page:
        if world.chance.random() < 0.5 or document.body.get("log") is None:
            continue
        when = world.chance.choice(["2026-06-10", "2026-09-30", "2026-11-20"])
        decision = world.head.write(
            "quarantine.declined",
            held=document.id,
            entry=document.body["entry"],
            date=document.body["date"],
            reason="No such pupil",
            written_at=f"{when}T10:00:00.000Z",
        )
        decisions.append(decision)
    await world.take(HEAD, *decisions)


async def _plant(world: World) -> None:
    """Papers with a file, with a conflict, deleted, from times gone by, and moved to and fro."""
    one, two = frozenset({"form-1"}), frozenset({"form-2"})
    file = {"file": Upload("text/plain", b"a file")}
    mine = {"group:form-1", "office"}
    await world.plant(Paper("slip:file-1", "card", groups=one), mine, attachments=file)
    await world.plant(
        Paper("slip:file-2", "card", groups=two), {"group:form-2", "office"}, attachments=file
    )
    await world.plant(Paper("slip:nobody", "nobody's"), {"roster"}, attachments=file)
    await world.plant(Paper("slip:pupil", "card", pupil="pup-3"), {"pupil:pup-3", "office"})
    await world.plant(Paper("slip:half", "history", groups=one, half=SUMMER), _half(SUMMER, mine))
    await world.plant(
        Paper(f"sheet:{LONG_AGO}:AM:form-1", "sheet", date=LONG_AGO), {"office:" + LONG_AGO}
    )
    await world.plant(Paper(f"roll:{OLDER}:form-1", "fire list", date=OLDER), {"staff:" + OLDER})
    gone = Paper("slip:gone-1", "card", groups=one)
    await world.plant(gone, mine)
    await world.plant(gone, mine, deleted=True)
    gone = Paper("slip:gone-2", "card", groups=two)
    await world.plant(gone, {"group:form-2", "office"})
    await world.plant(gone, {"group:form-2", "office"}, deleted=True)
    for name, way in (("moved", (one, two)), ("returned", (one, two, one))):
        for groups in way:
            (group,) = groups
            await world.plant(
                Paper(f"slip:{name}", "card", groups=groups), {f"group:{group}", "office"}
            )
    rivals = (("1-" + "a" * 32, one), ("1-" + "b" * 32, two))
    for rev, groups in rivals:
        (group,) = groups
        paper = Paper("slip:rivals", "card", groups=groups)
        await world.plant(paper, {f"group:{group}", "office"}, history=(rev,))


def _half(first: str, readers: set[str]) -> set[str]:
    return {f"half:{first}:{one}" for one in readers}


async def at_noon(world: World) -> None:
    """Nothing happens but that time goes by: grants begin and end."""
    world.place.clock.set(NOON)


async def in_the_afternoon(world: World) -> None:
    """Grants are ended and given, a pupil changes the form, registers are handed to others."""
    now = f"{TODAY}T14:00:00.000Z"
    world.place.clock.set(now)
    chance = world.chance
    people = chance.sample(sorted(world.people), 16)
    entries = []
    for name in people:
        person = world.people[name]
        role = chance.choice([one for one in SEES if one not in UNGIVEN])
        made = replace(_made(chance, role, "over")[0], starts=NOON, ends="2026-11-24T09:00:00.000Z")
        person.givens.append(made)
        entries.append(given_entry(world, person, made))
        if person.state == "in force" and any(one.holds(now) for one in person.givens[:1]):
            post = [one for one in person.givens if one is not made and one.ended is None]
            if len(post) == 1 and await _has_post(world, person):
                person.givens[person.givens.index(post[0])] = replace(post[0], ended=now)
                entries.append(ended_entry(world, person, "post", now))
    teachers = sorted(one.person for one in world.people.values() if one.role in OWN_GROUPS)
    for date, session, group in HANDED[:3]:
        taker = chance.choice(teachers)
        fields = {"group": group, "date": date, "session": session, "to": taker}
        entries.append(
            world.head.write("register.reassigned", reason="Ill", written_at=now, **fields)
        )
        world.handed[date, session, group] = taker
    await world.take(HEAD, *entries)
    world.members["form-1"] += ("pup-2",)
    world.members["form-2"] = tuple(one for one in world.members["form-2"] if one != "pup-2")
    pupils = world.pupils()
    await write_roster(world, await world.database(), pupils)
    async with world.site.schools.use(SCHOOL) as opened:
        await opened.current()
    await world.settle()


async def _has_post(world: World, person: Person) -> bool:
    account = await world.site.accounts.of(person.person)
    assert account is not None
    return account.schools[0].ends != "2026-06-01T00:00:00.000Z"


async def on_tuesday(world: World) -> None:
    """Another day: the windows move."""
    world.days = TUESDAY
    world.place.clock.set("2026-11-24T09:30:00.000Z")
    await world.settle()


ACTS = (at_noon, in_the_afternoon, on_tuesday)
"""What happens in a world, one after the other."""


@contextlib.asynccontextmanager
async def world(seed: int, store: Store | None = None) -> AsyncIterator[World]:
    """A world, made with a seed, on Monday morning."""
    kept = store or MemoryStore()
    found = World(None, Random(seed))  # type: ignore[arg-type]
    await _make_school(found, kept)
    async with town(kept, made=True, **UNLIMITED) as place:
        found.place = place
        await _make_people(found, await place.site.accounts.hash(PASSWORD))
        await _write_days(found)
        await found.settle()
        await _plant(found)
        yield found
