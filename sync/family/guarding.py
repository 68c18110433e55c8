"""Guarding: whether somebody might say what they said of a concern, or of somebody out alone.

A concern is never judged by what its author may see: whoever is worried is heard. What is said of
one afterwards is not for anybody whom it concerns. A watch is ended by who is out, and confirmed by
somebody else. An alarm is not lost because something about it is odd: a call for help is never
held for what it speaks of, and an unlikely time is flagged.
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.entry import (
    Body,
    ConcernAcknowledged,
    ConcernExported,
    ConcernRaised,
    HelpCalled,
    WatchConfirmed,
    WatchExtended,
    WatchStarted,
)
from sync.clock import to_ms
from sync.family.casework import Casework
from sync.family.known import KnownWatch, OfConcern, OfWatch
from sync.verdicts import Reason

__all__ = ["MAX_WATCH_MS", "Guarding", "flags_of_watch", "is_legible"]

MAX_WATCH_MS = 24 * 3_600_000
"""Nobody is expected back later than that after they left."""


def is_legible(text: str) -> bool:
    """Whether anything of a text can be seen: spaces, and signs without a shape, say nothing."""
    return any(one.isprintable() and not one.isspace() for one in text)


def flags_of_watch(body: Body) -> tuple[str, ...]:
    """``back_unlikely``: expected back before one left, or more than a day later.

    The alarm is due at once then, or after a day (:mod:`sync.family.watches`): somebody asks.
    """
    if not isinstance(body, WatchStarted | WatchExtended):
        return ()
    gone_ms = to_ms(body.expected_back) - to_ms(body.written_at)
    return () if 0 < gone_ms <= MAX_WATCH_MS else ("back_unlikely",)


@dataclass(frozen=True, slots=True)
class Guarding:
    """What one person might say of concerns and watches at a moment."""

    work: Casework

    def cannot(self, body: Body) -> Reason | None:
        """Why they had no right to what an entry says; None for one of another kind."""
        if isinstance(body, ConcernRaised):
            return None if is_legible(body.text) else _no_text()
        if isinstance(body, OfConcern):
            return self._cannot_follow(body)
        if isinstance(body, WatchStarted):
            return self._cannot_leave(body)
        return self._cannot_watch(body) if isinstance(body, OfWatch) else None

    def _cannot_follow(self, body: OfConcern) -> Reason | None:
        known = self.work.known.concerns.get(body.concern)
        if known is None:
            return Reason(
                "no_such_concern",
                f"The concern {body.concern} has not come in here. This is kept, and stands by "
                "itself once it has.",
            )
        if body.author in known.about:
            return Reason(
                "concerns_you",
                "The concern is about its author, who does not answer for it; somebody else does.",
            )
        if isinstance(body, ConcernAcknowledged) and body.author in known.authors:
            return Reason(
                "own_concern",
                "Nobody acknowledges a concern that they raised themselves; ring somebody else "
                "who answers for it.",
            )
        if isinstance(body, ConcernExported) and known.exported:
            return Reason(
                "exported_already",
                f"The concern was taken over into another system before; look there for it, not "
                f"under {body.reference} in {body.system}.",
            )
        return None

    def _cannot_leave(self, body: WatchStarted) -> Reason | None:
        known = self.work.known.watches.get(body.watch)
        if known is None or known.person == body.author:
            return None
        return Reason(
            "watch_taken",
            f"The watch {body.watch} is somebody else's, so nobody watches over you by it: start "
            "your watch again now, and ring your buddy.",
        )

    def _cannot_watch(self, body: OfWatch) -> Reason | None:
        known = self.work.known.watches.get(body.watch)
        if known is None:
            if isinstance(body, HelpCalled):
                return None
            return Reason(
                "no_such_watch",
                f"The watch {body.watch} has not come in here. This is kept, and stands by itself "
                "once it has.",
            )
        if isinstance(body, WatchConfirmed):
            return self._cannot_confirm(body, known)
        if known.person == body.author or isinstance(body, HelpCalled):
            return None
        return Reason(
            "not_your_watch",
            "Only who is out ends or changes their own watch; confirm instead that they are safe, "
            "and how you know.",
        )

    def _cannot_confirm(self, body: WatchConfirmed, known: KnownWatch) -> Reason | None:
        if known.person == body.author:
            return Reason(
                "own_watch",
                "Nobody confirms for themselves that they are safe; say that you are back.",
            )
        if self._looks_after(known):
            return None
        return Reason(
            "not_your_watch",
            "Whoever confirms that somebody is safe is their buddy, leads or works in their team, "
            "or is told when an alarm goes on; ask one of them.",
        )

    def _looks_after(self, known: KnownWatch) -> bool:
        me, work = self.work.access.person, self.work
        if me == known.buddy or me in work.roster.school.lone_working.escalate:
            return True
        if known.case is not None and work.reaches(known.case):
            return True
        return not work.access.teams.isdisjoint(work.known.teams.get(known.person, ()))


def _no_text() -> Reason:
    return Reason(
        "no_text",
        "The concern came without a word of what it is about. Whoever answers for it rings its "
        "author; raise it again, with what you saw or heard.",
    )
