"""A transport: a way by which a message reaches a person, and how it has gone lately."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import ClassVar, Literal

from schemas.errors import TidemarkError
from server.alarms.message import Message

__all__ = ["By", "NotSent", "Transport"]

By = Literal["mail", "sms"]


class NotSent(TidemarkError):
    """A message could not be handed over; ``sentence`` is the kind of failure, and no more."""

    code = "not_sent"


class Transport(ABC):
    """Hands messages over to whoever carries them on."""

    name: ClassVar[By]
    probes: ClassVar[bool] = False
    """Whether :meth:`probe` says anything."""

    @abstractmethod
    async def send(self, to: str, message: Message) -> None:
        """Hand a message over; returns when it was taken. Raises ``NotSent``."""

    async def probe(self) -> None:  # noqa: B027  # where nothing can be tried, nothing is
        """Try whether it would work, as far as that is possible without a message."""
