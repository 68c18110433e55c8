"""Logs: what the server holds of one person's writing, and so what is missing.

A log's entries are numbered 1, 2, 3 … and each carries the digest of the one before. Two entries
with one number are a fork: both are kept, the log is closed, and its tablet opens another.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left
from collections.abc import Callable
from dataclasses import dataclass, field

import orjson

from schemas.canonical import GENESIS, claim_id
from schemas.entry import Entry
from schemas.published import Outcome
from schemas.syncing import HeldItem, LogHead, Receipt, SetAsideItem
from sync.arrivals import Arrival, ArrivalItem
from sync.backed import BackedUp
from sync.decisions import Decisions

__all__ = ["LogState", "is_news"]


def is_news(receipt: Receipt, head: LogHead) -> bool:
    """Whether a receipt says more than the tablet holds, but for what a backup holds by now.

    A backup is told with the next answer: ending every held request for it, in the middle of the
    night, would have all tablets ask at once.
    """
    return receipt.tag.partition(".")[0] != (head.receipt or "").partition(".")[0]


@dataclass(slots=True)
class LogState:
    """The fold over one log's arrivals, in any order. ``owner``: whose log it is."""

    log: str
    name: Callable[[str], str] = str
    """What a person is called, in what is told of decisions."""
    owner: str | None = None
    last_received_at: str | None = None
    items: dict[int, dict[str, ArrivalItem]] = field(default_factory=dict)
    """By number, then by digest: two digests under one number are a fork."""
    unsealed: dict[int, dict[str, ArrivalItem]] = field(default_factory=dict)
    """What claimed a number without matching its digest, by number."""
    received: dict[str, str] = field(default_factory=dict)
    places: dict[str, tuple[int, str]] = field(default_factory=dict)
    """By digest, the sequence and time of the first arrival that brought it."""
    through: int = 0
    highest: int = 0
    forked: bool = False
    arrivals: int = 0
    """The number of the last arrival that is chained."""
    last_arrival: str = GENESIS
    """Its digest: what the next one follows. Of two with one number, the greater."""
    _contacts: list[tuple[int, int]] = field(default_factory=list)
    """(number, latest contact that it or one before it names), both rising."""
    _decisions: Decisions = field(default_factory=Decisions)
    erased: tuple[int, ...] = ()
    """Numbers whose content was erased by law."""
    _receipt: Receipt | None = None
    _backed: tuple[tuple[BackedUp, ...], Receipt] | None = None
    _lineage: dict[str, int] = field(default_factory=dict)

    def add(self, arrival: Arrival, seq: int = 0) -> None:
        """Take an arrival in, the database's ``seq``; the same one twice changes nothing."""
        self._receipt = self._backed = None
        self._lineage.clear()
        self.owner = self.owner or arrival.person
        self.last_received_at = max(self.last_received_at or "", arrival.received_at)
        if arrival.k:
            last = max((self.arrivals, self.last_arrival), (arrival.k, arrival.digest))
            self.arrivals, self.last_arrival = last
        for item in arrival.items:
            same_number = (self.items if item.sealed else self.unsealed).setdefault(item.n, {})
            same_number.setdefault(item.digest, item)
            self.received.setdefault(item.digest, arrival.received_at)
            place = (seq, arrival.received_at)
            self.places[item.digest] = min(self.places.get(item.digest, place), place)
            self.highest = max(self.highest, item.n)
            self.forked = self.forked or (item.sealed and len(same_number) > 1)
            self._note_contact(item)
        self._move_on()

    def judge_again(self, item: ArrivalItem) -> None:
        """Take in what became of an entry that was held until what it speaks of came."""
        self._receipt = self._backed = None
        self.items.setdefault(item.n, {})[item.digest] = item

    def erase(self, numbers: tuple[int, ...]) -> None:
        """Say which numbers' content was erased by law: all that are."""
        if numbers != self.erased:
            self.erased = numbers
            self._receipt = self._backed = None
            self._move_on()

    def decide(self, decision: Entry | None) -> None:
        """Take in a decision on one of this log's entries; None: one that was erased since."""
        self._receipt = self._backed = None
        if decision is None:
            return
        self._decisions.take(decision.body, decision.id, stands=True)

    def _note_contact(self, item: ArrivalItem) -> None:
        """A number's act lies after every contact that it, or a number before it, names."""
        place = bisect_left(self._contacts, (item.n, 0))
        before = self._contacts[place - 1][1] if place else 0
        if item.contact_ms <= before:
            return
        kept = [one for one in self._contacts[place:] if one[1] > item.contact_ms]
        self._contacts[place:] = [(item.n, item.contact_ms), *kept]

    def contact_before(self, n: int) -> int:
        """The latest contact named by a number up to ``n``, in milliseconds since 1970; 0: none."""
        place = bisect_left(self._contacts, (n + 1, 0))
        return self._contacts[place - 1][1] if place else 0

    def _move_on(self) -> None:
        while self._came(self.through + 1):
            self.through += 1

    def _came(self, n: int) -> bool:
        return n in self.items or n in self.unsealed or (n < self.highest and n in self.erased)

    def holds(self, n: int, digest: str) -> ArrivalItem | None:
        """The item of that number and digest, if it came in before."""
        return self.items.get(n, {}).get(digest) or self.unsealed.get(n, {}).get(digest)

    def missing(self) -> tuple[tuple[int, int], ...]:
        """Inclusive ranges below the highest number that have not come in."""
        came = sorted(
            {
                n
                for n in (*self.items, *self.unsealed, *self.erased)
                if self.through < n <= self.highest
            }
        )
        befores = (self.through, *came)
        return tuple((a + 1, b - 1) for a, b in zip(befores, came, strict=False) if b - a > 1)

    def follows(self, n: int, prev: str) -> bool:
        """Whether ``prev`` is the digest before ``n``, as far as that entry has come in."""
        before = self.items.get(n - 1)
        return prev == GENESIS if n == 1 else before is None or prev in before

    def receipt(self, backups: tuple[BackedUp, ...] = ()) -> Receipt:
        """What the tablet may believe; ``tag`` changes whenever anything else in it does.

        What ``backups`` hold is told after a ``.`` in it (:func:`is_news`).
        """
        if self._receipt is None:
            self._receipt = self._build_receipt()
        if self._backed is None or self._backed[0] != backups:
            through = self._backed_up_through(backups)
            told = {"backed_up_through": through, "tag": f"{self._receipt.tag}.{through}"}
            receipt = self._receipt.model_copy(update=told) if through else self._receipt
            self._backed = (backups, receipt)
        return self._backed[1]

    def _backed_up_through(self, backups: tuple[BackedUp, ...]) -> int:
        """The last number up to which every entry came by an arrival that a backup holds.

        Of a fork, and from a number on that only something broken came under, nothing is certain.
        """
        n = 0
        while backups and not self.forked and n + 1 in self.items:
            (digest,) = self.items[n + 1]
            if not any(one.holds(*self.places[digest]) for one in backups):
                break
            n += 1
        return n

    def receipt_for(self, head: LogHead, backups: tuple[BackedUp, ...] = ()) -> Receipt:
        """The receipt for a tablet whose log ends with ``head``.

        Where another's entry came under a number of its log (a cloned store), that the number is
        covered proves nothing. The log is closed, and asked for up to there, although ``through``
        may be beyond: that is how a tablet tells such a receipt from another.
        """
        broken = self._broken_at(head)
        if broken == 0:
            return self.receipt(backups)
        whole = self.receipt()
        update = {"tag": f"{whole.tag}-{broken}", "forked": True, "missing": ((1, broken),)}
        return whole.model_copy(update=update)

    def _broken_at(self, head: LogHead) -> int:
        """The latest number of the chain behind ``head`` that only another's entry came under."""
        if head.digest not in self._lineage:
            n, digest = head.n, head.digest
            while n in self.items and digest in self.items[n]:
                n, digest = n - 1, self.items[n][digest].prev
            self._lineage[head.digest] = n if n in self.items else 0
        return self._lineage[head.digest]

    def _build_receipt(self) -> Receipt:
        numbers = self.unsealed | self.items
        ordered = [item for n in sorted(numbers) for item in numbers[n].values()]
        receipt = Receipt(
            log=self.log,
            tag="",
            through=self.through,
            highest=self.highest,
            missing=self.missing(),
            held=tuple(self._held(item) for item in ordered if item.verdict == "held"),
            set_aside=tuple(
                SetAsideItem(
                    n=item.n,
                    entry=item.entry,
                    claim=claim_id(item.digest, aside.index),
                    reason_code=aside.reason_code,
                    reason=aside.reason,
                    outcome=self._outcome(item),
                )
                for item in ordered
                for aside in item.set_aside
            ),
            forked=self.forked,
            erased=tuple(n for n in self.erased if n in numbers),
            last_received_at=self.last_received_at,
        )
        content = orjson.dumps(receipt.model_dump(mode="json"))
        return receipt.model_copy(update={"tag": hashlib.sha256(content).hexdigest()[:16]})

    def _outcome(self, item: ArrivalItem) -> Outcome | None:
        return self._decisions.outcome(item.entry, self.name)

    def _held(self, item: ArrivalItem) -> HeldItem:
        return HeldItem(
            n=item.n,
            entry=item.entry,
            reason_code=item.reason_code or "held",
            reason=item.reason or "Held for the office to look at.",
            received_at=self.received[item.digest],
            outcome=self._outcome(item),
        )
