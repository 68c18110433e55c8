"""When somebody has to be told of a concern, and who: by message, beside the documents. Pure.

Each step is told as the concern comes to it; while nobody acknowledges it the next is, and when all
have been, all of them again and again. Whoever it concerns is never told.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.concerns import ToRing
from schemas.support import Step
from sync.clock import to_ms
from sync.concerns import Answering, Folded

__all__ = ["Telling", "next_telling"]


@dataclass(frozen=True, slots=True)
class Telling:
    """Tell ``whom`` of a concern at ``at_ms``: the ``n``-th time at this step, from 1."""

    step: Step
    n: int
    at_ms: int
    whom: tuple[ToRing, ...]


def next_telling(
    folded: Folded, answering: Answering, told: Iterable[tuple[Step, int]]
) -> Telling | None:
    """The next to be told; None once it is acknowledged and everybody who has it was told.

    ``told``: each step that was told, and when, in milliseconds since 1970.
    """
    concern, done = folded.concern, list(told)
    since = [step for step, _ in done]
    came = [concern.received_at] * len(concern.route.to) + list(concern.escalated)
    for step, at in zip((*concern.route.to, *_later(folded)), came, strict=False):
        if step not in since and step in concern.answering:
            return _telling(step, 1, to_ms(at), folded, answering)
    if concern.state != "new":
        return None
    if folded.ahead and concern.due_at is not None:
        return _telling(folded.ahead[0], 1, to_ms(concern.due_at), folded, answering)
    step = min(concern.answering, key=lambda one: (since.count(one), concern.answering.index(one)))
    rounds = since.count(step)
    before = max(at for one, at in done if one in concern.answering)
    starts_anew = all(since.count(one) == rounds for one in concern.answering)
    wait_ms = answering.whom.safeguarding.acknowledge_minutes * 60_000 if starts_anew else 0
    return _telling(step, rounds + 1, before + wait_ms, folded, answering)


def _later(folded: Folded) -> tuple[Step, ...]:
    """The steps that it came to after the first, in order."""
    concern = folded.concern
    return tuple(step for step in concern.answering if step not in concern.route.to)


def _telling(step: Step, n: int, at_ms: int, folded: Folded, answering: Answering) -> Telling:
    whom = answering.whom
    kept = folded.about.people
    if folded.about.head:
        kept |= whom.people("head")
    people = tuple(one for one in whom.to_ring(step) if one.person not in kept)
    return Telling(step, n, at_ms, people)
