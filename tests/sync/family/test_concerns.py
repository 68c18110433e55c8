"""The fold of a concern: the same in any order, and nobody whom it concerns has a say."""

from __future__ import annotations

import random
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from schemas.act import Clock
from schemas.entry import Entry
from schemas.family.concerns import (
    ConcernAcknowledged,
    ConcernExported,
    ConcernNoted,
    ConcernRaised,
    ConcernTold,
    Safeguarding,
    Told,
    ToRing,
)
from schemas.policy import Role
from schemas.school import StaffMember
from sync.arrivals import ArrivalItem
from sync.clock import instant, to_ms
from sync.family.concerns import Answering, ConcernBody, Folded, Heard, fold_concern
from sync.spoken import Spoken
from tests.factory import HEAD, TUTOR, Tablet, school

AT = "2026-11-23T10:00:00.000Z"
AT_MS = to_ms(AT)
MINUTE = 60_000
LEAD = "staff-lead"


def ring(name: str, person: str | None = None) -> ToRing:
    return ToRing(name=name, role=name, phone="01632 960001", person=person)


SAFEGUARDING = Safeguarding(
    leads=(ring("Lena Lead", LEAD),),
    head=ring("Hana Head", HEAD.person),
    chair=ring("Chi", "chair"),
)
SCHOOL = school(
    safeguarding=SAFEGUARDING,
    staff=(
        *school().staff,
        StaffMember(person=LEAD, name="Lena Lead", role=Role.SAFEGUARDING_LEAD),
    ),
)
AREA = school(
    school="area", name="Area", phase="area", safeguarding=Safeguarding(duty=ring("Duty"))
)
ANSWERING = Answering(SCHOOL, AREA, SCHOOL.name)


def acted(author: str, at: str = AT, role: Role = Role.SAFEGUARDING_LEAD) -> dict[str, Any]:
    return {"author": author, "role": role, "device": "d", "written_at": at, "clock": Clock()}


def raised(**changes: Any) -> ConcernRaised:
    fields: dict[str, Any] = {
        **acted(TUTOR.person, role=Role.CLASS_TEACHER),
        "concern": "c1",
        "pupil": "pup-1",
        "text": "A bruise on the arm.",
        "observed_at": AT,
    }
    return ConcernRaised(**(fields | changes))


def after(minutes: int) -> str:
    return instant(AT_MS + minutes * MINUTE)


def heard(number: int, body: ConcernBody, minutes: int = 0, held: str | None = None) -> Heard:
    return Heard(f"entry:{number}", body, "sch-test", after(minutes), 0, body.author, held)


def acknowledged(author: str = LEAD, **changes: Any) -> ConcernAcknowledged:
    return ConcernAcknowledged(**acted(author), concern="c1", **changes)


def noted(status: Any = "open", author: str = LEAD) -> ConcernNoted:
    return ConcernNoted(**acted(author), concern="c1", text="Rang home.", status=status)


TOLD = Told(name="Lena Lead", how="phone", at=AT)


def told() -> ConcernTold:
    return ConcernTold(**acted(TUTOR.person, role=Role.CLASS_TEACHER), concern="c1", told=TOLD)


def exported() -> ConcernExported:
    return ConcernExported(**acted(LEAD), concern="c1", system="MyConcern", reference="R-1")


def folded(*said: Heard, minutes: int = 0, answering: Answering = ANSWERING, **more: Any) -> Folded:
    found = fold_concern(said, answering, AT_MS + minutes * MINUTE, **more)
    assert found is not None
    return found


def test_nothing_before_it_was_raised() -> None:
    assert fold_concern([heard(1, acknowledged())], ANSWERING, AT_MS) is None


def test_a_new_one_is_with_the_lead_and_says_when_it_goes_on() -> None:
    found = folded(heard(1, raised(told=(TOLD,))))
    concern = found.concern
    assert concern.id == "concern:c1"
    assert (concern.state, concern.answering, concern.due_at) == ("new", ("lead",), after(60))
    assert (concern.text, concern.place, concern.place_name) == (
        "A bruise on the arm.",
        "sch-test",
        SCHOOL.name,
    )
    assert concern.told == (TOLD,)
    assert found.ahead == ("head", "duty")
    assert found.status.goes_to == f"the safeguarding lead of {SCHOOL.name}"
    assert found.status.state == "new"


