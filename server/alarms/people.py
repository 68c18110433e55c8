"""Whom an alarm goes to, as of a moment, and by which ways each can be reached."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.family.concerns import ToRing
from schemas.policy import Role
from server.access.directory import Directory
from server.accounts import Accounts
from server.alarms.record import Delivery
from server.alarms.transport import By
from sync.family.watches import WatchFold
from sync.grants import GrantBook
from sync.roster import Roster

__all__ = ["People", "Reachable"]

NO_ADDRESS = "no telephone number or e-mail address is known"
NO_WAY = "this server has no way to send to what is known of them"


@dataclass(frozen=True, slots=True)
class Reachable:
    """Somebody to tell, and where."""

    name: str
    person: str | None = None
    phone: str | None = None
    email: str | None = None

    @classmethod
    def of(cls, one: ToRing) -> Reachable:
        """Somebody whom a place names for concerns."""
        return cls(one.name, one.person, one.phone, one.email)

    def deliveries(self, ways: frozenset[By]) -> tuple[Delivery, ...]:
        """A message each way; or that there is none."""
        known: dict[By, str | None] = {"sms": self.phone, "mail": self.email}
        found = tuple(
            Delivery(name=self.name, person=self.person, by=by, address=address)
            for by, address in known.items()
            if address and by in ways
        )
        trouble = NO_WAY if any(known.values()) else NO_ADDRESS
        return found or (Delivery(name=self.name, person=self.person, trouble=trouble),)


@dataclass(frozen=True)
class People:
    """The people of one place."""

    directory: Directory
    now_ms: int

    @classmethod
    async def read(
        cls, accounts: Accounts, name: str, roster: Roster, book: GrantBook, now_ms: int
    ) -> People:
        """Read who works there now."""
        await book.refresh()
        staff = {one.person: one for one in await accounts.staff(name)}
        return cls(Directory(name, roster, book, staff), now_ms)

    def reachable(self, person: str) -> Reachable:
        """Where somebody can be reached: as the place's list of staff says."""
        member = self.directory.roster.staff.get(person)
        name = member.name if member is not None else self.directory.name(person)
        if member is None:
            return Reachable(name, person)
        return Reachable(name, person, member.phone, member.email)

    def teams_of(self, person: str) -> frozenset[str]:
        """The teams that somebody works in."""
        return self.directory.access(person).at(self.now_ms).teams

    def leads(self, teams: Iterable[str]) -> list[str]:
        """Who leads any of the teams: by a grant in force, or as the list of teams says.

        Where that is nobody, every lead of the place: rather too many than none.
        """
        wanted = frozenset(teams)
        groups = self.directory.roster.groups
        named = {groups[one].teacher for one in wanted if one in groups}
        every = {one: self._led(one) for one in self.directory.people() if not self._closed(one)}
        found = named | {person for person, led in every.items() if led & wanted}
        return sorted(found or {person for person, led in every.items() if led})

    def of_watch(
        self, fold: WatchFold, teams: Iterable[str], step: str, escalate: Iterable[str]
    ) -> list[str]:
        """Whom a step of a watch's alarm tells: never who is out themselves."""
        buddy = fold.started.buddy if fold.started is not None else None
        of_step = {
            "buddy": [] if buddy is None else [buddy],
            "lead": self.leads(teams),
            "escalate": list(escalate),
        }
        people = of_step.get(step, [one for each in of_step.values() for one in each])
        return [one for one in dict.fromkeys(people) if one != fold.person]

    def _led(self, person: str) -> frozenset[str]:
        grants = self.directory.access(person).at(self.now_ms).grants
        return frozenset(
            team for one in grants if one.role is Role.TEAM_LEAD for team in one.groups or ("",)
        )

    def _closed(self, person: str) -> bool:
        account = self.directory.accounts.get(person)
        return account is not None and account.closed
