"""The publisher over the memory store: what a mark changes, what it leaves, what a kill costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from typing import Any

import pytest

from schemas.published import Sheet, Unexplained
from schemas.school import Meeting
from server import following
from server import publisher as module
from server.drafts import Draft, draft
from server.following import PublisherMeter
from server.news import CHECKPOINT
from server.publication import Books, Window
from server.publisher import Publisher
from sync.roster import Roster
from sync.store import Document, Write, WriteBatch, WriteResult
from sync.stores.memory import MemoryStore
from tests.factory import FRIDAY, MONDAY, claim, claim_ids, group, pupil, roster_batch
from tests.factory import school as school_document
from tests.sync.school import School

THURSDAY = "2026-11-19"
TUESDAY = "2026-11-24"
SHEET = f"sheet:{MONDAY}:AM:form-1"
ROLL = f"roll:{MONDAY}:form-1"


def secondary() -> Roster:
    """Two forms in the morning; two lesson groups that mix them on a Monday afternoon."""
    pupils = [pupil(number, form=f"form-{1 + number % 2}") for number in range(1, 7)]
    forms = {
        name: tuple(p.pupil for p in pupils if p.form == name) for name in ("form-1", "form-2")
    }
    lessons = {"maths": ("pup-1", "pup-2", "pup-3"), "art": ("pup-4", "pup-5", "pup-6")}
    mornings = tuple(Meeting(weekday=day, session="AM") for day in range(5))
    monday = (Meeting(weekday=0, session="PM"),)
    return Roster.build(
        school_document(),
        [
            *(group(name, members, meets=mornings) for name, members in forms.items()),
            *(group(n, members, kind="lesson", meets=monday) for n, members in lessons.items()),
        ],
        pupils,
    )


class Meter:
    """Remembers what a publisher did: documents of each batch, kinds of each failure."""

    def __init__(self) -> None:
        self.batches: list[int] = []
        self.failures: list[str] = []

    def published(self, documents: int, seconds: float) -> None:
        assert 0 <= seconds < 10
        self.batches.append(documents)

    def failed(self, kind: str) -> None:
        self.failures.append(kind)


class Published:
    """A school with a publisher, and what tablets would find."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.publisher = self.another()

    def another(self, meter: PublisherMeter | None = None, coalesce_s: float = 0) -> Publisher:
        """A publisher of the same database, as after a restart."""
        school = self.school
        self.publisher = Publisher(
            school.database, lambda: school.roster, school.clock, coalesce_s=coalesce_s, meter=meter
        )
        return self.publisher

    async def documents(self, start: str = "", end: str = "~") -> dict[str, Document]:
        """Published documents by id, with the revision and the channels of each."""
        kinds = ("sheet", "roll", "card", "unexplained")
        found = await self.school.database.range(start, end)
        return {one.id: one for one in found if one.id.partition(":")[0] in kinds}

    async def revisions(self) -> dict[str, str]:
        return {key: one.rev for key, one in (await self.documents()).items()}

    async def changed_by(self, *entries: dict[str, Any]) -> set[str]:
        """Ids of documents that publishing these entries gives a new revision."""
        before = await self.revisions()
        await self.school.push(*entries)
        await self.publisher.settle()
        after = await self.revisions()
        return {key for key, rev in after.items() if before.get(key) != rev}

    async def sheet(self, key: str = SHEET) -> Sheet:
        document = (await self.documents())[key]
        return Sheet.model_validate({"_id": key, **document.body}, strict=False)

    async def unexplained(self) -> list[tuple[str, str, str]]:
        document = (await self.documents())["unexplained"]
        found = Unexplained.model_validate({"_id": "unexplained", **document.body}, strict=False)
        return [(row.date, row.session, row.pupil) for row in found.rows]


@pytest.fixture
async def published() -> AsyncIterator[Published]:
    store = MemoryStore()
    database = await store.create("sch-test")
    one = Published(School(database, secondary()))
    await database.write(roster_batch(one.school.roster))
    await one.publisher.settle()
    yield one
    await one.publisher.close()
    await store.close()


def content(documents: dict[str, Document]) -> dict[str, object]:
    """What documents say and to whom, whenever it was computed."""
    return {
        key: ({k: v for k, v in one.body.items() if k != "as_at"}, one.channels)
        for key, one in documents.items()
    }


