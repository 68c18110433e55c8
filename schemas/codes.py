"""The attendance codes, as dated data.

Source: School Attendance (Pupil Registration) (England) Regulations 2024 (SI 2024/208), reg 10,
in force from 19 August 2024, and DfE's statistical classes. A code is looked up *as of a date*:
the same letter meant other things in other years. Legacy codes can be imported, never offered.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Literal

from schemas.base import Date, Model, Sentence

__all__ = [
    "CODES",
    "AttendanceCode",
    "Session",
    "StatisticalClass",
    "code_on",
    "codes_on",
    "present_code",
]

Session = Literal["AM", "PM"]


class StatisticalClass(StrEnum):
    """How DfE counts a mark. ``attending_elsewhere`` is approved educational activity (AEA)."""

    PRESENT = "present"
    ATTENDING_ELSEWHERE = "attending_elsewhere"
    AUTHORISED = "authorised"
    UNAUTHORISED = "unauthorised"
    NOT_POSSIBLE = "not_possible"
    ADMINISTRATIVE = "administrative"


class AttendanceCode(Model):
    """One code through one span of dates (both inclusive; ``valid_to`` None: still in force)."""

    code: str
    meaning: Sentence
    counts_as: StatisticalClass
    sessions: tuple[Session, ...] = ("AM", "PM")
    valid_from: Date
    valid_to: Date | None = None
    needs_decision: bool = False
    """Leave: the record names who asked, who authorised, from when to when (reg 11)."""
    bulk_only: bool = False

    @property
    def possible(self) -> bool:
        """Whether the session counts in the denominator of a rate."""
        return self.counts_as not in (
            StatisticalClass.NOT_POSSIBLE,
            StatisticalClass.ADMINISTRATIVE,
        )


_NOW = "2024-08-19"
_BEFORE = "2006-09-01"
_LAST = "2024-08-18"


def _code(code: str, counts_as: StatisticalClass, meaning: str, **more: object) -> AttendanceCode:
    fields = {"code": code, "counts_as": counts_as, "meaning": meaning, "valid_from": _NOW} | more
    return AttendanceCode.model_validate(fields)


_P = StatisticalClass.PRESENT
_E = StatisticalClass.ATTENDING_ELSEWHERE
_A = StatisticalClass.AUTHORISED
_U = StatisticalClass.UNAUTHORISED
_X = StatisticalClass.NOT_POSSIBLE
_Z = StatisticalClass.ADMINISTRATIVE

CODES: tuple[AttendanceCode, ...] = (
    _code("/", _P, "Present in the morning", sessions=("AM",), valid_from=_BEFORE),
    _code("\\", _P, "Present in the afternoon", sessions=("PM",), valid_from=_BEFORE),
    _code("L", _P, "Late, before the register closed", valid_from=_BEFORE),
    _code("K", _E, "At provision arranged by the local authority"),
    _code("V", _E, "Educational visit with school staff", valid_from=_BEFORE),
    _code("P", _E, "Approved sporting activity", valid_from=_BEFORE),
    _code("W", _E, "Work experience", valid_from=_BEFORE),
    _code("B", _E, "Other approved education off site", valid_from=_BEFORE),
    _code("C1", _A, "Leave: performance or employment abroad under licence", needs_decision=True),
    _code("M", _A, "Leave: medical or dental appointment", valid_from=_BEFORE),
    _code("J1", _A, "Leave: interview for a job or a school place", needs_decision=True),
    _code("S", _A, "Leave: study for a public exam", valid_from=_BEFORE, needs_decision=True),
    _code("X", _X, "Not of compulsory school age, not required to attend"),
    _code("C2", _A, "Leave: temporary part-time timetable", needs_decision=True),
    _code("C", _A, "Leave: exceptional circumstance", valid_from=_BEFORE, needs_decision=True),
    _code("T", _A, "Parent travelling for work, child mobile", valid_from=_BEFORE),
    _code("R", _A, "Religious observance", valid_from=_BEFORE),
    _code("I", _A, "Illness", valid_from=_BEFORE),
    _code("E", _A, "Suspended or excluded, no alternative provision", valid_from=_BEFORE),
    _code("Q", _X, "Authority's travel or boarding arrangements not in place"),
    _code("Y1", _X, "School transport not available"),
    _code("Y2", _X, "Widespread travel disruption"),
    _code("Y3", _X, "Part of the premises closed"),
    _code("Y4", _X, "Whole site unexpectedly closed", bulk_only=True),
    _code("Y5", _X, "In criminal justice detention"),
    _code("Y6", _X, "Public health guidance or law"),
    _code("Y7", _X, "Other unavoidable cause affecting the pupil"),
    _code("D", _X, "Dual registered, due at the other school"),
    _code("G", _U, "Holiday without leave", valid_from=_BEFORE),
    _code("N", _U, "Reason not yet known", valid_from=_BEFORE),
    _code("O", _U, "Absent, no other code applies", valid_from=_BEFORE),
    _code("U", _U, "Arrived after the register closed", valid_from=_BEFORE),
    _code("Z", _Z, "Prospective pupil, not on roll", valid_from=_BEFORE, bulk_only=True),
    _code("#", _Z, "Planned closure of the whole school", valid_from=_BEFORE, bulk_only=True),
    # Legacy: read from imports of older registers, never offered on a screen.
    _code("H", _A, "Agreed family holiday", valid_from=_BEFORE, valid_to=_LAST),
    _code("F", _A, "Agreed extended family holiday", valid_from=_BEFORE, valid_to="2013-08-31"),
    _code("J", _E, "At an interview", valid_from=_BEFORE, valid_to=_LAST),
    _code(
        "Y", _X, "Unable to attend, exceptional circumstances", valid_from=_BEFORE, valid_to=_LAST
    ),
    _code("D", _E, "Dual registered, at the other school", valid_from=_BEFORE, valid_to=_LAST),
    _code("X", _X, "Not required to attend", valid_from=_BEFORE, valid_to="2020-03-22"),
    _code(
        "X",
        _X,
        "Not attending in circumstances relating to coronavirus",
        valid_from="2020-03-23",
        valid_to="2022-07-31",
    ),
    _code("X", _X, "Not required to attend", valid_from="2022-08-01", valid_to=_LAST),
)


@lru_cache(maxsize=1024)
def codes_on(date: str) -> Mapping[str, AttendanceCode]:
    """The table in force on ``date``, by code."""
    return MappingProxyType(
        {
            row.code: row
            for row in CODES
            if row.valid_from <= date and (row.valid_to is None or date <= row.valid_to)
        }
    )


def code_on(code: str, date: str) -> AttendanceCode | None:
    """The code as it stood on ``date``; None where no such code was in force."""
    return codes_on(date).get(code)


def present_code(session: Session) -> str:
    r"""``/`` in the morning, ``\`` in the afternoon (reg 10, Table 1)."""
    return "/" if session == "AM" else "\\"
