"""Four weeks of attendance: a code for every pupil and session, in the national mix.

What happens to a pupil comes in *episodes*: an illness of three days, a weekly day at a farm, a
morning at the dentist's. They are drawn until each code has its share of the possible sessions, and
fall on pupils by their habits, so that persistent absence and lateness are a few pupils' and not
everybody's.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from schemas.codes import Session
from schemas.roster import Pupil
from server.demo.chance import Weighted, stream
from server.demo.mix import RECIPES, SHARES, Leaning, Recipe
from server.demo.plans import year_name
from server.demo.schools import DemoSchool

__all__ = ["OPEN_N", "Attendance", "Episode", "attend"]

SESSIONS: tuple[Session, Session] = ("AM", "PM")
SPREAD: dict[Leaning, float] = {"anybody": 0.0, "poorly": 0.6, "absent": 1.6, "late": 1.3}
"""How unevenly a habit is spread: the deviation of its logarithm."""
MOST = 40.0
"""No pupil is more than so many times as likely as the median."""
OPEN_N: dict[str, tuple[int, ...]] = {
    "primary": (3, 2, 1, 1, 1, 1),
    "secondary": (11, 7, 5, 3, 2, 1),
    "special": (2, 1, 1, 0, 1, 1),
}
"""Pupils whose absence nobody has explained yet: yesterday, the day before, and so on back. The
last of these is overdue, the one before falls due today."""
_STARTS_IN_THE_MORNING = 0.85
_BOTH_SESSIONS = 0.7


@dataclass(frozen=True)
class Episode:
    """One thing that happened to a pupil: a code, on places counted from the first morning.

    Place ``2 * day`` is a morning, ``2 * day + 1`` its afternoon.
    """

    code: str
    pupil: str
    places: tuple[int, ...]


@dataclass(frozen=True)
class Attendance:
    """What the sessions of the days before today came to; present where no episode says else."""

    days: tuple[str, ...]
    episodes: tuple[Episode, ...]

    def codes(self) -> dict[tuple[str, int], Episode]:
        """Episodes by pupil and place."""
        return {(one.pupil, place): one for one in self.episodes for place in one.places}


def attend(school: DemoSchool, seed: int) -> Attendance:
    """Draw the attendance of a school's last four weeks."""
    weeks = _Weeks(school, seed)
    for back, count in enumerate(OPEN_N[school.plan.phase], start=1):
        for _ in range(count):
            weeks.leave_open(len(school.history) - back)
    for recipe in RECIPES:
        weeks.follow(recipe, SHARES[school.plan.phase].get(recipe.code, 0))
    return Attendance(school.history, tuple(weeks.episodes))


class _Weeks:
    """Four weeks being filled."""

    def __init__(self, school: DemoSchool, seed: int) -> None:
        self._chance = stream(seed, school.plan.key, "attendance")
        self._school = school
        self._pupils = list(school.roster.pupils.values())
        self._span = 2 * len(school.history)
        self._taken = {
            (pupil.pupil, place)
            for pupil in self._pupils
            for place in range(self._span)
            if not pupil.on_roll(school.history[place // 2])
        }
        self._possible = len(self._pupils) * self._span - len(self._taken)
        self._habits = {leaning: self._habit(spread) for leaning, spread in SPREAD.items()}
        self.episodes: list[Episode] = []

    def leave_open(self, day: int) -> None:
        """Place an absence that nobody explains."""
        both = self._chance.random() < _BOTH_SESSIONS
        places = (2 * day, 2 * day + 1) if both else (2 * day,)
        lot = self._lot(self._pupils, "absent")
        while not self._place("N", lot.draw(self._chance), places):
            pass

    def follow(self, recipe: Recipe, share: int) -> None:
        """Place a code's episodes until it has its share."""
        wanted = round(share * recipe.part * self._possible / 10_000_000)
        pupils = [one for one in self._pupils if recipe.years is None or _in(one, recipe.years)]
        lot = self._lot(pupils, recipe.leaning)
        for _ in range(50 * wanted if pupils else 0):
            if wanted <= 0:
                break
            wanted -= self._draw(recipe, lot, wanted)

    def _draw(self, recipe: Recipe, pupils: Weighted[Pupil], at_most: int) -> int:
        """Place one episode, or a party's; how many sessions it took."""
        length = self._chance.choice(recipe.lengths)
        pupil = pupils.draw(self._chance)
        if recipe.shape in {"party", "party_afternoon"}:
            return self._party(recipe, pupil, min(length, at_most))
        return self._place(recipe.code, pupil, self._run(recipe, length)[:at_most])

    def _party(self, recipe: Recipe, pupil: Pupil, size: int) -> int:
        day = self._chance.randrange(self._span // 2)
        places = (2 * day, 2 * day + 1) if recipe.shape == "party" else (2 * day + 1,)
        form = self._school.roster.groups[pupil.form].members
        lot = self._chance.sample(form, min(len(form), max(1, size // len(places))))
        members = (self._school.roster.pupils[one] for one in lot)
        return sum(self._place(recipe.code, one, places) for one in members)

    def _run(self, recipe: Recipe, length: int) -> tuple[int, ...]:
        """The places of an episode that begins on any day."""
        day = self._chance.randrange(self._span // 2)
        if recipe.shape == "days":
            return tuple(range(2 * day, 2 * day + 2 * length))
        if recipe.shape in {"mornings", "afternoons"}:
            first = 2 * day + (recipe.shape == "afternoons")
            return tuple(first + 2 * step for step in range(length))
        if recipe.shape == "weekly":
            same = self._same_weekday(day)[:length]
            return tuple(place for one in same for place in (2 * one, 2 * one + 1))
        late = self._chance.random() >= _STARTS_IN_THE_MORNING
        return tuple(range(2 * day + late, 2 * day + late + length))

    def _same_weekday(self, day: int) -> list[int]:
        weekday = self._school.roster.calendar.weekday_on
        days = self._school.history
        return [one for one in range(len(days)) if weekday(days[one]) == weekday(days[day])]

    def _place(self, code: str, pupil: Pupil, places: Sequence[int]) -> int:
        """Place an episode up to where something else is already; how many sessions it took."""
        free: list[int] = []
        for place in places:
            if place >= self._span or (pupil.pupil, place) in self._taken:
                break
            free.append(place)
        if free:
            self._taken |= {(pupil.pupil, place) for place in free}
            self.episodes.append(Episode(code, pupil.pupil, tuple(free)))
        return len(free)

    def _habit(self, spread: float) -> dict[str, float]:
        return {
            pupil.pupil: min(MOST, self._chance.lognormvariate(0.0, spread))
            for pupil in self._pupils
        }

    def _lot(self, pupils: Sequence[Pupil], leaning: Leaning) -> Weighted[Pupil]:
        habit = self._habits[leaning]
        return Weighted(pupils, [habit[one.pupil] for one in pupils])


def _in(pupil: Pupil, years: frozenset[int]) -> bool:
    return any(pupil.year == year_name(year) for year in years)
