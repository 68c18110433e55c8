"""Whom the demonstration's schools, and its authority, tell of a concern."""

from __future__ import annotations

from schemas.family.concerns import Hours, Safeguarding, ToRing
from server.demo.chance import opaque_id, stream
from server.demo.plans import SchoolPlan
from server.demo.staff import Colleague, Staff
from server.demo.telephone import landline

__all__ = ["area_id", "area_safeguarding", "school_safeguarding"]

OPENS, CLOSES = "08:00", "16:30"
_DUTY = ToRing(
    name="Duty team", role="Tarnholt children's services, day and night", phone=landline(410)
)
_DESIGNATED_OFFICER = ToRing(
    name="Designated officer",
    role="Allegations against people who work with children",
    phone=landline(411),
    email="designated.officer@tarnholt.example",
)
_WEEK = tuple(Hours(weekday=day, opens=OPENS, closes=CLOSES) for day in range(5))


def area_id(seed: int) -> str:
    """The database name of the authority's area."""
    return opaque_id(stream(seed, "area"), "sch", 12)


def school_safeguarding(plan: SchoolPlan, staff: Staff) -> Safeguarding:
    """A school's own people first; out of hours the authority's duty team."""
    return Safeguarding(
        leads=(_here(staff.safeguarding_lead, "Designated safeguarding lead", plan.line + 1),),
        head=_here(staff.head, "Head teacher", plan.line + 2),
        chair=_here(staff.chair, "Chair of governors", plan.line + 3),
        designated_officer=_DESIGNATED_OFFICER,
        duty=_DUTY,
        hours=_WEEK,
    )


def area_safeguarding(duty: Colleague) -> Safeguarding:
    """What no school answers for goes to the authority's own safeguarding lead, day and night."""
    lead = _here(duty, "Area safeguarding lead", 412)
    return Safeguarding(
        leads=(lead,),
        designated_officer=_DESIGNATED_OFFICER,
        duty=_DUTY.model_copy(update={"person": duty.person}),
        hours=_WEEK,
    )


def _here(who: Colleague, role: str, line: int) -> ToRing:
    return ToRing(name=str(who.name), role=role, phone=landline(line), person=who.person)
