"""The daybook: everything said about one date in one school, with what became of it, folded.

It reads the day's entries and arrivals from the feed, in any order, and can be dropped and read
again at any time. An entry whose arrival has not come speaks only when it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from schemas.canonical import claim_id
from schemas.codes import Session
from schemas.entry import (
    ArrivalRecorded,
    Claim,
    ClaimBody,
    ContestSettled,
    DepartureRecorded,
    Entry,
    MarkAmended,
    QuarantineCorrected,
    RegisterReassigned,
    RegisterTaken,
    RegisterVoided,
)
from schemas.policy import DESK_ROLES
from schemas.published import Cell, Departure, Outcome, PublishedClaim, RegisterTaking, Verdict
from schemas.upcast import read_entry
from sync import channels
from sync.arrivals import (
    JUDGED_AGAIN,
    WAITS,
    Arrival,
    ArrivalItem,
    read_arrival,
    read_judged_again,
)
from sync.clock import Correction, local, to_ms
from sync.decisions import Deciding, Decisions
from sync.erasure import is_erased
from sync.fold import FoldClaim, fold
from sync.roster import Roster
from sync.store import Database, Document

__all__ = [
    "POINTER",
    "Daybook",
    "Judged",
    "Pairing",
    "Spoken",
    "after",
    "judged",
    "parse_entry",
    "read_feed",
]

Judged = tuple[Verdict, str | None]
"""What became of something, and why."""
Claiming = RegisterTaken | MarkAmended | ArrivalRecorded | ContestSettled | QuarantineCorrected

POINTER = "understood"
"""The type of a document that names an entry, and its arrival, which lie on no topic themselves."""
_CONTESTED = "Two decisions differ on what it corrects; it waits until a third has seen both."
CellKey = tuple[Session, str]
"""(session, pupil) within one date."""
_UNMARKED = Cell(state="unmarked")
"""The fold of nothing: one for all, because most cells of a day are unmarked for most of it."""


@dataclass(slots=True)
class Spoken:
    """An entry that has arrived: its parsed form, its item, and when it was received."""

    entry: Entry
    item: ArrivalItem
    received_at: str

    def corrected(self, device_instant: str) -> str:
        """A time of this entry in server time."""
        return Correction(self.item.offset_ms, (), to_ms(self.received_at)).apply(device_instant)


async def read_feed(
    database: Database, since: int, wanted: frozenset[str]
) -> tuple[list[Document], int]:
    """Every document of the channels after ``since``, and where to go on."""
    found: list[Document] = []
    more = True
    while more:
        page = await database.changes(since, channels=wanted)
        found += [change.document for change in page.changes if not change.removed]
        since, more = page.last_seq, page.more
    return await _pointed_at(database, found), since


async def _pointed_at(database: Database, documents: list[Document]) -> list[Document]:
    """With each pointer in the place of the entry and the arrival it names."""
    pointers = [one for one in documents if one.body.get("type") == POINTER]
    if not pointers:
        return documents
    named = [str(one.body[half]) for one in pointers for half in ("entry", "arrival")]
    found = [one for one in await database.read(named) if one is not None]
    return [*(one for one in documents if one not in pointers), *found]


class Pairing:
    """Joins entries with the items of their arrivals, whichever comes first.

    What was held until something it speaks of came (:mod:`sync.waiting`) is given a second time,
    with the item by which it was judged again.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._items: dict[str, tuple[ArrivalItem, str]] = {}
        self._given: set[str] = set()
        self._again: dict[str, ArrivalItem] = {}
        self._waiting: dict[str, Spoken] = {}

    def add(self, documents: list[Document]) -> Iterator[Spoken]:
        """Take documents in; yield each entry once, when both halves are there."""
        touched: list[str] = []
        for document in documents:
            kind = document.body.get("type")
            if kind == "arrival":
                touched += self._add_arrival(read_arrival(document))
            elif kind == JUDGED_AGAIN:
                item = read_judged_again(document)
                self._again[item.entry] = item
                touched.append(item.entry)
            elif (entry := parse_entry(document)) is not None:
                self._entries[entry.id] = entry
                touched.append(entry.id)
        for key in touched:
            if key in self._entries and key in self._items and key not in self._given:
                yield self._give(key)
            elif key in self._again and key in self._waiting:
                waited = self._waiting.pop(key)
                yield Spoken(waited.entry, self._again.pop(key), waited.received_at)

    def _give(self, key: str) -> Spoken:
        self._given.add(key)
        item, received_at = self._items.pop(key)
        spoken = Spoken(self._entries.pop(key), self._again.pop(key, item), received_at)
        if spoken.item.reason_code in WAITS:
            self._waiting[key] = spoken
        return spoken

    def _add_arrival(self, arrival: Arrival) -> list[str]:
        for item in arrival.items:
            self._items.setdefault(item.entry, (item, arrival.received_at))
        return [item.entry for item in arrival.items]