def test_unacknowledged_it_goes_on_and_nobody_loses_it() -> None:
    one = heard(1, raised())
    assert folded(one, minutes=59).concern.answering == ("lead",)
    second = folded(one, minutes=60).concern
    assert (second.answering, second.escalated, second.due_at) == (
        ("lead", "head"),
        (after(60),),
        after(120),
    )
    third = folded(one, minutes=500)
    assert third.concern.answering == ("lead", "head", "duty")
    assert third.concern.escalated == (after(60), after(120))
    assert third.concern.due_at is None
    assert third.ahead == ()
    assert third.status.goes_to.endswith(", the area’s duty team")


def test_acknowledged_it_stays_where_it_is() -> None:
    found = folded(heard(1, raised()), heard(2, acknowledged(note="Mine"), 70), minutes=500)
    assert found.concern.state == "acknowledged"
    assert (found.concern.answering, found.concern.due_at) == (("lead", "head"), None)
    assert (found.status.acknowledged_by, found.status.acknowledged_at) == (LEAD, after(70))
    assert found.concern.notes[0].text == "Mine"


def test_what_was_passed_on_is_not_taken_back() -> None:
    """An acknowledgement that came in elsewhere in time, and was heard of here only afterwards."""
    one = heard(1, raised())
    before = folded(one, minutes=61).concern
    late = folded(one, heard(2, acknowledged(), 30), minutes=90, before=before)
    assert late.concern.answering == ("lead", "head")
    assert late.concern.escalated == before.escalated
    assert late.concern.due_at is None
    no_head = SAFEGUARDING.model_copy(update={"head": None})
    without = SCHOOL.model_copy(update={"safeguarding": no_head, "staff": ()})
    changed = folded(one, minutes=90, before=before, answering=replace(ANSWERING, place=without))
    assert changed.concern.answering == ("lead", "head", "duty")


def test_but_for_one_at_which_it_proves_to_concern_somebody() -> None:
    one = heard(1, raised())
    before = folded(one, minutes=61).concern
    again = heard(2, raised(about=(LEAD,), text="I now know who."), 62)
    found = folded(one, again, minutes=62, before=before)
    assert found.concern.answering == ("head", "duty")
    assert found.about.people == {LEAD}
    assert [note.kind for note in found.concern.notes] == ["raised"]


def test_whom_it_concerns_acknowledges_nothing() -> None:
    one = heard(1, raised(about=(LEAD,)))
    found = folded(one, heard(2, acknowledged(), 5), minutes=60)
    assert found.concern.state == "new"
    assert found.concern.answering == ("head", "duty")
    assert found.concern.notes[0].kind == "acknowledged"  # kept all the same


@pytest.mark.parametrize(
    ("statuses", "state"),
    [
        (["open"], "acknowledged"),
        (["referred"], "referred"),
        (["closed"], "closed"),
        (["closed", "open"], "acknowledged"),
    ],
)
def test_what_was_done_says_how_it_stands(statuses: list[str], state: str) -> None:
    notes = [heard(2 + n, noted(one), n) for n, one in enumerate(statuses)]
    assert folded(heard(1, raised()), *notes).concern.state == state


def test_what_is_held_counts_for_nothing_but_is_there() -> None:
    one = heard(1, raised())
    found = folded(one, heard(2, acknowledged(), 1, "Not yours."), heard(3, exported(), 2, "Nor."))
    assert found.concern.state == "new"
    assert [note.held for note in found.concern.notes] == ["Not yours.", "Nor."]
    assert found.concern.exported == ()
    assert folded(one, heard(2, told(), 1, "No.")).concern.told == ()


def test_a_concern_that_is_held_is_answered_for() -> None:
    one = heard(1, raised(text=""), held="It came without words.")
    found = folded(one, minutes=60)
    assert found.concern.held == found.status.held == "It came without words."
    assert found.concern.answering == ("lead", "head")
    standing = folded(one, heard(2, raised(text="Words."), 5))
    assert (standing.concern.text, standing.concern.held) == ("Words.", None)


