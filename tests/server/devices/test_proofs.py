"""Proofs by a device's key: what is taken, and everything that is not."""

from __future__ import annotations

from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from server.devices.proofs import (
    MAX_PER_DEVICE,
    WINDOW_S,
    Address,
    Proof,
    Replays,
    check_time,
    read_proof,
)
from server.problems import Refusal
from tests.factory import SetClock
from tests.server.devices.signer import Signer, b64

HERE = Address("POST", "tidemark.test", "/db/sch-test/_sync")
URL = "http://tidemark.test/db/sch-test/_sync"


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def device(clock: SetClock) -> Signer:
    return Signer(lambda: clock.ms / 1000)


def refused(token: str, address: Address = HERE) -> str:
    with pytest.raises(Refusal) as caught:
        read_proof(token, address)
    assert caught.value.code == "proof_needed"
    return caught.value.sentence


def test_a_good_proof_names_the_device_by_its_key(device: Signer, clock: SetClock) -> None:
    proof = read_proof(device.proof("POST", URL, b"{}"), HERE)
    assert proof.device == device.device
    assert proof.device.startswith("dev-")
    assert proof.iat == clock.ms // 1000
    assert proof.bth is not None
    assert read_proof(device.proof("POST", URL), HERE).bth is None


def test_the_id_is_the_thumbprint_of_rfc_7638() -> None:
    """The members in alphabetical order, without white space; others do not count."""
    one = Signer(lambda: 0)
    named = one.proof("POST", URL, header={"jwk": one.jwk | {"ext": True, "key_ops": ["verify"]}})
    assert read_proof(named, HERE).device == one.device


@pytest.mark.parametrize(
    "htu",
    [
        "https://tidemark.test/db/sch-test/_sync",
        "HTTP://TIDEMARK.TEST/db/sch-test/_sync",
        "http://tidemark.test:80/db/sch-test/_sync",
        "https://tidemark.test:443/db/sch-test/_sync",
    ],
)
def test_the_address_may_be_written_otherwise(device: Signer, htu: str) -> None:
    assert read_proof(device.proof("POST", URL, htu=htu), HERE)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"htm": "GET"}, "another method"),
        ({"htm": None}, "another method"),
        ({"htu": URL + "x"}, "another address"),
        ({"htu": URL + "?since=0"}, "another address"),
        ({"htu": URL + "#x"}, "another address"),
        ({"htu": "http://elsewhere.test/db/sch-test/_sync"}, "another address"),
        ({"htu": "http://tidemark.test:8000/db/sch-test/_sync"}, "another address"),
        ({"htu": "http://tidemark.test"}, "another address"),
        ({"htu": "ftp://tidemark.test/db/sch-test/_sync"}, "another address"),
        ({"htu": "http://["}, "another address"),
        ({"htu": 7}, "another address"),
        ({"htu": None}, "another address"),
        ({"jti": None}, "no id"),
        ({"jti": "short"}, "no id"),
        ({"jti": "x" * 129}, "no id"),
        ({"jti": 12345678}, "no id"),
        ({"iat": None}, "no moment"),
        ({"iat": 1.5}, "no moment"),
        ({"iat": True}, "no moment"),
        ({"iat": "now"}, "no moment"),
        ({"bth": "short"}, "malformed"),
        ({"bth": 7}, "malformed"),
    ],
)
def test_a_proof_for_something_else(device: Signer, changes: dict[str, Any], says: str) -> None:
    assert says in refused(device.proof("POST", URL, **changes))


def test_the_root_has_a_path(device: Signer) -> None:
    root = Address("GET", "tidemark.test", "/")
    assert read_proof(device.proof("GET", "http://tidemark.test"), root)


@pytest.mark.parametrize(
    "header",
    [
        {"typ": "JWT"},
        {"typ": None},
        {"alg": "none"},
        {"alg": "HS256"},
        {"alg": "ES384"},
        {"jwk": None},
        {"jwk": []},
        {"jwk": {"kty": "oct", "k": "AAAA"}},
        {"jwk": {"kty": "EC", "crv": "P-384", "x": "A" * 43, "y": "A" * 43}},
    ],
)
def test_a_header_that_is_no_proofs(device: Signer, header: dict[str, Any]) -> None:
    assert "header" in refused(device.proof("POST", URL, header=header))


