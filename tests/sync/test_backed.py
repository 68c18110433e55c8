"""What a receipt says of backups, and what it does not."""

from hypothesis import given
from hypothesis import strategies as st

from schemas.canonical import GENESIS
from schemas.syncing import LogHead
from sync.backed import MARGIN_MS, BackedUp, reported, reporting
from sync.clock import instant, to_ms
from sync.logs import LogState, is_news
from tests.sync.test_logs import LOG, arrival, digest, item

EARLY, NOON, LATE = (f"2026-11-23T{hour}:00:00.000Z" for hour in ("08", "12", "16"))
ALL = (BackedUp(LATE, 100),)


def told(*came, backups=ALL):
    """``came``: arrivals with their sequences."""
    state = LogState(LOG)
    for seq, one in came:
        state.add(one, seq)
    return state.receipt(backups)


def test_nothing_is_backed_up_until_something_says_so():
    came = [(1, arrival(item(1)))]
    assert told(*came, backups=()).backed_up_through == 0
    assert told(*came).backed_up_through == 1


def test_what_came_later_than_the_backup_is_not_in_it():
    came = [(3, arrival(item(1), item(2), at=EARLY)), (9, arrival(item(3), at=NOON))]
    assert told(*came, backups=(BackedUp(LATE, 8),)).backed_up_through == 2
    assert told(*came, backups=(BackedUp(LATE, 9),)).backed_up_through == 3
    assert told(*came, backups=(BackedUp(LATE),)).backed_up_through == 3
    assert told(*came, backups=(BackedUp(NOON),)).backed_up_through == 2
    assert told(*came, backups=(BackedUp(NOON), BackedUp(LATE, 9))).backed_up_through == 3


def test_a_sequence_given_out_again_proves_nothing():
    """The file was swapped for an older one: what came since has sequences of the backup's."""
    assert told((9, arrival(item(1), at=LATE)), backups=(BackedUp(NOON, 9),)).backed_up_through == 0


def test_a_gap_ends_what_is_backed_up():
    came = [(1, arrival(item(1))), (2, arrival(item(3)))]
    assert told(*came).backed_up_through == 1
    assert told(*came, (3, arrival(item(2)))).backed_up_through == 3


def test_of_a_fork_or_of_something_broken_nothing_is_certain():
    forked = [(1, arrival(item(1))), (2, arrival(item(1, fork="b")))]
    assert told(*forked).backed_up_through == 0
    broken = [(1, arrival(item(1), item(2, sealed=False), item(3)))]
    assert told(*broken).backed_up_through == 1


def test_the_first_arrival_counts_in_whatever_order_they_are_read():
    both = [(9, arrival(item(1), at=LATE)), (2, arrival(item(1), at=EARLY))]
    for came in (both, both[::-1]):
        assert told(*came, backups=(BackedUp(NOON, 5),)).backed_up_through == 1


def test_a_cloned_tablet_is_told_of_no_backup():
    state = LogState(LOG)
    state.add(arrival(item(1), item(2)), 1)
    head = LogHead(log=LOG, n=2, digest=digest(2, "c"))
    receipt = state.receipt_for(head, ALL)
    assert (receipt.forked, receipt.backed_up_through) == (True, 0)
    own = LogHead(log=LOG, n=2, digest=digest(2))
    assert state.receipt_for(own, ALL).backed_up_through == 2


def test_a_backup_changes_the_tag_and_is_no_news():
    state = LogState(LOG)
    state.add(arrival(item(1), item(2)), 1)
    before, after = state.receipt(), state.receipt(ALL)
    assert before.tag != after.tag
    held = LogHead(log=LOG, n=2, digest=digest(2), receipt=before.tag)
    assert not is_news(after, held)
    assert state.receipt(ALL) is after
    assert state.receipt() == before
    state.add(arrival(item(3)), 2)
    assert is_news(state.receipt(ALL), held)
    assert is_news(before, LogHead(log=LOG, n=0, digest=GENESIS))


def test_an_operators_word_counts_but_for_the_last_minutes():
    body = reporting(NOON, now=LATE)
    mark = reported(body)
    assert mark == BackedUp(instant(to_ms(NOON) - MARGIN_MS))
    assert mark.holds(10**9, EARLY)
    assert not mark.holds(1, instant(to_ms(NOON) - MARGIN_MS))
    assert reported(None) is None


@given(st.permutations(range(1, 9)), st.integers(0, 9))
def test_every_number_up_to_it_is_in_the_backup_and_the_next_is_not(order, through):
    """Entries come in any order, one an arrival: its place in ``order`` is its sequence."""
    came = [(seq, arrival(item(n))) for seq, n in enumerate(order, 1)]
    found = told(*came, backups=(BackedUp(LATE, through),)).backed_up_through
    held = {n for seq, n in enumerate(order, 1) if seq <= through}
    assert set(range(1, found + 1)) <= held
    assert found + 1 not in held
