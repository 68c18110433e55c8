"""Alarms: which step of a watch's alarm comes next, and when. Pure.

First the buddy, then the team's leads, then whoever it escalates to, each some minutes after the
expected end (:class:`schemas.family.watches.LoneWorking`); then all of them again and again, until
somebody says that the worker is safe. Where nobody of a step can be reached, the next one comes at
once. A call for help tells everybody at once. Whoever was told is told when it is over.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from schemas.family.watches import AlarmStep, LoneWorking
from sync.clock import instant
from sync.family.watches import WatchFold

__all__ = ["Due", "Raised", "is_current", "next_due"]

_MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Raised:
    """A step that was raised. ``cause``: what for, so that another end begins anew.

    ``reached``: whether a message was handed over for anybody; None: not known yet.
    """

    step: AlarmStep
    cause: str
    at_ms: int
    reached: bool | None = None


@dataclass(frozen=True, slots=True)
class Due:
    """A step to raise at ``at_ms``, the ``n``-th of its name in this watch."""

    step: AlarmStep
    n: int
    cause: str
    at_ms: int


def next_due(fold: WatchFold, policy: LoneWorking, raised: Iterable[Raised]) -> Due | None:
    """The next step of a watch's alarm; None where none will come, as things stand."""
    every = sorted(raised, key=lambda one: one.at_ms)
    if fold.safe is not None:
        return _all_clear(fold.safe.entry, fold.safe.received_ms, every)
    overdue = _overdue(fold.expected_ms, policy, every)
    if fold.help is None:
        return overdue
    cause = f"help:{fold.help.entry}"
    mine = [one for one in every if one.cause == cause]
    at_ms = (
        mine[-1].at_ms + policy.repeat_minutes * _MINUTE_MS
        if mine
        else min(fold.help.said_ms, overdue.at_ms)
    )
    return _due("help", cause, at_ms, every)


def _due(step: AlarmStep, cause: str, at_ms: int, every: Sequence[Raised]) -> Due:
    return Due(step, 1 + sum(one.step == step for one in every), cause, at_ms)


def _all_clear(entry: str, at_ms: int, every: Sequence[Raised]) -> Due | None:
    """Due once for a word of safety, where anybody was told of an alarm since the last."""
    cause = f"safe:{entry}"
    told = [one for one in every if one.step != "safe" and one.reached is not False]
    said = any(one.cause == cause for one in every)  # whatever a clock that was put back makes last
    if said or not told or every[-1].step == "safe":
        return None
    return _due("safe", cause, at_ms, every)


def is_current(fold: WatchFold, cause: str) -> bool:
    """Whether what a step was raised for still is so; else what is left of it is not sent."""
    if fold.safe is not None:
        return cause == f"safe:{fold.safe.entry}"
    if fold.help is not None and cause == f"help:{fold.help.entry}":
        return True
    return cause == f"overdue:{instant(fold.expected_ms)}"


def _overdue(expected_ms: int, policy: LoneWorking, every: Sequence[Raised]) -> Due:
    cause = f"overdue:{instant(expected_ms)}"
    minutes: dict[AlarmStep, int] = {
        "buddy": policy.buddy_minutes,
        "lead": policy.lead_minutes,
        "escalate": policy.escalate_minutes,
    }
    steps = sorted(minutes, key=minutes.__getitem__)
    mine = [one for one in every if one.cause == cause]
    done = {step: [one for one in mine if one.step == step] for step in steps}
    rounds = min(map(len, done.values()))
    waiting = [step for step in steps if len(done[step]) == rounds]
    if rounds:
        last_ms = max(of_step[rounds - 1].at_ms for of_step in done.values())
        return _due(waiting[0], cause, last_ms + policy.repeat_minutes * _MINUTE_MS, every)
    step = waiting[0]
    at_ms = expected_ms + minutes[step] * _MINUTE_MS
    before = done[steps[steps.index(step) - 1]] if step != steps[0] else []
    if before and before[0].reached is False:
        at_ms = min(at_ms, before[0].at_ms)
    return _due(step, cause, at_ms, every)
