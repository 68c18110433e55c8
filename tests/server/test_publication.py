"""Which documents a change appears in, when it was read by the way or before a restart."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.publication import Books, Window
from sync.stores.memory import MemoryStore
from tests.factory import FRIDAY, MONDAY, claim, roster, roster_batch
from tests.server.test_publisher import SHEET, Published
from tests.sync.school import School


@pytest.fixture
async def published() -> AsyncIterator[Published]:
    store = MemoryStore()
    database = await store.create("sch-test")
    one = Published(School(database, roster()))
    await database.write(roster_batch(one.school.roster))
    await one.publisher.settle()
    yield one
    await one.publisher.close()
    await store.close()


async def test_what_was_read_with_a_day_by_the_way_is_told_with_its_news(
    published: Published,
) -> None:
    school = published.school
    window = Window.of(school.roster, MONDAY)
    books = Books(school.database, school.roster)
    books.told = (await school.database.info()).update_seq
    await school.push(school.tutor.register(claim(2)))
    await books.day(MONDAY)
    assert SHEET in await books.news_of(MONDAY, window)
    assert await books.news_of(MONDAY, window) == set()


async def test_a_planned_code_of_before_a_restart_is_published(published: Published) -> None:
    school = published.school
    fields = {"pupil": "pup-2", "first": MONDAY, "last": MONDAY, "sessions": ["AM"]}
    await school.push(school.officer.write("planned.recorded", **fields, code="M", source="Letter"))
    await published.another().settle()
    assert [row.pupil for row in (await published.sheet()).rows if row.planned] == ["pup-2"]


async def test_a_withdrawn_code_leaves_every_day_it_was_planned_for(published: Published) -> None:
    school = published.school
    plan = {"pupil": "pup-2", "first": FRIDAY, "last": MONDAY}
    entry = school.officer.write(
        "planned.recorded", **plan, sessions=["AM"], code="M", source="Letter"
    )
    friday = f"sheet:{FRIDAY}:AM:form-1"
    assert await published.changed_by(entry) == {friday, SHEET}
    told = {"pupil": "pup-2", "first": MONDAY, "last": MONDAY, "reason": "Cancelled"}
    withdrawn = school.officer.write("planned.withdrawn", **told, entry=entry["_id"])
    assert await published.changed_by(withdrawn) == {friday, SHEET}
