"""Whether the server is alive, whether it is ready, which version it is, and its figures."""

from __future__ import annotations

import hmac
from importlib import metadata

from prometheus_client import CONTENT_TYPE_LATEST
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from server.answers import json_answer
from server.logs import log, place
from server.problems import Refusal
from server.site import Site, site_of
from sync.store import WriteBatch

__all__ = ["ROUTES", "version"]

_CHECKED_MS = 1000
"""A check of the store counts for a second, so that nobody can wear the disk out by asking."""


def version() -> str:
    """The installed version."""
    return metadata.version("tidemark")


async def alive(_request: Request) -> Response:
    """``GET /healthz``: the process answers. For whoever restarts it."""
    return json_answer({"status": "alive"})


async def ready(request: Request) -> Response:
    """``GET /readyz``: the store can be written and publishing works. For a load balancer."""
    site = site_of(request)
    if site.waits.closing:
        raise Refusal("not_ready", "The server is stopping.")
    await _check_store(site)
    schools, failing = len(site.schools), site.schools.failing()
    if failing and failing * 2 > schools:  # one broken school is no reason to turn all away
        raise Refusal(
            "not_ready", f"Publishing fails for {failing} of {schools} schools; the log says why."
        )
    return json_answer(
        {
            "status": "ready",
            "schools_open": schools,
            "schools_failing": failing,
            "backup": site.backups.status(),
        }
    )


async def _check_store(site: Site) -> None:
    now = site.clock.now_ms()
    if now - site.checked.get("store", -_CHECKED_MS) < _CHECKED_MS:
        return
    try:
        await site.accounts.database.write(WriteBatch(local={"ready": {"checked_ms": now}}))
    except Exception as error:
        log().error("the store cannot be written", error=type(error).__name__, at=place(error))
        raise Refusal("not_ready", "The store cannot be written; the log says why.") from error
    site.checked["store"] = now


async def which(_request: Request) -> Response:
    """``GET /version``."""
    return json_answer({"name": "tidemark", "version": version()})


async def figures(request: Request) -> Response:
    """``GET /metrics``: Prometheus's text form; behind a token where the settings name one."""
    site = site_of(request)
    token = site.settings.metrics_token
    if token is not None:
        wanted = f"Bearer {token.get_secret_value()}".encode()
        given = request.headers.get("authorization", "").encode("latin-1")
        if not hmac.compare_digest(given, wanted):
            raise Refusal(
                "unauthorized",
                "The figures need Authorization: Bearer with the token of the settings.",
                {"WWW-Authenticate": "Bearer"},
            )
    headers = {"Cache-Control": "no-store", "Content-Type": CONTENT_TYPE_LATEST}
    return Response(site.metrics.text(), headers=headers)


ROUTES = [
    Route("/healthz", alive, methods=["GET"]),
    Route("/readyz", ready, methods=["GET"]),
    Route("/version", which, methods=["GET"]),
    Route("/metrics", figures, methods=["GET"]),
]
