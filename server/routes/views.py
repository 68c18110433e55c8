"""``GET /db/{school}/_views``: who opened restricted records."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.policy import Power
from schemas.views import Views
from server.answers import json_answer
from server.audit.views import RECORDS
from server.routes.scope import Scoped, entered

__all__ = ["ROUTES"]


async def views(request: Request) -> Response:
    """Every view, or (``?pupil=``) those of one pupil's record; for those who oversee it."""
    pupil = request.query_params.get("pupil") or None
    async with entered(request) as scoped:
        scoped.demand(Power.VIEWS)
        school = scoped.school
        found = await school.watch.views(school.roster, pupil)
        kept = await _theirs(scoped, found)
        return json_answer(kept.model_dump(mode="json"))


async def _theirs(scoped: Scoped, found: Views) -> Views:
    """Without looks at what the visitor may not see themselves: that a concern, or a restricted
    case, is there at all is not theirs to know. Pupils' records are the whole school's.
    """
    names = sorted(
        {
            one.document
            for one in found.views
            if one.how != "asked" and one.document.split(":")[0] not in RECORDS
        }
    )
    documents = await scoped.school.database.read(names) if names else []
    hidden = {
        name
        for name, one in zip(names, documents, strict=True)
        if one is None or scoped.channels.isdisjoint(one.channels)
    }
    kept = tuple(one for one in found.views if one.document not in hidden)
    return found.model_copy(update={"views": kept})


ROUTES = [Route("/db/{school}/_views", views, methods=["GET"])]
