"""Each guard is where its test says; a few are broken here, all of them by ``tests.mutation``."""

from __future__ import annotations

from collections import Counter

import pytest

from tests.mutation.check import check
from tests.mutation.guard import Guard, exists
from tests.mutation.guards import GUARDS

SAMPLE = GUARDS[:: max(1, len(GUARDS) // 4)][:4]


def test_there_are_guards_enough_and_each_has_its_own_name() -> None:
    assert len(GUARDS) >= 30
    assert Counter(one.name for one in GUARDS).most_common(1)[0][1] == 1


@pytest.mark.parametrize("guard", GUARDS, ids=lambda one: one.name)
def test_a_guard_is_in_its_file_and_its_tests_exist(guard: Guard) -> None:
    assert guard.broken_text() != ""
    assert guard.source != guard.broken
    assert guard.tests
    assert [test for test in guard.tests if not exists(test)] == []


@pytest.mark.parametrize("guard", SAMPLE, ids=lambda one: one.name)
def test_a_broken_guard_is_noticed(guard: Guard) -> None:
    assert check(guard) is None
