from __future__ import annotations

import pytest

from server import buckets
from server.problems import Refusal
from server.settings import Settings
from server.throttle import WINDOW_S, Throttle
from tests.factory import SetClock


def refused(one: Throttle, username: str, address: str) -> int:
    """Seconds to wait, 0 if none; the attempt fails."""
    try:
        one.begin(username, address)
    except Refusal as refusal:
        return int(refusal.headers["Retry-After"])
    one.failed(address)
    return 0


def test_failures_are_forgotten_one_by_one() -> None:
    clock = SetClock()
    one = Throttle(Settings(sign_in_failures=2), clock)
    assert [refused(one, "tess", "a") for _ in range(3)] == [0, 0, WINDOW_S // 2]
    assert refused(one, "tess", "b") == 0, "nobody locks a person out from elsewhere"
    clock.ms += WINDOW_S * 500 - 1
    assert refused(one, "tess", "a") == 1
    clock.ms += 1
    assert [refused(one, "tess", "a") for _ in range(2)] == [0, WINDOW_S // 2]


def test_attempts_that_are_under_way_count() -> None:
    one = Throttle(Settings(sign_in_failures=2), SetClock())
    one.begin("tess", "a")
    one.begin("tess", "a")
    with pytest.raises(Refusal):
        one.begin("tess", "a")
    one.unheard("tess", "a")
    one.begin("tess", "a")
    one.succeeded("tess", "a")
    assert [refused(one, "tess", "a") for _ in range(2)] == [0, 0]


def test_an_address_is_counted_whoever_it_guesses_and_a_customer_is_one_address() -> None:
    one = Throttle(Settings(sign_in_failures_address=3), SetClock())
    guesses = [refused(one, f"guess-{n}", f"2001:db8:1:2::{n:x}") for n in range(4)]
    assert guesses == [0, 0, 0, WINDOW_S // 3]
    assert refused(one, "guess", "2001:db8:1:3::1") == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(buckets, "MAX_KEYS", 10)
    one = Throttle(Settings(), SetClock())
    for n in range(100):
        refused(one, f"guess-{n}", f"address-{n}")
    assert (len(one._pairs), len(one._addresses)) == (10, 10)
