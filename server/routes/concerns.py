"""``GET /db/{school}/_concerns/{concern}/pdf``: a concern, whole, for whoever answers for it."""

from __future__ import annotations

import asyncio

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.family.concerns import Concern
from server.audit.views import UNKNOWN
from server.concerns.desk import read_concern
from server.concerns.pdf import concern_pdf
from server.problems import Refusal
from server.routes.scope import Scoped, entered
from sync.clock import instant
from sync.family.relayed import heard_in

__all__ = ["ROUTES"]

_UNKNOWN = "There is no concern of that name here for you to see."


async def pdf(request: Request) -> Response:
    """Everything of a concern as a PDF. It is noted first, like a view of a restricted record."""
    async with entered(request) as scoped:
        concern = await _seen(scoped, request.path_params["concern"])
        school, account = scoped.school, scoped.visitor.account
        names = school.roster.staff
        heard = await heard_in(
            school.database,
            concern.concern,
            lambda person: names[person].name if person in names else UNKNOWN,
        )
        await school.watch.taken_away(
            account.person, scoped.visitor.session.device, concern.id, concern.pupil
        )
        zone = school.roster.calendar.time_zone
    # Laying out pages is work for a thread: nobody else's request waits for it.
    data = await asyncio.to_thread(
        concern_pdf, concern, heard, zone, instant(scoped.now_ms), account.name
    )
    name = f"concern-{concern.concern}.pdf"
    headers = {
        "Cache-Control": "no-store",
        "Content-Disposition": f'attachment; filename="{name}"',
    }
    return Response(data, headers=headers, media_type="application/pdf")


async def _seen(scoped: Scoped, name: str) -> Concern:
    """The concern, for who may read its document; for anybody else it is not there."""
    (found,) = await scoped.school.database.read([f"concern:{name}"])
    if found is None or found.deleted or scoped.channels.isdisjoint(found.channels):
        raise Refusal("not_found", _UNKNOWN)
    return read_concern(found)


ROUTES = [Route("/db/{school}/_concerns/{concern}/pdf", pdf, methods=["GET"])]
