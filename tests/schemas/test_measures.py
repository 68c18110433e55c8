import pytest

from schemas.measures import Tally, tally

DAY = "2026-11-23"


def marks(text):
    return [(DAY, None if code == "-" else code) for code in text.split()]


def test_every_class_is_counted_where_it_belongs():
    counted = tally(marks("/ \\ L V I G N U X D Y1 - H"))
    assert counted == Tally(
        attended=4, authorised=1, unauthorised=3, late=2, not_counted=3, unmarked=2
    )
    assert counted.possible == 8
    assert counted.attendance_hundredths() == 5000


def test_a_rate_of_nothing_is_no_rate():
    assert tally([]).attendance_hundredths() is None
    assert not tally([]).persistently_absent()
    assert not tally([]).severely_absent()


@pytest.mark.parametrize(
    ("absent", "possible", "persistent", "severe"),
    [
        (37, 370, True, False),
        (36, 370, False, False),
        (37, 380, False, False),
        (38, 380, True, False),
        (185, 370, True, True),
        (184, 370, True, False),
    ],
)
def test_thresholds_are_exact(absent, possible, persistent, severe):
    counted = Tally(attended=possible - absent, authorised=absent)
    assert counted.persistently_absent() is persistent
    assert counted.severely_absent() is severe


def test_a_day_published_by_the_department():
    # Monday 8 September 2025, England: 12,946,834 present and 42,437 educated elsewhere.
    attended = 12_946_834 + 42_437
    absent = round(attended / 0.9534) - attended
    assert Tally(attended=attended, authorised=absent).attendance_hundredths() == 9534


def test_rounding_is_half_up():
    assert Tally(attended=1, authorised=2).attendance_hundredths() == 3333
    assert Tally(attended=2, authorised=1).attendance_hundredths() == 6667