async def test_a_day_is_opened_with_sheets_fire_lists_cards_and_the_window_before(
    published: Published,
) -> None:
    documents = await published.documents()
    today = {key for key in documents if key.startswith(f"sheet:{MONDAY}")}
    assert today == {
        SHEET,
        f"sheet:{MONDAY}:AM:form-2",
        f"sheet:{MONDAY}:PM:maths",
        f"sheet:{MONDAY}:PM:art",
    }
    dates = {key.split(":")[1] for key in documents if key.startswith("sheet")}
    assert dates == {MONDAY, FRIDAY, THURSDAY, "2026-11-18", "2026-11-17", "2026-11-16"}
    assert {key for key in documents if key.startswith("roll")} == {
        f"roll:{date}:{form}" for date in (MONDAY, FRIDAY) for form in ("form-1", "form-2")
    }
    assert len([key for key in documents if key.startswith("card")]) == 6
    assert documents[SHEET].channels == {f"office:{MONDAY}", "group:form-1"}
    assert documents[ROLL].channels == {f"staff:{MONDAY}"}
    assert documents["card:pup-2"].channels == {
        "office",
        "pupil:pup-2",
        "group:form-1",
        "group:maths",
    }
    assert documents["unexplained"].channels == {"office"}


async def test_a_mark_changes_its_sheet_and_its_fire_list_and_nothing_else(
    published: Published,
) -> None:
    changed = await published.changed_by(published.school.tutor.register(claim(2), claim(4)))
    assert changed == {SHEET, ROLL}
    rows = {row.pupil: row.cell.code for row in (await published.sheet()).rows}
    assert rows == {"pup-2": "/", "pup-4": "/", "pup-6": None}
    roll = (await published.documents())[ROLL].body
    assert {row["pupil"]: row["am"]["state"] for row in roll["rows"]} == {
        "pup-2": "on_site",
        "pup-4": "on_site",
        "pup-6": "unknown",
    }


async def test_an_afternoon_mark_goes_to_the_lesson_and_the_fire_lists_of_both_forms(
    published: Published,
) -> None:
    entry = published.school.tutor.register(
        claim(1, "\\"), claim(2, "\\"), group="maths", session="PM"
    )
    assert await published.changed_by(entry) == {
        f"sheet:{MONDAY}:PM:maths",
        f"roll:{MONDAY}:form-1",
        f"roll:{MONDAY}:form-2",
    }


async def test_a_pupil_marked_in_another_register_is_on_both_sheets(published: Published) -> None:
    entry = published.school.tutor.register(claim(1), group="form-1")
    changed = await published.changed_by(entry)
    assert changed == {SHEET, f"sheet:{MONDAY}:AM:form-2", f"roll:{MONDAY}:form-2"}
    rows = [(row.pupil, row.listed) for row in (await published.sheet()).rows]
    assert rows[-1] == ("pup-1", False)


async def test_a_register_that_was_not_due_has_a_sheet_all_the_same(published: Published) -> None:
    entry = published.school.tutor.register(claim(1), group="art", session="AM")
    assert f"sheet:{MONDAY}:AM:art" in await published.changed_by(entry)


async def test_what_says_the_same_keeps_its_revision(published: Published) -> None:
    school = published.school
    await published.changed_by(school.tutor.register(claim(2), claim(4)))
    before = await published.revisions()
    school.clock.set(f"{MONDAY}T11:00:00.000Z")
    again = published.another()
    await again.settle()
    # Another roster object, though it says the same: all is computed again.
    school.roster = replace(school.roster)
    await again.settle()
    assert await published.revisions() == before


async def test_a_publisher_killed_before_its_batch_leaves_nothing_out(published: Published) -> None:
    school = published.school
    marks = school.tutor.register(claim(2), claim(4, "N"))
    await school.push(marks)
    planned = school.officer.write(
        "planned.recorded",
        pupil="pup-6",
        first=MONDAY,
        last=TUESDAY,
        sessions=["AM"],
        code="M",
        source="Hospital letter",
    )
    await school.push(planned)
    late = school.officer.say("arrival.recorded", claim(3, "L", arrived="09:05"), date=FRIDAY)
    await school.push(late)
    # Nobody woke the first publisher; the next starts from its checkpoint.
    await published.another().settle()
    after = content(await published.documents())
    rows = {row.pupil: row for row in (await published.sheet()).rows}
    assert (rows["pup-2"].cell.code, rows["pup-4"].cell.code) == ("/", "N")
    assert [one.code for one in rows["pup-6"].planned] == ["M"]
    # The same from nothing at all.
    database = school.database
    gone = [
        Write(one.id, {}, deleted=True, force=True)
        for one in await database.range("", "~")
        if one.id.partition(":")[0] in {"sheet", "roll", "card", "unexplained"}
    ]
    await database.write(WriteBatch(gone, {CHECKPOINT: None}))
    assert await published.documents() == {}
    await published.another().settle()
    assert content(await published.documents()) == after


