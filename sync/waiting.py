"""Waiting: what is held until something that it speaks of comes in, and stands by itself then.

A note on a case whose opening another tablet brings, an addendum before its note: nothing about
them is wrong. Each leaves a document in the index of what waits (:data:`sync.channels.WAITING`),
with the moment as of which it was judged. When what came in may have ended the wait, it is judged
again as of that same moment: it stands, or is held for what is wrong with it otherwise; that same
document then says so where the entry lies, and what was held is taken back. Whatever somebody has
decided on meanwhile stays as it was decided.
"""

from __future__ import annotations

from typing import Any

import orjson

from schemas.access import Grant
from schemas.base import Model
from schemas.policy import Role
from sync import channels
from sync.arrivals import JUDGED_AGAIN, ArrivalItem
from sync.clock import instant
from sync.document import Document
from sync.pushed import Speaker
from sync.store import Write
from sync.verdicts import Judgement

__all__ = ["Waiter", "as_pushed", "judged_again", "no_longer", "read_waiter", "settled", "waiting"]


class Waiter(Model):
    """What waits, who sent it, and as of when it is judged (milliseconds since 1970)."""

    type: str = "waiting"
    item: ArrivalItem
    person: str
    name: str
    role: Role
    device: str | None
    posts: tuple[Grant, ...]
    """The posts of its sender's account when it came."""
    judged_ms: int
    received_ms: int

    @property
    def id(self) -> str:
        """The id of its document, then and afterwards."""
        return f"{JUDGED_AGAIN}:{self.item.digest[:32]}"

    @property
    def held(self) -> str:
        """The id of what is held of it."""
        return f"held:{self.item.digest[:32]}"

    @property
    def speaker(self) -> Speaker:
        """Its sender, as they were then."""
        return Speaker(self.person, self.name, self.role, self.device, self.posts)


def waiting(item: ArrivalItem, speaker: Speaker, judged_ms: int, received_ms: int) -> Write:
    """Note that an entry waits."""
    waiter = Waiter(
        item=item,
        person=speaker.person,
        name=speaker.name,
        role=speaker.role,
        device=speaker.device,
        posts=speaker.posts,
        judged_ms=judged_ms,
        received_ms=received_ms,
    )
    return Write(waiter.id, waiter.model_dump(mode="json"), channels.WAITING, force=True)


def read_waiter(document: Document) -> Waiter:
    """Read what :func:`waiting` wrote."""
    return Waiter.model_validate_json(orjson.dumps(document.body))


def no_longer(waiter: Waiter) -> Write:
    """Take it from what waits: it was decided on, or erased."""
    return Write(waiter.id, {}, deleted=True, force=True)


def as_pushed(document: Document) -> dict[str, Any]:
    """A stored entry as it was pushed."""
    return {"_id": document.id, "_rev": document.rev, **document.body}


def judged_again(waiter: Waiter, judgement: Judgement) -> ArrivalItem:
    """The item that speaks for an entry from now on."""
    held = judgement.held
    update = {
        "verdict": "stored" if held is None else "held",
        "reason_code": None if held is None else held.code,
        "reason": None if held is None else held.sentence,
        "set_aside": judgement.set_aside,
        "flags": tuple(dict.fromkeys((*waiter.item.flags, *judgement.flags))),
    }
    return waiter.item.model_copy(update=update)


def settled(
    waiter: Waiter, item: ArrivalItem, log: str, topics: frozenset[str], now_ms: int
) -> Write:
    """Say where an entry lies what became of it."""
    to = {channels.log(log), *map(channels.entries, topics)}
    body = {
        "type": JUDGED_AGAIN,
        "item": item.model_dump(mode="json"),
        "at": instant(now_ms),
    }
    return Write(waiter.id, body, frozenset(to), force=True)
