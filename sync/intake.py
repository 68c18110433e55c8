"""Intake: everything a tablet pushes is taken in, and answered as taken.

parse → log → judge each claim, as of the time of the act → store; set aside the claims that cannot
stand; hold what cannot speak at all. The entries of a push and its arrival are one durable batch.
Whatever cannot even be numbered (no log, a false digest) is kept whole in the quarantine.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Protocol

from schemas.canonical import entry_id
from schemas.entry import ClaimBody, Entry, RegisterVoided
from schemas.policy import DESK_ROLES
from schemas.published import Held
from schemas.syncing import LogHead, PushRow, Receipt
from sync import channels
from sync.arrivals import Arrival, ArrivalItem, chained, read_arrival
from sync.backed import BackedUp
from sync.clock import Clock, Correction, correction, instant, local
from sync.daybook import read_feed
from sync.logs import LogState
from sync.planned import PlannedBook
from sync.pushed import Pushed, Speaker, parse
from sync.quarantine import hold_entry, hold_whole
from sync.roster import Roster
from sync.store import Database, Write, WriteBatch
from sync.verdicts import Judgement, Reason, judge

__all__ = ["Contacts", "Intake", "Taken"]

MAX_CACHED_LOGS = 512
_NOT_YOURS = Reason(
    "not_yours", "It voids a register somebody else took; ask them, or the office, to void it."
)


_OTHER_SESSION = Reason(
    "another_session",
    "It names another day or session than the entry it voids; void it where it was made.",
)


class Contacts(Protocol):
    """Whoever gives nonces at each contact, and knows them again."""

    def contact_ms(self, nonce: str) -> int | None:
        """Server time at which the nonce was given; None for one that was not."""


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer, row by row, and what the publisher has to look at."""

    rows: tuple[PushRow, ...]
    dates: frozenset[str] = frozenset()
    """Dates spoken of, :data:`sync.channels.PLANNED` among them for planned codes."""


@dataclass(slots=True)
class _Push:
    """What one push will store."""

    writes: list[Write] = field(default_factory=list)
    arrivals: list[Write] = field(default_factory=list)
    """Stored last: an arrival without its entries would answer for what is not there."""
    dates: set[str] = field(default_factory=set)


