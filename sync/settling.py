"""Settling: what follows for what is held from what came in since.

What waits is judged again (:mod:`sync.waiting`), and what is held of a case goes where the case
goes now (:mod:`sync.audience`). A process that dies before loses nothing: whoever comes next does
the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sync import channels
from sync.arrivals import WAITS
from sync.audience import Audience, case_of
from sync.clock import Clock, instant
from sync.erasure import is_erased
from sync.family.known import Known
from sync.filing import file_held, half_of
from sync.judging import Judge
from sync.lookups import read_held
from sync.pushed import Pushed, parse
from sync.quarantine import hold_entry
from sync.rights import Act
from sync.roster import Roster
from sync.spoken import read_feed
from sync.store import Database, Write, WriteBatch
from sync.topics import topics_of
from sync.waiting import Waiter, as_pushed, judged_again, no_longer, read_waiter, settled

__all__ = ["Settler"]


class Settler:
    """Settles one database. ``refresh`` reads grants and cases; ``judge`` gives a judge of what
    waits, as its sender was; ``audience`` says whom things go to, by what is known.
    """

    def __init__(
        self,
        database: Database,
        refresh: Callable[[], Awaitable[None]],
        judge: Callable[[Waiter, Pushed], Awaitable[Judge]],
        audience: Callable[[Known | None], Audience],
        roster: Callable[[], Roster],
        clock: Clock,
    ) -> None:
        self._database = database
        self._refresh = refresh
        self._judge = judge
        self._audience = audience
        self._roster = roster
        self._clock = clock
        self._alone = asyncio.Lock()

    async def settle(self) -> frozenset[str]:
        """Do both, until nothing more follows; the topics of what was judged again."""
        async with self._alone:
            await self._refresh()
            await self._let_go()
            topics: set[str] = set()
            while found := await self._judge_waiting():
                topics |= found
                await self._refresh()
            return frozenset(topics)

    async def _judge_waiting(self) -> set[str]:
        """Go once through what waits; the topics of what need not wait any longer."""
        documents, _ = await read_feed(self._database, 0, channels.WAITING)
        topics: set[str] = set()
        for document in documents:
            waiter = read_waiter(document)
            entry, held = await self._database.read([waiter.item.entry, waiter.held])
            if entry is None or is_erased(entry) or held is None or held.body.get("outcome"):
                await self._database.write(WriteBatch([no_longer(waiter)]))
                continue
            topics |= await self._judge_again(waiter, parse(as_pushed(entry)))
        return topics

    async def _judge_again(self, waiter: Waiter, one: Pushed) -> set[str]:
        assert one.entry is not None  # noqa: S101  # it was read when it came
        assert one.log is not None  # noqa: S101  # and was numbered
        judge_one = await self._judge(waiter, one)
        judgement = judge_one.judge(one.entry, Act(waiter.judged_ms, waiter.received_ms))
        if judgement.held is not None and judgement.held.code in WAITS:
            return set()
        item = judged_again(waiter, judgement)
        topics = topics_of(one.entry.body)
        writes = [settled(waiter, item, one.log, topics, self._clock.now_ms())]
        if item.verdict == "stored" and not item.set_aside:
            writes.append(Write(waiter.held, {}, deleted=True, force=True))
        else:
            held = hold_entry(one, item, waiter.speaker, instant(waiter.received_ms))
            to = self._audience(judge_one.rights.lookups.known).of(one, stored=True)
            writes.append(file_held(held, channels.held(waiter.person, to=to)))
        await self._database.write(WriteBatch(writes))
        return set(topics)

    async def _let_go(self) -> None:
        """Take what is held of cases to where they lie now."""
        documents, _ = await read_feed(self._database, 0, channels.CASES_HELD)
        audience = self._audience(None)
        writes: list[Write] = []
        for document in documents:
            held = read_held(document.id, document.body)
            case = case_of(document.channels)
            if audience.known.case(case) is None:
                continue
            to = channels.held(held.sender, half_of(held, self._roster()), audience.of_case(case))
            if to != document.channels:
                writes.append(file_held(held, to))
        if writes:
            await self._database.write(WriteBatch(writes))
