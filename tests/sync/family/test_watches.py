"""Somebody is out alone: when the alarm is due, and what is read on the safe side."""

from __future__ import annotations

import hashlib
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from schemas.family.watches import Alarm, LoneWorking, WatchStarted
from schemas.upcast import read_entry
from sync import channels
from sync.arrivals import ArrivalItem
from sync.family.alarms import next_due
from sync.family.watches import (
    LONGEST_MS,
    WatchBody,
    WatchWord,
    fold_watch,
    read_watch,
    watch_document,
    word_of,
)
from sync.intake import Intake
from sync.spoken import Spoken
from sync.stores.memory import MemoryStore
from sync.topics import WATCHES
from tests.factory import NINE, OFFICER, TUTOR, NoContacts, SetClock, Tablet, roster, wire
from tests.sync.family.outings import (
    LEAD,
    MINUTE,
    WORKER,
    at,
    called,
    confirmed,
    ended,
    extended,
    fold,
    iso,
    started,
    word,
)


def same(person: str) -> str:
    return person


def test_a_watch_is_overdue_when_its_end_has_passed_and_not_before():
    watch = fold(word(started()))
    assert watch.expected_ms == at("15:00")
    assert (watch.state(at("14:59")), watch.state(at("15:00"))) == ("running", "overdue")
    assert not watch.doubts


def test_of_nothing_and_of_answers_alone_there_is_no_watch():
    assert fold_watch("w-1", []) is None
    assert fold_watch("w-1", [word(confirmed("15:00"))]) is None


def test_an_extension_moves_the_end_later_or_earlier():
    later = word(extended("14:30", "16:00"), n=2)
    earlier = word(extended("14:40", "14:50"), n=3)
    assert fold(word(started()), later).expected_ms == at("16:00")
    assert fold(word(started()), later, earlier).expected_ms == at("14:50")
    assert not fold(word(started()), later, earlier).doubts


def test_of_two_extensions_that_did_not_know_of_each_other_the_earlier_end_counts():
    one = word(extended("14:30", "16:00"), n=2)
    other = word(extended("14:31", "17:00"), log="b")
    watch = fold(word(started()), one, other)
    assert watch.expected_ms == at("16:00")
    assert watch.doubts == ("ends_differ",)


def test_an_extension_written_after_the_other_was_there_to_see_takes_its_place():
    one = word(extended("14:30", "16:00"), n=2)
    knew = word(extended("14:40", "17:00"), log="b", contact_ms=at("14:31"))
    assert fold(word(started()), one, knew).expected_ms == at("17:00")


def test_two_devices_that_say_the_same_end_are_no_doubt():
    same = word(extended("14:31", "16:00"), log="b")
    assert not fold(word(started()), word(extended("14:30", "16:00"), n=2), same).doubts


def test_an_extension_that_claims_to_know_what_came_later_leaves_the_watch_due_at_once():
    """Three that each claim to have seen another: none is left to count."""
    first = word(extended("14:30", "16:00"), n=2, received=at("14:50"), contact_ms=at("14:49"))
    second = word(extended("14:31", "16:00"), n=3, received=at("14:33"))
    other = word(extended("14:40", "17:00"), log="b", contact_ms=at("14:39"))
    assert fold(word(started()), first, second, other).expected_ms == at("14:00")


def test_an_end_before_the_start_is_due_at_once():
    watch = fold(word(started("14:00", "13:00")))
    assert watch.expected_ms == at("14:00")
    assert watch.doubts == ("end_before_start",)


def test_an_end_more_than_a_day_away_is_due_after_a_day():
    far = started().model_copy(update={"expected_back": "2030-01-01T00:00:00.000Z"})
    watch = fold(word(far))
    assert watch.expected_ms == at("14:00") + LONGEST_MS
    assert watch.doubts == ("end_too_far",)


def test_a_clock_that_is_wrong_moves_the_end_along():
    """The tablet's clock showed 17:00 at 14:00, and nobody knew: an hour is still an hour."""
    watch = fold(word(started("17:00", "18:00"), said=at("14:00"), clock_doubted=True))
    assert watch.expected_ms == at("15:00")
    assert watch.doubts == ("clock",)


def test_the_worker_ends_it_in_their_own_word_and_nobody_else_does():
    start = word(started())
    own, others = word(ended("14:50"), n=2), word(ended("14:50", LEAD.person), log="b")
    assert fold(start, own).state(at("16:00")) == "safe"
    assert fold(start, others).state(at("16:00")) == "overdue"


def test_anybody_who_knows_confirms_that_the_worker_is_safe():
    watch = fold(word(started()), word(confirmed("15:10"), log="b"))
    assert watch.state(at("16:00")) == "safe"
    told = watch_document(watch, at("16:00"), same)
    assert (told.safe_at, told.safe_by_name, told.safe_how) == (
        iso("15:10"),
        LEAD.person,
        "Rang her",
    )


