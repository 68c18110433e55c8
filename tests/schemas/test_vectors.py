"""The vectors that Python and the tablet's TypeScript both keep (``tests/pwa/domain``)."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from schemas.calendar import SchoolCalendar, Span
from schemas.canonical import (
    body_digest,
    canonical_bytes,
    claim_id,
    entry_digest,
    holding_digest,
)
from schemas.codes import code_on, present_code
from schemas.entry import SHAPE, make_entry
from schemas.errors import CanonicalError, IdentifierError
from schemas.identifiers import check_upn
from schemas.measures import Tally, tally
from schemas.policy import Role, may_use_code, may_write, offered_codes
from schemas.register import code_as_read, late_code, minutes_late
from schemas.upcast import read_entry, upcast

VECTORS = Path(__file__).parent.parent / "vectors"


def read(name: str) -> Any:
    return json.loads((VECTORS / f"{name}.json").read_text("utf-8"))


def cases(name: str, *path: str) -> pytest.MarkDecorator:
    """One test a case; ``path`` leads to the list of cases."""
    found = read(name)
    for step in path:
        found = found[step]
    titles = [str(one.get("name", index)) for index, one in enumerate(found)]
    return pytest.mark.parametrize("case", found, ids=titles)


CALENDAR = SchoolCalendar.model_validate_json(json.dumps(read("calendar")["calendar"]))
OPEN = Span(**read("register")["span"])


@cases("canonical", "values")
def test_canonical_form(case: dict[str, Any]) -> None:
    written = canonical_bytes(case["value"])
    assert written == case["text"].encode() == bytes.fromhex(case["bytes"])
    assert hashlib.sha256(written).hexdigest() == case["sha256"]


@cases("canonical", "holdings")
def test_what_a_tablet_holds(case: dict[str, Any]) -> None:
    assert holding_digest((name, rev) for name, rev in case["held"]) == case["sha256"]


@cases("canonical", "refused")
def test_no_canonical_form(case: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError):
        canonical_bytes(json.loads(case["json"]))


@cases("entry", "entries")
def test_sealed_entry(case: dict[str, Any]) -> None:
    log, n, prev, salt, body = (case[key] for key in ("log", "n", "prev", "salt", "body"))
    sealed = body_digest(salt, body)
    assert sealed == case["body_digest"]
    assert entry_digest(log=log, n=n, prev=prev, body=sealed) == case["digest"]
    made = make_entry(log, n, prev, salt, body)
    assert (made["_id"], made["_rev"]) == (case["_id"], case["_rev"])
    entry = read_entry(made)
    assert list(entry.claim_ids()) == case["claim_ids"]
    assert all(claim_id(case["digest"], i) == one for i, one in enumerate(case["claim_ids"]))


def test_the_vectors_are_of_todays_shape() -> None:
    assert read("upcast")["shape"] == SHAPE


@cases("upcast", "bodies")
def test_an_older_body_reads_in_todays_shape(case: dict[str, Any]) -> None:
    before = json.dumps(case["body"])
    assert upcast(case["body"]) == case["today"]
    assert json.dumps(case["body"]) == before


@cases("calendar", "school_days")
def test_school_day(case: dict[str, Any]) -> None:
    assert CALENDAR.is_school_day(case["date"]) is case["expected"]


def test_half_terms() -> None:
    found = [one.model_dump() for one in CALENDAR.half_terms]
    assert found == read("calendar")["half_terms"]


@cases("calendar", "cuts")
def test_cut(case: dict[str, Any]) -> None:
    parts = {key: case[key] for key in ("terms", "closures", "extra_days")}
    whole = json.dumps(read("calendar")["calendar"] | parts)
    found = SchoolCalendar.model_validate_json(whole).half_terms
    assert [one.model_dump() for one in found] == case["expected"]


@cases("calendar", "window")
def test_window(case: dict[str, Any]) -> None:
    assert [one.first for one in CALENDAR.window(case["today"])] == case["expected"]


@cases("calendar", "n_due")
def test_n_due(case: dict[str, Any]) -> None:
    assert CALENDAR.n_due(case["date"]) == case["expected"]


@cases("calendar", "after")
def test_school_days_after(case: dict[str, Any]) -> None:
    assert CALENDAR.school_days_after(case["date"], case["count"]) == case["expected"]


@cases("calendar", "before")
def test_school_days_before(case: dict[str, Any]) -> None:
    assert CALENDAR.school_days_before(case["date"], case["count"]) == case["expected"]


@cases("calendar", "weekday")
def test_weekday(case: dict[str, Any]) -> None:
    assert CALENDAR.weekday_on(case["date"]) == case["expected"]


@cases("calendar", "times")
def test_times_in_force(case: dict[str, Any]) -> None:
    assert CALENDAR.times_on(case["date"]).valid_from == case["expected"]


@cases("register", "late")
def test_late_code(case: dict[str, Any]) -> None:
    assert late_code(case["arrived"], OPEN) == case["expected"]


@cases("register", "as_read")
def test_code_as_read(case: dict[str, Any]) -> None:
    assert code_as_read(case["code"], case["arrived"], OPEN) == case["expected"]


@cases("register", "minutes_late")
def test_minutes_late(case: dict[str, Any]) -> None:
    assert minutes_late(case["arrived"], OPEN) == case["expected"]


@cases("codes", "classes")
def test_class_of_a_code(case: dict[str, Any]) -> None:
    row = code_on(case["code"], case["date"])
    assert (row.counts_as.value if row is not None else None) == case["counts_as"]


def test_codes_by_what_they_need_and_allow() -> None:
    vectors = read("codes")
    date = vectors["decisions"]["date"]
    known = {one["code"] for one in vectors["classes"]}
    rows = {code: row for code in known if (row := code_on(code, date)) is not None}
    assert sorted(code for code in rows if rows[code].needs_decision) == sorted(
        vectors["decisions"]["codes"]
    )
    assert sorted(c for c in rows if not rows[c].possible) == vectors["possible"]["no"]
    for code, sessions in vectors["one_session"].items():
        assert list(rows[code].sessions) == sessions
    assert {one: present_code(one) for one in ("AM", "PM")} == vectors["present"]


@cases("codes", "offered")
def test_offered_codes(case: dict[str, Any]) -> None:
    assert list(offered_codes(Role(case["role"]), case["date"])) == case["codes"]


@cases("codes", "planned")
def test_a_planned_code_may_be_confirmed(case: dict[str, Any]) -> None:
    planned = frozenset(case["planned"])
    assert may_use_code(Role(case["role"]), case["code"], planned=planned) is case["expected"]


@cases("codes", "may_write")
def test_who_may_write_what(case: dict[str, Any]) -> None:
    assert may_write(Role(case["role"]), case["kind"]) is case["expected"]


@cases("upn", "good")
def test_a_good_upn(case: dict[str, Any]) -> None:
    assert check_upn(case["upn"]) == case["upn"]


@cases("upn", "bad")
def test_a_bad_upn(case: dict[str, Any]) -> None:
    with pytest.raises(IdentifierError):
        check_upn(case["upn"])


@cases("measures", "tallies")
def test_rates(case: dict[str, Any]) -> None:
    counts = Tally(**{key: case[key] for key in ("attended", "authorised", "unauthorised")})
    assert counts.possible == case["possible"]
    assert counts.attendance_hundredths() == case["attendance_hundredths"]
    assert counts.persistently_absent() is case["persistently_absent"]
    assert counts.severely_absent() is case["severely_absent"]


@cases("measures", "marks")
def test_counting_marks(case: dict[str, Any]) -> None:
    assert tally((date, code) for date, code in case["marks"]).model_dump() == case["counts"]
