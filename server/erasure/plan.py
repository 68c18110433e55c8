"""What an erasure would take: shown first, so that somebody can look at it before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.errors import TidemarkError
from sync.document import Document
from sync.erasure import is_erased, pupils_named
from sync.reading import Reading, each

__all__ = ["NothingToErase", "Plan", "plan_of_entries", "plan_of_pupil"]

KEPT_KINDS = frozenset({"record.viewed", "grant.given", "grant.ended"})
"""They say what staff did and might do, and hold no word about a pupil but the id."""


class NothingToErase(TidemarkError):
    """There is no such entry."""

    code = "nothing_to_erase"


@dataclass(frozen=True, slots=True)
class Plan:
    """``going``: entries to erase whole. ``staying``: entries that stay, and why."""

    going: tuple[Document, ...]
    staying: tuple[tuple[Document, str], ...] = ()


async def plan_of_entries(database: Reading, entries: Sequence[str]) -> Plan:
    """Erase these entries, whomever they speak of. Raises ``NothingToErase``."""
    found = await database.read(entries)
    going: list[Document] = []
    for name, document in zip(entries, found, strict=True):
        if document is None or not name.startswith("entry:"):
            raise NothingToErase(
                f"There is no entry {name} in {database.name}; its id is in the list of "
                "`tidemark audit verify`, and in a held record."
            )
        if not is_erased(document):
            going.append(document)
    return Plan(tuple(going))


async def plan_of_pupil(database: Reading, pupil: str) -> Plan:
    """Erase what speaks of a pupil alone; say what stays because it speaks of others too."""
    going: list[Document] = []
    staying: list[tuple[Document, str]] = []
    async for document in each(database, "entry:", "entry;"):
        if is_erased(document) or pupil.encode() not in document.raw:
            continue
        named = pupils_named(document)
        why = _why_it_stays(document, pupil, named)
        if why is None:
            going.append(document)
        else:
            staying.append((document, why))
    return Plan(tuple(going), tuple(staying))


def _why_it_stays(document: Document, pupil: str, named: Iterable[str]) -> str | None:
    kind = document.body["body"].get("kind") if isinstance(document.body["body"], dict) else None
    others = len(set(named) - {pupil})
    if kind in KEPT_KINDS:
        return "it says what a member of staff did, and nothing about the pupil"
    if pupil not in named:
        return "it could not be read; look at it in the quarantine, and erase it by its id"
    if others:
        return f"it speaks of {others} other pupils too: by its id (--entry) it can be erased whole"
    return None