@pytest.mark.parametrize(
    "changes",
    [{"x": "A" * 43}, {"x": ""}, {"x": "é"}, {"y": "A" * 42}, {"x": "A" * 2000}],
)
def test_a_key_that_is_no_point_of_the_curve(device: Signer, changes: dict[str, str]) -> None:
    assert refused(device.proof("POST", URL, header={"jwk": device.jwk | changes}))


def test_a_private_key_is_not_taken(device: Signer) -> None:
    secret = b64(device.key.private_numbers().private_value.to_bytes(32, "big"))
    assert "header" in refused(
        device.proof("POST", URL, header={"jwk": device.jwk | {"d": secret}})
    )


def test_anothers_key_under_ones_own_signature(device: Signer) -> None:
    """The id follows from the key that the proof names, and that key must have signed it."""
    other = Signer(device.now_s)
    assert "signature" in refused(other.proof("POST", URL, header={"jwk": device.jwk}))


def test_a_changed_claim_breaks_the_signature(device: Signer) -> None:
    head, _, signature = device.proof("POST", URL).split(".")
    claims = device.proof("POST", URL, jti="another-proof").split(".")[1]
    assert "signature" in refused(f"{head}.{claims}.{signature}")


@pytest.mark.parametrize(
    "token",
    [
        "",
        ".",
        "..",
        "x",
        "a.b.c",
        "e30.e30.e30",
        "W10.W10.W10",
        "é.é.é",
        "x" * 5000,
        "=.=.=",
        " . . ",
        "eyJ0eXAiOiJkcG9wK2p3dCJ9",
    ],
)
def test_what_is_no_proof_at_all(token: str) -> None:
    assert refused(token)


@pytest.mark.parametrize("claims", [[], 7, "text", None])
def test_claims_that_are_none(device: Signer, claims: object) -> None:
    head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": device.jwk}
    assert refused(device.sign(head, claims))


def test_a_signature_by_another_curve(device: Signer) -> None:
    head, claims, _ = device.proof("POST", URL).split(".")
    other = ec.generate_private_key(ec.SECP384R1())
    assert other.curve.name == "secp384r1"
    assert "signature" in refused(f"{head}.{claims}.{b64(bytes(96))}")


@pytest.mark.parametrize("off", [-WINDOW_S, 0, WINDOW_S])
def test_five_minutes_either_way_are_now(device: Signer, clock: SetClock, off: int) -> None:
    iat = clock.ms // 1000 + off
    check_time(read_proof(device.proof("POST", URL, iat=iat), HERE), clock)


@pytest.mark.parametrize("off", [-WINDOW_S - 1, WINDOW_S + 1, -(10**12), 10**12])
def test_another_time_is_told_the_servers(device: Signer, clock: SetClock, off: int) -> None:
    proof = read_proof(device.proof("POST", URL, iat=clock.ms // 1000 + off), HERE)
    with pytest.raises(Refusal) as caught:
        check_time(proof, clock)
    assert caught.value.code == "stale_proof"
    assert caught.value.members == {"server_time": clock.now}


def test_a_proof_is_good_once_for_as_long_as_it_is_of_this_time(clock: SetClock) -> None:
    replays = Replays(clock)
    late = Proof("dev-1", "proof-one", clock.ms // 1000 + WINDOW_S, None)
    replays.note(late)
    replays.note(Proof("dev-2", "proof-one", late.iat, None))
    for _ in range(2 * WINDOW_S // 60):
        clock.ms += 60_000
        check_time(late, clock)
        with pytest.raises(Refusal) as caught:
            replays.note(late)
        assert "before" in caught.value.sentence
    clock.ms += 61_000
    replays.note(Proof("dev-3", "proof-one", clock.ms // 1000, None))
    assert set(replays._seen) == {"dev-3"}


def test_a_device_that_asks_without_end_is_told_to_wait(clock: SetClock) -> None:
    replays = Replays(clock)
    now = clock.ms // 1000
    for number in range(MAX_PER_DEVICE):
        replays.note(Proof("dev-1", f"proof-{number}", now, None))
    with pytest.raises(Refusal) as caught:
        replays.note(Proof("dev-1", "one-too-many", now, None))
    assert caught.value.code == "busy"
    replays.note(Proof("dev-2", "one-too-many", now, None))
