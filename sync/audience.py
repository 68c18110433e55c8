"""Audience: whom something held goes to, besides who sent it. Never to anybody who could not see
the thing itself.

In the quarantine lies what is about registers, plans and grants, for whoever decides on it. What is
about a case goes where the case goes: to its workers, and, unless it is restricted, to its teams.
What is about a concern goes to whoever answers for one, and to nobody whom it concerns. Where it
cannot be known whom it is about (several cases, a case that has not come, a form that cannot be
read) it stays its sender's alone. That is judged by what came in, readable or not: a form that is
broken opens nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from schemas.entry import CaseOpened
from schemas.family.facts import Placing
from schemas.policy import POLICY, Reach, Role
from sync import channels
from sync.family.known import Known
from sync.grants import GrantBook
from sync.pushed import Pushed
from sync.roster import Roster

__all__ = ["Audience", "case_of"]

_QUARANTINE = frozenset({channels.QUARANTINE})
_OF_CASE = frozenset({"case", "visit", "photo", "draft", "glass"})
_OF_ALL = frozenset({"grant", "watch"})
"""What is in an area of whoever leads a team there, as far as it can be read."""
_PLAIN: dict[Reach, frozenset[str]] = {
    Reach.SAFEGUARDING: channels.SAFEGUARDING,
    Reach.ALLEGATIONS: channels.ALLEGATIONS,
    Reach.CHAIR: channels.CHAIR,
}
_LINE = tuple(_PLAIN)
_CASE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
"""What a case can be named (:data:`schemas.base.OpaqueId`): of any other there is no channel."""


@dataclass(frozen=True)
class Audience:
    """Whom held things of one database go to, by what is known of cases."""

    roster: Roster
    grants: GrantBook
    known: Known

    def of(self, one: Pushed, *, stored: bool = False) -> frozenset[str]:
        """The channels of something held, besides its sender's. ``stored``: it is an entry of a
        log; one of a concern is then shown with the concern, held as it is.
        """
        body = one.raw.get("body") if isinstance(one.raw, dict) else None
        said: Mapping[str, Any] = body if isinstance(body, dict) else {}
        family = (one.kind or "").partition(".")[0]
        if family == "concern" and stored and one.entry is not None:
            return frozenset()
        if family == "concern":
            return self._of_concern(said)
        if one.entry is not None and isinstance(one.entry.body, CaseOpened):
            return self._of_opening(one.entry.body)
        cases = self._cases(said)
        if cases or family in _OF_CASE:
            only = cases.pop() if len(cases) == 1 else ""
            return self.of_case(only) if _CASE.fullmatch(only) else frozenset()
        readable = one.entry is not None and family in _OF_ALL
        return _QUARANTINE if self.roster.school.phase != "area" or readable else frozenset()

    def _of_opening(self, body: CaseOpened) -> frozenset[str]:
        """A case that its opening may be all there is of goes where that says."""
        placings = [one.says for one in body.facts if isinstance(one.says, Placing)]
        mine = self.of_case(body.case)
        if self.known.case(body.case) is not None or any(one.restricted for one in placings):
            return mine
        return mine | {channels.team(one.team) for one in placings}

    def of_case(self, case: str) -> frozenset[str]:
        """Where a case goes, and the index of what goes there."""
        placed = self.known.case(case)
        mine = channels.CASES_HELD | {channels.case(case)}
        if placed is None or placed.restricted:
            return mine
        return mine | {channels.team(one) for one in placed.teams}

    def _cases(self, said: Mapping[str, Any]) -> set[str]:
        """The cases that something names: its own, those it grants, or that of its watch."""
        named = [said.get("case"), *_list(said.get("cases"))]
        kind, _, document = str(said.get("document", "")).partition(":")
        named += [document] if kind == "case" else []
        watch = said.get("watch")
        known = self.known.watches.get(watch) if isinstance(watch, str) else None
        named += [None if known is None else known.case]
        return {one for one in named if isinstance(one, str) and one}

    def _of_concern(self, said: Mapping[str, Any]) -> frozenset[str]:
        """Whoever answers for it; one by one, where it names people whom it concerns."""
        concern = said.get("concern")
        known = self.known.concerns.get(concern) if isinstance(concern, str) else None
        about = {one for one in _list(said.get("about")) if isinstance(one, str)}
        about |= set() if known is None else known.about
        of_staff = bool(said.get("about_staff")) or not about.isdisjoint(self.roster.staff)
        first = Reach.ALLEGATIONS if of_staff else Reach.SAFEGUARDING
        first = Reach.CHAIR if said.get("about_head") or self._heads(about) else first
        if not about:
            return _PLAIN[first]
        for reach in _LINE[_LINE.index(first) :]:
            left = self._holders(reach) - about
            if left:
                return frozenset(channels.answering(reach, one) for one in left)
        return frozenset()

    def _heads(self, about: set[str]) -> bool:
        members = (self.roster.staff.get(one) for one in about)
        return any(one is not None and one.role is Role.HEAD for one in members)

    def _holders(self, reach: Reach) -> set[str]:
        """Everybody who is known to hold a reach, by the staff list or by a grant."""
        staff = self.roster.staff.values()
        found = {one.person for one in staff if reach in POLICY[one.role].sees}
        granted = self.grants.people()
        return found | {one for one in granted if reach in self.grants.access(one).reaches}


def case_of(to: frozenset[str]) -> str:
    """The case of something held that goes where a case goes, by its channels."""
    named = (one for one in channels.lasting(to) if one.startswith(channels.case("")))
    return next(named).removeprefix(channels.case(""))


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
