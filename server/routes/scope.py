"""The scope of a request under ``/db``: who asks, in which school, and what they may see there."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.requests import Request

from schemas.policy import ROLE_NAMES, Power, may
from server.problems import Refusal
from server.record import note
from server.schools import OpenSchool
from server.site import site_of
from server.visitor import Visitor, visitor
from sync.family.casework import Casework
from sync.family.known import Known
from sync.feed import Feed
from sync.grants import Access
from sync.pushed import Speaker

__all__ = ["Scoped", "entered"]


@dataclass(frozen=True)
class Scoped:
    """A visitor in one of their schools. ``access``: every grant of theirs, whenever."""

    visitor: Visitor
    school: OpenSchool
    access: Access
    now_ms: int

    @property
    def channels(self) -> frozenset[str]:
        """What they may read as they came in."""
        return self.channels_at(self.now_ms)

    async def feed(self) -> Feed:
        """The school's feed through the visitor's channels."""
        return await Feed.open(self.school.database, self.channels)

    def channels_at(self, ms: int) -> frozenset[str]:
        """The visitor's channels at another moment, with the grants they had as they came in."""
        return self.access.channels(ms, self.school.roster.calendar)

    def changes_in_s(self, ms: int) -> float | None:
        """Seconds from a moment until a grant of theirs begins or ends; None for never."""
        change_ms = self.access.next_change_ms(ms)
        return None if change_ms is None else (change_ms - ms) / 1000

    def demand(self, power: Power) -> None:
        """Raise ``Refusal`` (``forbidden``) unless a role of theirs has ``power`` now."""
        if any(may(role, power) for role in self.access.at(self.now_ms).roles):
            return
        able = ", ".join(ROLE_NAMES[role] for role in ROLE_NAMES if may(role, power))
        raise Refusal("forbidden", f"That is not for your role to see or do. It is for: {able}.")

    def knows(self, case: str) -> bool:
        """Whether a case is theirs to know of: as it was last read."""
        intake = self.school.intake
        now = self.access.at(self.now_ms)
        work = Casework(now, self.school.roster, Known(intake.cases), self.now_ms)
        return work.reaches(case)

    def device(self, said: str) -> str:
        """The device that asks: the one the session is bound to, whatever the request ``said``."""
        return self.visitor.session.device or said

    def speaker(self, said: str | None) -> Speaker:
        """Who speaks in what is pushed, from a device: the one the session is bound to, if any."""
        device = self.visitor.session.device or said
        account = self.visitor.account
        last = self.school.contacts.settled_ms(account.person, device) if device else None
        return Speaker(
            account.person,
            account.name,
            account.role,
            device,
            self.visitor.grants(self.school.database.name),
            last,
        )


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
    posts = who.grants(school)
    note(request.scope, school=school)
    site.limits.admit(request.scope, ("school", school))
    async with (
        site.person_turns.turn(who.account.person),
        site.school_turns.turn(school),
        site.schools.use(school) as opened,
    ):
        access = opened.grants.access(who.account.person, posts)
        yield Scoped(who, opened, access, site.clock.now_ms())
