"""Every address the server answers, a module for each kind."""

from __future__ import annotations

from starlette.routing import BaseRoute

from server.routes import (
    access,
    alarms,
    app,
    concerns,
    devices,
    drafts,
    farewell,
    glass,
    health,
    linking,
    photos,
    school,
    session,
    sign_in,
    syncing,
    views,
)

__all__ = ["all_routes"]


def all_routes() -> list[BaseRoute]:
    """In the order they are tried: the app's own files take what is left."""
    return [
        *health.ROUTES,
        *alarms.ROUTES,
        *session.ROUTES,
        *devices.ROUTES,
        *sign_in.ROUTES,
        *farewell.ROUTES,
        *syncing.ROUTES,
        *drafts.ROUTES,
        *views.ROUTES,
        *glass.ROUTES,
        *access.ROUTES,
        *photos.ROUTES,
        *linking.ROUTES,
        *concerns.ROUTES,
        *school.ROUTES,
        *app.ROUTES,
    ]
