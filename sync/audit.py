"""The audit: whether a school's record is what its people wrote, and the server received.

Entries are chained by their authors' tablets, arrivals by the server, and every arrival names the
digests of the entries that came with it: one document cannot be altered, removed, inserted or
re-dated without another one disagreeing. A *finding* is such a disagreement. What happens where
nobody tampers (a cloned tablet, a lost tail, two servers at once, entries that wait on a tablet) is
a *notice*. Both chains can be computed again by whoever can write to the database: anchors
(:mod:`sync.anchors`), kept elsewhere, are what that does not agree with.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from schemas.canonical import entry_id
from sync.anchors import Anchor, Head
from sync.document import Document
from sync.evidence import read_entry, read_seen_arrival
from sync.findings import Finding, Findings, day_of
from sync.logaudit import LogAudit, School, is_faulty

__all__ = ["Audit", "Report"]


@dataclass(frozen=True, slots=True)
class Report:
    """``findings``: what was tampered with, or lost. ``notices``: what should be known."""

    entries: int
    arrivals: int
    logs: int
    erased: int
    before_the_chain: int
    findings: tuple[Finding, ...]
    notices: tuple[Finding, ...]


class Audit:
    """Give it every entry, arrival and held document of a school with :meth:`add`; then ask.

    ``concurrent``: several servers have served the school from one store, now or before it moved.
    ``erased``: ids of entries whose erasure is on record.
    """

    def __init__(self, *, concurrent: bool = False, erased: frozenset[str] = frozenset()) -> None:
        self._school = School(concurrent, erased)
        self._logs: dict[str, LogAudit] = {}
        self._found = Findings()

    def add(self, document: Document) -> None:
        """Take in a document; of other kinds than these, it says nothing."""
        kind = document.id.partition(":")[0]
        if kind == "entry":
            self._add_entry(document)
        elif kind == "arrival":
            seen = read_seen_arrival(document)
            self._log(seen.log).arrivals.append(seen)
            if seen.k and not seen.faults:
                began = self._school.began
                self._school.began = min(began or seen.received_at, seen.received_at)
        elif kind == "held":
            original = document.body.get("original")
            if isinstance(original, str):
                self._school.held.add(hashlib.sha256(original.encode()).hexdigest())

    def _add_entry(self, document: Document) -> None:
        seen = read_entry(document)
        if seen is not None:
            self._log(seen.log).entries[seen.id] = seen
            return
        sentence = "Its id is no entry's: it was not written by a tablet."
        self._found.find(Finding("inserted", sentence, document.id))

    def _log(self, log: str) -> LogAudit:
        return self._logs.setdefault(log, LogAudit(log))

    def report(self, anchors: Sequence[Anchor] = ()) -> Report:
        """Judge all that was added, and against ``anchors``. Ask once; start anew for another."""
        for _, log in sorted(self._logs.items()):
            log.judge(self._school, self._found)
        if self._school.before:
            sentence = (
                f"{self._school.before} arrivals are from before arrivals were chained: their "
                "verdicts, and who sent what, rest on no chain."
            )
            self._found.notice(Finding("before_the_chain", sentence))
        named: set[str] = set()
        for anchor in reversed(anchors):  # of what a log has lost, the latest head says most
            for head in anchor.heads:
                if head.log not in named and self._judge_head(anchor, head):
                    named.add(head.log)
        logs = self._logs.values()
        entries = [one for log in logs for one in log.entries.values()]
        return Report(
            len(entries),
            sum(len(log.arrivals) for log in logs),
            len(logs),
            sum(one.erased for one in entries),
            self._school.before,
            tuple(self._found.findings),
            tuple(self._found.notices),
        )

    def _judge_head(self, anchor: Anchor, head: Head) -> bool:
        """What an anchor says of a log must be there still; whether it is not was found."""
        log = self._logs.get(head.log, LogAudit(head.log))
        day = f"On {day_of(anchor.at)} (anchor {anchor.number})"
        reached = max(log.levels, default=0)
        if head.k > reached:
            sentence = (
                f"{day} this log had {head.k} arrivals, of {head.n} entries or more; now it has "
                f"{reached}. The rest was removed, or an older copy of the school put in its place."
            )
            k = reached + 1
            self._found.find(Finding("cut", sentence, None, head.log, None, k, log.owner))
            return True
        level = log.levels.get(head.k, [])
        kept = {one.digest for one in level}
        if is_faulty(log.arrivals) or (head.k and not level):
            return False  # named already
        sentence = (
            "of this log was another one: the log was written anew since, or an older copy of the "
            "school put in its place."
        )
        found = len(self._found.findings)
        if head.k and head.arrival not in kept:
            words = f"{day} arrival {head.k} {sentence}"
            self._found.find(Finding("replaced", words, None, head.log, None, head.k, log.owner))
        elif head.n and entry_id(head.log, head.n, head.entry) not in log.items:
            words = f"{day} entry {head.n} {sentence}"
            self._found.find(Finding("replaced", words, None, head.log, head.n, None, log.owner))
        return len(self._found.findings) > found
