"""Failed sign-ins: counted by person and address, for five minutes, in bounded memory."""

from __future__ import annotations

import pytest

from server import throttle as module
from server.problems import Refusal
from server.settings import Settings
from server.throttle import WINDOW_MS, Throttle
from tests.factory import SetClock


def refused(one: Throttle, username: str, address: str) -> int:
    """Seconds to wait, 0 if none."""
    try:
        one.check(username, address)
    except Refusal as refusal:
        return int(refusal.headers["Retry-After"])
    return 0


def test_the_window_slides() -> None:
    clock = SetClock()
    one = Throttle(Settings(sign_in_failures=2), clock)
    one.failed("tess", "a")
    clock.ms += 1000
    assert refused(one, "tess", "a") == 0
    one.failed("tess", "a")
    assert refused(one, "tess", "a") == 299
    assert refused(one, "tess", "b") == 0, "nobody locks a person out from elsewhere"
    clock.ms += WINDOW_MS - 1000
    assert refused(one, "tess", "a") == 0


def test_memory_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_KEYS", 10)
    one = Throttle(Settings(), SetClock())
    for n in range(100):
        one.failed(f"guess-{n}", f"address-{n}")
    assert len(one._failures) == 10
