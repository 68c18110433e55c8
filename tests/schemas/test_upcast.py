import pytest
from pydantic import ValidationError

from schemas.entry import SHAPE
from schemas.upcast import STEPS, is_newer_kind, is_newer_shape, read_entry
from tests.factory import MONDAY, OFFICER, Tablet, wire

LEFT = {"pupil": "pup-1", "date": MONDAY, "session": "AM", "left": "11:00", "reason": "Dentist"}


def test_there_is_a_step_from_every_shape_to_the_next():
    assert len(STEPS) == SHAPE - 1


def test_an_old_entry_is_read_and_its_digest_stays_that_of_what_was_written():
    written = Tablet(OFFICER).write("departure.recorded", **LEFT)
    entry = read_entry(wire(written))
    assert entry.body.shape == SHAPE
    assert entry.digest == written["digest"]
    assert "left_with" not in written["body"]


def test_what_todays_shape_asks_for_must_be_there_in_it():
    written = Tablet(OFFICER).write("departure.recorded", shape=SHAPE, **LEFT)
    with pytest.raises(ValidationError, match="left_with"):
        read_entry(wire(written))


@pytest.mark.parametrize("body", [None, [], "text", 7])
def test_what_is_no_body_is_left_to_the_schema(body):
    with pytest.raises(ValidationError):
        read_entry({"body": body})
    assert not is_newer_shape(body)
    assert not is_newer_kind(body)


def test_what_a_newer_version_wrote_is_told_from_what_is_broken():
    assert is_newer_shape({"shape": SHAPE + 1})
    assert not is_newer_shape({"shape": SHAPE})
    assert not is_newer_shape({"shape": "99"})
    assert is_newer_kind({"kind": "visit.logged"})
    assert not is_newer_kind({"kind": "register.taken"})
    assert not is_newer_kind({"kind": 7})
