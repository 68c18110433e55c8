"""The publisher of one school's registers: folds what came in, writes what people work from.

It follows the database's feed (:mod:`server.following`). A new day, by the school's own calendar,
is opened with the first thing that happens in it; its documents go out in portions, histories
last, and marks that come in meanwhile go first.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import replace

from server import histories
from server.drafts import Draft, draft, open_dates, unexplained
from server.following import COALESCE_S, Follower, PublisherMeter
from server.news import CHECKPOINT, Progress, read_news, resume
from server.publication import UNEXPLAINED, Books, Window, card_id
from sync import channels
from sync.clock import Clock, instant, local
from sync.roster import Roster
from sync.store import Database, Write, WriteBatch
from sync.topics import PLANNED, attendance_topics

__all__ = ["Publisher"]

PORTION = 48
"""Documents of a day's opening that go out at once; a mark waits for no more than these."""
TASK = "publish"
LOOKBACK_DAYS = 2 * channels.OFFICE_DAYS
"""School days searched for open ``N``s when a school is published for the first time."""


class Publisher(Follower):
    """Publishes one school's registers. ``roster`` gives the school's roster as last read: a new
    object whenever the roster's documents have changed.
    """

    def __init__(
        self,
        database: Database,
        roster: Callable[[], Roster],
        clock: Clock,
        *,
        coalesce_s: float = COALESCE_S,
        meter: PublisherMeter | None = None,
    ) -> None:
        super().__init__(database, TASK, coalesce_s=coalesce_s, meter=meter)
        self._roster = roster
        self._clock = clock
        self._progress: Progress | None = None
        self._books: Books | None = None
        self._opening: str | None = None
        self._backlog: list[str] = []
        self._stale: list[str] = []

    def heeds(self, topics: Collection[str]) -> Collection[str] | None:
        """Dates, and planned codes."""
        return attendance_topics(topics) or None

    @property
    def due(self) -> bool:
        """Whether today, or the roster as it is now, has not been published by this process."""
        if self._progress is None or self._books is None:
            return True
        return self._progress.opened != self._today() or self._books.roster is not self._roster()

    async def _pass(self) -> bool:
        """Publish the news and one portion of the backlog; whether there is more to do."""
        if self._progress is None:
            self._progress = await resume(self._database)
        progress = self._progress
        await read_news(self._database, progress)
        window = Window.of(self._roster(), self._today())
        books, whole = await self._current_books(progress)
        books.told = progress.seq
        await self._spread(progress, books, window)
        anew = progress.reading != books.reading and self._opening is None
        if whole or anew or window.today not in {progress.opened, self._opening}:
            await self._open(progress, books, window, whole=whole)
        await self._publish(progress, books, window)
        return bool(self._backlog or self._stale)

    async def _current_books(self, progress: Progress) -> tuple[Books, bool]:
        """Daybooks over the roster as it is, and whether all has to be published anew."""
        roster, books = self._roster(), self._books
        if books is not None and books.roster is roster:
            return books, progress.opened is None and self._opening is None
        fresh = Books(self._database, roster)
        await fresh.read_plans()
        whole = books is not None or progress.roster or progress.opened is None
        self._books, progress.roster = fresh, False
        return fresh, whole

    async def _spread(self, progress: Progress, books: Books, window: Window) -> None:
        """Turn days with news into the documents these appear in."""
        for date in sorted(progress.dates):
            with self._trouble("day", progress.dates, date):
                progress.dates.discard(date)
                if date == PLANNED:
                    progress.targets |= await books.news_of_plans(window)
                else:
                    progress.targets |= await books.news_of(date, window)

    async def _open(self, progress: Progress, books: Books, window: Window, *, whole: bool) -> None:
        """Line up a new day's documents, and those of days that nobody opened; or all of them."""
        if whole:
            progress.opened = None
        since, calendar = progress.opened, books.roster.calendar
        targets: set[str] = set()
        for date in (one for one in window.days if since is None or one > since):
            with self._trouble("day", progress.dates, date):
                targets |= await books.whole_day(date, window)
        if whole or calendar.is_school_day(window.today):
            targets |= {card_id(pupil) for pupil in books.roster.pupils}
        if since is None:
            current, *_ = await self._database.read([UNEXPLAINED])
            earlier = calendar.school_days_before(window.today, LOOKBACK_DAYS)
            targets |= {f"{UNEXPLAINED}:{date}" for date in open_dates(current).union(earlier)}
        else:
            targets.add(f"{UNEXPLAINED}:{since}")
        anew = progress.reading != books.reading
        added = histories.lined_up(books.roster, window, None if anew else since)
        self._stale = await self._outdated(window, targets | added if whole else None)
        targets |= {f"{one}:{histories.ALL}" for one in added} if anew else added
        self._backlog = sorted(targets - progress.targets, key=_rank)
        self._opening = window.today

    async def _outdated(self, window: Window, wanted: set[str] | None) -> list[str]:
        """Documents of days gone by; and, given all that is ``wanted``, any that is not."""
        spans = [
            ("sheet:", f"sheet:{min(window.days)}"),
            ("roll:", f"roll:{min(window.listed)}"),
            *(("history:", f"history:{half.first}") for half in window.halves[-1:]),
        ]
        if wanted is not None and not self._troubles:
            spans = [(f"{kind}:", f"{kind};") for kind in ("sheet", "roll", "card", "history")]
        found = [one.id for span in spans for one in await self._database.range(*span)]
        return [one for one in found if wanted is None or one not in wanted]

    async def _publish(self, progress: Progress, books: Books, window: Window) -> None:
        """Compute what is due, and write what has changed, with the checkpoint, in one batch."""
        began = time.monotonic()
        portion, outdated = await self._portion(books, window), self._stale[: 4 * PORTION]
        left = replace(progress, targets=set())
        drafts = await self._drafts(progress.targets, portion, left, books, window)
        current = await self._database.read([one.id for one in drafts])
        pairs = zip(drafts, current, strict=True)
        writes = [one.write() for one, there in pairs if not one.says_the_same(there)]
        writes += [Write(one, {}, deleted=True, force=True) for one in outdated]
        rest = len(self._backlog) + len(self._stale) - len(portion) - len(outdated)
        opened = self._opening is not None and rest == 0
        if opened:
            left.opened, left.reading = self._opening, books.reading
        if writes or opened:
            checkpoint = {CHECKPOINT: left.checkpoint(self._database)}
            await self._database.write(WriteBatch(writes, checkpoint))
            self._meter.published(len(writes), time.monotonic() - began)
        self._progress = left
        self._backlog = self._backlog[len(portion) :]
        self._stale = self._stale[len(outdated) :]
        if opened:
            self._opening = None
            books.marks.clear()

    async def _portion(self, books: Books, window: Window) -> list[str]:
        """The next of the backlog. Histories wait until the days they lack are read, one a pass."""
        portion = self._backlog[:PORTION]
        named = histories.by_document(
            (one for one in portion if histories.is_history(one)), books.roster, window
        )
        current = await self._database.read(list(named))
        for (name, wanted), there in zip(named.items(), current, strict=True):
            for date in histories.lacking(name, wanted, there, books, window):
                if date not in books.marks:
                    with self._trouble("day", set()):
                        await books.read_marks(date)
                        return portion[: -len(named)]
        return portion

    async def _drafts(
        self, news: set[str], portion: list[str], left: Progress, books: Books, window: Window
    ) -> list[Draft]:
        """Compute documents; those that cannot be stay among what is ``left``."""
        as_at = instant(self._clock.now_ms())
        targets = news.union(portion)
        rows = {one for one in targets if histories.is_history(one)}
        found = await self._histories(rows, portion, left, books, window) if rows else []
        parts = {one for one in targets if one.startswith(UNEXPLAINED)}
        for target in sorted(targets - parts - rows, key=_rank):
            with self._trouble(target.partition(":")[0], left.targets, target):
                made = await draft(target, books, window, as_at)
                found += [made] if made is not None else []
            await asyncio.sleep(0)
        if parts:
            with self._trouble(UNEXPLAINED, left.targets, *parts):
                current, *_ = await self._database.read([UNEXPLAINED])
                dates = {one.partition(":")[2] for one in parts}
                found.append(await unexplained(dates, current, books, window, as_at))
        return found

    async def _histories(
        self, targets: set[str], portion: list[str], left: Progress, books: Books, window: Window
    ) -> list[Draft]:
        """Compute histories. News of one that the backlog is yet to begin is told by it then."""
        named = histories.by_document(targets, books.roster, window)
        later = {one.removesuffix(f":{histories.ALL}") for one in self._backlog}
        later -= {one.removesuffix(f":{histories.ALL}") for one in portion}
        current = await self._database.read(list(named))
        found: list[Draft] = []
        for (name, wanted), there in zip(named.items(), current, strict=True):
            if name in later and (there is None or there.deleted):
                continue
            with self._trouble("history", left.targets, *wanted.targets):
                made = await histories.draft(name, wanted, there, books, window)
                found += [made] if made is not None else []
            await asyncio.sleep(0)
        return found

    def _today(self) -> str:
        calendar = self._roster().calendar
        return local(instant(self._clock.now_ms()), calendar.time_zone)[0]


def _rank(target: str) -> tuple[bool, bool, bool, str]:
    """Sheets first, then fire lists, then the rest, histories last: what people look at first."""
    kind = target.partition(":")[0]
    return kind != "sheet", kind != "roll", kind == "history", target
