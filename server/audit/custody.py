"""Custody: what a server keeps about its schools' records elsewhere than with them."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from server.accounts import Account
from server.erasure.ledger import Ledger
from sync.store import Database

__all__ = ["Custody"]


async def _nobody(_: str) -> list[Account]:
    """Nobody has an account."""
    return []


@dataclass(frozen=True, slots=True)
class Custody:
    """``accounts``: where anchors are kept. ``ledger``: what must stay erased. ``staff``: everybody
    with an account and a post in a school.
    """

    accounts: Database
    ledger: Ledger
    staff: Callable[[str], Awaitable[list[Account]]] = _nobody
