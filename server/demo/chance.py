"""Repeatable chance: every part of the demonstration draws from a stream of its own.

A stream follows from the seed and a path of labels, so that a change in one part of the
demonstration (another pupil, another code) moves nothing in the others.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from itertools import accumulate
from typing import Generic, TypeVar

__all__ = ["Weighted", "hex_id", "opaque_id", "stream"]

T = TypeVar("T")

_ALPHABET = "23456789bcdfghjkmnpqrstvwxz"
"""No vowels, so that no identifier spells a word or a name; no 0, 1 or l to misread."""


def stream(seed: int, *path: str) -> random.Random:
    """The generator of one part of the demonstration."""
    digest = hashlib.sha256("/".join((str(seed), *path)).encode()).digest()
    return random.Random(int.from_bytes(digest, "big"))  # noqa: S311  # fiction, not a secret


def opaque_id(chance: random.Random, prefix: str, length: int = 10) -> str:
    """An identifier that says nothing: ``prefix``, a hyphen, and letters without meaning."""
    return f"{prefix}-{''.join(chance.choices(_ALPHABET, k=length))}"


def hex_id(chance: random.Random) -> str:
    """32 hexadecimal digits, as a log's name or a salt has."""
    return f"{chance.getrandbits(128):032x}"


class Weighted(Generic[T]):
    """Draws items by weight, again and again."""

    def __init__(self, items: Sequence[T], weights: Sequence[float]) -> None:
        self._items = items
        self._cumulative = list(accumulate(weights))

    def draw(self, chance: random.Random) -> T:
        """One item; a heavier one more often."""
        return chance.choices(self._items, cum_weights=self._cumulative)[0]
