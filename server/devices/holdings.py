"""Holdings: whether a tablet holds what its person may see now, all of it and nothing else.

The tablet says how many documents it holds, and a digest over them, at one token. The server lists
what the person may see and computes the same. It asks after every reset and every change of
grants, and otherwise once a day; less and less often while it gets no answer that it can use.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from schemas.canonical import holding_digest
from schemas.syncing import Holding
from server.contacts import Contact, ContactBook
from sync.clock import Clock, instant, to_ms
from sync.feed import BEGINNING, NOW, Feed, Place

__all__ = ["Compared", "ask", "compare", "owing", "take"]

DAY_MS = 24 * 3_600_000
FIRST_MS = 60_000
"""Before it asks a second time; twice as long each time after."""
LONGEST_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class Compared:
    """``by``: documents held beyond those that should be; None where they are the very same."""

    by: int | None


async def take(
    book: ContactBook, contact: Contact, feed: Feed, said: Holding, clock: Clock
) -> None:
    """Take note of what a tablet says it holds."""
    compared = await compare(feed, said)
    if compared is not None:
        now_ms = clock.now_ms()
        noted = owing(book.of(contact), feed.grants, now_ms)
        book.put(_noted(noted, said, compared, instant(now_ms)))


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


async def compare(feed: Feed, said: Holding) -> Compared | None:
    """Compare what a tablet holds with what it should; None if that cannot be said.

    It can where nothing in the person's channels changed between the tablet's token and the end
    of the listing: then the listing is what there was at that token.
    """
    if said.token in BEGINNING or said.token == NOW:
        return None
    place = await feed.locate(said.token)
    if place.reset:
        return None
    due = await _listed(feed)
    news, _ = await feed.news(place)
    if news:
        return None
    if (len(due), holding_digest(due)) == (said.documents, said.digest):
        return Compared(None)
    return Compared(said.documents - len(due))


async def _listed(feed: Feed) -> list[tuple[str, str]]:
    """Ids and revisions of everything the person may see."""
    found: list[tuple[str, str]] = []
    place, more = Place(0), True
    while more:
        page = await feed.database.changes(place.seq, channels=feed.channels, bodies=False)
        found += [
            (one.document.id, one.document.rev)
            for one in page.changes
            if not (one.removed or one.document.deleted)
        ]
        place, more = Place(page.last_seq), page.more
    return found


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
