"""Watches: what the entries about somebody out alone come to. Pure, and blind to order and copies.

Every doubt is read on the safe side: the alarm comes early rather than late, and the watch says
which doubt it was (:data:`Doubt`). Instants are milliseconds since 1970, by the server's clock:

* An end is as long after its entry was written as its device said, whatever that device's clock
  shows; never before it was written, nor more than a day after.
* An extension takes the place of the start, of what was written before it in its log, and of other
  extensions that its device can have seen. Of ends that did not know of each other the earliest
  counts.
* The watch is over when somebody said so after everything that says otherwise: the worker
  (``watch.ended``), or anybody else who knows (``watch.confirmed``). In one log "after" is by
  number, else by time.
* What is held for want of a right raises the alarm all the same, and quiets none.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from schemas.family.watches import (
    Alarm,
    Doubt,
    HelpCalled,
    Watch,
    WatchConfirmed,
    WatchEnded,
    WatchExtended,
    WatchStarted,
)
from schemas.published import Outcome
from sync import channels
from sync.clock import instant, to_ms
from sync.lookups import read_held
from sync.spoken import Pairing, Spoken, read_feed
from sync.store import Database
from sync.verdicts import RELEASABLE

__all__ = [
    "LONGEST_MS",
    "SEEN_AFTER_MS",
    "WatchBody",
    "WatchFold",
    "WatchWord",
    "fold_watch",
    "read_watch",
    "watch_document",
    "word_of",
]

WatchBody = WatchStarted | WatchExtended | WatchEnded | WatchConfirmed | HelpCalled
Ends = WatchStarted | WatchExtended
Raises = WatchStarted | WatchExtended | HelpCalled
State = Literal["running", "overdue", "help", "safe"]

LONGEST_MS = 24 * 3_600_000
"""Nobody is out alone for longer than a day without saying so again."""
SEEN_AFTER_MS = 2_000
"""A contact so long after an entry was received can have brought it to the device."""
_CLOCK_FLAGS = frozenset({"clock_unknown", "clock_ahead", "clock_behind"})


@dataclass(frozen=True, slots=True)
class WatchWord:
    """One entry about a watch. ``said_ms``: when it was written, as far as is known: not before
    the contact it names, nor after it was received. ``held``: it speaks all the same, being a call.
    """

    entry: str
    log: str
    n: int
    body: WatchBody
    said_ms: int
    received_ms: int
    contact_ms: int = 0
    held: bool = False
    clock_doubted: bool = False

    @property
    def place(self) -> tuple[int, str, int, str]:
        """Where it stands among those received."""
        return self.received_ms, self.log, self.n, self.entry


def word_of(spoken: Spoken, outcome: Outcome | None = None) -> WatchWord | None:
    """Read an entry that came in; None for one that says nothing of a watch, or does not stand.

    ``outcome``: what was decided on it, where it is held.
    """
    body, item = spoken.entry.body, spoken.item
    if not isinstance(body, WatchBody):
        return None
    held = item.verdict == "held" and (outcome is None or outcome.what != "released")
    if held:
        refused = outcome is not None and outcome.what == "declined"
        calls = isinstance(body, WatchStarted | HelpCalled) and item.reason_code in RELEASABLE
        if refused or not calls:
            return None
    return WatchWord(
        entry=spoken.entry.id,
        log=spoken.entry.log,
        n=spoken.entry.n,
        body=body,
        said_ms=max(to_ms(spoken.corrected(body.written_at)), item.contact_ms),
        received_ms=to_ms(spoken.received_at),
        contact_ms=item.contact_ms,
        held=held,
        clock_doubted=not _CLOCK_FLAGS.isdisjoint(item.flags),
    )


async def read_watch(database: Database, watch: str) -> list[WatchWord]:
    """Everything said of a watch that speaks."""
    topic = channels.watch(watch)
    wanted = frozenset({channels.entries(topic), channels.arrivals(topic)})
    documents, _ = await read_feed(database, 0, wanted)
    words: list[WatchWord] = []
    for spoken in Pairing().add(documents):
        outcome = await _outcome(database, spoken) if spoken.item.verdict == "held" else None
        word = word_of(spoken, outcome)
        words += [word] if word is not None else []
    return words


async def _outcome(database: Database, spoken: Spoken) -> Outcome | None:
    """What was decided on an entry that is held: its document's id begins with its digest."""
    start = f"held:{spoken.item.digest[:16]}"
    found = (read_held(one.id, one.body) for one in await database.range(start, f"{start}g"))
    return next((one.outcome for one in found if one.entry == spoken.entry.id), None)


@dataclass(frozen=True)
class WatchFold:
    """What is known of a watch. ``started``: what it began with, where that has come in.

    ``expected_ms``: the end that counts. ``help``: the first call for help that nobody answered
    since. ``safe``: the first word that ends it. ``doubts``: what was read on the safe side.
    """

    watch: str
    person: str
    words: tuple[WatchWord, ...]
    expected_ms: int
    help: WatchWord | None
    safe: WatchWord | None
    doubts: tuple[Doubt, ...]

    @cached_property
    def started(self) -> WatchStarted | None:
        """What the worker said when they left."""
        return next((w.body for w in self.words if isinstance(w.body, WatchStarted)), None)

    @cached_property
    def latest_ms(self) -> int:
        """When the last of it was received: no clock shows less than that since."""
        return max(word.received_ms for word in self.words)

    def state(self, now_ms: int) -> State:
        """How it stands at a moment."""
        if self.safe is not None:
            return "safe"
        if self.help is not None:
            return "help"
        return "running" if now_ms < self.expected_ms else "overdue"


