"""The policy said a second time: who may see which paper. Nothing of the product's is used here.

It knows no channels, no tokens and no feeds: only people, what they were given, and papers. Where
this and the product disagree, one of them is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

__all__ = [
    "ACCESS",
    "EXPLAINS",
    "FIGURES",
    "OWN_GROUPS",
    "SEES",
    "VIEWS",
    "Day",
    "Given",
    "Paper",
    "sees",
]

SEES: dict[str, frozenset[str]] = {
    # Teachers: the staff room's papers, the fire lists, what is of their own groups, and the
    # registers that somebody handed to them.
    "class_teacher": frozenset({"staff room", "fire lists", "own groups"}),
    "cover_teacher": frozenset({"staff room", "fire lists", "own groups"}),
    # The desk: everything of the school, and what is held.
    "attendance_officer": frozenset({"staff room", "fire lists", "whole school", "held"}),
    "attendance_champion": frozenset({"staff room", "fire lists", "whole school", "held"}),
    "head": frozenset({"staff room", "fire lists", "whole school", "held"}),
    # Governors: figures, and nobody's name.
    "governor": frozenset(),
    # Concerns about the head are theirs, and no register.
    "chair_of_governors": frozenset({"staff room"}),
    # Whoever works with children that were named to them: those, and nobody else.
    "family_worker": frozenset({"staff room", "own pupils"}),
    # Who leads a team of an area decides on what is held there.
    "team_lead": frozenset({"staff room", "own pupils", "held"}),
    "virtual_school": frozenset({"staff room", "own pupils"}),
    "authority_coordinator": frozenset({"staff room", "own pupils"}),
    # Safeguarding: everything of the school; what is held is the desk's business.
    "safeguarding_lead": frozenset({"staff room", "fire lists", "whole school"}),
    # Keeps accounts; reads no register.
    "administrator": frozenset({"staff room"}),
}
OWN_GROUPS = frozenset(role for role, seen in SEES.items() if "own groups" in seen)
ACCESS = frozenset(
    {"attendance_officer", "attendance_champion", "head", "administrator", "team_lead"}
)
"""Who sees the school's tablets, and when they were heard from."""
EXPLAINS = ACCESS
"""Who may ask why somebody sees something, or does not."""
FIGURES = frozenset(
    {
        "attendance_officer",
        "attendance_champion",
        "head",
        "governor",
        "chair_of_governors",
        "team_lead",
        "safeguarding_lead",
        "authority_coordinator",
    }
)
"""Who sees counts and rates, which name nobody."""
VIEWS = frozenset(
    {
        "attendance_champion",
        "head",
        "safeguarding_lead",
        "team_lead",
        "authority_coordinator",
    }
)
"""Who sees who opened a restricted record."""


@dataclass(frozen=True)
class Given:
    """A role that somebody was given: over whom, from when, until when. Times are UTC, as text."""

    role: str
    groups: frozenset[str] = frozenset()
    pupils: frozenset[str] = frozenset()
    starts: str | None = None
    ends: str | None = None
    ended: str | None = None

    def holds(self, now: str) -> bool:
        """From its start, and no longer at its end."""
        begun = self.starts is None or self.starts <= now
        over = any(end is not None and end <= now for end in (self.ends, self.ended))
        return begun and not over


@dataclass(frozen=True)
class Day:
    """A moment in a school. ``days``: today and the five school days before, latest first.

    ``halves``: first days of this half-term and the last, latest first.
    """

    now: str
    days: tuple[str, ...]
    halves: tuple[str, ...]

    def recent(self, date: str) -> bool:
        """Whether a day lies in this half-term or the last, or comes after them."""
        return date >= min(self.halves)


@dataclass(frozen=True)
class Paper:
    """One document, as far as it matters who sees it. ``gone``: deleted; its removal is told.

    ``kind``: ``staff room``, ``fire list``, ``sheet``, ``card``, ``history``, ``absences``,
    ``held``, or ``nobody's``. ``groups``: whose it is; ``taken_by``: to whom a register was handed;
    ``sender``, ``decided``: of something held.
    """

    id: str
    kind: str
    rev: str = ""
    date: str = ""
    groups: frozenset[str] = frozenset()
    pupil: str = ""
    half: str = ""
    taken_by: str = ""
    sender: str = ""
    decided: str | None = None
    gone: bool = False


def sees(  # noqa: PLR0911  # a case for each kind of paper
    person: str, givens: Iterable[Given], paper: Paper, day: Day
) -> bool:
    """Whether somebody may see a paper at a moment."""
    held = [one for one in givens if one.holds(day.now)]
    rights = {right for one in held for right in SEES[one.role]}
    groups = {name for one in held if "own groups" in SEES[one.role] for name in one.groups}
    pupils = {name for one in held if "own pupils" in SEES[one.role] for name in one.pupils}
    of_theirs = bool(groups & paper.groups) or paper.pupil in pupils
    match paper.kind:
        case "staff room":
            return "staff room" in rights
        case "fire list":
            return "fire lists" in rights and paper.date in day.days[:2]
        case "sheet":
            handed = "own groups" in rights and paper.taken_by == person
            return (
                ("whole school" in rights and paper.date in day.days)
                or bool(groups & paper.groups)
                or (handed and paper.date in day.days[:2])
            )
        case "card":
            return "whole school" in rights or of_theirs
        case "history":
            return ("whole school" in rights or of_theirs) and paper.half in day.halves
        case "absences":
            return "whole school" in rights
        case "held":
            lately = paper.decided is None or day.recent(paper.decided)
            return lately and ("held" in rights or paper.sender == person)
    return False
