import pytest

from sync.attendance.sheets import card, roll, sheet, unexplained
from sync.roster import Roster
from sync.stores.memory import MemoryStore
from tests.factory import FRIDAY, MONDAY, claim, claim_ids, group, pupil
from tests.factory import school as school_document
from tests.sync.auditing import audited
from tests.sync.school import School

AS_AT = f"{MONDAY}T09:30:00.000Z"


def leaving_roster():
    pupils = [pupil(1), pupil(2), pupil(3, enrolled_to=FRIDAY), pupil(4, form="form-2")]
    groups = [
        group("form-1", ("pup-1", "pup-2", "pup-3")),
        group("form-2", ("pup-4",)),
    ]
    return Roster.build(school_document(), groups, pupils)


@pytest.fixture
async def school():
    store = MemoryStore()
    yield School(await store.create("sch-test"), leaving_roster())
    found = await audited(await store.open("sch-test"))
    await store.close()
    assert found.findings == ()


async def plan(school, **changes):
    fields = {
        "pupil": "pup-2",
        "first": FRIDAY,
        "last": MONDAY,
        "sessions": ["AM"],
        "code": "M",
        "source": "Hospital letter",
    }
    entry = school.officer.write("planned.recorded", **(fields | changes))
    await school.push(entry)
    return entry


async def test_a_sheet_lists_members_on_roll_then_whoever_else_was_marked(school):
    await plan(school)
    await school.push(school.tutor.register(claim(1), claim(4), claim("unlisted-1", remark="New")))
    found = sheet(
        await school.day(), await school.planned(), school.roster.groups["form-1"], "AM", AS_AT
    )
    assert found.id == "sheet:2026-11-23:AM:form-1"
    assert (found.opens, found.closes, found.n_due) == ("08:50", "09:20", "2026-12-01")
    assert (found.taker, found.taker_name) == ("staff-tutor", "Tess Tutor")
    assert [(row.pupil, row.listed, row.cell.state) for row in found.rows] == [
        ("pup-1", True, "agreed"),
        ("pup-2", True, "unmarked"),
        ("pup-4", False, "agreed"),
        ("unlisted-1", False, "unmarked"),
    ]
    assert [(p.code, p.source, p.by_name) for p in found.rows[1].planned] == [
        ("M", "Hospital letter", "Olu Officer")
    ]
    assert found.rows[3].claims[0].verdict == "set_aside"
    (taking,) = found.takings
    assert (taking.author_name, taking.claims, taking.voided) == ("Tess Tutor", 2, None)


async def test_a_reassigned_sheet_names_its_new_taker(school):
    await school.push(
        school.officer.write(
            "register.reassigned",
            group="form-1",
            date=MONDAY,
            session="AM",
            to="staff-cover",
            reason="Off sick",
        )
    )
    found = sheet(
        await school.day(), await school.planned(), school.roster.groups["form-1"], "AM", AS_AT
    )
    assert (found.taker, found.taker_name) == ("staff-cover", "Cal Cover")


async def test_planned_codes_hold_for_their_days_and_sessions_until_withdrawn(school):
    entry = await plan(school)
    book = await school.planned()
    assert book.codes("pup-2", MONDAY, "AM") == {"M"}
    assert book.codes("pup-2", MONDAY, "PM") == frozenset()
    assert book.codes("pup-2", "2026-11-24", "AM") == frozenset()
    assert book.codes("pup-1", MONDAY, "AM") == frozenset()
    await school.push(
        school.officer.write(
            "planned.withdrawn",
            entry=entry["_id"],
            pupil="pup-2",
            first=FRIDAY,
            last=MONDAY,
            reason="Moved to next week",
        )
    )
    (span,) = await book.refresh()
    assert (span.pupil, span.first, span.last) == ("pup-2", FRIDAY, MONDAY)
    assert book.on("pup-2", MONDAY, "AM") == ()
    assert book.codes("pup-2", MONDAY, "AM") == {"M"}  # a tablet without a signal still shows it


