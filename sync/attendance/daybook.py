"""The daybook: everything said about one date in one school, with what became of it, folded.

It reads the day's entries and arrivals from the feed, in any order, and can be dropped and read
again at any time. An entry whose arrival has not come speaks only when it has.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from schemas.canonical import claim_id
from schemas.codes import Session
from schemas.entry import (
    ArrivalRecorded,
    Claim,
    ClaimBody,
    ContestSettled,
    DepartureRecorded,
    MarkAmended,
    QuarantineCorrected,
    RegisterReassigned,
    RegisterTaken,
    RegisterVoided,
)
from schemas.policy import DESK_ROLES
from schemas.published import Cell, Departure, PublishedClaim, RegisterTaking
from sync import channels
from sync.attendance.fold import FoldClaim, fold
from sync.clock import local
from sync.decisions import Deciding, Decisions
from sync.erasure import is_erased
from sync.roster import Roster
from sync.spoken import Judged, Pairing, Spoken, after, declined, judged, read_feed
from sync.store import Database

__all__ = ["Daybook"]

Claiming = RegisterTaken | MarkAmended | ArrivalRecorded | ContestSettled | QuarantineCorrected

_CONTESTED = "Two decisions differ on what it corrects; it waits until a third has seen both."
CellKey = tuple[Session, str]
"""(session, pupil) within one date."""
_UNMARKED = Cell(state="unmarked")
"""The fold of nothing: one for all, because most cells of a day are unmarked for most of it."""


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
            return _judge(claim, declined(outcome))
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
