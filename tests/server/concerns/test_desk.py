"""The documents of a concern: where it was raised, and where it is answered for."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from sync import channels
from tests.factory import HEAD, TUTOR
from tests.server.concerns.safe import AREA, LEAD, desk, raise_it, safe_town
from tests.server.town import SCHOOL, Town

LATER_MS = 500 * 60_000


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    async with safe_town() as one:
        yield one


async def made(place: Town, later_ms: int = 0):
    found = await (await desk(place)).made("c1", place.clock.now_ms() + later_ms)
    assert found is not None
    return found


async def test_nothing_of_one_that_was_not_raised(place: Town) -> None:
    assert await (await desk(place)).made("c1", place.clock.now_ms()) is None


async def test_the_leads_read_it_and_its_author_how_it_stands(place: Town) -> None:
    await raise_it(place)
    concern, status = (await made(place)).drafts
    assert (concern.id, concern.to) == ("concern:c1", channels.SAFEGUARDING)
    assert (status.id, status.to) == ("concern_status:c1", {channels.person(TUTOR.person)})
    assert "text" not in status.body
    assert concern.body["place_name"] == "Saltmarsh Primary School"


async def test_about_one_of_them_it_goes_to_the_head_alone(place: Town) -> None:
    await raise_it(place, about=[LEAD.person])
    concern, _ = (await made(place)).drafts
    assert concern.to == {f"allegations:{HEAD.person}"}


async def test_the_area_has_a_part_once_its_duty_team_has(place: Town) -> None:
    await raise_it(place)
    assert (await made(place)).databases == {SCHOOL}
    assert (await made(place, LATER_MS)).databases == {SCHOOL, AREA}
