import pytest

from schemas.policy import Role
from sync.store import WriteBatch
from sync.stores.memory import MemoryStore
from sync.views import (
    ViewBook,
    asking,
    delivered,
    delivery_id,
    listed,
    view_of_asking,
    view_of_delivery,
)
from tests.factory import claim, roster
from tests.sync.auditing import audited
from tests.sync.family.area import CASE, LEAD, MATE
from tests.sync.school import School


def names(person):
    return f"Name of {person}"


@pytest.fixture
async def school():
    store = MemoryStore()
    yield School(await store.create("sch-test"), roster())
    found = await audited(await store.open("sch-test"))
    await store.close()
    assert found.findings == ()


def viewed(tablet, pupil, **more):
    return tablet.write("record.viewed", document=f"card:{pupil}", pupil=pupil, **more)


async def test_a_look_is_listed_with_who_when_and_where(school):
    entry = viewed(school.officer, "pup-1", purpose="A call from home")
    await school.push(school.tutor.register(claim(1)), entry)
    book = ViewBook()
    await book.refresh(school.database)
    (view,) = book.views(names)
    assert (view.how, view.person, view.document, view.pupil) == (
        "opened",
        "staff-office",
        "card:pup-1",
        "pup-1",
    )
    assert (view.person_name, view.device) == ("Name of staff-office", "desk-1")
    assert (view.at, view.received_at) == (entry["body"]["written_at"], school.clock.now)
    assert (view.purpose, view.entry) == ("A call from home", entry["_id"])


async def test_looks_are_those_of_one_pupil_and_new_ones_are_read(school):
    book = ViewBook()
    await school.push(viewed(school.officer, "pup-1"))
    await book.refresh(school.database)
    await school.push(viewed(school.officer, "pup-2"), viewed(school.tutor, "pup-1"))
    await book.refresh(school.database)
    assert len(book.views(names)) == 3
    assert {one.person for one in book.views(names, "pup-1")} == {"staff-office", "staff-tutor"}


async def test_the_latest_come_first_and_only_so_many(school):
    for n in (1, 2, 3):
        await school.push(
            viewed(school.officer, f"pup-{n}", written_at=f"2026-11-23T09:0{n}:00.000Z")
        )
    book = ViewBook()
    await book.refresh(school.database)
    views = listed(book.views(names), limit=2)
    assert [one.pupil for one in views.views] == ["pup-3", "pup-2"]
    assert views.more
    assert not listed(book.views(names)).more


async def test_what_was_fetched_is_noted_once_a_day_and_the_first_time_stays(school):
    first = delivered("staff-office", "card:pup-1", "pup-1", "dev-x", "2026-11-23T09:00:00.000Z")
    again = delivered("staff-office", "card:pup-1", "pup-1", None, "2026-11-23T10:00:00.000Z")
    for write in (first, again):
        await school.database.write(WriteBatch([write]))
    assert first.id == delivery_id("2026-11-23", "staff-office", "card:pup-1") == again.id
    (document,) = await school.database.range("delivery:", "delivery;")
    view = view_of_delivery(document, names)
    assert (view.how, view.at, view.device) == ("fetched", "2026-11-23T09:00:00.000Z", "dev-x")
    assert (view.person_name, view.role, view.pupil) == ("Name of staff-office", None, "pup-1")


async def test_what_else_lies_there_is_no_look(school):
    book = ViewBook()
    await school.push(school.tutor.register(claim(1)))
    book.take(await school.database.range("", "~"))
    assert book.views(names) == []


async def test_a_restricted_case_that_was_opened_with_a_reason_is_a_look(area):
    await area.restrict(await area.open())
    await area.say(LEAD, "glass.broken", case=CASE, reason="A fire")
    await area.say(MATE, "glass.broken", case=CASE, reason="Curious")
    book = ViewBook()
    await book.refresh(area.database)
    (view,) = book.views(names)
    assert (view.how, view.person, view.document) == ("broke", LEAD.person, f"case:{CASE}")
    assert (view.purpose, view.pupil) == ("A fire", None)
    assert book.views(names, "pup-1") == []


async def test_who_asked_for_one_is_kept_and_not_what_was_found(area):
    at = area.clock.now
    note = asking(LEAD.person, Role.TEAM_LEAD, "desk-l", "A fire", at)
    await area.database.write(WriteBatch([note]))
    (document,) = await area.database.range("asking:", "asking;")
    view = view_of_asking(document, names)
    assert (view.how, view.document, view.purpose, view.at) == ("asked", "case", "A fire", at)
    assert (view.person_name, view.role) == (f"Name of {LEAD.person}", Role.TEAM_LEAD)
