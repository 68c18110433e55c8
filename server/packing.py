"""Packing: large answers go out as gzip to who takes it, except those that are waited for.

An answer to ``_sync`` or of a feed is small, and its request may be held for a minute: what the
packer keeps for each request would be most of what a waiting tablet costs.
"""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.middleware.gzip import GZipMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

__all__ = ["MIN_PACKED", "Packing"]

MIN_PACKED = 1024
"""Answers below this many bytes go out as they are."""
HELD = "/_sync"
FEED = "/_changes"


class Packing:
    """Starlette's packer, passed by where requests are held."""

    def __init__(self, app: ASGIApp, level: int) -> None:
        self._plain = app
        self._packed = GZipMiddleware(app, minimum_size=MIN_PACKED, compresslevel=level)

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on. No coroutine of its own: those add up while requests are held."""
        held = scope["type"] != "http" or _is_held(scope)
        return (self._plain if held else self._packed)(scope, receive, send)


def _is_held(scope: Scope) -> bool:
    """Whether a request may wait. A feed that goes on must be let out line by line, too."""
    path: str = scope["path"]
    query: bytes = scope["query_string"]
    return path.endswith(HELD) or (
        path.endswith(FEED) and b"feed=" in query and b"feed=normal" not in query
    )
