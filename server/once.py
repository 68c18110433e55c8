"""Once: remembers what may count only once, for as long as it could be said again."""

from __future__ import annotations

import hashlib
from collections import OrderedDict

from sync.clock import Clock

__all__ = ["MAX_REMEMBERED", "Once"]

MAX_REMEMBERED = 100_000


class Once:
    """Digests of what was said, in bounded memory, each for about as long as any other."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._said: OrderedDict[bytes, int] = OrderedDict()

    def is_first(self, text: str, for_ms: int) -> bool:
        """Whether ``text`` is said for the first time in the last ``for_ms``."""
        now = self._clock.now_ms()
        while self._said and next(iter(self._said.values())) <= now:
            self._said.popitem(last=False)
        name = hashlib.sha256(text.encode("utf-8", "replace")).digest()[:16]
        if self._said.get(name, now) > now:
            return False
        self._said[name] = now + for_ms
        if len(self._said) > MAX_REMEMBERED:
            self._said.popitem(last=False)
        return True
