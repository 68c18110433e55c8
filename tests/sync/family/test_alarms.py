"""The steps of an alarm: whom it tells, in which order, how often, and when it is over."""

from __future__ import annotations

from schemas.family.watches import LoneWorking
from sync.family.alarms import Due, Raised, is_current, next_due
from sync.family.watches import WatchFold
from tests.sync.family.outings import (
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

POLICY = LoneWorking(
    buddy_minutes=0, lead_minutes=15, escalate_minutes=30, repeat_minutes=10, escalate=("p",)
)


def raise_all(
    watch: WatchFold, until: int, policy: LoneWorking = POLICY, *, reached: bool | None = True
) -> list[tuple[str, int]]:
    """Raise what is due until a moment, each on time; step and minutes after 15:00."""
    raised: list[Raised] = []
    while (due := next_due(watch, policy, raised)) is not None and due.at_ms <= until:
        raised.append(Raised(due.step, due.cause, due.at_ms, reached))
    return [(one.step, (one.at_ms - at("15:00")) // 60_000) for one in raised]


def test_the_buddy_the_leads_the_others_and_then_everybody_again():
    assert raise_all(fold(word(started())), at("15:50")) == [
        ("buddy", 0),
        ("lead", 15),
        ("escalate", 30),
        *(("buddy", 40), ("lead", 40), ("escalate", 40)),
        *(("buddy", 50), ("lead", 50), ("escalate", 50)),
    ]


def test_where_nobody_can_be_reached_the_next_step_comes_at_once():
    found = raise_all(fold(word(started())), at("15:10"), reached=False)
    assert found[:3] == [("buddy", 0), ("lead", 0), ("escalate", 0)]
    assert found[3:] == [("buddy", 10), ("lead", 10), ("escalate", 10)]


def test_while_it_is_not_known_whether_anybody_was_reached_the_next_step_waits():
    assert raise_all(fold(word(started())), at("15:10"), reached=None) == [("buddy", 0)]


def test_steps_come_in_the_order_of_their_minutes():
    policy = POLICY.model_copy(update={"lead_minutes": 5, "buddy_minutes": 20})
    found = raise_all(fold(word(started())), at("15:30"), policy)
    assert found == [("lead", 5), ("buddy", 20), ("escalate", 30)]


def test_steps_are_counted_for_the_whole_watch_and_begin_anew_for_another_end():
    raised = [Raised("buddy", f"overdue:{iso('15:00')}", at("15:00"), reached=True)]
    longer = fold(word(started()), word(extended("15:02", "16:00"), n=2))
    assert next_due(longer, POLICY, raised) == Due(
        "buddy", 2, f"overdue:{iso('16:00')}", at("16:00")
    )


def test_after_a_pause_there_is_one_round_and_not_all_that_were_missed():
    cause = f"overdue:{iso('15:00')}"
    raised = [
        Raised(step, cause, at("17:00"), reached=True) for step in ("buddy", "lead", "escalate")
    ]
    due = next_due(fold(word(started())), POLICY, raised)
    assert due is not None
    assert (due.step, due.at_ms) == ("buddy", at("17:10"))


def test_a_call_for_help_tells_everybody_at_once_and_again():
    watch = fold(word(started()), word(called("14:30"), n=2))
    assert raise_all(watch, at("14:50")) == [("help", -30), ("help", -20), ("help", -10)]


def test_a_call_after_the_end_is_due_no_later_than_the_end_was():
    watch = fold(word(started()), word(called("15:20"), n=2))
    due = next_due(watch, POLICY, ())
    assert due is not None
    assert (due.step, due.at_ms) == ("help", at("15:00"))


def test_who_was_told_is_told_once_that_it_is_over():
    watch = fold(word(started()), word(confirmed("15:20"), log="b"))
    raised = [Raised("buddy", "overdue", at("15:00"), reached=True)]
    due = next_due(watch, POLICY, raised)
    assert due is not None
    assert (due.step, due.n, due.at_ms) == ("safe", 1, at("15:20"))
    raised.append(Raised("safe", due.cause, at("15:20"), reached=True))
    assert next_due(watch, POLICY, raised) is None


def test_nobody_is_told_that_something_is_over_of_which_nobody_was_told():
    watch = fold(word(started()), word(ended("14:50"), n=2))
    assert next_due(watch, POLICY, ()) is None
    unheard = [Raised("buddy", "overdue", at("15:00"), reached=False)]
    assert next_due(watch, POLICY, unheard) is None


def test_put_back_between_two_alarms_a_clock_makes_nobody_be_told_again_and_again():
    watch = fold(word(started()), word(confirmed("15:20"), log="b"))
    raised = [Raised("buddy", "overdue", at("15:00"), reached=True)]
    due = next_due(watch, POLICY, raised)
    assert due is not None
    raised.append(Raised("safe", due.cause, at("09:00"), reached=True))
    assert next_due(watch, POLICY, raised) is None


def test_an_end_without_an_alarm_since_the_last_is_told_to_nobody():
    words = [word(started()), word(ended("15:20"), n=2), word(extended("15:25", "17:00"), n=3)]
    watch = fold(*words, word(ended("16:00"), n=4))
    raised = [
        Raised("buddy", "overdue", at("15:00"), reached=True),
        Raised("safe", "safe:entry:a:2", at("15:20"), reached=True),
    ]
    assert next_due(watch, POLICY, raised) is None


def test_what_was_raised_for_something_that_is_over_is_not_sent_any_more():
    start = word(started())
    overdue = f"overdue:{iso('15:00')}"
    assert is_current(fold(start), overdue)
    assert not is_current(fold(start, word(extended("15:01", "16:00"), n=2)), overdue)
    call = word(called("14:30"), n=2)
    assert is_current(fold(start, call), "help:entry:a:2")
    assert not is_current(fold(start), "help:entry:a:2")
    back = word(ended("15:10"), n=3)
    assert is_current(fold(start, call, back), "safe:entry:a:3")
    assert not is_current(fold(start, call, back), overdue)
