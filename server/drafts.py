"""Drafts: what a published document says now, and whether that is news.

``as_at`` is when a document was computed. It is no news by itself: a document that says the same
as before keeps its revision, so that no tablet fetches it again.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, cast

import orjson

from schemas.base import Model
from schemas.codes import Session
from schemas.published import Unexplained, UnexplainedRow
from server.publication import UNEXPLAINED, Books, Window
from sync import channels
from sync.attendance import sheets
from sync.store import Document, Write

__all__ = ["Draft", "draft", "open_dates", "unexplained"]


@dataclass(frozen=True)
class Draft:
    """A document to be: its id, its body as JSON types, and the channels it goes to."""

    id: str
    body: dict[str, Any]
    to: frozenset[str]

    @classmethod
    def of(cls, id: str, model: Model, to: frozenset[str]) -> Draft:  # noqa: A002
        """Make a draft of a model."""
        return cls(id, model.model_dump(mode="json", exclude={"id"}), to)

    def says_the_same(self, current: Document | None) -> bool:
        """Whether the database holds this already, whenever it was computed."""
        if current is None or current.deleted or current.channels != self.to:
            return False
        return _content(current.body) == _content(self.body)

    def write(self) -> Write:
        """The write that stores it over whatever is there."""
        return Write(self.id, self.body, self.to, force=True)


def _content(body: Any) -> dict[str, Any]:
    return {key: value for key, value in body.items() if key != "as_at"}


async def draft(target: str, books: Books, window: Window, as_at: str) -> Draft | None:
    """Compute a sheet, a fire list or a card; None for one of a group or pupil no longer there."""
    kind, _, rest = target.partition(":")
    if kind == "sheet":
        return await _sheet(target, rest.split(":"), books, as_at)
    if kind == "roll":
        return await _roll(target, rest.split(":"), books, as_at)
    return await _card(target, rest, books, window)


async def _sheet(target: str, parts: list[str], books: Books, as_at: str) -> Draft | None:
    date, session, group_id = parts[0], cast("Session", parts[1]), parts[2]
    group = books.roster.groups.get(group_id)
    if group is None:
        return None
    book = await books.day(date)
    model = sheets.sheet(book, books.planned, group, session, as_at)
    return Draft.of(target, model, channels.sheet(date, group_id, book.taker(session, group_id)))


async def _roll(target: str, parts: list[str], books: Books, as_at: str) -> Draft | None:
    date, form_id = parts
    form = books.roster.groups.get(form_id)
    if form is None:
        return None
    return Draft.of(target, sheets.roll(await books.day(date), form, as_at), channels.roll(date))


async def _card(target: str, pupil_id: str, books: Books, window: Window) -> Draft | None:
    pupil = books.roster.pupils.get(pupil_id)
    if pupil is None:
        return None
    days = [await books.day(date) for date in window.before]
    model = sheets.card(books.roster, pupil, days, window.today)
    return Draft.of(target, model, channels.card(pupil_id, model.groups))


async def unexplained(
    dates: Collection[str], current: Document | None, books: Books, window: Window, as_at: str
) -> Draft:
    """The unexplained absences, with the part of ``dates`` computed again and the rest kept."""
    kept = [row for row in _rows(current) if row.date not in dates and row.date < window.today]
    fresh: list[UnexplainedRow] = []
    for date in sorted(one for one in dates if one < window.today):
        fresh += sheets.unexplained(books.roster, [await books.day(date)], as_at).rows
    rows = sorted(kept + fresh, key=lambda row: (row.date, row.session, row.pupil))
    model = Unexplained(id=UNEXPLAINED, rows=tuple(rows), as_at=as_at)
    return Draft.of(UNEXPLAINED, model, channels.OFFICE)


def _rows(current: Document | None) -> Iterable[UnexplainedRow]:
    if current is None or current.deleted:
        return ()
    raw = orjson.dumps({"_id": UNEXPLAINED, **current.body})
    return Unexplained.model_validate_json(raw).rows


def open_dates(current: Document | None) -> frozenset[str]:
    """Dates that the unexplained absences speak of."""
    return frozenset(row.date for row in _rows(current))
