"""An attempt to sign in: what ties the way back from a provider to the browser that set out.

It is sealed into a cookie of that browser (a JWE under a key of the server's own), so that nothing
is kept here and any server of the store can take the browser back. The cookie is SameSite=Lax: the
way back begins at another site. Each attempt is good for one return within ten minutes.
"""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import asdict, dataclass

import orjson
from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey

from server.oidc.failure import SignInFailed
from server.once import Once
from sync.clock import Clock

__all__ = ["COOKIE", "LIFE_S", "Attempt", "Attempts"]

COOKIE = "tidemark_signing_in"
LIFE_S = 600
MAX_COOKIE = 4000
_HEADER = {"alg": "dir", "enc": "A256GCM"}


@dataclass(frozen=True, slots=True)
class Attempt:
    """One browser's way to a provider and back."""

    provider: str
    state: str
    nonce: str
    verifier: str
    until_ms: int
    before: str = ""
    """The session that the browser had as it set out, as its cookie says; it ends at the return."""


class Attempts:
    """Begins attempts, and takes each back once."""

    def __init__(self, secret: bytes, clock: Clock, new_secret: Callable[[], str]) -> None:
        self._key = OctKey.import_key(hmac.digest(secret, b"sign-in attempt", "sha256"))
        self._clock = clock
        self._new_secret = new_secret
        self._once = Once(clock)

    def begin(self, provider: str, before: str) -> tuple[Attempt, str]:
        """A new attempt, and the cookie that holds it."""
        until = self._clock.now_ms() + LIFE_S * 1000
        state, nonce, verifier = (self._new_secret() for _ in range(3))
        attempt = Attempt(provider, state, nonce, verifier, until, before)
        return attempt, jwe.encrypt_compact(_HEADER, orjson.dumps(asdict(attempt)), self._key)

    def take(self, cookie: str, provider: str, state: str) -> Attempt:
        """The attempt that a browser comes back with, once.

        Raises ``SignInFailed`` (``interrupted``) where the browser did not set out with it: then
        somebody else may have, and would have this browser sign in as them.
        """
        attempt = self._opened(cookie)
        if (
            attempt is None
            or attempt.provider != provider
            or not hmac.compare_digest(attempt.state.encode(), state.encode("utf-8", "replace"))
            or self._clock.now_ms() >= attempt.until_ms
            or not self._once.is_first(attempt.state, LIFE_S * 1000)
        ):
            raise SignInFailed("interrupted", "no such attempt of this browser")
        return attempt

    def _opened(self, cookie: str) -> Attempt | None:
        if not cookie or len(cookie) > MAX_COOKIE:
            return None
        try:
            opened = jwe.decrypt_compact(cookie, self._key, algorithms=["dir", "A256GCM"])
            return Attempt(**orjson.loads(opened.plaintext or b""))
        except (JoseError, ValueError, TypeError, KeyError):
            return None
