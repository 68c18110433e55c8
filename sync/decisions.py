"""Decisions: what became of something held, or set aside, by the word of people at the desk.

A decision is an entry (``quarantine.released``, ``.corrected``, ``.declined``) that names the entry
it speaks of and the decisions its author had seen (``replaces``). The fold is that of marks: of
those that nobody replaced, all must say the same; two that differ and had not seen each other
leave it held, contested, until a third has seen both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Literal

from schemas.entry import Body, QuarantineCorrected, QuarantineDeclined, QuarantineReleased
from schemas.published import Decided, Outcome
from sync.clock import instant, to_ms

__all__ = ["Deciding", "Decisions", "decided", "fold_decisions", "is_of_entry"]

Deciding = QuarantineReleased | QuarantineCorrected | QuarantineDeclined
What = Literal["released", "corrected", "declined"]


def decided(entry: str, body: Deciding) -> Decided:
    """Read a decision from its entry's body."""
    at = instant(max(0, to_ms(body.written_at) + (body.clock.offset_ms or 0)))
    return Decided(
        entry=entry,
        what=_what(body),
        by=body.author,
        at=at,
        reason=body.reason,
        replaces=body.replaces,
        date=body.date if isinstance(body, QuarantineCorrected) else None,
    )


def _what(body: Deciding) -> What:
    if isinstance(body, QuarantineReleased):
        return "released"
    return "corrected" if isinstance(body, QuarantineCorrected) else "declined"


def fold_decisions(given: Iterable[Decided], name: Callable[[str], str]) -> Outcome | None:
    """What the decisions on one thing come to; None for none. ``name``: of a person."""
    every = sorted(given, key=lambda one: (one.at, one.entry))
    replaced = {earlier for one in every for earlier in one.replaces if earlier != one.entry}
    live = [one for one in every if one.entry not in replaced] or every
    if not live:
        return None
    last = live[-1]
    agreed = len({one.what for one in live}) == 1
    return Outcome(
        what=last.what if agreed else "contested",
        by=last.by,
        by_name=name(last.by),
        at=last.at,
        reason=last.reason,
        entries=tuple(one.entry for one in live),
    )


@dataclass(slots=True)
class Decisions:
    """Decisions by what they decide on, in whatever order they come.

    What is held names the entry it came as, but only the server's own copy of an entry that came in
    *is* that entry: a decision on a copy of it that somebody else sent says nothing of it.
    """

    _on: dict[str, dict[str, Decided]] = field(default_factory=dict)
    """By what is held, then by the decision's entry."""
    _held: dict[str, str] = field(default_factory=dict)
    """What is held of an entry, by the entry."""

    def take(self, body: Body, entry: str, *, stands: bool) -> bool:
        """Note a decision that stands; whether it is a decision at all."""
        if not isinstance(body, Deciding):
            return False
        if stands:
            self._on.setdefault(body.held, {})[entry] = decided(entry, body)
            if is_of_entry(body.held, body.entry):
                self._held[body.entry] = body.held
        return True

    def on(self, held: str) -> tuple[str, ...]:
        """The entries of every decision on something held."""
        return tuple(self._on.get(held, ()))

    def outcome_on(self, held: str, name: Callable[[str], str] = str) -> Outcome | None:
        """What was decided on something held; None while nothing was."""
        return fold_decisions(self._on.get(held, {}).values(), name)

    def outcome(self, entry: str, name: Callable[[str], str] = str) -> Outcome | None:
        """What was decided on an entry; None while nothing was."""
        return self.outcome_on(self._held.get(entry, ""), name)

    def stands(self, entry: str, *, held: bool) -> bool:
        """Whether an entry speaks: it was never ``held``, or was released since."""
        if not held:
            return True
        outcome = self.outcome(entry)
        return outcome is not None and outcome.what == "released"


def is_of_entry(held: str, entry: str) -> bool:
    """Whether something held is an entry that came in: both ids begin, or end, with its digest."""
    return held.removeprefix("held:")[:16] == entry.rpartition(":")[2]
