"""The file of a case: everything told of it in an area, with what became of it, folded.

It reads the case's entries and arrivals from the feed, in any order, as the daybook does those of
a day, and can be dropped and read again at any time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from schemas.entry import Entry
from schemas.family.acts import VisitAddendum, VisitBody
from schemas.family.cases import Case
from schemas.family.photos import PhotoAdded
from schemas.family.visits import Visit
from sync import channels
from sync.decisions import Decisions
from sync.erasure import is_erased
from sync.family.cases import Surroundings, case, case_cells, is_restricted
from sync.family.told import Told
from sync.family.visits import NO_PHOTOS, PhotoFate, visit
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database

__all__ = ["CaseFile", "FoldedCase", "visit_of"]


@dataclass(frozen=True, slots=True)
class FoldedCase:
    """A case and its visits, as they are published."""

    case: Case
    visits: tuple[Visit, ...]


def visit_of(entry: Entry) -> str | None:
    """The visit that an entry speaks of; None for one of the case alone."""
    body = entry.body
    return body.visit if isinstance(body, VisitBody | VisitAddendum | PhotoAdded) else None


@dataclass
class CaseFile:
    """One case of one area."""

    database: Database
    case: str
    since: int = 0
    spoken: dict[str, Spoken] = field(default_factory=dict)
    _pairing: Pairing = field(default_factory=Pairing)
    _decisions: Decisions = field(default_factory=Decisions)

    @classmethod
    async def load(cls, database: Database, case: str) -> CaseFile:
        """Read a case from the feed."""
        book = cls(database, case)
        await book.refresh()
        return book

    async def refresh(self) -> bool:
        """Read what has come since; whether anything has."""
        topic = channels.case(self.case)
        wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
        documents, self.since = await read_feed(self.database, self.since, wanted)
        if any(is_erased(one) and one.id in self.spoken for one in documents):
            # Forget what an erased entry said, with all else.
            vars(self).update(vars(CaseFile(self.database, self.case)))
            await self.refresh()
            return True
        found = list(self._pairing.add(documents))
        for spoken in found:
            self._take(spoken)
        return bool(found)

    def _take(self, spoken: Spoken) -> None:
        body, name = spoken.entry.body, spoken.entry.id
        if not self._decisions.take(body, name, stands=spoken.item.verdict == "stored"):
            self.spoken[name] = spoken

    def told(self, name_of: Callable[[str], str]) -> list[Told]:
        """Everything told of it, with what became of each. ``name_of``: of a person."""
        return [
            Told(
                spoken,
                name_of(spoken.entry.body.author),
                self._decisions.outcome(spoken.entry.id, name_of),
            )
            for spoken in self.spoken.values()
        ]

    def fold(
        self,
        name_of: Callable[[str], str],
        around: Surroundings,
        as_at: str,
        photos: Mapping[str, PhotoFate] = NO_PHOTOS,
    ) -> FoldedCase | None:
        """The case and its visits; None as long as nothing has come."""
        told = self.told(name_of)
        if not told:
            return None
        restricted = is_restricted(case_cells(told))
        of_visit: dict[str, list[Told]] = {}
        for one in told:
            named = visit_of(one.spoken.entry)
            if named is not None:
                of_visit.setdefault(named, []).append(one)
        visits = tuple(
            visit(named, self.case, of, photos=photos, restricted=restricted, as_at=as_at)
            for named, of in sorted(of_visit.items())
        )
        return FoldedCase(case(self.case, told, visits, around, as_at), visits)
