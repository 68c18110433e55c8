"""Holdings: whether a tablet holds what its person may see now, all of it and nothing else.

The tablet says how many documents it holds, and a digest over them, at one token. The server lists
what the person may see and computes the same. It asks after every reset and every change of
grants, and otherwise once a day; less and less often while it gets no answer that it can use.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

from schemas.calendar import SchoolCalendar
from schemas.canonical import holding_digest
from schemas.syncing import Holding
from server.contacts import Contact, ContactBook
from sync import channels
from sync.clock import Clock, instant, local, to_ms
from sync.feed import BEGINNING, NOW, Feed, Place
from sync.store import Change, Document

__all__ = ["Compared", "Mend", "View", "ask", "compare", "owing", "take"]

DAY_MS = 24 * 3_600_000
FIRST_MS = 60_000
"""Before it asks a second time; twice as long each time after."""
LONGEST_MS = 3_600_000
LEFT_MS = 120 * DAY_MS
"""How far back it is looked for what a tablet may still hold: two half-terms and their holidays."""


@dataclass(frozen=True)
class View:
    """What somebody may see: now, and (``at``, by milliseconds since 1970) at other moments.

    ``edges``: the last moments, between two, before a grant of theirs began or ended.
    """

    feed: Feed
    at: Callable[[int], frozenset[str]]
    edges: Callable[[int, int], tuple[int, ...]]
    calendar: SchoolCalendar
    today: str

    @property
    def oldest(self) -> str:
        """The first day of the half-terms that tablets hold."""
        halves = self.calendar.window(self.today)
        return halves[-1].first if halves else ""


@dataclass(frozen=True, slots=True)
class Compared:
    """``by``: documents held beyond those that should be; None where they are the very same."""

    by: int | None


@dataclass(frozen=True, slots=True)
class Mend:
    """What a tablet is told whose holdings differ.

    ``drop``: ids to remove. ``anew``: to begin anew, since it lacks something.
    """

    drop: tuple[str, ...] = ()
    anew: bool = False


async def take(
    book: ContactBook, contact: Contact, view: View, said: Holding, clock: Clock
) -> Mend:
    """Take note of what a tablet says it holds, and mend it, where that differs.

    A day that leaves the window takes no document out of a feed. A tablet forgets old days by
    itself, and what it does not know to be old it is told here. Where it lacks something, it begins
    anew: the server was rolled back in silence, say, and has grown past the tablet's token since.
    Once: a difference that stays the same after that is for people to look into.
    """
    compared = await compare(view, said)
    if compared is None:
        return Mend()
    now_ms, before = clock.now_ms(), book.of(contact)
    noted = owing(before, view.feed.grants, now_ms)
    book.put(_noted(noted, said, compared, instant(now_ms)))
    if compared.by is None:
        return Mend()
    held_ms = now_ms - LEFT_MS if before.proven_at is None else to_ms(before.proven_at)
    drop = await _left_behind(view, max(held_ms, now_ms - LEFT_MS), now_ms)
    return Mend(drop, anew=compared.by <= 0 and before.differs != compared.by)


def ask(book: ContactBook, contact: Contact, feed: Feed, place: Place, clock: Clock) -> bool:
    """Whether to ask a tablet, with the answer it gets now, what it holds."""
    now_ms, before = clock.now_ms(), book.of(contact)
    noted = owing(before, feed.grants, now_ms)
    if place.reset and noted.owes_since is None:
        noted = replace(noted, owes_since=instant(now_ms))
    due = _is_due(noted, place, now_ms)
    if due:
        noted = replace(noted, asked_ms=now_ms, tries=noted.tries + 1)
    if noted != before:
        book.put(noted)
    return due


def owing(contact: Contact, grants: str, now_ms: int) -> Contact:
    """The contact, as of a moment when ``grants`` is the digest of what its person may see."""
    if contact.grants in {"", grants}:
        return replace(contact, grants=grants)
    since = contact.owes_since or instant(now_ms)
    return replace(contact, grants=grants, owes_since=since, tries=0)


async def compare(view: View, said: Holding) -> Compared | None:
    """Compare what a tablet holds with what it should; None if that cannot be said.

    It can where nothing in the person's channels changed between the tablet's token and the end
    of the listing: then the listing is what there was at that token.
    """
    if said.token in BEGINNING or said.token == NOW:
        return None
    place = await view.feed.locate(said.token)
    if place.reset:
        return None
    due = await _kept(view, await _visible(view.feed))
    news, _ = await view.feed.news(place)
    if news:
        return None
    if (len(due), holding_digest(due.items())) == (said.documents, said.digest):
        return Compared(None)
    return Compared(said.documents - len(due))


async def _visible(feed: Feed) -> dict[str, str]:
    """Revisions, by id, of everything the person may see."""
    return {
        one.document.id: one.document.rev
        for one in await _changes(feed, feed.channels)
        if not (one.removed or one.document.deleted)
    }


async def _changes(feed: Feed, through: frozenset[str]) -> list[Change]:
    found: list[Change] = []
    place, more = 0, True
    while more:
        page = await feed.database.changes(place, channels=through, bodies=False)
        found += page.changes
        place, more = page.last_seq, page.more
    return found


async def _kept(view: View, due: dict[str, str]) -> dict[str, str]:
    """Without what a tablet lets go of by itself: held entries decided on before its half-terms."""
    held = [name for name in due if name.startswith("held:")]
    found = await view.feed.database.read(held) if held else []
    gone = {one.id for one in found if one is not None and _was_decided(one, view)}
    return {name: rev for name, rev in due.items() if name not in gone}


def _was_decided(held: Document, view: View) -> bool:
    outcome = held.body.get("outcome")
    if not isinstance(outcome, dict) or outcome["what"] == "contested":
        return False
    return local(outcome["at"], view.calendar.time_zone)[0] < view.oldest


async def _left_behind(view: View, since_ms: int, now_ms: int) -> tuple[str, ...]:
    """Ids of what the person could see on some day since a moment, and may not see now."""
    moments = (*range(since_ms, now_ms, DAY_MS), *view.edges(since_ms, now_ms))
    read = frozenset[str]().union(*(view.at(ms) for ms in moments))
    past = channels.left_behind(read, view.feed.channels)
    if not past:
        return ()
    visible = await _visible(view.feed)
    found = {one.document.id for one in await _changes(view.feed, past)}
    return tuple(sorted(found - visible.keys()))


def _noted(contact: Contact, said: Holding, compared: Compared, now: str) -> Contact:
    if compared.by is not None:
        return replace(contact, documents=said.documents, differs=compared.by)
    dropped = now if contact.owes_since is not None else contact.dropped_at
    return replace(
        contact,
        proven_at=now,
        documents=said.documents,
        owes_since=None,
        dropped_at=dropped,
        differs=None,
        tries=0,
    )


def _is_due(contact: Contact, place: Place, now_ms: int) -> bool:
    proven_at = contact.proven_at
    wanted = (
        place.reset
        or contact.owes_since is not None
        or contact.differs is not None
        or proven_at is None
        or now_ms - to_ms(proven_at) >= DAY_MS
    )
    pause_ms = min(LONGEST_MS, FIRST_MS << min(contact.tries - 1, 10)) if contact.tries else 0
    return wanted and now_ms - contact.asked_ms >= pause_ms
