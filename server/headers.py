"""Headers of every answer: what a browser may do with it, and the session's renewed cookie."""

from __future__ import annotations

from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

__all__ = ["PAGE_POLICY", "Headers", "send_cookie"]

PAGE_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; manifest-src 'self'; worker-src 'self'; frame-ancestors 'none'; "
    "base-uri 'none'; form-action 'self'"
)
"""For the app's files. Nothing inline, nothing from elsewhere, in nobody's frame."""
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
"""For data, which runs nothing: a short policy, for answers that are counted in bytes."""
_FEATURES = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"
_ALWAYS = (
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"no-referrer"),
    (b"cross-origin-resource-policy", b"same-origin"),
)
_PAGE = (
    (b"content-security-policy", PAGE_POLICY.encode()),
    (b"permissions-policy", _FEATURES.encode()),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"x-frame-options", b"DENY"),
)
_DATA = ((b"content-security-policy", DATA_POLICY.encode()),)
_HTTPS = ((b"strict-transport-security", b"max-age=63072000"),)
_COOKIE = "tidemark.cookie"


def send_cookie(scope: Scope, cookie: str) -> None:
    """Set a cookie with whatever answer this request gets; the last of a name counts."""
    cookies: dict[str, str] = scope.setdefault(_COOKIE, {})
    cookies[cookie.partition("=")[0]] = cookie


class Headers:
    """Outermost: adds the headers to whatever is answered, refusals and faults too."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on. No coroutine of its own: those add up while requests are held."""
        if scope["type"] != "http":
            return self._app(scope, receive, send)

        async def headed(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"] = [*message["headers"], *_added(scope, message)]
            await send(message)

        return self._app(scope, receive, headed)


def _added(scope: Scope, message: Message) -> list[tuple[bytes, bytes]]:
    kind = dict(message["headers"]).get(b"content-type", b"")
    is_data = b"json" in kind and b"manifest" not in kind
    added = [*_ALWAYS, *(_DATA if is_data else _PAGE)]
    if scope["scheme"] == "https":
        added += _HTTPS
    cookies: dict[str, str] = scope.get(_COOKIE, {})
    return added + [(b"set-cookie", one.encode("latin-1")) for one in cookies.values()]
