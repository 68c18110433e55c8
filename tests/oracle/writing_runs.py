"""Trying entries, case by case, and comparing what became of them with the words."""

from __future__ import annotations

from collections.abc import Sequence

from tests.oracle.checking import Tally
from tests.oracle.writing import Case, expected, new_school, tried

__all__ = ["check_writing"]

IN_ONE_SCHOOL = 40
"""Cases tried in one school: the memory store reads all it has for each."""


async def check_writing(tally: Tally, cases: Sequence[Case]) -> None:
    """Try cases; what does not become what it must is noted. What is planned gets its own school,
    for a code that is planned is planned for everybody."""
    plain = [one for one in cases if not one.planned]
    for start in range(0, len(plain), IN_ONE_SCHOOL):
        school = await new_school()
        for number, case in enumerate(plain[start : start + IN_ONE_SCHOOL], 1000):
            tally.write(case, expected(case), await tried(school, case, number))
    for case in cases:
        if case.planned:
            tally.write(case, expected(case), await tried(await new_school(), case, 1000))
