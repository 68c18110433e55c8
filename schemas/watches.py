"""Watches: somebody goes out alone, and the server raises the alarm when they are not back.

A tablet cannot be trusted to do that: it may be out of signal, flat or broken at the very moment.
So the expected end is sent before departure, and the server alone counts. Bodies of entries.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act
from schemas.base import Instant, Model, OpaqueId, Sentence, Text

__all__ = [
    "HelpCalled",
    "LoneWorking",
    "WatchConfirmed",
    "WatchEnded",
    "WatchExtended",
    "WatchStarted",
]


class LoneWorking(Model):
    """How an area raises the alarm: minutes after the expected end, step by step.

    The buddy is told at ``buddy_minutes``, the team's leads at ``lead_minutes``, and ``escalate``
    (people by id) at ``escalate_minutes``; then everybody again each ``repeat_minutes`` until
    somebody marks the worker safe.
    """

    buddy_minutes: Annotated[int, Field(ge=0, le=240)] = 0
    lead_minutes: Annotated[int, Field(ge=0, le=240)] = 15
    escalate_minutes: Annotated[int, Field(ge=0, le=480)] = 30
    repeat_minutes: Annotated[int, Field(ge=1, le=240)] = 10
    escalate: Annotated[tuple[OpaqueId, ...], Field(max_length=20)] = ()


class WatchStarted(Act):
    """The worker leaves. ``where``: what a rescuer needs; ``expected_back``: by the device's clock.

    ``case`` and ``visit``: where it belongs to one.
    """

    kind: Literal["watch.started"] = "watch.started"
    watch: OpaqueId
    case: OpaqueId | None = None
    visit: OpaqueId | None = None
    where: Text
    expected_back: Instant
    buddy: OpaqueId | None = None
    phone: Sentence | None = None
    note: Text | None = None


class WatchExtended(Act):
    """It takes longer, or less long."""

    kind: Literal["watch.extended"] = "watch.extended"
    watch: OpaqueId
    expected_back: Instant


class WatchEnded(Act):
    """The worker is back and safe, in their own word."""

    kind: Literal["watch.ended"] = "watch.ended"
    watch: OpaqueId


class WatchConfirmed(Act):
    """Somebody else knows that the worker is safe, and how they know."""

    kind: Literal["watch.confirmed"] = "watch.confirmed"
    watch: OpaqueId
    how: Text


class HelpCalled(Act):
    """The worker needs help now: every step of the alarm at once."""

    kind: Literal["watch.help"] = "watch.help"
    watch: OpaqueId
    where: Text
    note: Text | None = None
