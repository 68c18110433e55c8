"""One database as alarms see it: its people, its deadlines, and what was said of them."""

from __future__ import annotations

from dataclasses import dataclass, field

import orjson

from schemas.school import Group, School
from server.accounts import Accounts
from server.alarms.message import Wording
from server.alarms.people import People
from server.alarms.timers import Timers
from server.alarms.transport import By
from sync.document import Document
from sync.family.casebook import CaseBook
from sync.grants import GrantBook
from sync.roster import Roster
from sync.store import Database

__all__ = ["Place", "load_staff"]


async def load_staff(database: Database) -> Roster:
    """A place's staff and, in an area, its teams: nobody's pupils, since there are many places.

    Raises ``LookupError`` where there is no place yet, ``ValidationError`` for a broken one.
    """
    (found,) = await database.read(["school"])
    if found is None or found.deleted:
        raise LookupError(f"database {database.name} holds no school document; import one first")
    school = School.model_validate_json(_json(found))
    is_area = school.phase == "area"
    groups = await database.range("group:", "group;") if is_area else []
    return Roster.build(school, (Group.model_validate_json(_json(one)) for one in groups), ())


def _json(document: Document) -> bytes:
    return orjson.dumps({"_id": document.id, **document.body})


@dataclass
class Place:
    """A school or an area. ``ways``: by which messages can be sent. ``origin``: the app's address.

    ``roster`` as it was read last: by :meth:`people`, and when somebody has to be named.
    """

    database: Database
    accounts: Accounts
    timers: Timers
    roster: Roster
    ways: frozenset[By]
    origin: str
    book: GrantBook = field(init=False)
    cases: CaseBook = field(init=False)

    def __post_init__(self) -> None:
        self.book = GrantBook(self.database)
        self.cases = CaseBook(self.database)

    @property
    def name(self) -> str:
        """The database's name."""
        return self.database.name

    @property
    def wording(self) -> Wording:
        """How messages of this place are worded."""
        return Wording(self.roster.calendar.time_zone, self.origin)

    async def teams_of(self, case: str) -> tuple[frozenset[str], bool]:
        """The teams that a case lies with, and whether it is restricted.

        One whose opening has not come counts as restricted, since nobody said that it is not.
        """
        await self.cases.refresh()
        placed = self.cases.placed(case)
        return (frozenset(), True) if placed is None else (placed.teams, placed.restricted)

    async def people(self) -> People:
        """Who works here now, by lists as they are now."""
        self.roster = await load_staff(self.database)
        now_ms = self.timers.now_ms()
        return await People.read(self.accounts, self.name, self.roster, self.book, now_ms)
