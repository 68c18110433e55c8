"""Failed sign-ins: counted for a while, then answered with when to come back.

Two counts: one username from one address (somebody guessing a password), and one address (somebody
guessing usernames). A whole school shares an address, so the second is wide. Nobody can lock a
person out from elsewhere: the first count is of the pair.
"""

from __future__ import annotations

import hashlib

from server.buckets import Buckets, network
from server.problems import Refusal
from server.settings import Settings
from sync.clock import Clock

__all__ = ["WINDOW_S", "Throttle"]

WINDOW_S = 5 * 60


class Throttle:
    """Remembers recent failures, in bounded memory, and nothing else about anybody."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        pair, address = settings.sign_in_failures, settings.sign_in_failures_address
        self._pairs = Buckets(pair / WINDOW_S, pair, clock)
        self._addresses = Buckets(address / WINDOW_S, address, clock)

    def begin(self, username: str, address: str) -> None:
        """Count an attempt as failed until it has succeeded: many at once are no way round.

        Raises ``Refusal`` (``too_many_attempts``) while either count is full.
        """
        pair = _key(username, address)
        wait_ms = max(self._pairs.wait_ms(pair), self._addresses.wait_ms(network(address)))
        if wait_ms > 0:
            seconds = -int(-wait_ms // 1000)
            minutes = -(-seconds // 60)
            raise Refusal(
                "too_many_attempts",
                f"Too many sign-ins have failed. Wait {minutes} minute{'s'[: minutes > 1]} and "
                "try again, or ask your office to set a new password.",
                {"Retry-After": str(seconds)},
            )
        self._pairs.draw(pair)

    def unheard(self, username: str, address: str) -> None:
        """The attempt was not looked at: it counts for nothing."""
        self._pairs.draw(_key(username, address), -1)

    def failed(self, address: str) -> None:
        """It failed: the address is counted too, where others may be signing in rightly."""
        self._addresses.draw(network(address))

    def succeeded(self, username: str, address: str) -> None:
        """Forget this person's failures; the address keeps its count."""
        self._pairs.fill(_key(username, address))


def _key(username: str, address: str) -> bytes:
    text = f"{network(address)}\n{username}"
    return hashlib.sha256(text.encode(errors="replace")).digest()[:16]
