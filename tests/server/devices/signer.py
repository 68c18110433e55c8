"""A device as tests play it: a real P-256 key, and a browser whose requests prove it.

``Signer`` makes proofs; ``Signing`` is an ``httpx2`` auth that puts one on every request; both can
be told to do it wrong. :func:`enrolled` goes the whole way: code, enrolment, sign-in.
"""

from __future__ import annotations

import contextlib
import itertools
import json
from base64 import urlsafe_b64encode
from collections.abc import AsyncIterator, Callable, Generator
from hashlib import sha256
from typing import Any

import httpx2
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256

from tests.server.town import SCHOOL, Town, credentials

__all__ = ["Signer", "Signing", "enrol", "enrolled", "make_code"]


def b64(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()


class Signer:
    """A key pair, and proofs made with it. ``now_s``: seconds since 1970 as the device has them."""

    def __init__(self, now_s: Callable[[], float]) -> None:
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.now_s = now_s
        self.serial = itertools.count()

    @property
    def jwk(self) -> dict[str, str]:
        numbers = self.key.public_key().public_numbers()
        x, y = (b64(one.to_bytes(32, "big")) for one in (numbers.x, numbers.y))
        return {"crv": "P-256", "kty": "EC", "x": x, "y": y}

    @property
    def device(self) -> str:
        """The id that follows from the key (RFC 7638)."""
        canonical = json.dumps(self.jwk, separators=(",", ":"), sort_keys=True)
        return f"dev-{b64(sha256(canonical.encode()).digest())}"

    def proof(
        self,
        method: str,
        url: str,
        body: bytes = b"",
        *,
        header: dict[str, Any] | None = None,
        **changes: Any,
    ) -> str:
        """A proof for a request; ``changes`` replace claims (None leaves one out)."""
        claims: dict[str, Any] = {
            "jti": f"proof-{next(self.serial):012d}-{id(self):x}",
            "htm": method,
            "htu": url,
            "iat": int(self.now_s()),
        }
        if body:
            claims["bth"] = b64(sha256(body).digest())
        claims = {name: value for name, value in (claims | changes).items() if value is not None}
        head = {"typ": "dpop+jwt", "alg": "ES256", "jwk": self.jwk} | (header or {})
        return self.sign(head, claims)

    def sign(self, header: dict[str, Any], claims: Any) -> str:
        """A JWT of any header and claims."""
        parts = [b64(json.dumps(part).encode()) for part in (header, claims)]
        signed = ".".join(parts).encode()
        r, s = decode_dss_signature(self.key.sign(signed, ec.ECDSA(SHA256())))
        return f"{signed.decode()}.{b64(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}"


class Signing(httpx2.Auth):
    """Puts a proof on every request; ``changes`` as in :meth:`Signer.proof`."""

    requires_request_body = True

    def __init__(self, signer: Signer, **changes: Any) -> None:
        self.signer = signer
        self.changes = changes

    def auth_flow(
        self, request: httpx2.Request
    ) -> Generator[httpx2.Request, httpx2.Response, None]:
        url = str(request.url).partition("?")[0]
        request.headers["DPoP"] = self.signer.proof(
            request.method, url, request.content, **self.changes
        )
        yield request


def signer(place: Town) -> Signer:
    """A new device that has the server's time."""
    return Signer(lambda: place.clock.now_ms() / 1000)


async def make_code(
    place: Town, office: httpx2.AsyncClient, school: str = SCHOOL, **wish: Any
) -> str:
    """A code from the office's screen."""
    asked = {"label": "Tablet 1", "shared": True} | wish
    answer = await office.post(f"/db/{school}/_devices/codes", json=asked)
    assert answer.status_code == 201, answer.text
    code: str = answer.json()["code"]
    return code


async def enrol(place: Town, device: Signer, code: str) -> httpx2.Response:
    """Enrol a device with a code."""
    async with place.browser() as browser:
        body = {"code": code, "app": "1.0", "storage": "persistent"}
        return await browser.post("/devices", json=body, auth=Signing(device))


@contextlib.asynccontextmanager
async def enrolled(
    place: Town, username: str = "tess", device: Signer | None = None, **wish: Any
) -> AsyncIterator[tuple[httpx2.AsyncClient, Signer]]:
    """A browser on an enrolled device, signed in, that proves it with every request."""
    found = device or signer(place)
    if device is None:
        async with place.visit("olu") as office:
            answer = await enrol(place, found, await make_code(place, office, **wish))
            assert answer.status_code == 201, answer.text
    async with place.browser() as browser:
        browser.auth = Signing(found)
        answer = await browser.post("/session", json=credentials(username))
        assert answer.status_code == 200, answer.text
        yield browser, found
