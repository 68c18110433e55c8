"""The fold of a concern: what was said of it, in whatever order and wherever, and who has it.

A concern lies where it was raised and wherever it is answered for, and each place folds the same
entries: its own and those relayed to it. What was held speaks as well, with the reason: a concern
that came without a word, or in another's name, is answered for all the same. Nobody whom it
concerns acknowledges it, and what the server has passed on is never taken back.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from schemas.family.concerns import (
    Concern,
    ConcernAcknowledged,
    ConcernExported,
    ConcernNote,
    ConcernNoted,
    ConcernRaised,
    ConcernStatus,
    ConcernTold,
    Route,
    Step,
)
from schemas.school import School
from sync.clock import Correction, instant, to_ms
from sync.family import concern_routes
from sync.family.concern_routes import Concerned, Whom
from sync.spoken import Spoken

__all__ = ["Answering", "ConcernBody", "Folded", "Heard", "concerned", "fold_concern", "raising"]

ConcernBody = ConcernRaised | ConcernTold | ConcernAcknowledged | ConcernNoted | ConcernExported
State = Literal["new", "acknowledged", "referred", "closed"]
_TO: dict[Step, str] = {
    "lead": "the safeguarding lead of {place}",
    "head": "the head of {place}",
    "chair": "the chair of governors of {place}",
    "duty": "the area’s duty team",
}


@dataclass(frozen=True, slots=True)
class Heard:
    """An entry of a concern, as it came in: ``place`` is the database in which it did."""

    entry: str
    body: ConcernBody
    place: str
    received_at: str
    offset_ms: int
    author_name: str
    held: str | None = None
    """Why it does not stand by itself."""
    digest: str = ""

    @classmethod
    def of(cls, spoken: Spoken, place: str, author_name: str) -> Heard:
        """Of an entry and its arrival's item."""
        body, item = spoken.entry.body, spoken.item
        assert isinstance(body, ConcernBody)  # noqa: S101  # nothing else lies on its topic
        held = item.reason or "It is held." if item.verdict == "held" else None
        return cls(
            entry=spoken.entry.id,
            body=body,
            place=place,
            received_at=spoken.received_at,
            offset_ms=item.offset_ms,
            author_name=author_name,
            held=held,
            digest=spoken.entry.digest,
        )

    def at(self, device_instant: str) -> str:
        """A time of its device, in server time."""
        return Correction(self.offset_ms, (), to_ms(self.received_at)).apply(device_instant)

    @property
    def order(self) -> tuple[str, str]:
        """The order in which the server came to know."""
        return (self.received_at, self.entry)


@dataclass(frozen=True)
class Answering:
    """Where a concern is answered for: ``place``, a school or an area, and the area it lies in."""

    place: School
    area: School | None
    raised_in: str
    """The name of the place that it was raised in."""

    @property
    def whom(self) -> Whom:
        """Whom it goes to there."""
        return Whom.of(self.place, self.area)

    @property
    def in_area(self) -> bool:
        """Whether the area answers by itself, because the child has no school here."""
        return self.place.phase == "area"


@dataclass(frozen=True)
class Folded:
    """A concern, what its author may know, and what is not published: whom it concerns."""

    concern: Concern
    status: ConcernStatus
    about: Concerned
    ahead: tuple[Step, ...]
    """Steps it is yet to take, unacknowledged; the first of them at ``concern.due_at``."""


def raising(heard: Iterable[Heard]) -> Heard | None:
    """The entry that raised a concern: the first that stands, else the first that is held."""
    raised = [one for one in heard if isinstance(one.body, ConcernRaised)]
    return min(raised, key=lambda one: (one.held is not None, *one.order), default=None)


def concerned(heard: Iterable[Heard]) -> Concerned:
    """Whom a concern is about, in the word of anybody who raised it: that only grows."""
    bodies = [one.body for one in heard if isinstance(one.body, ConcernRaised)]
    return Concerned(
        people=frozenset(person for body in bodies for person in body.about),
        staff=any(body.about_staff for body in bodies),
        head=any(body.about_head for body in bodies),
        immediate=any(body.immediate for body in bodies),
    )


