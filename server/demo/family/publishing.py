"""Publishing what is known of family support in the demonstration, before anybody signs in."""

from __future__ import annotations

from server.family.desk import Desk, listed
from server.family.kinds import folders_of
from server.family.places import Places
from server.family.publishing import FamilyPublisher
from sync.clock import Clock
from sync.grants import GrantBook
from sync.roster import Roster
from sync.store import Store

__all__ = ["publish_family"]


async def publish_family(store: Store, clock: Clock, roster: Roster) -> None:
    """Publish all of it in one database. Everybody's post is as the staff list has it."""
    database = await store.open(roster.school.school)
    desk = Desk(database, lambda: roster, Places(store), GrantBook(database), listed(roster))
    publisher = FamilyPublisher(desk, folders_of(desk), clock)
    await publisher.settle()
    await publisher.close()
