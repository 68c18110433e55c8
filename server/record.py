"""The record of each request: an id, one log line, one count, and no error that gets away.

The line names the route's template, never the path: a path holds ids.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass

import structlog
from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.limits import RateLimits
from server.logs import log, place
from server.metrics import Metrics
from server.problems import Refusal, answer

__all__ = ["Record", "note"]

GONE = 499
"""The status recorded when a client went away before it was answered."""


def note(scope: Scope, **counts: int | str) -> None:
    """Add fields to the line of the request that ``scope`` belongs to."""
    scope.setdefault("tidemark.notes", {}).update(counts)


@dataclass
class _Seen:
    """What was sent so far."""

    status: int = 0
    size: int = 0


class Record:
    """Outermost but for the headers: everything inside is timed, counted and caught."""

    def __init__(self, app: ASGIApp, metrics: Metrics, limits: RateLimits) -> None:
        self._app = app
        self._metrics = metrics
        self._limits = limits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = secrets.token_hex(6)
        seen = _Seen()

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                message["headers"] = [*message["headers"], (b"request-id", request_id.encode())]
            seen.size += len(message.get("body", b""))
            await send(message)

        structlog.contextvars.bind_contextvars(request_id=request_id)
        began = time.perf_counter()
        try:
            await self._app(scope, receive, watched)
        except ClientDisconnect:
            seen.status = GONE
        except Exception as error:  # noqa: BLE001  # the last stop: told to the log, not the client
            await self._fault(error, scope, receive, watched, seen)
        finally:
            self._close(scope, seen, time.perf_counter() - began)
            structlog.contextvars.unbind_contextvars("request_id")

    async def _fault(
        self, error: Exception, scope: Scope, receive: Receive, send: Send, seen: _Seen
    ) -> None:
        log().error("a request failed", error=type(error).__name__, at=place(error))
        if seen.status == 0:
            refusal = Refusal(
                "internal_server_error",
                "The server could not answer; it was recorded. Nothing on your tablet is lost: "
                "try again, and tell your office if it stays.",
            )
            await answer(scope["path"], refusal)(scope, receive, send)

    def _close(self, scope: Scope, seen: _Seen, seconds: float) -> None:
        route = getattr(scope.get("route"), "path", "none")
        notes = scope.get("tidemark.notes", {})
        held_ms = int(notes.get("held_ms", 0))
        busy = max(0.0, seconds - held_ms / 1000)
        self._limits.answered(scope, seen.size)
        self._metrics.answered(scope["method"], route, seen.status, busy)
        log().info(
            "request",
            method=scope["method"],
            route=route,
            status=seen.status,
            ms=round(busy * 1000, 1),
            bytes=seen.size,
            **notes,
        )
