"""The words in which a case's chronology tells what happened: the server's, and the tablet's."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["CHRONOLOGY"]

CHRONOLOGY: Mapping[str, Mapping[str, str]] = {
    "visit": {
        "": "Home visit",
        "seen": "Home visit: the family was seen",
        "no_answer": "Home visit: no answer",
        "refused": "Home visit: refused at the door",
        "wrong_address": "Home visit: not the right address",
        "contested": "Home visit: accounts of what came of it differ",
        "cancelled": "Home visit cancelled",
    },
    "contact": {
        "phone": "Phone call",
        "text": "Text message",
        "email": "E-mail",
        "letter": "Letter",
        "card": "Card left",
        "in_person": "Conversation",
    },
    "reached": {"yes": "reached", "no": "not reached"},
    "meeting": {"": "Meeting of the team around the family"},
    "review": {
        "": "Review of the plan",
        "continue": "Review of the plan: support goes on",
        "step_up": "Review of the plan: support is stepped up",
        "step_down": "Review of the plan: support is stepped down",
        "close": "Review of the plan: the case can be closed",
    },
    "referral": {
        "sent": "Nothing decided yet",
        "waiting": "On the waiting list",
        "accepted": "Accepted",
        "declined": "Declined",
        "ended": "Ended",
    },
    "status": {
        "opened": "The case was opened",
        "open": "Work on the case goes on",
        "paused": "Work on the case is paused",
        "closed": "The case was closed",
        "goals_met": "The case was closed: the goals were met",
        "stepped_up": "The case was closed: stepped up",
        "stepped_down": "The case was closed: stepped down",
        "consent_withdrawn": "The case was closed: consent was withdrawn",
        "moved": "The case was closed: the family has moved",
        "other": "The case was closed for another reason",
    },
    "step": {
        "early_conversation": "Early conversation with the family",
        "voluntary_support": "Voluntary support",
        "attendance_contract": "Attendance contract",
        "support_meeting": "Support meeting",
        "notice_to_improve": "Notice to improve",
        "penalty_notice": "Penalty notice",
        "supervision_order": "Education supervision order",
        "parenting_order": "Parenting order",
        "attendance_order": "School attendance order",
        "prosecution": "Prosecution",
        "social_care": "Referral to social care",
    },
    "effect": {
        "too_early": "too early to say",
        "helped": "it helped",
        "no_change": "no change",
        "worse": "things got worse",
    },
}
"""By what is told, then by how it was."""
