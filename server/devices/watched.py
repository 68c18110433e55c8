"""Watched bodies: what a proof says of a body is compared with it while it streams in.

The last part of a body that is not the one that was signed is never handed on, so nobody acts on
it. The digest is of the bytes as they were sent, before they are unpacked.
"""

from __future__ import annotations

import hashlib

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.devices.proofs import body_digest
from server.problems import Refusal

__all__ = ["Watched", "WatchedBodies", "watched"]

_KEY = "tidemark.body"


class Watched:
    """A request's ``receive``, hashing."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._digest = hashlib.sha256()
        self._size = 0
        self._whole = False
        self._expected: list[str | None] = []

    async def __call__(self) -> Message:
        """Receive the next message. Raises ``Refusal`` (``proof_needed``) for another body."""
        message = await self._receive()
        if message["type"] == "http.request" and not self._whole:
            part: bytes = message.get("body", b"")
            self._digest.update(part)
            self._size += len(part)
            self._whole = not message.get("more_body", False)
            self._check()
        return message

    def expect(self, bth: str | None) -> None:
        """Take no other body than the one with this digest; None: no body at all."""
        self._expected = [bth]
        self._check()

    def _check(self) -> None:
        if not self._expected:
            return
        bth = self._expected[0]
        if bth is None:
            right = self._size == 0
        else:
            right = not self._whole or bth == body_digest(self._digest.digest())
        if not right:
            raise Refusal(
                "proof_needed",
                "The proof that this is the enrolled tablet is not good: it is for another body.",
            )


class WatchedBodies:
    """Watches the bodies of requests that come with a proof."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on."""
        if scope["type"] == "http" and any(name == b"dpop" for name, _ in scope["headers"]):
            scope[_KEY] = receive = Watched(receive)
        await self._app(scope, receive, send)


def watched(scope: Scope) -> Watched:
    """The watched body of a request with a proof."""
    found: Watched = scope[_KEY]
    return found
