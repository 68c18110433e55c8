"""Rate limits: how much one device, person, school or address may ask, before anything is read.

A request costs one, and one more for every 64 KiB that it brings or is answered with. What it
brings is paid for when it is let in, by the length it names (one that names none pays for the most
it could be); what it is answered with is a debt that the next request waits for. So a request is
taken whole or refused whole. With a session its device (the browser that holds the session), its
person and its school pay; without one, the address it came from.
"""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Awaitable, Hashable, Iterator

from starlette.types import ASGIApp, Receive, Scope, Send

from server.buckets import Buckets, network
from server.metrics import Metrics
from server.problems import Refusal, answer
from server.settings import Settings
from sync.clock import Clock

__all__ = ["PORTION", "RateLimits", "Strangers"]

PORTION = 64 * 1024
"""Bytes that one token pays for."""
BURST_S = 60
"""A bucket holds what comes back in a minute."""
HELD_RETRY_S = 60
GLASS_BURST = 5
GLASS_RATE = GLASS_BURST / 3600
"""Questions for a restricted case: so many at once, and as many an hour, of each person."""
LINK_BURST = 30
LINK_RATE = LINK_BURST / 3600
"""Questions which pupil a child is: so many at once, and as many an hour, of each person."""
_WATCHED = frozenset({"/healthz", "/readyz"})
"""Asked by what watches the server, which must not mistake its own zeal for a failure."""
_WHO = {
    "device": "This device has",
    "person": "Your devices together have",
    "school": "Your school's devices together have",
    "address": "Devices at your address have",
}
_PAID = "tidemark.paid"
Account = tuple[str, Hashable]


class RateLimits:
    """The buckets of one server. A limit of 0 in the settings is none."""

    def __init__(self, settings: Settings, clock: Clock, metrics: Metrics) -> None:
        rates = {
            "device": settings.limit_device,
            "person": settings.limit_person,
            "school": settings.limit_school,
            "address": settings.limit_address,
        }
        self._buckets = {
            kind: Buckets(rate, rate * BURST_S, clock) for kind, rate in rates.items() if rate
        }
        self._buckets["glass"] = Buckets(GLASS_RATE, GLASS_BURST, clock)
        self._buckets["link"] = Buckets(LINK_RATE, LINK_BURST, clock)
        self._largest = settings.max_body_bytes
        self._most_held = settings.limit_held
        self._held: Counter[str] = Counter()
        self._metrics = metrics

    def admit(self, scope: Scope, *accounts: Account) -> None:
        """Let a request in at the cost of ``accounts``, all of them or none.

        Raises ``Refusal`` (``too_many_requests``) if one of them has nothing left.
        """
        buckets = self._buckets
        for kind, key in accounts:
            bucket = buckets.get(kind)
            if bucket is not None and (wait_ms := bucket.wait_ms(key)) > 0:
                self._metrics.limited(kind)
                raise _refusal(kind, wait_ms)
        paid: list[Account] = scope.setdefault(_PAID, [])
        tokens = 1 + self._length(scope) // PORTION
        for account in accounts:
            kind, key = account
            if kind in buckets:
                buckets[kind].draw(key, tokens)
                paid.append(account)

    def admit_stranger(self, scope: Scope) -> None:
        """Let in a request that has not said who it is from, at the cost of its address."""
        client = scope["client"]
        self.admit(scope, ("address", network(client[0] if client else "")))

    def answered(self, scope: Scope, size: int) -> None:
        """Charge for the bytes that a request was answered with, whoever let it in."""
        if size >= PORTION:
            for kind, key in scope.get(_PAID, ()):
                self._buckets[kind].draw(key, size // PORTION)

    @contextlib.contextmanager
    def held(self, person: str) -> Iterator[None]:
        """Hold a request open for a person. Raises ``Refusal`` if they hold too many."""
        if 0 < self._most_held <= self._held[person]:
            self._metrics.limited("held")
            raise Refusal(
                "too_many_requests",
                f"Your devices hold {self._most_held} requests open for news, which is the most "
                "at a time; close tabs or programs that you do not need.",
                {"Retry-After": str(HELD_RETRY_S)},
            )
        self._held[person] += 1
        try:
            yield
        finally:
            self._held[person] -= 1
            if not self._held[person]:
                del self._held[person]

    def _length(self, scope: Scope) -> int:
        """Bytes that a request says it brings."""
        length = 0
        for name, value in scope["headers"]:
            if name == b"transfer-encoding":
                return self._largest
            if name == b"content-length" and value.isdigit():
                length = min(int(value[:18]), self._largest)
        return length


class Strangers:
    """Lets in what is asked outside the schools' databases, at the cost of its address."""

    def __init__(self, app: ASGIApp, limits: RateLimits) -> None:
        self._app = app
        self._limits = limits

    def __call__(self, scope: Scope, receive: Receive, send: Send) -> Awaitable[None]:
        """Pass a request on, or refuse it."""
        if scope["type"] == "http":
            path: str = scope["path"]
            known_by_session = path.startswith("/db/") or (
                path == "/session" and scope["method"] == "GET"
            )
            if not known_by_session and path not in _WATCHED:
                try:
                    self._limits.admit_stranger(scope)
                except Refusal as refusal:
                    return answer(path, refusal)(scope, receive, send)
        return self._app(scope, receive, send)


def _refusal(kind: str, wait_ms: float) -> Refusal:
    seconds = max(1, -int(-wait_ms // 1000))
    if kind == "glass":
        minutes = -(-seconds // 60)
        return Refusal(
            "too_many_requests",
            f"You have asked for restricted cases {GLASS_BURST} times, which is the most at once. "
            f"Ask again in {minutes} minute{'s'[: minutes > 1]}; in an emergency ring the duty "
            "team.",
            {"Retry-After": str(seconds)},
        )
    if kind == "link":
        return Refusal(
            "too_many_requests",
            f"You have looked for {LINK_BURST} children, which is the most at once. Link the "
            "others later; nothing else waits for that.",
            {"Retry-After": str(seconds)},
        )
    return Refusal(
        "too_many_requests",
        f"{_WHO[kind]} asked for more than this server gives at a time. Nothing is lost: what "
        f"was not sent is kept, and sent in {seconds} second{'s'[: seconds > 1]}.",
        {"Retry-After": str(seconds)},
    )
