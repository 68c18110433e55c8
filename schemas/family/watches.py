"""Watches: somebody goes out alone, and the server raises the alarm when they are not back.

A tablet cannot be trusted to do that: it may be out of signal, flat or broken at the very moment.
So the expected end is sent before departure, and the server alone counts.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act
from schemas.base import Instant, Model, OpaqueId, Sentence, Text

__all__ = [
    "Alarm",
    "AlarmStep",
    "Doubt",
    "HelpCalled",
    "LoneWorking",
    "Watch",
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


AlarmStep = Literal["buddy", "lead", "escalate", "help", "safe"]
"""Whom a step of an alarm tells: with ``help`` everybody; with ``safe`` that it is over."""


Doubt = Literal["no_start", "ends_differ", "end_before_start", "end_too_far", "clock", "held"]
"""What the server could not be sure of, and so read on the safe side."""


class Alarm(Model):
    """A step of a watch's alarm. ``told``: for whom a message was handed over; ``missed``: who
    should have been told, and why they were not, or not yet.

    ``clock_jumped``: the server's clock was put forward, so that it may have come early.
    """

    at: Instant
    step: AlarmStep
    told: tuple[Sentence, ...] = ()
    missed: tuple[Sentence, ...] = ()
    reached: bool
    clock_jumped: bool = False


class Watch(Model):
    """Somebody out alone, for them, their buddy, and their leads.

    ``overdue`` once the expected end has passed and nobody has said that they are safe. ``doubts``:
    where ``expected_back`` is not simply what was said, but the safe reading of it.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["watch"] = "watch"
    watch: OpaqueId
    person: OpaqueId
    person_name: str
    phone: str | None = None
    case: OpaqueId | None = None
    visit: OpaqueId | None = None
    where: str
    note: str | None = None
    started_at: Instant
    received_at: Instant
    expected_back: Instant
    buddy: OpaqueId | None = None
    buddy_name: str | None = None
    state: Literal["running", "overdue", "help", "safe"]
    doubts: tuple[Doubt, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    safe_at: Instant | None = None
    safe_by_name: str | None = None
    safe_how: str | None = None
    """None: in their own word."""
    as_at: Instant
