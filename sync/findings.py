"""Findings: what an audit has to say, each in a sentence for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from sync.clock import in_words
from sync.evidence import SeenArrival, SeenEntry

__all__ = ["Finding", "Findings", "What", "day_of", "listed", "ranges"]

What = Literal[
    "altered",
    "removed",
    "inserted",
    "redated",
    "replaced",
    "unaccounted",
    "hidden",
    "erased_without_record",
    "cut",
    "anchor",
    "fork",
    "clone",
    "missing",
    "concurrent",
    "before_the_chain",
    "clock_back",
    "arrival_not_written",
]


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong, or that should be known. ``n`` numbers an entry, ``k`` an arrival.

    ``document``: the id of what it is about; ``author``: whose, where that can still be read.
    """

    what: What
    sentence: str
    document: str | None = None
    log: str | None = None
    n: int | None = None
    k: int | None = None
    author: str | None = None


class Findings:
    """Collects what is found: ``findings`` that something is wrong, and ``notices``."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []
        self.notices: list[Finding] = []

    def find(self, finding: Finding) -> None:
        """Note something that is wrong."""
        self.findings.append(finding)

    def notice(self, notice: Finding) -> None:
        """Note something that should be known."""
        self.notices.append(notice)

    def entry(self, what: What, entry: SeenEntry, sentence: str) -> None:
        """Note what is wrong with an entry."""
        self.find(Finding(what, sentence, entry.id, entry.log, entry.n, author=entry.author))

    def arrival(self, what: What, seen: SeenArrival, why: str) -> None:
        """Note what is wrong with an arrival."""
        called = f"Arrival {seen.k}" if seen.k else "An arrival"
        words = f"{called} of this log, with entries {_numbers(seen)}, is not as it was: {why}."
        k = seen.k or None
        self.find(Finding(what, words, seen.id, seen.log, k=k, author=seen.person))


def ranges(numbers: Iterable[int]) -> Iterator[tuple[int, int]]:
    """Runs of numbers that follow each other: first and last."""
    for _, run in groupby(enumerate(sorted(numbers)), lambda pair: pair[1] - pair[0]):
        found = [n for _, n in run]
        yield found[0], found[-1]


def listed(faults: Iterable[str]) -> str:
    """Faults in one sentence."""
    return "; ".join(faults)


def day_of(moment: str) -> str:
    """The day of an instant in words, whatever became of the instant."""
    try:
        return in_words(moment[:10])
    except ValueError:
        return "a day that cannot be read any more"


def _numbers(seen: SeenArrival) -> str:
    runs = ranges({item.n for item in seen.items})
    return ", ".join(str(a) if a == b else f"{a} to {b}" for a, b in runs) or "none"
