"""Pupils' half-terms: what a day, an amendment, a new roster and a new half-term do to them."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Iterable
from dataclasses import replace
from typing import Any

import pytest

from schemas.calendar import Closure, RegisterTimes, Term
from schemas.measures import tally
from schemas.published import History
from server import publication
from server.news import CHECKPOINT
from server.publication import Books
from server.publisher import Publisher
from sync.attendance.daybook import Daybook
from sync.roster import Roster
from sync.store import Database, Document, Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.factory import AM, FRIDAY, MONDAY, PM, calendar, claim, claim_ids, roster, roster_batch
from tests.sync.school import School

AUTUMN_1, AUTUMN_2, SPRING = "2026-09-02", "2026-11-02", "2027-01-05"
TUESDAY = "2026-11-24"
YEAR = calendar(
    terms=(
        Term(name="Autumn", first=AUTUMN_1, last="2026-12-18"),
        Term(name="Spring", first=SPRING, last="2027-03-24"),
    )
)


class Histories:
    """A school with a publisher, and the histories that tablets would find."""

    def __init__(self, school: School) -> None:
        self.school = school
        self.publisher = self.another()

    def another(self) -> Publisher:
        """A publisher of the same database, as after a restart."""
        school = self.school
        self.publisher = Publisher(
            school.database, lambda: school.roster, school.clock, coalesce_s=0
        )
        return self.publisher

    async def on(self, moment: str) -> None:
        """Let it be ``moment``, and publish."""
        self.school.clock.set(moment)
        await self.publisher.settle()

    async def documents(self) -> dict[str, Document]:
        return {one.id: one for one in await self.school.database.range("history:", "history;")}

    async def read(self, half: str, pupil: str) -> History:
        key = f"history:{half}:{pupil}"
        body = (await self.documents())[key].raw
        return History.model_validate_json(b'{"_id":"%s",' % key.encode() + body[1:])

    async def day(self, pupil: str, date: str) -> tuple[str | None, str | None]:
        half = self.school.roster.calendar.half_term(date)
        assert half is not None
        found = {day: (am, pm) for day, am, pm in (await self.read(half.first, pupil)).days}
        return found[date]

    async def changed_by(self, *entries: dict[str, Any]) -> set[str]:
        """Ids of histories that publishing these entries gives a new revision."""
        before = await self.documents()
        await self.school.push(*entries)
        await self.publisher.settle()
        after = await self.documents()
        return {
            key for key, one in after.items() if key not in before or before[key].rev != one.rev
        }

    async def brute_force(self) -> dict[str, object]:
        """Every history as it must be: each day read from the entries alone, whatever was there."""
        school = self.school
        roster, today = school.roster, school.clock.now[:10]
        found: dict[str, object] = {}
        for half in roster.calendar.window(today):
            days = [
                await Daybook.load(school.database, roster, date)
                for date in roster.calendar.school_days(half.first, half.last)
                if date < today
            ]
            for pupil in roster.pupils.values():
                cells = [
                    (day.date, day.cell("AM", pupil.pupil), day.cell("PM", pupil.pupil))
                    for day in days
                    if pupil.on_roll(day.date)
                ]
                if cells:
                    found[f"history:{half.first}:{pupil.pupil}"] = _content(
                        pupil.pupil, half.first, cells, roster.groups_of(pupil.pupil)
                    )
        return found

    async def published(self) -> dict[str, object]:
        return {
            key: dict(one.body) | {"readers": one.channels}
            for key, one in (await self.documents()).items()
        }


def _content(pupil: str, half: str, cells: list[Any], groups: Iterable[str]) -> dict[str, object]:
    def mark(cell: Any) -> str | None:
        return "?" if cell.state == "contested" else cell.code

    readers = {"office", f"pupil:{pupil}", *(f"group:{one}" for one in groups)}
    counted = [(date, cell.code) for date, am, pm in cells for cell in (am, pm)]
    return {
        "type": "history",
        "pupil": pupil,
        "half": half,
        "days": [[date, mark(am), mark(pm)] for date, am, pm in cells],
        "tally": tally(counted).model_dump(),
        "readers": {f"half:{half}:{one}" for one in readers},
    }


@pytest.fixture
async def histories() -> AsyncIterator[Histories]:
    store = MemoryStore()
    database = await store.create("sch-test")
    one = Histories(School(database, roster(calendar=YEAR)))
    await database.write(roster_batch(one.school.roster))
    await one.publisher.settle()
    yield one
    await one.publisher.close()
    await store.close()


def test_factory():
    assert [half.first for half in YEAR.half_terms][:3] == [AUTUMN_1, AUTUMN_2, SPRING]


async def test_a_first_publication_fills_this_half_term_and_the_last(histories: Histories) -> None:
    documents = await histories.documents()
    assert set(documents) == {
        f"history:{half}:pup-{number}" for half in (AUTUMN_1, AUTUMN_2) for number in range(1, 5)
    }
    assert documents[f"history:{AUTUMN_2}:pup-1"].channels == {
        f"half:{AUTUMN_2}:{reader}" for reader in ("office", "group:form-1", "pupil:pup-1")
    }
    history = await histories.read(AUTUMN_2, "pup-1")
    assert [history.days[0][0], history.days[-1][0], len(history.days)] == [AUTUMN_2, FRIDAY, 15]
    assert history.tally.unmarked == 30


async def test_nothing_is_written_for_the_day_itself(histories: Histories) -> None:
    assert await histories.changed_by(histories.school.tutor.register(claim(1), claim(2))) == set()


async def test_a_new_day_adds_the_day_before(histories: Histories) -> None:
    school = histories.school
    await school.push(
        school.tutor.register(claim(1), claim(2, "N"), claim(3, "L", arrived="09:00"))
    )
    await histories.on(f"{TUESDAY}T07:00:00.000Z")
    assert await histories.day("pup-1", MONDAY) == ("/", None)
    assert await histories.day("pup-2", MONDAY) == ("N", None)
    found = (await histories.read(AUTUMN_2, "pup-3")).tally
    assert (found.attended, found.late, found.possible, found.unmarked) == (1, 1, 1, 31)


async def test_an_amendment_renews_one_pupil_s_row(histories: Histories) -> None:
    school = histories.school
    register = school.tutor.register(claim(1, "N"), claim(2, "N"), date=FRIDAY)
    assert await histories.changed_by(register) == {
        f"history:{AUTUMN_2}:pup-1",
        f"history:{AUTUMN_2}:pup-2",
    }
    amend = school.officer.say(
        "mark.amended",
        claim(1, "I", replaces=claim_ids(register)[:1]),
        date=FRIDAY,
        reason="Mother rang",
    )
    assert await histories.changed_by(amend) == {f"history:{AUTUMN_2}:pup-1"}
    assert await histories.day("pup-1", FRIDAY) == ("I", None)
    assert await histories.day("pup-2", FRIDAY) == ("N", None)


async def test_a_day_that_nobody_remembers_is_compared_with_everybody_s_row(
    histories: Histories,
) -> None:
    old = histories.school.tutor.register(claim(4, "N"), date="2026-09-15")
    assert await histories.changed_by(old) == {f"history:{AUTUMN_1}:pup-4"}
    assert await histories.day("pup-4", "2026-09-15") == ("N", None)


async def test_what_two_people_disagree_on_reads_contested_and_counts_as_unmarked(
    histories: Histories,
) -> None:
    school = histories.school
    one = school.tutor.register(claim(1), date=FRIDAY)
    other = school.officer.say("mark.amended", claim(1, "B"), date=FRIDAY, reason="At college")
    await histories.changed_by(one, other)
    assert await histories.day("pup-1", FRIDAY) == ("?", None)
    assert (await histories.read(AUTUMN_2, "pup-1")).tally.unmarked == 30


async def test_a_half_term_that_has_left_the_window_goes(histories: Histories) -> None:
    await histories.on("2027-01-04T08:00:00.000Z")
    assert {key.split(":")[1] for key in await histories.documents()} == {AUTUMN_1, AUTUMN_2}
    await histories.on(f"{SPRING}T08:00:00.000Z")
    assert {key.split(":")[1] for key in await histories.documents()} == {AUTUMN_2}
    await histories.on("2027-01-06T08:00:00.000Z")
    assert {key.split(":")[1] for key in await histories.documents()} == {AUTUMN_2, SPRING}
    assert (await histories.read(AUTUMN_2, "pup-1")).days[-1][0] == "2026-12-18"


async def test_a_day_in_the_holidays_adds_the_last_day_of_term(histories: Histories) -> None:
    await histories.on("2026-12-19T08:00:00.000Z")
    assert (await histories.read(AUTUMN_2, "pup-1")).days[-1][0] == "2026-12-18"
    before = await histories.documents()
    await histories.on("2026-12-20T08:00:00.000Z")
    assert await histories.documents() == before


async def test_a_school_published_by_an_earlier_version_gets_its_histories(
    histories: Histories,
) -> None:
    database = histories.school.database
    checkpoint = dict(await database.read_local(CHECKPOINT) or {})
    del checkpoint["reading"]
    await database.write(WriteBatch(local={CHECKPOINT: checkpoint}))
    for one in await histories.documents():
        await database.write(WriteBatch([deletion(one)]))
    histories.another()
    await histories.publisher.settle()
    assert len(await histories.documents()) == 8
    assert (await database.read_local(CHECKPOINT) or {})["reading"] is not None


def deletion(key: str) -> Write:
    return Write(key, {}, deleted=True, force=True)


async def test_other_register_times_are_read_again_for_days_gone_by(histories: Histories) -> None:
    school = histories.school
    late = school.tutor.register(claim(1, "L", arrived="09:10"), date="2026-09-15")
    await histories.changed_by(late)
    assert await histories.day("pup-1", "2026-09-15") == ("L", None)
    early = AM.model_copy(update={"closes": "09:05"}), PM.model_copy(update={"closes": "13:20"})
    times = RegisterTimes(valid_from="2026-09-01", am=early[0], pm=early[1])
    new = school.roster.school.model_copy(
        update={"calendar": YEAR.model_copy(update={"times": (times,)})}
    )
    await _import(histories, replace(school.roster, school=new))
    assert await histories.day("pup-1", "2026-09-15") == ("U", None)


async def _import(histories: Histories, new: Roster) -> None:
    """Import a roster, as the server reads it again."""
    await histories.school.database.write(roster_batch(new))
    histories.school.roster = new
    await histories.publisher.settle()


async def test_a_new_roster_changes_readers_and_rows_and_reads_no_day_again(
    histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = histories.school
    old = school.roster
    await histories.changed_by(school.tutor.register(claim(1), claim(2), date=FRIDAY))
    read: list[str] = []
    load = Books.read_marks

    async def noted(books: Books, date: str) -> None:
        read.append(date)
        await load(books, date)

    monkeypatch.setattr(Books, "read_marks", noted)
    pupils = {
        "pup-1": old.pupils["pup-1"],
        "pup-2": old.pupils["pup-2"].model_copy(update={"enrolled_from": "2026-11-16"}),
        "pup-3": old.pupils["pup-3"].model_copy(update={"enrolled_from": "2026-11-30"}),
    }
    form = old.groups["form-1"]
    groups = {
        "form-1": form.model_copy(update={"members": ("pup-2", "pup-3")}),
        "form-2": form.model_copy(
            update={"id": "group:form-2", "group": "form-2", "members": ("pup-1",)}
        ),
    }
    await _import(histories, Roster(old.school, groups, pupils))
    assert read == []
    documents = await histories.documents()
    assert documents[f"history:{AUTUMN_2}:pup-1"].channels == {
        f"half:{AUTUMN_2}:{reader}" for reader in ("office", "group:form-2", "pupil:pup-1")
    }
    assert [row[0] for row in (await histories.read(AUTUMN_2, "pup-2")).days] == [
        "2026-11-16",
        "2026-11-17",
        "2026-11-18",
        "2026-11-19",
        FRIDAY,
    ]
    assert (await histories.read(AUTUMN_2, "pup-3")).days == ()
    assert f"history:{AUTUMN_2}:pup-4" not in documents


async def test_marks_go_before_the_half_terms_of_a_first_publication(histories: Histories) -> None:
    school = histories.school
    gone = [deletion(key) for key in await histories.documents()]
    await school.database.write(WriteBatch(gone, {CHECKPOINT: None}))
    publisher = histories.another()
    # A pass at a time: cards and sheets are out before the first past day is read for histories.
    more = await publisher._pass()
    assert more
    assert await histories.documents() == {}
    await school.push(school.tutor.register(claim(1)))
    old = school.tutor.register(claim(2, "N"), date=FRIDAY)
    await school.push(old)
    assert await publisher._pass()
    sheet, *_ = await school.database.read([f"sheet:{MONDAY}:AM:form-1"])
    assert sheet is not None
    assert sheet.body["rows"][0]["cell"]["code"] == "/"
    assert await histories.documents() == {}
    await publisher.settle()
    assert await histories.day("pup-2", FRIDAY) == ("N", None)
    assert await histories.published() == await histories.brute_force()


async def test_a_day_that_cannot_be_read_stops_its_half_term_only_and_is_tried_again(
    histories: Histories, monkeypatch: pytest.MonkeyPatch
) -> None:
    school = histories.school
    gone = [deletion(key) for key in await histories.documents()]
    await school.database.write(WriteBatch(gone, {CHECKPOINT: None}))
    load = Daybook.load

    async def broken(database: Database, roster: Roster, date: str) -> Daybook:
        if date == "2026-09-15":
            raise ZeroDivisionError
        return await load(database, roster, date)

    monkeypatch.setattr(Daybook, "load", broken)
    publisher = histories.another()
    await publisher.settle()
    assert not publisher.healthy
    await school.push(school.tutor.register(claim(1)))
    await publisher.settle()
    sheet, *_ = await school.database.read([f"sheet:{MONDAY}:AM:form-1"])
    assert sheet is not None
    assert sheet.body["rows"][0]["cell"]["code"] == "/"
    assert {key.split(":")[1] for key in await histories.documents()} == {AUTUMN_2}
    monkeypatch.setattr(Daybook, "load", load)
    # Its checkpoint remembers it, so that the next process tries again.
    await histories.another().settle()
    assert histories.publisher.healthy
    assert await histories.published() == await histories.brute_force()


@pytest.mark.parametrize("seed", range(6))
async def test_histories_equal_what_the_entries_say_whatever_happens(
    histories: Histories, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random registers, amendments, voidings, days passing, restarts and imports."""
    source = random.Random(seed)
    monkeypatch.setattr(publication, "CACHED_DAYS", 3)
    school = histories.school
    days = YEAR.school_days(AUTUMN_2, "2027-01-15")
    position = days.index(MONDAY)
    said: list[dict[str, Any]] = []
    for _ in range(40):
        today = days[position]
        act = source.random()
        past = [one for one in YEAR.school_days(AUTUMN_1, today) if one >= "2026-10-12"]
        date = source.choice((today, source.choice(past)))
        if act < 0.45:
            marked = source.sample(range(1, 5), source.randrange(1, 5))
            claims = [claim(one, source.choice(("/", "N"))) for one in marked]
            said.append(school.tutor.register(*claims, date=date))
            await school.push(said[-1])
        elif act < 0.65 and said:
            before = source.choice(said)
            body = before["body"]
            which = source.randrange(len(body["claims"]))
            who = body["claims"][which]["pupil"]
            new = claim(who, source.choice(("I", "B", "O")), replaces=[claim_ids(before)[which]])
            await school.push(
                school.officer.say("mark.amended", new, date=body["date"], reason="Rang")
            )
        elif act < 0.72 and said:
            before = source.choice(said)
            body = {key: before["body"][key] for key in ("group", "date", "session")}
            await school.push(
                school.tutor.write("register.voided", **body, entry=before["_id"], reason="Wrong")
            )
        elif act < 0.85:
            position = min(position + source.randrange(1, 9), len(days) - 1)
            school.clock.set(f"{days[position]}T08:00:00.000Z")
        elif act < 0.9:
            moved = source.sample(sorted(school.roster.pupils), 3)
            members = school.roster.groups["form-1"].model_copy(update={"members": tuple(moved)})
            school.roster = replace(school.roster, groups={"form-1": members})
            await school.database.write(roster_batch(school.roster))
        else:
            histories.another()
        if source.random() < 0.6:
            await histories.publisher.settle()
    await histories.publisher.settle()
    assert await histories.published() == await histories.brute_force()


async def test_an_unplanned_closure_takes_a_day_out(histories: Histories) -> None:
    snow = Closure(first="2026-11-18", last="2026-11-18", kind="unplanned")
    year = YEAR.model_copy(update={"closures": (*YEAR.closures, snow)})
    new = histories.school.roster.school.model_copy(update={"calendar": year})
    await _import(histories, replace(histories.school.roster, school=new))
    dates = [row[0] for row in (await histories.read(AUTUMN_2, "pup-1")).days]
    assert "2026-11-18" not in dates
    assert len(dates) == 14


async def test_two_amendments_of_different_days(histories: Histories) -> None:
    school = histories.school
    one = school.officer.say("mark.amended", claim(1, "I"), date=FRIDAY, reason="Rang")
    assert await histories.changed_by(one) == {f"history:{AUTUMN_2}:pup-1"}
    two = school.officer.say("mark.amended", claim(1, "I"), date="2026-09-21", reason="Rang")
    assert await histories.changed_by(two) == {f"history:{AUTUMN_1}:pup-1"}
