"""``GET /db/{school}/_views``: who opened restricted records."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from schemas.policy import Power
from server.answers import json_answer
from server.routes.scope import entered

__all__ = ["ROUTES"]


async def views(request: Request) -> Response:
    """Every view, or (``?pupil=``) those of one pupil's record; for those who oversee it."""
    pupil = request.query_params.get("pupil") or None
    async with entered(request) as scoped:
        scoped.demand(Power.VIEWS)
        school = scoped.school
        found = await school.watch.views(school.roster, pupil)
        return json_answer(found.model_dump(mode="json"))


ROUTES = [Route("/db/{school}/_views", views, methods=["GET"])]
