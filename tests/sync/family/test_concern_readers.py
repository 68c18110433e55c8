"""Who reads a concern: never whom it concerns, whatever else they hold, or are granted later."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.access import Grant
from schemas.policy import POLICY, Reach, Role
from sync import channels
from sync.clock import to_ms
from sync.family.concern_readers import concern_channels, reaches
from sync.family.concerns import Answering
from sync.grants import Access
from tests.factory import HEAD, TUTOR, calendar
from tests.sync.family.test_concerns import ANSWERING, AREA, LEAD, SCHOOL, folded, heard, raised

NOW = to_ms("2026-11-23T10:00:00.000Z")
HERE = SCHOOL.school
Grants = Mapping[str, tuple[Role, ...]]


def holding(grants: Grants):
    def holders(reach: Reach) -> frozenset[str]:
        return frozenset(
            person
            for person, roles in grants.items()
            if any(reach in POLICY[role].sees for role in roles)
        )

    return holders


def sees(person: str, roles: tuple[Role, ...], to: frozenset[str]) -> bool:
    access = Access(person, tuple(Grant(person=person, role=role) for role in roles))
    return not to.isdisjoint(access.channels(NOW, calendar()))


POSTS: Grants = {
    LEAD: (Role.SAFEGUARDING_LEAD,),
    "deputy": (Role.SAFEGUARDING_LEAD,),
    HEAD.person: (Role.HEAD,),
    "chair": (Role.CHAIR_OF_GOVERNORS,),
    TUTOR.person: (Role.CLASS_TEACHER,),
}


def to(
    changes: dict[str, object], grants: Grants = POSTS, *, minutes: int = 0, database: str = HERE
):
    found = folded(heard(1, raised(**changes)), minutes=minutes)
    return concern_channels(found, ANSWERING, database, holding(grants))


def readers(changes: dict[str, object], grants: Grants = POSTS, minutes: int = 0) -> set[str]:
    found = to(changes, grants, minutes=minutes)
    return {person for person, roles in grants.items() if sees(person, roles, found)}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, {LEAD, "deputy"}),
        ({"about_staff": True}, {HEAD.person}),
        ({"about_head": True}, {"chair"}),
        ({"about": (TUTOR.person,)}, {HEAD.person}),
        ({"about": (LEAD,)}, {HEAD.person}),
        ({"about": (HEAD.person,)}, {"chair"}),
        ({"about": ("parent",)}, {LEAD, "deputy"}),
        ({"immediate": True}, {LEAD, "deputy", HEAD.person}),
    ],
)
def test_who_reads_it(changes: dict[str, object], expected: set[str]) -> None:
    assert readers(changes) == expected


def test_a_lead_by_a_grant_alone_whom_it_concerns_reads_nothing() -> None:
    """Nobody on the staff list: the route cannot know, the channels do."""
    grants = {**POSTS, "visitor": (Role.SAFEGUARDING_LEAD,)}
    assert readers({"about": ("visitor",)}, grants) == {LEAD, "deputy"}
    only = {"visitor": (Role.SAFEGUARDING_LEAD,), HEAD.person: (Role.HEAD,)}
    assert readers({"about": ("visitor",)}, only) == {HEAD.person}
    assert readers({"about": ("visitor",)}, {"visitor": (Role.SAFEGUARDING_LEAD,)}) == set()


def test_a_head_who_is_the_chair_as_well_reads_nothing_about_the_head() -> None:
    both: Grants = {HEAD.person: (Role.HEAD, Role.CHAIR_OF_GOVERNORS), "chair": POSTS["chair"]}
    assert readers({"about_head": True}, both) == {"chair"}
    acting: Grants = {"acting": (Role.HEAD, Role.CHAIR_OF_GOVERNORS), "chair": POSTS["chair"]}
    assert readers({"about_head": True}, acting) == {"chair"}


def test_what_is_granted_afterwards_lets_nobody_see_what_concerns_them() -> None:
    found = to({"about": (TUTOR.person,)}, minutes=600)
    assert found
    assert not sees(TUTOR.person, tuple(Role), found)


def test_the_duty_team_reads_it_in_the_area_and_nobody_else_there() -> None:
    staff = {"duty": (Role.SAFEGUARDING_LEAD,), "boss": (Role.HEAD,)}
    assert to({}, staff, database="area") == frozenset()
    late = to({}, staff, minutes=600, database="area")
    assert late == channels.SAFEGUARDING
    about = to({"about": ("duty",)}, staff, minutes=600, database="area")
    assert about == {channels.answering(Reach.ALLEGATIONS, "boss")}
    heads = to({"about_head": True}, {HEAD.person: POSTS[LEAD]}, minutes=600, database="area")
    assert heads == frozenset()


def test_an_area_that_answers_by_itself() -> None:
    mine = Answering(AREA, AREA, AREA.name)
    assert reaches(("lead", "duty"), mine, "area") == {Reach.SAFEGUARDING}
    assert reaches(("head", "chair"), mine, "area") == {Reach.ALLEGATIONS, Reach.CHAIR}
    assert reaches(("duty",), Answering(SCHOOL, None, SCHOOL.name), "area") == frozenset()


people = st.sampled_from([LEAD, "deputy", HEAD.person, "chair", TUTOR.person, "visitor"])
grants = st.dictionaries(people, st.lists(st.sampled_from(list(Role)), max_size=3).map(tuple))


@given(
    st.lists(people, max_size=3, unique=True).map(tuple),
    st.booleans(),
    st.booleans(),
    st.tuples(grants, grants),
    st.integers(0, 200),
    st.sampled_from([HERE, "area"]),
)
def test_nobody_whom_it_concerns_ever_reads_it(
    about: tuple[str, ...],
    head: bool,
    immediate: bool,
    grants: tuple[Grants, Grants],
    minutes: int,
    database: str,
) -> None:
    """Whatever they hold, and whatever they are granted after it was published."""
    held, later = grants
    changes = {"about": about, "about_head": head, "immediate": immediate}
    found = to(changes, held, minutes=minutes, database=database)
    for person in about:
        assert not sees(person, (*held.get(person, ()), *later.get(person, ())), found)
    if head:
        assert not sees(HEAD.person, tuple(Role), found)
