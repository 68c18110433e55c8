from typing import Any

import pytest

from sync.clock import SystemClock, at_local, correction, instant, local, to_ms

WRITTEN = "2026-11-23T08:55:00.000Z"
RECEIVED = to_ms("2026-11-23T09:30:00.000Z")


def corrected(**changes):
    fields: dict[str, Any] = {
        "written_at": WRITTEN,
        "known_offset_ms": 0,
        "seen_offset_ms": None,
        "contact_ms": None,
        "received_ms": RECEIVED,
    }
    return correction(**(fields | changes))


def test_instants_go_there_and_back():
    assert instant(to_ms("2026-11-23T08:55:00.007Z")) == "2026-11-23T08:55:00.007Z"
    assert instant(0) == "1970-01-01T00:00:00.000Z"
    assert abs(SystemClock().now_ms() - to_ms(instant(SystemClock().now_ms()))) < 1000


def test_a_moment_beyond_every_instant_is_the_first_or_the_last():
    assert instant(-1) == "1970-01-01T00:00:00.000Z"
    assert instant(to_ms("2999-12-31T23:59:59.999Z") + 1) == "2999-12-31T23:59:59.999Z"
    assert at_local("0026-11-23", "09:00", "Europe/London") == instant(0)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2026-11-23T08:55:00.000Z", ("2026-11-23", "08:55")),
        ("2026-06-23T08:55:00.000Z", ("2026-06-23", "09:55")),
        ("2026-06-23T23:30:00.000Z", ("2026-06-24", "00:30")),
    ],
)
def test_school_time_follows_the_summer(text, wanted):
    assert local(text, "Europe/London") == wanted


@pytest.mark.parametrize(
    ("date", "time", "wanted"),
    [
        ("2026-11-23", "14:30", "2026-11-23T14:30:00.000Z"),
        ("2026-06-23", "00:00", "2026-06-22T23:00:00.000Z"),
        ("2026-03-29", "01:30", "2026-03-29T01:30:00.000Z"),  # skipped: it shows 02:30
        ("2026-10-25", "01:30", "2026-10-25T00:30:00.000Z"),  # twice: the first
    ],
)
def test_an_hour_of_the_school_is_a_moment(date, time, wanted):
    assert at_local(date, time, "Europe/London") == wanted


@pytest.mark.parametrize(
    ("changes", "offset", "flags"),
    [
        ({}, 0, ()),
        ({"known_offset_ms": 3_600_000}, 3_600_000, ("clock_skewed", "clock_ahead")),
        ({"known_offset_ms": -3_600_000}, -3_600_000, ("clock_skewed",)),
        ({"known_offset_ms": None}, 0, ("clock_unknown",)),
        ({"known_offset_ms": None, "seen_offset_ms": 500}, 500, ()),
        ({"known_offset_ms": 0, "seen_offset_ms": 999_999}, 0, ()),
        ({"contact_ms": RECEIVED}, 0, ("clock_behind",)),
        ({"contact_ms": to_ms(WRITTEN)}, 0, ()),
        ({"written_at": "2026-11-23T10:00:00.000Z"}, 0, ("clock_ahead",)),
    ],
)
def test_a_skewed_clock_is_corrected_and_flagged(changes, offset, flags):
    found = corrected(**changes)
    assert (found.offset_ms, found.flags) == (offset, flags)


def test_no_act_is_later_than_its_receipt():
    moved = corrected(known_offset_ms=7_200_000)
    assert moved.apply(WRITTEN) == instant(RECEIVED)
    assert corrected(known_offset_ms=60_000).apply(WRITTEN) == "2026-11-23T08:56:00.000Z"
