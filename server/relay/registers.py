"""What a school says of one of its pupils, for the cases that the pupil is of."""

from __future__ import annotations

import hashlib

import orjson

from schemas.published import History, history_id
from schemas.roster import Pupil
from schemas.school import School
from server.family.attended import HalfTally, SchoolSays
from sync.family.spells import spells
from sync.store import Database

__all__ = ["school_says"]


async def school_says(database: Database, school: School, pupil: str, today: str) -> SchoolSays:
    """Whether the pupil is on roll today, and what this half-term and the last come to so far."""
    ids = [history_id(half.first, pupil) for half in school.calendar.window(today)]
    enrolled, *found = await database.read([f"pupil:{pupil}", *ids])
    histories = [
        History.model_validate_json(orjson.dumps({"_id": one.id, **one.body}))
        for one in found
        if one is not None and not one.deleted
    ]
    is_here = enrolled is not None and not enrolled.deleted
    if is_here and enrolled is not None:
        raw = orjson.dumps({"_id": enrolled.id, **enrolled.body})
        is_here = Pupil.model_validate_json(raw).on_roll(today)
    return SchoolSays(
        halves=tuple(HalfTally(half=one.half, tally=one.tally) for one in histories),
        spells=spells(day for one in histories for day in one.days),
        on_roll=is_here,
        place=_digest(school),
    )


def _digest(school: School) -> str:
    """Changes with whatever of the school itself stands in a case."""
    told = school.safeguarding
    said = f"{school.name}\n{'' if told is None else told.model_dump_json()}"
    return hashlib.sha256(said.encode()).hexdigest()[:16]
