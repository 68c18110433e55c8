"""Attempts: wrong enrolment codes, counted for a while, then answered with when to come back.

Two counts: of one address, and of all together. A code has 39 bits and lives for a quarter of an
hour: at these counts, to guess one of ten that are open takes longer than a school's lifetime.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict, deque

from server.problems import Refusal
from sync.clock import Clock

__all__ = ["Attempts"]

WINDOW_MS = 5 * 60 * 1000
MAX_ADDRESS = 20
"""A school that enrols a trolley of tablets has one address, and people who mistype."""
MAX_ALL = 1000
MAX_KEYS = 20_000
_ALL = b""


class Attempts:
    """Remembers recent failures, in bounded memory."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._failures: OrderedDict[bytes, deque[int]] = OrderedDict()

    def check(self, address: str) -> None:
        """Raise ``Refusal`` (``too_many_attempts``) while either count is full."""
        wait_ms = max(self._wait_ms(_key(address), MAX_ADDRESS), self._wait_ms(_ALL, MAX_ALL))
        if wait_ms > 0:
            seconds = -(-wait_ms // 1000)
            minutes = -(-seconds // 60)
            raise Refusal(
                "too_many_attempts",
                f"Too many codes were wrong. Wait {minutes} minute{'s'[: minutes > 1]} and try "
                "again with a new code from your office.",
                {"Retry-After": str(seconds)},
            )

    def failed(self, address: str) -> None:
        """Count a failure."""
        for key, limit in ((_key(address), MAX_ADDRESS), (_ALL, MAX_ALL)):
            times = self._failures.setdefault(key, deque(maxlen=limit))
            times.append(self._clock.now_ms())
            self._failures.move_to_end(key)
        while len(self._failures) > MAX_KEYS:
            self._failures.popitem(last=False)

    def _wait_ms(self, key: bytes, limit: int) -> int:
        times = self._failures.get(key, deque())
        return times[0] + WINDOW_MS - self._clock.now_ms() if len(times) >= limit else 0


def _key(address: str) -> bytes:
    return hashlib.sha256(address.encode(errors="replace")).digest()[:16]
