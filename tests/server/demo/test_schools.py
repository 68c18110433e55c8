"""The people and groups of the demonstration: their numbers, and that they are nobody."""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from functools import cache

import pytest

from schemas.identifiers import check_upn
from schemas.policy import Role
from server.demo.plans import PLANS, PRIMARY, SECONDARY, SPECIAL, SchoolPlan
from server.demo.schools import DemoSchool, build_school, school_id

TODAY = dt.date(2026, 11, 23)
SEED = 7


@cache
def school(plan: SchoolPlan) -> DemoSchool:
    return build_school(plan, SEED, TODAY)


@pytest.mark.parametrize(
    ("plan", "pupils", "forms", "sizes"),
    [
        (PRIMARY, 260, 10, {26}),
        (SECONDARY, 1032, 40, {25, 26}),
        (SPECIAL, 149, 16, {9, 10}),
    ],
)
def test_each_school_is_exactly_as_large_as_the_national_average(
    plan: SchoolPlan, pupils: int, forms: int, sizes: set[int]
) -> None:
    one = school(plan)
    assert len(one.roster.pupils) == pupils
    assert all(one.roster.on_roll(pupil, one.today) for pupil in one.roster.pupils)
    assert len(one.forms) == forms
    assert {len(form.members) for form in one.forms} == sizes
    members = Counter(pupil for form in one.forms for pupil in form.members)
    assert set(members) == set(one.roster.pupils)
    assert set(members.values()) == {1}
    for form in one.forms:
        assert {one.roster.pupils[pupil].form for pupil in form.members} == {form.group}


@pytest.mark.parametrize("plan", PLANS)
def test_every_pupil_is_registered_once_a_session_on_every_day(plan: SchoolPlan) -> None:
    one = school(plan)
    for date in (*one.history[-5:], one.today):
        for session in ("AM", "PM"):
            groups = one.roster.registering(date, session)
            found = Counter(pupil for group in groups for pupil in group.members)
            assert found == dict.fromkeys(one.roster.pupils, 1), (date, session)


def test_afternoon_groups_mix_the_forms_of_one_year_and_differ_by_weekday() -> None:
    one = school(SECONDARY)
    pupils = one.roster.pupils
    lessons = [group for group in one.roster.groups.values() if group.kind == "lesson"]
    assert len(lessons) == 225
    for group in lessons:
        assert 22 <= len(group.members) <= 26
        assert len({pupils[pupil].year for pupil in group.members}) == 1
        assert len({pupils[pupil].form for pupil in group.members}) >= 4
        assert {meeting.session for meeting in group.meets} == {"PM"}
    someone = next(iter(pupils))
    theirs = [set(group.members) for group in lessons if someone in group.members]
    assert len(theirs) == 5
    assert all(len(a & b) < 12 for a in theirs for b in theirs if a is not b)


def test_nobody_teaches_two_groups_at_once() -> None:
    for plan in PLANS:
        one = school(plan)
        for date in one.history[-5:]:
            for session in ("AM", "PM"):
                groups = one.roster.registering(date, session)
                assert len({group.teacher for group in groups}) == len(groups)
                assert {group.teacher for group in groups} <= one.roster.staff.keys()


def test_every_school_has_the_roles_that_sign_in() -> None:
    for plan in PLANS:
        roles = Counter(member.role for member in school(plan).roster.school.staff)
        assert roles[Role.COVER_TEACHER] >= 3
        assert roles[Role.CLASS_TEACHER] >= 10
        for role in (Role.ATTENDANCE_OFFICER, Role.ATTENDANCE_CHAMPION, Role.HEAD):
            assert roles[role] == 1


def test_ids_are_opaque_and_no_name_or_upn_is_in_one() -> None:
    for plan in PLANS:
        one = school(plan)
        ids = [*one.roster.pupils, *one.roster.groups, *one.roster.staff, one.id]
        assert len(set(ids)) == len(ids)
        # Consonants and digits: no id can spell anybody's name.
        assert all(re.fullmatch(r"(pup|grp|per|sch)-[2-9b-df-hj-np-tv-xz]+", each) for each in ids)
        digits = {re.sub(r"\D", "", each) for each in ids}
        assert not any(pupil.upn[1:] in digits for pupil in one.roster.pupils.values())
        for write in one.writes():
            assert write.id.partition(":")[2] in {*ids, ""}


def test_upns_are_valid_and_of_an_authority_that_does_not_exist() -> None:
    upns = [pupil.upn for plan in PLANS for pupil in school(plan).roster.pupils.values()]
    assert all(check_upn(upn)[1:4] == "999" for upn in upns)
    assert len(set(upns)) == len(upns) == 260 + 1032 + 149


def test_ages_fit_years() -> None:
    for plan in PLANS:
        for pupil in school(plan).roster.pupils.values():
            year = 0 if pupil.year == "Reception" else int(pupil.year.removeprefix("Year "))
            assert f"{2021 - year}-09-01" <= pupil.born <= f"{2022 - year}-08-31"
            assert pupil.enrolled_from <= TODAY.isoformat()


def test_names_come_from_many_communities() -> None:
    pupils = school(SECONDARY).roster.pupils.values()
    assert len({pupil.surname for pupil in pupils}) > 300
    assert len({(pupil.forename, pupil.surname) for pupil in pupils}) == len(pupils)
    assert any(pupil.known_as != pupil.forename for pupil in pupils)


def test_the_same_seed_gives_the_same_school_and_another_gives_another() -> None:
    again = build_school(PRIMARY, SEED, TODAY)
    assert again.roster.school == school(PRIMARY).roster.school
    assert again.roster.groups == school(PRIMARY).roster.groups
    assert again.roster.pupils == school(PRIMARY).roster.pupils
    assert again.staff == school(PRIMARY).staff
    assert school_id(PRIMARY, SEED) != school_id(PRIMARY, SEED + 1)
    other = build_school(PRIMARY, SEED + 1, TODAY)
    assert not other.roster.pupils.keys() & again.roster.pupils.keys()


def test_people_stay_the_same_from_day_to_day() -> None:
    tomorrow = build_school(PRIMARY, SEED, TODAY + dt.timedelta(days=1))
    assert tomorrow.roster.groups.keys() == school(PRIMARY).roster.groups.keys()
    assert tomorrow.roster.pupils.keys() == school(PRIMARY).roster.pupils.keys()
