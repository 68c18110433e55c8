"""The visits of today and of the next school day, planned anew on every day a demonstration starts.

So somebody who comes back to it another day finds a day's work before them. What there is to visit
is kept beside the area's documents, in a local one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import orjson

from schemas.access import Grant
from schemas.base import LocalTime, Model, OpaqueId
from schemas.calendar import SchoolCalendar
from schemas.canonical import GENESIS
from schemas.entry import make_entry
from schemas.family.facts import VisitPlan
from schemas.policy import Role
from server.demo.chance import hex_id, opaque_id, stream
from server.demo.family.acts import HOUR
from server.demo.family.area import DemoArea
from server.demo.family.households import Household
from server.demo.family.notebook import claim
from server.demo.writing import local_ms
from sync.clock import Clock, instant, local
from sync.intake import Intake
from sync.pushed import Speaker
from sync.roster import load_roster
from sync.store import Database, WriteBatch

__all__ = ["ToVisit", "keep_to_visit", "plan_visits"]

KEPT = "demo-visits"
SOON_MS = 40 * 60_000
"""A visit of today begins so long after the start at the earliest."""
HALF_HOUR_MS = 30 * 60_000


class ToVisit(Model):
    """A family to be visited: by whom, in how many school days, at what time, what for."""

    case: OpaqueId
    person: OpaqueId
    name: str
    buddy: OpaqueId
    away: int
    time: LocalTime
    purpose: str
    address: str
    risks: str | None


class _Kept(Model):
    """``planned``: the last day on which visits were planned."""

    visits: tuple[ToVisit, ...]
    planned: str = ""


class _NoContacts:
    """These devices were never heard of."""

    def contact_ms(self, nonce: str) -> int | None:  # noqa: ARG002  # it knows none
        """None: no nonce was given."""
        return None


async def keep_to_visit(database: Database, area: DemoArea, families: Sequence[Household]) -> None:
    """Note whom to visit on whichever day the demonstration is started."""
    await _keep(database, _Kept(visits=tuple(_to_visit(area, families))))


async def plan_visits(database: Database, clock: Clock) -> None:
    """Have the workers plan their visits, by entries, unless they did so today."""
    found = await database.read_local(KEPT)
    if found is None:
        raise LookupError(
            f"the demonstration's database {database.name} does not say whom to visit; "
            "remove its folder"
        )
    kept = _Kept.model_validate_json(orjson.dumps(dict(found)))
    roster, now_ms = await load_roster(database), clock.now_ms()
    today, _ = local(instant(now_ms), roster.calendar.time_zone)
    if kept.planned == today:
        return
    chance = stream(now_ms, database.name, "visits")
    intake = Intake(database, lambda: roster, clock, lambda: hex_id(chance), _NoContacts())
    for one in kept.visits:
        device, log = opaque_id(chance, "dev"), hex_id(chance)
        plan = _plan(one, roster.calendar, today, now_ms)
        body = {
            "kind": "visit.planned",
            "author": one.person,
            "role": Role.FAMILY_WORKER.value,
            "device": device,
            "written_at": instant(now_ms),
            "clock": {"offset_ms": 0, "contact": None},
            "case": one.case,
            "visit": opaque_id(chance, "vis"),
            "facts": [claim(plan, instant(now_ms))],
        }
        post = Grant(person=one.person, role=Role.FAMILY_WORKER)
        speaker = Speaker(one.person, one.name, Role.FAMILY_WORKER, device, (post,))
        await intake.take(speaker, [make_entry(log, 1, GENESIS, hex_id(chance), body)])
    await _keep(database, kept.model_copy(update={"planned": today}))


def _to_visit(area: DemoArea, families: Sequence[Household]) -> Iterator[ToVisit]:
    workers = area.staff.workers
    for family in families:
        worker = workers[family.story.worker]
        for away, time, purpose in family.story.planned:
            yield ToVisit(
                case=family.case,
                person=worker.person,
                name=str(worker.name),
                buddy=workers[family.story.worker - 1].person,
                away=away,
                time=time,
                purpose=family.said(purpose),
                address=family.address,
                risks=family.story.risk,
            )


def _plan(one: ToVisit, calendar: SchoolCalendar, today: str, now_ms: int) -> VisitPlan:
    date = today if one.away == 0 else calendar.school_days_after(today, one.away) or today
    starts = local_ms(date, one.time, calendar.time_zone)
    if starts < now_ms + SOON_MS:
        starts = -(-(now_ms + SOON_MS) // HALF_HOUR_MS) * HALF_HOUR_MS
    return VisitPlan(
        purpose=one.purpose,
        type="attendance",
        announced=True,
        starts=instant(starts),
        ends=instant(starts + HOUR),
        address=one.address,
        risks=one.risks,
        workers=(one.person,),
        buddy=one.buddy,
    )


async def _keep(database: Database, kept: _Kept) -> None:
    await database.write(WriteBatch(local={KEPT: kept.model_dump(mode="json")}))
