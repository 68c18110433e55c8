"""The publishers of one database, woken and closed together: each goes on where the others fail."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from server.following import Follower

__all__ = ["Publishers"]


class Publishers:
    """Several followers of a database's feed, in the order in which one builds on the other."""

    def __init__(self, followers: Sequence[Follower]) -> None:
        self._followers = tuple(followers)

    def wake(self, topics: Collection[str] | None = None) -> None:
        """Say that something was committed that speaks of ``topics``; None: have a look."""
        for one in self._followers:
            one.wake(None if topics is None else one.heeds(topics))

    @property
    def due(self) -> bool:
        """Whether any of them has something to do that no commit calls for."""
        return any(one.due for one in self._followers)

    @property
    def healthy(self) -> bool:
        """Whether the last attempt of each did all there was."""
        return all(one.healthy for one in self._followers)

    async def settle(self) -> None:
        """Do all that was committed before; raises what the store raises."""
        for one in self._followers:
            await one.settle()

    async def close(self) -> None:
        """Finish the batches under way, and stop."""
        for one in self._followers:
            await one.close()
