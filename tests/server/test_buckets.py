from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server import buckets
from server.buckets import Buckets, network
from tests.factory import SetClock


@given(
    st.floats(0.1, 100),
    st.integers(1, 50),
    st.lists(st.tuples(st.integers(0, 5000), st.integers(1, 5)), max_size=60),
)
def test_no_more_is_given_than_was_there_and_came_back(
    rate: float, burst: int, asked: list[tuple[int, int]]
) -> None:
    clock = SetClock()
    one, began, given_out, last = Buckets(rate, burst, clock), clock.ms, 0, 0
    for pause, wanted in asked:
        clock.ms += pause
        tokens = min(wanted, burst)
        if one.wait_ms("a") <= 0:
            one.draw("a", tokens)
            given_out, last = given_out + tokens, tokens
            came = (clock.ms - began) / 1000 * rate
            assert given_out - last + 1 <= burst + came + 0.001


def test_whoever_waits_as_told_is_given() -> None:
    clock = SetClock()
    one = Buckets(0.3, 5, clock)
    one.draw("a", 9)
    wait_ms = one.wait_ms("a")
    clock.ms += int(wait_ms) - 1
    assert one.wait_ms("a") > 0
    clock.ms += 2
    assert one.wait_ms("a") <= 0
    assert one.wait_ms("b") <= 0


def test_debt_and_a_clock_set_back_lock_nobody_out_for_long() -> None:
    clock = SetClock()
    one = Buckets(1, 60, clock)
    one.draw("a", 1_000_000)
    assert one.wait_ms("a") == 61_000
    clock.ms -= 86_400_000
    assert one.wait_ms("a") == 61_000
    clock.ms += 61_000
    one.draw("a")
    assert one.wait_ms("a") <= 61_000


def test_filling_and_forgetting(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MAX_KEYS", 2)
    one = Buckets(1, 1, SetClock())
    for key in ("a", "b", "a", "c"):
        one.draw(key)
    assert [one.wait_ms(key) > 0 for key in "abc"] == [True, False, True]
    one.fill("a")
    one.fill("nobody")
    assert one.wait_ms("a") <= 0
    assert len(one) == 1


@pytest.mark.parametrize(
    ("address", "found"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:0:1:aaaa::1", "20010db800000001::"),
        ("2001:db8:0:1::ffff", "20010db800000001::"),
        ("fe80::1%eth0", "fe80000000000000::"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("a:b", "a:b"),
        ("", ""),
    ],
)
def test_an_address_is_what_its_owner_cannot_choose(address: str, found: str) -> None:
    assert network(address) == found
