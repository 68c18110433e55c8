"""Four weeks of attendance: the national mix, pupil by pupil, written by the people who would."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from functools import cache
from typing import Any

import pytest

from schemas.canonical import GENESIS, claim_id
from schemas.published import Cell
from schemas.upcast import read_entry
from server.demo.attendance import OPEN_N, Attendance, attend
from server.demo.history import write_history
from server.demo.mix import SHARES
from server.demo.plans import PLANS, PRIMARY, SECONDARY, SPECIAL, SchoolPlan
from server.demo.schools import DemoSchool, build_school
from server.demo.writing import BURST_MS, Push, bursts
from sync.attendance.fold import FoldClaim, fold
from sync.clock import instant, local, to_ms

TODAY = dt.date(2026, 11, 23)
SEED = 7
ABSENT = frozenset({"I", "M", "R", "S", "T", "E", "C", "C1", "C2", "J1", "G", "N", "O", "U"})


@cache
def school(plan: SchoolPlan) -> DemoSchool:
    return build_school(plan, SEED, TODAY)


@cache
def attendance(plan: SchoolPlan) -> Attendance:
    return attend(school(plan), SEED)


@cache
def pushes(plan: SchoolPlan) -> list[Push]:
    days = write_history(school(plan), attendance(plan), SEED)
    return [push for _, portion in days for push in portion]


def possible(plan: SchoolPlan) -> int:
    one = school(plan)
    return 2 * sum(one.roster.on_roll(p, day) for p in one.roster.pupils for day in one.history)


@pytest.mark.parametrize("plan", PLANS)
def test_the_mix_of_codes_is_the_nation_s(plan: SchoolPlan) -> None:
    found = Counter[str]()
    for episode in attendance(plan).episodes:
        found[episode.code] += len(episode.places)
    for code, share in SHARES[plan.phase].items():
        wanted = share * possible(plan) / 100_000
        # A party or a run is not cut in half for the last session.
        assert abs(found[code] - wanted) <= max(3.0, 0.02 * wanted), (code, found[code], wanted)
    absent = 100 * sum(found[code] for code in ABSENT) / possible(plan)
    low, high = {"primary": (5, 6), "secondary": (8, 9), "special": (12.5, 14)}[plan.phase]
    assert low < absent < high


@pytest.mark.parametrize("plan", PLANS)
def test_absence_is_a_few_pupils_and_comes_in_runs(plan: SchoolPlan) -> None:
    missed = Counter[str]()
    for episode in attendance(plan).episodes:
        missed[episode.pupil] += len(episode.places) * (episode.code in ABSENT)
    persistent = sum(count >= 4 for count in missed.values()) / plan.pupils
    low, high = {"primary": (0.1, 0.3), "secondary": (0.2, 0.45), "special": (0.3, 0.6)}[plan.phase]
    assert low < persistent < high
    ill = [len(one.places) for one in attendance(plan).episodes if one.code == "I"]
    assert max(ill) >= 10
    assert sum(ill) / len(ill) > 2.5


def test_no_session_of_a_pupil_has_two_episodes() -> None:
    for plan in PLANS:
        cells = [(one.pupil, place) for one in attendance(plan).episodes for place in one.places]
        assert len(set(cells)) == len(cells)


def test_leave_for_exams_and_work_experience_are_the_oldest_s() -> None:
    years = defaultdict(set)
    for episode in attendance(SECONDARY).episodes:
        years[episode.code].add(school(SECONDARY).roster.pupils[episode.pupil].year)
    assert years["S"] == {"Year 11"}
    assert years["W"] <= {"Year 10", "Year 11"}
    assert "W" not in {one.code for one in attendance(PRIMARY).episodes}


@pytest.mark.parametrize("plan", [PRIMARY, SPECIAL])
def test_every_entry_is_sealed_into_its_author_s_log(plan: SchoolPlan) -> None:
    logs: dict[str, tuple[int, str, str]] = {}
    for push in pushes(plan):
        entry = read_entry(push.entry)
        n, digest, _ = logs.get(entry.log, (0, GENESIS, ""))
        assert (entry.n, entry.prev) == (n + 1, digest)
        logs[entry.log] = (entry.n, entry.digest, entry.body.author)
        assert entry.body.author == push.speaker.person
        assert entry.body.role == push.speaker.role
        assert entry.body.device == push.speaker.device
    assert len({author for _, _, author in logs.values()}) == len(logs)


@pytest.mark.parametrize("plan", [PRIMARY, SPECIAL])
def test_it_was_received_on_school_days_after_it_was_written(plan: SchoolPlan) -> None:
    one = school(plan)
    for push in pushes(plan):
        body = push.entry["body"]
        written_ms = to_ms(body["written_at"]) + push.offset_ms
        assert written_ms <= push.received_ms
        date, time = local(instant(push.received_ms), "Europe/London")
        assert date in one.history
        assert "07:50" <= time <= "16:45"
        if body["kind"] == "register.taken":
            span = one.roster.calendar.times_on(date).span(body["session"])
            assert (date, span.opens <= time) == (body["date"], True)


def claims(plan: SchoolPlan) -> dict[tuple[str, str, str], list[FoldClaim]]:
    found: dict[tuple[str, str, str], list[FoldClaim]] = defaultdict(list)
    for push in pushes(plan):
        body: dict[str, Any] = push.entry["body"]
        for index, claim in enumerate(body.get("claims", ())):
            found[body["date"], body["session"], claim["pupil"]].append(
                FoldClaim(
                    id=claim_id(push.entry["digest"], index),
                    code=claim["code"],
                    date=body["date"],
                    arrived=claim.get("arrived"),
                    replaces=tuple(claim.get("replaces", ())),
                )
            )
    return found


@cache
def cells(plan: SchoolPlan) -> dict[tuple[str, str, str], Cell]:
    calendar = school(plan).roster.calendar
    return {
        (date, session, pupil): fold(
            said, calendar.times_on(date).span("AM" if session == "AM" else "PM")
        )
        for (date, session, pupil), said in claims(plan).items()
    }


@pytest.mark.parametrize("plan", PLANS)
def test_the_claims_fold_to_what_happened_but_for_one_contradiction(plan: SchoolPlan) -> None:
    one, expected = school(plan), attendance(plan).codes()
    contested = []
    for (date, session, pupil), cell in cells(plan).items():
        if cell.state == "contested":
            contested.append((date, session, pupil))
            continue
        place = 2 * one.history.index(date) + (session == "PM")
        episode = expected.get((pupil, place))
        present = "/" if session == "AM" else "\\"
        assert cell.code == (episode.code if episode is not None else present)
    assert len(cells(plan)) == possible(plan)
    [(date, session, pupil)] = contested
    assert (date, session) == (one.history[-1], "AM")
    assert pupil in one.shown.members


@pytest.mark.parametrize("plan", PLANS)
def test_open_absences_lie_within_the_last_days_and_one_is_overdue(plan: SchoolPlan) -> None:
    one = school(plan)
    pupils = defaultdict(set)
    for (date, _, pupil), cell in cells(plan).items():
        if cell.code == "N":
            pupils[date].add(pupil)
    back = [len(pupils[date]) for date in one.history[::-1]]
    assert tuple(back[:6]) == OPEN_N[plan.phase]
    assert sum(back[6:]) == 0
    due = [one.roster.calendar.n_due(date) for date in one.history[-6:]]
    assert due[0] is not None
    assert due[0] < one.today == due[1]


def test_amendments_name_what_they_replace_and_say_why() -> None:
    given = {claim.id for said in claims(PRIMARY).values() for claim in said}
    bodies = [push.entry["body"] for push in pushes(PRIMARY)]
    amended = [body for body in bodies if body["kind"] == "mark.amended"]
    assert len(amended) > 100
    for body in amended:
        assert body["role"] == "attendance_officer"
        assert body["reason"]
        assert all(set(claim["replaces"]) <= given for claim in body["claims"])
    assert {claim["code"] for body in amended for claim in body["claims"]} == {"I", "O", "G"}


def test_leave_is_recorded_with_the_decision_behind_it() -> None:
    for push in pushes(PRIMARY):
        for claim in push.entry["body"].get("claims", ()):
            assert (claim["code"] in {"C", "C1", "C2", "J1", "S"}) == ("decision" in claim)


@pytest.mark.parametrize("plan", PLANS)
def test_of_today_only_plans_are_known(plan: SchoolPlan) -> None:
    one = school(plan)
    bodies = [push.entry["body"] for push in pushes(plan)]
    assert one.today not in {body.get("date") for body in bodies}
    planned = [body for body in bodies if body["kind"] == "planned.recorded"]
    today = [body for body in planned if body["first"] == one.today]
    assert {body["code"] for body in today} == {"I", "M", "V"}
    shown = [body for body in today if body["pupil"] in one.shown.members]
    assert {body["code"] for body in shown} == {"I", "M", "V"}
    assert len({body["pupil"] for body in today}) == len(today)


def test_the_same_seed_writes_the_same_entries() -> None:
    again = build_school(SPECIAL, SEED, TODAY)
    days = write_history(again, attend(again, SEED), SEED)
    assert [push for _, portion in days for push in portion] == pushes(SPECIAL)


def test_what_one_person_writes_in_a_few_minutes_is_one_request() -> None:
    found = list(bursts(pushes(SPECIAL)))
    assert [push for burst in found for push in burst] == pushes(SPECIAL)
    assert len(found) < 0.9 * len(pushes(SPECIAL))
    for burst in found:
        assert len({push.speaker.person for push in burst}) == 1
        assert burst[-1].received_ms - burst[0].received_ms <= BURST_MS
