from schemas.calendar import Term
from schemas.policy import Role
from schemas.upcast import read_entry
from sync import channels
from sync.feed import grants_digest
from sync.topics import (
    CASES,
    CONCERNS,
    DRAFTS,
    GRANTS,
    PLANNED,
    VIEWS,
    WATCHES,
    attendance_topics,
    topic_of,
    topics_of,
    topics_of_held,
)
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, calendar, claim, may_read, wire


def body(entry):
    return read_entry(wire(entry)).body


def test_a_teacher_is_granted_their_groups_and_the_fire_lists():
    found = may_read(Role.CLASS_TEACHER, "p1", ("form-1",))
    assert found == {
        "staff",
        "taker:p1:2026-11-23",
        "taker:p1:2026-11-20",
        "half:2026-11-02:person:p1",
        "half:2026-09-02:person:p1",
        "person:p1",
        "group:form-1",
        "staff:2026-11-23",
        "staff:2026-11-20",
        "half:2026-11-02:group:form-1",
        "half:2026-09-02:group:form-1",
    }


def test_the_desk_is_granted_a_window_of_days():
    found = may_read(Role.ATTENDANCE_OFFICER, "p2")
    assert {c for c in found if c.startswith("office")} == {
        "office",
        "office:2026-11-23",
        "office:2026-11-20",
        "office:2026-11-19",
        "office:2026-11-18",
        "office:2026-11-17",
        "office:2026-11-16",
    }
    assert {c for c in found if c.startswith("half")} == {
        f"half:{half}:{readers}"
        for half in ("2026-11-02", "2026-09-02")
        for readers in ("office", "quarantine", "person:p2")
    }


def test_a_half_term_goes_to_the_readers_of_its_pupils_while_it_is_this_one_or_the_last():
    history = channels.history("2026-09-02", "pup-1", ["form-1"])
    assert history == {
        "half:2026-09-02:office",
        "half:2026-09-02:group:form-1",
        "half:2026-09-02:pupil:pup-1",
    }
    own = [channels.pupil("pup-1")]
    later = Term(name="Spring", first="2027-01-05", last="2027-03-24")
    year = calendar(terms=(*calendar().terms, later))
    assert history & channels.halves(own, year, "2027-01-04") == {"half:2026-09-02:pupil:pup-1"}
    assert not history & channels.halves(own, year, "2027-01-05")
    assert not history & channels.halves([channels.pupil("pup-2")], year, "2026-12-01")


def test_what_moves_with_the_days_is_no_lasting_grant():
    found = may_read(Role.HEAD, "p2", ("form-1",))
    lasting = {"staff", "office", "quarantine", "person:p2", "support"}
    lasting |= {"allegations", "allegations:p2"}
    assert channels.lasting(found) == lasting | {"office:", "staff:"}
    found = may_read(Role.COVER_TEACHER, "p3", ("form-1",))
    lasting = {"staff", "group:form-1", "person:p3"}
    assert channels.lasting(found) == lasting | {"staff:", "taker:"}


def test_whoever_loses_nothing_but_the_fire_lists_may_see_something_else():
    """A teacher whom no group was given reads them all the same, and a family worker does not."""
    teacher, worker = may_read(Role.COVER_TEACHER), may_read(Role.FAMILY_WORKER)
    assert channels.lasting(teacher) != channels.lasting(worker)
    assert grants_digest(teacher) != grants_digest(worker)
    assert grants_digest(teacher) == grants_digest(may_read(Role.COVER_TEACHER, day="2026-11-24"))


def test_what_a_day_left_behind_is_not_what_a_grant_took_along():
    monday = may_read(Role.COVER_TEACHER, "p", ("form-1", "form-2"), day="2026-10-22")
    now = may_read(Role.COVER_TEACHER, "p", ("form-1",), day="2026-11-24")
    assert channels.left_behind(monday, now) == {
        "staff:2026-10-21",
        "staff:2026-10-22",
        "taker:p:2026-10-21",
        "taker:p:2026-10-22",
    }
    later = Term(name="Spring", first="2027-01-05", last="2027-03-24")
    terms = (*calendar().terms, later)
    spring = may_read(Role.COVER_TEACHER, "p", ("form-1",), day="2027-01-05", terms=terms)
    left = channels.left_behind(monday, spring)
    assert {one for one in left if one.startswith("half:")} == {
        "half:2026-09-02:group:form-1",
        "half:2026-09-02:person:p",
    }
    assert not channels.left_behind(monday, may_read(Role.GOVERNOR, "p", day="2026-11-24"))


TOPICS = (
    *(PLANNED, GRANTS, VIEWS, channels.QUARANTINE, DRAFTS),
    *(CASES, CONCERNS, WATCHES),
    *(channels.case("c"), channels.concern("k"), channels.watch("w")),
)


def test_no_grant_reaches_an_internal_channel():
    internal = {
        channels.entries(MONDAY),
        channels.arrivals(MONDAY),
        channels.log("a" * 32),
        "roster",
        *map(channels.entries, TOPICS),
        *map(channels.arrivals, TOPICS),
    }
    for role in Role:
        assert not internal & may_read(role, groups=("g",), pupils=("pup-1",))


