"""Histories: how pupils' half-terms are kept up, day by day, at the cost of what has changed.

A history lacks a row for each day that nobody has added yet: drafting it adds those, keeps the
rest, and computes again only the days it is told of. So a day's opening adds the day before, an
amendment renews one row, and a first publication fills whole half-terms, all in one way.

A target names a document (``history:<half>:<pupil>``), and may end with a date whose row is to be
computed again, or with :data:`ALL`. Where nobody remembers what has changed on a date,
``histories:<date>`` stands for everybody's rows of it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from schemas.published import HistoryDay, history_id
from server.drafts import Draft
from server.publication import Books, Window
from sync import channels
from sync.attendance import histories
from sync.roster import Roster
from sync.store import Document

__all__ = ["ALL", "Wanted", "by_document", "draft", "is_history", "lacking", "lined_up"]

ALL = "*"


@dataclass
class Wanted:
    """A history to draft: ``again`` are the dates to compute again, ``targets`` what called."""

    again: set[str] = field(default_factory=set)
    targets: set[str] = field(default_factory=set)


def is_history(target: str) -> bool:
    """Whether a target is one of those here."""
    return target.startswith(("history:", "histories:"))


def lined_up(roster: Roster, window: Window, since: str | None) -> set[str]:
    """The histories that a day's opening adds to. ``since``: the day opened last; None: all."""
    halves = [
        half
        for half, days in window.school_days.items()
        if since is None or (days and days[-1] >= since)
    ]
    return {history_id(half, pupil) for half in halves for pupil in roster.pupils}


def by_document(targets: Iterable[str], roster: Roster, window: Window) -> dict[str, Wanted]:
    """The histories that targets call for, by ``_id``."""
    found: dict[str, Wanted] = {}
    for target in targets:
        kind, first, *rest = target.split(":")
        names, dates = [f"{kind}:{first}:{rest[0]}"] if rest else [], rest[1:]
        if kind == "histories" and (half := window.half(first)) is not None:
            names, dates = [history_id(half.first, one) for one in roster.pupils], [first]
        for name in names:
            wanted = found.setdefault(name, Wanted())
            wanted.targets.add(target)
            wanted.again.update(dates)
    return found


def lacking(
    name: str, wanted: Wanted, current: Document | None, books: Books, window: Window
) -> list[str]:
    """The dates whose rows a history has yet to get, or is to get again."""
    kept = _kept(wanted, current)
    return [date for date in _dates(name, books, window) if date not in kept]


def _dates(name: str, books: Books, window: Window) -> list[str]:
    """The dates of a history's rows: past school days of its half-term, while on roll."""
    _, half, pupil_id = name.split(":")
    pupil = books.roster.pupils.get(pupil_id)
    if pupil is None:
        return []
    return [date for date in window.school_days.get(half, ()) if pupil.on_roll(date)]


def _kept(wanted: Wanted, current: Document | None) -> Mapping[str, HistoryDay]:
    if current is None or current.deleted or ALL in wanted.again:
        return {}
    rows = current.body["days"]
    return {date: (date, am, pm) for date, am, pm in rows if date not in wanted.again}


async def draft(
    name: str, wanted: Wanted, current: Document | None, books: Books, window: Window
) -> Draft | None:
    """Compute a history; None for one that says so already, or is not there and has no rows."""
    _, half, pupil = name.split(":")
    kept = _kept(wanted, current)
    days = [
        kept.get(date) or (date, *await books.marks_of(date, pupil))
        for date in _dates(name, books, window)
    ]
    to = channels.history(half, pupil, books.roster.groups_of(pupil))
    if current is None or current.deleted:
        return _draft(name, days, to) if days else None
    # Of a day that nobody remembers, most say so already: not worth counting them anew.
    same = current.channels == to and current.body["days"] == [list(day) for day in days]
    return None if same and ALL not in wanted.again else _draft(name, days, to)


def _draft(name: str, days: list[HistoryDay], to: frozenset[str]) -> Draft:
    _, half, pupil = name.split(":")
    return Draft.of(name, histories.history(half, pupil, days), to)
