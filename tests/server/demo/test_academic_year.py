"""The calendar of the demonstration: the pattern of a known year, and today always a school day."""

from __future__ import annotations

import datetime as dt

import pytest

from server.demo.academic_year import (
    HISTORY_DAYS,
    academic_year,
    bank_holidays,
    calendar_around,
    with_today,
)

MONDAY = dt.date(2026, 11, 23)


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def test_the_year_2026_27_is_as_authorities_published_it() -> None:
    calendar = calendar_around(MONDAY)
    assert [(term.first, term.last) for term in calendar.terms[:3]] == [
        ("2026-09-01", "2026-12-18"),
        ("2027-01-04", "2027-03-25"),
        ("2027-04-12", "2027-07-21"),
    ]
    halves = [one.first for one in calendar.closures if one.kind == "holiday"]
    assert halves[:3] == ["2026-10-26", "2027-02-15", "2027-05-31"]
    assert calendar.extra_days == ()


@pytest.mark.parametrize("year", range(2024, 2034))
def test_pupils_come_on_190_days_of_any_year(year: int) -> None:
    calendar = calendar_around(dt.date(year, 11, 24))
    first, last = day(calendar.terms[0].first), day(calendar.terms[2].last)
    dates = (first + dt.timedelta(days=count) for count in range((last - first).days + 1))
    days = [one.isoformat() for one in dates if calendar.is_school_day(one.isoformat())]
    assert len(set(days) - set(calendar.extra_days)) == 190
    assert (
        sum(
            first.isoformat() <= c.first <= last.isoformat()
            for c in calendar.closures
            if c.kind == "inset"
        )
        == 5
    )
    assert dt.date(year + 1, 7, 15) < last < dt.date(year + 1, 7, 26)


def test_bank_holidays_that_fall_on_weekends_have_substitutes() -> None:
    assert [one.isoformat() for one in bank_holidays(2027)] == [
        *("2027-01-01", "2027-03-26", "2027-03-29", "2027-05-03", "2027-05-31", "2027-08-30"),
        *("2027-12-27", "2027-12-28"),
    ]
    assert [one.isoformat() for one in bank_holidays(2026)][-2:] == ["2026-12-25", "2026-12-28"]
    assert bank_holidays(2028)[0] == dt.date(2028, 1, 3)


def test_today_is_a_school_day_with_four_weeks_behind_it_on_any_day() -> None:
    today = dt.date(2026, 8, 1)
    while today < dt.date(2028, 1, 15):
        calendar = calendar_around(today)
        date = today.isoformat()
        assert calendar.is_school_day(date), date
        before = calendar.school_days_before(date, HISTORY_DAYS)
        assert len(before) == HISTORY_DAYS, date
        assert today - day(before[-1]) <= dt.timedelta(days=50), date
        assert calendar.n_due(date) is not None, date
        today += dt.timedelta(days=1)


@pytest.mark.parametrize("holiday", ["2026-10-28", "2026-10-31", "2027-01-02", "2027-08-12"])
def test_a_holiday_that_today_falls_in_does_not_take_place(holiday: str) -> None:
    calendar = calendar_around(day(holiday))
    before = calendar.school_days_before(holiday, 5)
    assert day(holiday) - day(before[-1]) <= dt.timedelta(days=10)


def test_a_weekend_or_training_day_becomes_an_extra_school_day() -> None:
    assert calendar_around(dt.date(2026, 11, 22)).extra_days == ("2026-11-22",)
    assert calendar_around(dt.date(2026, 11, 2)).extra_days == ("2026-11-02",)


def test_a_later_start_adds_that_day_alone() -> None:
    calendar = calendar_around(MONDAY)
    later = with_today(calendar, dt.date(2027, 8, 10))
    assert later.extra_days == ("2027-08-10",)
    assert later.school_days_before("2027-08-10", 1) == ["2027-07-21"]
    assert with_today(later, dt.date(2027, 8, 10)) is later


def test_an_academic_year_begins_in_september() -> None:
    assert academic_year(dt.date(2026, 8, 31)) == 2025
    assert academic_year(dt.date(2026, 9, 1)) == 2026
