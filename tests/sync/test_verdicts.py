import pytest

from schemas.policy import Role
from schemas.upcast import read_entry
from sync.verdicts import judge
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, claim, roster

DECISION = {
    "asked_by": "Mother",
    "asked_on": "2026-11-16",
    "authorised_by": "Hana Head",
    "first": MONDAY,
    "last": MONDAY,
}


def judged(entry, role=Role.CLASS_TEACHER, planned=frozenset(), today=MONDAY):
    body = read_entry(entry).body
    return judge(body, role, roster(), lambda *_: planned, today)


def reasons(judgement):
    return [(one.index, one.reason_code) for one in judgement.set_aside]


def test_good_marks_stand():
    found = judged(Tablet(TUTOR).register(claim(1), claim(2, "L", arrived="09:00"), claim(3, "N")))
    assert found.held is None
    assert found.set_aside == ()
    assert found.flags == ()


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (claim("pup-99"), "not_on_roll"),
        (claim("unlisted-7", remark="Says she starts today"), "not_on_roll"),
        (claim(2, "I"), "code_not_allowed"),
        (claim(2, "\\"), "wrong_session"),
        (claim(2, "H"), "no_such_code"),
        (claim(2, "?"), "no_such_code"),
        (claim(1, "N"), "marked_twice"),
    ],
)
def test_one_bad_mark_is_set_aside_and_its_neighbours_stand(bad, code):
    found = judged(Tablet(TUTOR).register(claim(1), bad, claim(3)))
    assert found.held is None
    assert reasons(found) == [(1, code)]


def test_a_second_mark_stands_where_the_first_cannot():
    found = judged(Tablet(TUTOR).register(claim(1), claim(2, "I"), claim(2, "N")))
    assert reasons(found) == [(1, "code_not_allowed")]


def test_a_legacy_code_and_a_letter_that_never_was_read_apart():
    found = judged(Tablet(TUTOR).register(claim(1), claim(2, "H"), claim(3, "?")))
    assert "was not in force" in found.set_aside[0].reason
    assert "is not an attendance code" in found.set_aside[1].reason


def test_a_planned_code_may_be_confirmed_by_a_teacher():
    entry = Tablet(TUTOR).register(claim(1), claim(2, "M"))
    assert judged(entry, planned=frozenset({"M"})).set_aside == ()


def test_whole_school_codes_are_not_for_one_pupil():
    entry = Tablet(OFFICER).register(claim(1), claim(2, "#"))
    assert reasons(judged(entry, Role.ATTENDANCE_OFFICER)) == [(1, "whole_school_only")]


def test_an_entry_is_held_only_when_none_of_its_marks_stands():
    found = judged(Tablet(TUTOR).register(claim(1, "I"), claim(2, "I")))
    assert found.held is not None
    assert found.held.code == "code_not_allowed"
    assert "and 1 more" in found.held.sentence
    assert judged(Tablet(TUTOR).register(claim(1, "I"))).held.sentence.count("more") == 0


@pytest.mark.parametrize(
    ("date", "code"), [("2026-11-24", "in_the_future"), ("2026-11-22", "no_school_day")]
)
def test_a_session_that_is_none_holds_the_entry(date, code):
    found = judged(Tablet(TUTOR).register(claim(1), date=date))
    assert found.held is not None
    assert found.held.code == code
    assert "November 2026" in found.held.sentence


def test_an_entry_its_author_may_not_make_is_held():
    entry = Tablet(TUTOR).say("contest.settled", claim(1), reason="I was there")
    found = judged(entry)
    assert found.held is not None
    assert found.held.code == "role_may_not"
    assert judged(entry, Role.HEAD).held is None


def test_leave_without_a_decision_stands_and_is_flagged():
    desk = Role.ATTENDANCE_OFFICER
    bare = Tablet(OFFICER).say("mark.amended", claim(1, "C"), reason="Letter")
    full = Tablet(OFFICER).say("mark.amended", claim(1, "C", decision=DECISION), reason="Letter")
    assert judged(bare, desk).flags == ("no_decision",)
    assert judged(full, desk).flags == ()
    odd = Tablet(OFFICER).say("mark.amended", claim(1), claim(2, "?"), reason="Letter")
    assert judged(odd, desk).flags == ()


def test_an_entry_without_marks_is_taken_as_it_is():
    entry = Tablet(TUTOR).write(
        "register.voided",
        entry=f"entry:{'a' * 32}:00000001:{'b' * 16}",
        date=MONDAY,
        session="AM",
        reason="Wrong group",
    )
    assert judged(entry).held is None
