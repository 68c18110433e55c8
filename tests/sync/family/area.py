"""An authority's area over the memory store: two teams, their people, and a family or two."""

from __future__ import annotations

from typing import Any

from schemas.access import Grant
from schemas.canonical import claim_id
from schemas.policy import Role
from schemas.school import Group, StaffMember
from sync import channels
from sync.arrivals import ArrivalItem
from sync.clock import to_ms
from sync.pushed import Speaker
from sync.roster import Roster
from sync.spoken import read_feed
from sync.store import Database
from tests.factory import MONDAY, NINE, Tablet, school, speaker
from tests.sync.school import School

NORTH, SOUTH = "team-north", "team-south"
WORKER = speaker("staff-fay", "Fay Field", Role.FAMILY_WORKER, "tablet-f", NORTH)
MATE = speaker("staff-max", "Max Mate", Role.FAMILY_WORKER, "tablet-m", NORTH)
FAR = speaker("staff-sue", "Sue South", Role.FAMILY_WORKER, "tablet-s", SOUTH)
LEAD = speaker("staff-lee", "Lee Lead", Role.TEAM_LEAD, "desk-l", NORTH)
SOUTH_LEAD = speaker("staff-lou", "Lou Lead", Role.TEAM_LEAD, "desk-s", SOUTH)
COORDINATOR = speaker("staff-cat", "Cat Coordinator", Role.AUTHORITY_COORDINATOR, "desk-c")
ADMIN = speaker("staff-ada", "Ada Admin", Role.ADMINISTRATOR, "desk-a")
DSL = speaker("staff-dee", "Dee Safe", Role.SAFEGUARDING_LEAD, "desk-d")
PEOPLE = (WORKER, MATE, FAR, LEAD, SOUTH_LEAD, COORDINATOR, ADMIN, DSL)
CASE, VISIT, CHILD = "case-1", "visit-1", "kid-1"


def at(time: str) -> str:
    return f"{MONDAY}T{time}:00.000Z"


def fact(kind: str, *replaces: str, **fields: Any) -> dict[str, Any]:
    """A claim on a fact, as a tablet writes it."""
    return {"says": {"fact": kind, **fields}, "observed_at": NINE, "replaces": list(replaces)}


def placing(team: str = NORTH, *replaces: str, **fields: Any) -> dict[str, Any]:
    return fact("placing", *replaces, team=team, **fields)


def member(item: str = CHILD, **fields: Any) -> dict[str, Any]:
    known = {"name": "Rosa Brook", "relation": "daughter", "child": True, **fields}
    return fact("member", item=item, **known)


def fact_ids(entry: dict[str, Any]) -> list[str]:
    """Ids of an entry's claims on facts."""
    return [claim_id(entry["digest"], index) for index in range(len(entry["body"]["facts"]))]


def team(name: str, lead: Speaker) -> Group:
    return Group(
        id=f"group:{name}",
        group=name,
        name=name.removeprefix("team-").title() + " team",
        kind="team",
        room="",
        teacher=lead.person,
        teacher_name=lead.name,
        members=(),
        meets=(),
    )


def area_roster(**changes: Any) -> Roster:
    staff = [StaffMember(person=one.person, name=one.name, role=one.role) for one in PEOPLE]
    fields = {"phase": "area", "name": "Saltmarsh area", "staff": tuple(staff), **changes}
    teams = [team(NORTH, LEAD), team(SOUTH, SOUTH_LEAD)]
    return Roster.build(school(**fields), teams, [])


class Area(School):
    """Each of its people has a tablet."""

    def __init__(self, database: Database, roster: Roster | None = None) -> None:
        super().__init__(database, roster or area_roster())
        logs = (f"{number:032x}" for number in range(1, 99))
        self.tablets = {one.person: Tablet(one, log=next(logs)) for one in PEOPLE}
        self.people = {one.person: one for one in PEOPLE}

    def write(self, who: Speaker, kind: str, /, **fields: Any) -> dict[str, Any]:
        """An entry on somebody's tablet, which has not been sent."""
        return self.tablets[who.person].write(kind, **fields)

    async def say(self, who: Speaker, kind: str, /, **fields: Any) -> ArrivalItem:
        """Write an entry and send it; what became of it."""
        return await self.send(self.write(who, kind, **fields))

    async def send(self, *entries: dict[str, Any]) -> ArrivalItem:
        """Send entries in one push, as their author; what became of the last."""
        who = self.people[entries[-1]["body"]["author"]]
        await self.push_all(*entries, speaker=who)
        await self.intake.grants.refresh()
        return await self.item(entries[-1])

    async def item(self, entry: dict[str, Any]) -> ArrivalItem:
        """What the log's state says of an entry now."""
        state = await self.intake._logs.state(entry["log"])
        found = state.holds(entry["n"], entry["digest"])
        assert found is not None
        return found

    async def open(
        self, who: Speaker = WORKER, case: str = CASE, team: str = NORTH, **more: Any
    ) -> dict[str, Any]:
        """A case of a family with one child, opened."""
        facts = [placing(team, **more), member()]
        entry = self.write(who, "case.opened", case=case, facts=facts)
        assert (await self.send(entry)).verdict == "stored"
        return entry

    async def restrict(self, opened: dict[str, Any], who: Speaker = WORKER) -> dict[str, Any]:
        """Leave a case to its workers alone."""
        old = fact_ids(opened)[0]
        facts = [placing(NORTH, old, restricted=True)]
        entry = self.write(who, "case.noted", case=opened["body"]["case"], facts=facts)
        assert (await self.send(entry)).verdict == "stored"
        return entry

    async def goes_to(self, entry: dict[str, Any]) -> frozenset[str]:
        """The channels of what is held of an entry; none where nothing is."""
        (found,) = await self.database.read([f"held:{entry['digest'][:32]}"])
        return frozenset() if found is None or found.deleted else found.channels

    async def on(self, *topics: str) -> list[str]:
        """The ids of what lies on topics."""
        wanted = frozenset(map(channels.entries, topics))
        found, _ = await read_feed(self.database, 0, wanted)
        return [one.id for one in found]


def later(who: Speaker, **changes: Any) -> Speaker:
    """Somebody with other posts, of their own role: as ``starts="10:00"``."""
    times: dict[str, Any] = {
        name: at(time) for name, time in changes.items() if name in {"starts", "ends"}
    }
    groups = changes.get("groups", who.posts[0].groups)
    post = Grant(person=who.person, role=who.role, groups=groups, **times)
    return Speaker(who.person, who.name, who.role, who.device, (post,))


def ms(time: str) -> int:
    return to_ms(at(time))
