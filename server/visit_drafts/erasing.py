"""What an erasure takes of drafts: they are what an entry was written from, or begun to be.

With the note that a draft was handed in with goes what was left of the draft; with the opening of a
case every draft on the case. Their authors' tablets are told that it is over, and let go of it.
"""

from __future__ import annotations

from schemas.family.drafts import DraftEnd
from server.visit_drafts.keeping import end
from server.visit_drafts.reading import end_id
from sync.clock import Clock, instant
from sync.document import Document
from sync.erasure import Erasures
from sync.reading import each
from sync.store import Database

__all__ = ["erase_drafts"]


async def erase_drafts(database: Database, erasures: Erasures, clock: Clock) -> int:
    """Remove the drafts that go with erased entries; how many copies there were still."""
    if not erasures:
        return 0
    cases = erasures.cases
    over = {
        (str(one.body["author"]), str(one.body["draft"]))
        async for one in each(database, "draft_end:", "draft_end;")
        if one.body["entry"] in erasures.entries
    }
    gone = [
        one
        async for one in each(database, "draft:", "draft;")
        if one.body["case"] in cases or (one.body["author"], one.body["draft"]) in over
    ]
    for one in gone:
        await end(database, _end(one, instant(clock.now_ms())))
    return len(gone)


def _end(document: Document, at: str) -> DraftEnd:
    body = document.body
    return DraftEnd(
        id=end_id(body["author"], body["draft"]),
        draft=body["draft"],
        author=body["author"],
        case=body["case"],
        visit=body["visit"],
        covers={body["copy_id"]: body["n"]},
        at=at,
    )
