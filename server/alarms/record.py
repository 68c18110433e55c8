"""Alarm records: what was to be said to whom, and what became of it. Internal documents.

A record is written before anything of it is sent, and again once it was: whoever is killed in
between sends it once more after the start, under the same id, and forgets nothing.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, Literal

import orjson
from pydantic import Field

from schemas.base import Instant, Model
from schemas.family.watches import Alarm, AlarmStep
from server.alarms.message import Message
from server.alarms.transport import By
from sync.channels import ALARMS
from sync.clock import to_ms
from sync.document import Document
from sync.family.alarms import Raised
from sync.store import Write

__all__ = ["AlarmRecord", "Delivery", "mark_of", "read_record", "record_id"]

Kind = Literal["watch", "note", "concern"]
NOBODY = "Nobody is named for this step"
_PREFIX: dict[Kind, str] = {
    "watch": "alarm",
    "note": "note_reminder",
    "concern": "concern_reminder",
}


class Delivery(Model):
    """A message to one person one way. ``by`` None: there is no way; ``trouble`` says why.

    ``attempts``: how often it was tried. ``trouble``: the kind of the last failure.
    """

    name: str
    person: str | None = None
    by: By | None = None
    address: str | None = None
    attempts: int = 0
    sent_at: Instant | None = None
    tried_at: Instant | None = None
    trouble: str | None = None

    @property
    def waits(self) -> bool:
        """Whether it is still to be handed over."""
        return self.by is not None and self.sent_at is None


class AlarmRecord(Model):
    """One step of one alarm. ``cause``: what for. ``over``: what has not gone out is not sent."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["alarm"] = "alarm"
    kind: Kind
    subject: str
    step: str
    cause: str
    at: Instant
    clock_jumped: bool = False
    mark: str
    title: str
    text: str
    deliveries: tuple[Delivery, ...] = ()
    over: bool = False

    @property
    def reached(self) -> bool | None:
        """Whether anybody was reached; None while the first attempt is under way."""
        if any(one.sent_at is not None for one in self.deliveries):
            return True
        return None if any(one.waits and not one.attempts for one in self.deliveries) else False

    @property
    def waits(self) -> bool:
        """Whether there is something left to send."""
        return not self.over and any(one.waits for one in self.deliveries)

    @property
    def message(self) -> Message:
        """What is sent."""
        return Message(self.mark, self.title, self.text)

    def raised(self, step: AlarmStep) -> Raised:
        """As the rule of the next step reads it."""
        return Raised(step, self.cause, to_ms(self.at), self.reached)

    def told(self, step: AlarmStep) -> Alarm:
        """As the published watch shows it."""
        sent = {one.name for one in self.deliveries if one.sent_at is not None}
        missed = {
            f"{one.name}: {one.trouble or 'not sent yet'}"
            for one in self.deliveries
            if one.name not in sent
        } or ({NOBODY} if not self.deliveries else set())
        return Alarm(
            at=self.at,
            step=step,
            told=tuple(sorted(sent)),
            missed=tuple(sorted(missed)),
            reached=bool(sent),
            clock_jumped=self.clock_jumped,
        )

    def write(self, *, anew: bool) -> Write:
        """The write of it; ``anew``: only where there is none under its id."""
        body = self.model_dump(mode="json", by_alias=True, exclude={"id"})
        return Write(self.id, body, ALARMS, force=not anew)


def record_id(kind: Kind, subject: str, step: str, n: int) -> str:
    """The ``_id`` of a step's record."""
    return f"{_PREFIX[kind]}:{subject}:{step}:{n}"


def mark_of(database: str, record: str) -> str:
    """The short id that a message carries: of one alarm of one place always the same."""
    return hashlib.sha256(f"{database}\n{record}".encode()).hexdigest()[:10]


def read_record(document: Document) -> AlarmRecord:
    """Read a stored record."""
    return AlarmRecord.model_validate_json(orjson.dumps({"_id": document.id, **document.body}))
