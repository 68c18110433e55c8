"""What an erasure would take: shown first, so that somebody can look at it before it is done."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from schemas.errors import TidemarkError
from sync.document import Document
from sync.erasure import is_erased, pupils_named
from sync.reading import Reading, each

__all__ = ["KEPT_KINDS", "NothingToErase", "Plan", "body_of", "plan_of_entries", "plan_of_pupil"]

KEPT_KINDS = frozenset({"record.viewed", "grant.given", "grant.ended"})
"""They say what staff did and might do, and hold no word about a pupil but the id."""


class NothingToErase(TidemarkError):
    """There is no such entry."""

    code = "nothing_to_erase"


@dataclass(frozen=True, slots=True)
class Plan:
    """``going``: entries to erase whole. ``staying``: documents that stay, and why."""

    going: tuple[Document, ...] = ()
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
    """Erase what speaks of a pupil alone, with all that was said of a concern about that pupil.

    Say what stays because it speaks of others too, or was written elsewhere.
    """
    going: list[Document] = []
    staying: list[tuple[Document, str]] = []
    following: dict[str, list[Document]] = {}
    async for document in each(database, "entry:", "entry;"):
        if is_erased(document):
            continue
        concern = _concern_of(document)
        if pupil.encode() not in document.raw:
            if concern is not None:
                following.setdefault(concern, []).append(document)
            continue
        why = _why_it_stays(document, pupil, pupils_named(document))
        if why is None:
            going.append(document)
        else:
            staying.append((document, why))
    about = {concern for one in going if (concern := _concern_of(one)) is not None}
    going += [one for concern in sorted(about) for one in following.get(concern, ())]
    return Plan(tuple(going), (*staying, *await _carried_here(database, pupil)))


async def _carried_here(database: Reading, pupil: str) -> list[tuple[Document, str]]:
    """What an area, or a school, had carried here about a pupil: it goes where it was written."""
    found: list[tuple[Document, str]] = []
    async for one in each(database, "relayed:", "relayed;"):
        entry, place = one.body["entry"], one.body["place"]
        if pupil in pupils_named(Document(entry["_id"], entry["_rev"], entry)):
            found.append((one, f"it is a copy, and goes when it is erased in {place}"))
    for part in ("support", "shared"):
        async for one in each(database, f"{part}:", f"{part};"):
            _, case, of = one.id.split(":")
            if of == pupil:
                why = f"it is this school's part of a case, and goes with that: {_whole(case)}"
                found.append((one, why))
    return found


def _whole(case: str) -> str:
    return f"in the area, --case {case} erases it whole"


def body_of(document: Document) -> Mapping[str, Any]:
    """What an entry says; nothing where it cannot be read."""
    body = document.body.get("body")
    return body if isinstance(body, Mapping) else {}


def _concern_of(document: Document) -> str | None:
    """The concern that an entry speaks of."""
    body = body_of(document)
    is_of_one = str(body.get("kind")).startswith("concern.")
    return str(body.get("concern")) if is_of_one else None


def _why_it_stays(document: Document, pupil: str, named: Iterable[str]) -> str | None:
    body = body_of(document)
    kind = str(body.get("kind"))
    others = len(set(named) - {pupil})
    if kind in KEPT_KINDS:
        return "it says what a member of staff did, and nothing about the pupil"
    if pupil not in named:
        return "it could not be read; look at it in the quarantine, and erase it by its id"
    if kind.startswith(("case.", "visit.")):
        return f"it speaks of the whole household: {_whole(str(body.get('case')))}"
    if others:
        return f"it speaks of {others} other pupils too: by its id (--entry) it can be erased whole"
    return None
