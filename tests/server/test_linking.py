"""Which pupil of a school a child of a household is: told to whoever knows the child already."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import httpx2
import pytest

from schemas.school import Group
from server.limits import LINK_BURST
from sync.roster import Roster
from sync.stores.memory import MemoryStore
from tests import factory
from tests.server.families import AREA, employ, make_area
from tests.server.town import OTHER, SCHOOL, Town, town

PUPIL = factory.pupil(1)


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    """A school of the area, another that lies in none, and twins."""
    store = MemoryStore()
    await make_area(store)
    twins = [factory.pupil(n).model_copy(update={"surname": "Twin"}) for n in (2, 3)]
    hidden = factory.pupil(4).model_copy(update={"restricted": True})
    left = factory.pupil(5).model_copy(update={"enrolled_to": "2026-10-01"})
    pupils = [PUPIL, *twins, hidden, left]
    groups: list[Group] = [factory.group("form-1", tuple(one.pupil for one in pupils))]
    for name, area in ((SCHOOL, AREA), (OTHER, None)):
        school = factory.school(school=name, name=f"School {name}", area=area)
        batch = factory.roster_batch(Roster.build(school, groups, pupils))
        await (await store.create(name)).write(batch)
    async with town(store, made=True) as found:
        await employ(found.site.accounts)
        yield found


async def ask(browser: httpx2.AsyncClient, one: Any = PUPIL, **more: Any) -> httpx2.Response:
    asked = {"school": SCHOOL, "name": f"{one.known_as} {one.surname}", "born": one.born}
    return await browser.post(f"/db/{AREA}/_pupils", json=asked | more)


async def test_a_child_is_found_by_name_and_date_of_birth(place: Town) -> None:
    async with place.visit("fay") as fay:
        assert (await ask(fay)).json() == {"pupil": PUPIL.pupil}
        assert (await ask(fay, name=f"  somebody  {PUPIL.surname.upper()} ")).json()["pupil"]


async def test_nothing_is_told_of_anybody_else(place: Town) -> None:
    async with place.visit("fay") as fay:
        for wrong in (
            {"born": "2001-01-01"},
            {"name": "Nobody Known"},
            {"school": OTHER},
            {"school": "sch-nowhere"},
            {"school": AREA},
        ):
            answer = await ask(fay, **wrong)
            assert (answer.status_code, answer.json()) == (200, {"pupil": None}), wrong
        for number in (4, 5):
            assert (await ask(fay, factory.pupil(number))).json() == {"pupil": None}


async def test_of_twins_nobody_is_chosen(place: Town) -> None:
    twin = factory.pupil(2)
    async with place.visit("fay") as fay:
        both = {"name": "Ada Twin", "born": twin.born}
        first, second = (factory.pupil(n).born for n in (2, 3))
        expected = None if first == second else twin.pupil
        assert (await ask(fay, **both)).json() == {"pupil": expected}


async def test_it_is_for_whoever_works_on_cases(place: Town) -> None:
    async with place.visit("tess") as tess:
        answer = await tess.post(f"/db/{SCHOOL}/_pupils", json={})
        assert answer.status_code == 403
        assert "family worker" in answer.json()["reason"]


async def test_nobody_goes_through_a_school_child_by_child(place: Town) -> None:
    async with place.visit("fay") as fay:
        for _ in range(LINK_BURST):
            assert (await ask(fay)).status_code == 200
        answer = await ask(fay)
        assert (answer.status_code, answer.json()["error"]) == (429, "too_many_requests")
        assert "children" in answer.json()["reason"]