def test_what_was_written_after_an_end_says_that_the_worker_is_out_still():
    start, end = word(started()), word(ended("14:30"), n=2)
    assert fold(start, end, word(extended("14:40", "16:00"), n=3)).state(at("16:00")) == "overdue"
    assert fold(start, end, word(called("14:40"), n=3)).state(at("14:40")) == "help"


def test_a_call_for_help_is_answered_only_by_what_was_written_after_it():
    start, call = word(started()), word(called("14:30"), n=2)
    before = word(confirmed("14:30"), log="b")
    after = word(confirmed("14:31"), log="b")
    assert fold(start, call, before).state(at("14:30")) == "help"
    assert fold(start, call, after).state(at("14:31")) == "safe"
    again = word(called("14:35"), n=3)
    assert fold(start, call, after, again).help == again


def test_an_answered_call_and_a_later_extension_leave_the_watch_running():
    words = [word(started()), word(called("14:20"), n=2), word(confirmed("14:30"), log="b")]
    watch = fold(*words, word(extended("14:40", "16:00"), n=3))
    assert (watch.help, watch.safe, watch.state(at("15:00"))) == (None, None, "running")


def test_in_one_log_numbers_say_what_came_after_whatever_the_clock():
    back = word(ended("13:00"), n=2)
    assert fold(word(started()), back).state(at("16:00")) == "safe"


def test_a_call_without_a_start_is_a_watch_of_whoever_called():
    watch = fold(word(called("14:30", note="Dog")))
    assert (watch.person, watch.state(at("14:30")), watch.doubts) == (
        WORKER.person,
        "help",
        ("no_start",),
    )
    told = watch_document(watch, at("14:30"), same)
    assert (told.where, told.note, told.started_at) == ("The stairs", "Dog", iso("14:30"))
    alone = fold(word(extended("14:30", "15:00")))
    assert alone.expected_ms == at("15:00")
    assert "Not known" in watch_document(alone, at("14:30"), same).where


def test_nobody_starts_the_watch_of_another():
    foreign = word(started("14:10", "14:20", author=LEAD.person), log="b")
    watch = fold(word(started()), foreign)
    assert (watch.person, watch.expected_ms) == (WORKER.person, at("15:00"))


def test_the_document_says_who_where_and_until_when():
    start = started(buddy="staff-bo", phone="01632 960001", case="c-1", visit="v-1", note="Car")
    alarm = Alarm(at=iso("15:00"), step="buddy", told=("Bo Buddy",), reached=True)
    names = {"staff-bo": "Bo", "staff-fay": "Fay"}
    told = watch_document(fold(word(start)), at("15:01"), lambda one: names[one], (alarm,))
    assert told.model_dump(mode="json", exclude_defaults=True, by_alias=True) == {
        "_id": "watch:w-1",
        "watch": "w-1",
        "person": "staff-fay",
        "person_name": "Fay",
        "phone": "01632 960001",
        "case": "c-1",
        "visit": "v-1",
        "where": "Harbour Road",
        "note": "Car",
        "started_at": iso("14:00"),
        "received_at": iso("14:00"),
        "expected_back": iso("15:00"),
        "buddy": "staff-bo",
        "buddy_name": "Bo",
        "state": "overdue",
        "as_at": iso("15:01"),
        "alarms": [{"at": iso("15:00"), "step": "buddy", "told": ["Bo Buddy"], "reached": True}],
    }


# What comes in.


@pytest.fixture
async def area():
    store = MemoryStore()
    database = await store.create("area-1")
    ids = iter(map(str, range(100)))
    everybody = roster()
    clock = SetClock()
    intake = Intake(database, lambda: everybody, clock, ids.__next__, NoContacts())
    yield database, intake
    await store.close()


def leaves(tablet: Tablet, **more):
    return tablet.write(
        "watch.started", watch="w-1", where="Harbour Road", expected_back=iso("10:00"), **more
    )


async def test_what_came_in_is_read_back_with_corrected_times(area):
    database, intake = area
    tablet = Tablet(WORKER)
    start = leaves(tablet, clock={"offset_ms": 60_000, "contact": "nonce-0930"})
    await intake.take(WORKER, wire([start, tablet.write("watch.ended", watch="w-1")]))
    await intake.take(WORKER, wire([start]))
    one, two = await read_watch(database, "w-1")
    assert (one.said_ms, one.contact_ms) == (at("09:30"), at("09:30"))
    assert fold(one).latest_ms == at("09:30")
    assert (one.entry, two.n) == (start["_id"], 2)
    assert fold(one, two).safe == two


