"""Following what entries say of drafts: that one was handed in, and that a lead opened one.

Both are read from the database's own feed, so that a server that was killed, or an entry that was
held first and released later, is caught up with: everything here is done again without harm.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, field

from schemas.entry import DraftOpened, VisitSubmitted
from schemas.family.drafts import DRAFT_OPEN_DAYS, DraftEnd, DraftOpening
from server.following import Follower, PublisherMeter
from server.visit_drafts.keeping import body_of, end, readers
from server.visit_drafts.reading import copies, end_id, opening_id, read_opening
from sync import channels
from sync.clock import Clock, instant, to_ms
from sync.decisions import Decisions
from sync.family.casebook import CaseBook
from sync.family.casework import Casework
from sync.family.known import Known
from sync.grants import GrantBook
from sync.lookups import Posts, no_posts
from sync.reading import each
from sync.roster import Roster
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database, Write, WriteBatch
from sync.topics import CASES, DRAFTS

__all__ = ["DraftFollower", "Reaching"]

TASK = "drafts"
DAY_MS = 86_400_000
END_DAYS = 120
"""Days for which an author's tablets are told that a draft is over; the server knows for good."""
_WANTED = frozenset({channels.entries(DRAFTS), channels.arrivals(DRAFTS)})


@dataclass(frozen=True)
class Reaching:
    """Whose cases are: to know for how long somebody may read what they opened."""

    cases: CaseBook
    grants: GrantBook
    posts: Posts = no_posts


@dataclass
class _Heard:
    """Entries about drafts that have arrived, and what was decided on those that were held."""

    since: int = 0
    waiting: dict[str, Spoken] = field(default_factory=dict)
    """Those that have not been acted on: not yet, or held."""
    pairing: Pairing = field(default_factory=Pairing)
    decisions: Decisions = field(default_factory=Decisions)


class DraftFollower(Follower):
    """Ends drafts that were handed in, and lets leads read those that they opened."""

    def __init__(
        self,
        database: Database,
        roster: Callable[[], Roster],
        clock: Clock,
        reaching: Reaching,
        *,
        meter: PublisherMeter | None = None,
    ) -> None:
        super().__init__(database, TASK, meter=meter)
        self._roster = roster
        self._clock = clock
        self._reaching = reaching
        self._heard = _Heard()
        self._open_until_ms: int | None = None
        """When the next opening is over; None for none."""
        self._swept_ms = 0

    def heeds(self, topics: Collection[str]) -> Collection[str]:
        """Drafts; and cases, of which somebody who opened a draft may know nothing any more."""
        return [one for one in topics if one in {DRAFTS, CASES}]

    @property
    def due(self) -> bool:
        """Whether somebody has had a draft open for long enough, or a day has passed."""
        now_ms = self._clock.now_ms()
        over = self._open_until_ms is not None and self._open_until_ms <= now_ms
        return over or now_ms - self._swept_ms >= DAY_MS

    async def _pass(self) -> bool:
        await self._read()
        again: set[str] = set()
        for name, spoken in list(self._heard.waiting.items()):
            if not self._heard.decisions.stands(name, held=spoken.item.verdict == "held"):
                continue
            with self._trouble("draft", again, name):
                await self._act(spoken)
                del self._heard.waiting[name]
        if self.due:
            await self._sweep()
        if self._open_until_ms is not None:
            await self._close_beyond()
        return False

    async def _read(self) -> None:
        heard = self._heard
        documents, heard.since = await read_feed(self._database, heard.since, _WANTED)
        for spoken in heard.pairing.add(documents):
            body, name = spoken.entry.body, spoken.entry.id
            stands = spoken.item.verdict == "stored"
            if not heard.decisions.take(body, name, stands=stands):
                heard.waiting[name] = spoken

    async def _act(self, spoken: Spoken) -> None:
        body = spoken.entry.body
        if isinstance(body, VisitSubmitted) and body.draft is not None:
            await end(self._database, _end(spoken, body, body.draft))
        elif isinstance(body, DraftOpened):
            await self._open(_opening(spoken, body, self._name_of(body.author)))

    async def _open(self, opening: DraftOpening) -> None:
        """Let the draft be read, and both know; after its time it is noted all the same."""
        known, *_ = await self._database.read([opening.id])
        if known is None:
            to = frozenset(map(channels.person, {opening.of, opening.by}))
            await self._database.write(WriteBatch([Write(opening.id, body_of(opening), to)]))
            await self._show(opening)
        self._note(opening)

    def _note(self, opening: DraftOpening) -> None:
        until_ms = to_ms(opening.until)
        if until_ms > self._clock.now_ms():
            self._open_until_ms = min(until_ms, self._open_until_ms or until_ms)

    async def _show(self, opening: DraftOpening) -> None:
        """Put the draft's copies into the channels of whoever may read them by now."""
        now_ms = self._clock.now_ms()
        to = await readers(self._database, opening.of, opening.draft, now_ms)
        known = await copies(self._database, opening.of, opening.draft)
        moved = [Write(one.id, one.body, to, parent=one.rev) for one in known if one.channels != to]
        if moved:
            await self._database.write(WriteBatch(moved))

    async def _close_beyond(self) -> None:
        """Close what was opened by somebody whose case it is not any more: it was restricted, or
        went to another team.
        """
        now_ms, reaching = self._clock.now_ms(), self._reaching
        await reaching.cases.refresh()
        await reaching.grants.refresh()
        for document in await self._database.range("draft_opening:", "draft_opening;"):
            opening = read_opening(document)
            if to_ms(opening.until) <= now_ms:
                continue
            access = reaching.grants.access(opening.by, await reaching.posts(opening.by))
            known = Known(reaching.cases)
            work = Casework(access.at(now_ms), self._roster(), known, now_ms)
            if not work.reaches(opening.case):
                over = opening.model_copy(update={"until": instant(now_ms)})
                write = Write(over.id, body_of(over), document.channels, parent=document.rev)
                await self._database.write(WriteBatch([write]))
                await self._show(over)

    async def _sweep(self) -> None:
        """Close what was open for long enough, and tell no tablet any more of what is long over."""
        now_ms = self._clock.now_ms()
        self._open_until_ms = None
        async for one in each(self._database, "draft_opening:", "draft_opening;"):
            opening = read_opening(one)
            self._note(opening)
            await self._show(opening)
        async for one in each(self._database, "draft_end:", "draft_end;"):
            if one.channels and to_ms(one.body["at"]) < now_ms - END_DAYS * DAY_MS:
                write = Write(one.id, one.body, frozenset(), parent=one.rev)
                await self._database.write(WriteBatch([write]))
        self._swept_ms = now_ms

    def _name_of(self, person: str) -> str:
        member = self._roster().staff.get(person)
        return member.name if member is not None else "Somebody no longer on the staff list"


def _end(spoken: Spoken, body: VisitSubmitted, draft: str) -> DraftEnd:
    return DraftEnd(
        id=end_id(body.author, draft),
        draft=draft,
        author=body.author,
        case=body.case,
        visit=body.visit,
        entry=spoken.entry.id,
        covers=body.covers,
        at=spoken.received_at,
    )


def _opening(spoken: Spoken, body: DraftOpened, name: str) -> DraftOpening:
    until = instant(to_ms(spoken.received_at) + DRAFT_OPEN_DAYS * DAY_MS)
    return DraftOpening(
        id=opening_id(body.draft, spoken.entry.digest),
        entry=spoken.entry.id,
        draft=body.draft,
        of=body.of,
        case=body.case,
        by=body.author,
        by_name=name,
        at=spoken.received_at,
        until=until,
        reason=body.reason,
    )