def fold_concern(
    heard: Iterable[Heard], answering: Answering, now_ms: int, before: Concern | None = None
) -> Folded | None:
    """What the entries of one concern come to at a moment; None before it was raised.

    ``before``: as it was published last. The steps it had taken stay, whatever came to be known
    since; but for one at which it proves to concern somebody.
    """
    said = sorted({one.entry: one for one in heard}.values(), key=lambda one: one.order)
    first = raising(said)
    if first is None:
        return None
    assert isinstance(first.body, ConcernRaised)  # noqa: S101  # what raises is
    about, whom = concerned(said), answering.whom
    hours = concern_routes.in_hours(
        whom.safeguarding.hours, answering.place.calendar, first.received_at
    )
    route = concern_routes.route(about, whom, hours=hours)
    further = concern_routes.further(route.to, about, whom)
    read = next((one for one in said if _reads(one, about)), None)
    every_ms = whom.safeguarding.acknowledge_minutes * 60_000
    until_ms = now_ms if read is None else min(now_ms, to_ms(read.received_at))
    due = [to_ms(first.received_at) + every_ms * n for n in range(1, len(further) + 1)]
    escalated = (before.escalated if before is not None else ())[: len(due)]
    escalated += tuple(instant(at) for at in due[len(escalated) :] if at <= until_ms)
    passed = len(escalated)
    stays = [
        step
        for step in (before.answering if before is not None else ())
        if whom.standing(step, about) != "concerned"
    ]
    steps = tuple(dict.fromkeys((*stays, *route.to, *further[:passed])))
    concern = _concern(first, first.body, said).model_copy(
        update={
            "place_name": answering.raised_in,
            "immediate": about.immediate,
            "about_staff": about.staff,
            "about_head": about.head,
            "route": route,
            "answering": steps,
            "state": _state(said, read),
            "due_at": instant(due[passed]) if read is None and passed < len(due) else None,
            "escalated": escalated,
        }
    )
    return Folded(concern, _status(concern, answering, read), about, further[passed:])


def _reads(one: Heard, about: Concerned) -> bool:
    """Whether somebody who answers for it has it: acknowledged it, or did something about it."""
    theirs = isinstance(one.body, ConcernAcknowledged | ConcernNoted | ConcernExported)
    return theirs and one.held is None and one.body.author not in about.people


def _state(said: Sequence[Heard], read: Heard | None) -> State:
    if read is None:
        return "new"
    statuses = [
        one.body.status for one in said if isinstance(one.body, ConcernNoted) and one.held is None
    ]
    last = statuses[-1] if statuses else "open"
    return "acknowledged" if last == "open" else last


def _concern(first: Heard, body: ConcernRaised, said: Sequence[Heard]) -> Concern:
    """What was said, without what follows from it."""
    notes = tuple(_note(one) for one in said if one is not first)
    told = [one.told for one in notes if one.kind == "told" and one.told and one.held is None]
    return Concern(
        id=f"concern:{body.concern}",
        concern=body.concern,
        place=first.place,
        place_name="",
        entry=first.entry,
        case=body.case,
        visit=body.visit,
        child=body.child,
        child_name=body.child_name,
        school=body.school,
        pupil=body.pupil,
        text=body.text,
        told=(*body.told, *told),
        author=body.author,
        author_name=first.author_name,
        role=body.role,
        observed_at=first.at(body.observed_at),
        written_at=first.at(body.written_at),
        received_at=first.received_at,
        route=Route(to=(), because=""),
        answering=(),
        state="new",
        notes=notes,
        exported=tuple(one for one in notes if one.kind == "exported" and one.held is None),
        held=first.held,
    )


def _note(one: Heard) -> ConcernNote:
    body = one.body
    text = body.note if isinstance(body, ConcernAcknowledged) else getattr(body, "text", None)
    kinds: dict[type[ConcernBody], Literal["raised", "told", "acknowledged", "noted", "exported"]]
    kinds = {
        ConcernRaised: "raised",
        ConcernTold: "told",
        ConcernAcknowledged: "acknowledged",
        ConcernNoted: "noted",
        ConcernExported: "exported",
    }
    return ConcernNote(
        entry=one.entry,
        kind=kinds[type(body)],
        author=body.author,
        author_name=one.author_name,
        at=one.at(body.written_at),
        received_at=one.received_at,
        text=text,
        told=body.told if isinstance(body, ConcernTold) else None,
        status=body.status if isinstance(body, ConcernNoted) else None,
        system=body.system if isinstance(body, ConcernExported) else None,
        reference=body.reference if isinstance(body, ConcernExported) else None,
        held=one.held,
    )


def _status(concern: Concern, answering: Answering, read: Heard | None) -> ConcernStatus:
    name = answering.place.name
    return ConcernStatus(
        id=f"concern_status:{concern.concern}",
        concern=concern.concern,
        entry=concern.entry,
        case=concern.case,
        state=concern.state,
        received_at=concern.received_at,
        goes_to=", ".join(_TO[step].format(place=name) for step in concern.answering),
        acknowledged_by=read.author_name if read is not None else None,
        acknowledged_at=read.received_at if read is not None else None,
        held=concern.held,
    )
