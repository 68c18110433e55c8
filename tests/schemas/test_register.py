import pytest

from schemas.calendar import minutes_between
from schemas.register import code_as_read, late_code, minutes_late
from tests.factory import AM


@pytest.mark.parametrize(
    ("arrived", "code", "late"),
    [("08:40", "L", 0), ("08:51", "L", 1), ("09:20", "L", 30), ("09:21", "U", 31)],
)
def test_late_follows_from_the_arrival_and_the_closing_time(arrived, code, late):
    assert late_code(arrived, AM) == code
    assert minutes_late(arrived, AM) == late


@pytest.mark.parametrize(
    ("code", "arrived", "reads"),
    [
        ("L", "09:25", "U"),
        ("U", "09:05", "L"),
        ("L", None, "L"),
        ("U", None, "U"),
        ("M", "09:25", "M"),
        ("/", "09:25", "/"),
    ],
)
def test_only_an_arrival_with_a_time_reads_otherwise(code, arrived, reads):
    assert code_as_read(code, arrived, AM) == reads


def test_minutes_can_lie_before():
    assert minutes_between("09:10", "09:05") == -5
