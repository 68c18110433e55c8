"""Folders: what is published of one case, one concern, one watch, and when that changes by itself.

A folder is found by the kind of topic that its entries lie on (``case:<id>`` by ``case``). It
computes all documents of one thing at once, from the database alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from server.drafts import Draft

__all__ = ["Contents", "Folder", "Folders"]


@dataclass(frozen=True)
class Contents:
    """What is to be published of one thing.

    ``gone``: documents that are not to be there, whether or not they ever were. ``again_ms``: when
    it reads differently although nobody wrote anything, in milliseconds since 1970.
    """

    drafts: tuple[Draft, ...] = ()
    gone: frozenset[str] = frozenset()
    again_ms: int | None = None


class Folder(Protocol):
    """Everything published of the things of one kind."""

    async def contents(self, name: str, now_ms: int) -> Contents:
        """What the thing of that name comes to at a moment."""


Folders = Mapping[str, Folder]
"""By the kind of topic."""
