"""What a database holds of a draft: its copies, whether it is over, and who opened it."""

from __future__ import annotations

import orjson

from schemas.drafts import DraftEnd, DraftOpening
from sync.document import Document
from sync.store import Database

__all__ = ["copies", "end_id", "ended", "opening_id", "openings", "read_opening"]


def end_id(author: str, draft: str) -> str:
    """The document that says that somebody's draft is over."""
    return f"draft_end:{author}:{draft}"


def opening_id(draft: str, digest: str) -> str:
    """The document that says that a draft was opened, by an entry with this digest."""
    return f"draft_opening:{draft}:{digest[:16]}"


async def copies(database: Database, author: str, draft: str) -> list[Document]:
    """Every copy of an author's draft."""
    return await database.range(f"draft:{draft}:{author}:", f"draft:{draft}:{author};")


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
