"""An authority's area beside the town's schools: a team, its lead, two workers, and a case."""

from __future__ import annotations

from typing import Any

from schemas.policy import Role
from schemas.school import Group, StaffMember
from server.accounts import Account, Accounts, Post
from sync.store import Store
from tests import factory
from tests.factory import NINE, Tablet, speaker
from tests.server.town import PASSWORD, Town

AREA = "area-test"
TEAM = "team-1"
CASE = "case-1"
VISIT = "visit-1"
WORKER = speaker("staff-fay", "Fay Field", Role.FAMILY_WORKER, "tablet-f", TEAM)
COLLEAGUE = speaker("staff-gus", "Gus Ground", Role.FAMILY_WORKER, "tablet-g", TEAM)
LEAD = speaker("staff-lee", "Lee Lead", Role.TEAM_LEAD, "desk-l", TEAM)
DUTY = speaker("staff-dee", "Dee Duty", Role.SAFEGUARDING_LEAD, "desk-d")
USERNAMES = {WORKER: "fay", COLLEAGUE: "gus", LEAD: "lee", DUTY: "dee"}


async def make_area(store: Store, **says: Any) -> None:
    """The area's database, its staff and team; ``says``: what its document says besides."""
    staff = tuple(StaffMember(person=one.person, name=one.name, role=one.role) for one in USERNAMES)
    document = factory.school(school=AREA, name="Saltmarsh Area", phase="area", staff=staff, **says)
    team = Group(
        id=f"group:{TEAM}",
        group=TEAM,
        name="Team 1",
        room="Office 1",
        kind="team",
        teacher=LEAD.person,
        teacher_name=LEAD.name,
        members=(),
        meets=(),
    )
    roster = factory.Roster.build(document, [team], [])
    await (await store.create(AREA)).write(factory.roster_batch(roster))


async def employ(accounts: Accounts) -> None:
    """Accounts for everybody in the area."""
    hashed = await accounts.hash(PASSWORD)
    await accounts.put(
        [
            Account(
                person=who.person,
                username=username,
                name=who.name,
                role=who.role,
                schools=(Post(school=AREA, groups=() if who is DUTY else (TEAM,)),),
                hash=hashed,
            )
            for who, username in USERNAMES.items()
        ]
    )


async def settle(place: Town) -> None:
    """Do all that was taken in in the area."""
    async with place.site.schools.use(AREA) as opened:
        await opened.publisher.settle()


def fact(**says: Any) -> dict[str, Any]:
    """A claim on a fact."""
    return {"says": says, "observed_at": NINE}


def opened(tablet: Tablet, case: str = CASE) -> dict[str, Any]:
    """A case is opened, in the team."""
    placing = fact(fact="placing", team=TEAM)
    return tablet.write("case.opened", case=case, facts=[placing])
