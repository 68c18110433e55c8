"""The demonstration's calendar: an academic year as schools in England keep it, around today.

The pattern holds in any year: three terms with a half-term in each, five INSET days, bank holidays,
195 days of which pupils come on 190 (2026/27 gives the dates that authorities published).

A demonstration on a day off shows nothing, so the calendar bends. *A holiday that today falls in
does not take place*, and in the first weeks of September the autumn term began earlier, so that
there are always :data:`HISTORY_DAYS` school days to look back on. Where today is a weekend, a bank
holiday or an INSET day, it becomes an extra school day. When the demonstration is started again
later, :func:`with_today` adds that day alone, so that no days without registers appear before it.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from itertools import pairwise
from typing import Literal

from schemas.calendar import Closure, RegisterTimes, SchoolCalendar, Span, Term

__all__ = ["HISTORY_DAYS", "academic_year", "bank_holidays", "calendar_around", "with_today"]

HISTORY_DAYS = 20
"""School days with registers before today."""
_YEAR_DAYS = 195
"""School days of a year, with the five on which only staff come."""
_WEEK = dt.timedelta(days=7)
_DAY = dt.timedelta(days=1)
_MONDAY, _FRIDAY, _SATURDAY = 0, 4, 5


def academic_year(today: dt.date) -> int:
    """The calendar year in which today's academic year began."""
    return today.year if today.month >= 9 else today.year - 1


def calendar_around(today: dt.date) -> SchoolCalendar:
    """The academic year of ``today`` and the next, bent so that today is a school day."""
    year = academic_year(today)
    terms, closures = _year(year)
    later_terms, later_closures = _year(year + 1)
    terms, closures = _without_holiday_of(today, terms + later_terms, closures + later_closures)
    calendar = with_today(_calendar(terms, closures), today)
    while len(calendar.school_days_before(today.isoformat(), HISTORY_DAYS)) < HISTORY_DAYS:
        earlier = dt.date.fromisoformat(terms[0].first) - _DAY
        terms[0] = _term(terms[0].name, earlier, dt.date.fromisoformat(terms[0].last))
        calendar = with_today(_calendar(terms, closures), today)
    return calendar


def with_today(calendar: SchoolCalendar, today: dt.date) -> SchoolCalendar:
    """The same calendar where today is a school day; else with today as an extra one."""
    if calendar.is_school_day(today.isoformat()):
        return calendar
    days = (*calendar.extra_days, today.isoformat())
    return calendar.model_copy(update={"extra_days": tuple(sorted(days))})


def bank_holidays(year: int) -> list[dt.date]:
    """England's bank holidays in a calendar year, with substitutes for weekends."""
    easter = _easter(year)
    christmas = _substitute(dt.date(year, 12, 25))
    boxing = _substitute(dt.date(year, 12, 26))
    return [
        _substitute(dt.date(year, 1, 1)),
        easter - 2 * _DAY,
        easter + _DAY,
        _weekday_from(dt.date(year, 5, 1), _MONDAY),
        _last_monday(year, 5),
        _last_monday(year, 8),
        christmas,
        boxing + _DAY if boxing == christmas else boxing,
    ]


def _year(year: int) -> tuple[list[Term], list[Closure]]:
    autumn_first = _first_weekday_from(dt.date(year, 9, 1))
    autumn_last = _weekday_from(dt.date(year, 12, 16), _FRIDAY)
    spring_first = _first_weekday_from(autumn_last + 17 * _DAY)
    spring_last, summer_first = _around_easter(year + 1)
    halves = [
        _weekday_from(dt.date(year, 10, 25), _MONDAY),
        _weekday_from(dt.date(year + 1, 2, 12), _MONDAY),
        _last_monday(year + 1, 5),
    ]
    off = {half + days * _DAY for half in halves for days in range(5)}
    holidays = bank_holidays(year)[5:] + bank_holidays(year + 1)[:5]
    before = [(autumn_first, autumn_last), (spring_first, spring_last)]
    summer_last = _last_day(before, summer_first, off.union(holidays))
    firsts = [autumn_first, halves[0] + _WEEK, spring_first, summer_first, halves[2] + _WEEK]
    terms = [
        _term("Autumn term", autumn_first, autumn_last),
        _term("Spring term", spring_first, spring_last),
        _term("Summer term", summer_first, summer_last),
    ]
    closures = [_closure(half, half + 4 * _DAY, "holiday", "Half-term") for half in halves]
    closures += [_closure(day, day, "bank_holiday", "Bank holiday") for day in holidays]
    # A first day that is a bank holiday would not be an INSET day: training waits for the next.
    training = [day + _DAY if day in holidays else day for day in firsts]
    return terms, closures + [_closure(day, day, "inset", "Staff training") for day in training]


