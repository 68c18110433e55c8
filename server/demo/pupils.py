"""The pupils of a school of the demonstration: as many as its plan says, in every year."""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace

from schemas.identifiers import upn_check_letter
from schemas.roster import Pupil
from server.demo.chance import opaque_id, stream
from server.demo.names import FullName, names
from server.demo.plans import LA, SchoolPlan, year_name

__all__ = ["Child", "admit"]

_JOINED_LATER = 0.12
"""Share of pupils who came from another school after their year had begun."""
_NEWCOMERS = 150
"""One pupil in so many came within the last weeks."""
_RESTRICTED = 2
"""Pupils of a school whose record few may open without its being noted."""


@dataclass(frozen=True)
class Child:
    """A pupil before forms are made: ``year`` is the National Curriculum year, Reception 0."""

    pupil: str
    name: FullName
    upn: str
    born: dt.date
    year: int
    enrolled_from: str
    restricted: bool = False

    def enrol(self, form: str) -> Pupil:
        """The enrolment in a form."""
        return Pupil(
            id=f"pupil:{self.pupil}",
            pupil=self.pupil,
            upn=self.upn,
            forename=self.name.forename,
            surname=self.name.surname,
            known_as=self.name.known_as,
            born=self.born.isoformat(),
            year=year_name(self.year),
            form=form,
            enrolled_from=self.enrolled_from,
            restricted=self.restricted,
        )


def admit(
    plan: SchoolPlan, seed: int, autumn: int, began: str, history: Sequence[str]
) -> list[Child]:
    """Everybody on roll, oldest year last, each year in order of birth.

    ``autumn``: the calendar year in which the academic year began, ``began`` its first day.
    ``history``: the last weeks' school days, oldest first; a few pupils came within them.
    """
    chance = stream(seed, plan.key, "pupils")
    people = names(chance)
    numbers = _Numbers(plan, chance)
    share, more = divmod(plan.pupils, len(plan.years))
    children: list[Child] = []
    for index, year in enumerate(plan.years):
        # The years that come up short by one are the oldest.
        size = share + (index < more)
        born = sorted(_born(autumn - 5 - year, chance) for _ in range(size))
        for day in born:
            newcomer = chance.randrange(_NEWCOMERS) == 0
            children.append(
                Child(
                    pupil=opaque_id(chance, "pup"),
                    name=next(people),
                    upn=numbers.next(autumn - year),
                    born=day,
                    year=year,
                    enrolled_from=chance.choice(history[5:-2])
                    if newcomer
                    else _enrolled(year - plan.years[0], autumn, began, chance),
                )
            )
    restricted = stream(seed, plan.key, "restricted").sample(range(len(children)), _RESTRICTED)
    for one in restricted:
        children[one] = replace(children[one], restricted=True)
    return children


def _born(first_september: int, chance: random.Random) -> dt.date:
    """A day of birth from 1 September of a year to the next 31 August."""
    return dt.date(first_september, 9, 1) + dt.timedelta(days=chance.randrange(365))


def _enrolled(years_here: int, autumn: int, began: str, chance: random.Random) -> str:
    """The first day on roll: with the rest of the year, or from another school since."""
    if years_here and chance.random() < _JOINED_LATER:
        year = autumn - 1 - chance.randrange(years_here)
        month, day = chance.choice(((1, 6), (2, 24), (4, 20), (9, 17), (11, 4)))
        return dt.date(year + (month < 9), month, day).isoformat()
    return dt.date(autumn - years_here, 9, 2).isoformat() if years_here else began


class _Numbers:
    """Hands out UPNs: the authority, the school that gave it, the year, a serial."""

    def __init__(self, plan: SchoolPlan, chance: random.Random) -> None:
        self._plan = plan
        self._chance = chance
        self._given: Counter[tuple[str, int]] = Counter()

    def next(self, started: int) -> str:
        """The next UPN of a pupil who started school in that calendar year."""
        school = self._chance.choice(self._plan.feeders or (self._plan.establishment,))
        serial = self._plan.first_serial + self._given[school, started]
        self._given[school, started] += 1
        tail = f"{LA}{school}{started % 100:02d}{serial:03d}"
        return upn_check_letter(tail) + tail
