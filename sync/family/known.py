"""Known: what intake knows of the things of family support that a push speaks of.

Read at once, before a push is judged, and only for what it names; then each entry that is taken
adds to it, so that an entry may speak of what another of the same push brings.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from schemas.entry import (
    Body,
    CaseOpened,
    ConcernAcknowledged,
    ConcernExported,
    ConcernNoted,
    ConcernRaised,
    ConcernTold,
    DraftOpened,
    Entry,
    FactBody,
    HelpCalled,
    PhotoAdded,
    VisitAddendum,
    VisitSubmitted,
    WatchConfirmed,
    WatchEnded,
    WatchExtended,
    WatchStarted,
)
from schemas.family.acts import VisitBody
from schemas.family.facts import Arrived, Left, Member, Placing
from sync import channels
from sync.arrivals import ArrivalItem
from sync.decisions import Decisions
from sync.family.casebook import CaseBook, Placed
from sync.family.concerns import ConcernBody
from sync.family.relayed import heard_in
from sync.spoken import Pairing, read_feed
from sync.store import Database

__all__ = ["Known", "KnownConcern", "KnownWatch", "OfConcern", "OfWatch", "know"]

OfConcern = ConcernTold | ConcernAcknowledged | ConcernNoted | ConcernExported
"""What speaks of a concern that was raised."""
OfWatch = WatchExtended | WatchEnded | WatchConfirmed | HelpCalled
"""What speaks of a watch that was started."""
OfVisit = VisitBody | VisitAddendum | PhotoAdded
"""What speaks of a visit: of the case that named it first, and of no other."""


@dataclass(frozen=True, slots=True)
class KnownWatch:
    """Who is out, whom they asked to look after them, and for which case."""

    person: str
    buddy: str | None
    case: str | None


@dataclass(slots=True)
class KnownConcern:
    """Who raised a concern, whom it is about, and whether it was exported."""

    authors: set[str] = field(default_factory=set)
    about: set[str] = field(default_factory=set)
    exported: bool = False


@dataclass(slots=True)
class Known:
    """What is known as an entry is judged. Watches, concerns and notes, also those that are held:
    what follows on one of them is not lost with it.
    """

    book: CaseBook | None = None
    submitted: dict[str, str] = field(default_factory=dict)
    """The visit of each note that was handed in, by its entry."""
    arrived: dict[str, str] = field(default_factory=dict)
    """The earliest arrival at each visit."""
    watches: dict[str, KnownWatch] = field(default_factory=dict)
    concerns: dict[str, KnownConcern] = field(default_factory=dict)
    visits: dict[str, str] = field(default_factory=dict)
    """The case of each visit that is here."""
    drafts: dict[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    """The author and the case of each draft that is here."""
    teams: dict[str, frozenset[str]] = field(default_factory=dict)
    """The teams of people who are out, whose safety somebody confirms."""
    opened: dict[str, Placed] = field(default_factory=dict)
    """Cases that this push opens."""
    _members: dict[str, set[str]] = field(default_factory=dict)
    """Members of households that this push tells of, by case."""

    def case(self, case: str, ms: int | None = None) -> Placed | None:
        """A case as of a moment; None for one whose opening has not come."""
        found = None if self.book is None else self.book.placed(case, ms)
        return self.opened.get(case) if found is None else found

    def members(self, case: str) -> frozenset[str]:
        """Everybody of a case's household, by id."""
        found = self.case(case)
        return frozenset(self._members.get(case, ())) | (found.items if found else frozenset())

    def note(self, entry: Entry, item: ArrivalItem, *, stands: bool, fresh: bool = False) -> None:
        """Add what an entry brings. ``fresh``: it comes with the push that is judged."""
        body, name = entry.body, entry.id
        if isinstance(body, VisitSubmitted):
            self.submitted[name] = body.visit
        elif isinstance(body, WatchStarted):
            self.watches.setdefault(body.watch, KnownWatch(body.author, body.buddy, body.case))
        elif isinstance(body, ConcernRaised | ConcernExported):
            self.note_concern(body, stands=stands)
        if isinstance(body, FactBody) and stands:
            self._note_facts(body, {one.index for one in item.set_aside}, fresh=fresh)

    def note_concern(self, body: ConcernBody, *, stands: bool) -> None:
        """Add who raised a concern, whom it is about, and that it was exported."""
        if isinstance(body, ConcernRaised):
            concern = self.concerns.setdefault(body.concern, KnownConcern())
            concern.authors.add(body.author)
            concern.about |= set(body.about)
        elif isinstance(body, ConcernExported) and stands and body.concern in self.concerns:
            self.concerns[body.concern].exported = True

    def _note_facts(self, body: FactBody, aside: set[int], *, fresh: bool) -> None:
        facts = [one.says for index, one in enumerate(body.facts) if index not in aside]
        if isinstance(body, VisitBody):
            known = self.arrived.get(body.visit)
            times = [one.at for one in facts if isinstance(one, Arrived)]
            times += [] if known is None else [known]
            if times:
                self.arrived[body.visit] = min(times)
        if fresh:
            members = [one for one in facts if isinstance(one, Member)]
            self._members.setdefault(body.case, set()).update(one.item for one in members)
            if isinstance(body, CaseOpened):
                self.opened[body.case] = _opening(body, facts)


def _opening(body: CaseOpened, facts: Iterable[object]) -> Placed:
    placings = [one for one in facts if isinstance(one, Placing)]
    return Placed(
        case=body.case,
        opened_by=body.author,
        opened_ms=0,
        teams=frozenset(one.team for one in placings),
        restricted=any(one.restricted for one in placings),
        closed=False,
        members=(),
    )


async def know(database: Database, book: CaseBook, bodies: Iterable[Body]) -> Known:
    """Read what bodies speak of. ``book``: fresh."""
    known, said = Known(book), list(bodies)
    for concern in sorted({body.concern for body in said if isinstance(body, OfConcern)}):
        for heard in await heard_in(database, concern, str):
            known.note_concern(heard.body, stands=heard.held is None)
    for topic in sorted(frozenset[str]().union(*map(_asks_for, said))):
        wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
        documents, _ = await read_feed(database, 0, wanted)
        spoken, decisions = list(Pairing().add(documents)), Decisions()
        for one in spoken:
            decisions.take(one.entry.body, one.entry.id, stands=one.item.verdict == "stored")
        for one in spoken:
            stands = decisions.stands(one.entry.id, held=one.item.verdict == "held")
            known.note(one.entry, one.item, stands=stands)
    visits = sorted({body.visit for body in said if isinstance(body, OfVisit)})
    for document in await database.read([f"visit:{one}" for one in visits]):
        if document is not None and not document.deleted:
            known.visits[document.body["visit"]] = document.body["case"]
    for draft in sorted({body.draft for body in said if isinstance(body, DraftOpened)}):
        found = await database.range(f"draft:{draft}:", f"draft:{draft};")
        said_by = ((one.body.get("author"), one.body.get("case")) for one in found)
        known.drafts[draft] = frozenset((str(of), str(case)) for of, case in said_by)
    return known


def _asks_for(body: Body) -> frozenset[str]:
    """The topics that have to be read to judge a body."""
    if isinstance(body, OfWatch | WatchStarted):
        return frozenset({channels.watch(body.watch)})
    if isinstance(body, VisitAddendum) or (
        isinstance(body, VisitBody) and any(isinstance(one.says, Left) for one in body.facts)
    ):
        return frozenset({channels.case(body.case)})
    return frozenset()