class Intake:
    """Takes pushes into one school's database."""

    def __init__(
        self,
        database: Database,
        roster: Callable[[], Roster],
        clock: Clock,
        ids: Callable[[], str],
        contacts: Contacts,
        backups: Callable[[], tuple[BackedUp, ...]] = tuple,
    ) -> None:
        self._database = database
        self._roster = roster
        self._clock = clock
        self._ids = ids
        self._contacts = contacts
        self._backups = backups
        self._logs: dict[str, LogState] = {}
        self._read_through: dict[str, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._planned: PlannedBook | None = None

    async def take(
        self, speaker: Speaker, docs: Sequence[Any], *, device_offset_ms: int | None = None
    ) -> Taken:
        """Take documents in; one row each, in order.

        ``device_offset_ms``: server less device time as this push shows it, for entries written
        before their device's first contact. Raises ``EntryTooLarge``, and whatever the store
        raises when it cannot write; then nothing of the push was taken.
        """
        parsed = [parse(raw) for raw in docs]
        planned = await self._planned_book(parsed)
        logs = sorted({one.log for one in parsed if one.log is not None})
        locks = [self._locks.setdefault(log, asyncio.Lock()) for log in logs]
        for lock in locks:
            await lock.acquire()
        try:
            states = {log: await self._log(log) for log in logs}
            parsed = await self._hold_others_voids(speaker, parsed)
            return await self._store(speaker, parsed, states, planned, device_offset_ms)
        finally:
            for lock in locks:
                lock.release()
            self._forget()

    async def receipts(self, heads: Iterable[LogHead], speaker: Speaker) -> list[Receipt]:
        """Receipts for the speaker's own logs, those the tablet does not hold already."""
        found: list[Receipt] = []
        backups = self._backups()
        for head in heads:
            state = await self._log(head.log)
            if state.owner is not None and state.owner != speaker.person:
                continue
            receipt = state.receipt_for(head, backups)
            if receipt.tag != head.receipt:
                found.append(receipt)
        self._forget()
        return found

    async def owner(self, log: str) -> str | None:
        """Whose log it is; None while nothing of it has come in."""
        owner = (await self._log(log)).owner
        self._forget()
        return owner

    async def _log(self, log: str) -> LogState:
        """The state of a log as of now: other servers of the same store write arrivals too."""
        state = self._logs.setdefault(log, LogState(log))
        since = self._read_through.get(log, 0)
        documents, through = await read_feed(self._database, since, frozenset({channels.log(log)}))
        for document in documents:
            state.add(read_arrival(document), document.seq)
        self._read_through[log] = max(through, self._read_through.get(log, 0))
        return state

    def _forget(self) -> None:
        """Drop what can be read again: the states of logs longest in memory, and idle locks."""
        while len(self._logs) > MAX_CACHED_LOGS:
            oldest = next(iter(self._logs))
            lock = self._locks.get(oldest)
            if lock is not None and lock.locked():
                return
            del self._logs[oldest]
            self._read_through.pop(oldest, None)
            self._locks.pop(oldest, None)

    async def _planned_book(self, parsed: Sequence[Pushed]) -> PlannedBook:
        roster = self._roster()
        if self._planned is None or self._planned.roster is not roster:
            self._planned = PlannedBook(self._database, roster)
        book = self._planned
        wanted = {
            c.code
            for p in parsed
            if p.entry is not None and isinstance(p.entry.body, ClaimBody)
            for c in p.entry.body.claims
        }
        if wanted - {"/", "\\", "L", "N"}:
            await book.refresh()
        return book

    async def _hold_others_voids(self, speaker: Speaker, parsed: list[Pushed]) -> list[Pushed]:
        """Only its author, or the desk, voids a register."""
        voids = {
            p.entry.body.entry
            for p in parsed
            if p.entry is not None and isinstance(p.entry.body, RegisterVoided)
        }
        if not voids:
            return parsed
        found = await self._database.read(sorted(voids))
        bodies = {document.id: document.body["body"] for document in found if document is not None}
        return [replace(p, reason=p.reason or _cannot_void(p, bodies, speaker)) for p in parsed]

    async def _store(
        self,
        speaker: Speaker,
        parsed: Sequence[Pushed],
        states: dict[str, LogState],
        planned: PlannedBook,
        device_offset_ms: int | None,
    ) -> Taken:
        received_ms = self._clock.now_ms()
        judge_one = _Judge(
            self._roster(), planned, self._contacts, speaker, received_ms, device_offset_ms
        )
        push = _Push()
        rows: list[PushRow] = []
        fresh: dict[str, dict[str, ArrivalItem]] = {}
        for one in parsed:
            state = states.get(one.log) if one.log is not None else None
            if state is None or state.owner not in (None, speaker.person):
                held = hold_whole(one, speaker, instant(received_ms))
                push.writes.append(_document(held, channels.held(speaker.person), keep=True))
                rows.append(PushRow(id=one.name, rev=one.rev, verdict="held", reason=held.reason))
                continue
            assert one.log is not None  # noqa: S101  # a state is found by it
            known = state.holds(one.n, one.digest) or fresh.get(one.log, {}).get(one.digest)
            item = known or judge_one.item(one, state)
            if known is None:
                fresh.setdefault(one.log, {})[one.digest] = item
                if one.sealed:
                    self._write_entry(one, item, speaker, received_ms, push)
                else:
                    held = hold_whole(one, speaker, instant(received_ms))
                    push.writes.append(_document(held, channels.held(speaker.person), keep=True))
            rows.append(
                PushRow(id=item.entry, rev=one.rev, verdict=item.verdict, reason=item.reason)
            )
        arrivals = [
            self._arrival(states[log], items, speaker, received_ms, push)
            for log, items in fresh.items()
        ]
        if push.writes or push.arrivals:
            results = await self._database.write(WriteBatch(push.writes, seal=push.arrivals))
            for arrival, stored in zip(arrivals, results[len(push.writes) :], strict=True):
                states[arrival.log].add(arrival, stored.seq)
        return Taken(tuple(rows), frozenset(push.dates))

    def _write_entry(
        self, one: Pushed, item: ArrivalItem, speaker: Speaker, received_ms: int, push: _Push
    ) -> None:
        date = channels.of_body(one.entry.body) if one.entry is not None else None
        entry_channels = frozenset({channels.entries(date)}) if date is not None else frozenset()
        body = {key: value for key, value in one.raw.items() if key not in {"_id", "_rev"}}
        push.writes.append(Write(item.entry, body, entry_channels, history=(one.rev,)))
        if date is not None:
            push.dates.add(date)
        if item.verdict == "held" or item.set_aside:
            held = hold_entry(one, item, speaker, instant(received_ms))
            push.writes.append(_document(held, channels.held(speaker.person)))

    def _arrival(
        self,
        state: LogState,
        items: dict[str, ArrivalItem],
        speaker: Speaker,
        received_ms: int,
        push: _Push,
    ) -> Arrival:
        pushed = Arrival(
            id=f"arrival:{received_ms:013d}:{self._ids()}",
            log=state.log,
            person=speaker.person,
            device=speaker.device,
            received_at=instant(received_ms),
            items=tuple(items.values()),
        )
        arrival = chained(pushed, state.arrivals + 1, state.last_arrival)
        dated = {channels.arrivals(date) for date in push.dates}
        push.arrivals.append(_document(arrival, frozenset({channels.log(state.log)} | dated)))
        return arrival


def _cannot_void(pushed: Pushed, bodies: Mapping[str, object], speaker: Speaker) -> Reason | None:
    """Why an entry that voids another cannot; ``bodies`` are those of the entries voided.

    One that has not come in yet may be voided: the daybook looks again when it has.
    """
    void = pushed.entry.body if pushed.entry is not None else None
    if not isinstance(void, RegisterVoided) or void.entry not in bodies:
        return None
    body = bodies[void.entry]
    voided = body if isinstance(body, dict) else {}
    if speaker.role not in DESK_ROLES and voided.get("author") != speaker.person:
        return _NOT_YOURS
    named = (void.date, void.session)
    return None if (voided.get("date"), voided.get("session")) == named else _OTHER_SESSION


def _document(model: Arrival | Held, to: frozenset[str], *, keep: bool = False) -> Write:
    """Make the write of a server's document; with ``keep``, one that is there already stays."""
    body = model.model_dump(mode="json", by_alias=True, exclude={"id"})
    return Write(model.id, body, to, force=not keep)


class _Judge:
    """Judges the entries of one push."""

    def __init__(
        self,
        roster: Roster,
        planned: PlannedBook,
        contacts: Contacts,
        speaker: Speaker,
        received_ms: int,
        device_offset_ms: int | None,
    ) -> None:
        self._roster = roster
        self._planned = planned
        self._contacts = contacts
        self._speaker = speaker
        self._received_ms = received_ms
        self._device_offset_ms = device_offset_ms

    def item(self, one: Pushed, state: LogState) -> ArrivalItem:
        """The arrival's line for a numbered entry."""
        assert one.log is not None  # noqa: S101  # only numbered entries are judged
        if not one.sealed:
            return _unsealed_item(one)
        flags = () if state.follows(one.n, one.raw["prev"]) else ("chain_broken",)
        offset_ms = 0
        judgement = Judgement(held=one.reason)
        if one.entry is not None and one.reason is None:
            body = one.entry.body
            moved = self._correction(one.entry)
            offset_ms, flags = moved.offset_ms, (*flags, *moved.flags)
            judgement = Judgement(held=self._forged(one.entry))
            if judgement.held is None:
                judgement = judge(
                    body, self._speaker.role, self._roster, self._planned.codes, self._today()
                )
        held = judgement.held
        return ArrivalItem(
            n=one.n,
            entry=entry_id(one.log, one.n, one.digest),
            digest=one.digest,
            prev=one.raw["prev"],
            verdict="stored" if held is None else "held",
            reason_code=held.code if held is not None else None,
            reason=held.sentence if held is not None else None,
            set_aside=judgement.set_aside,
            offset_ms=offset_ms,
            flags=(*flags, *judgement.flags),
        )

    def _today(self) -> str:
        return local(instant(self._received_ms), self._roster.calendar.time_zone)[0]

    def _forged(self, entry: Entry) -> Reason | None:
        if entry.body.author != self._speaker.person:
            return Reason(
                "forged_author",
                "It names another person as its author than the one "
                "who sent it; the office looks into it.",
            )
        if entry.body.role != self._speaker.role:
            return Reason(
                "forged_author",
                "It was written in a role its author does not have; the office looks into it.",
            )
        return None

    def _correction(self, entry: Entry) -> Correction:
        clock = entry.body.clock
        contact = clock.contact
        return correction(
            written_at=entry.body.written_at,
            known_offset_ms=clock.offset_ms,
            seen_offset_ms=self._device_offset_ms,
            contact_ms=self._contacts.contact_ms(contact) if contact is not None else None,
            received_ms=self._received_ms,
        )


def _unsealed_item(one: Pushed) -> ArrivalItem:
    assert one.reason is not None  # noqa: S101  # parsing gave one
    return ArrivalItem(
        n=one.n,
        entry=one.name,
        digest=one.digest,
        sealed=False,
        verdict="held",
        reason_code=one.reason.code,
        reason=one.reason.sentence,
    )
