"""Understanding: what a newer app wrote is held, and read again once this server is newer too.

An entry of a kind or shape that was not known when it came lies on no topic, because nobody could
say what it was about. When a school is opened, those that are known now are placed: a *pointer* on
the topic names the entry and its arrival, which stay as they are, and what is held says that the
desk may release it. Nothing speaks by itself: it was never judged.
"""

from __future__ import annotations

from schemas.entry import (
    CaseOpened,
    ClaimBody,
    DepartureRecorded,
    Entry,
    FactBody,
    HelpCalled,
    PhotoAdded,
    PlannedRecorded,
    PlannedWithdrawn,
    QuarantineCorrected,
    RegisterReassigned,
    RegisterVoided,
    VisitAddendum,
    WatchConfirmed,
    WatchEnded,
    WatchExtended,
    WatchStarted,
)
from schemas.published import Held
from sync import channels
from sync.arrivals import read_arrival
from sync.grants import GrantBook
from sync.lookups import read_held
from sync.quarantine import topics_of_family
from sync.roster import Roster
from sync.spoken import POINTER, parse_entry, read_feed
from sync.store import Database, Write, WriteBatch
from sync.topics import topics_of

__all__ = ["understand"]

_HELD = frozenset({channels.QUARANTINE}) | channels.CASES_HELD
_UNKNOWN = frozenset({"unknown_kind", "unknown_shape"})
_Releasable = (
    ClaimBody
    | DepartureRecorded
    | PlannedRecorded
    | PlannedWithdrawn
    | RegisterReassigned
    | RegisterVoided
    | FactBody
    | VisitAddendum
    | PhotoAdded
    | WatchStarted
    | WatchExtended
    | WatchEnded
    | WatchConfirmed
    | HelpCalled
)
"""Marks, movements and plans, and what is said of cases and watches. A grant or a decision of a
newer form is given anew, not released; a concern is answered for as it is.
"""
_KNOWN_NOW = (
    "A newer version of the app wrote it than this server knew then. It is known now; "
    "nobody has judged it, so release it only if it is right."
)


async def understand(database: Database, roster: Roster, grants: GrantBook) -> int:
    """Make releasable what is held as unknown and can be read now; how many. ``grants``: fresh."""
    documents, _ = await read_feed(database, 0, _HELD)
    writes: list[Write] = []
    for document in documents:
        held = read_held(document.id, document.body)
        if held.reason_code in _UNKNOWN and not held.releasable:
            writes += await _placed(database, held, document.channels, roster, grants)
    if writes:
        await database.write(WriteBatch(writes))
    return len(writes) // 2


async def _placed(
    database: Database, held: Held, to: frozenset[str], roster: Roster, grants: GrantBook
) -> tuple[Write, ...]:
    """What is held as it is told now, and the pointer; nothing where it cannot be released."""
    (document,) = await database.read([held.entry])
    entry = parse_entry(document) if document is not None else None
    if entry is None or not _may_stand(entry, held, roster, grants):
        return ()
    arrival = await _arrival(database, held)
    if arrival is None:
        return ()
    topics = topics_of(entry.body)
    told = held.model_copy(
        update={
            "kind": entry.body.kind,
            "author": entry.body.author,
            "date": getattr(entry.body, "date", None),
            "session": getattr(entry.body, "session", None),
            "topics": topics_of_family(entry.body),
            "reason": _KNOWN_NOW,
            "releasable": True,
        }
    )
    body = told.model_dump(mode="json", by_alias=True, exclude={"id"})
    pointer = {"type": POINTER, "entry": held.entry, "arrival": arrival}
    on_topic = frozenset((*map(channels.entries, topics), *map(channels.arrivals, topics)))
    return (
        Write(f"{POINTER}:{held.id.removeprefix('held:')}", pointer, on_topic, force=True),
        Write(held.id, body, to, force=True),
    )


def _may_stand(entry: Entry, held: Held, roster: Roster, grants: GrantBook) -> bool:
    """Whether it is of a kind the desk releases, and its author and role are no forgery."""
    body = entry.body
    if not isinstance(body, _Releasable) or isinstance(body, QuarantineCorrected | CaseOpened):
        return False
    post = roster.staff.get(body.author)
    roles = grants.access(body.author).roles | ({post.role} if post is not None else set())
    return body.author == held.sender and body.role in roles


async def _arrival(database: Database, held: Held) -> str | None:
    """The arrival that brought the entry."""
    if held.log is None:
        return None
    documents, _ = await read_feed(database, 0, frozenset({channels.log(held.log)}))
    came = (read_arrival(one) for one in documents if one.body.get("type") == "arrival")
    brought = (one.id for one in came if any(item.entry == held.entry for item in one.items))
    return next(brought, None)