def test_governors_read_nothing_but_what_is_their_own():
    own = {"person:p", "half:2026-11-02:person:p", "half:2026-09-02:person:p"}
    assert may_read(Role.GOVERNOR, groups=("form-1",), pupils=("pup-1",)) == own


def test_whoever_was_granted_a_pupil_reads_that_one():
    found = may_read(Role.FAMILY_WORKER, groups=("form-1",), pupils=("pup-1",))
    assert channels.lasting(found) == {"staff", "pupil:pup-1", "person:p", "team:form-1"}
    assert "half:2026-11-02:pupil:pup-1" in found
    assert not [one for one in found if "group:form-1" in one]


def test_an_entry_lies_on_the_date_it_speaks_of():
    tablet = Tablet(OFFICER)
    planned = {"pupil": "pup-1", "first": MONDAY, "last": MONDAY}
    assert topic_of(body(tablet.register(claim(1)))) == MONDAY
    departure = tablet.write(
        "departure.recorded",
        pupil="pup-1",
        date=MONDAY,
        session="AM",
        left="11:00",
        reason="Dentist",
    )
    assert topic_of(body(departure)) == MONDAY
    recorded = tablet.write(
        "planned.recorded", sessions=["AM"], code="M", source="Letter", **planned
    )
    assert topic_of(body(recorded)) == PLANNED
    assert topic_of(None) is None


def family(kind: str, **fields):
    return body(Tablet(OFFICER).write(kind, **fields))


def test_what_is_of_a_case_lies_on_it_and_whose_it_is_on_the_list_of_cases():
    at = {"observed_at": f"{MONDAY}T09:00:00.000Z"}
    child = {"item": "m-1", "name": "Rosa Brook", "relation": "sister", "child": True}
    member = {"fact": "member", **child}
    strength = {"fact": "strength", "item": "s-1", "what": "Up early"}
    on_list = family("case.noted", case="c-1", facts=[{"says": member, **at}])
    off_list = family("case.noted", case="c-1", facts=[{"says": strength, **at}])
    assert topics_of(on_list) == {"case:c-1", CASES}
    assert topics_of(off_list) == {"case:c-1"}
    to = "entry:" + "a" * 32 + ":00000001:" + "b" * 16
    begun = family("case.opened", case="c-1", facts=[{"says": strength, **at}])
    assert topics_of(begun) == {"case:c-1", GRANTS}
    closed = [{"says": {"fact": "status", "status": "closed"}, **at}]
    assert CASES in topics_of(family("case.noted", case="c-1", facts=closed))
    addendum = family("visit.addendum", case="c-1", visit="v-1", to=to, text="More")
    assert topics_of(addendum) == {"case:c-1"}
    opened = family("draft.opened", draft="d-1", of="p", case="c-1", reason="Ill")
    assert topics_of(opened) == {DRAFTS}
    broken = family("glass.broken", case="c-1", reason="On call")
    assert topics_of(broken) == {GRANTS}


def test_concerns_and_watches_lie_on_their_own_topic_and_on_the_list_of_them():
    noted = family("concern.noted", concern="k-1", text="Rang")
    ended = family("watch.ended", watch="w-1")
    assert topics_of(noted) == {"concern:k-1", CONCERNS}
    assert topics_of(ended) == {"watch:w-1", WATCHES}
    assert not topics_of(None)


def test_a_decision_lies_where_what_it_decides_on_does():
    assert topics_of_held("register.taken", MONDAY, ()) == {MONDAY}
    assert topics_of_held("planned.recorded", None, ()) == {PLANNED}
    assert topics_of_held(None, None, ()) == {channels.QUARANTINE}
    of_case = ("case:c-1", CASES)
    assert topics_of_held("case.noted", None, of_case) == set(of_case)


def test_only_dates_and_planned_codes_change_what_a_register_shows():
    assert attendance_topics({*TOPICS, MONDAY}) == {MONDAY, PLANNED}


def test_who_sees_what_is_published():
    assert channels.sheet(MONDAY, "form-1", None) == {"office:2026-11-23", "group:form-1"}
    assert channels.sheet(MONDAY, "form-1", "p9") == {
        "office:2026-11-23",
        "group:form-1",
        "taker:p9:2026-11-23",
    }
    assert channels.card("pup-1", ["form-1", "set-2"]) == {
        "office",
        "pupil:pup-1",
        "group:form-1",
        "group:set-2",
    }
    assert channels.roll(MONDAY) == {"staff:2026-11-23"}
    assert channels.held(TUTOR.person) == {"quarantine", f"person:{TUTOR.person}"}
    assert channels.held(TUTOR.person, to=()) == {f"person:{TUTOR.person}"}
    assert channels.held(TUTOR.person, "2026-11-02") == {
        "half:2026-11-02:quarantine",
        f"half:2026-11-02:person:{TUTOR.person}",
    }
