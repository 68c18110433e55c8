"""The fold of a visit: its plan and facts, what each worker wrote, and who still owes a note.

From everything told of it, in any order. Narrative is never blended: each worker's contribution
stands as it was handed in, and what was added since stands after it. The tablet folds its own
entries over the published visit in the same way (``pwa/src/domain/visits.ts``);
``tests/vectors/visits.json`` holds both to one reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.family.acts import VisitAddendum, VisitBody, VisitSubmitted
from schemas.family.cells import FactCell, FactSaid
from schemas.family.facts import VISIT_FACTS, Arrived, Left, VisitPlan
from schemas.family.photos import Photo, PhotoAdded
from schemas.family.visits import NOTE_DUE_HOURS, NOTE_OVERDUE_HOURS, Addendum, Contributed, Visit
from sync.clock import instant, to_ms
from sync.family.facts import fold, live_claims, values
from sync.family.told import Told, in_order

__all__ = ["BACKWARDS", "NO_PHOTOS", "PhotoFate", "ended_at", "owing", "visit", "visit_facts"]

BACKWARDS = "ends_before_it_starts"
"""The flag of a plan, or a departure, that lies before the visit's beginning."""
_HOUR_MS = 3_600_000


@dataclass(frozen=True, slots=True)
class PhotoFate:
    """What became of a photo's bytes."""

    state: Literal["waiting", "stored", "held"] = "waiting"
    reason: str | None = None


NO_PHOTOS: Mapping[str, PhotoFate] = {}
_STILL_WAITING = PhotoFate()


def visit(
    name: str,
    case: str,
    told: Iterable[Told],
    *,
    photos: Mapping[str, PhotoFate] = NO_PHOTOS,
    restricted: bool,
    as_at: str,
) -> Visit:
    """Fold what was ``told`` of the visit ``name`` of a case; ``photos``: their bytes, by photo."""
    every = in_order(told)
    cells = _flagged(fold(claim for one in every for claim in visit_facts(one)))
    notes, waiting = _narrative(every)
    ended, owing_one = ended_at(cells), owing(cells)
    due = ended if owing_one else None
    return Visit(
        id=f"visit:{name}",
        visit=name,
        case=case,
        cells=cells,
        contributions=notes,
        addenda=waiting,
        photos=_photos(every, photos),
        ended_at=ended,
        note_due_at=_later(due, NOTE_DUE_HOURS),
        note_overdue_at=_later(due, NOTE_OVERDUE_HOURS),
        owed_by=() if due is None else tuple(sorted(owing_one - _handed_in(every))),
        restricted=restricted,
        as_at=as_at,
    )


def visit_facts(told: Told) -> list[FactSaid]:
    """The claims of an entry that lie in its visit; every other lies in the case."""
    if not isinstance(told.body, VisitBody):
        return []
    return [claim for claim in told.facts() if claim.says.fact in VISIT_FACTS]


def ended_at(cells: Sequence[FactCell]) -> str | None:
    """When it ended, or will, as far as is known: left, else the plan's end, the latest of several.

    Never before it began, whatever somebody wrote. None where nobody said, or it is cancelled.
    """
    plans = [plan for plan in values(cells, VisitPlan) if plan.cancelled is None]
    ends = [one.at for one in values(cells, Left)] or [plan.ends for plan in plans]
    begun = [one.at for one in values(cells, Arrived)] or [plan.starts for plan in plans]
    return max((*ends, *begun)) if ends else None


def owing(cells: Sequence[FactCell]) -> frozenset[str]:
    """Who has to write about it: the workers of the plan, unless it is cancelled.

    Of a visit that nobody had planned, whoever recorded anything of it.
    """
    plans = values(cells, VisitPlan)
    if plans:
        return frozenset(w for plan in plans if plan.cancelled is None for w in plan.workers)
    return frozenset(claim.author for cell in cells for claim in live_claims(cell))


def _handed_in(told: Iterable[Told]) -> frozenset[str]:
    """Who has handed in a note: also one that is held, as long as nobody declined it."""
    return frozenset(
        one.body.author for one in told if isinstance(one.body, VisitSubmitted) and not one.declined
    )


def _narrative(
    told: Sequence[Told],
) -> tuple[tuple[Contributed, ...], tuple[Addendum, ...]]:
    """Contributions in order of writing, each with what was added; and addenda that wait."""
    added: dict[str, list[Addendum]] = {}
    for one in told:
        if isinstance(one.body, VisitAddendum) and one.stands:
            added.setdefault(one.body.to, []).append(_addendum(one, one.body))
    notes = tuple(
        _contributed(one, one.body, tuple(added.pop(one.entry, ())))
        for one in told
        if isinstance(one.body, VisitSubmitted) and one.stands
    )
    left = (one for several in added.values() for one in several)
    return notes, tuple(sorted(left, key=lambda one: (one.written_at, one.entry)))


def _contributed(told: Told, body: VisitSubmitted, addenda: tuple[Addendum, ...]) -> Contributed:
    begun = body.begun_at
    return Contributed(
        entry=told.entry,
        author=body.author,
        author_name=told.author_name,
        role=body.role,
        device=body.device,
        begun_at=told.spoken.corrected(begun) if begun is not None else None,
        written_at=told.written_at,
        received_at=told.spoken.received_at,
        contribution=body.contribution,
        addenda=addenda,
    )


def _addendum(told: Told, body: VisitAddendum) -> Addendum:
    return Addendum(
        entry=told.entry,
        to=body.to,
        author=body.author,
        author_name=told.author_name,
        written_at=told.written_at,
        received_at=told.spoken.received_at,
        text=body.text,
    )


def _photos(told: Sequence[Told], fates: Mapping[str, PhotoFate]) -> tuple[Photo, ...]:
    """Photos in the order in which they were taken; each once, whoever told of it again."""
    every = [
        _photo(one, one.body, fates.get(one.body.photo, _STILL_WAITING))
        for one in told
        if isinstance(one.body, PhotoAdded) and one.stands
    ]
    found: dict[str, Photo] = {}
    for photo in sorted(every, key=lambda photo: (photo.taken_at, photo.entry)):
        found.setdefault(photo.photo, photo)
    return tuple(found.values())


def _photo(told: Told, body: PhotoAdded, fate: PhotoFate) -> Photo:
    return Photo(
        photo=body.photo,
        entry=told.entry,
        author=body.author,
        author_name=told.author_name,
        caption=body.caption,
        media_type=body.media_type,
        bytes=body.bytes,
        digest=body.digest,
        thumbnail=body.thumbnail,
        taken_at=told.spoken.corrected(body.taken_at),
        state=fate.state,
        reason=fate.reason,
    )


def _flagged(cells: tuple[FactCell, ...]) -> tuple[FactCell, ...]:
    """With a flag on each plan and departure that lies before the beginning."""
    arrived = min((one.at for one in values(cells, Arrived)), default="")
    return tuple(
        cell.model_copy(update={"claims": tuple(_flag(claim, arrived) for claim in cell.claims)})
        if cell.cell in {"plan", "left"}
        else cell
        for cell in cells
    )


def _flag(claim: FactSaid, arrived: str) -> FactSaid:
    says = claim.says
    backwards = (isinstance(says, VisitPlan) and says.ends < says.starts) or (
        isinstance(says, Left) and says.at < arrived
    )
    return claim.model_copy(update={"flags": (*claim.flags, BACKWARDS)}) if backwards else claim


def _later(moment: str | None, hours: int) -> str | None:
    return instant(to_ms(moment) + hours * _HOUR_MS) if moment is not None else None
