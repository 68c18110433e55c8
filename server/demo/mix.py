"""The national code mix, by phase, and how each code comes about in a pupil's weeks.

Shares are sessions in 100,000 possible ones: DfE, Pupil attendance in schools, academic year
2025/26 to 10 July, daily feed, national figures by phase (Open Government Licence v3). Sessions
without a share are present marks. ``N`` has none: those left open are placed by hand, and most
that teachers give become ``I``, ``O``, ``G``, ``L`` or ``U``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["RECIPES", "SHARES", "Recipe"]

SHARES: dict[str, dict[str, int]] = {
    "primary": {
        "L": 1122, "I": 2786, "O": 794, "V": 733, "G": 535, "C": 367, "M": 272, "B": 191,
        "U": 169, "C2": 167, "P": 85, "R": 66, "E": 37, "K": 18, "J1": 17, "T": 14, "C1": 3,
    },
    "secondary": {
        "L": 2790, "I": 3627, "O": 2608, "V": 729, "C": 426, "M": 376, "C2": 321, "G": 314,
        "W": 309, "B": 300, "U": 297, "E": 289, "P": 142, "S": 100, "K": 79, "R": 58, "J1": 16,
        "C1": 5, "T": 3,
    },
    "special": {
        "L": 767, "I": 5019, "O": 2800, "C": 1675, "C2": 1588, "M": 1015, "B": 889, "V": 464,
        "G": 407, "U": 323, "E": 174, "K": 101, "W": 61, "R": 53, "P": 48, "S": 23, "J1": 10,
        "T": 7, "C1": 5,
    },
}  # fmt: skip

Shape = Literal["days", "sessions", "mornings", "afternoons", "weekly", "party", "party_afternoon"]
"""Whole school days in a row; sessions in a row; mornings in a row; afternoons in a row; the same
weekday every week; some pupils of one form on one day, or on one afternoon."""
Leaning = Literal["anybody", "poorly", "absent", "late"]
"""Which habit of a pupil makes the code likelier for them."""


@dataclass(frozen=True)
class Recipe:
    """How a code comes about. ``lengths`` in days, sessions or pupils, by shape, each as likely.

    ``years``: National Curriculum years it is for, where not for all. ``part``: how much of the
    code's share comes about in this way, in hundredths.
    """

    code: str
    shape: Shape
    lengths: tuple[int, ...]
    leaning: Leaning = "anybody"
    years: frozenset[int] | None = None
    part: int = 100


RECIPES = (
    # The longest first: what is rare and long finds its place before the weeks fill up.
    Recipe("K", "days", (4, 6, 8), "absent"),
    Recipe("C2", "afternoons", (10, 14, 20), "absent"),
    Recipe("B", "weekly", (2, 3, 4)),
    Recipe("W", "days", (5,), years=frozenset({10, 11})),
    Recipe("V", "party", (12, 18, 24, 26)),
    Recipe("T", "days", (3, 5)),
    Recipe("E", "days", (1, 1, 2, 3, 5), "absent"),
    Recipe("S", "days", (1, 2), years=frozenset({11})),
    Recipe("R", "party", (2, 3)),
    Recipe("P", "party_afternoon", (7, 9, 11)),
    Recipe("G", "days", (2, 3, 4, 5, 5)),
    Recipe("C", "days", (1, 1, 2)),
    Recipe("C1", "sessions", (1, 2)),
    Recipe("J1", "mornings", (1,), years=frozenset({*range(7), 11})),
    Recipe("M", "sessions", (1, 1, 1, 2), "poorly"),
    Recipe("I", "sessions", (1, 2, 2, 2, 2, 4, 4, 4, 6, 6, 8, 10, 16), "poorly"),
    Recipe("O", "sessions", (1, 1, 2, 2, 2, 2, 4, 4, 6, 10), "absent"),
    Recipe("U", "mornings", (1,), "late"),
    Recipe("L", "mornings", (1,), "late", part=85),
    Recipe("L", "afternoons", (1,), "late", part=15),
)
