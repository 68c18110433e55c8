"""The fold of facts: what the claims on the cells of a visit, or of a case, come to.

Pure, and blind to order and to duplicates. As for marks (:mod:`sync.attendance.fold`): take the
claims that stand and that no standing claim replaces; if they say the same, the cell is agreed,
else contested, and all are kept. Nothing refines anything: two accounts of a family are two
accounts. The tablet runs the same function (``pwa/src/domain/facts.ts``);
``tests/vectors/facts.json`` holds both to one reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Generic, TypeVar

from schemas.base import Model
from schemas.family.cells import FactCell, FactSaid
from schemas.family.facts import Fact, cell_of
from sync.claims import accepted, unreplaced

__all__ = [
    "Item",
    "contested",
    "fold",
    "fold_cell",
    "is_gone",
    "items",
    "live_claims",
    "screen",
    "value",
    "values",
]


F = TypeVar("F", bound=Model)


@dataclass(frozen=True, slots=True)
class Item(Generic[F]):
    """One of several things of a kind: its cell, and what the live claims say of it.

    ``values``: each different thing said, oldest first; ``value``: the one, where they agree.
    """

    item: str
    cell: FactCell
    values: tuple[F, ...]

    @property
    def value(self) -> F | None:
        """What is said of it, where nobody differs."""
        return self.values[0] if len(self.values) == 1 else None


def fold_cell(cell: str, claims: Iterable[FactSaid]) -> FactCell:
    """Fold the claims on one cell. Where none speaks it is agreed, and says nothing."""
    known = {claim.id: claim for claim in claims}
    live = unreplaced(known.values())
    return FactCell(
        cell=cell,
        state="agreed" if len({claim.says for claim in live}) <= 1 else "contested",
        live=tuple(claim.id for claim in live),
        claims=tuple(sorted(known.values(), key=lambda claim: (claim.observed_at, claim.id))),
    )


def fold(claims: Iterable[FactSaid]) -> tuple[FactCell, ...]:
    """Fold claims on any cells: every cell that somebody spoke of, by its name."""
    of_cell: dict[str, list[FactSaid]] = {}
    for claim in claims:
        of_cell.setdefault(cell_of(claim.says), []).append(claim)
    return tuple(fold_cell(cell, of_cell[cell]) for cell in sorted(of_cell))


def screen(cell: FactCell | None) -> tuple[str, ...]:
    """What a claim chosen on sight of the cell ``replaces``; nothing for one nobody spoke of."""
    if cell is None:
        return ()
    return accepted(cell.live, {claim.id: claim for claim in cell.claims})


def live_claims(cell: FactCell) -> list[FactSaid]:
    """The claims of a cell that are live, oldest first."""
    return [claim for claim in cell.claims if claim.id in cell.live]


def values(cells: Iterable[FactCell], kind: type[F], item: str | None = None) -> list[F]:
    """Each different thing that is said on a cell, oldest first: several where it is contested."""
    name = _name(kind) if item is None else f"{_name(kind)}:{item}"
    cell = next((one for one in cells if one.cell == name), None)
    return _said(cell, kind) if cell is not None else []


def value(cells: Iterable[FactCell], kind: type[F], item: str | None = None) -> F | None:
    """What a cell says; None where nobody spoke, or where it is contested."""
    found = values(cells, kind, item)
    return found[0] if len(found) == 1 else None


def items(cells: Iterable[FactCell], kind: type[F]) -> list[Item[F]]:
    """Everything of a kind that is not gone, oldest first. Only where all say that it is, it is."""
    named = f"{_name(kind)}:"
    found = [
        Item(one.cell.removeprefix(named), one, tuple(_said(one, kind)))
        for one in cells
        if one.cell.startswith(named)
    ]
    there = [one for one in found if any(not is_gone(said) for said in one.values)]
    return sorted(there, key=lambda one: (one.cell.claims[0].observed_at, one.item))


def is_gone(said: Model) -> bool:
    """Whether a fact says that what it speaks of is no more: gone, removed, or withdrawn."""
    return any(getattr(said, name, False) is True for name in ("gone", "removed", "withdrawn"))


def contested(cells: Iterable[FactCell]) -> list[FactCell]:
    """The cells on which people differ."""
    return [one for one in cells if one.state == "contested"]


def _name(kind: type[Model]) -> str:
    name: str = kind.model_fields["fact"].default
    return name


def _said(cell: FactCell, kind: type[F]) -> list[F]:
    found: dict[Fact, F] = {
        claim.says: claim.says for claim in live_claims(cell) if isinstance(claim.says, kind)
    }
    return list(found.values())