async def test_a_start_held_for_want_of_a_right_is_watched_until_it_is_declined(area):
    database, intake = area
    tablet, desk = Tablet(TUTOR), Tablet(OFFICER, log="d" * 32)
    await intake.take(TUTOR, wire([leaves(tablet), tablet.write("watch.ended", watch="w-1")]))
    (one,) = await read_watch(database, "w-1")
    assert fold(one).doubts == ("held",)
    held, other = sorted(await database.range("held:", "held;"), key=lambda one: one.body["n"])
    decline = {"held": held.id, "entry": held.body["entry"], "reason": "A slip"}
    release = {"held": other.id, "entry": other.body["entry"], "reason": "Right"}
    await intake.take(OFFICER, wire([desk.write("quarantine.released", **release)]))
    one, two = await read_watch(database, "w-1")
    assert fold(one, two).safe == two
    decision = desk.write("quarantine.declined", **decline)
    await intake.take(OFFICER, wire([decision]))
    (two,) = await read_watch(database, "w-1")
    (stored,) = await database.read([decision["_id"]])
    assert stored is not None
    assert channels.entries(WATCHES) in stored.channels


async def test_what_is_forged_is_no_watch(area):
    database, intake = area
    await intake.take(OFFICER, wire([leaves(Tablet(WORKER, log="9" * 32))]))
    assert not await read_watch(database, "w-1")


def test_an_entry_of_another_kind_says_nothing_of_a_watch():
    entry = read_entry(Tablet(TUTOR).write("record.viewed", document="card:pup-1"))
    item = ArrivalItem(n=1, entry=entry.id, digest=entry.digest, verdict="stored")
    assert word_of(Spoken(entry, item, NINE)) is None


# Laws.

MINUTES = st.integers(0, 600)
LOGS = st.sampled_from(["a", "b", "c"])


def of(minutes: int) -> str:
    return f"{10 + minutes // 60:02d}:{minutes % 60:02d}"


@st.composite
def words(draw: st.DrawFn, kinds: str = "seach", since: int = 0) -> WatchWord:
    """A word of the worker's, or of a lead's where it is not their own to say."""
    kind, written = draw(st.sampled_from(kinds)), draw(MINUTES)
    back = draw(st.integers(0, 780))
    others = draw(st.sampled_from([WORKER.person, LEAD.person]))
    body: WatchBody
    if kind == "s":
        body = started(of(written), of(back))
    elif kind == "e":
        body = extended(of(written), of(back), others)
    elif kind == "a":
        body = ended(of(written), others)
    elif kind == "c":
        body = confirmed(of(written), others)
    else:
        body = called(of(written))
    said = at(of(written))
    made = word(
        body,
        log=draw(LOGS),
        n=draw(st.integers(1, 9)),
        received=max(said, since) + draw(MINUTES) * MINUTE,
        contact_ms=said - draw(st.integers(0, 60)) * MINUTE,
    )
    digest = hashlib.sha256(repr(made).encode()).hexdigest()  # an id is of its content, as ever
    return replace(made, entry=f"entry:{digest}")


def first_alarm(given: list[WatchWord]) -> float:
    found = fold_watch("w-1", given)
    due = next_due(found, LoneWorking(), ()) if found is not None else None
    return float("inf") if due is None else due.at_ms


@given(st.lists(words(), max_size=8), st.randoms())
def test_order_and_copies_change_nothing(given: list[WatchWord], random):
    again = given * 2
    random.shuffle(again)
    once = {one.entry: one for one in again}.values()
    assert fold_watch("w-1", again) == fold_watch("w-1", sorted(once, key=lambda one: one.entry))


@given(st.lists(words(), max_size=8), words("sh", since=at("23:00")))
def test_no_alarm_is_later_for_more_that_says_neither_safe_nor_extended(
    given: list[WatchWord], more: WatchWord
):
    """Once the start has come, which says until when there is nothing to fear."""
    assume(any(isinstance(one.body, WatchStarted) for one in given))
    assert first_alarm([*given, more]) <= first_alarm(given)


@given(st.lists(words("seh"), min_size=1, max_size=8))
def test_without_a_word_of_safety_there_is_always_an_alarm_within_a_day(given: list[WatchWord]):
    last = max(one.said_ms for one in given)
    assert first_alarm(given) <= last + LONGEST_MS


@given(st.lists(words("seach"), max_size=8), words("ac"))
def test_a_word_of_safety_brings_no_alarm_nearer_to_later(given: list[WatchWord], more: WatchWord):
    """It ends the watch, or a call; or changes nothing of when it is due."""
    assume(any(isinstance(one.body, WatchStarted) for one in given))
    found = first_alarm([*given, more])
    calls = fold_watch("w-1", [*given, more])
    assert found == float("inf") or calls is None or found >= first_alarm(given)
