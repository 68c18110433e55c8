"""Two concerns of the demonstration: one that a school has in hand, one raised a moment ago."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.demo.chance import hex_id, opaque_id, stream
from server.demo.family.households import Household
from server.demo.schools import DemoSchool
from server.demo.staff import Colleague
from server.demo.writing import Pen, Push, local_ms

__all__ = ["in_hand", "just_raised"]

_MINUTE = 60_000
RAISED = "new-here"
"""The story of the family whose child somebody is worried about in school, yesterday."""
LATELY = "said-nothing"
"""The story of the family whose worker raised a concern a moment ago."""
LATELY_MS = 12 * _MINUTE


def in_hand(school: DemoSchool, families: Sequence[Household], seed: int) -> list[Push]:
    """Yesterday a teacher told the safeguarding lead, and raised it; the lead has read it.

    Both wrote at a desk: another device than the tablet for registers.
    """
    children = [one for family in families if family.story.key == RAISED for one in family.children]
    child = next((one for one in children if one.school.id == school.id), None)
    if child is None:
        return []
    chance = stream(seed, school.plan.key, "concern")
    teacher, lead = (
        Pen(replace(one, device=opaque_id(chance, "dev"), log=hex_id(chance)), seed)
        for one in (_teacher(school, child.pupil.form), school.staff.safeguarding_lead)
    )
    concern, raised = opaque_id(chance, "con"), _yesterday(school, "14:10")
    told = {
        "name": str(school.staff.safeguarding_lead.name),
        "how": "in_person",
        "at": teacher.device_time(raised - 6 * _MINUTE),
    }
    return [
        teacher.write(
            "concern.raised",
            raised,
            concern=concern,
            pupil=child.pupil.pupil,
            text=(
                f"{child.pupil.known_as} had no coat and no lunch again and said that nobody had "
                "been at home since Sunday evening. Hands were cold and grey at registration."
            ),
            told=[told],
            observed_at=teacher.device_time(raised - 25 * _MINUTE),
        ),
        lead.write(
            "concern.acknowledged",
            raised + 9 * _MINUTE,
            concern=concern,
            note="Read. I am ringing home now, and the family worker after that.",
        ),
    ]


def just_raised(families: Sequence[Household], worker: Colleague, now_ms: int) -> Push:
    """A family worker raises a concern from the car; nobody has acknowledged it yet."""
    family = next(one for one in families if one.story.key == LATELY)
    child, at = family.children[0], now_ms - LATELY_MS
    chance = stream(now_ms, family.case, "concern")
    pen = Pen(replace(worker, device=opaque_id(chance, "dev"), log=hex_id(chance)), 0)
    lead = child.school.staff.safeguarding_lead
    return pen.write(
        "concern.raised",
        at,
        concern=opaque_id(chance, "con"),
        case=family.case,
        child=child.item,
        child_name=child.name,
        school=child.school.id,
        pupil=child.pupil.pupil,
        text=(
            f"{child.pupil.known_as} showed me a bruise on the upper arm, the width of a hand, and "
            "said: 'I can't say who.' We were alone in the garden. I promised nothing, and said "
            "that I would tell people whose job it is to help."
        ),
        told=[{"name": str(lead.name), "how": "phone", "at": pen.device_time(at - 2 * _MINUTE)}],
        observed_at=pen.device_time(at - 15 * _MINUTE),
    )


def _teacher(school: DemoSchool, form: str) -> Colleague:
    teacher = school.roster.groups[form].teacher
    return next(one for one in school.staff if one.person == teacher)


def _yesterday(school: DemoSchool, time: str) -> int:
    return local_ms(school.history[-1], time, school.roster.calendar.time_zone)