def fold_watch(watch: str, words: Iterable[WatchWord]) -> WatchFold | None:
    """Fold what was said of one watch; None while nothing says that anybody is out."""
    every = sorted({word.entry: word for word in words}.values(), key=lambda word: word.place)
    person = _person(every)
    if person is None:
        return None
    own = tuple(word for word in every if _is_of(word, person))
    raising = [word for word in own if isinstance(word.body, Raises)]
    ends = _live_ends(own)
    answers = sorted(
        (word for word in own if isinstance(word.body, WatchEnded | WatchConfirmed)),
        key=lambda word: (word.said_ms, word.place),
    )
    calls = [
        word
        for word in raising
        if isinstance(word.body, HelpCalled) and not any(_after(one, word) for one in answers)
    ]
    expected = {_expected(word) for word in ends} or {
        min(word.said_ms for word in calls or raising)
    }
    return WatchFold(
        watch=watch,
        person=person,
        words=own,
        expected_ms=min(expected),
        help=min(calls, key=lambda word: (word.said_ms, word.place), default=None),
        safe=next((one for one in answers if all(_after(one, word) for word in raising)), None),
        doubts=tuple(_doubts(own, ends, expected)),
    )


def _person(every: Sequence[WatchWord]) -> str | None:
    """Who is out: whoever said so first; else who calls for help, or says that it takes longer."""
    for kind in (WatchStarted, HelpCalled, WatchExtended):
        for word in every:
            if isinstance(word.body, kind):
                return word.body.author
    return None


def _is_of(word: WatchWord, person: str) -> bool:
    """Nobody starts, or ends in their own word, the watch of another."""
    return word.body.author == person or not isinstance(word.body, WatchStarted | WatchEnded)


def _after(one: WatchWord, other: WatchWord) -> bool:
    return one.n > other.n if one.log == other.log else one.said_ms > other.said_ms


def _live_ends(words: Sequence[WatchWord]) -> list[WatchWord]:
    ends = [word for word in words if isinstance(word.body, Ends)]
    return [word for word in ends if not any(_knew(one, word) for one in ends)]


def _knew(one: WatchWord, other: WatchWord) -> bool:
    """Whether ``one`` says anew what ``other`` said. Whoever extends a watch knows its start."""
    if not isinstance(one.body, WatchExtended):
        return False
    if one.log == other.log:
        return one.n > other.n
    return isinstance(other.body, WatchStarted) or (
        one.contact_ms >= other.received_ms + SEEN_AFTER_MS
    )


def _length_ms(word: WatchWord) -> int:
    """For how long from its writing an entry expects the worker to be out, as its device said."""
    assert isinstance(word.body, Ends)  # noqa: S101  # nothing else says when
    return to_ms(word.body.expected_back) - to_ms(word.body.written_at)


def _expected(word: WatchWord) -> int:
    return word.said_ms + min(max(_length_ms(word), 0), LONGEST_MS)


def _doubts(
    own: Sequence[WatchWord], ends: Sequence[WatchWord], expected: set[int]
) -> Iterable[Doubt]:
    """What was read on the safe side."""
    if not any(isinstance(word.body, WatchStarted) for word in own):
        yield "no_start"
    if len(expected) > 1:
        yield "ends_differ"
    if any(_length_ms(word) < 0 for word in ends):
        yield "end_before_start"
    if any(_length_ms(word) > LONGEST_MS for word in ends):
        yield "end_too_far"
    if any(word.clock_doubted for word in own):
        yield "clock"
    if any(word.held for word in own):
        yield "held"


def watch_document(
    fold: WatchFold, now_ms: int, name: Callable[[str], str], alarms: tuple[Alarm, ...] = ()
) -> Watch:
    """The published document. ``name``: of a person. ``alarms``: those raised, oldest first."""
    started, first, safe = fold.started, fold.words[0], fold.safe
    call = fold.help.body if fold.help is not None else None
    where = call.where if isinstance(call, HelpCalled) else getattr(started, "where", None)
    buddy = getattr(started, "buddy", None)
    note = call.note if isinstance(call, HelpCalled) else None
    return Watch(
        id=f"watch:{fold.watch}",
        watch=fold.watch,
        person=fold.person,
        person_name=name(fold.person),
        phone=getattr(started, "phone", None),
        case=getattr(started, "case", None),
        visit=getattr(started, "visit", None),
        where=where or "Not known: what was said on leaving has not come in.",
        note=note or getattr(started, "note", None),
        started_at=instant(first.said_ms),
        received_at=instant(first.received_ms),
        expected_back=instant(fold.expected_ms),
        buddy=buddy,
        buddy_name=None if buddy is None else name(buddy),
        state=fold.state(now_ms),
        doubts=fold.doubts,
        alarms=alarms,
        safe_at=None if safe is None else instant(safe.said_ms),
        safe_by_name=None if safe is None else name(safe.body.author),
        safe_how=safe.body.how if safe and isinstance(safe.body, WatchConfirmed) else None,
        as_at=instant(now_ms),
    )
