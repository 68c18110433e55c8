"""What a school may know of a case, about one of its pupils: split here, into two documents.

For its attendance office (:class:`schemas.family.shares.Support`): that a visit was, when, and what
came of it at the door; and the actions agreed for that child, or for all. For its safeguarding lead
(:class:`schemas.family.shares.SharedSupport`): what the case's workers told the school on purpose.
Nothing of the narrative, and of a restricted case nothing at all. Where people differ on whom
something is about, or whether it was withdrawn, it is not told until they have settled that.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from schemas.family.cases import Case
from schemas.family.cells import FactCell
from schemas.family.facts import Action, LeadPractitioner, SharedNote, VisitPlan
from schemas.family.shares import SharedLine, SharedSupport, Support, SupportAction, SupportVisit
from schemas.family.visits import Visit
from sync.clock import local
from sync.family.cases import Child, children, status
from sync.family.chronology import door_outcome, took_place, visited_at
from sync.family.facts import is_gone, items, live_claims, value, values

__all__ = ["shared", "supports"]


def supports(
    whole: Case, visits: Iterable[Visit], time_zone: str, as_at: str
) -> list[tuple[Child, Support]]:
    """The office's part of a case, for each child at a school here; none of a restricted case."""
    if whole.restricted:
        return []
    been = [line for one in visits for line in _visit(one, time_zone)]
    been.sort(key=lambda line: (line.on, line.visit))
    lead = value(whole.cells, LeadPractitioner)
    return [
        (
            child,
            Support(
                id=f"support:{whole.case}:{child.pupil}",
                pupil=child.pupil,
                case=whole.case,
                status=status(whole.cells),
                lead_name=lead.name if lead is not None else None,
                agency=lead.agency if lead is not None else None,
                visits=tuple(been),
                actions=tuple(_actions(whole.cells, child)),
                as_at=as_at,
            ),
        )
        for child in children(whole.cells)
    ]


def shared(whole: Case, as_at: str) -> list[tuple[Child, SharedSupport]]:
    """What each child's safeguarding lead was told; none where nothing was, or it is restricted."""
    if whole.restricted:
        return []
    told = [(child, tuple(_lines(whole.cells, child))) for child in children(whole.cells)]
    return [
        (
            child,
            SharedSupport(
                id=f"shared:{whole.case}:{child.pupil}",
                pupil=child.pupil,
                case=whole.case,
                lines=lines,
                as_at=as_at,
            ),
        )
        for child, lines in told
        if lines
    ]


def _visit(one: Visit, time_zone: str) -> Iterator[SupportVisit]:
    """A visit that was, or is planned; nothing of one that is cancelled, or of which nobody said
    when.
    """
    cancelled = [plan.cancelled for plan in values(one.cells, VisitPlan)]
    at = visited_at(one)
    if at is None or (cancelled and None not in cancelled and not took_place(one)):
        return
    yield SupportVisit.model_validate(
        {
            "visit": one.visit,
            "on": local(at, time_zone)[0],
            "outcome": door_outcome(one) or "planned",
        }
    )


def _actions(cells: Sequence[FactCell], child: Child) -> Iterator[SupportAction]:
    """Actions for this child, or for all; where people differ on one, each version."""
    for one in items(cells, Action):
        if all(said.child is None or said.child in child.members for said in one.values):
            for said in one.values:
                yield SupportAction(
                    item=one.item,
                    what=said.what,
                    owner=said.owner,
                    due=said.due,
                    status=said.status,
                )


def _lines(cells: Sequence[FactCell], child: Child) -> Iterator[SharedLine]:
    for one in items(cells, SharedNote):
        if any(is_gone(said) or said.child not in child.members for said in one.values):
            continue
        for claim in live_claims(one.cell):
            assert isinstance(claim.says, SharedNote)  # noqa: S101  # its cell holds no other
            yield SharedLine(
                item=one.item,
                text=claim.says.text,
                basis=claim.says.basis,
                by_name=claim.author_name,
                at=claim.observed_at,
            )
