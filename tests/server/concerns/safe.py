"""A town that answers for concerns: a school with a lead, a deputy and a chair, and its area."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from typing import Any

import orjson

from schemas.family.concerns import Safeguarding, ToRing
from schemas.policy import POLICY, Reach, Role
from schemas.school import School, StaffMember
from server.accounts import Account, Post
from server.concerns.desk import ConcernDesk
from sync.store import Database, WriteBatch
from tests import factory
from tests.factory import HEAD, TUTOR, Tablet, speaker
from tests.server.town import PASSWORD, SCHOOL, Town, push, town

LEAD = speaker("staff-lead", "Lena Lead", Role.SAFEGUARDING_LEAD, "desk-3")
DEPUTY = speaker("staff-deputy", "Dev Deputy", Role.SAFEGUARDING_LEAD, "desk-4")
CHAIR = speaker("staff-chair", "Chi Chair", Role.CHAIR_OF_GOVERNORS, "desk-5")
WORKER = speaker("area-worker", "Wren Worker", Role.TEAM_LEAD, "tablet-9")
ADMIN = speaker("staff-admin", "Ada Admin", Role.ADMINISTRATOR, "desk-7")
DUTY = speaker("area-duty", "Dee Duty", Role.SAFEGUARDING_LEAD, "desk-6")
AREA = "area-test"
USERNAMES = {LEAD: "lena", DEPUTY: "dev", CHAIR: "chi", ADMIN: "ada", WORKER: "wren", DUTY: "dee"}


def ring(who: Any) -> ToRing:
    return ToRing(name=who.name, role=who.role.value, phone="01632 960001", person=who.person)


def member(who: Any) -> StaffMember:
    return StaffMember(person=who.person, name=who.name, role=who.role)


SAFEGUARDING = Safeguarding(leads=(ring(LEAD), ring(DEPUTY)), head=ring(HEAD), chair=ring(CHAIR))


@contextlib.asynccontextmanager
async def safe_town(**settings: Any) -> AsyncIterator[Town]:
    """The town, where the school's staff and its area are set up for concerns."""
    async with town(**settings) as place:
        school = factory.school(
            school=SCHOOL,
            area=AREA,
            safeguarding=SAFEGUARDING,
            staff=(*factory.school().staff, *map(member, (LEAD, DEPUTY, CHAIR))),
        )
        roster = factory.Roster.build(school, (), ())
        await (await place.store.open(SCHOOL)).write(factory.roster_batch(roster))
        area = factory.school(
            school=AREA,
            name="Tarn Area",
            phase="area",
            safeguarding=Safeguarding(duty=ring(DUTY)),
            staff=tuple(map(member, (WORKER, DUTY))),
        )
        team = factory.group("team-1", (), kind="team", teacher=WORKER.person, meets=())
        batch = factory.roster_batch(factory.Roster.build(area, (team,), ()))
        await (await place.store.create(AREA)).write(batch)
        hashed = await place.site.accounts.hash(PASSWORD)
        await place.site.accounts.put(
            [
                Account(
                    person=who.person,
                    username=username,
                    name=who.name,
                    role=who.role,
                    schools=(Post(school=AREA if who in {WORKER, DUTY} else SCHOOL),),
                    hash=hashed,
                )
                for who, username in USERNAMES.items()
            ]
        )
        yield place


@dataclass
class Beside:
    """What a desk asks of the server: other places, and who holds what in this one."""

    store: Any
    holds: dict[str, Role] = field(default_factory=dict)

    async def place(self, database: str) -> School | None:
        found, *_ = await (await self.store.open(database)).read(["school"])
        return School.model_validate_json(orjson.dumps({"_id": found.id, **found.body}))

    async def holders(self, reach: Reach) -> frozenset[str]:
        return frozenset(one for one, role in self.holds.items() if reach in POLICY[role].sees)


HELD = {LEAD: LEAD.role, DEPUTY: DEPUTY.role, HEAD: HEAD.role, CHAIR: CHAIR.role}


async def desk(place: Town, name: str = SCHOOL) -> ConcernDesk:
    database: Database = await place.store.open(name)
    beside = Beside(place.store, {who.person: role for who, role in HELD.items()})
    mine = await beside.place(name)
    assert mine is not None
    names = {one.person: one.name for one in mine.staff}
    return ConcernDesk(database, lambda: mine, beside, lambda one: names.get(one, "Somebody"))


async def raise_it(place: Town, **changes: Any) -> None:
    """The tutor raises the concern ``c1``."""
    said = {
        "concern": "c1",
        "pupil": "pup-1",
        "child_name": "Known1 Surname1",
        "text": "A bruise on the arm.",
        "observed_at": "2026-11-23T09:10:00.000Z",
    }
    async with place.visit("tess") as browser:
        answer = await push(browser, Tablet(TUTOR).write("concern.raised", **(said | changes)))
        assert answer.json()[0]["verdict"] in {"stored", "held"}, answer.text


async def publish(place: Town, name: str = SCHOOL) -> None:
    """Write what the desk of a database makes of ``c1``."""
    made = await (await desk(place, name)).made("c1", place.clock.now_ms())
    assert made is not None
    database = await place.store.open(name)
    await database.write(WriteBatch([one.write() for one in made.drafts]))