def _around_easter(year: int) -> tuple[dt.date, dt.date]:
    """The spring term's last day and the summer term's first: Easter begins or ends the holiday."""
    easter = _easter(year)
    if easter < dt.date(year, 4, 5):
        return easter - 3 * _DAY, easter + 15 * _DAY
    return easter - 9 * _DAY, easter + 8 * _DAY


def _last_day(
    before: list[tuple[dt.date, dt.date]], summer_first: dt.date, off: set[dt.date]
) -> dt.date:
    """The day on which the year's school days are complete."""
    count = sum(1 for first, last in before for _ in _school_days(first, last, off))
    summer = _school_days(summer_first, summer_first + 26 * _WEEK, off)
    return next(day for number, day in enumerate(summer, count + 1) if number == _YEAR_DAYS)


def _school_days(first: dt.date, last: dt.date, off: set[dt.date]) -> Iterator[dt.date]:
    day = first
    while day <= last:
        if day.weekday() < _SATURDAY and day not in off:
            yield day
        day += _DAY


def _without_holiday_of(
    today: dt.date, terms: list[Term], closures: list[Closure]
) -> tuple[list[Term], list[Closure]]:
    """The terms and closures without the holiday that today falls in."""
    date = today.isoformat()
    kept = [c for c in closures if c.kind != "holiday" or not c.first <= date <= _sunday(c.last)]
    for index, (term, following) in enumerate(pairwise(terms)):
        if term.last < date < following.first:
            last = dt.date.fromisoformat(following.first) - _DAY
            terms[index] = term.model_copy(update={"last": last.isoformat()})
    return terms, kept


def _sunday(friday: str) -> str:
    return (dt.date.fromisoformat(friday) + 2 * _DAY).isoformat()


def _calendar(terms: list[Term], closures: list[Closure]) -> SchoolCalendar:
    times = RegisterTimes(
        valid_from=terms[0].first,
        am=Span(opens="08:50", closes="09:20", ends="12:05"),
        pm=Span(opens="13:05", closes="13:35", ends="15:20"),
    )
    return SchoolCalendar(
        terms=tuple(terms),
        closures=tuple(sorted(closures, key=lambda closure: closure.first)),
        times=(times,),
    )


def _term(name: str, first: dt.date, last: dt.date) -> Term:
    return Term(name=name, first=first.isoformat(), last=last.isoformat())


def _closure(
    first: dt.date, last: dt.date, kind: Literal["holiday", "inset", "bank_holiday"], note: str
) -> Closure:
    return Closure(first=first.isoformat(), last=last.isoformat(), kind=kind, note=note)


def _weekday_from(day: dt.date, weekday: int) -> dt.date:
    """The first such weekday on or after ``day``."""
    return day + (weekday - day.weekday()) % 7 * _DAY


def _first_weekday_from(day: dt.date) -> dt.date:
    return day if day.weekday() < _SATURDAY else _weekday_from(day, _MONDAY)


def _last_monday(year: int, month: int) -> dt.date:
    return _weekday_from(dt.date(year, month, 25), _MONDAY)


def _substitute(holiday: dt.date) -> dt.date:
    return _first_weekday_from(holiday)


def _easter(year: int) -> dt.date:
    """Easter Sunday (the anonymous Gregorian computus of 1876)."""
    century, of_century = divmod(year, 100)
    golden = year % 19
    moon = (
        19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    sunday = (32 + 2 * (century % 4) + 2 * (of_century // 4) - moon - of_century % 4) % 7
    late = (golden + 11 * moon + 22 * sunday) // 451
    month, day = divmod(moon + sunday - 7 * late + 114, 31)
    return dt.date(year, month, day + 1)
