import itertools
import time

from schemas.canonical import GENESIS
from schemas.syncing import LogHead
from schemas.upcast import read_entry
from sync.arrivals import Arrival, ArrivalItem, SetAside
from sync.logs import LogState
from tests.factory import OFFICER, Tablet, wire

LOG = "a" * 32


def digest(n, fork=""):
    return f"{n:02d}{fork}".ljust(64, "0")


def item(n, *, fork="", **more):
    fields = {
        "n": n,
        "entry": f"entry:{LOG}:{n:08d}:{digest(n, fork)[:16]}",
        "digest": digest(n, fork),
        "prev": GENESIS if n == 1 else digest(n - 1),
        "verdict": "stored",
    }
    return ArrivalItem(**(fields | more))


def arrival(*items, at="2026-11-23T09:00:00.000Z", person="staff-tutor"):
    return Arrival(
        id=f"arrival:{items[0].digest}",
        log=LOG,
        person=person,
        device=None,
        received_at=at,
        items=items,
    )


def state(*arrivals):
    found = LogState(LOG)
    for one in arrivals:
        found.add(one)
    return found


def test_an_empty_log_asks_for_everything():
    receipt = state().receipt()
    assert (receipt.through, receipt.missing, receipt.last_received_at) == (0, (), None)


def test_a_gap_is_named_and_closes():
    parts = [
        arrival(item(1), item(2)),
        arrival(item(5)),
        arrival(item(7)),
        arrival(item(3), item(4)),
        arrival(item(6)),
    ]
    gap = state(*parts[:3]).receipt()
    assert (gap.through, gap.missing) == (2, ((3, 4), (6, 6)))
    whole = state(*parts).receipt()
    assert (whole.through, whole.missing) == (7, ())


def test_a_number_far_ahead_costs_no_more_than_another():
    began = time.process_time()
    receipt = state(arrival(item(1)), arrival(item(99_999_999))).receipt()
    assert (receipt.through, receipt.missing) == (1, ((2, 99_999_998),))
    assert time.process_time() - began < 1


def test_the_order_of_arrivals_and_duplicates_change_nothing():
    parts = [
        arrival(item(1)),
        arrival(item(3)),
        arrival(item(2), at="2026-11-23T09:05:00.000Z"),
        arrival(item(1)),
    ]
    receipts = {state(*order).receipt().tag for order in itertools.permutations(parts)}
    assert len(receipts) == 1


def test_a_receipt_changes_its_tag_only_when_it_changes():
    log = state(arrival(item(1)))
    first = log.receipt()
    assert log.receipt() is first
    log.add(arrival(item(2), at="2026-11-23T09:05:00.000Z"))
    assert log.receipt().tag != first.tag
    assert log.receipt().last_received_at == "2026-11-23T09:05:00.000Z"


def test_two_entries_with_one_number_are_a_fork_and_both_are_kept():
    log = state(arrival(item(1), item(2)), arrival(item(2, fork="f")))
    assert log.forked
    assert log.receipt().forked
    assert log.holds(2, digest(2)) is not None
    assert log.holds(2, digest(2, "f")) is not None
    assert log.holds(3, digest(3)) is None


def test_the_chain_is_followed_as_far_as_it_is_known():
    log = state(arrival(item(1)))
    assert log.follows(1, GENESIS)
    assert not log.follows(1, digest(1))
    assert log.follows(2, digest(1))
    assert not log.follows(2, digest(9))
    assert log.follows(4, digest(9))


def test_held_and_set_aside_are_told_with_their_reasons():
    aside = SetAside(index=2, reason_code="not_on_roll", reason="Not on the roll.")
    log = state(
        arrival(
            item(1, verdict="held", reason_code="unknown_kind", reason="Not known here."),
            item(2, verdict="held"),
            item(3, set_aside=(aside,)),
        )
    )
    receipt = log.receipt()
    assert [(one.n, one.reason_code) for one in receipt.held] == [(1, "unknown_kind"), (2, "held")]
    assert receipt.held[1].reason == "Held for the office to look at."
    assert receipt.set_aside[0].claim == f"{digest(3)[:24]}.2"
    assert receipt.through == 3


def test_a_decision_changes_a_receipt_that_was_told_before():
    log = state(arrival(item(1, verdict="held", reason_code="role_may_not", reason="No.")))
    before = log.receipt()
    decision = Tablet(OFFICER).write(
        "quarantine.declined",
        held=f"held:{digest(1)[:32]}",
        entry=before.held[0].entry,
        reason="Not ours",
    )
    log.decide(read_entry(wire(decision)))
    after = log.receipt()
    assert after.held[0].outcome.what == "declined"
    assert after.tag != before.tag


def test_what_is_unsealed_keeps_its_number_free_for_the_entry_itself():
    broken = item(
        2,
        fork="x",
        sealed=False,
        verdict="held",
        reason_code="broken_digest",
        reason="Changed on the way.",
    )
    log = state(arrival(item(1)), arrival(broken))
    assert log.receipt().through == 2
    assert [one.n for one in log.receipt().held] == [2]
    assert log.holds(2, digest(2, "x")) is not None
    log.add(arrival(item(2)))
    assert not log.forked
    assert log.receipt().held == ()


def test_a_clones_entry_under_the_same_number_proves_nothing():
    held = state(arrival(item(1), item(2)))
    mine = LogHead(log=LOG, n=2, digest=digest(2, "b"))
    receipt = held.receipt_for(mine)
    assert (receipt.forked, receipt.missing, receipt.through) == (True, ((1, 2),), 2)
    assert receipt.tag not in ("", held.receipt().tag)
    held.add(arrival(item(2, fork="b")))
    known = held.receipt_for(mine)
    assert (known.forked, known.missing) == (True, ())
    assert known == held.receipt()


def test_a_head_that_has_come_or_is_still_to_come_is_no_fork():
    held = state(arrival(item(1), item(2)))
    for n, forked in ((2, False), (3, False)):
        head = LogHead(log=LOG, n=n, digest=digest(n))
        assert held.receipt_for(head).forked is forked


def test_a_clones_entry_in_the_middle_of_the_chain_proves_nothing_either():
    held = state(arrival(item(1), item(2, fork="b"), item(3), item(5)))
    mine = LogHead(log=LOG, n=3, digest=digest(3))
    assert held.receipt_for(mine).missing == ((1, 2),)
    held.add(arrival(item(2)))
    assert held.receipt_for(mine).missing == ((4, 4),)
    gap = LogHead(log=LOG, n=5, digest=digest(5))
    assert held.receipt_for(gap) == held.receipt()
