"""Patience: a body must come within a time, so that slow senders hold no place for long."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.origin import SAFE
from server.problems import Refusal

__all__ = ["Patience"]


class Patience:
    """Ends the wait for a body after ``body_s`` seconds, counted from the first look for it."""

    def __init__(self, app: ASGIApp, body_s: float) -> None:
        self._app = app
        self._body_s = body_s

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on."""
        if scope["type"] != "http" or scope["method"] in SAFE:
            return self._app(scope, receive, send)
        return self._app(scope, _Body(receive, self._body_s), send)


class _Body:
    """A request's ``receive``. Once the body is whole, what is left may take any time."""

    __slots__ = ("_ends", "_receive", "_seconds", "_whole")

    def __init__(self, receive: Receive, seconds: float) -> None:
        self._receive = receive
        self._seconds = seconds
        self._ends: float | None = None
        self._whole = False

    async def __call__(self) -> Message:
        """The next message. Raises ``Refusal`` (``too_slow``)."""
        if self._whole:
            return await self._receive()
        if self._ends is None:
            self._ends = asyncio.get_running_loop().time() + self._seconds
        try:
            async with asyncio.timeout_at(self._ends):
                message = await self._receive()
        except TimeoutError:
            raise Refusal(
                "too_slow",
                f"The body did not come within {self._seconds:g} seconds, and nothing of it was "
                "kept. Send less at a time, or the same again where the connection is better.",
            ) from None
        self._whole = not message.get("more_body", False)
        return message
