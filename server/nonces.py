"""Nonces: at each contact the tablet gets one, and writes it into its next entries.

A nonce carries its time and a keyed digest of it, so the server knows its own again, months later,
without keeping any: an entry that names one was written after that moment, whatever its clock says.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Sequence

from sync.clock import Clock

__all__ = ["Nonces"]


class Nonces:
    """Gives nonces and knows them again; the ``Contacts`` that intake asks for.

    ``earlier``: secrets of servers whose schools moved here, and whose nonces are known as well.
    """

    def __init__(self, secret: bytes, clock: Clock, earlier: Sequence[bytes] = ()) -> None:
        self._secret = secret
        self._earlier = earlier
        self._clock = clock

    def give(self) -> str:
        """A nonce of this moment: milliseconds since 1970 in hex, a dot, 20 hex digits."""
        moment = f"{self._clock.now_ms():x}"
        return f"{moment}.{_digest(self._secret, moment)}"

    def contact_ms(self, nonce: str) -> int | None:
        """When the nonce was given; None for one that this server never gave."""
        moment, _, digest = nonce.partition(".")
        given = digest.encode(errors="replace")
        for secret in (self._secret, *self._earlier):
            if hmac.compare_digest(given, _digest(secret, moment).encode()):
                return int(moment, 16)
        return None


def _digest(secret: bytes, moment: str) -> str:
    message = b"contact\n" + moment.encode(errors="replace")
    return hmac.new(secret, message, hashlib.sha256).hexdigest()[:20]
