"""What was said of each fact so far, so that a later claim replaces what its author had seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from schemas.canonical import claim_id
from schemas.family.facts import VISIT_FACTS, Fact, cell_of

__all__ = ["Notebook", "claim"]


def claim(fact: Fact, observed_at: str, replaces: Iterable[str] = ()) -> dict[str, Any]:
    """A claim as a tablet writes it."""
    says = fact.model_dump(mode="json", exclude_defaults=True) | {"fact": fact.fact}
    return {"says": says, "observed_at": observed_at, "replaces": list(replaces)}


class Notebook:
    """Everybody's claims, by the case or visit that they lie in and the cell they are on."""

    def __init__(self) -> None:
        self._said: dict[tuple[str, str], list[str]] = {}

    def before(self, case: str, visit: str | None, fact: Fact) -> tuple[str, ...]:
        """All that was claimed on a fact's cell so far."""
        return tuple(self._said.get(_cell(case, visit, fact), ()))

    def note(
        self, case: str, visit: str | None, facts: Iterable[Fact], entry: Mapping[str, Any]
    ) -> None:
        """Remember an entry's claims."""
        for index, fact in enumerate(facts):
            said = self._said.setdefault(_cell(case, visit, fact), [])
            said.append(claim_id(entry["digest"], index))


def _cell(case: str, visit: str | None, fact: Fact) -> tuple[str, str]:
    lies_in_visit = visit is not None and fact.fact in VISIT_FACTS
    return (visit if visit is not None and lies_in_visit else case), cell_of(fact)