def test_it_was_exported_and_who_was_told() -> None:
    found = folded(heard(1, raised()), heard(2, told(), 1), heard(3, exported(), 2)).concern
    assert found.told == (TOLD,)
    assert [(one.system, one.reference) for one in found.exported] == [("MyConcern", "R-1")]
    assert found.state == "acknowledged"


def test_out_of_hours_and_in_danger_the_duty_team_is_told() -> None:
    night = replace(heard(1, raised()), received_at="2026-11-23T20:00:00.000Z")
    assert folded(night).concern.answering == ("lead", "duty")
    found = folded(heard(1, raised(immediate=True)), minutes=600).concern
    assert found.answering == ("lead", "head", "duty")
    assert found.due_at is None
    assert found.escalated == ()


def test_without_a_school_the_area_answers() -> None:
    area = AREA.model_copy(update={"safeguarding": SAFEGUARDING})
    mine = Answering(area, area, "Area")
    assert mine.in_area
    assert not ANSWERING.in_area
    assert folded(heard(1, raised()), answering=mine).status.goes_to.endswith("of Area")
    nothing = Answering(area.model_copy(update={"safeguarding": None}), None, "Area")
    assert folded(heard(1, raised()), answering=nothing).concern.answering == ("duty",)


def test_read_from_an_entry_and_its_arrival() -> None:
    body = raised().model_dump(mode="json", exclude={"kind", "author", "role", "device"})
    entry = Entry.model_validate_json(
        orjson.dumps(Tablet(TUTOR, log="1" * 32).write("concern.raised", **body))
    )
    item = ArrivalItem(entry=entry.id, n=1, digest=entry.digest, prev=entry.prev, verdict="stored")
    slow = item.model_copy(update={"offset_ms": 60_000})
    one = Heard.of(Spoken(entry, slow, after(30)), "sch-test", "Tess Tutor")
    assert folded(one).concern.observed_at == after(1)
    assert (one.held, one.author_name) == (None, "Tess Tutor")
    held = item.model_copy(update={"verdict": "held"})
    assert Heard.of(Spoken(entry, held, AT), "sch-test", "T").held == "It is held."
    why = held.model_copy(update={"reason": "Why."})
    assert Heard.of(Spoken(entry, why, AT), "sch-test", "T").held == "Why."


BODIES: list[ConcernBody] = [
    raised(),
    raised(about=(LEAD,)),
    raised(text="", immediate=True),
    acknowledged(),
    acknowledged(HEAD.person),
    noted("referred"),
    noted("closed", HEAD.person),
    told(),
    exported(),
]
sayings = st.lists(
    st.tuples(st.sampled_from(BODIES), st.integers(0, 200), st.none() | st.just("It is held.")),
    max_size=8,
).map(lambda rows: [heard(n, *row) for n, row in enumerate(rows)])


@given(sayings, st.randoms(use_true_random=False), st.integers(0, 400))
def test_the_same_in_any_order_however_often_it_is_told(
    said: list[Heard], shuffle: random.Random, minutes: int
) -> None:
    other = [*said, *said[:3]]
    shuffle.shuffle(other)
    now_ms = AT_MS + minutes * MINUTE
    found = fold_concern(said, ANSWERING, now_ms)
    assert fold_concern(other, ANSWERING, now_ms) == found
    if found is None:
        assert not any(isinstance(one.body, ConcernRaised) for one in said)
        return
    assert len(found.concern.notes) == len(said) - 1  # nothing is lost
    assert (found.concern.state == "new") == (found.status.acknowledged_at is None)
    if LEAD in found.about.people:
        assert "lead" not in found.concern.answering


@given(sayings, st.integers(0, 8), st.integers(0, 400), st.integers(0, 400))
def test_readers_are_only_added_unless_it_concerns_them(
    said: list[Heard], cut: int, first: int, later: int
) -> None:
    earlier = fold_concern(said[:cut], ANSWERING, AT_MS + first * MINUTE)
    if earlier is None:
        return
    found = folded(*said, minutes=first + later, before=earlier.concern)
    gone = set(earlier.concern.answering) - set(found.concern.answering)
    assert all(ANSWERING.whom.standing(step, found.about) == "concerned" for step in gone)
