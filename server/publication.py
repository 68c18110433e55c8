"""Publication: which documents a change appears in.

A mark appears in the sheets of every group that registers its session and holds the pupil, or
marked them; in the fire list of the pupil's form; for a past day also on the pupil's card, among
the unexplained absences, and in the pupil's history of that half-term. Sheets live for today and
the desk's window before it, fire lists for today and the school day before, histories for this
half-term and the last: what is older is on no tablet, and is computed again from the entries
whenever somebody needs it.

A *target* is the ``_id`` of a document to compute. Only the unexplained absences, one document over
many days, have a target for each day (:data:`UNEXPLAINED`, a colon and the date).
"""

from __future__ import annotations

import asyncio
import hashlib
from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from schemas.calendar import HalfTerm, SchoolCalendar
from schemas.codes import Session
from schemas.published import history_id, sheet_id
from sync import channels
from sync.attendance import histories
from sync.attendance.daybook import CellKey, Daybook
from sync.attendance.planned import PlannedBook, Span
from sync.attendance.sheets import SESSIONS
from sync.roster import Roster
from sync.store import Database

__all__ = ["UNEXPLAINED", "Books", "Window", "card_id", "roll_id", "touched", "whole_day"]

UNEXPLAINED: Final = "unexplained"
FOLD = 1
"""Raise this whenever claims that are stored already come to read differently."""
YIELD = 64
"""Pupils whose marks are folded before other tasks have their turn."""
CACHED_DAYS = 8
"""Daybooks a school keeps in memory: today, the window, and a day or two that were amended."""


def roll_id(date: str, form: str) -> str:
    """The ``_id`` of a form's fire list."""
    return f"roll:{date}:{form}"


def card_id(pupil: str) -> str:
    """The ``_id`` of a pupil's card."""
    return f"card:{pupil}"


@dataclass(frozen=True)
class Window:
    """The days published for: ``today``, and ``before`` it the desk's school days, latest first."""

    today: str
    before: tuple[str, ...]
    calendar: SchoolCalendar

    @classmethod
    def of(cls, roster: Roster, today: str) -> Window:
        """The window as it stands today."""
        calendar = roster.calendar
        before = calendar.school_days_before(today, channels.OFFICE_DAYS)
        return cls(today, tuple(before), calendar)

    @property
    def days(self) -> tuple[str, ...]:
        """Dates with sheets, latest first."""
        return (self.today, *self.before)

    @property
    def listed(self) -> tuple[str, ...]:
        """Dates with fire lists, latest first."""
        return (self.today, *self.before[: channels.STAFF_DAYS])

    @cached_property
    def halves(self) -> tuple[HalfTerm, ...]:
        """The half-terms with histories, latest first."""
        return self.calendar.window(self.today)

    @cached_property
    def school_days(self) -> dict[str, list[str]]:
        """School days before today by the first day of their half-term: each a row of it."""
        days = {half: self.calendar.school_days(half.first, half.last) for half in self.halves}
        return {
            half.first: [date for date in found if date < self.today]
            for half, found in days.items()
        }

    def half(self, date: str) -> HalfTerm | None:
        """The half-term with histories that a day before today lies in."""
        found = (half for half in self.halves if half.first <= date <= half.last)
        return next(found, None) if date < self.today else None


