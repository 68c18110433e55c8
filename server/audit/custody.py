"""Custody: what a server keeps about its schools' records elsewhere than with them."""

from __future__ import annotations

from dataclasses import dataclass

from server.erasure.ledger import Ledger
from sync.store import Database

__all__ = ["Custody"]


@dataclass(frozen=True, slots=True)
class Custody:
    """``accounts``: where anchors are kept. ``ledger``: what must stay erased."""

    accounts: Database
    ledger: Ledger
