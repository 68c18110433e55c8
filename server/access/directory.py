"""The directory of one school: its people, by account or by grant, and what each may do there."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from schemas.access import PersonAccess
from server.accounts import Account, Accounts
from server.schools import OpenSchool
from sync.explain import grant_line
from sync.grants import Access, GrantBook
from sync.roster import Roster

__all__ = ["Directory"]


@dataclass(frozen=True)
class Directory:
    """Everybody with a post in a school, and everybody an entry gave a grant.

    ``accounts``: of those with a post, closed or not, by person.
    """

    school: str
    roster: Roster
    book: GrantBook
    accounts: Mapping[str, Account]

    @classmethod
    async def read(cls, accounts: Accounts, school: OpenSchool) -> Directory:
        """Read the accounts of an open school's people."""
        name = school.database.name
        staff = await accounts.staff(name)
        return cls(name, school.roster, school.grants, {one.person: one for one in staff})

    def people(self) -> frozenset[str]:
        """Whoever holds, held or will hold anything here."""
        return frozenset(self.accounts) | self.book.people()

    def access(self, person: str) -> Access:
        """All that a person holds, held or will hold; nothing for somebody unknown."""
        account = self.accounts.get(person)
        posts = () if account is None else account.grants(self.school)
        return self.book.access(person, posts)

    def name(self, person: str) -> str:
        """What a person is called."""
        account = self.accounts.get(person)
        if account is not None:
            return account.name
        member = self.roster.staff.get(person)
        return "Somebody without an account here" if member is None else member.name

    def lines(self, person: str, ms: int, knows: Callable[[str], bool]) -> PersonAccess:
        """A person's line, as of a moment. ``knows``: whether its reader may know of a case."""
        access, account = self.access(person), self.accounts.get(person)
        return PersonAccess(
            person=person,
            name=self.name(person),
            role=access.at(ms).role,
            grants=tuple(
                grant_line(one, ms, self.name, self.roster, knows) for one in access.grants
            ),
            closed=account is not None and account.closed,
        )
