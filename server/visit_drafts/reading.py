"""What a database holds of a draft: its copies, whether it is over, and who opened it."""

from __future__ import annotations

import orjson

from schemas.family.drafts import DraftEnd, DraftListed, DraftOpening
from sync.document import Document
from sync.reading import each
from sync.store import Database

__all__ = ["copies", "drafts_of_visit", "end_id", "ended", "opening_id", "openings", "read_opening"]


def end_id(author: str, draft: str) -> str:
    """The document that says that somebody's draft is over."""
    return f"draft_end:{author}:{draft}"


def opening_id(draft: str, digest: str) -> str:
    """The document that says that a draft was opened, by an entry with this digest."""
    return f"draft_opening:{draft}:{digest[:16]}"


async def copies(database: Database, author: str, draft: str) -> list[Document]:
    """Every copy of an author's draft."""
    return await database.range(f"draft:{draft}:{author}:", f"draft:{draft}:{author};")


async def drafts_of_visit(database: Database, visit: str) -> tuple[DraftListed, ...]:
    """Whose drafts there are of a visit's note, the latest first. There are dozens in an area."""
    found: dict[tuple[str, str], DraftListed] = {}
    async for one in each(database, "draft:", "draft;"):
        body = one.body
        if body["visit"] != visit:
            continue
        listed = DraftListed.model_validate({name: body[name] for name in DraftListed.model_fields})
        before = found.get((listed.draft, listed.author), listed)
        latest = max(before, listed, key=lambda one: one.saved_at)
        begun = min(before.begun_at, listed.begun_at)
        found[listed.draft, listed.author] = latest.model_copy(update={"begun_at": begun})
    return tuple(sorted(found.values(), key=lambda one: one.saved_at, reverse=True))


async def ended(database: Database, author: str, draft: str) -> DraftEnd | None:
    """How an author's draft ended; None while it goes on."""
    found, *_ = await database.read([end_id(author, draft)])
    if found is None or found.deleted:
        return None
    return DraftEnd.model_validate_json(orjson.dumps({**found.body, "_id": found.id}))


async def openings(database: Database, draft: str) -> list[DraftOpening]:
    """Every opening of a draft."""
    found = await database.range(f"draft_opening:{draft}:", f"draft_opening:{draft};")
    return [read_opening(one) for one in found]


def read_opening(document: Document) -> DraftOpening:
    """An opening from its document."""
    return DraftOpening.model_validate_json(orjson.dumps({**document.body, "_id": document.id}))
