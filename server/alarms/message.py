"""What an alarm says: short, and without a family's name or address. Times are the place's own."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from schemas.family.concerns import Concern
from schemas.family.watches import AlarmStep
from sync.clock import in_words, instant, local, to_ms
from sync.family.watches import WatchFold

__all__ = ["Message", "Wording", "concern_message", "note_message", "test_message", "watch_message"]


@dataclass(frozen=True, slots=True)
class Message:
    """A message for a person. ``id``: the same whenever it has to be sent again."""

    id: str
    subject: str
    text: str


@dataclass(frozen=True, slots=True)
class Wording:
    """What every message of a place needs: its time zone, and where the app is found."""

    time_zone: str
    origin: str

    def when(self, ms: int) -> str:
        """A moment as people there say it; with the zone's name where that time comes twice."""
        date, time = local(instant(ms), self.time_zone)
        return f"{time}{self._zone(ms)} on {in_words(date)}"

    def _zone(self, ms: int) -> str:
        there = dt.datetime.fromtimestamp(ms / 1000, ZoneInfo(self.time_zone))
        twice = there.replace(fold=1 - there.fold).utcoffset() != there.utcoffset()
        return f" {there:%Z}" if twice else ""

    def where(self, path: str) -> str:
        """Where in the app."""
        return f"{self.origin}{path}" if self.origin else f"Tidemark, {path}"


def watch_message(
    fold: WatchFold, step: AlarmStep, wording: Wording, *, mark: str, name: str, phone: str | None
) -> Message:
    """Of somebody who is out alone. ``mark``: the message's id; ``phone``: theirs."""
    link = wording.where(f"/visits/watch/{fold.watch}")
    ring = f"Ring them: {phone}." if phone else "Ring them; no number is known here."
    again = "This is sent again until somebody does. Sent twice with one number, it is one alarm."
    if step == "safe":
        return Message(
            mark,
            f"Safe: {name}",
            f"{name} has been marked safe. The alarm is over. {link} [{mark}]",
        )
    if step == "help" and fold.help is not None:
        since = wording.when(fold.help.said_ms)
        return Message(
            mark,
            f"HELP: {name} calls for help",
            f"{name} called for help at {since}. {ring} If you cannot reach them, ring 999. Where "
            f"they are, and to say that they are safe: {link} {again} [{mark}]",
        )
    since = wording.when(fold.expected_ms)
    return Message(
        mark,
        f"ALARM: {name} is not back",
        f"{name} is out alone, was expected back at {since}, and has not said that they are safe. "
        f"{ring} Where they are, and to say that they are safe: {link} {again} [{mark}]",
    )


def note_message(visit: str, wording: Wording, *, mark: str, name: str | None) -> Message:
    """Of a visit's note that was not written. ``name``: of its worker, for their lead."""
    link = wording.where(f"/visits/{visit}")
    text = (
        "The note of a visit that you made is not written yet."
        if name is None
        else f"{name} has not written the note of a visit for two days."
    )
    return Message(mark, "A visit's note is missing", f"{text} {link} [{mark}]")


def concern_message(
    concern: Concern, wording: Wording, *, mark: str, place: str, first: bool
) -> Message:
    """Of a concern, which says nothing of the child. ``first``: it has just come in; else nobody
    acknowledged it in time.
    """
    link = wording.where(f"/concerns/{concern.concern}")
    since = wording.when(to_ms(concern.received_at))
    why = "" if first else "; nobody has acknowledged it, and it comes to you now"
    danger = "The child was said to be in danger. " if concern.immediate else ""
    return Message(
        mark,
        "A concern about a child waits for you",
        f"A concern about a child of {place} came in at {since}{why}. {danger}Read it and "
        f"acknowledge it: {link} [{mark}]",
    )


def test_message(mark: str) -> Message:
    """To try whether messages arrive."""
    return Message(
        mark,
        "A test of Tidemark's alarms",
        f"This is a test: nothing has happened. Alarms reach you this way. [{mark}]",
    )
