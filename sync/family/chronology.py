"""The chronology of a case: what happened, in the order in which it did, from what people recorded.

A line lies where what it tells of happened; ``recorded_at`` is when that was first put on record,
so that a back-dated line shows both. What is no fact of the case (a concern, a run of absences)
comes as lines of its own. The tablet's twin is ``pwa/src/domain/chronology.ts``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.family.cases import CaseEvent
from schemas.family.cells import FactCell, FactSaid
from schemas.family.chronology import CHRONOLOGY
from schemas.family.facts import (
    Arrived,
    CaseStatus,
    DoorOutcome,
    Fact,
    FamilyContact,
    FamilyLetter,
    FamilyMeeting,
    Referral,
    Review,
    Strategy,
    SupportStep,
    VisitPlan,
)
from schemas.family.visits import Contributed, Visit
from sync.clock import at_local
from sync.family.facts import live_claims, values

__all__ = ["chronology", "door_outcome", "took_place", "visited_at"]

What = Literal["contact", "letter", "meeting", "review", "referral", "step", "strategy", "status"]
MIDNIGHT = "00:00"


@dataclass(frozen=True, slots=True)
class _Line:
    """A line that a fact tells. ``at``: when it happened; None: when it was said."""

    what: What
    text: str
    at: str | None = None


def chronology(
    cells: Sequence[FactCell], visits: Iterable[Visit], others: Iterable[CaseEvent], time_zone: str
) -> tuple[CaseEvent, ...]:
    """Every line, oldest first. ``others``: lines that no fact of the case or its visits tells."""
    told = [line for cell in cells for line in _lines_of(cell, time_zone)]
    been = [line for one in visits for line in _line_of_visit(one)]
    return tuple(sorted((*told, *been, *others), key=_order))


def _order(line: CaseEvent) -> tuple[str, str, str, str, str]:
    return (line.at, line.recorded_at, line.what, line.ref or "", line.text)


def _lines_of(cell: FactCell, time_zone: str) -> Iterator[CaseEvent]:
    """The lines of a cell: of what is live, each once; of a status, of every one that stood."""
    standing = [claim for claim in cell.claims if claim.verdict == "stands"]
    told = {claim.says: claim for claim in reversed(live_claims(cell))}.values()
    for claim in _changes(standing) if cell.cell == "status" else told:
        for line in _lines(claim.says, time_zone):
            yield CaseEvent(
                at=line.at or claim.observed_at,
                recorded_at=_first_recorded(line, claim, standing, time_zone),
                what=line.what,
                text=line.text,
                ref=claim.entry,
                by_name=claim.author_name,
            )


def _changes(statuses: Iterable[FactSaid]) -> list[FactSaid]:
    """What was said of the status after the case was opened, which has a line of its own."""
    return [claim for claim in statuses if claim.kind != "case.opened"]


def _first_recorded(
    line: _Line, claim: FactSaid, standing: Iterable[FactSaid], time_zone: str
) -> str:
    """When it was first said that this happened then: words may have been mended since."""
    if line.at is None:
        return claim.written_at
    same = (
        one.written_at
        for one in standing
        if any((told.what, told.at) == (line.what, line.at) for told in _lines(one.says, time_zone))
    )
    return min(same)


def _lines(says: Fact, time_zone: str) -> Iterator[_Line]:
    """What a fact tells; nothing for one that tells of no event."""

    def on(date: str, time: str | None = None) -> str:
        return at_local(date, time or MIDNIGHT, time_zone)

    match says:
        case CaseStatus():
            words = CHRONOLOGY["status"][says.outcome or says.status]
            yield _Line("status", _text(words, says.note))
        case FamilyContact():
            reached = CHRONOLOGY["reached"]["yes" if says.reached else "no"]
            words = f"{CHRONOLOGY['contact'][says.how]}, {says.name}, {reached}"
            yield _Line("contact", _text(words, says.note), says.at)
        case FamilyLetter():
            yield _Line("letter", f"Letter to {says.to}.", on(says.on))
        case FamilyMeeting(held=True):
            words = CHRONOLOGY["meeting"][""]
            yield _Line("meeting", _text(words, says.notes), on(says.on, says.at))
        case Review(held=str(held)):
            words = CHRONOLOGY["review"][says.outcome or ""]
            yield _Line("review", _text(words, says.note), on(held))
        case SupportStep():
            words = CHRONOLOGY["step"][says.step]
            yield _Line("step", _text(words, says.reason), on(says.on))
        case Referral():
            yield _Line("referral", f"Referred to {says.to}. {says.reason}", on(says.sent))
            if says.replied is not None:
                answer = f"{says.to}: {CHRONOLOGY['referral'][says.status]}"
                yield _Line("referral", _text(answer, says.reply), on(says.replied))
        case Strategy():
            yield _Line("strategy", f"Tried: {says.what}", on(says.began))
            if says.ended is not None:
                effect = CHRONOLOGY["effect"][says.effect]
                yield _Line("strategy", f"Ended, {effect}: {says.what}", on(says.ended))
        case _:
            return


def _text(words: str, note: str | None) -> str:
    return f"{words}." if note is None else f"{words}. {note}"


def door_outcome(visit: Visit) -> str:
    """What came of a visit at the door: contested where people differ, "" where nobody said."""
    said = {one.outcome for one in values(visit.cells, DoorOutcome)}
    return "contested" if len(said) > 1 else next(iter(said), "")


def took_place(visit: Visit) -> bool:
    """Whether anybody recorded anything of it beyond its plan."""
    return bool(_records(visit))


def visited_at(visit: Visit) -> str | None:
    """When it was, or will be: arrived, else as planned, else as it was first recorded."""
    arrived = [one.at for one in values(visit.cells, Arrived)]
    planned = [one.starts for one in values(visit.cells, VisitPlan)]
    written = [one.written_at for one in _records(visit)]
    return min(arrived or planned or written, default=None)


def _records(visit: Visit) -> list[FactSaid | Contributed]:
    """Everything recorded of it beyond its plan, in no order."""
    said = (claim for cell in visit.cells if cell.cell != "plan" for claim in live_claims(cell))
    return [*said, *visit.contributions]


def _line_of_visit(visit: Visit) -> Iterator[CaseEvent]:
    """The line of a visit that took place, or was cancelled; one to come has none."""
    plans = [cell for cell in visit.cells if cell.cell == "plan"]
    records = _records(visit)
    cancelled = [one.cancelled for one in values(visit.cells, VisitPlan)]
    words = CHRONOLOGY["visit"]
    if records:
        text = _text(words[door_outcome(visit)], None)
    elif cancelled and None not in cancelled:
        text = _text(words["cancelled"], cancelled[0])
        records += [claim for plan in plans for claim in live_claims(plan)]
    else:
        return
    first = min(records, key=lambda one: (one.written_at, one.entry))
    at = visited_at(visit)
    assert at is not None  # noqa: S101  # something was recorded, at some time
    yield CaseEvent(
        at=at,
        recorded_at=first.written_at,
        what="visit",
        text=text,
        ref=visit.id,
        by_name=first.author_name,
    )
