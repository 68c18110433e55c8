"""Making worlds of families, act by act, and checking everybody in each."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from sync.store import Store
from tests.oracle.checking import Tally
from tests.oracle.families.acts import ACTS
from tests.oracle.families.checking import FamilyChecker
from tests.oracle.families.world import Somebody, family_world
from tests.oracle.forms import MANY, Many

__all__ = ["check_families"]

ALONE = {"in_the_morning", "late"}
"""Acts for which nobody waits: before one nothing is there, in the other the server stops."""


async def check_families(
    tally: Tally,
    seed: int,
    *,
    people: int,
    many: int = len(MANY),
    ones: int = 8,
    acts: int = len(ACTS),
    store: Store | None = None,
) -> None:
    """Check so many ``people`` in each of the first ``acts``, in so many forms of asking."""
    chance = Random(seed)
    async with family_world(seed, store) as world:
        checker = FamilyChecker(world, tally, chance)
        for act in ACTS[:acts]:
            everybody = sorted(world.people.values(), key=lambda one: one.person)
            some = _some(chance, everybody, people)
            if act.__name__ in ALONE:
                await act(world)
                await world.settle()
                await checker.look()
            else:
                await checker.waited(some, act)
            forms: Sequence[Many] = chance.sample(MANY, min(many, len(MANY)))
            await checker.everybody(some, forms, ones)


def _some(chance: Random, everybody: Sequence[Somebody], most: int) -> list[Somebody]:
    return chance.sample(everybody, min(most, len(everybody)))
