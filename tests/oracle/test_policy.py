"""A sample of the oracle: the words and the server agree. All: ``python -m tests.oracle``."""

from __future__ import annotations

from dataclasses import replace
from random import Random

import pytest

from schemas import policy
from schemas.policy import Reach, Role
from tests.oracle.checking import Checker, Tally
from tests.oracle.forms import MANY
from tests.oracle.world import ACTS, world

SEED = 11


async def looked(role: Role) -> Tally:
    """What is found of everybody in a role, by one feed."""
    checker_tally = Tally()
    async with world(SEED) as made:
        checker = Checker(made, checker_tally, Random(SEED))
        await checker.look()
        some = [one for one in made.people.values() if one.role == role]
        await checker.everybody(some, MANY[:1], 0, 10**9)
    return checker_tally


async def test_who_sees_what_is_what_the_words_say() -> None:
    """Some people through four acts, in every form; others in each act."""
    tally, chance = Tally(), Random(SEED)
    async with world(SEED) as made:
        checker = Checker(made, tally, chance)
        people = chance.sample(list(made.people.values()), len(made.people))
        for number, act in enumerate((None, *ACTS)):
            if act is not None:
                await act(made)
            await checker.look()
            some = [people[0], *people[2 + number : 10 : 4]]
            await checker.everybody(some, MANY, 16, 10**9)
            others = people[10 + number :: 4]
            await checker.everybody(others, chance.sample(MANY, 3), 2, 10**9)
    assert tally.leaks == []
    assert tally.hidden == []
    assert tally.checks > 100_000
    assert 0.02 < tally.shown / tally.checks < 0.5


@pytest.mark.parametrize(
    ("role", "reach"), [(Role.GOVERNOR, Reach.STAFF), (Role.ADMINISTRATOR, Reach.QUARANTINE)]
)
async def test_the_oracle_notices_a_role_that_sees_too_much(
    role: Role, reach: Reach, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule = policy.POLICY[role]
    monkeypatch.setitem(policy.POLICY, role, replace(rule, sees=rule.sees | {reach}))
    tally = await looked(role)
    assert tally.leaks
    assert not tally.hidden


async def test_the_oracle_notices_a_role_that_sees_too_little(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    rule = policy.POLICY[Role.SAFEGUARDING_LEAD]
    narrow = replace(rule, sees=rule.sees - {Reach.ROLL})
    monkeypatch.setitem(policy.POLICY, Role.SAFEGUARDING_LEAD, narrow)
    tally = await looked(Role.SAFEGUARDING_LEAD)
    assert tally.hidden
    assert not tally.leaks
