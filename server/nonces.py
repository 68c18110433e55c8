"""Nonces: at each contact the tablet gets one, and writes it into its next entries.

A nonce carries its time and a keyed digest of it, so the server knows its own again, months later,
without keeping any: an entry that names one was written after that moment, whatever its clock says.
"""

from __future__ import annotations

import hashlib
import hmac

from sync.clock import Clock

__all__ = ["Nonces"]


class Nonces:
    """Gives nonces and knows them again; the ``Contacts`` that intake asks for."""

    def __init__(self, secret: bytes, clock: Clock) -> None:
        self._secret = secret
        self._clock = clock

    def give(self) -> str:
        """A nonce of this moment: milliseconds since 1970 in hex, a dot, 20 hex digits."""
        moment = f"{self._clock.now_ms():x}"
        return f"{moment}.{self._digest(moment)}"

    def contact_ms(self, nonce: str) -> int | None:
        """When the nonce was given; None for one that this server never gave."""
        moment, _, digest = nonce.partition(".")
        right = hmac.compare_digest(digest.encode(errors="replace"), self._digest(moment).encode())
        return int(moment, 16) if right else None

    def _digest(self, moment: str) -> str:
        message = b"contact\n" + moment.encode(errors="replace")
        return hmac.new(self._secret, message, hashlib.sha256).hexdigest()[:20]
