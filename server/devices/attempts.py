"""Attempts: wrong enrolment codes, counted for a while, then answered with when to come back.

Two counts: of one address, and of all together. A code has 39 bits and lives for a quarter of an
hour: at these counts, to guess one of ten that are open takes longer than a school's lifetime.
"""

from __future__ import annotations

from server.buckets import Buckets, network
from server.problems import Refusal
from sync.clock import Clock

__all__ = ["Attempts"]

WINDOW_S = 5 * 60
MAX_ADDRESS = 20
"""A school that enrols a trolley of tablets has one address, and people who mistype."""
MAX_ALL = 1000
_ALL = ""


class Attempts:
    """Remembers recent failures, in bounded memory."""

    def __init__(self, clock: Clock) -> None:
        self._addresses = Buckets(MAX_ADDRESS / WINDOW_S, MAX_ADDRESS, clock)
        self._all = Buckets(MAX_ALL / WINDOW_S, MAX_ALL, clock)

    def begin(self, address: str) -> None:
        """Count an attempt as failed until it has succeeded: many at once are no way round.

        Raises ``Refusal`` (``too_many_attempts``) while either count is full.
        """
        wait_ms = max(self._addresses.wait_ms(network(address)), self._all.wait_ms(_ALL))
        if wait_ms > 0:
            seconds = -int(-wait_ms // 1000)
            minutes = -(-seconds // 60)
            raise Refusal(
                "too_many_attempts",
                f"Too many codes were wrong. Wait {minutes} minute{'s'[: minutes > 1]} and try "
                "again with a new code from your office.",
                {"Retry-After": str(seconds)},
            )
        self._draw(address, 1)

    def succeeded(self, address: str) -> None:
        """It did not fail."""
        self._draw(address, -1)

    def _draw(self, address: str, count: int) -> None:
        self._addresses.draw(network(address), count)
        self._all.draw(_ALL, count)
