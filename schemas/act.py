"""Acts: what the body of every entry says of who did it, when, and by which clock."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Instant, Model, OpaqueId
from schemas.policy import Role

__all__ = ["MAX_OFFSET_MS", "SHAPE", "Act", "ClaimId", "Clock", "Code", "EntryId", "HeldId"]

SHAPE: Literal[2] = 2
"""The shape in which bodies are written today; older ones are up-cast (:mod:`schemas.upcast`)."""

MAX_OFFSET_MS = 10**13
"""Some three hundred years: a device whose clock fell back to 1970 is corrected like any other."""

ClaimId = Annotated[str, Field(pattern=r"^[0-9a-f]{24}\.\d{1,3}$")]
Code = Annotated[str, Field(min_length=1, max_length=2)]
EntryId = Annotated[str, Field(pattern=r"^entry:[0-9a-f]{32}:\d{8}:[0-9a-f]{16}$")]
HeldId = Annotated[str, Field(pattern=r"^held:[0-9a-f]{32}$")]


class Clock(Model):
    """What the device knew of the server's time when the entry was written.

    ``offset_ms``: server time less device time at the last contact, None before the first.
    ``contact``: the nonce the server gave at that contact, so that an act provably lies after it.
    """

    offset_ms: Annotated[int, Field(ge=-MAX_OFFSET_MS, le=MAX_OFFSET_MS)] | None = None
    contact: Annotated[str, Field(max_length=100)] | None = None


class Act(Model):
    """What every body says: who, in which role, on which device, when, and in which shape."""

    shape: Literal[2] = SHAPE
    author: OpaqueId
    role: Role
    device: OpaqueId
    written_at: Instant
    clock: Clock = Clock()
