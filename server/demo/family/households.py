"""Who lives in the families of the demonstration: children on the schools' rolls, and parents."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.roster import Pupil
from server.demo.chance import opaque_id, stream
from server.demo.family.stories import STORIES, Story
from server.demo.names import FullName, names
from server.demo.schools import DemoSchool
from server.demo.telephone import mobile

__all__ = ["Child", "Household", "households"]

_STREETS = (
    "Alder Row",
    "Brook Lane",
    "Cutler's Yard",
    "Dene Street",
    "Elm Terrace",
    "Fold Lane",
    "Quay Parade",
)


@dataclass(frozen=True)
class Child:
    """A child of a household: a member of it, and a pupil of a school."""

    item: str
    pupil: Pupil
    school: DemoSchool

    @property
    def name(self) -> str:
        """What they are called."""
        return f"{self.pupil.known_as} {self.pupil.surname}"


@dataclass(frozen=True)
class Household:
    """A family, and the case that is theirs. ``parent_item``: the parent, as a member of it."""

    story: Story
    case: str
    children: tuple[Child, ...]
    parent: FullName
    parent_item: str
    address: str
    phone: str

    def said(self, text: str) -> str:
        """A story's words with the family's names."""
        first = self.children[0]
        return text.format(
            child=first.pupil.known_as,
            parent=self.parent.known_as,
            school=first.school.plan.name,
        )


def households(schools: Sequence[DemoSchool], seed: int) -> tuple[Household, ...]:
    """A household for every story, from the schools there are; no child lives in two of them."""
    by_key = {school.plan.key: school for school in schools}
    taken: set[str] = set()
    found: list[Household] = []
    for number, story in enumerate(STORIES):
        chance = stream(seed, "household", story.key)
        children: list[Child] = []
        for key in story.schools:
            school = by_key.get(key) or schools[0]
            surname = children[0].pupil.surname if children else None
            pupil = _pupil(school, surname, taken, chance)
            taken.add(pupil.pupil)
            children.append(Child(opaque_id(chance, "mem"), pupil, school))
        name = next(names(chance))
        found.append(
            Household(
                story=story,
                case=opaque_id(chance, "cas"),
                children=tuple(children),
                parent=FullName(name.forename, children[0].pupil.surname, name.known_as),
                parent_item=opaque_id(chance, "mem"),
                address=f"{chance.randrange(2, 90)} {chance.choice(_STREETS)}, Tarnholt",
                phone=mobile(500 + number),
            )
        )
    return tuple(found)


def _pupil(
    school: DemoSchool, surname: str | None, taken: set[str], chance: random.Random
) -> Pupil:
    """A pupil for whom there is no case yet; of the same surname where the school has one."""
    free = [one for one in school.roster.pupils.values() if one.pupil not in taken]
    same = [one for one in free if one.surname == surname]
    return chance.choice(same or free)
