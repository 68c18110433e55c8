"""How the alarm itself is: when it last ran, whom it watches over, and whether messages go out.

Nobody is in it: it is told to whoever asks, so that an outside monitor can watch the alarm.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from server.alarms.timers import Elapsed
from server.alarms.transport import By
from sync.clock import instant

__all__ = ["STALE_S", "Health"]

STALE_S = 60.0
"""A loop that has not run for so long is not running."""
Going = Literal["untried", "working", "failing"]
Deliveries = Literal["unconfigured", "untried", "working", "failing"]


@dataclass
class Health:
    """Kept by the engine; read by the heartbeat and the metrics."""

    elapsed: Elapsed
    transports: dict[By, Going] = field(default_factory=dict)
    running: int = 0
    overdue: int = 0
    waiting: int = 0
    """Messages that are still to be handed over."""
    troubled: int = 0
    """Places, and watches, that could not be looked after the last time."""
    _ran: float | None = None
    _ran_at_ms: int = 0

    def ran(self, now_ms: int) -> None:
        """The loop went through every place."""
        self._ran, self._ran_at_ms = self.elapsed(), now_ms

    def sent(self, by: By, *, worked: bool) -> None:
        """A message, or a trial, went this way or did not."""
        self.transports[by] = "working" if worked else "failing"

    @property
    def deliveries(self) -> Deliveries:
        """Whether messages go out by any way."""
        ways = set(self.transports.values())
        found: Iterable[Deliveries] = ("working", "untried", "failing")
        return next((one for one in found if one in ways), "unconfigured")

    @property
    def alive(self) -> bool:
        """Whether the loop runs."""
        return self._ran is not None and self.elapsed() - self._ran < STALE_S

    @property
    def healthy(self) -> bool:
        """Whether somebody who is not back now would be missed."""
        sends = {"unconfigured": self.running == 0, "failing": False}
        return self.alive and self.troubled == 0 and sends.get(self.deliveries, True)

    def told(self) -> Mapping[str, Any]:
        """What the heartbeat says."""
        return {
            "status": "healthy" if self.healthy else "failing",
            "loop": "running" if self.alive else "stopped",
            "ran_at": None if self._ran is None else instant(self._ran_at_ms),
            "watches": self.running,
            "overdue": self.overdue,
            "messages_waiting": self.waiting,
            "failing": self.troubled,
            "deliveries": self.deliveries,
            "transports": dict(sorted(self.transports.items())),
        }
