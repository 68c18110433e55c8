"""Facts as the server folds them: every claim on a fact's cell, and what became of each."""

from __future__ import annotations

from typing import Literal

from schemas.base import Instant, Model, OpaqueId
from schemas.family.facts import Fact
from schemas.policy import Role
from schemas.published import Verdict

__all__ = ["FactCell", "FactSaid"]


class FactSaid(Model):
    """A claim on a fact, with who said it, when, and what became of it (as for a mark's)."""

    id: str
    entry: str
    kind: str
    says: Fact
    observed_at: Instant
    written_at: Instant
    received_at: Instant | None = None
    """None while it waits on the tablet."""
    observed_by: str | None = None
    author: OpaqueId
    author_name: str
    role: Role
    device: OpaqueId
    reason: str | None = None
    """Why a contradiction was settled so."""
    replaces: tuple[str, ...] = ()
    verdict: Verdict = "stands"
    verdict_reason: str | None = None
    flags: tuple[str, ...] = ()


class FactCell(Model):
    """The fold of one fact: every claim on it, oldest first, and those that are live.

    ``agreed``: the live claims say the same, which is its value. ``contested``: they differ, and
    all are kept until somebody settles it.
    """

    cell: str
    state: Literal["agreed", "contested"]
    live: tuple[str, ...]
    claims: tuple[FactSaid, ...]
