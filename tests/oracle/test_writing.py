"""A sample of who may write what; ``python -m tests.oracle`` tries every case."""

from __future__ import annotations

from random import Random

import pytest

from tests.oracle.checking import Tally
from tests.oracle.writing import CASES, Outcome, expected
from tests.oracle.writing_runs import check_writing

SAMPLE = 1500


async def test_what_becomes_of_an_entry_is_what_the_words_say() -> None:
    tally = Tally()
    await check_writing(tally, Random(5).sample(CASES, SAMPLE))
    assert tally.wrong == []
    assert tally.written == SAMPLE


def test_every_outcome_is_among_the_cases() -> None:
    reasons = {expected(case).why for case in CASES}
    assert reasons == {
        "",
        "code_not_allowed",
        "forged_author",
        "grant_ended",
        "grant_not_begun",
        "grant_to_oneself",
        "may_not_give",
        "no_such_code",
        "not_your_group",
        "not_your_pupil",
        "role_may_not",
        "whole_school_only",
        "wrong_session",
    }


async def test_the_oracle_notices_what_should_have_been_held(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tests.oracle.writing_runs.expected", lambda case: Outcome("stored"))
    tally = Tally()
    await check_writing(tally, [one for one in CASES if one.state == "over"][:3])
    assert len(tally.wrong) == 3