async def test_a_batch_that_cannot_be_written_is_written_later(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    school, publisher = published.school, published.publisher
    write, full = school.database.write, True
    monkeypatch.setattr(following, "FIRST_RETRY_S", 0.001)

    async def sometimes(batch: WriteBatch) -> list[WriteResult]:
        if full and CHECKPOINT in batch.local:
            raise OSError(28, "no space left")
        return await write(batch)

    monkeypatch.setattr(school.database, "write", sometimes)
    await school.push(school.tutor.register(claim(2)))
    publisher.wake([MONDAY])
    await until(lambda: not publisher.healthy)
    assert (await published.sheet()).rows[0].cell.state == "unmarked"
    full = False
    await until(lambda: publisher.healthy)
    assert (await published.sheet()).rows[0].cell.code == "/"


async def until(condition: Callable[[], bool]) -> None:
    """Wait, at most two seconds, until something holds."""
    for _ in range(400):
        if condition():
            return
        await asyncio.sleep(0.005)
    pytest.fail("it never came to hold")


async def test_a_broken_document_stops_no_other(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = published.school
    meter = Meter()

    async def broken(target: str, books: Books, window: Window, as_at: str) -> Draft | None:
        if target == SHEET:
            raise ZeroDivisionError
        return await draft(target, books, window, as_at)

    publisher = published.another(meter)
    monkeypatch.setattr(module, "draft", broken)
    assert await published.changed_by(school.tutor.register(claim(2))) == {ROLL}
    assert meter.failures == ["sheet"]
    assert not publisher.healthy
    monkeypatch.setattr(module, "draft", draft)
    # Its checkpoint remembers it, so that the next process tries again.
    await published.another().settle()
    assert (await published.sheet()).rows[0].cell.code == "/"


async def test_open_absences_come_with_the_next_day_and_go_when_amended(
    published: Published,
) -> None:
    school = published.school
    register = school.tutor.register(claim(2, "N"), claim(4, "N"), date=FRIDAY)
    changed = await published.changed_by(register)
    assert {"unexplained", "card:pup-2", "card:pup-4"} < changed
    assert await published.unexplained() == [(FRIDAY, "AM", "pup-2"), (FRIDAY, "AM", "pup-4")]
    today = school.tutor.register(claim(6, "N"))
    assert "unexplained" not in await published.changed_by(today)
    amend = school.officer.say(
        "mark.amended",
        claim(2, "I", replaces=claim_ids(register)[:1]),
        date=FRIDAY,
        reason="Mother rang",
    )
    assert "unexplained" in await published.changed_by(amend)
    assert await published.unexplained() == [(FRIDAY, "AM", "pup-4")]
    school.clock.set(f"{TUESDAY}T07:00:00.000Z")
    await published.publisher.settle()
    assert await published.unexplained() == [(FRIDAY, "AM", "pup-4"), (MONDAY, "AM", "pup-6")]


async def test_an_old_open_absence_stays_listed_after_its_sheet_has_gone(
    published: Published,
) -> None:
    school = published.school
    old = school.tutor.register(claim(2, "N"), date="2026-11-09")
    changed = await published.changed_by(old)
    assert changed == {"unexplained"}
    school.clock.set("2026-12-07T08:00:00.000Z")
    await published.another().settle()
    assert (await published.unexplained())[0] == ("2026-11-09", "AM", "pup-2")


async def test_a_new_day_opens_its_sheets_and_lets_old_ones_go(published: Published) -> None:
    school = published.school
    await school.push(school.tutor.register(claim(2, "L", arrived="09:00")))
    before = await school.database.info()
    school.clock.set(f"{TUESDAY}T00:30:00.000Z")
    due = [published.publisher.due]
    await published.publisher.settle()
    assert [*due, published.publisher.due] == [True, False]
    documents = await published.documents()
    dates = {key.split(":")[1] for key in documents if key.startswith("sheet")}
    assert (min(dates), max(dates), len(dates)) == ("2026-11-17", TUESDAY, 6)
    assert {key.split(":")[1] for key in documents if key.startswith("roll")} == {MONDAY, TUESDAY}
    card = documents["card:pup-2"].body
    assert (card["as_of"], len(card["last"])) == (TUESDAY, 10)
    assert card["last"][-2] == {"date": MONDAY, "session": "AM", "state": "agreed", "code": "L"}
    page = await school.database.changes(before.update_seq, channels=frozenset({"group:form-1"}))
    gone = {one.document.id for one in page.changes if one.removed}
    assert gone == {"sheet:2026-11-16:AM:form-1"}


async def test_days_on_which_nothing_ran_are_opened_later(published: Published) -> None:
    school = published.school
    school.clock.set("2026-11-26T08:00:00.000Z")
    await published.another().settle()
    dates = {key.split(":")[1] for key in await published.documents() if key.startswith("sheet")}
    assert {MONDAY, TUESDAY, "2026-11-25", "2026-11-26"} < dates


async def test_a_day_without_school_brings_up_open_absences_and_no_sheets(
    published: Published,
) -> None:
    school = published.school
    await school.push(school.tutor.register(claim(2, "N")))
    school.clock.set("2026-11-28T08:00:00.000Z")
    await published.publisher.settle()
    assert await published.unexplained() == [(MONDAY, "AM", "pup-2")]
    assert not [key for key in await published.documents() if "2026-11-28" in key]


async def test_a_planned_code_is_on_the_sheets_of_its_days(published: Published) -> None:
    write = published.school.officer.write
    fields = {"pupil": "pup-2", "first": FRIDAY, "last": TUESDAY, "sessions": ["AM"]}
    entry = write("planned.recorded", **fields, code="M", source="Hospital letter")
    assert await published.changed_by(entry) == {SHEET, f"sheet:{FRIDAY}:AM:form-1"}
    fields.pop("sessions")
    withdrawn = write("planned.withdrawn", **fields, entry=entry["_id"], reason="Cancelled")
    assert await published.changed_by(withdrawn) == {SHEET, f"sheet:{FRIDAY}:AM:form-1"}


async def test_a_reassigned_register_goes_to_whoever_takes_it(published: Published) -> None:
    entry = published.school.officer.write(
        "register.reassigned",
        group="form-1",
        date=MONDAY,
        session="AM",
        to="staff-cover",
        reason="Tutor is ill",
    )
    assert await published.changed_by(entry) == {SHEET}
    sheet = await published.sheet()
    assert (sheet.taker, sheet.taker_name) == ("staff-cover", "Cal Cover")
    assert "taker:staff-cover:2026-11-23" in (await published.documents())[SHEET].channels


async def test_a_roster_read_again_is_published_whole(published: Published) -> None:
    school = published.school
    old = school.roster
    stays = [one for one in old.groups.values() if one.group != "art"]
    moved = [
        one.model_copy(update={"known_as": "Sunny"}) if one.pupil == "pup-2" else one
        for one in old.pupils.values()
        if one.pupil != "pup-6"
    ]
    new = Roster.build(old.school, stays, moved)
    await school.database.write(roster_batch(new))
    await published.publisher.settle()
    school.roster = new
    await published.publisher.settle()
    documents = await published.documents()
    assert "card:pup-6" not in documents
    assert f"sheet:{MONDAY}:PM:art" not in documents
    assert documents["card:pup-2"].body["known_as"] == "Sunny"


async def test_a_roster_that_changed_while_nothing_ran_is_published_whole(
    published: Published,
) -> None:
    school = published.school
    renamed = school.roster.pupils["pup-2"].model_copy(update={"known_as": "Sunny"})
    pupils = {**school.roster.pupils, "pup-2": renamed}
    school.roster = replace(school.roster, pupils=pupils)
    await school.database.write(roster_batch(school.roster))
    await published.another().settle()
    assert (await published.documents())["card:pup-2"].body["known_as"] == "Sunny"


async def test_a_burst_is_published_once_and_within_a_second(published: Published) -> None:
    school, meter = published.school, Meter()
    publisher = published.another(meter, coalesce_s=0.05)
    await publisher.settle()
    assert meter.batches == []
    for number in (2, 4, 6):
        await school.push(school.tutor.register(claim(number)))
        publisher.wake([MONDAY])
    await asyncio.sleep(0.3)
    assert meter.batches == [2]
    assert [row.cell.code for row in (await published.sheet()).rows] == ["/", "/", "/"]


async def test_it_holds_a_task_only_while_there_is_work(published: Published) -> None:
    publisher = published.publisher
    before = asyncio.all_tasks()
    publisher.wake([])
    assert asyncio.all_tasks() == before
    publisher.wake([MONDAY])
    assert len(asyncio.all_tasks()) == len(before) + 1
    await until(lambda: asyncio.all_tasks() == before)
    await publisher.close()
    publisher.wake()
    assert asyncio.all_tasks() == before


async def test_it_is_due_when_the_roster_has_been_read_again(published: Published) -> None:
    publisher, school = published.publisher, published.school
    due = [publisher.due]
    school.roster = replace(school.roster)
    due.append(publisher.due)
    await publisher.settle()
    assert [*due, publisher.due] == [False, True, False]


async def test_looking_again_does_not_hurry_a_retry(
    published: Published, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = published.publisher
    tries: list[WriteBatch] = []

    async def full(batch: WriteBatch) -> list[WriteResult]:
        tries.append(batch)
        raise OSError(28, "no space left")

    monkeypatch.setattr(published.school.database, "write", full)
    published.school.clock.set(f"{TUESDAY}T08:00:00.000Z")
    before = asyncio.all_tasks()
    publisher.wake()
    await until(lambda: not publisher.healthy and asyncio.all_tasks() == before)
    for _ in range(5):
        publisher.wake()
    assert asyncio.all_tasks() == before
    assert len(tries) == 1
