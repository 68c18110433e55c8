"""Cross-origin requests: which pages of other sites may call, each named by its origin."""

from __future__ import annotations

from collections.abc import Iterable

from schemas.errors import TidemarkError
from server.couch.call import Call

__all__ = ["BadOrigin", "Cors"]

_METHODS = b"GET, HEAD, POST, PUT, DELETE, COPY, OPTIONS"
_ACCEPTED = (
    b"accept, authorization, content-type, origin, referer, if-match, if-none-match, destination, "
    b"range, x-requested-with"
)
_EXPOSED = b"content-type, accept-ranges, etag, content-range, location"
MAX_AGE_S = 600


class BadOrigin(TidemarkError):
    """An origin is not of the form that browsers send."""

    code = "bad_argument"


class Cors:
    """The origins let in. Credentials are: whoever is named here acts as the signed-in admin."""

    def __init__(self, origins: Iterable[str] = ()) -> None:
        self._origins = frozenset(_checked(origin) for origin in origins)

    def admit(self, call: Call) -> bool:
        """Mark the answer as readable for its page; True where the call only asks leave."""
        if not self._origins:
            return False
        call.extra.append((b"vary", b"Origin"))
        origin = call.header(b"origin")
        if origin not in self._origins:
            return False
        call.extra += [
            (b"access-control-allow-origin", origin),
            (b"access-control-allow-credentials", b"true"),
            (b"access-control-expose-headers", _EXPOSED),
        ]
        if call.method != "OPTIONS" or call.header(b"access-control-request-method") is None:
            return False
        call.extra += [
            (b"access-control-allow-methods", _METHODS),
            (b"access-control-allow-headers", _ACCEPTED),
            (b"access-control-max-age", b"%d" % MAX_AGE_S),
        ]
        return True


def _checked(origin: str) -> bytes:
    scheme, _, rest = origin.partition("://")
    if scheme not in {"http", "https"} or not rest or "/" in rest or not origin.isascii():
        raise BadOrigin(
            f"The origin {origin!r} cannot be let in: name it as a browser does, "
            "for instance --cors https://app.example.org, without a path or a star."
        )
    return origin.encode()
