"""Intake: everything a tablet pushes is taken in, and answered as taken.

parse → log → judge each claim, as of the time of the act → store; set aside the claims that cannot
stand; hold what cannot speak at all. The entries of a push and its arrival are one durable batch.
Whatever cannot even be numbered (no log, a false digest) is kept whole in the quarantine.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.entry import ClaimBody, Entry
from schemas.published import Held
from schemas.syncing import LogHead, PushRow, Receipt
from sync import channels
from sync.arrivals import (
    JUDGED_AGAIN,
    Arrival,
    ArrivalItem,
    chained,
    read_arrival,
    read_judged_again,
)
from sync.backed import BackedUp
from sync.clock import Clock, instant, local
from sync.daybook import parse_entry, read_feed
from sync.decisions import Deciding
from sync.erasure import Erasures
from sync.grants import GrantBook
from sync.judging import Contacts, Judge
from sync.logs import LogState
from sync.lookups import Posts, look_up, no_posts
from sync.planned import PlannedBook
from sync.pushed import Pushed, Speaker, parse
from sync.quarantine import decide, hold_entry, hold_whole
from sync.rights import Rights
from sync.roster import Roster
from sync.store import Database, Write, WriteBatch
from sync.verdicts import Reason

__all__ = ["Around", "Contacts", "Intake", "Taken"]

MAX_CACHED_LOGS = 512


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer, row by row, and what the publisher has to look at."""

    rows: tuple[PushRow, ...]
    topics: frozenset[str] = frozenset()
    """Dates spoken of, and other topics (:mod:`sync.channels`)."""

    @property
    def dates(self) -> frozenset[str]:
        """The topics that change what is published: dates, and planned codes."""
        return channels.attendance(self.topics)


@dataclass(slots=True)
class _Push:
    """What one push will store."""

    writes: list[Write] = field(default_factory=list)
    arrivals: list[Write] = field(default_factory=list)
    """Stored last: an arrival without its entries would answer for what is not there."""
    topics: set[str] = field(default_factory=set)
    decided: dict[str, Held] = field(default_factory=dict)
    """What is held, as this push decides on it."""


async def _alone_anyhow() -> None:
    """There is no other server."""


