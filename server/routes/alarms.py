"""The heartbeat of the alarms, for a monitor outside: whether somebody not back would be missed."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.answers import json_answer
from server.site import site_of

__all__ = ["ROUTES"]


async def heartbeat(request: Request) -> Response:
    """``GET /alarms/heartbeat``: 200 while alarms would go out, else 503; nobody is in it."""
    health = site_of(request).alarms.health
    return json_answer(health.told(), 200 if health.healthy else 503)


ROUTES = [Route("/alarms/heartbeat", heartbeat, methods=["GET"])]
