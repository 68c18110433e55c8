"""Proofs: a request signed with a device's key (RFC 9449, DPoP).

``DPoP: <JWT>`` with the public key in its header; it names the method, the address, the moment,
an id of its own and, where the request has a body, the body's SHA-256 (``bth``, our own claim). A
proof is good for one request within :data:`WINDOW_S` of the server's time.
"""

from __future__ import annotations

import binascii
import re
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import SplitResult, urlsplit

import orjson
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey

from server.problems import Refusal
from sync.clock import Clock, instant

__all__ = ["WINDOW_S", "Address", "Proof", "Replays", "check_time", "device_id", "read_proof"]

WINDOW_S = 300
"""Seconds that a proof's time may differ from the server's, either way."""
MAX_LENGTH = 4096
MAX_PER_DEVICE = 6000
"""Proofs of one device that are remembered: ten a second. More are told to wait."""
_JTI = re.compile(r"[\x21-\x7e]{8,128}")
_BTH = re.compile(r"[A-Za-z0-9_-]{43}")
_PORTS = {"http": ":80", "https": ":443"}


@dataclass(frozen=True, slots=True)
class Address:
    """Where a request came to: its method, host and path, as they stand in the request."""

    method: str
    host: str
    path: str


@dataclass(frozen=True, slots=True)
class Proof:
    """A proof whose signature is right, for the address it came to.

    ``iat``: seconds since 1970. ``bth``: the digest of the body it is for; None for no body.
    """

    device: str
    jti: str
    iat: int
    bth: str | None


def read_proof(token: str, address: Address) -> Proof:
    """Check all of a proof but its time and whether it came before.

    Raises ``Refusal`` (``proof_needed``), which says what is wrong.
    """
    if len(token) > MAX_LENGTH or not token.isascii():
        raise _refused("it is longer than any proof is")
    key = _key(*_point(_header(token)))
    try:
        signed = jws.deserialize_compact(token.encode(), key, algorithms=["ES256"])
        claims = orjson.loads(signed.payload)
    except (JoseError, ValueError, binascii.Error):
        raise _refused("its signature is not that of its key") from None
    if not isinstance(claims, dict):
        raise _refused("it claims nothing")
    return _read_claims(claims, address, key.thumbprint())


def device_id(thumbprint: str) -> str:
    """The id of the device whose public key has this RFC 7638 thumbprint."""
    return f"dev-{thumbprint}"


def check_time(proof: Proof, clock: Clock) -> None:
    """Raise ``Refusal`` (``stale_proof``, with the server's time) for another time than now."""
    now_ms = clock.now_ms()
    if abs(now_ms // 1000 - proof.iat) > WINDOW_S:
        raise Refusal(
            "stale_proof",
            "This tablet's clock differs from the server's by more than five minutes; the tablet "
            "corrects for it and asks again.",
            members={"server_time": instant(now_ms)},
        )


class Replays:
    """The ids of proofs that came, for as long as they could come again. In memory: a process's."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen: dict[str, dict[bytes, int]] = {}
        self._swept = 0

    def note(self, proof: Proof) -> None:
        """Raise ``Refusal`` for a proof that came before (``proof_needed``), or one too many."""
        now = self._clock.now_ms() // 1000
        self._sweep(now)
        mine = self._seen.setdefault(proof.device, {})
        name = sha256(proof.jti.encode()).digest()[:12]
        if name in mine:
            raise _refused("it was used before")
        if len(mine) >= MAX_PER_DEVICE:
            raise Refusal(
                "busy",
                "This tablet asks more often than a tablet can need to; it waits a minute.",
                {"Retry-After": "60"},
            )
        mine[name] = proof.iat

    def _sweep(self, now: int) -> None:
        if now - self._swept < 60:
            return
        self._swept = now
        for device, mine in list(self._seen.items()):
            kept = {name: iat for name, iat in mine.items() if now - iat <= WINDOW_S}
            if kept:
                self._seen[device] = kept
            else:
                del self._seen[device]


def _read_claims(claims: Mapping[str, Any], address: Address, thumbprint: str) -> Proof:
    jti, iat, bth = claims.get("jti"), claims.get("iat"), claims.get("bth")
    if not isinstance(jti, str) or not _JTI.fullmatch(jti):
        raise _refused("it has no id (jti) of 8 to 128 characters")
    if not isinstance(iat, int) or isinstance(iat, bool):
        raise _refused("it names no moment (iat, in whole seconds)")
    if bth is not None and not (isinstance(bth, str) and _BTH.fullmatch(bth)):
        raise _refused("its digest of the body (bth) is malformed")
    if claims.get("htm") != address.method:
        raise _refused("it is for another method")
    if not _is_here(claims.get("htu"), address):
        raise _refused("it is for another address")
    return Proof(device_id(thumbprint), jti, iat, bth)


def _header(token: str) -> Mapping[str, Any]:
    try:
        value = orjson.loads(_decoded(token.partition(".")[0]))
    except (ValueError, binascii.Error):
        raise _refused("it cannot be read") from None
    if not isinstance(value, dict):
        raise _refused("it cannot be read")
    return value


def _decoded(part: str) -> bytes:
    return binascii.a2b_base64(
        part.translate({ord("-"): "+", ord("_"): "/"}) + "=" * (-len(part) % 4), strict_mode=True
    )


def _point(header: Mapping[str, Any]) -> tuple[str, str]:
    """The public key that a proof's header carries: a point of P-256."""
    jwk = header.get("jwk")
    fitting = header.get("typ") == "dpop+jwt" and header.get("alg") == "ES256"
    if fitting and isinstance(jwk, dict) and "d" not in jwk:
        named = jwk.get("kty") == "EC" and jwk.get("crv") == "P-256"
        x, y = jwk.get("x"), jwk.get("y")
        if named and isinstance(x, str) and isinstance(y, str):
            return x, y
    raise _refused("its header is not that of a proof by a P-256 key")


@lru_cache(maxsize=20_000)
def _key(x: str, y: str) -> ECKey:
    """The public key at a point of the curve. Raises ``Refusal`` for a point beside it."""
    try:
        key = ECKey.import_key({"kty": "EC", "crv": "P-256", "x": x, "y": y})
        key.public_key.public_numbers()
    except (JoseError, ValueError):
        raise _refused("its key is none") from None
    return key


def _is_here(htu: object, address: Address) -> bool:
    """Whether ``htu`` is this address. The scheme is not compared: behind a proxy it is http."""
    if not isinstance(htu, str):
        return False
    try:
        named = urlsplit(htu)
    except ValueError:
        return False
    if named.scheme not in _PORTS or named.query or named.fragment:
        return False
    return _host(named) == _bare(address.host.lower(), named.scheme) and (
        (named.path or "/") == address.path
    )


def _host(named: SplitResult) -> str:
    return _bare(named.netloc.lower(), named.scheme)


def _bare(host: str, scheme: str) -> str:
    return host.strip().removesuffix(_PORTS[scheme])


def body_digest(digest: bytes) -> str:
    """A SHA-256 digest as ``bth`` says it."""
    return urlsafe_b64encode(digest).rstrip(b"=").decode()


def _refused(what: str) -> Refusal:
    return Refusal(
        "proof_needed", f"The proof that this is the enrolled tablet is not good: {what}."
    )
