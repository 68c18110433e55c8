"""What the erasure of a whole case would take, in its area and in each of its schools."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from server.erasure.plan import KEPT_KINDS, NothingToErase, Plan, body_of
from server.family.places import Place, Places
from sync import channels
from sync.document import Document
from sync.erasure import is_erased
from sync.reading import each
from sync.spoken import read_feed
from sync.store import Database

__all__ = ["plan_of_case"]


@dataclass
class _Found:
    """What was found of a case in its area. ``topics``: of concerns raised on it, and watches."""

    going: dict[str, Document] = field(default_factory=dict)
    staying: list[tuple[Document, str]] = field(default_factory=list)
    topics: set[str] = field(default_factory=set)
    is_known: bool = False


async def plan_of_case(places: Places, area: Place, case: str) -> dict[str, Plan]:
    """Everything of a case: its entries, and those of concerns raised on it and of watches that
    name it, in the area and in its schools. By database; raises ``NothingToErase``.
    """
    if area.school.phase != "area":
        raise NothingToErase(f"{area.name} is a school; a case lies in its authority's area.")
    found = await _of_case(area.database, case)
    if not found.is_known:
        raise NothingToErase(f"There is no case {case} in {area.name}. Check its id.")
    for one in await _on(area.database, found.topics):
        found.going[one.id] = one
    plans = {area.name: Plan(tuple(found.going.values()), tuple(found.staying))}
    concerns = {one for one in found.topics if one.startswith("concern:")}
    for name in await places.names() if concerns else ():
        school = await places.school_of(area.name, name)
        if school is not None:
            plans[name] = Plan(tuple(await _on(school.database, concerns)))
    return {name: plan for name, plan in plans.items() if name == area.name or plan.going}


async def _of_case(database: Database, case: str) -> _Found:
    found = _Found()
    topic = channels.entries(channels.case(case))
    async for one in each(database, "entry:", "entry;"):
        body = body_of(one)
        kind, is_on_it = str(body.get("kind")), topic in one.channels or body.get("case") == case
        if is_erased(one):
            found.is_known = found.is_known or is_on_it
        elif kind in KEPT_KINDS:
            if case in one.raw.decode():
                why = "it says what a member of staff did, and nothing about the family"
                found.staying.append((one, why))
        elif is_on_it:
            found.is_known = True
            found.going[one.id] = one
            if kind == "concern.raised":
                found.topics.add(channels.concern(str(body.get("concern"))))
            elif kind == "watch.started":
                found.topics.add(channels.watch(str(body.get("watch"))))
    return found


async def _on(database: Database, topics: Iterable[str]) -> list[Document]:
    """The entries on topics that were written in a database, and are not erased."""
    wanted = frozenset(channels.entries(one) for one in topics)
    documents, _ = await read_feed(database, 0, wanted) if wanted else ([], 0)
    return [one for one in documents if one.id.startswith("entry:") and not is_erased(one)]
