import pytest

from schemas.codes import CODES, StatisticalClass, code_on, codes_on, present_code
from schemas.policy import ENTRY_ROLES, Role, may_use_code, may_write, offered_codes

NOW = "2026-11-23"
# The current table of SI 2024/208 reg 10, by DfE's class.
TABLE = {
    "present": "/ \\ L",
    "attending_elsewhere": "K V P W B",
    "authorised": "C1 M J1 S C2 C T R I E",
    "unauthorised": "G N O U",
    "not_possible": "X Q Y1 Y2 Y3 Y4 Y5 Y6 Y7 D",
    "administrative": "Z #",
}


def test_the_table_of_today_is_the_regulations():
    found = {code: row.counts_as.value for code, row in codes_on(NOW).items()}
    assert found == {code: kind for kind, codes in TABLE.items() for code in codes.split()}


def test_no_two_rows_of_a_code_overlap():
    for one in CODES:
        for other in CODES:
            if one is other or one.code != other.code:
                continue
            ends = one.valid_to or "9999-12-31", other.valid_to or "9999-12-31"
            assert one.valid_from > ends[1] or other.valid_from > ends[0], (one, other)


@pytest.mark.parametrize(
    ("code", "date", "counts_as"),
    [
        ("D", "2024-08-18", StatisticalClass.ATTENDING_ELSEWHERE),
        ("D", "2024-08-19", StatisticalClass.NOT_POSSIBLE),
        ("J", "2024-05-01", StatisticalClass.ATTENDING_ELSEWHERE),
        ("H", "2012-05-01", StatisticalClass.AUTHORISED),
    ],
)
def test_a_code_is_read_as_of_its_date(code, date, counts_as):
    row = code_on(code, date)
    assert row is not None
    assert row.counts_as is counts_as


def test_codes_that_were_withdrawn_are_gone():
    assert all(code_on(code, NOW) is None for code in ("H", "J", "Y", "F", "?"))


def test_a_possible_session_is_one_in_the_denominator():
    possible = {code for code, row in codes_on(NOW).items() if row.possible}
    assert possible == {code for kind in list(TABLE)[:4] for code in TABLE[kind].split()}


def test_sessions():
    assert (present_code("AM"), present_code("PM")) == ("/", "\\")
    assert codes_on(NOW)["/"].sessions == ("AM",)
    assert codes_on(NOW)["\\"].sessions == ("PM",)


def test_teachers_mark_what_they_see():
    assert offered_codes(Role.CLASS_TEACHER, NOW) == ("/", "\\", "L", "N")
    assert not may_use_code(Role.COVER_TEACHER, "I")
    assert may_use_code(Role.COVER_TEACHER, "M", planned=frozenset({"M"}))


def test_the_office_is_offered_all_but_legacy_and_whole_school_codes():
    offered = set(offered_codes(Role.ATTENDANCE_OFFICER, NOW))
    assert {"I", "C2", "B", "U", "O"} <= offered
    assert not offered & {"#", "Z", "Y4", "H", "J", "F", "Y"}


def test_who_may_write_what():
    assert may_write(Role.CLASS_TEACHER, "register.taken")
    assert not may_write(Role.CLASS_TEACHER, "contest.settled")
    assert may_write(Role.HEAD, "contest.settled")
    assert not may_write(Role.HEAD, "no.such.kind")
    assert not may_write(Role.CLASS_TEACHER, "concern.acknowledged")
    everybody = frozenset(Role) - {Role.GOVERNOR, Role.ADMINISTRATOR}
    assert ENTRY_ROLES["concern.raised"] == everybody
