"""What somebody told of a case: an entry that has arrived, its author's name, what became of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from schemas.canonical import claim_id
from schemas.entry import Body
from schemas.family.acts import FactBody
from schemas.family.cells import FactSaid
from schemas.family.facts import Arrived, Fact, FactClaim, FamilyContact, Left
from schemas.published import Outcome
from sync.spoken import Spoken, after, judged

__all__ = ["Told", "in_order"]

_BY_THE_CLOCK = (Arrived, Left, FamilyContact)
"""Facts that say when something happened, by the clock of the device that recorded it."""


@dataclass(frozen=True, slots=True)
class Told:
    """An entry as the folds of visits and cases take it. ``outcome``: of a decision on it."""

    spoken: Spoken
    author_name: str
    outcome: Outcome | None = None

    @property
    def entry(self) -> str:
        """The entry's id."""
        return self.spoken.entry.id

    @property
    def body(self) -> Body:
        """What it says."""
        return self.spoken.entry.body

    @property
    def stands(self) -> bool:
        """Whether what it says apart from facts counts: it was stored, or released since."""
        return after(judged(self.spoken.item), self.outcome)[0] == "stands"

    @property
    def declined(self) -> bool:
        """Whether somebody decided that it does not count."""
        return after(judged(self.spoken.item), self.outcome)[0] == "declined"

    @property
    def written_at(self) -> str:
        """When it was written, in server time."""
        return self.spoken.corrected(self.body.written_at)

    @property
    def order(self) -> tuple[str, str]:
        """The order of writing."""
        return (self.written_at, self.entry)

    def facts(self) -> list[FactSaid]:
        """Its claims on facts, with what became of each."""
        body = self.body
        if not isinstance(body, FactBody):
            return []
        return [self._said(body, index, claim) for index, claim in enumerate(body.facts)]

    def _said(self, body: FactBody, index: int, claim: FactClaim) -> FactSaid:
        verdict, reason = after(judged(self.spoken.item, index), self.outcome)
        return FactSaid(
            id=claim_id(self.spoken.entry.digest, index),
            entry=self.entry,
            kind=self.body.kind,
            says=self._in_server_time(claim.says),
            observed_at=self.spoken.corrected(claim.observed_at),
            written_at=self.written_at,
            received_at=self.spoken.received_at,
            observed_by=claim.observed_by,
            author=body.author,
            author_name=self.author_name,
            role=body.role,
            device=body.device,
            reason=getattr(body, "reason", None),
            replaces=claim.replaces,
            verdict=verdict,
            verdict_reason=reason,
            flags=self.spoken.item.flags,
        )

    def _in_server_time(self, says: Fact) -> Fact:
        if not isinstance(says, _BY_THE_CLOCK):
            return says
        return says.model_copy(update={"at": self.spoken.corrected(says.at)})


def in_order(told: Iterable[Told]) -> list[Told]:
    """In the order of writing, each entry once."""
    return sorted({one.entry: one for one in told}.values(), key=lambda one: one.order)
