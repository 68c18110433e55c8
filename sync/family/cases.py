"""The fold of a case: what its workers know of a family, and what happened, in order.

From everything told of it, in any order; what comes from elsewhere (who works on it, the schools,
the registers, concerns) is given. The tablet folds its own entries over the published case in the
same way (``pwa/src/domain/cases.ts``); ``tests/vectors/cases.json`` holds both to one reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.entry import CaseOpened
from schemas.family.cases import (
    Case,
    CaseAttendance,
    CaseEvent,
    CaseSchool,
    CaseSummary,
    CaseWorker,
)
from schemas.family.cells import FactCell, FactSaid
from schemas.family.chronology import CHRONOLOGY
from schemas.family.facts import CaseStatus, LeadPractitioner, Member, Placing, Review
from schemas.family.visits import Visit
from sync.clock import local
from sync.family.chronology import chronology, took_place, visited_at
from sync.family.facts import fold, items, value, values
from sync.family.told import Told, in_order
from sync.family.visits import visit_facts

__all__ = [
    "Child",
    "Surroundings",
    "case",
    "case_cells",
    "case_facts",
    "children",
    "is_restricted",
    "status",
    "summary",
    "teams",
]

Status = Literal["open", "paused", "closed"]
_MOST_WORK: tuple[Status, ...] = ("open", "paused", "closed")


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What belongs to a case and is told elsewhere. ``time_zone``: the area's.

    ``events``: lines of the chronology that no fact tells, of concerns and absences.
    """

    time_zone: str
    workers: tuple[CaseWorker, ...] = ()
    schools: tuple[CaseSchool, ...] = ()
    attendance: tuple[CaseAttendance, ...] = ()
    events: tuple[CaseEvent, ...] = ()


@dataclass(frozen=True, slots=True)
class Child:
    """A pupil of a school here who is of the household. ``members``: as whom, more than one where
    several people entered the same child.
    """

    school: str
    pupil: str
    members: frozenset[str]


def case(
    name: str, told: Iterable[Told], visits: Sequence[Visit], around: Surroundings, as_at: str
) -> Case:
    """Fold what was ``told`` of the case ``name``, its visits' entries among it."""
    every = in_order(told)
    cells = case_cells(every)
    opened = [_opened(one) for one in every if isinstance(one.body, CaseOpened) and one.stands]
    events = (*opened[:1], *around.events)
    return Case(
        id=f"case:{name}",
        case=name,
        cells=cells,
        workers=around.workers,
        schools=around.schools,
        attendance=around.attendance,
        chronology=chronology(cells, visits, events, around.time_zone),
        restricted=is_restricted(cells),
        opened_at=opened[0].at if opened else every[0].written_at,
        as_at=as_at,
    )


def case_cells(told: Iterable[Told]) -> tuple[FactCell, ...]:
    """The cells of a case, by all that was told of it and of its visits."""
    return fold(claim for one in told for claim in case_facts(one))


def case_facts(told: Told) -> list[FactSaid]:
    """The claims of an entry that lie in the case: all but those that lie in a visit."""
    of_visit = {claim.id for claim in visit_facts(told)}
    return [claim for claim in told.facts() if claim.id not in of_visit]


def _opened(told: Told) -> CaseEvent:
    return CaseEvent(
        at=told.written_at,
        recorded_at=told.written_at,
        what="opened",
        text=f"{CHRONOLOGY['status']['opened']}.",
        ref=told.entry,
        by_name=told.author_name,
    )


def teams(cells: Sequence[FactCell]) -> frozenset[str]:
    """The teams that a case lies with: each of them, where people differ."""
    return frozenset(one.team for one in values(cells, Placing))


def is_restricted(cells: Sequence[FactCell]) -> bool:
    """Whether it leaves no trace for others: as somebody says, or where people differ.

    Also as long as nobody has said where it lies: what is not known to be open is closed.
    """
    placing = value(cells, Placing)
    return placing is None or placing.restricted


def status(cells: Sequence[FactCell]) -> Status:
    """Whether work goes on: where people differ it does, and where nobody said."""
    said = {one.status for one in values(cells, CaseStatus)}
    return next((one for one in _MOST_WORK if one in said), "open")


def children(cells: Sequence[FactCell]) -> list[Child]:
    """The members who are pupils of a school here. Not where people differ on which."""
    found: dict[tuple[str, str], set[str]] = {}
    for one in items(cells, Member):
        who = {(said.school, said.pupil) for said in one.values if not said.gone}
        school, pupil = who.pop() if len(who) == 1 else (None, None)
        if school is not None and pupil is not None:
            found.setdefault((school, pupil), set()).add(one.item)
    return [Child(*who, frozenset(members)) for who, members in sorted(found.items())]


def summary(whole: Case, visits: Iterable[Visit], time_zone: str, as_at: str) -> CaseSummary | None:
    """What a coordinator may know of a case; None of one that is restricted."""
    placing = value(whole.cells, Placing)
    if placing is None or placing.restricted:
        return None
    closed = value(whole.cells, CaseStatus)
    lead = value(whole.cells, LeadPractitioner)
    members = [one for one in items(whole.cells, Member) if any(said.child for said in one.values)]
    return CaseSummary(
        id=f"summary:{whole.case}",
        case=whole.case,
        team=placing.team,
        status=status(whole.cells),
        outcome=closed.outcome if closed is not None else None,
        lead_name=lead.name if lead is not None else None,
        agency=lead.agency if lead is not None else None,
        schools=tuple(sorted({child.school for child in children(whole.cells)})),
        children=len(members),
        opened_on=local(whole.opened_at, time_zone)[0],
        last_visit_on=_last_visit(visits, time_zone),
        review_due=_review_due(whole.cells),
        as_at=as_at,
    )


def _last_visit(visits: Iterable[Visit], time_zone: str) -> str | None:
    been = (visited_at(one) for one in visits if took_place(one))
    return max((local(at, time_zone)[0] for at in been if at is not None), default=None)


def _review_due(cells: Sequence[FactCell]) -> str | None:
    """The day of the next review: of those to come, the earliest that anybody named."""
    to_come = (said for one in items(cells, Review) for said in one.values if said.held is None)
    return min((one.due for one in to_come), default=None)
