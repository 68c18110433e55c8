"""Timers: whether a moment has come, by two clocks of which either may be wrong.

The wall clock may be set back or forward while the server runs. A timer fires when the wall clock
shows its moment, or as much time has passed as was left when it was first seen: what is set back
delays nothing, and what is set forward fires early, which is said.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from sync.clock import Clock

__all__ = ["Elapsed", "Fired", "Timers", "elapsed_s"]

Elapsed = Callable[[], float]
TOLERANCE_MS = 5_000


def elapsed_s() -> float:
    """Seconds that have passed since some moment, whatever any clock was set to; also asleep."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)  # Linux; elsewhere a suspended machine stands
    return time.monotonic() if boot is None else time.clock_gettime(boot)


@dataclass(frozen=True, slots=True)
class Fired:
    """A moment that has come. ``jumped``: only by a clock that was put forward, as it seems."""

    at_ms: int
    jumped: bool = False


@dataclass
class Timers:
    """Timers by name. ``floor_ms``: a moment that is known to have been, when this one began."""

    clock: Clock
    elapsed: Elapsed = elapsed_s
    _began: float = field(init=False)
    _floor_ms: int = 0
    _seen: dict[str, tuple[int, float, int]] = field(default_factory=dict)
    """By name: the moment, when it was first seen, and how long was left then."""

    def __post_init__(self) -> None:
        self._began = self.elapsed()

    def not_before(self, floor_ms: int) -> None:
        """Say that a moment has been, whatever the clock shows now."""
        passed = int((self.elapsed() - self._began) * 1000)
        self._floor_ms = max(self._floor_ms, floor_ms - passed)

    def now_ms(self) -> int:
        """The time: by the wall clock, but never less than has been and has passed since."""
        passed = int((self.elapsed() - self._began) * 1000)
        return max(self.clock.now_ms(), self._floor_ms + passed if self._floor_ms else 0)

    def fired(self, name: str, at_ms: int) -> Fired | None:
        """Whether a moment has come; asked now and then, from when it is known."""
        now_ms, now = self.now_ms(), self.elapsed()
        kept = self._seen.get(name)
        if kept is None or kept[0] != at_ms:
            kept = self._seen[name] = (at_ms, now, at_ms - now_ms)
        _, first, left_ms = kept
        passed_ms = (now - first) * 1000
        if now_ms >= at_ms:
            return Fired(now_ms, jumped=passed_ms < left_ms - TOLERANCE_MS)
        return Fired(at_ms) if passed_ms >= left_ms else None

    def keep(self, names: Iterable[str]) -> None:
        """Forget every other timer."""
        wanted = frozenset(names)
        self._seen = {name: kept for name, kept in self._seen.items() if name in wanted}
