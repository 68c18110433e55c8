"""Planned codes: suggestions on a sheet for a span of days, never claims on a cell."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from schemas.codes import Session
from schemas.entry import PlannedRecorded, PlannedWithdrawn
from schemas.published import Planned
from sync import channels
from sync.decisions import Deciding, Decisions
from sync.erasure import is_erased
from sync.roster import Roster
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database
from sync.topics import PLANNED

__all__ = ["PlannedBook", "Span"]


@dataclass(frozen=True, slots=True)
class Span:
    """What a change to a planned code touches: a pupil, from a date to a date."""

    pupil: str
    first: str
    last: str


@dataclass
class PlannedBook:
    """Every planned code of one school. Withdrawing one by entry id takes it off the sheets."""

    database: Database
    roster: Roster
    since: int = 0
    _by_pupil: dict[str, dict[str, Spoken]] = field(default_factory=dict)
    _withdrawals: dict[str, list[Spoken]] = field(default_factory=dict)
    """By the entry that is withdrawn."""
    _by_entry: dict[str, Span] = field(default_factory=dict)
    _decisions: Decisions = field(default_factory=Decisions)
    _pairing: Pairing = field(default_factory=Pairing)

    async def refresh(self) -> list[Span]:
        """Read what has come since; returns what it touches."""
        wanted = frozenset({channels.entries(PLANNED), channels.arrivals(PLANNED)})
        documents, self.since = await read_feed(self.database, self.since, wanted)
        touched = [span for one in documents if is_erased(one) for span in self._forget(one.id)]
        for spoken in self._pairing.add(documents):
            touched += self._take(spoken)
        return touched

    def _take(self, spoken: Spoken) -> list[Span]:
        body, name = spoken.entry.body, spoken.entry.id
        if self._decisions.take(body, name, stands=spoken.item.verdict == "stored"):
            decided = self._by_entry.get(body.entry) if isinstance(body, Deciding) else None
            return [] if decided is None else [decided]
        if isinstance(body, PlannedRecorded):
            self._by_pupil.setdefault(body.pupil, {})[name] = spoken
            span = Span(body.pupil, body.first, body.last)
        else:
            assert isinstance(body, PlannedWithdrawn)  # noqa: S101  # the topic's other kind
            self._withdrawals.setdefault(body.entry, []).append(spoken)
            # The span of the code itself, whatever the withdrawal says of it.
            own = Span(body.pupil, body.first, body.last)
            span = self._by_entry.get(body.entry, own)
        self._by_entry[name] = span
        return [span]

    def _stands(self, spoken: Spoken) -> bool:
        return self._decisions.stands(spoken.entry.id, held=spoken.item.verdict == "held")

    def _is_withdrawn(self, entry_id: str) -> bool:
        return any(map(self._stands, self._withdrawals.get(entry_id, ())))

    def _forget(self, erased: str) -> list[Span]:
        """Let go of a code whose entry was erased by law. A withdrawal that was stands."""
        for recorded in self._by_pupil.values():
            recorded.pop(erased, None)
        span = self._by_entry.pop(erased, None)
        return [] if span is None else [span]

    def on(self, pupil: str, date: str, session: Session) -> tuple[Planned, ...]:
        """Planned codes of a cell, in order of their entries."""
        return tuple(
            Planned(
                entry=entry_id,
                code=body.code,
                source=body.source,
                by_name=self._name(body.author),
            )
            for entry_id, body in self._recorded_on(pupil, date, session)
            if not self._is_withdrawn(entry_id)
        )

    def codes(self, pupil: str, date: str, session: Session) -> frozenset[str]:
        """The codes a teacher may confirm on that cell.

        Also those withdrawn since: a tablet without a signal still shows them, and what was right
        when it was chosen stands.
        """
        return frozenset(body.code for _, body in self._recorded_on(pupil, date, session))

    def _recorded_on(
        self, pupil: str, date: str, session: Session
    ) -> Iterator[tuple[str, PlannedRecorded]]:
        for entry_id, spoken in sorted(self._by_pupil.get(pupil, {}).items()):
            body = spoken.entry.body
            assert isinstance(body, PlannedRecorded)  # noqa: S101  # nothing else is kept by pupil
            here = body.first <= date <= body.last and session in body.sessions
            if here and self._stands(spoken):
                yield entry_id, body

    def _name(self, person: str) -> str:
        member = self.roster.staff.get(person)
        return member.name if member is not None else "the office"
