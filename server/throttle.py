"""Failed sign-ins: counted for a while, then answered with when to come back.

Two counts: one username from one address (somebody guessing a password), and one address (somebody
guessing usernames). A whole school shares an address, so the second is wide. Nobody can lock a
person out from elsewhere: the first count is of the pair.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque

from server.problems import Refusal
from server.settings import Settings
from sync.clock import Clock

__all__ = ["WINDOW_MS", "Throttle"]

WINDOW_MS = 5 * 60 * 1000
MAX_KEYS = 20_000


class Throttle:
    """Remembers recent failures, in bounded memory, and nothing else about anybody."""

    def __init__(self, settings: Settings, clock: Clock) -> None:
        self._clock = clock
        self._pair = settings.sign_in_failures
        self._address = settings.sign_in_failures_address
        self._failures: OrderedDict[bytes, deque[int]] = OrderedDict()

    def check(self, username: str, address: str) -> None:
        """Raise ``Refusal`` (``too_many_attempts``) while either count is full."""
        wait_ms = max(
            self._wait_ms(_key(username, address), self._pair),
            self._wait_ms(_key("", address), self._address),
        )
        if wait_ms > 0:
            seconds = -(-wait_ms // 1000)
            minutes = -(-seconds // 60)
            raise Refusal(
                "too_many_attempts",
                f"Too many sign-ins have failed. Wait {minutes} minute{'s'[: minutes > 1]} and "
                "try again, or ask your office to set a new password.",
                {"Retry-After": str(seconds)},
            )

    def failed(self, username: str, address: str) -> None:
        """Count a failure."""
        for key, limit in (
            (_key(username, address), self._pair),
            (_key("", address), self._address),
        ):
            times = self._failures.setdefault(key, deque(maxlen=limit))
            times.append(self._clock.now_ms())
            self._failures.move_to_end(key)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def succeeded(self, username: str, address: str) -> None:
        """Forget this person's failures; the address keeps its count."""
        self._failures.pop(_key(username, address), None)

    def _wait_ms(self, key: bytes, limit: int) -> int:
        times = self._failures.get(key, deque())
        return times[0] + WINDOW_MS - self._clock.now_ms() if len(times) >= limit else 0


def _key(username: str, address: str) -> bytes:
    return hashlib.sha256(f"{address}\n{username}".encode(errors="replace")).digest()[:16]
