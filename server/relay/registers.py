"""What a school's registers say of one of its pupils, for the cases that the pupil is of."""

from __future__ import annotations

import orjson

from schemas.calendar import SchoolCalendar
from schemas.published import History, history_id
from schemas.roster import Pupil
from server.family.attended import HalfTally
from sync.store import Database

__all__ = ["on_roll", "tallies"]


async def on_roll(database: Database, pupil: str, today: str) -> bool:
    """Whether the school has the pupil on its roll today."""
    (found,) = await database.read([f"pupil:{pupil}"])
    if found is None or found.deleted:
        return False
    return Pupil.model_validate_json(orjson.dumps({"_id": found.id, **found.body})).on_roll(today)


async def tallies(
    database: Database, calendar: SchoolCalendar, pupil: str, today: str
) -> tuple[HalfTally, ...]:
    """What this half-term and the last come to, the latest first."""
    ids = [history_id(half.first, pupil) for half in calendar.window(today)]
    found = [one for one in await database.read(ids) if one is not None and not one.deleted]
    histories = (
        History.model_validate_json(orjson.dumps({"_id": one.id, **one.body})) for one in found
    )
    return tuple(HalfTally(half=one.half, tally=one.tally) for one in histories)
