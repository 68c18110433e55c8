from schemas.calendar import Term
from schemas.policy import Role
from schemas.upcast import read_entry
from sync import channels
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, calendar, claim, wire


def body(entry):
    return read_entry(wire(entry)).body


def test_a_teacher_is_granted_their_groups_and_the_fire_lists():
    found = channels.granted(Role.CLASS_TEACHER, "p1", ("form-1",), calendar(), MONDAY)
    assert found == {
        "staff",
        "person:p1",
        "group:form-1",
        "staff:2026-11-23",
        "staff:2026-11-20",
        "half:2026-11-02:group:form-1",
        "half:2026-09-02:group:form-1",
    }


def test_the_desk_is_granted_a_window_of_days():
    found = channels.granted(Role.ATTENDANCE_OFFICER, "p2", (), calendar(), MONDAY)
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
        "half:2026-11-02:office",
        "half:2026-09-02:office",
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
    found = channels.granted(Role.HEAD, "p2", ("form-1",), calendar(), MONDAY)
    assert channels.lasting(found) == {"staff", "office", "group:form-1", "person:p2"}


def test_no_grant_reaches_an_internal_channel():
    internal = {
        channels.entries(MONDAY),
        channels.arrivals(MONDAY),
        channels.log("a" * 32),
        "roster",
        channels.entries(channels.PLANNED),
    }
    for role in Role:
        assert not internal & channels.granted(role, "p", ("g",), calendar(), MONDAY)


def test_an_entry_lies_on_the_date_it_speaks_of():
    tablet = Tablet(OFFICER)
    planned = {"pupil": "pup-1", "first": MONDAY, "last": MONDAY}
    assert channels.of_body(body(tablet.register(claim(1)))) == MONDAY
    departure = tablet.write(
        "departure.recorded",
        pupil="pup-1",
        date=MONDAY,
        session="AM",
        left="11:00",
        reason="Dentist",
    )
    assert channels.of_body(body(departure)) == MONDAY
    recorded = tablet.write(
        "planned.recorded", sessions=["AM"], code="M", source="Letter", **planned
    )
    assert channels.of_body(body(recorded)) == channels.PLANNED
    assert channels.of_body(None) is None


def test_who_sees_what_is_published():
    assert channels.sheet(MONDAY, "form-1", None) == {"office:2026-11-23", "group:form-1"}
    assert channels.sheet(MONDAY, "form-1", "p9") == {
        "office:2026-11-23",
        "group:form-1",
        "person:p9",
    }
    assert channels.card(["form-1", "set-2"]) == {"office", "group:form-1", "group:set-2"}
    assert channels.roll(MONDAY) == {"staff:2026-11-23"}
    assert channels.held(TUTOR.person) == {"office", f"person:{TUTOR.person}"}
