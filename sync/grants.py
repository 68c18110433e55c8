"""Grants: what a person may do in a school, as of a moment.

A person's grants are the posts of their account and what entries gave them (``grant.given``), less
what entries ended (``grant.ended``). Entries judge them as of the time of the act, readers as of
now. A grant that has ended still says that its person once held it: what they did under it, and
send later, is told apart from a forgery.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from schemas.access import POST, Ended, Grant
from schemas.calendar import SchoolCalendar
from schemas.entry import CaseOpened, FactBody, GlassBroken, GrantEnded, GrantGiven
from schemas.policy import POLICY, RANKED, Power, Reach, Role, may
from sync import channels
from sync.arrivals import JUDGED_AGAIN
from sync.clock import instant, local, to_ms
from sync.document import Document
from sync.reading import Reading, each
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database
from sync.topics import GRANTS

__all__ = ["GLASS_MS", "Access", "GrantBook", "begins_ms", "ends_ms"]

LATELY_MS = 86_400_000
"""For so long somebody is told of a grant of theirs that is over."""


GLASS_MS = 8 * 3_600_000
"""For so long a restricted case is open to whoever broke the glass, from when the server has it."""


def begins_ms(grant: Grant) -> int | None:
    """When a grant begins, in milliseconds since 1970; None for always."""
    return None if grant.starts is None else to_ms(grant.starts)


def ends_ms(grant: Grant) -> int | None:
    """The first moment at which a grant is no longer in force; None for none yet."""
    ended = None if grant.ended is None else grant.ended.at
    ends = [to_ms(one) for one in (grant.ends, ended) if one is not None]
    return min(ends, default=None)


@dataclass(frozen=True)
class Access:
    """One person in one school: every grant they hold, held, or will hold."""

    person: str
    grants: tuple[Grant, ...] = ()

    def at(self, ms: int) -> Access:
        """Only what is in force at a moment. What follows from an act needs the role besides."""
        found = [one for one in self.grants if _in_force(one, ms)]
        roles = {one.role for one in found if not one.follows}
        return Access(self.person, tuple(one for one in found if one.role in roles))

    def current(self, ms: int) -> tuple[Grant, ...]:
        """Grants in force or yet to begin, for the person to know of."""
        return tuple(one for one in self.grants if (end := ends_ms(one)) is None or ms < end)

    def lately_over(self, ms: int) -> tuple[Grant, ...]:
        """Grants that ended within the last day, for the person to know of."""
        ends = ((one, ends_ms(one)) for one in self.grants)
        return tuple(one for one, end in ends if end is not None and 0 <= ms - end < LATELY_MS)

    def channels(self, ms: int, calendar: SchoolCalendar) -> frozenset[str]:
        """Every channel they may read at a moment."""
        now = self.at(ms)
        today, _ = local(instant(ms), calendar.time_zone)
        opens = any(may(role, Power.DRAFTS) for role in now.roles)
        lent = frozenset({channels.lent(now.person)} if opens else ())
        return lent | channels.readable(
            now.person,
            now.reaches,
            now.groups,
            now.pupils,
            calendar,
            today,
            cases=now.cases,
            teams=now.teams,
        )

    def digest(self, ms: int) -> str:
        """Twelve hex digits that change whenever :meth:`current` does."""
        lines = (one.model_dump_json() for one in self.current(ms))
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()[:12]

    def next_change_ms(self, ms: int) -> int | None:
        """The next moment after ``ms`` at which a grant begins or ends; None for none."""
        moments = (edge(one) for one in self.grants for edge in (begins_ms, ends_ms))
        return min((one for one in moments if one is not None and one > ms), default=None)

    def edges(self, since_ms: int, until_ms: int) -> tuple[int, ...]:
        """The last moments, between two, before a grant begins or ends."""
        found: list[int] = []
        change_ms = self.next_change_ms(since_ms)
        while change_ms is not None and change_ms <= until_ms:
            found.append(change_ms - 1)
            change_ms = self.next_change_ms(change_ms)
        return tuple(found)

    @cached_property
    def roles(self) -> frozenset[Role]:
        """Every role among the grants."""
        return frozenset(one.role for one in self.grants)

    @cached_property
    def role(self) -> Role | None:
        """The one they write in; None without a grant."""
        return max(self.roles, key=RANKED.index, default=None)

    @cached_property
    def reaches(self) -> frozenset[Reach]:
        """What of the school's documents the roles see; of cases, whoever was granted one."""
        seen = frozenset(reach for role in self.roles for reach in POLICY[role].sees)
        return seen | {Reach.CASES} if self.cases else seen

    @cached_property
    def groups(self) -> frozenset[str]:
        """Groups whose registers are theirs."""
        return self._named(Reach.GROUPS, "groups")

    @cached_property
    def pupils(self) -> frozenset[str]:
        """Pupils they were granted by name."""
        return self._named(Reach.PUPILS, "pupils")

    @cached_property
    def cases(self) -> frozenset[str]:
        """Cases they were granted by name, or opened with a reason."""
        return frozenset(case for one in self.grants for case in one.cases)

    @cached_property
    def teams(self) -> frozenset[str]:
        """Teams whose cases are theirs, but for restricted ones."""
        return self._named(Reach.CASES, "groups")

    def _named(self, reach: Reach, of: str) -> frozenset[str]:
        named = (getattr(one, of) for one in self.grants if reach in POLICY[one.role].sees)
        return frozenset(name for names in named for name in names)


