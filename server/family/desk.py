"""The desk from which a database's folders are kept: its roster, its grants, and other places."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from schemas.access import Grant
from schemas.policy import POLICY, Reach
from server.family.places import Places
from sync.grants import GrantBook
from sync.lookups import Posts, no_posts
from sync.roster import Roster
from sync.store import Database

__all__ = ["Desk", "EveryPost", "listed", "nobody"]

EveryPost = Callable[[], Awaitable[tuple[Grant, ...]]]
"""The post of everybody who has an account with one in this database, ended or not."""


async def nobody() -> tuple[Grant, ...]:
    """Nobody has an account here."""
    return ()


def listed(roster: Roster) -> Posts:
    """Everybody's post as the staff list has it: where no accounts are at hand."""

    async def posts(person: str) -> tuple[Grant, ...]:
        member = roster.staff.get(person)
        return () if member is None else (Grant(person=person, role=member.role),)

    return posts


@dataclass(frozen=True)
class Desk:
    """One database, and what is known around it. ``roster``: as last read."""

    database: Database
    roster: Callable[[], Roster]
    places: Places
    grants: GrantBook
    posts: Posts = no_posts
    every_post: EveryPost = field(default=nobody)

    async def everybody(self) -> list[tuple[str, tuple[Grant, ...]]]:
        """Everybody with a post here, or whom an entry gave anything: with all they hold, held or
        will hold.
        """
        await self.grants.refresh()
        posts: dict[str, list[Grant]] = {}
        for one in await self.every_post():
            posts.setdefault(one.person, []).append(one)
        people = sorted(self.grants.people().union(posts))
        found = ((one, tuple(posts.get(one, ()))) for one in people)
        return [(one, self.grants.access(one, theirs).grants) for one, theirs in found]

    async def holders(self) -> Callable[[Reach], frozenset[str]]:
        """Who holds, held or will hold a reach: by an account, by an entry, or by the staff list.

        More rather than fewer: it is asked to keep something from people, and whom to tell.
        """
        held: dict[str, frozenset[Reach]] = {
            member.person: POLICY[member.role].sees for member in self.roster().school.staff
        }
        for person, grants in await self.everybody():
            sees = (POLICY[one.role].sees for one in grants)
            held[person] = held.get(person, frozenset()).union(*sees)
        return lambda reach: frozenset(one for one, reaches in held.items() if reach in reaches)
