"""A school in counts, compared with what was marked."""

from __future__ import annotations

from sync.attendance.figures import begun, figures, of_session
from sync.clock import to_ms
from tests.factory import FRIDAY, MONDAY, claim
from tests.sync.school import School


async def made(school: School, time: str, *dates: str):
    days = [await school.day(date) for date in dates]
    now = to_ms(f"{MONDAY}T{time}:00.000Z")
    calendar = school.roster.calendar
    found = [of_session(day, one) for day in days for one in begun(calendar, day.date, now)]
    return figures(school.roster, found, min(dates), max(dates), now)


async def test_a_morning_is_counted_once_a_pupil(school: School):
    await school.push(school.tutor.register(claim(1), claim(2, "N"), claim(3)))
    await school.push(school.cover.register(claim(3, "N")))
    found = await made(school, "09:30", MONDAY)
    (am,) = found.sessions
    assert (am.on_roll, am.registers_expected, am.registers_in, am.contested) == (4, 1, 1, 1)
    assert (am.marks.attended, am.marks.unauthorised, am.marks.unmarked) == (1, 1, 2)
    assert am.attendance == found.attendance == 5000
    assert found.provisional


async def test_a_session_that_has_not_begun_is_not_counted_and_one_that_ended_is_whole(
    school: School,
):
    assert (await made(school, "08:00", MONDAY)).sessions == ()
    every = [claim(n) for n in range(1, 5)]
    await school.push(
        school.tutor.register(*every),
        school.tutor.register(*(claim(n, "\\") for n in range(1, 5)), session="PM"),
    )
    whole = await made(school, "15:21", MONDAY)
    assert [one.session for one in whole.sessions] == ["AM", "PM"]
    assert (whole.attendance, whole.provisional) == (10_000, False)
    running = await made(school, "13:10", MONDAY)
    assert running.provisional


async def test_several_days_are_summed_and_a_voided_register_is_missing(school: School):
    first = school.tutor.register(claim(1), date=FRIDAY)
    await school.push(first, school.tutor.register(claim(1), claim(2, "I")))
    both = await made(school, "12:30", FRIDAY, MONDAY)
    assert [one.date for one in both.sessions] == [FRIDAY, FRIDAY, MONDAY]
    assert (both.marks.attended, both.marks.authorised) == (2, 0)
    assert both.sessions[0].registers_in == 1
    void = school.tutor.write(
        "register.voided", entry=first["_id"], date=FRIDAY, session="AM", reason="Wrong day"
    )
    await school.push(void)
    both = await made(school, "12:30", FRIDAY, MONDAY)
    assert both.sessions[0].registers_in == 0
    assert both.provisional


async def test_of_nothing_there_is_no_rate(school: School):
    found = await made(school, "12:30", "2026-11-22")
    assert [one.registers_expected for one in found.sessions] == [0, 0]
    assert found.attendance is None
