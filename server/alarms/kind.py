"""A kind of deadline: what the engine asks of each; one shape for all."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

from server.alarms.place import Place
from server.alarms.record import AlarmRecord

__all__ = ["Deadlines"]


class Deadlines(ABC):
    """The deadlines of one kind in one place, read from what is stored, and nothing else.

    The engine calls :meth:`refresh`, then :meth:`ready` until that is empty; it writes each record,
    has its messages sent, and writes it again. Several servers do so over one store: only the one
    that has claimed the place raises, and it has refreshed since.
    """

    def __init__(self, place: Place) -> None:
        self.place = place

    @abstractmethod
    async def refresh(self) -> None:
        """Take in what has come since."""

    @abstractmethod
    async def ready(self) -> Sequence[AlarmRecord]:
        """What is to be raised now: records that are not written yet, each once."""

    @abstractmethod
    def waiting(self) -> Sequence[AlarmRecord]:
        """Records with something left to send."""

    @abstractmethod
    def took(self, record: AlarmRecord) -> None:
        """A record was written, by this server or another."""

    @abstractmethod
    async def reread(self, subject: str) -> None:
        """Another server has written something about a subject: read it again."""

    @property
    def failing(self) -> int:
        """How many subjects could not be read the last time; they are tried again."""
        return 0

    def changed(self) -> bool:
        """Whether :meth:`publish` has something to do."""
        return False

    async def publish(self) -> None:  # noqa: B027  # most kinds publish nothing
        """Write what this kind publishes, where it has changed."""

    @property
    def running(self) -> int:
        """How many people are watched over."""
        return 0

    @property
    def overdue(self) -> int:
        """How many of them have not come back in time, or call for help."""
        return 0
