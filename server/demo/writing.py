"""Writing as the tablets do: bodies sealed into each author's own log, and pushed by them."""

from __future__ import annotations

import datetime as dt
import random
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from schemas.access import Grant
from schemas.canonical import GENESIS
from schemas.entry import make_entry
from server.demo.chance import hex_id, stream
from server.demo.staff import Colleague
from sync.clock import instant
from sync.pushed import Speaker

__all__ = ["BURST_MS", "Pen", "Push", "bursts", "local_ms"]

BURST_MS = 5 * 60_000
"""What one person writes within this time, with nobody between, may go out in one request."""


@dataclass(frozen=True)
class Push:
    """What one person's tablet sends at one moment."""

    speaker: Speaker
    entry: Mapping[str, Any]
    received_ms: int
    offset_ms: int


def local_ms(date: str, time: str, zone: str) -> int:
    """Milliseconds since 1970 at a time of day (HH:MM) on a school's own clock."""
    moment = dt.datetime.fromisoformat(f"{date}T{time}").replace(tzinfo=ZoneInfo(zone))
    return int(moment.timestamp()) * 1000


def bursts(pushes: Iterable[Push]) -> Iterator[list[Push]]:
    """Gather what a tablet sends in one request; it is received with the last of it."""
    burst: list[Push] = []
    for push in pushes:
        if burst and not _goes_with(burst[0], push):
            yield burst
            burst = []
        burst.append(push)
    if burst:
        yield burst


def _goes_with(first: Push, later: Push) -> bool:
    same = first.speaker == later.speaker
    return same and later.received_ms - first.received_ms <= BURST_MS


class Pen:
    """One person's log: what they write is numbered and sealed in order.

    ``groups``: those whose registers they may take.
    """

    def __init__(self, colleague: Colleague, seed: int, groups: Iterable[str] = ()) -> None:
        self.colleague = colleague
        self._post = Grant(person=colleague.person, role=colleague.role, groups=tuple(groups))
        self._chance: random.Random = stream(seed, "pen", colleague.person)
        self._offset_ms = self._chance.randrange(-700, 900)
        self._n = 0
        self._prev = GENESIS
        self._received_ms = 0

    @property
    def speaker(self) -> Speaker:
        """Who pushes it."""
        one = self.colleague
        return Speaker(one.person, str(one.name), one.role, one.device, (self._post,))

    def write(
        self, kind: str, written_ms: int, *, received_ms: int | None = None, **fields: Any
    ) -> Push:
        """Seal an entry written at a moment (server time) and received a second or so later."""
        one = self.colleague
        body = {
            "kind": kind,
            "author": one.person,
            "role": one.role.value,
            "device": one.device,
            "written_at": self.device_time(written_ms),
            "clock": {"offset_ms": self._offset_ms, "contact": None},
        } | fields
        self._n += 1
        entry = make_entry(one.log, self._n, self._prev, hex_id(self._chance), body)
        self._prev = entry["digest"]
        at_once = written_ms + self._chance.randrange(400, 2600)
        # A tablet sends its entries in order.
        self._received_ms = max(received_ms or at_once, self._received_ms + 1)
        return Push(self.speaker, entry, self._received_ms, self._offset_ms)

    def device_time(self, ms: int) -> str:
        """A moment as this person's device shows it."""
        return instant(ms - self._offset_ms)
