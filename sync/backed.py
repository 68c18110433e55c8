"""What a backup holds of a school, so that receipts can say so (``backed_up_through``).

Two kinds of mark. One that Tidemark took itself knows the sequence it holds, and when it was
begun: an arrival is in it if it has both no later a sequence and an earlier time, so that a file
swapped for an older one, whose sequences are given out again, proves nothing. One that an operator
reports (:func:`reported`) knows a time only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sync.clock import instant, to_ms

__all__ = ["LOCAL", "MARGIN_MS", "BackedUp", "reported", "reporting"]

LOCAL = "backup"
"""The local document of a school's database with what its operator reported."""

MARGIN_MS = 300_000
"""Servers' clocks differ, and a push is received a moment before it is in the database: what came
in the last five minutes before a reported backup does not count as backed up."""


@dataclass(frozen=True, slots=True)
class BackedUp:
    """One backup's reach: what was received before ``before``, up to the sequence ``through``.

    ``through`` None: the sequence is not known, and the time alone counts.
    """

    before: str
    through: int | None = None

    def holds(self, seq: int, received_at: str) -> bool:
        """Whether it has an arrival of that sequence and time."""
        return received_at < self.before and (self.through is None or seq <= self.through)


def reporting(at: str, *, now: str) -> dict[str, Any]:
    """The local document that says: a backup begun at ``at`` holds everything received before."""
    return {"before": instant(to_ms(at) - MARGIN_MS), "begun_at": at, "reported_at": now}


def reported(kept: Mapping[str, Any] | None) -> BackedUp | None:
    """What the local document :data:`LOCAL` says; None where nothing was reported."""
    return None if kept is None else BackedUp(kept["before"])
