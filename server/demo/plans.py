"""The three schools of the demonstration, by their numbers. None of them exists."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

__all__ = ["AUTHORITY", "LA", "PLANS", "PRIMARY", "SECONDARY", "SPECIAL", "SchoolPlan", "year_name"]

AUTHORITY = "Tarnholt Borough Council"
LA = "999"
"""A local authority number that no authority in England has."""


@dataclass(frozen=True)
class SchoolPlan:
    """What a school is made of. ``years`` are National Curriculum years, Reception 0."""

    key: str
    name: str
    phase: Literal["primary", "secondary", "special"]
    establishment: str
    years: range
    pupils: int
    forms: tuple[str, ...]
    shown: str
    """The form whose teacher and cover teacher have the demonstration's first accounts."""
    line: int
    """The first of its telephone numbers (:func:`server.demo.telephone.landline`)."""
    subjects: tuple[str, ...] = ()
    """Departments, where lesson groups take the afternoon register."""
    sets: int = 0
    """Lesson groups that a department teaches at a time."""
    cover_teachers: int = 3
    feeders: tuple[str, ...] = ()
    """Establishments that gave pupils their UPNs, where it was not this one alone."""
    first_serial: int = 1
    """UPN serials start here, so that no two schools' pupils have the same number."""


_BIRDS = "Wren Robin Linnet Starling Swift Curlew Plover Kestrel Heron Osprey"
_TREES = (
    "Alder Ash Aspen Beech Birch Cedar Cherry Elder "
    "Hazel Holly Juniper Larch Maple Oak Rowan Willow"
)

PRIMARY = SchoolPlan(
    key="primary",
    name="Quillbrook Primary School",
    phase="primary",
    establishment="2107",
    years=range(7),
    pupils=260,
    forms=tuple(_BIRDS.split()),
    shown="Kestrel",
    line=110,
)
SECONDARY = SchoolPlan(
    key="secondary",
    name="Tarnholt High School",
    phase="secondary",
    establishment="4021",
    years=range(7, 12),
    pupils=1032,
    forms=tuple(f"{year}{letter}" for year in range(7, 12) for letter in "ABCDEFGH"),
    shown="8C",
    line=210,
    subjects=("English", "Maths", "Science", "Humanities", "Arts"),
    sets=9,
    cover_teachers=6,
    feeders=tuple(str(number) for number in range(2101, 2113)),
    first_serial=201,
)
SPECIAL = SchoolPlan(
    key="special",
    name="Osiergate School",
    phase="special",
    establishment="7003",
    years=range(12),
    pupils=149,
    forms=tuple(_TREES.split()),
    shown="Hazel",
    line=310,
    feeders=("2101", "2104", "2107", "2110", "7003"),
    first_serial=501,
)
PLANS = (PRIMARY, SECONDARY, SPECIAL)


def year_name(year: int) -> str:
    """What a National Curriculum year is called."""
    return f"Year {year}" if year else "Reception"