def parse_entry(document: Document) -> Entry | None:
    """Read the entry; None for one whose body no kind fits: it is held, and speaks of nothing."""
    raw: dict[str, Any] = {"_id": document.id, "_rev": document.rev, **document.body}
    try:
        return read_entry(raw)
    except ValidationError:
        return None


def judged(item: ArrivalItem, index: int | None = None) -> Judged:
    """What became of an entry, or of its claim number ``index``, as it came in."""
    aside = next((one for one in item.set_aside if one.index == index), None)
    if item.verdict == "held":
        return "held", aside.reason if aside is not None else item.reason
    return ("stands", item.reason) if aside is None else ("set_aside", aside.reason)


def after(before: Judged, outcome: Outcome | None) -> Judged:
    """What has become of it by the word of people at the desk. Two who differ decide nothing."""
    if before[0] not in {"held", "set_aside"} or outcome is None or outcome.what == "contested":
        return before
    if outcome.what == "released":
        return "stands", None
    return _declined(outcome)


def _declined(outcome: Outcome) -> Judged:
    return "declined", f"{outcome.by_name}: {outcome.reason}"


def _judge(claim: PublishedClaim, verdict: Judged) -> PublishedClaim:
    return claim.model_copy(update={"verdict": verdict[0], "verdict_reason": verdict[1]})


