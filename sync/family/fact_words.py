"""Facts in words: what somebody said, in a line, where it is shown apart from its case."""

from __future__ import annotations

from schemas.family.facts import Fact

__all__ = ["in_a_line"]

_NAMES = {
    "plan": "Plan of the visit",
    "arrived": "Arrived",
    "left": "Left",
    "outcome": "At the door",
    "present": "Present",
    "seen": "Child seen",
    "alone": "Child seen alone",
    "interpreter": "Interpreter",
    "basis": "Basis for sharing",
    "next_visit": "Next visit",
    "placing": "Team of the case",
    "status": "State of the case",
    "lead": "Lead practitioner",
    "address": "Address",
    "risk": "Risk",
    "member": "Household",
    "phone": "Phone",
    "language": "Language",
    "consent": "Consent",
    "assessment": "Assessment",
    "barrier": "Barrier",
    "strength": "Strength",
    "goal": "Goal",
    "action": "Action",
    "partner": "Team around the family",
    "meeting": "Meeting",
    "review": "Review",
    "referral": "Referral",
    "strategy": "Strategy",
    "contact": "Contact",
    "letter": "Letter",
    "step": "Step of support",
    "shared": "Told to the school",
}
_TELLING = (
    *("purpose", "what", "text", "reason", "name", "number", "address", "outcome", "status"),
    *("team", "language", "basis", "step", "of", "to", "at", "on", "due"),
)
"""Fields that say most, the first that a fact has is shown."""
_YES = ("seen", "alone")


def in_a_line(fact: Fact) -> str:
    """What a fact says, with what it is."""
    name = _NAMES[fact.fact]
    if fact.fact in _YES:
        return f"{name}: {'yes' if getattr(fact, fact.fact) else 'no'}"
    said = next((value for one in _TELLING if (value := getattr(fact, one, None))), None)
    return name if said is None else f"{name}: {said}"