def _begun(grant: Grant, ms: int) -> bool:
    start = begins_ms(grant)
    return start is None or start <= ms


def _in_force(grant: Grant, ms: int) -> bool:
    end = ends_ms(grant)
    return _begun(grant, ms) and (end is None or ms < end)


def _granted(spoken: Spoken) -> Grant | None:
    """What an entry that stands gives somebody: by its word, or because of what it does.

    Whoever opens a case, or restricts one, works on it; so no case is out of everybody's hands.
    """
    body, name = spoken.entry.body, spoken.entry.id
    if isinstance(body, GrantGiven):
        return Grant(
            id=name,
            person=body.person,
            role=body.grants,
            groups=body.groups,
            pupils=body.pupils,
            cases=body.cases,
            starts=body.starts,
            ends=body.ends,
            purpose=body.purpose,
            given_by=body.author,
        )
    if isinstance(body, FactBody):
        what = "Opened" if isinstance(body, CaseOpened) else "Restricted"
        return _followed(spoken, body.case, f"{what} the case.")
    if not isinstance(body, GlassBroken):
        return None
    began = to_ms(spoken.received_at)
    hours = {"starts": instant(began), "ends": instant(began + GLASS_MS)}
    purpose = f"Opened a restricted case: {body.reason}"[:500]
    return _followed(spoken, body.case, purpose).model_copy(update=hours)


def _followed(spoken: Spoken, case: str, purpose: str) -> Grant:
    """A grant over a case that follows from what its person did."""
    body = spoken.entry.body
    return Grant(
        id=spoken.entry.id,
        person=body.author,
        role=body.role,
        cases=(case,),
        purpose=purpose,
        follows=True,
    )


_WANTED = frozenset({channels.entries(GRANTS), channels.arrivals(GRANTS)})


@dataclass
class GrantBook:
    """What the entries of one school say of its grants; read from the feed, in any order."""

    database: Database | None
    since: int = 0
    version: int = 0
    """Rises whenever anybody's grants change."""
    _given: dict[str, dict[str, Grant]] = field(default_factory=dict)
    """By person, then by id."""
    _ended: dict[tuple[str, str], list[Ended]] = field(default_factory=dict)
    """By person and grant."""
    _pairing: Pairing = field(default_factory=Pairing)
    _access: dict[tuple[str, tuple[Grant, ...]], Access] = field(default_factory=dict)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> frozenset[str]:
        """Read what has come since; returns the people it concerns."""
        assert self.database is not None  # noqa: S101  # only what was read once has none
        async with self._reading:
            documents, self.since = await read_feed(self.database, self.since, _WANTED)
        return self.take(documents)

    def take(self, documents: list[Document]) -> frozenset[str]:
        """Take entries and arrivals in; returns the people they concern."""
        people = {one for spoken in self._pairing.add(documents) for one in self._take(spoken)}
        if people:
            self.version += 1
            self._access.clear()
        return frozenset(people)

    @classmethod
    async def read(cls, reading: Reading) -> GrantBook:
        """What a database says that cannot be followed: by looking through all of it."""
        book = cls(None)
        for kind in ("entry", "arrival", JUDGED_AGAIN):
            async for document in each(reading, f"{kind}:", f"{kind};"):
                if not _WANTED.isdisjoint(document.channels):
                    book.take([document])
        return book

    def _take(self, spoken: Spoken) -> Iterable[str]:
        """Note it; whom it concerns. What is held stays so: no release lends a right to give."""
        body, name = spoken.entry.body, spoken.entry.id
        if spoken.item.verdict != "stored":
            return ()
        granted = _granted(spoken)
        if granted is not None:
            self._given.setdefault(granted.person, {})[name] = granted
            return (granted.person,)
        if not isinstance(body, GrantEnded):
            return ()
        # A clock that fell back to 1970 ends nothing before the contact that its entry knows of.
        at = max(spoken.corrected(body.written_at), instant(spoken.item.contact_ms))
        ended = Ended(at=at, by=body.author, reason=body.reason, entry=name)
        self._ended.setdefault((body.person, body.grant), []).append(ended)
        return (body.person,)

    def access(self, person: str, posts: tuple[Grant, ...] = ()) -> Access:
        """All that a person holds, held or will hold here; ``posts`` are those of their account."""
        key = (person, posts)
        if key not in self._access:
            grants = (*posts, *self._given.get(person, {}).values())
            self._access[key] = Access(person, tuple(self._with_end(one) for one in grants))
        return self._access[key]

    def people(self) -> frozenset[str]:
        """Everybody whom an entry gave a grant, or ended one of."""
        return frozenset(self._given) | {person for person, _ in self._ended}

    def given(self, person: str, grant: str) -> Grant | None:
        """A grant that an entry gave a person; None for one that none did."""
        return self._given.get(person, {}).get(grant)

    def _with_end(self, grant: Grant) -> Grant:
        """What ended before a grant began ended an earlier one: a post that was given anew."""
        began = begins_ms(grant)
        ends = [
            one
            for one in self._ended.get((grant.person, grant.id), ())
            if began is None or grant.id != POST or to_ms(one.at) > began
        ]
        first = min(ends, key=lambda one: (one.at, one.entry), default=None)
        return grant if first is None else grant.model_copy(update={"ended": first})