@dataclass
class Daybook:
    """One date of one school. ``takings`` and ``reassigned`` are by (session, group)."""

    database: Database
    roster: Roster
    date: str
    since: int = 0
    spoken: dict[str, Spoken] = field(default_factory=dict)
    _claims: dict[CellKey, dict[str, PublishedClaim]] = field(default_factory=dict)
    _cells: dict[CellKey, Cell] = field(default_factory=dict)
    _voids: dict[str, list[Spoken]] = field(default_factory=dict)
    _departures: dict[CellKey, list[Spoken]] = field(default_factory=dict)
    _reassigned: dict[tuple[Session, str], list[Spoken]] = field(default_factory=dict)
    _marked: dict[tuple[Session, str], set[str]] = field(default_factory=dict)
    _takings: dict[tuple[Session, str], list[Spoken]] = field(default_factory=dict)
    _pairing: Pairing = field(default_factory=Pairing)
    _decisions: Decisions = field(default_factory=Decisions)

    @classmethod
    async def load(cls, database: Database, roster: Roster, date: str) -> Daybook:
        """Read a date from the feed."""
        book = cls(database, roster, date)
        await book.refresh()
        return book

    async def refresh(self) -> frozenset[CellKey]:
        """Read what has come since; returns the cells it touches."""
        wanted = frozenset({channels.entries(self.date), channels.arrivals(self.date)})
        documents, self.since = await read_feed(self.database, self.since, wanted)
        if any(is_erased(one) and one.id in self.spoken for one in documents):
            return await self._read_anew()
        touched: set[CellKey] = set()
        for spoken in self._pairing.add(documents):
            touched |= self._take(spoken)
        for key in touched:
            self._cells.pop(key, None)
        return frozenset(touched)

    async def _read_anew(self) -> frozenset[CellKey]:
        """Forget what an erased entry said, with all else; returns the cells of then and now."""
        before = frozenset(self._claims.keys() | self._departures.keys())
        vars(self).update(vars(Daybook(self.database, self.roster, self.date)))
        return before | await self.refresh()

    def _take(self, spoken: Spoken) -> set[CellKey]:
        body = spoken.entry.body
        self.spoken[spoken.entry.id] = spoken
        decides = self._decisions.take(
            body, spoken.entry.id, stands=spoken.item.verdict == "stored"
        )
        touched = self._decided_cells(body) if isinstance(body, Deciding) else set()
        if isinstance(body, ClaimBody) and body.date == self.date:
            return touched | self._take_claims(spoken, body)
        if decides:  # a correction may lie on another day than what it corrects
            return touched
        if isinstance(body, DepartureRecorded):
            self._departures.setdefault((body.session, body.pupil), []).append(spoken)
            return {(body.session, body.pupil)}
        if isinstance(body, RegisterReassigned):
            self._reassigned.setdefault((body.session, body.group), []).append(spoken)
            return self.members(body.session, body.group)
        assert isinstance(body, RegisterVoided)  # noqa: S101  # nothing else lies on one date
        self._voids.setdefault(body.entry, []).append(spoken)
        return self._touched_by(body.entry)

    def _decided_cells(self, body: Deciding) -> set[CellKey]:
        """The cells of what a decision is on, and of the corrections that it may replace."""
        named = (body.entry, *self._decisions.on(body.held))
        return {key for entry in named for key in self._touched_by(entry)}

    def _stands(self, spoken: Spoken) -> bool:
        """Whether an entry without claims speaks: it was stored, or released since."""
        return self._decisions.stands(spoken.entry.id, held=spoken.item.verdict == "held")

    def members(self, session: Session, group: str) -> set[CellKey]:
        """The cells of a group's members."""
        found = self.roster.groups.get(group)
        return {(session, pupil) for pupil in found.members} if found is not None else set()

    def _take_claims(self, spoken: Spoken, body: Claiming) -> set[CellKey]:
        group = getattr(body, "group", None)
        if group is not None:
            self._takings.setdefault((body.session, group), []).append(spoken)
        touched: set[CellKey] = set()
        for index, claim in enumerate(body.claims):
            key = (body.session, claim.pupil)
            published = self._publish(spoken, body, index, claim)
            self._claims.setdefault(key, {})[published.id] = published
            if group is not None:
                self._marked.setdefault((body.session, group), set()).add(claim.pupil)
            touched.add(key)
        return touched

    def _touched_by(self, entry_id: str) -> set[CellKey]:
        spoken = self.spoken.get(entry_id)
        if spoken is None:
            return set()
        body = spoken.entry.body
        if isinstance(body, ClaimBody):
            return {(body.session, claim.pupil) for claim in body.claims}
        if isinstance(body, RegisterReassigned):
            return self.members(body.session, body.group)
        if isinstance(body, RegisterVoided):
            return self._touched_by(body.entry) if body.entry != entry_id else set()
        return {(body.session, body.pupil)} if isinstance(body, DepartureRecorded) else set()

    def _publish(self, spoken: Spoken, body: Claiming, index: int, claim: Claim) -> PublishedClaim:
        verdict, reason = judged(spoken.item, index)
        return PublishedClaim(
            id=claim_id(spoken.entry.digest, index),
            entry=spoken.entry.id,
            kind=body.kind,
            group=getattr(body, "group", None),
            code=claim.code,
            arrived=claim.arrived,
            remark=claim.remark,
            parent_message=claim.parent_message,
            ask_office=claim.ask_office,
            observed_by=claim.observed_by,
            observed_at=spoken.corrected(claim.observed_at),
            written_at=spoken.corrected(body.written_at),
            received_at=spoken.received_at,
            author=body.author,
            author_name=self.name_of(body.author),
            role=body.role,
            device=body.device,
            reason=getattr(body, "reason", None),
            paper=body.paper if isinstance(body, RegisterTaken) else None,
            replaces=claim.replaces,
            verdict=verdict,
            verdict_reason=reason,
            flags=spoken.item.flags,
        )

    def name_of(self, person: str) -> str:
        """A member of staff's name; somebody who has left reads as such."""
        return self.roster.name_of(person)

    def voided(self, entry_id: str) -> str | None:
        """Why an entry was voided by its author or the desk; None while it stands."""
        entry = self.spoken.get(entry_id)
        for void in self._voids.get(entry_id, ()):
            body = void.entry.body
            theirs = entry is not None and entry.entry.body.author == body.author
            released = void.item.verdict == "held"
            allowed = theirs or released or body.role in DESK_ROLES
            if isinstance(body, RegisterVoided) and allowed and self._stands(void):
                return body.reason
        return None

    def claims(self, session: Session, pupil: str) -> tuple[PublishedClaim, ...]:
        """Every claim on the cell, oldest observation first, with what became of each."""
        found = self._claims.get((session, pupil), {}).values()
        decided = (self._as_correction(self._with_outcome(claim)) for claim in found)
        every = (self._with_void(claim) for claim in decided)
        return tuple(sorted(every, key=lambda claim: (claim.observed_at, claim.id)))

    def _with_outcome(self, claim: PublishedClaim) -> PublishedClaim:
        """What the desk decided about a claim that was held, or set aside."""
        if claim.verdict not in {"held", "set_aside"}:
            return claim
        before = (claim.verdict, claim.verdict_reason)
        outcome = self._decisions.outcome(claim.entry, self.name_of)
        return _judge(claim, after(before, outcome))

    def _as_correction(self, claim: PublishedClaim) -> PublishedClaim:
        """A correction speaks as long as it is the decision: contested it waits, replaced it is
        declined.
        """
        body = self.spoken[claim.entry].entry.body
        if claim.verdict != "stands" or not isinstance(body, QuarantineCorrected):
            return claim
        outcome = self._decisions.outcome_on(body.held, self.name_of)
        assert outcome is not None  # noqa: S101  # a correction is a decision itself
        if claim.entry not in outcome.entries:
            return _judge(claim, _declined(outcome))
        if outcome.what != "contested":
            return claim
        return _judge(claim, ("held", _CONTESTED))

    def _with_void(self, claim: PublishedClaim) -> PublishedClaim:
        reason = self.voided(claim.entry) if claim.verdict == "stands" else None
        if reason is None:
            return claim
        return _judge(claim, ("voided", reason))

    def cell(self, session: Session, pupil: str) -> Cell:
        """The fold of the cell."""
        key = (session, pupil)
        if key not in self._claims:
            return _UNMARKED
        if key not in self._cells:
            span = self.roster.calendar.times_on(self.date).span(session)
            claims = (self._fold_claim(claim) for claim in self.claims(session, pupil))
            self._cells[key] = fold(claims, span)
        return self._cells[key]

    def _fold_claim(self, claim: PublishedClaim) -> FoldClaim:
        date, time = local(claim.observed_at, self.roster.calendar.time_zone)
        return FoldClaim(
            id=claim.id,
            code=claim.code,
            date=self.date,
            arrived=claim.arrived,
            replaces=claim.replaces,
            verdict=claim.verdict,
            seen_at=time if date == self.date else None,
        )

    def left(self, session: Session, pupil: str) -> str | None:
        """When the pupil left early, by the latest departure that stands."""
        found = self.departure(session, pupil)
        return found.left if found is not None else None

    def departure(self, session: Session, pupil: str) -> Departure | None:
        """The latest departure that stands."""
        found = [
            Departure(
                entry=spoken.entry.id,
                left=body.left,
                left_with=body.left_with,
                reason=body.reason,
                by_name=self.name_of(body.author),
            )
            for spoken in self._departures.get((session, pupil), ())
            if isinstance(body := spoken.entry.body, DepartureRecorded)
            and self._stands(spoken)
            and self.voided(spoken.entry.id) is None
        ]
        return max(found, key=lambda one: (one.left, one.entry), default=None)

    def taker(self, session: Session, group: str) -> str | None:
        """Who the register was reassigned to last, if it was."""
        moves = [
            one
            for one in self._reassigned.get((session, group), ())
            if self._stands(one) and self.voided(one.entry.id) is None
        ]
        latest = max(moves, key=lambda one: (one.received_at, one.entry.id), default=None)
        body = latest.entry.body if latest is not None else None
        return body.to if isinstance(body, RegisterReassigned) else None

    def takers(self, session: Session, group: str) -> frozenset[str]:
        """Everybody the register was ever reassigned to, by somebody who may: what they marked then
        was theirs.
        """
        moves = self._reassigned.get((session, group), ())
        bodies = (one.entry.body for one in moves if self._stands(one))
        return frozenset(body.to for body in bodies if isinstance(body, RegisterReassigned))

    def marked(self, session: Session, group: str) -> frozenset[str]:
        """Pupils anybody marked in this group's register, members or not."""
        return frozenset(self._marked.get((session, group), ()))

    def takings(self, session: Session, group: str) -> tuple[RegisterTaking, ...]:
        """Each taking of the group's register and its amendments, in order of receipt."""
        found = (self._taking(one) for one in self._takings.get((session, group), ()))
        return tuple(sorted(found, key=lambda taking: (taking.received_at, taking.entry)))

    def _speaks(self, spoken: Spoken, index: int) -> bool:
        aside = any(one.index == index for one in spoken.item.set_aside)
        held = spoken.item.verdict == "held" or aside
        return self._decisions.stands(spoken.entry.id, held=held)

    def _taking(self, spoken: Spoken) -> RegisterTaking:
        body = spoken.entry.body
        assert isinstance(body, RegisterTaken | MarkAmended)  # noqa: S101  # only these name a group
        return RegisterTaking(
            entry=spoken.entry.id,
            kind=body.kind,
            author=body.author,
            author_name=self.name_of(body.author),
            role=body.role,
            observed_at=spoken.corrected(body.claims[0].observed_at),
            received_at=spoken.received_at,
            claims=sum(self._speaks(spoken, index) for index in range(len(body.claims))),
            paper=body.paper if isinstance(body, RegisterTaken) else None,
            voided=self.voided(spoken.entry.id),
        )
