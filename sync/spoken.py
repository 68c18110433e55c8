"""What has come in: entries joined with what became of them at their arrival, from the feed.

Whoever folds something reads its topics here, in whatever order the halves come. An entry whose
arrival has not come speaks only when it has.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from schemas.entry import Entry
from schemas.published import Outcome, Verdict
from schemas.upcast import read_entry
from sync.arrivals import (
    JUDGED_AGAIN,
    WAITS,
    Arrival,
    ArrivalItem,
    read_arrival,
    read_judged_again,
)
from sync.clock import Correction, to_ms
from sync.store import Database, Document

__all__ = [
    "POINTER",
    "Judged",
    "Pairing",
    "Spoken",
    "after",
    "declined",
    "judged",
    "parse_entry",
    "read_feed",
]

POINTER = "understood"
"""The type of a document that names an entry, and its arrival, which lie on no topic themselves."""
Judged = tuple[Verdict, str | None]
"""What became of something, and why."""


@dataclass(slots=True)
class Spoken:
    """An entry that has arrived: its parsed form, its item, and when it was received."""

    entry: Entry
    item: ArrivalItem
    received_at: str

    def corrected(self, device_instant: str) -> str:
        """A time of this entry in server time."""
        return Correction(self.item.offset_ms, (), to_ms(self.received_at)).apply(device_instant)


async def read_feed(
    database: Database, since: int, wanted: frozenset[str]
) -> tuple[list[Document], int]:
    """Every document of the channels after ``since``, and where to go on."""
    found: list[Document] = []
    more = True
    while more:
        page = await database.changes(since, channels=wanted)
        found += [change.document for change in page.changes if not change.removed]
        since, more = page.last_seq, page.more
    return await _pointed_at(database, found), since


async def _pointed_at(database: Database, documents: list[Document]) -> list[Document]:
    """With each pointer in the place of the entry and the arrival it names."""
    pointers = [one for one in documents if one.body.get("type") == POINTER]
    if not pointers:
        return documents
    named = [str(one.body[half]) for one in pointers for half in ("entry", "arrival")]
    found = [one for one in await database.read(named) if one is not None]
    return [*(one for one in documents if one not in pointers), *found]


class Pairing:
    """Joins entries with the items of their arrivals, whichever comes first.

    What was held until something it speaks of came (:mod:`sync.waiting`) is given a second time,
    with the item by which it was judged again.
    """

    def __init__(self) -> None:
        self._entries: dict[str, Entry] = {}
        self._items: dict[str, tuple[ArrivalItem, str]] = {}
        self._given: set[str] = set()
        self._again: dict[str, ArrivalItem] = {}
        self._waiting: dict[str, Spoken] = {}

    def add(self, documents: list[Document]) -> Iterator[Spoken]:
        """Take documents in; yield each entry once, when both halves are there."""
        touched: list[str] = []
        for document in documents:
            kind = document.body.get("type")
            if kind == "arrival":
                touched += self._add_arrival(read_arrival(document))
            elif kind == JUDGED_AGAIN:
                item = read_judged_again(document)
                self._again[item.entry] = item
                touched.append(item.entry)
            elif (entry := parse_entry(document)) is not None:
                self._entries[entry.id] = entry
                touched.append(entry.id)
        for key in touched:
            if key in self._entries and key in self._items and key not in self._given:
                yield self._give(key)
            elif key in self._again and key in self._waiting:
                waited = self._waiting.pop(key)
                yield Spoken(waited.entry, self._again.pop(key), waited.received_at)

    def _give(self, key: str) -> Spoken:
        self._given.add(key)
        item, received_at = self._items.pop(key)
        spoken = Spoken(self._entries.pop(key), self._again.pop(key, item), received_at)
        if spoken.item.reason_code in WAITS:
            self._waiting[key] = spoken
        return spoken

    def _add_arrival(self, arrival: Arrival) -> list[str]:
        for item in arrival.items:
            self._items.setdefault(item.entry, (item, arrival.received_at))
        return [item.entry for item in arrival.items]


def parse_entry(document: Document) -> Entry | None:
    """Read the entry; None for one whose body no kind fits: it is held, and speaks of nothing."""
    raw: dict[str, Any] = {"_id": document.id, "_rev": document.rev, **document.body}
    try:
        return read_entry(raw)
    except ValidationError:
        return None


def judged(item: ArrivalItem, index: int | None = None) -> Judged:
    """What became of an entry, or of its claim number ``index``, as it came in."""
    aside = next((one for one in item.set_aside if one.index == index), None)
    if item.verdict == "held":
        return "held", aside.reason if aside is not None else item.reason
    return ("stands", item.reason) if aside is None else ("set_aside", aside.reason)


def after(before: Judged, outcome: Outcome | None) -> Judged:
    """What has become of it by the word of people at the desk. Two who differ decide nothing."""
    if before[0] not in {"held", "set_aside"} or outcome is None or outcome.what == "contested":
        return before
    if outcome.what == "released":
        return "stands", None
    return declined(outcome)


def declined(outcome: Outcome) -> Judged:
    """What is declined, and by whom and why."""
    return "declined", f"{outcome.by_name}: {outcome.reason}"
