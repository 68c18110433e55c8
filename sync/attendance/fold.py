"""The fold: what the claims on one cell come to. Pure, and blind to order and to duplicates.

``fold(claims, span)`` is a function of the set of claims: take the claims that stand and that no
standing claim replaces; drop each one that another of them refines; if those left say the same,
the cell is agreed, else contested. Join what refines, contest what contradicts: no winner is ever
invented. The tablet runs the same function (``pwa/src/domain/fold.ts``) over the published claims
and its own waiting ones; ``tests/vectors/fold.json`` holds both to one reading.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.calendar import Span
from schemas.codes import StatisticalClass, code_on
from schemas.published import Cell, RollMark, Verdict
from schemas.register import ARRIVALS, HERE, code_as_read
from sync.claims import accepted, unreplaced

__all__ = ["FoldClaim", "fold", "refines", "roll_mark", "screen"]

_REASONED = frozenset(
    {StatisticalClass.AUTHORISED, StatisticalClass.UNAUTHORISED, StatisticalClass.NOT_POSSIBLE}
)
_NO_ARRIVAL = frozenset({"/", "\\", "N", "O"})
"""Codes with which a time of arrival says nothing: here from the start, or not here."""


@dataclass(frozen=True, slots=True)
class FoldClaim:
    """The part of a claim the fold reads; ``seen_at`` is when it was observed, HH:MM, school time.

    ``seen_at`` never decides a code: it only tells a pupil seen absent after arriving.
    """

    id: str
    code: str
    date: str
    arrived: str | None = None
    replaces: tuple[str, ...] = ()
    verdict: Verdict = "stands"
    seen_at: str | None = None


def refines(one: FoldClaim, other: FoldClaim, span: Span) -> bool:
    """Whether ``one`` says more about what ``other``, an ``N``, left open.

    A register speaks of the start of its session, whenever it was taken: so an arrival at or after
    that start refines its ``N``, and so does an absence with a reason.
    """
    if other.code != "N":
        return False
    if one.code in ARRIVALS:
        return one.arrived is not None and one.arrived >= span.opens
    if one.code in {"N", "O"}:
        return False
    row = code_on(one.code, one.date)
    return row is not None and row.counts_as in _REASONED


def fold(claims: Iterable[FoldClaim], span: Span) -> Cell:
    """Fold the claims on one cell, whose session has the register times ``span``."""
    live = unreplaced(claims)
    joined = {old.id for old in live if any(refines(new, old, span) for new in live)}
    left = [claim for claim in live if claim.id not in joined]
    codes = {code_as_read(claim.code, claim.arrived, span) for claim in left}
    agreed = len(codes) == 1
    arrivals = [c.arrived for c in left if c.code not in _NO_ARRIVAL and c.arrived is not None]
    arrived = min(arrivals, default=None)
    return Cell(
        state="unmarked" if not left else "agreed" if agreed else "contested",
        code=next(iter(codes)) if agreed else None,
        live=tuple(claim.id for claim in left),
        joined=tuple(sorted(joined)),
        arrived=arrived,
        recheck=_seen_absent_after(arrived, live),
    )


def _seen_absent_after(arrived: str | None, live: Sequence[FoldClaim]) -> bool:
    """Whether somebody saw the pupil absent after an arrival: a safety matter, not a mark."""
    return arrived is not None and any(
        claim.code == "N" and claim.seen_at is not None and claim.seen_at > arrived
        for claim in live
    )


def screen(claims: Iterable[FoldClaim], span: Span) -> tuple[str, ...]:
    """What a claim chosen now ``replaces``: the claims shown, and all that those had replaced.

    Shown are the live and the joined claims of the fold.
    """
    known = {claim.id: claim for claim in claims}
    cell = fold(known.values(), span)
    return accepted((*cell.live, *cell.joined), known)


def roll_mark(cell: Cell, date: str, *, left: str | None = None) -> RollMark:
    """Where a pupil is held to be, for a roll call: contested or rechecked is ``check``.

    Nobody is called on site on a guess: no mark, and an ``N`` or ``O``, read ``unknown``. Any
    arrival ends the search: a pupil back from an appointment (``M``, arrived 10:40) is on site.
    """
    code = cell.code
    if cell.state == "contested" or cell.recheck:
        return RollMark(state="check", code=code, arrived=cell.arrived)
    row = code_on(code, date) if code is not None else None
    if row is None or code in {"N", "O"}:
        return RollMark(state="unknown", code=code)
    on_site = (code in HERE or cell.arrived is not None) and left is None
    return RollMark(state="on_site" if on_site else "off_site", code=code, arrived=cell.arrived)