@dataclass(frozen=True, slots=True)
class Around:
    """What intake asks of the server around it.

    ``alone`` resolves once no other server of the store decides on what is held.
    """

    alone: Callable[[], Awaitable[None]] = _alone_anyhow
    posts: Posts = no_posts


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
        *,
        erasures: Callable[[], Erasures] = Erasures,
        around: Around | None = None,
    ) -> None:
        self._database = database
        self._roster = roster
        self._clock = clock
        self._ids = ids
        self._contacts = contacts
        self._backups = backups
        self.grants = GrantBook(database)
        """Refreshed before anything is judged, and by whoever reads it."""
        self._deciding = asyncio.Lock()
        self._around = around or Around()
        self._erasures = erasures
        self._logs: dict[str, LogState] = {}
        self._read_through: dict[str, int] = {}
        self._locks: dict[str, asyncio.Lock] = {}
        self._planned: PlannedBook | None = None

    async def take(
        self,
        speaker: Speaker,
        docs: Sequence[Any],
        *,
        device_offset_ms: int | None = None,
        hold: Reason | None = None,
    ) -> Taken:
        """Take documents in; one row each, in order.

        ``device_offset_ms``: server less device time as this push shows it, for entries written
        before their device's first contact. ``hold``: why nothing of this push may speak by
        itself. Raises ``EntryTooLarge``, and whatever the store raises when it cannot write; then
        nothing of the push was taken.
        """
        parsed = [parse(raw) for raw in docs]
        planned = await self._planned_book(parsed)
        await self.grants.refresh()
        logs = sorted({one.log for one in parsed if one.log is not None})
        async with contextlib.AsyncExitStack() as locked:
            for log in logs:
                lock = self._locks.setdefault(log, asyncio.Lock())
                await locked.enter_async_context(lock)
            if any(_is_decision(one) for one in parsed):
                await locked.enter_async_context(self._deciding)
                await self._around.alone()
            try:
                states = {log: await self._log(log) for log in logs}
                judge_one = await self._judge(speaker, parsed, planned, device_offset_ms, hold)
                return await self._store(speaker, parsed, states, judge_one)
            finally:
                self._forget()

    async def _judge(
        self,
        speaker: Speaker,
        parsed: Sequence[Pushed],
        planned: PlannedBook,
        device_offset_ms: int | None,
        hold: Reason | None,
    ) -> Judge:
        roster = self._roster()
        access = self.grants.access(speaker.person, speaker.posts)
        lookups = await look_up(self._database, roster, parsed, access.groups, self._around.posts)
        rights = Rights(speaker, access, self.grants, roster, lookups)
        received_ms = self._clock.now_ms()
        return Judge(rights, planned, self._contacts, received_ms, device_offset_ms, hold)

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

    async def came(self, one: Pushed) -> bool:
        """Whether a numbered document came in before."""
        state = None if one.log is None else await self._log(one.log)
        self._forget()
        return state is not None and state.holds(one.n, one.digest) is not None

    async def _log(self, log: str) -> LogState:
        """The state of a log as of now: other servers of the same store write arrivals too."""
        state = self._logs.setdefault(log, LogState(log, self._name))
        since = self._read_through.get(log, 0)
        documents, through = await read_feed(self._database, since, frozenset({channels.log(log)}))
        for document in documents:
            kind = document.body.get("type")
            if kind == "arrival":
                state.add(read_arrival(document), document.seq)
            elif kind == JUDGED_AGAIN:
                state.judge_again(read_judged_again(document))
            else:
                state.decide(parse_entry(document))
        state.erase(self._erasures().numbers(log))
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

    def _name(self, person: str) -> str:
        member = self._roster().staff.get(person)
        return member.name if member is not None else "Somebody no longer on the staff list"

    async def _store(
        self,
        speaker: Speaker,
        parsed: Sequence[Pushed],
        states: dict[str, LogState],
        judge_one: Judge,
    ) -> Taken:
        received_ms = judge_one.received_ms
        push = _Push(decided=dict(judge_one.rights.lookups.held))
        rows: list[PushRow] = []
        fresh: dict[str, dict[str, ArrivalItem]] = {}
        foreign = _foreign(states, parsed, speaker)
        for one in parsed:
            state = states.get(one.log) if one.log is not None else None
            if state is None or one.log in foreign:
                held = hold_whole(one, speaker, instant(received_ms))
                if self._erasures().of(one.name) is None:
                    push.writes.append(
                        _document(held, channels.held(speaker.person, kind=one.kind), keep=True)
                    )
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
                    push.writes.append(
                        _document(held, channels.held(speaker.person, kind=one.kind), keep=True)
                    )
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
        return Taken(tuple(rows), frozenset(push.topics))

    def _write_entry(
        self, one: Pushed, item: ArrivalItem, speaker: Speaker, received_ms: int, push: _Push
    ) -> None:
        erasure = self._erasures().of(item.entry)
        if erasure is not None:  # offered again to a school that was restored: the stub is kept
            kept_in = frozenset(erasure.channels)
            push.writes.append(Write(item.entry, erasure.stub(), kept_in, history=(one.rev,)))
            return
        topics = self._topics(one, item, push)
        to = {channels.entries(topic) for topic in topics}
        if item.verdict == "stored" and one.entry is not None:
            to |= self._decide(one.entry, push)
        body = {key: value for key, value in one.raw.items() if key not in {"_id", "_rev"}}
        push.writes.append(Write(item.entry, body, frozenset(to), history=(one.rev,)))
        push.topics |= topics
        if item.verdict == "held" or item.set_aside:
            held = hold_entry(one, item, speaker, instant(received_ms))
            push.writes.append(_document(held, channels.held(speaker.person, kind=held.kind)))

    def _topics(self, one: Pushed, item: ArrivalItem, push: _Push) -> set[str]:
        """What an entry is about; a decision, also what that is about on which it decides."""
        found = set(channels.topics(one.entry.body)) if one.entry is not None else set()
        body = one.entry.body if one.entry is not None else None
        if not isinstance(body, Deciding) or item.verdict != "stored":
            return found
        held = push.decided[body.held]
        about = channels.topics_of_held(held.kind, held.date, held.topics)
        corrected = {one.date for one in held.decisions if one.date is not None}
        return {*about, *corrected, *(found if body.date is not None else ())}

    def _decide(self, entry: Entry, push: _Push) -> set[str]:
        """Note a decision with what it is about; channels by which its author's log hears of it."""
        body = entry.body
        if not isinstance(body, Deciding):
            return set()
        held = decide(push.decided[body.held], entry.id, body, self._name)
        push.decided[body.held] = held
        push.writes.append(
            _document(held, channels.held(held.sender, self._half_of(held), held.kind))
        )
        return {channels.log(held.log)} if held.log is not None else set()

    def _half_of(self, held: Held) -> str | None:
        """The half-term with which something decided on leaves people's tablets."""
        if held.outcome is None or held.outcome.what == "contested":
            return None
        calendar = self._roster().calendar
        half = calendar.half_term(local(held.outcome.at, calendar.time_zone)[0])
        return half.first if half is not None else None

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
        about = {channels.arrivals(topic) for topic in push.topics}
        push.arrivals.append(_document(arrival, frozenset({channels.log(state.log)} | about)))
        return arrival


def _foreign(
    states: Mapping[str, LogState], parsed: Sequence[Pushed], speaker: Speaker
) -> frozenset[str]:
    """Logs that are another person's.

    A log is its first writer's, and nobody begins one with another's entries alone: else whoever
    got hold of those, and was faster, would own what their author goes on writing.
    """
    authors = {log: {one.author for one in parsed if one.log == log} for log in states}
    mine = {None, speaker.person}
    return frozenset(
        log
        for log, state in states.items()
        if (state.owner != speaker.person if state.owner else mine.isdisjoint(authors[log]))
    )


def _is_decision(one: Pushed) -> bool:
    return one.entry is not None and isinstance(one.entry.body, Deciding)


def _document(model: Arrival | Held, to: frozenset[str], *, keep: bool = False) -> Write:
    """Make the write of a server's document; with ``keep``, one that is there already stays."""
    body = model.model_dump(mode="json", by_alias=True, exclude={"id"})
    return Write(model.id, body, to, force=not keep)
