"""Intake: everything a tablet pushes is taken in, and answered as taken.

parse → log → judge each claim, as of the time of the act → store; set aside the claims that cannot
stand; hold what cannot speak at all. The entries of a push and its arrival are one durable batch.
Whatever cannot even be numbered (no log, a false digest) is kept whole in the quarantine.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from schemas.entry import ClaimBody, WatchConfirmed
from schemas.syncing import LogHead, PushRow, Receipt
from sync.arrivals import ArrivalItem
from sync.attendance.planned import PlannedBook
from sync.audience import Audience
from sync.backed import BackedUp
from sync.clock import Clock
from sync.decisions import Deciding
from sync.erasure import Erasures
from sync.family.casebook import CaseBook
from sync.family.known import Known, know
from sync.filing import Filing
from sync.grants import GrantBook
from sync.judging import Contacts, Judge
from sync.logbook import LogBook
from sync.logs import LogState
from sync.lookups import Posts, look_up, no_posts
from sync.pushed import Pushed, Speaker, parse
from sync.rights import Rights
from sync.roster import Roster
from sync.settling import Settler
from sync.store import Database
from sync.topics import attendance_topics, is_family_topic
from sync.verdicts import Reason
from sync.waiting import Waiter

__all__ = ["Around", "Contacts", "Intake", "Taken"]


@dataclass(frozen=True, slots=True)
class Taken:
    """The answer, row by row, and what the publisher has to look at."""

    rows: tuple[PushRow, ...]
    topics: frozenset[str] = frozenset()
    """Dates spoken of, and other topics (:mod:`sync.channels`)."""

    @property
    def dates(self) -> frozenset[str]:
        """The topics that change what is published: dates, and planned codes."""
        return attendance_topics(self.topics)


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
        self.cases = CaseBook(database)
        """Refreshed before anything is judged, and by whoever reads it."""
        self._deciding = asyncio.Lock()
        self._settler = Settler(
            database, self._refresh, self._judge_again, self._audience, roster, clock
        )
        self._around = around or Around()
        self._erasures = erasures
        self._logs = LogBook(database, self._name, erasures)
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
        await self._refresh()
        logs = {one.log for one in parsed if one.log is not None}
        async with contextlib.AsyncExitStack() as locked:
            await locked.enter_async_context(self._logs.alone(logs))
            if any(_is_decision(one) for one in parsed):
                await locked.enter_async_context(self._deciding)
                await self._around.alone()
            try:
                states = {log: await self._logs.state(log) for log in logs}
                judge_one = await self._judge(speaker, parsed, planned, device_offset_ms, hold)
                taken = await self._store(speaker, parsed, states, judge_one)
            finally:
                self._logs.forget()
        if not any(map(is_family_topic, taken.topics)):
            return taken
        return replace(taken, topics=taken.topics | await self.settle())

    async def settle(self) -> frozenset[str]:
        """Judge again what waits, and let what is held go where cases go now; the topics of what
        was judged. Done with every push, and whenever a school is minded.
        """
        return await self._settler.settle()

    async def _judge_again(self, waiter: Waiter, one: Pushed) -> Judge:
        return await self._judge(waiter.speaker, [one], self._plans(), None, None)

    async def audience(self, parsed: Sequence[Pushed]) -> Audience:
        """Whom things go to that are held by somebody else's word than intake's."""
        await self._refresh()
        bodies = [one.entry.body for one in parsed if one.entry is not None]
        return self._audience(await know(self._database, self.cases, bodies))

    def _audience(self, known: Known | None = None) -> Audience:
        return Audience(self._roster(), self.grants, known or Known(self.cases))

    async def _refresh(self) -> None:
        await self.grants.refresh()
        await self.cases.refresh()

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
        lookups = await look_up(
            self._database, roster, parsed, access.groups, self._around.posts, cases=self.cases
        )
        received_ms = self._clock.now_ms()
        lookups.known.teams.update(await self._teams(parsed, lookups.known, received_ms))
        rights = Rights(speaker, access, self.grants, roster, lookups)
        return Judge(rights, planned, self._contacts, received_ms, device_offset_ms, hold)

    async def _teams(
        self, parsed: Sequence[Pushed], known: Known, ms: int
    ) -> dict[str, frozenset[str]]:
        """The teams of those who are out, and said to be safe by somebody."""
        bodies = [one.entry.body for one in parsed if one.entry is not None]
        confirmed = {one.watch for one in bodies if isinstance(one, WatchConfirmed)}
        out = {known.watches[one].person for one in confirmed if one in known.watches}
        return {
            person: self.grants.access(person, await self._around.posts(person)).at(ms).teams
            for person in sorted(out)
        }

    async def receipts(self, heads: Iterable[LogHead], speaker: Speaker) -> list[Receipt]:
        """Receipts for the speaker's own logs, those the tablet does not hold already."""
        found: list[Receipt] = []
        backups = self._backups()
        for head in heads:
            state = await self._logs.state(head.log)
            if state.owner is not None and state.owner != speaker.person:
                continue
            receipt = state.receipt_for(head, backups)
            if receipt.tag != head.receipt:
                found.append(receipt)
        self._logs.forget()
        return found

    async def owner(self, log: str) -> str | None:
        """Whose log it is; None while nothing of it has come in."""
        owner = (await self._logs.state(log)).owner
        self._logs.forget()
        return owner

    async def came(self, one: Pushed) -> bool:
        """Whether a numbered document came in before."""
        state = None if one.log is None else await self._logs.state(one.log)
        self._logs.forget()
        return state is not None and state.holds(one.n, one.digest) is not None

    def _plans(self) -> PlannedBook:
        roster = self._roster()
        if self._planned is None or self._planned.roster is not roster:
            self._planned = PlannedBook(self._database, roster)
        return self._planned

    async def _planned_book(self, parsed: Sequence[Pushed]) -> PlannedBook:
        book = self._plans()
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
        lookups = judge_one.rights.lookups
        filing = Filing(
            speaker,
            self._roster(),
            judge_one.received_ms,
            lookups,
            self._audience(lookups.known),
            self._erasures(),
            self._name,
        )
        rows: list[PushRow] = []
        fresh: dict[str, dict[str, ArrivalItem]] = {}
        foreign = _foreign(states, parsed, speaker)
        for one in parsed:
            state = states.get(one.log) if one.log is not None else None
            if state is None or one.log in foreign:
                held = filing.whole(one)
                rows.append(PushRow(id=one.name, rev=one.rev, verdict="held", reason=held.reason))
                continue
            assert one.log is not None  # noqa: S101  # a state is found by it
            known = state.holds(one.n, one.digest) or fresh.get(one.log, {}).get(one.digest)
            item = known or judge_one.item(one, state)
            if known is None:
                fresh.setdefault(one.log, {})[one.digest] = item
                if one.sealed:
                    filing.entry(one, item, judge_one.judged_ms.get(item.entry, 0))
                else:
                    filing.whole(one)
            rows.append(
                PushRow(id=item.entry, rev=one.rev, verdict=item.verdict, reason=item.reason)
            )
        arrivals = [
            filing.arrival(self._arrival_id(judge_one.received_ms), states[log], items)
            for log, items in fresh.items()
        ]
        batch = filing.batch
        if batch is not None:
            results = await self._database.write(batch)
            for arrival, stored in zip(arrivals, results[len(batch.writes) :], strict=True):
                states[arrival.log].add(arrival, stored.seq)
        return Taken(tuple(rows), frozenset(filing.topics))

    def _arrival_id(self, received_ms: int) -> str:
        return f"arrival:{received_ms:013d}:{self._ids()}"


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
