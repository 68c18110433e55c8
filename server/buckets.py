"""Token buckets: so much at once, and so much a second, for each of many keys.

A bucket is one number: the moment from which it is full again (the "generic cell rate algorithm" of
ITU-T I.371). One that nobody has drawn from for long is full, and is forgotten first, so memory is
bounded and forgetting favours whoever asks seldom. What a request will cost need not be known
beforehand: a bucket may go into debt, and whoever draws next waits for it.
"""

from __future__ import annotations

import ipaddress
from collections import OrderedDict
from collections.abc import Hashable

from sync.clock import Clock

__all__ = ["MAX_KEYS", "Buckets", "network"]

MAX_KEYS = 20_000
"""Keys remembered at a time in one set of buckets: about 4 MiB."""
MAX_DEBT = 2
"""A bucket's longest wait, in times that it takes to fill: a clock set back locks nobody out."""
_V6_SHARED = 64
"""Bits of an IPv6 address that one customer has in common (RFC 6177); the others are theirs."""


class Buckets:
    """Buckets of one size. ``rate``: tokens a second that come back. ``burst``: tokens at most."""

    def __init__(self, rate: float, burst: float, clock: Clock) -> None:
        self._clock = clock
        self._token_ms = 1000 / rate
        self._size_ms = burst * self._token_ms
        self._full_ms: OrderedDict[Hashable, float] = OrderedDict()

    def __len__(self) -> int:
        return len(self._full_ms)

    def wait_ms(self, key: Hashable) -> float:
        """Milliseconds until there is a whole token; 0 or less: there is one."""
        full_ms = self._full_ms.get(key)
        if full_ms is None:
            return 0
        lacking_ms = min(full_ms - self._clock.now_ms(), MAX_DEBT * self._size_ms)
        return lacking_ms + self._token_ms - self._size_ms

    def draw(self, key: Hashable, tokens: float = 1) -> None:
        """Take tokens, whether or not they are there."""
        now_ms = self._clock.now_ms()
        since_ms = max(self._full_ms.get(key, 0), now_ms)
        most_ms = now_ms + MAX_DEBT * self._size_ms
        self._full_ms[key] = min(since_ms + tokens * self._token_ms, most_ms)
        self._full_ms.move_to_end(key)
        if len(self._full_ms) > MAX_KEYS:
            self._full_ms.popitem(last=False)

    def fill(self, key: Hashable) -> None:
        """Fill one up."""
        self._full_ms.pop(key, None)


def network(address: str) -> str:
    """What of an address its owner cannot choose at will: all of IPv4, the first half of IPv6."""
    if ":" not in address:
        return address
    try:
        given = ipaddress.IPv6Address(address.partition("%")[0])
    except ValueError:
        return address
    if given.ipv4_mapped is not None:
        return str(given.ipv4_mapped)
    return f"{int(given) >> _V6_SHARED:x}::"
