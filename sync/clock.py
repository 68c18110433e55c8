"""Time: instants as text and as milliseconds, the server's clock, and corrected device time.

An entry's times are corrected by the offset its device knew, or by the one seen when it was
pushed. A skewed clock is corrected and flagged; it is never a reason to refuse.
"""

from __future__ import annotations

import datetime as dt
import time
from dataclasses import dataclass
from functools import lru_cache
from typing import Protocol
from zoneinfo import ZoneInfo

__all__ = [
    "SKEW_MS",
    "Clock",
    "Correction",
    "SystemClock",
    "at_local",
    "correction",
    "in_words",
    "instant",
    "local",
    "to_ms",
]

SKEW_MS = 120_000
"""A device more than two minutes off is flagged."""


class Clock(Protocol):
    """Whatever tells the time; an argument everywhere, so that tests can set it."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC."""


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        """Milliseconds since 1970 in UTC."""
        return time.time_ns() // 1_000_000


LAST_MS = 32_503_679_999_999
"""The last instant there is (:data:`schemas.base.Instant`): the end of the year 2999."""


def instant(ms: int) -> str:
    """Write milliseconds since 1970 as an instant, ``YYYY-MM-DDTHH:MM:SS.mmmZ``.

    A moment before the first, or after the last instant is that one: somebody types the year 26,
    and what is computed of it can be published all the same.
    """
    ms = min(max(ms, 0), LAST_MS)
    moment = dt.datetime.fromtimestamp(ms // 1000, dt.UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{ms % 1000:03d}Z"


def to_ms(text: str) -> int:
    """Read an instant as milliseconds since 1970; ``ValueError`` for a date that is none."""
    moment = dt.datetime.fromisoformat(text)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000


@lru_cache(maxsize=64)
def _zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


def local(text: str, time_zone: str) -> tuple[str, str]:
    """The school's date (YYYY-MM-DD) and time of day (HH:MM) at an instant."""
    moment = dt.datetime.fromisoformat(text).astimezone(_zone(time_zone))
    return moment.date().isoformat(), f"{moment:%H:%M}"


def at_local(date: str, time: str, time_zone: str) -> str:
    """The instant at which a clock there shows a date and a time of day.

    The first one where summer time ends; where it begins, a time that is skipped is moved on.
    """
    moment = dt.datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=_zone(time_zone))
    return instant(int(moment.timestamp()) * 1000)


def in_words(date: str) -> str:
    """A date as a person reads it: ``23 November 2026``."""
    day = dt.date.fromisoformat(date)
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True, slots=True)
class Correction:
    """By how much a device's times are moved, and what that says about its clock."""

    offset_ms: int
    flags: tuple[str, ...]
    ceiling_ms: int

    def apply(self, device_instant: str) -> str:
        """A device's instant in server time, never before 1970 nor later than it was received."""
        return instant(max(0, min(to_ms(device_instant) + self.offset_ms, self.ceiling_ms)))


def correction(
    *,
    written_at: str,
    known_offset_ms: int | None,
    seen_offset_ms: int | None,
    contact_ms: int | None,
    received_ms: int,
) -> Correction:
    """Decide how to correct one entry's times.

    ``known_offset_ms``: what the device knew when it wrote (server less device time).
    ``seen_offset_ms``: what this push shows. ``contact_ms``: server time of the last contact the
    entry names; an act cannot lie before it. Flags: ``clock_skewed`` (over two minutes off),
    ``clock_unknown`` (no offset known: device time is taken as it is), ``clock_ahead`` (later than
    received), ``clock_behind`` (before the contact it names).
    """
    offset = known_offset_ms if known_offset_ms is not None else seen_offset_ms
    flags: list[str] = []
    if offset is None:
        flags.append("clock_unknown")
    elif abs(offset) > SKEW_MS:
        flags.append("clock_skewed")
    moved = to_ms(written_at) + (offset or 0)
    if moved > received_ms + SKEW_MS:
        flags.append("clock_ahead")
    if contact_ms is not None and moved < contact_ms - SKEW_MS:
        flags.append("clock_behind")
    return Correction(offset or 0, tuple(flags), received_ms)
