"""Anchors: how far a school's logs had come at a moment, kept elsewhere than the school.

A chain shows what was changed inside it, not that its end was cut off, or that all of it was
written anew. So the server notes, from time to time, the last arrival and the last entry of every
log that grew, and chains these notes. A note's digest that somebody keeps on paper vouches for all
that had come in by then.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from typing import Annotated, Literal, NamedTuple

from pydantic import Field

from schemas.base import Instant, Model
from schemas.canonical import GENESIS, canonical_bytes
from sync.arrivals import Arrival

__all__ = ["Anchor", "Head", "anchored", "broken_anchors", "fingerprint", "heads_of", "is_said"]

FINGERPRINT = 20
"""Hex digits of a digest that are kept on paper: 80 bits, more than anybody can search through."""


class Head(Model):
    """Where a log stands: its last chained arrival (``k`` 0: none), and its highest entry."""

    log: str
    k: int
    arrival: str
    n: int
    entry: str


class Anchor(Model):
    """``number`` counts a school's anchors from 1. ``heads``: of the logs that grew since the one
    before. ``mark``: the place in the school's feed that it was read up to.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["anchor"] = "anchor"
    school: str
    number: int
    at: Instant
    mark: str
    heads: tuple[Head, ...]
    prev: str
    digest: str


class _Place(NamedTuple):
    """How far along something of a log is, and its digest."""

    number: int
    digest: str


def heads_of(arrivals: Iterable[Arrival]) -> list[Head]:
    """Where the logs of these arrivals stand after them."""
    last: dict[str, _Place] = {}
    highest: dict[str, _Place] = {}
    for arrival in arrivals:
        place = _Place(arrival.k, arrival.digest)
        last[arrival.log] = max(last.get(arrival.log, place), place)
        for item in arrival.items:
            if item.sealed:
                entry = _Place(item.n, item.digest)
                highest[arrival.log] = max(highest.get(arrival.log, entry), entry)
    nothing = _Place(0, "")
    return [
        Head(
            log=log,
            k=place.number,
            arrival=place.digest,
            n=highest.get(log, nothing).number,
            entry=highest.get(log, nothing).digest,
        )
        for log, place in sorted(last.items())
    ]


def anchored(
    school: str, at: str, mark: str, heads: Sequence[Head], before: Anchor | None
) -> Anchor:
    """The anchor that follows ``before``."""
    number = 1 if before is None else before.number + 1
    content = {
        "school": school,
        "number": number,
        "at": at,
        "mark": mark,
        "heads": [one.model_dump(mode="json") for one in heads],
        "prev": GENESIS if before is None else before.digest,
    }
    return Anchor(
        id=f"anchor:{school}:{number:08d}",
        school=school,
        number=number,
        at=at,
        mark=mark,
        heads=tuple(heads),
        prev=GENESIS if before is None else before.digest,
        digest=_digest(content),
    )


def broken_anchors(anchors: Sequence[Anchor]) -> dict[int, str]:
    """What is wrong with the anchors of a school, in the order of their numbers, by number."""
    broken: dict[int, str] = {}
    before: Anchor | None = None
    for number, anchor in enumerate(anchors, 1):
        content = anchor.model_dump(mode="json", by_alias=True, exclude={"id", "type", "digest"})
        prev = GENESIS if before is None else before.digest
        if anchor.number != (1 if before is None else before.number + 1):
            broken[anchor.number] = "an anchor before it was removed"
        elif _digest(content) != anchor.digest:
            broken[anchor.number] = "it was changed after it was made"
        elif anchor.prev != prev and number - 1 not in broken:
            broken[anchor.number] = "it does not follow the anchor before"
        before = anchor
    return broken


def fingerprint(digest: str) -> str:
    """A digest as it is written down: five groups of four."""
    short = digest[:FINGERPRINT]
    return "-".join(short[start : start + 4] for start in range(0, FINGERPRINT, 4))


def is_said(said: str, anchor: Anchor) -> bool:
    """Whether ``said``, as somebody kept it, names this anchor."""
    plain = "".join(one for one in said.lower() if one in "0123456789abcdef")
    return len(plain) >= FINGERPRINT and anchor.digest.startswith(plain)


def _digest(content: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical_bytes(dict(content))).hexdigest()