async def test_a_plan_nobody_may_make_is_no_plan(school):
    await school.push(
        school.cover.write(
            "planned.recorded",
            pupil="pup-2",
            first=MONDAY,
            last=MONDAY,
            sessions=["AM"],
            code="I",
            source="I heard",
        )
    )
    assert (await school.planned()).on("pup-2", MONDAY, "AM") == ()


async def test_a_plan_outlives_its_author(school):
    await plan(school)
    school.roster = Roster.build(
        school_document(staff=()), school.roster.groups.values(), school.roster.pupils.values()
    )
    (planned,) = (await school.planned()).on("pup-2", MONDAY, "AM")
    assert planned.by_name == "the office"


async def test_the_fire_list_guesses_nobody_on_site(school):
    late = school.officer.say("arrival.recorded", claim(4, "L", arrived="09:05"))
    await school.push(
        school.tutor.register(claim(1), claim(2, "N")),
        late,
        school.officer.write(
            "departure.recorded",
            pupil="pup-1",
            date=MONDAY,
            session="AM",
            left="10:30",
            reason="Dentist",
        ),
    )
    day = await school.day()
    first = roll(day, school.roster.groups["form-1"], AS_AT)
    assert first.id == "roll:2026-11-23:form-1"
    assert [(row.known_as, row.am.state, row.am.code, row.left) for row in first.rows] == [
        ("Known1", "off_site", "/", "10:30"),
        ("Known2", "unknown", "N", None),
    ]
    assert {row.pm.state for row in first.rows} == {"unknown"}
    (row,) = roll(day, school.roster.groups["form-2"], AS_AT).rows
    assert (row.am.state, row.am.arrived) == ("on_site", "09:05")


async def test_a_card_holds_the_last_ten_sessions_before_its_day(school):
    await school.push(
        school.tutor.register(claim(1), date="2026-11-13"),
        school.tutor.register(claim(1, "N"), date=FRIDAY),
        school.cover.register(claim(1), date=FRIDAY),
        school.tutor.register(claim(1), date=MONDAY),
    )
    days = [
        await school.day(date)
        for date in (
            MONDAY,
            FRIDAY,
            "2026-11-19",
            "2026-11-18",
            "2026-11-17",
            "2026-11-16",
            "2026-11-13",
        )
    ]
    found = card(school.roster, school.roster.pupils["pup-1"], days, MONDAY)
    assert (found.form_name, found.groups, len(found.last)) == ("FORM-1", ("form-1",), 10)
    assert [(m.date, m.session, m.state, m.code) for m in found.last[-2:]] == [
        (FRIDAY, "AM", "contested", None),
        (FRIDAY, "PM", "unmarked", None),
    ]
    assert found.last[0].date == "2026-11-16"
    leaver = card(school.roster, school.roster.pupils["pup-3"], days, MONDAY)
    assert {mark.date for mark in leaver.last} >= {FRIDAY}


async def test_open_ns_are_listed_oldest_first_with_what_an_amendment_replaces(school):
    first = school.tutor.register(claim(2, "N", parent_message="Has a cold"), claim(1), date=FRIDAY)
    again = school.tutor.say(
        "mark.amended",
        claim(1, "N", replaces=[claim_ids(first)[1]]),
        date=FRIDAY,
        reason="Tapped by mistake",
    )
    await school.push(first, again, school.tutor.register(claim(1, "N"), date="2026-11-19"))
    days = [await school.day(date) for date in (FRIDAY, "2026-11-19")]
    found = unexplained(school.roster, days, AS_AT)
    assert [(r.date, r.pupil, r.due, r.parent_message) for r in found.rows] == [
        ("2026-11-19", "pup-1", "2026-11-26", None),
        (FRIDAY, "pup-1", "2026-11-30", None),
        (FRIDAY, "pup-2", "2026-11-30", "Has a cold"),
    ]
    assert found.rows[1].live == (claim_ids(again)[0],)
    assert found.rows[1].replaced == (claim_ids(first)[1],)
