"""The followers of a database's feed: what is published of it, and carried out of it."""

from __future__ import annotations

from server.family.desk import Desk
from server.family.kinds import folders_of
from server.family.publishing import FamilyPublisher
from server.following import Follower, PublisherMeter
from server.publisher import Publisher
from server.relay.area import AreaRelay
from server.relay.relay import Carried
from server.relay.school import SchoolRelay
from server.visit_drafts.following import DraftFollower, Reaching
from sync.clock import Clock
from sync.family.casebook import CaseBook

__all__ = ["followers_of"]


def followers_of(
    desk: Desk, clock: Clock, carried: Carried, *, meter: PublisherMeter | None = None
) -> list[Follower]:
    """In the order in which one builds on the other. An area has no registers.

    ``carried``: told of a database that was written to from here.
    """
    database, is_area = desk.database, desk.roster().school.phase == "area"
    relay = (AreaRelay if is_area else SchoolRelay)(desk, clock, carried, meter=meter)
    family = FamilyPublisher(desk, folders_of(desk), clock, heard=relay.wake, meter=meter)
    reaching = Reaching(CaseBook(database), desk.grants, desk.posts)
    drafts = DraftFollower(database, desk.roster, clock, reaching, meter=meter)
    registers = Publisher(database, desk.roster, clock, meter=meter)
    return [*([] if is_area else [registers]), family, drafts, relay]
