"""Computing anew what was published of entries that were erased, wherever a part of it was carried.

Of an area's cases their schools have a part, and concerns are copied both ways: so one erasure can
reach into several databases, each of which is compacted and scrubbed.
"""

from __future__ import annotations

from server.family.desk import Desk, listed
from server.family.kinds import folders_of
from server.family.news import CHECKPOINT as FAMILY
from server.family.places import Places
from server.family.publishing import FamilyPublisher
from server.followers import followers_of
from server.following import Follower
from server.news import CHECKPOINT as REGISTERS
from server.relay.progress import CHECKPOINT as RELAY
from sync.clock import Clock
from sync.grants import GrantBook
from sync.roster import Roster
from sync.store import Database, Store, WriteBatch

__all__ = ["ANEW", "publish_anew"]

ANEW = {REGISTERS: None, FAMILY: None, RELAY: None}
"""Without these local documents everything is computed, and carried, anew."""


async def publish_anew(store: Store, database: Database, roster: Roster, clock: Clock) -> None:
    """Publish a database, and carry what changed; then scrub every file that was touched."""
    reached: set[str] = set()
    desk = _desk(store, database, roster)
    followers = followers_of(desk, clock, lambda name, _: reached.add(name))
    await _settle(followers)
    # Who works on a case by their account is known to a server alone.
    await database.write(WriteBatch(local={FAMILY: None}))
    for name in sorted(reached - {database.name}):
        place = await desk.places.find(name)
        if place is not None:
            there = Roster.build(place.school, (), ())
            beside = _desk(store, place.database, there)
            await _settle([FamilyPublisher(beside, folders_of(beside), clock)])
            await place.database.compact()
            await store.scrub(name)
    await database.compact()
    await store.scrub(database.name)


def _desk(store: Store, database: Database, roster: Roster) -> Desk:
    return Desk(database, lambda: roster, Places(store), GrantBook(database), listed(roster))


async def _settle(followers: list[Follower]) -> None:
    for one in followers:
        await one.settle()
        await one.close()
