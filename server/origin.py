"""Origin: a change is taken only from a page that this server served.

``SameSite=Strict`` keeps the cookie off requests from other sites; this refuses what says it comes
from one all the same (an older browser, a page on a sibling name).
"""

from __future__ import annotations

from collections.abc import Awaitable
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from server.problems import Refusal, answer

__all__ = ["SameOrigin", "is_cross_site"]

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
OURS = frozenset({"same-origin", "none"})


def is_cross_site(headers: Headers) -> bool:
    """Whether the browser says that another site's page asked for this.

    The host and port are compared, not the scheme: behind a proxy the server sees http. A client
    that sends neither header is no browser, and has no cookie of a person's to abuse.
    """
    site = headers.get("sec-fetch-site")
    if site is not None and site.strip().lower() not in OURS:
        return True
    origin = headers.get("origin")
    return origin is not None and not _is_host(origin, headers.get("host", ""))


def _is_host(origin: str, host: str) -> bool:
    try:
        named = urlsplit(origin).netloc
    except ValueError:
        return False
    return bool(named) and named.lower() == host.strip().lower()


class SameOrigin:
    """Refuses changes asked for by other sites, before anything looks at them."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, or refuse it."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            return self._app(scope, receive, send)
        if not is_cross_site(Headers(scope=scope)):
            return self._app(scope, receive, send)
        refusal = Refusal(
            "cross_site",
            "This request was made by a page of another site, so nothing was done. "
            "Open Tidemark at its own address.",
        )
        return answer(scope["path"], refusal)(scope, receive, send)
