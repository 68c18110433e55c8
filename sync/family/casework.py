"""Casework: whether somebody might do what they did on a case, a visit, a photo or a draft.

As of the time of the act. A case is its workers', by a grant over it; and, unless it is restricted,
everybody's who was granted one of the teams it lies with. What speaks of something that has not
come in yet waits, and stands by itself once it has (:mod:`sync.waiting`).
"""

from __future__ import annotations

from dataclasses import dataclass

from schemas.entry import (
    Body,
    CaseOpened,
    DraftOpened,
    FactBody,
    GlassBroken,
    GrantGiven,
    PhotoAdded,
    VisitAddendum,
)
from schemas.family.facts import Placing
from schemas.policy import POLICY, Reach
from sync.family.known import Known
from sync.grants import Access
from sync.roster import Roster
from sync.verdicts import Reason

__all__ = ["Casework"]


@dataclass(frozen=True, slots=True)
class Casework:
    """What one person might do with cases at a moment. ``access``: what they held then."""

    access: Access
    roster: Roster
    known: Known
    ms: int

    def reaches(self, case: str) -> bool:
        """Whether a case is theirs to see and to work on."""
        if case in self.access.cases:
            return True
        opened = self.known.opened.get(case)
        if opened is not None and opened.opened_by == self.access.person:
            return True
        placed = self.known.case(case, self.ms)
        if placed is None or placed.restricted:
            return False
        return not placed.teams.isdisjoint(self.access.teams)

    def cannot(self, body: Body) -> Reason | None:
        """Why they had no right to what an entry says of a case; None for any other entry."""
        if isinstance(body, CaseOpened):
            return self._cannot_open(body)
        if isinstance(body, GlassBroken):
            return self._cannot_break(body)
        if isinstance(body, DraftOpened):
            return self.beyond(body.case) or self._cannot_read(body)
        if isinstance(body, VisitAddendum):
            return self._beyond_visit(body) or self._cannot_add(body)
        if isinstance(body, PhotoAdded):
            return self._beyond_visit(body) or self._cannot_photograph(body)
        return self._beyond_visit(body) if isinstance(body, FactBody) else None

    def _beyond_visit(self, body: FactBody | VisitAddendum | PhotoAdded) -> Reason | None:
        """Why a case is not theirs, or a visit that is named not one of this case."""
        visit: str | None = getattr(body, "visit", None)
        if visit is None or self.known.visits.get(visit, body.case) == body.case:
            return self.beyond(body.case)
        return self.beyond(body.case) or Reason(
            "not_this_cases_visit",
            f"It speaks of a visit ({visit}) that is not one of the case {body.case}; record it as "
            "a visit of its own.",
        )

    def beyond(self, case: str) -> Reason | None:
        """Why a case is not theirs."""
        if self.known.case(case) is None:
            return Reason(
                "no_such_case",
                f"The case {case} is not known here: what opened it has not come in. This is kept, "
                "and stands by itself once it has; send what is on the tablet that opened it.",
            )
        if self.reaches(case):
            return None
        return Reason(
            "not_your_case",
            f"The case {case} was not yours then: neither the case nor, where it is open to its "
            "team, the team was granted to you. Whoever leads the case can release it.",
        )

    def cannot_give(self, body: GrantGiven) -> Reason | None:
        """Why somebody cannot grant cases, or a team, to another: one gives only what is one's own.

        An administrator, who sees no case, says who works in which team.
        """
        leads = Reach.CASES in POLICY[body.role].sees
        others = [one for one in body.groups if leads and one not in self.access.teams]
        if others:
            return Reason(
                "not_your_team",
                f"It grants {self._team(others[0])}, which was not yours then; have its lead grant "
                "it.",
            )
        beyond = [one for one in body.cases if not self.reaches(one)]
        if not beyond:
            return None
        return Reason(
            "not_your_case",
            f"It grants {len(beyond)} case{'s'[: len(beyond) > 1]} that "
            f"{'were' if len(beyond) > 1 else 'was'} not yours ({beyond[0]}); "
            "have whoever leads the case grant it.",
        )

    def _cannot_open(self, body: CaseOpened) -> Reason | None:
        if self.known.case(body.case) is not None:
            return Reason(
                "case_exists",
                f"There is a case {body.case} already, and a case is opened once; record it as "
                "news of that case, or open another.",
            )
        teams = [one.says.team for one in body.facts if isinstance(one.says, Placing)]
        if not teams:
            return Reason(
                "no_team",
                "It does not say which team the case lies with; open it again and choose a team.",
            )
        others = [one for one in teams if one not in self.access.teams]
        if not others:
            return None
        return Reason(
            "not_your_team",
            f"It opens a case for {self._team(others[0])}, which was not yours then; open it for "
            "your own team, or have the team's lead release it.",
        )

    def _team(self, team: str) -> str:
        known = self.roster.groups.get(team)
        return f"the team {team}" if known is None else known.name

    def _cannot_break(self, body: GlassBroken) -> Reason | None:
        placed = self.known.case(body.case)
        if placed is not None and placed.restricted:
            return None
        return Reason(
            "no_glass",
            f"There is no restricted case {body.case} to open with a reason; look for it again "
            "by name and date of birth.",
        )

    def _cannot_read(self, body: DraftOpened) -> Reason | None:
        if body.of == self.access.person:
            return Reason(
                "own_draft",
                "It opens a draft of one's own, which needs no reason; open it from the visit.",
            )
        if (body.of, body.case) in self.known.drafts.get(body.draft, ()):
            return None
        return Reason(
            "no_such_draft",
            f"No draft {body.draft} of theirs on the case {body.case} has come in; ask that "
            "their tablet is switched on where there is a signal, then look again.",
        )

    def _cannot_add(self, body: VisitAddendum) -> Reason | None:
        visit = self.known.submitted.get(body.to)
        if visit == body.visit:
            return None
        return Reason(
            "nothing_to_add_to",
            f"It adds to a note of the visit {body.visit} that has not come in ({body.to}). This "
            "is kept, and stands by itself once the note is there.",
        )

    def _cannot_photograph(self, body: PhotoAdded) -> Reason | None:
        allowed = self.roster.school.photo_bytes
        if allowed == 0:
            return Reason(
                "photos_off",
                f"It adds a photo, and the policy of {self.roster.school.name} is that none are "
                "taken; describe in the note what it shows, and delete it from the tablet.",
            )
        if body.bytes <= allowed:
            return None
        return Reason(
            "photo_too_large",
            f"The photo is {_size(body.bytes)}, and {self.roster.school.name} takes photos up to "
            f"{_size(allowed)}; add it again, made smaller.",
        )


def _size(count: int) -> str:
    return f"{-(-count // 1024):,} KiB"
