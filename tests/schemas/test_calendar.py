import datetime as dt
import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from schemas.calendar import Closure, RegisterTimes, Span, Term
from tests.factory import AM, PM, calendar


def test_an_n_falls_due_on_the_fifth_school_day_after_it():
    # Fri 20 Nov: Mon 23, Tue 24, Wed 25, Thu 26, (Fri 27 INSET), Mon 30.
    assert calendar().n_due("2026-11-20") == "2026-11-30"
    # Fri 23 Oct: half-term week lies between.
    assert calendar().n_due("2026-10-23") == "2026-11-06"


def test_beyond_the_calendar_nothing_is_due():
    assert calendar().n_due("2026-12-16") is None


def test_school_days():
    year = calendar(extra_days=("2026-11-28",))
    assert year.is_school_day("2026-11-23")
    assert not year.is_school_day("2026-11-22")
    assert not year.is_school_day("2026-10-28")
    assert year.is_school_day("2026-11-28")
    assert not year.is_school_day("2026-08-31")


def test_school_days_before_skips_what_is_none_and_stops_at_the_start():
    assert calendar().school_days_before("2026-11-30", 2) == ["2026-11-26", "2026-11-25"]
    assert calendar().school_days_before("2026-09-03", 5) == ["2026-09-02"]


def test_an_extra_day_outside_the_week_runs_as_the_first_day():
    assert calendar().weekday_on("2026-11-28") == 0
    assert calendar().weekday_on("2026-11-26") == 3


def test_times_are_dated():
    later = RegisterTimes(
        valid_from="2026-11-01",
        am=Span(opens="08:40", closes="09:10", ends="12:00"),
        pm=PM,
    )
    year = calendar(times=(RegisterTimes(valid_from="2026-09-01", am=AM, pm=PM), later))
    assert year.times_on("2026-11-23").span("AM").opens == "08:40"
    assert year.times_on("2026-10-01").span("AM") == AM
    assert year.times_on("2020-01-01").span("PM") == PM


@pytest.mark.parametrize(
    ("opens", "closes", "ends", "said"),
    [
        ("08:50", "09:21", "12:00", "31 minutes"),
        ("08:50", "08:50", "12:00", "0 minutes"),
        ("08:50", "09:20", "09:20", "not after closing"),
    ],
)
def test_a_register_is_open_for_up_to_thirty_minutes(opens, closes, ends, said):
    with pytest.raises(ValidationError, match=said):
        Span(opens=opens, closes=closes, ends=ends)


def test_registers_are_open_for_the_same_length_every_session():
    with pytest.raises(ValidationError, match="same for every session"):
        RegisterTimes(
            valid_from="2026-09-01", am=AM, pm=Span(opens="13:00", closes="13:20", ends="15:00")
        )


def test_dates_far_outside_the_calendar_are_answered_from_its_edges():
    year = calendar(extra_days=("2026-12-21",))
    assert year.school_days_after("0001-01-01", 1) == "2026-09-02"
    assert year.school_days_after("2026-12-18", 2) is None
    assert year.school_days_before("9999-12-31", 2) == ["2026-12-21", "2026-12-18"]
    assert year.school_days_before("0001-01-01", 1) == []


def test_a_copy_works_out_its_own_half_terms():
    year = calendar()
    assert [half.first for half in year.half_terms] == ["2026-09-02", "2026-11-02"]
    whole = year.model_copy(update={"closures": ()})
    assert [half.name for half in whole.half_terms] == ["Autumn"]
    assert [half.first for half in year.half_terms] == ["2026-09-02", "2026-11-02"]


def test_the_half_term_of_a_date():
    year = calendar()
    dates = ("2026-09-01", "2026-10-23", "2026-10-28", "2026-11-02", "2027-08-01")
    found = [half.first if (half := year.half_term(one)) else None for one in dates]
    assert found == [None, "2026-09-02", "2026-09-02", "2026-11-02", "2026-11-02"]


def test_school_days_from_a_day_to_another():
    year = calendar(extra_days=("2026-12-19",))
    assert year.school_days("2026-10-22", "2026-11-03") == [
        "2026-10-22",
        "2026-10-23",
        "2026-11-02",
        "2026-11-03",
    ]
    assert year.school_days("0001-01-01", "2026-09-03") == ["2026-09-02", "2026-09-03"]
    assert year.school_days("2026-12-18", "9999-12-31") == ["2026-12-18", "2026-12-19"]


@given(
    terms=st.lists(st.tuples(st.integers(0, 200), st.integers(0, 90)), min_size=1, max_size=3),
    closures=st.lists(
        st.tuples(
            st.integers(0, 260),
            st.integers(0, 12),
            st.sampled_from(("holiday", "inset", "bank_holiday", "unplanned")),
        ),
        max_size=4,
    ),
    extra=st.lists(st.integers(0, 300), max_size=2),
)
def test_every_school_day_lies_in_one_half_term(terms, closures, extra):
    def on(day: int) -> str:
        return (dt.date(2026, 9, 1) + dt.timedelta(days=day)).isoformat()

    year = calendar(
        terms=tuple(Term(name="T", first=on(one), last=on(one + long)) for one, long in terms),
        closures=tuple(
            Closure(first=on(one), last=on(one + long), kind=kind) for one, long, kind in closures
        ),
        extra_days=tuple(on(one) for one in extra),
    )
    halves = year.half_terms
    assert all(before.last < after.first for before, after in itertools.pairwise(halves))
    for date in year.school_days("2026-01-01", "2028-01-01") if halves else ():
        assert [half for half in halves if half.first <= date <= half.last] == [
            year.half_term(date)
        ]
