"""What marks and facts have in common: claims that speak, and what a new one may replace."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Protocol, TypeVar

from schemas.published import Verdict

__all__ = ["Claimed", "accepted", "unreplaced"]


class Claimed(Protocol):
    """The part of a claim that says whether it speaks."""

    @property
    def id(self) -> str:
        """Its own id."""

    @property
    def replaces(self) -> tuple[str, ...]:
        """The claims that its author had seen, and replaced."""

    @property
    def verdict(self) -> Verdict:
        """What became of it; one that does not stand says nothing and replaces nothing."""


C = TypeVar("C", bound=Claimed)


def unreplaced(claims: Iterable[C]) -> list[C]:
    """The claims that stand and that no standing claim replaces, by id; each once."""
    standing = {claim.id: claim for claim in claims if claim.verdict == "stands"}
    replaced = {old for claim in standing.values() for old in claim.replaces if old != claim.id}
    return [standing[key] for key in sorted(standing.keys() - replaced)]


def accepted(shown: Iterable[str], known: Mapping[str, Claimed]) -> tuple[str, ...]:
    """The claims shown, and all that those had replaced: what a claim chosen now replaces.

    What they replaced comes along, so a claim declined later brings nothing back that this author
    had not accepted.
    """
    found = set(shown)
    waiting = list(found)
    while waiting:
        claim = known.get(waiting.pop())
        fresh = set(claim.replaces) - found if claim is not None else set()
        found |= fresh
        waiting.extend(fresh)
    return tuple(sorted(found))
