"""Nonces: the server knows its own again, and no other."""

from __future__ import annotations

import pytest

from server.nonces import Nonces
from tests.factory import SetClock


def test_a_nonce_tells_when_it_was_given_long_after() -> None:
    clock = SetClock()
    nonces = Nonces(b"secret", clock)
    nonce, given = nonces.give(), clock.ms
    clock.ms += 10**10
    assert nonces.contact_ms(nonce) == given
    assert Nonces(b"secret", clock).contact_ms(nonce) == given, "after a restart"
    assert Nonces(b"another", clock).contact_ms(nonce) is None
    assert len(nonce) <= 100


@pytest.mark.parametrize("made_up", ["", ".", "x", "1a2b.", "1a2b.0", "é.é", "\ud800", "0" * 5000])
def test_what_was_made_up_is_none(made_up: str) -> None:
    assert Nonces(b"secret", SetClock()).contact_ms(made_up) is None


def test_an_altered_nonce_is_none() -> None:
    nonces = Nonces(b"secret", SetClock())
    nonce = nonces.give()
    for index, char in enumerate(nonce):
        other = "0" if char != "0" else "1"
        assert nonces.contact_ms(nonce[:index] + other + nonce[index + 1 :]) is None
