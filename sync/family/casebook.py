"""The case book: which cases there are in an area, whose each is, and of whom, as of a moment.

It reads the facts that say so (:data:`sync.CASES`), and openings, in any order. Where
people differ on where a case lies, it lies with each of the teams, and is restricted.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.canonical import claim_id
from schemas.entry import CaseOpened, FactBody
from schemas.family.facts import CaseStatus, Fact, Member, Placing, cell_of
from schemas.published import Verdict
from sync import channels
from sync.claims import unreplaced
from sync.clock import to_ms
from sync.decisions import Decisions
from sync.document import Document
from sync.erasure import is_erased
from sync.family.called import is_called
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database
from sync.topics import CASES

__all__ = ["CaseBook", "Child", "Placed", "acted_ms"]

_WANTED = frozenset({channels.entries(CASES), channels.arrivals(CASES)})


@dataclass(frozen=True, slots=True)
class Child:
    """A member of a household who is a pupil of a school here."""

    school: str
    pupil: str


@dataclass(frozen=True, slots=True)
class Placed:
    """A case as of a moment. ``members``: everybody who was ever said to be of the household.

    ``opened_ms``: since when it is known, in milliseconds since 1970.
    """

    case: str
    opened_by: str
    opened_ms: int
    teams: frozenset[str]
    restricted: bool
    closed: bool
    members: tuple[Member, ...]

    @property
    def items(self) -> frozenset[str]:
        """The members' ids."""
        return frozenset(one.item for one in self.members)

    @property
    def children(self) -> frozenset[Child]:
        """The members who are pupils of a school here."""
        return frozenset(
            Child(one.school, one.pupil)
            for one in self.members
            if one.school is not None and one.pupil is not None
        )


@dataclass(frozen=True, slots=True)
class _Said:
    """A claim on a fact. ``held``: it stands only once it is released."""

    id: str
    says: Fact
    replaces: tuple[str, ...]
    at_ms: int
    entry: str
    held: bool
    verdict: Verdict = "stands"
    """Asked for of those alone that stand."""


def acted_ms(spoken: Spoken) -> int:
    """When something was done: not before the contact that its entry knows of."""
    return max(to_ms(spoken.corrected(spoken.entry.body.written_at)), spoken.item.contact_ms)


@dataclass
class CaseBook:
    """The cases of one database, in memory; refreshed before anything is judged by it."""

    database: Database
    since: int = 0
    _said: dict[str, dict[str, _Said]] = field(default_factory=dict)
    """By case, then by claim."""
    _opened: dict[str, dict[str, Spoken]] = field(default_factory=dict)
    """By case, then by entry."""
    _entries: dict[str, str] = field(default_factory=dict)
    """The case of each entry."""
    _decisions: Decisions = field(default_factory=Decisions)
    _pairing: Pairing = field(default_factory=Pairing)
    _reading: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def refresh(self) -> frozenset[str]:
        """Read what has come since; returns the cases it concerns."""
        async with self._reading:
            documents, self.since = await read_feed(self.database, self.since, _WANTED)
            if any(is_erased(one) and one.id in self._entries for one in documents):
                fresh = CaseBook(self.database)
                touched = await fresh.refresh() | self._said.keys()
                kept = ("since", "_said", "_opened", "_entries", "_decisions", "_pairing")
                vars(self).update({name: vars(fresh)[name] for name in kept})
                return frozenset(touched)
            return self.take(documents)

    def take(self, documents: list[Document]) -> frozenset[str]:
        """Take entries and arrivals in; returns the cases they concern."""
        found = (self._take(spoken) for spoken in self._pairing.add(documents))
        return frozenset(one for one in found if one is not None)

    def _take(self, spoken: Spoken) -> str | None:
        body, name = spoken.entry.body, spoken.entry.id
        if not isinstance(body, FactBody):
            self._decisions.take(body, name, stands=spoken.item.verdict == "stored")
            return self._entries.get(getattr(body, "entry", ""))
        self._entries[name] = body.case
        if isinstance(body, CaseOpened):
            self._opened.setdefault(body.case, {})[name] = spoken
        aside = {one.index for one in spoken.item.set_aside}
        held = spoken.item.verdict == "held"
        said = self._said.setdefault(body.case, {})
        for index, claim in enumerate(body.facts):
            one = claim_id(spoken.entry.digest, index)
            waits = held or index in aside
            said[one] = _Said(one, claim.says, claim.replaces, acted_ms(spoken), name, waits)
        return body.case

    def cases(self) -> frozenset[str]:
        """Every case that was opened."""
        return frozenset(one for one in self._opened if self.placed(one) is not None)

    def restricted_of(self, surname: str, born: str) -> frozenset[str]:
        """The restricted cases with somebody of a name and a date of birth in the household.

        All of them are looked at, whichever is found. ``surname``: what a name ends with.
        """
        every = [self.placed(one) for one in sorted(self._opened)]
        found = [
            placed.case
            for placed in every
            if placed is not None and placed.restricted
            for one in placed.members
            if one.born == born and is_called(one.name, surname)
        ]
        return frozenset(found)

    def placed(self, case: str, ms: int | None = None) -> Placed | None:
        """A case as of a moment, or as known now; None for one whose opening has not come.

        What was done before it was opened (by some clock) finds it as it was when it was opened.
        """
        opened = [one for one in self._opened.get(case, {}).values() if self._stands(one)]
        if not opened:
            return None
        first = min(opened, key=lambda one: (acted_ms(one), one.entry.id))
        opened_ms = acted_ms(first)
        until = None if ms is None else max(ms, opened_ms)
        standing = [
            one
            for one in self._said[case].values()
            if (until is None or one.at_ms <= until)
            and self._decisions.stands(one.entry, held=one.held)
        ]
        live = _live(standing)
        placings = [one for one in live if isinstance(one, Placing)]
        statuses = [one for one in live if isinstance(one, CaseStatus)]
        return Placed(
            case=case,
            opened_by=first.entry.body.author,
            opened_ms=opened_ms,
            teams=frozenset(one.team for one in placings),
            restricted=any(one.restricted for one in placings) or _differ(placings),
            closed=bool(statuses) and all(one.status == "closed" for one in statuses),
            members=tuple(one.says for one in standing if isinstance(one.says, Member)),
        )

    def _stands(self, spoken: Spoken) -> bool:
        return self._decisions.stands(spoken.entry.id, held=spoken.item.verdict == "held")


def _live(standing: Iterable[_Said]) -> list[Fact]:
    """What is said by claims that no standing claim on the same cell replaces."""
    cells: dict[str, list[_Said]] = {}
    for one in standing:
        cells.setdefault(cell_of(one.says), []).append(one)
    return [one.says for cell in cells.values() for one in unreplaced(cell)]


def _differ(placings: list[Placing]) -> bool:
    return len(set(placings)) > 1
