"""Latencies: percentiles and a histogram, instead of a hundred thousand numbers."""

from __future__ import annotations

import math
from bisect import bisect_left
from typing import Any

__all__ = ["BOUNDS_MS", "Latencies"]

BOUNDS_MS = tuple(
    round(step * 10**power, 6) for power in range(-1, 5) for step in (1, 1.5, 2, 3, 5, 7)
)
"""Upper bounds of the histogram's buckets, 0.1 ms to 70 s; what is longer is counted last."""


class Latencies:
    """Durations in milliseconds, in the order they were measured."""

    def __init__(self) -> None:
        self._values_ms: list[float] = []

    def __len__(self) -> int:
        return len(self._values_ms)

    def add_s(self, seconds: float) -> None:
        """Take a duration in seconds."""
        self._values_ms.append(seconds * 1000)

    def add_ms(self, milliseconds: float) -> None:
        """Take a duration in milliseconds."""
        self._values_ms.append(milliseconds)

    def add_all(self, other: Latencies) -> None:
        """Take all of another's."""
        self._values_ms += other._values_ms

    def percentile(self, share: float) -> float:
        """The smallest duration that at least ``share`` (0 to 1) of all do not exceed; nan of none.

        Nearest rank: always a value that was measured, never one in between.
        """
        if not self._values_ms:
            return math.nan
        ordered = sorted(self._values_ms)
        return ordered[max(0, math.ceil(share * len(ordered)) - 1)]

    def summary(self) -> dict[str, Any]:
        """What a results file keeps: counts, percentiles, and the buckets that hold anything."""
        if not self._values_ms:
            return {"count": 0}
        ordered = sorted(self._values_ms)
        counts = [0] * (len(BOUNDS_MS) + 1)
        for value in ordered:
            counts[bisect_left(BOUNDS_MS, value)] += 1
        bounds = [str(bound) for bound in BOUNDS_MS] + ["more"]
        return {
            "count": len(ordered),
            "mean_ms": round(sum(ordered) / len(ordered), 3),
            "min_ms": round(ordered[0], 3),
            **{
                f"p{percent:g}_ms": round(self.percentile(percent / 100), 3)
                for percent in (50, 90, 95, 99, 99.9)
            },
            "max_ms": round(ordered[-1], 3),
            "histogram_ms": {
                bound: count for bound, count in zip(bounds, counts, strict=True) if count
            },
        }
