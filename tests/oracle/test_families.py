"""A sample of the oracle on family support: who sees what for every part of a visit.

All of it: ``python -m tests.oracle``.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from schemas import policy
from schemas.policy import Reach, Role
from tests.oracle.checking import Tally
from tests.oracle.families.running import check_families
from tests.oracle.families.world import AREA, family_world

SEED = 5
EVERYBODY = 99


async def test_who_sees_each_part_of_a_visit_is_what_the_words_say() -> None:
    """Through six acts: by feeds, documents, photos, PDFs, lists, and answers waited for."""
    tally = Tally()
    await check_families(tally, SEED, people=5, many=6, ones=4)
    assert tally.leaks == []
    assert tally.hidden == []
    assert tally.checks > 150_000
    assert tally.shown > 1_500


async def test_nobody_takes_a_visit_and_its_photos_into_a_case_of_their_own() -> None:
    """Somebody who knows its id names it in an entry about a case that is theirs."""
    async with family_world(SEED) as world:
        await world.open_family("c4", "max", "team-north", ("sch-ash", "pup-3"), restricted=True)
        await world.open_family("c5", "sue", "team-south", ("sch-birch", "pup-3"))
        visit = await world.visit("c4", "max")
        await world.settle()
        says = {"case": "c5", "visit": visit}
        arrived = world.claim(fact="arrived", at=world.clock.now)
        await world.say("sue", "visit.noted", due="held", facts=[arrived], **says)
        await world.settle()
        for who, found in (("max", 200), ("sue", 404)):
            asker = await world.asker(who, AREA)
            for path in (f"visit:{visit}", f"_photos/ph-{visit}/photo"):
                assert (await asker.ask("GET", path)).status == found, (who, path)


async def looked(role: Role, sees: frozenset[Reach], monkeypatch: pytest.MonkeyPatch) -> Tally:
    """Everybody, in one form of asking, on the first morning, with another policy."""
    rule = policy.POLICY[role]
    monkeypatch.setitem(policy.POLICY, role, replace(rule, sees=sees))
    tally = Tally()
    await check_families(tally, SEED, people=EVERYBODY, many=1, ones=0, acts=1)
    return tally


async def test_the_oracle_notices_who_is_told_more_of_a_family_than_is_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = Role.ATTENDANCE_OFFICER
    sees = policy.POLICY[role].sees | {Reach.SAFEGUARDING}
    assert (await looked(role, sees, monkeypatch)).leaks


async def test_the_oracle_notices_who_is_told_less_of_a_family_than_is_theirs(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    role = Role.AUTHORITY_COORDINATOR
    sees = policy.POLICY[role].sees - {Reach.SUMMARIES}
    tally = await looked(role, sees, monkeypatch)
    assert tally.hidden
    assert not tally.leaks