class Books:
    """A school's planned codes and daybooks, read once and kept for as long as they are used."""

    def __init__(self, database: Database, roster: Roster) -> None:
        self._database = database
        self.roster = roster
        self.planned = PlannedBook(database, roster)
        self.told = 0
        """The sequence through which news has been told; what came later is told by the next."""
        self.reading = _reading(roster.calendar)
        """How the marks of days gone by come to be read, beside their entries."""
        self.marks: dict[str, dict[str, histories.Marks]] = {}
        """Marks of past days by date and pupil, kept while many histories are to be computed."""
        self._days: OrderedDict[str, Daybook] = OrderedDict()
        self._untold_days: set[str] = set()
        self._untold_plans: list[Span] = []

    async def day(self, date: str) -> Daybook:
        """The daybook of a date, as last read."""
        book = self._days.get(date)
        if book is None:
            book = self._days[date] = await Daybook.load(self._database, self.roster, date)
            if book.since > self.told:
                self._untold_days.add(date)
        self._days.move_to_end(date)
        while len(self._days) > CACHED_DAYS:
            self._untold_days.discard(self._days.popitem(last=False)[0])
        return book

    async def read_marks(self, date: str) -> None:
        """Keep everybody's marks of a past day; a daybook read for that alone is not kept."""
        book = self._days.get(date) or await Daybook.load(self._database, self.roster, date)
        known: dict[histories.Marks, histories.Marks] = {}
        found: dict[str, histories.Marks] = {}
        for number, pupil in enumerate(self.roster.pupils, 1):
            marks = histories.marks(book, pupil)
            if marks != histories.UNMARKED:
                found[pupil] = known.setdefault(marks, marks)
            if number % YIELD == 0:
                await asyncio.sleep(0)
        self.marks[date] = found

    async def marks_of(self, date: str, pupil: str) -> histories.Marks:
        """What a pupil has on a past day."""
        if date in self.marks:
            return self.marks[date].get(pupil, histories.UNMARKED)
        return histories.marks(await self.day(date), pupil)

    async def whole_day(self, date: str, window: Window) -> set[str]:
        """Every document of a date, whatever of it was news."""
        found = whole_day(await self.day(date), window)
        self._untold_days.discard(date)
        return found

    async def news_of(self, date: str, window: Window) -> set[str]:
        """What has changed on a date; everything, where nobody remembers what was there."""
        self.marks.pop(date, None)
        book = self._days.get(date)
        rows = {f"histories:{date}"} if window.half(date) is not None else set()
        if book is None:
            return rows | await self.whole_day(date, window)
        try:
            if date in self._untold_days:
                await book.refresh()
                return rows | await self.whole_day(date, window)
            return touched(book, await book.refresh(), window)
        except BaseException:
            # Half read is not read: the next attempt starts from the beginning.
            self._days.pop(date, None)
            raise

    async def read_plans(self) -> None:
        """Read the planned codes; what that touches is told with the next news of them."""
        self._untold_plans += await self.planned.refresh()

    async def news_of_plans(self, window: Window) -> set[str]:
        """What new or withdrawn planned codes change."""
        await self.read_plans()
        found: set[str] = set()
        for span in self._untold_plans:
            for date in window.days:
                if span.first <= date <= span.last:
                    found |= _planned_sheets(self.roster, span.pupil, date)
        self._untold_plans.clear()
        return found


def _reading(calendar: SchoolCalendar) -> str:
    """Changes with the register times, which decide between ``L`` and ``U``."""
    times = ",".join(one.model_dump_json() for one in calendar.times)
    return f"{FOLD}.{hashlib.sha256(times.encode()).hexdigest()[:12]}"


def touched(book: Daybook, cells: Iterable[CellKey], window: Window) -> set[str]:
    """The documents that cells of one date appear in."""
    roster, date = book.roster, book.date
    cells = frozenset(cells)
    pupils = {pupil for _, pupil in cells} & roster.pupils.keys()
    found: set[str] = set()
    if date in window.days:
        for session in SESSIONS:
            marked = {pupil for at, pupil in cells if at == session}
            for group in _sheet_groups(book, session) if marked else ():
                if marked & book.marked(session, group).union(roster.groups[group].members):
                    found.add(sheet_id(date, session, group))
    if date in window.listed:
        found |= {roll_id(date, roster.pupils[pupil].form) for pupil in pupils}
    if date in window.before:
        found |= {card_id(pupil) for pupil in pupils}
    if date < window.today and pupils:
        found.add(f"{UNEXPLAINED}:{date}")
    half = window.half(date)
    if half is not None:
        found |= {f"{history_id(half.first, pupil)}:{date}" for pupil in pupils}
    return found


def whole_day(book: Daybook, window: Window) -> set[str]:
    """Every document of a date, but for its rows in histories."""
    roster, date = book.roster, book.date
    found: set[str] = set()
    if date in window.days:
        found |= {
            sheet_id(date, session, group)
            for session in SESSIONS
            for group in _sheet_groups(book, session)
        }
    if date in window.listed and roster.calendar.is_school_day(date):
        forms = (group.group for group in roster.groups.values() if group.kind == "form")
        found |= {roll_id(date, form) for form in forms}
    if date in window.before:
        found |= {card_id(pupil) for pupil in roster.pupils}
    if date < window.today:
        found.add(f"{UNEXPLAINED}:{date}")
    return found


def _sheet_groups(book: Daybook, session: Session) -> set[str]:
    """Groups due to register, and any other that was registered all the same."""
    due = {group.group for group in book.roster.registering(book.date, session)}
    return due | {group for group in book.roster.groups if book.marked(session, group)}


def _planned_sheets(roster: Roster, pupil: str, date: str) -> set[str]:
    mine = set(roster.groups_of(pupil))
    return {
        sheet_id(date, session, group.group)
        for session in SESSIONS
        for group in roster.registering(date, session)
        if group.group in mine
    }
