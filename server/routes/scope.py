"""The scope of a request under ``/db``: who asks, in which school, and what they may see there."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request

from server.problems import Refusal
from server.record import note
from server.schools import OpenSchool
from server.site import site_of
from server.visitor import Visitor, visitor
from sync.feed import Feed

__all__ = ["Scoped", "entered"]


@dataclass(frozen=True)
class Scoped:
    """A visitor in one of their schools."""

    visitor: Visitor
    school: OpenSchool
    channels: frozenset[str]

    async def feed(self) -> Feed:
        """The school's feed through the visitor's channels."""
        return await Feed.open(self.school.database, self.channels)

    def channels_at(self, now_ms: int) -> frozenset[str]:
        """The visitor's channels at another moment."""
        name = self.school.database.name
        return self.visitor.channels(self.school.roster, name, now_ms)


@contextlib.asynccontextmanager
async def entered(request: Request, *, unenrolled: bool = False) -> AsyncIterator[Scoped]:
    """Let the visitor into the school that the path names.

    Raises ``Refusal``: whatever :func:`visitor` raises, ``forbidden`` (not their school, or no
    school at all), ``not_enrolled`` (where only sessions on enrolled devices come in; but for
    ``unenrolled``, which looks at that itself).
    """
    site = site_of(request)
    who = await visitor(request)
    if not unenrolled and site.settings.enrolment == "required" and who.session.device is None:
        raise Refusal(
            "not_enrolled",
            "Only enrolled tablets reach this school's data. Ask its office to enrol this one.",
        )
    school = request.path_params["school"]
    who.post(school)
    note(request.scope, school=school)
    site.limits.admit(request.scope, ("school", school))
    async with (
        site.person_turns.turn(who.account.person),
        site.school_turns.turn(school),
        site.schools.use(school) as opened,
    ):
        yield Scoped(who, opened, who.channels(opened.roster, school, site.clock.now_ms()))
