"""Whom a concern goes to: the vectors that the tablet keeps too, and what must always hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.calendar import SchoolCalendar
from schemas.family.concerns import Hours, Safeguarding, Step, ToRing
from schemas.policy import Role
from schemas.school import StaffMember
from sync.family.concern_routes import Concerned, Whom, further, in_hours, route
from tests.factory import school

VECTORS = json.loads(
    (Path(__file__).parents[2] / "vectors" / "concern-route.json").read_text("utf-8")
)
CALENDAR = SchoolCalendar.model_validate_json(json.dumps(VECTORS["calendar"]))


def safeguarding(one: dict[str, Any]) -> Safeguarding:
    return Safeguarding.model_validate_json(json.dumps(one))


@pytest.mark.parametrize("case", VECTORS["routes"], ids=[one["name"] for one in VECTORS["routes"]])
def test_whom_a_concern_goes_to(case: dict[str, Any]) -> None:
    area = case["area"]
    whom = Whom(
        safeguarding(case["safeguarding"]),
        {person: Role(role) for person, role in case["staff"].items()},
        None if area is None else safeguarding(area),
    )
    about = Concerned(**{**case["about"], "people": frozenset(case["about"]["people"])})
    found = route(about, whom, hours=case["hours"])
    later = further(found.to, about, whom)
    assert {"to": list(found.to), "because": found.because, "further": list(later)} == (
        case["expected"]
    )


@pytest.mark.parametrize("case", VECTORS["hours"], ids=[one["name"] for one in VECTORS["hours"]])
def test_whether_a_place_can_be_reached(case: dict[str, Any]) -> None:
    hours = tuple(Hours(**one) for one in case["hours"])
    assert in_hours(hours, CALENDAR, case["at"]) is case["expected"]


def test_a_place_and_its_area() -> None:
    duty = ToRing(name="Duty", role="Duty team", phone="01632 960006")
    area = school(id="school", phase="area", safeguarding=Safeguarding(duty=duty))
    whom = Whom.of(school(), area)
    assert whom.people("head") == {"staff-head"}
    assert whom.to_ring("duty") == (duty,)
    assert Whom.of(school(), None).area is None


PEOPLE = ("a", "b", "c", "d")
ROLES = (Role.SAFEGUARDING_LEAD, Role.HEAD, Role.CHAIR_OF_GOVERNORS, Role.CLASS_TEACHER)
ringing = st.builds(
    ToRing, name=st.just("N"), role=st.just("R"), person=st.sampled_from(PEOPLE) | st.none()
)
safeguardings = st.builds(
    Safeguarding,
    leads=st.lists(ringing, max_size=3).map(tuple),
    head=ringing | st.none(),
    chair=ringing | st.none(),
    duty=ringing | st.none(),
)
whoms = st.builds(
    Whom,
    safeguardings,
    st.dictionaries(st.sampled_from(PEOPLE), st.sampled_from(ROLES)),
    safeguardings | st.none(),
)
abouts = st.builds(
    Concerned,
    st.sets(st.sampled_from(PEOPLE)).map(frozenset),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)


@given(abouts, whoms, st.booleans())
def test_it_never_goes_where_it_concerns_somebody_and_always_somewhere(
    about: Concerned, whom: Whom, hours: bool
) -> None:
    found = route(about, whom, hours=hours)
    every: tuple[Step, ...] = found.to + further(found.to, about, whom)
    assert found.to
    assert len(set(every)) == len(every)
    assert "duty" in every  # in the end, somebody who is always there
    for step in set(every) - {"duty"}:
        assert not whom.people(step) & about.people
    if about.head:
        assert "head" not in every
    if about.staff:
        assert "lead" not in every
    if not hours or about.immediate:
        assert "duty" in found.to
    if about.immediate:
        assert not further(found.to, about, whom)


def test_a_member_of_staff_is_known_by_the_list() -> None:
    member = StaffMember(person="x", name="X", role=Role.CLASS_TEACHER)
    whom = Whom.of(school(staff=(*school().staff, member)), None)
    assert route(Concerned(frozenset({"x"})), whom, hours=True).to == ("head",)
