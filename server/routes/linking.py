"""``POST /db/{area}/_pupils``: which pupil of a school of the area is a child of a household.

So that a school gets its part of a case, and the case the child's attendance. Nothing is told but
the id, and only of a child whose name and date of birth the asker knows already; of a pupil whose
record is restricted nothing is told at all: whoever may know links that one at the school.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.family.linking import PupilAsked, PupilFound
from schemas.policy import ROLE_NAMES, may_write
from schemas.roster import Pupil
from server.answers import model_answer
from server.bodies import read_model
from server.problems import Refusal
from server.routes.scope import Scoped, entered
from server.site import site_of
from sync.clock import instant, local
from sync.family.called import is_called
from sync.roster import Roster

__all__ = ["ROUTES"]

MAX_BYTES = 4_096
KIND = "case.noted"
"""Whoever may write this may link a child."""


async def ask(request: Request) -> Response:
    """Look for the one pupil on roll today of that name and date of birth."""
    site = site_of(request)
    async with entered(request) as scoped:
        _demand(scoped)
        site.limits.admit(request.scope, ("link", scoped.visitor.account.person))
        asked = await read_model(request, PupilAsked, MAX_BYTES)
        area = scoped.school.database.name
    try:
        async with site.schools.use(asked.school) as school:
            lies_here = school.roster.school.area == area
            found = _found(school.roster, asked, scoped.now_ms) if lies_here else []
    except Refusal as refusal:
        if refusal.code != "not_found":
            raise
        found = []
    return model_answer(PupilFound(pupil=found[0].pupil if len(found) == 1 else None))


def _demand(scoped: Scoped) -> None:
    roles = scoped.access.at(scoped.now_ms).roles
    if scoped.school.roster.school.phase == "area" and any(may_write(one, KIND) for one in roles):
        return
    able = ", ".join(ROLE_NAMES[role] for role in ROLE_NAMES if may_write(role, KIND))
    raise Refusal("forbidden", f"Children are linked in an area, by: {able}.")


def _found(roster: Roster, asked: PupilAsked, now_ms: int) -> list[Pupil]:
    today, _ = local(instant(now_ms), roster.calendar.time_zone)
    return [
        one
        for one in roster.pupils.values()
        if one.born == asked.born
        and not one.restricted
        and one.on_roll(today)
        and is_called(asked.name, one.surname)
    ]


ROUTES = [Route("/db/{school}/_pupils", ask, methods=["POST"])]
