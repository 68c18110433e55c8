"""The families of the demonstration: that nothing of them is held, and what there is to look at."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from schemas.policy import Role
from server.demo import DemoAuthority
from server.demo.family.stories import STORIES
from server.demo.family.today import plan_visits
from sync.store import Database, Store
from sync.stores.memory import MemoryStore
from tests.factory import MONDAY, SetClock
from tests.server.demo.test_fill import fill_hamlet, published


@pytest.fixture
async def store() -> AsyncIterator[Store]:
    one = MemoryStore()
    yield one
    await one.close()


@pytest.fixture
async def authority(store: Store, tmp_path: Path) -> DemoAuthority:
    return await fill_hamlet(store, tmp_path)


async def area_of(store: Store, authority: DemoAuthority) -> Database:
    return await store.open(
        next(one.school for one in authority.sign_ins if one.role is Role.TEAM_LEAD)
    )


def agreed(case: dict[str, Any], cell: str) -> dict[str, Any]:
    """What a cell of a case or a visit says, where nobody differs."""
    found = next(one for one in case["cells"] if one["cell"] == cell)
    assert found["state"] == "agreed"
    return dict(next(one["says"] for one in found["claims"] if one["id"] in found["live"]))


async def test_every_family_has_its_case_and_nothing_is_held(
    store: Store, authority: DemoAuthority
) -> None:
    area = await area_of(store, authority)
    assert await published(area, "held") == []
    cases = await published(area, "case")
    assert len(cases) == len(STORIES) == 12
    assert sum(one["restricted"] for one in cases) == 1
    assert len(await published(area, "summary")) == 11
    assert Counter(agreed(one, "status")["status"] for one in cases) == {"open": 11, "closed": 1}
    claims = [claim for one in cases for cell in one["cells"] for claim in cell["claims"]]
    assert {claim["verdict"] for claim in claims} == {"stands"}
    assert {cell["state"] for one in cases for cell in one["cells"]} == {"agreed"}
    told = {one["cell"].partition(":")[0] for case in cases for one in case["cells"]}
    assert told >= {"action", "barrier", "contact", "goal", "letter", "meeting", "member"}
    assert told >= {"partner", "referral", "review", "risk", "shared", "step", "strategy"}
    pupils = [
        cell["claims"][0]["says"]["pupil"]
        for one in cases
        for cell in one["cells"]
        if cell["cell"].startswith("member:") and cell["claims"][0]["says"]["child"]
    ]
    assert len(set(pupils)) == len(pupils) == sum(len(one.schools) for one in STORIES)


async def test_somebody_of_another_agency_leads_one_case_and_works_on_no_other(
    store: Store, authority: DemoAuthority
) -> None:
    area = await area_of(store, authority)
    cases = await published(area, "case")
    partners = [
        (one["case"], who["name"])
        for one in cases
        for who in one["workers"]
        if who["agency"] is not None
    ]
    ((case, name),) = partners
    (led,) = [one for one in cases if one["case"] == case]
    assert agreed(led, "lead")["name"] == name
    assert any(one.registers.startswith("of ") and one.name == name for one in authority.sign_ins)


async def test_visits_were_made_are_owed_contested_and_to_come(
    store: Store, authority: DemoAuthority
) -> None:
    visits = await published(await area_of(store, authority), "visit")
    contested = [
        cell["cell"].partition(":")[0]
        for one in visits
        for cell in one["cells"]
        if cell["state"] == "contested"
    ]
    assert contested == ["alone"]
    now = SetClock().now
    overdue = [one for one in visits if one["owed_by"] and one["note_overdue_at"] < now]
    assert len(overdue) == 1
    planned = [one for one in visits if not one["contributions"] and one not in overdue]
    days = Counter(agreed(one, "plan")["starts"][:10] for one in planned)
    assert days == {MONDAY: 3, "2026-11-24": 3}
    assert all(agreed(one, "plan")["starts"] > now for one in planned)


async def test_one_concern_is_in_hand_and_one_is_new(
    store: Store, authority: DemoAuthority
) -> None:
    places = sorted({one.school for one in authority.sign_ins})
    statuses = [await published(await store.open(one), "concern_status") for one in places]
    states = Counter(one["state"] for several in statuses for one in several)
    assert states == {"acknowledged": 1, "new": 1}


async def test_another_day_has_visits_of_its_own(store: Store, authority: DemoAuthority) -> None:
    area, clock = await area_of(store, authority), SetClock()
    before = len(await published(area, "entry"))
    await plan_visits(area, clock)
    assert len(await published(area, "entry")) == before
    clock.set("2026-11-25T20:00:00.000Z")
    await plan_visits(area, clock)
    assert len(await published(area, "entry")) == before + 6
    assert await published(area, "held") == []
