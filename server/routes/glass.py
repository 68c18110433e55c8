"""``POST /db/{area}/_glass``: whether there is a restricted case of a child, for who may open it.

Who asked, when and why is kept, found or not. It leaves no other trace: what is found and what is
not take the same steps, and differ in the answer alone.
"""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.family.glass import GlassAsked, GlassFound
from schemas.policy import POLICY, RANKED, Power, Role
from server.answers import model_answer
from server.bodies import read_model
from server.routes.scope import Scoped, entered
from server.site import site_of
from sync.clock import instant
from sync.store import WriteBatch
from sync.views import asking

__all__ = ["ROUTES"]

MAX_BYTES = 16_384


async def ask(request: Request) -> Response:
    """Look for one, by a surname and a date of birth that are exactly those of a member of its
    household. Of several the one whose id comes first.
    """
    site = site_of(request)
    async with entered(request) as scoped:
        scoped.demand(Power.GLASS)
        person = scoped.visitor.account.person
        site.limits.admit(request.scope, ("glass", person))
        asked = await read_model(request, GlassAsked, MAX_BYTES)
        at = instant(scoped.now_ms)
        device = scoped.device("") or None
        note = asking(person, _role(scoped), device, asked.reason, at)
        await scoped.school.database.write(WriteBatch([note]))
        cases = scoped.school.intake.cases
        await cases.refresh()
        found = cases.restricted_of(asked.surname, asked.born)
    return model_answer(GlassFound(case=min(found, default=None)))


def _role(scoped: Scoped) -> Role:
    """The role by which they may ask."""
    roles = scoped.access.at(scoped.now_ms).roles
    return max((one for one in roles if Power.GLASS in POLICY[one].may), key=RANKED.index)


ROUTES = [Route("/db/{school}/_glass", ask, methods=["POST"])]
