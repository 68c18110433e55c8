"""The parts that know devices, put together once for a server."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass

from server.accounts import Accounts
from server.devices.attempts import Attempts
from server.devices.codes import Codes
from server.devices.proofs import Replays
from server.devices.registry import Registry
from sync.clock import Clock

__all__ = ["Parts"]


@dataclass(frozen=True)
class Parts:
    """The registry, the codes, and what is remembered of proofs and attempts."""

    registry: Registry
    codes: Codes
    replays: Replays
    attempts: Attempts
    clock: Clock

    @classmethod
    def over(
        cls, accounts: Accounts, clock: Clock, below: Callable[[int], int] = secrets.randbelow
    ) -> Parts:
        """Everything over the database that accounts are kept in."""
        database = accounts.database
        return cls(
            Registry(database, clock),
            Codes(database, accounts.secret, clock, below),
            Replays(clock),
            Attempts(clock),
            clock,
        )
