"""Who reads a concern: the channels of its document, in each database in which it lies.

A concern about nobody with an account goes to everybody who holds the reach of a step that it has
come to. One about somebody goes to those people one by one, but for whom it concerns: what they
hold besides, or are granted later, lets them see nothing of it. Where that leaves nobody, it goes
to the next reach in line.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from schemas.family.concerns import Step
from schemas.policy import Reach
from sync import channels
from sync.family.concerns import Answering, Folded

__all__ = ["Holders", "concern_channels", "kept_from", "reaches"]

Holders = Callable[[Reach], frozenset[str]]
"""Everybody who holds, held or will hold a reach in a database."""

_REACH: dict[Step, Reach] = {
    "lead": Reach.SAFEGUARDING,
    "head": Reach.ALLEGATIONS,
    "chair": Reach.CHAIR,
}
_PLAIN: dict[Reach, frozenset[str]] = {
    Reach.SAFEGUARDING: channels.SAFEGUARDING,
    Reach.ALLEGATIONS: channels.ALLEGATIONS,
    Reach.CHAIR: channels.CHAIR,
}
_LINE = tuple(_PLAIN)


def reaches(steps: Iterable[Step], answering: Answering, database: str) -> frozenset[Reach]:
    """The reaches of the steps that are people's of ``database``.

    The area's duty team are those who answer for the area's own concerns.
    """
    steps = frozenset(steps)
    found = {_REACH[step] for step in steps - {"duty"} if database == answering.place.school}
    area = answering.place if answering.in_area else answering.area
    if "duty" in steps and area is not None and database == area.school:
        found.add(Reach.SAFEGUARDING)
    return frozenset(found)


def kept_from(
    folded: Folded, answering: Answering, database: str, holders: Holders
) -> frozenset[str]:
    """Everybody with an account whom it concerns: they never see it."""
    people = folded.about.people
    if folded.about.head:
        people |= answering.whom.people("head")
        if database == answering.place.school:
            people |= holders(Reach.ALLEGATIONS)
    return people


def concern_channels(
    folded: Folded, answering: Answering, database: str, holders: Holders
) -> frozenset[str]:
    """The channels of a concern's document in a database; none where nobody answers for it."""
    mine = reaches(folded.concern.answering, answering, database)
    kept = kept_from(folded, answering, database, holders)
    if not kept:
        return frozenset[str]().union(*(_PLAIN[reach] for reach in mine))
    return frozenset[str]().union(*(_one_by_one(reach, kept, holders) for reach in mine))


def _one_by_one(first: Reach, kept: frozenset[str], holders: Holders) -> frozenset[str]:
    for reach in _LINE[_LINE.index(first) :]:
        left = holders(reach) - kept
        if left:
            return frozenset(channels.answering(reach, person) for person in left)
    return frozenset()
