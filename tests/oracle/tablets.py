"""A tablet in a few lines, which follows the server as the app does: it believes receipts, pulls
from its token, begins anew when told to, drops what it is told to, and proves what it holds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from schemas.canonical import GENESIS, holding_digest
from tests.factory import Tablet
from tests.oracle.asking import Asker, Reply
from tests.oracle.world import Person

__all__ = ["AnswerLost", "Twin"]

ROUNDS = 4
"""Questions in a row at most: what is dropped, or pulled, is proven by the next."""


class AnswerLost(Exception):
    """The answer did not come: the tablet goes on as if nothing had been asked."""


@dataclass
class Twin:
    """One person's tablet."""

    person: Person
    tablet: Tablet = field(init=False)
    held: dict[str, str] = field(default_factory=dict)
    token: str | None = None
    nonce: str | None = None
    receipt: dict[str, Any] | None = None
    known: set[str] = field(default_factory=set)
    """Ids of every document that an answer ever named."""
    proven: bool = False
    _left: int | None = None

    def __post_init__(self) -> None:
        self.tablet = Tablet(self.person.speaker, log=self.person.log)

    def lacking(self) -> list[dict[str, Any]]:
        """Entries that the last receipt does not cover."""
        if self.receipt is None:
            return list(self.tablet.entries)
        gaps, highest = self.receipt["missing"], self.receipt["highest"]
        return [
            one
            for one in self.tablet.entries
            if one["n"] > highest or any(first <= one["n"] <= last for first, last in gaps)
        ]

    async def contact(self, asker: Asker, now: str, answers: int | None = None) -> None:
        """Push what waits, then ask; ``answers``: after so many the line is dead."""
        self._left, self.proven = answers, False
        try:
            holds: dict[str, Any] | None = None
            for _ in range(ROUNDS):
                await self._push(asker)
                prove = await self._sync(asker, now, holds)
                holds = self._holding() if prove else None
                if not prove:
                    self.proven = True
                    return
        except AnswerLost:
            return

    async def _push(self, asker: Asker) -> None:
        waiting = self.lacking()
        if waiting:
            body = {"docs": waiting, "new_edits": False}
            reply = await self._ask(asker, "POST", "_bulk_docs", body=body)
            assert reply.status == 201, reply.body

    async def _sync(self, asker: Asker, now: str, holds: dict[str, Any] | None) -> bool:
        acknowledged = self.receipt["through"] if self.receipt else 0
        digest = self.tablet.entries[acknowledged - 1]["digest"] if acknowledged else GENESIS
        head = {"log": self.tablet.log, "n": acknowledged, "digest": digest}
        body = {
            "device": f"tab-{self.person.person}",
            "device_time": now,
            "logs": [head],
            "token": self.token,
            "waiting": len(self.lacking()),
            "holds": holds,
        }
        answer = (await self._ask(asker, "POST", "_sync", body=body)).json
        self.nonce = answer["nonce"]
        for receipt in answer["receipts"]:
            self.receipt = receipt
        for name in answer["drop"]:
            self.held.pop(name, None)
        if answer["reset"] or answer["news"] or self.token is None:
            await self._pull(asker, None if answer["reset"] else self.token)
        waiting = bool(self.lacking())
        return bool(answer["prove"] or answer["drop"] or waiting)

    async def _pull(self, asker: Asker, since: str | None) -> None:
        """Into another generation where it begins anew; switched to once all of it is there."""
        held, place = ({} if since is None else dict(self.held)), since or "0"
        while True:
            query = f"since={place}&limit=25&include_docs=true"
            page = (await self._ask(asker, "GET", "_changes", query)).json
            if page.get("reset") and since is not None:
                await self._pull(asker, None)
                return
            for row in page["results"]:
                self.known.add(row["id"])
                if row.get("removed") or row.get("deleted"):
                    held.pop(row["id"], None)
                else:
                    held[row["id"]] = row["doc"]["_rev"]
            place = page["last_seq"]
            if since is not None:  # page by page: each is kept with its token
                self.held, self.token = dict(held), place
            if not page["pending"]:
                break
        self.held, self.token = held, place

    def _holding(self) -> dict[str, Any]:
        digest = holding_digest(self.held.items())
        return {"documents": len(self.held), "digest": digest, "token": self.token or ""}

    async def _ask(
        self, asker: Asker, method: str, path: str, query: str = "", body: Any = None
    ) -> Reply:
        reply = await asker.ask(method, path, query, body)
        if self._left is not None:
            self._left -= 1
            if self._left < 0:
                raise AnswerLost
        return reply
