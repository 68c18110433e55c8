"""The audit of one log: its arrivals against each other, and its entries against its arrivals."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.canonical import GENESIS, entry_id
from sync.evidence import SeenArrival, SeenEntry, SeenItem
from sync.findings import Finding, Findings, What, day_of, listed, ranges

__all__ = ["LogAudit", "School", "is_faulty"]

ANY_FORM = frozenset({"broken_schema", "unknown_kind"})
"""What is held for these reasons may have fields that no entry has."""


@dataclass(slots=True)
class School:
    """What the judgement of any log leans on.

    ``concurrent``: several servers have served the school from one store. ``erased``: entries
    whose erasure is on record. ``held``: digests of what lies in the quarantine whole. ``began``:
    when the first arrival that is chained came. ``before``: counts arrivals from before that.
    """

    concurrent: bool
    erased: frozenset[str]
    held: set[str] = field(default_factory=set)
    began: str | None = None
    before: int = 0


class LogAudit:
    """One log. Give it what is stored of it, then :meth:`judge`."""

    def __init__(self, log: str) -> None:
        self.log = log
        self.entries: dict[str, SeenEntry] = {}
        self.arrivals: list[SeenArrival] = []
        self.levels: dict[int, list[SeenArrival]] = {}
        """Chained arrivals by number; more than one where servers took something in at once."""
        self.items: dict[str, tuple[SeenItem, SeenArrival]] = {}
        """What arrivals say of each entry, by its id; of what matched no digest, by its own."""
        self._is_forked = False

    @property
    def owner(self) -> str | None:
        """Whose log it is."""
        people = [one.person for one in self.arrivals]
        people += [one.author for one in self.entries.values()]
        return next((one for one in people if one is not None), None)

    def judge(self, school: School, found: Findings) -> None:
        """Find what is wrong with this log."""
        self.levels = _levels(self.arrivals)
        self._is_forked = any(len(_sound(level)) > 1 for level in self.levels.values())
        self._judge_arrivals(school, found)
        self._judge_chain(school, found)
        self._judge_items(school, found)
        self._judge_entries(school, found)
        self._look_for_forks(found)
        self._look_for_gaps(school, found)

    def _judge_arrivals(self, school: School, found: Findings) -> None:
        for seen in self.arrivals:
            if seen.faults:
                found.arrival("redated" if seen.redated else "altered", seen, listed(seen.faults))
            elif not seen.k and school.began is not None and seen.received_at > school.began:
                found.arrival(
                    "altered",
                    seen,
                    "it has no number, although arrivals were numbered by then: the number was "
                    "taken from it, or it was put there",
                )
            elif not seen.k:
                school.before += 1

    def _judge_chain(self, school: School, found: Findings) -> None:
        earlier: list[SeenArrival] = []
        for k in range(1, max(self.levels, default=0) + 1):
            level = self.levels.get(k, [])
            if not level:
                sentence = (
                    f"Arrival {k} of this log is gone, with the verdicts on what came with it."
                )
                found.find(Finding("removed", sentence, None, self.log, None, k, self.owner))
            if len(_sound(level)) > 1:
                self._judge_siblings(school, k, _sound(level), found)
            for seen in _sound(level):
                self._judge_link(k, seen, earlier, found)
            earlier = level

    def _judge_link(
        self, k: int, seen: SeenArrival, earlier: list[SeenArrival], found: Findings
    ) -> None:
        """An arrival must follow the one before, where that is there and as it was."""
        if k == 1 and seen.prev != GENESIS:
            found.arrival(
                "replaced", seen, "it is the first of its log and says that another came before"
            )
        if earlier and not is_faulty(earlier) and seen.prev not in {e.digest for e in earlier}:
            found.arrival(
                "replaced", earlier[0], f"the arrival after it ({seen.id}) follows another one"
            )
        if any(one.received_at > seen.received_at for one in _sound(earlier)):
            sentence = (
                f"Arrival {k} has an earlier date of receipt than the one before it: the server's "
                "clock was set back in between."
            )
            found.notice(Finding("clock_back", sentence, seen.id, self.log, None, k, seen.person))

    def _judge_siblings(
        self, school: School, k: int, sound: list[SeenArrival], found: Findings
    ) -> None:
        if school.concurrent:
            sentence = (
                f"{len(sound)} arrivals are number {k} of this log: servers that share the store "
                "took something in at the same moment."
            )
            first = sound[0]
            found.notice(Finding("concurrent", sentence, first.id, self.log, None, k, first.person))
            return
        followed = {one.prev for one in self.levels.get(k + 1, ())}
        extra = [one for one in sound if one.digest not in followed]
        for seen in extra if len(extra) < len(sound) else sound:
            found.arrival(
                "inserted", seen, f"there is another arrival {k}, and one server never writes two"
            )

    def _judge_items(self, school: School, found: Findings) -> None:
        """Go through what came in, in the order it came."""
        turns: dict[int, dict[str, int]] = defaultdict(dict)
        for turn, seen in enumerate(self._ordered()):
            fresh = [one for one in seen.items if _key(one) not in self.items]
            as_new = len(fresh) == len(seen.items) > 0
            if not (as_new or school.concurrent or is_faulty(self.arrivals)):
                found.arrival(
                    "inserted",
                    seen,
                    "it says again what had come in before, or nothing, which no server writes",
                )
            for item in fresh:
                self.items[_key(item)] = (item, seen)
                if item.sealed:
                    turns[item.n][item.digest] = turn
                    self._judge_item(item, seen, found)
                elif item.digest not in school.held:
                    sentence = (
                        f"What was held under number {item.n}, because it did not match its "
                        "digest, is gone from the quarantine or was changed there."
                    )
                    found.find(self._about(item, seen, "removed", sentence))
        if not is_faulty(self.arrivals):
            for item, seen in self.items.values():
                if item.sealed:
                    self._judge_break(item, seen, turns, found)

    def _ordered(self) -> list[SeenArrival]:
        """The arrivals in the order in which they were written, as far as that is known."""
        unchained = sorted((one for one in self.arrivals if not one.k), key=lambda one: one.id)
        chained = [one for k in sorted(self.levels) for one in self.levels[k]]
        return list({one.id: one for one in (*unchained, *chained)}.values())

    def _judge_item(self, item: SeenItem, seen: SeenArrival, found: Findings) -> None:
        """An entry that came must be there, and be the one that came."""
        entry = self.entries.get(item.entry)
        if entry is None:
            sentence = (
                f"Entry {item.n} of this log came in on {day_of(seen.received_at)}; it is gone."
            )
            if not seen.faults or item.entry == entry_id(self.log, item.n, item.digest):
                found.find(self._about(item, seen, "removed", sentence))
        elif not (entry.faults or seen.faults):
            said = (item.n, item.digest, item.prev or entry.prev)
            if said != (entry.n, entry.digest, entry.prev):
                found.arrival("altered", seen, f"it describes entry {item.n} as it is not")

    def _judge_break(
        self,
        item: SeenItem,
        seen: SeenArrival,
        turns: Mapping[int, Mapping[str, int]],
        found: Findings,
    ) -> None:
        """An entry that follows another one than the one that is before it.

        Intake flags it where that other one had come first, in an earlier push.
        """
        before = turns.get(item.n - 1, {})
        if not before or not item.prev or item.prev in before:
            return
        was_first = min(before.values()) < turns[item.n][item.digest]
        if "chain_broken" in item.flags or self._is_forked or not was_first:
            sentence = (
                f"Entry {item.n} follows another entry {item.n - 1} than the one that came in: "
                "written on a copy of the tablet's store, or after its end was lost."
            )
            found.notice(self._about(item, seen, "clone", sentence))
        else:
            sentence = (
                f"Entry {item.n} follows another entry {item.n - 1} than the one that is there, "
                "and that was not so when it came in."
            )
            found.find(self._about(item, seen, "replaced", sentence))

    def _about(self, item: SeenItem, seen: SeenArrival, what: What, sentence: str) -> Finding:
        return Finding(what, sentence, item.entry, self.log, item.n, seen.k or None, seen.person)

    def _judge_entries(self, school: School, found: Findings) -> None:
        for entry in self.entries.values():
            item, _ = self.items.get(entry.id, (None, None))
            faults = list(entry.faults)
            if item is None or item.reason_code not in ANY_FORM:
                faults += entry.loose
            if faults:
                found.entry("altered", entry, f"Entry {entry.n} was altered: {listed(faults)}.")
            elif item is None:
                self._judge_unaccounted(school, entry, found)
            elif entry.erased and entry.id not in school.erased:
                found.entry(
                    "erased_without_record",
                    entry,
                    f"The content of entry {entry.n} was taken out, and no erasure is on record.",
                )
            elif entry.hidden and item.verdict == "stored":
                found.entry(
                    "hidden",
                    entry,
                    f"Entry {entry.n} is whole, but was taken from where its day is read: it does "
                    "not speak.",
                )

    def _judge_unaccounted(self, school: School, entry: SeenEntry, found: Findings) -> None:
        if school.concurrent:
            sentence = (
                f"Entry {entry.n} is there and no arrival says that it came: a server was stopped "
                "while it was taken in, and its tablet sends it again; or the arrival was removed."
            )
            found.notice(
                Finding(
                    "arrival_not_written",
                    sentence,
                    entry.id,
                    self.log,
                    entry.n,
                    author=entry.author,
                )
            )
            return
        found.entry(
            "unaccounted",
            entry,
            f"Entry {entry.n} is there and no arrival says that it came: it was inserted, or its "
            "arrival was altered or removed.",
        )

    def _look_for_forks(self, found: Findings) -> None:
        for n, digests in sorted(self._digests().items()):
            if len(digests) > 1:
                sentence = (
                    f"{len(digests)} entries are number {n} of this log: two copies of one "
                    "tablet's store wrote on, or its end was lost. All are kept; the log is closed."
                )
                found.notice(Finding("fork", sentence, None, self.log, n, author=self.owner))

    def _look_for_gaps(self, school: School, found: Findings) -> None:
        there = self._digests().keys() | {one.n for one in self.entries.values()}
        mine = f"entry:{self.log}:"  # what was erased may have gone from the tablet before it came
        there |= {int(one.split(":")[2]) for one in school.erased if one.startswith(mine)}
        for first, last in ranges(set(range(1, max(there, default=0))) - there):
            numbers = f"Entry {first} has" if first == last else f"Entries {first} to {last} have"
            sentence = (
                f"{numbers} not come in so far, though a later one has: still on the tablet, or "
                "lost with it."
            )
            found.notice(Finding("missing", sentence, None, self.log, first, author=self.owner))

    def _digests(self) -> Mapping[int, set[str]]:
        """What came under each number, sealed."""
        digests: dict[int, set[str]] = defaultdict(set)
        for item, _ in self.items.values():
            digests[item.n] |= {item.digest} if item.sealed else set()
        return digests


def _levels(arrivals: Iterable[SeenArrival]) -> dict[int, list[SeenArrival]]:
    """Chained arrivals by number; one whose own number was changed is found by its neighbours."""
    seen = list(arrivals)
    sound = [one for one in seen if one.k and not one.faults]
    after = {one.prev: one.k - 1 for one in sound}
    before = {one.digest: one.k + 1 for one in sound}
    levels: dict[int, list[SeenArrival]] = defaultdict(list)
    for one in seen:
        k = one.k
        if one.faults:
            k = after.get(one.digest) or before.get(one.prev) or k
        if k > 0:
            levels[k].append(one)
    for level in levels.values():
        level.sort(key=lambda one: (one.digest, one.id))
    return dict(levels)


def _key(item: SeenItem) -> str:
    return item.entry if item.sealed else item.digest


def _sound(arrivals: Iterable[SeenArrival]) -> list[SeenArrival]:
    return [one for one in arrivals if not one.faults]


def is_faulty(arrivals: Iterable[SeenArrival]) -> bool:
    """Whether any of them is not as it was written."""
    return any(one.faults for one in arrivals)
