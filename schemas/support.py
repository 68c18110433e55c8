"""Published documents of family support: what the server folds, and tablets replicate.

In an authority's area database lie cases, visits and watches, and what a coordinator may know of a
case (:class:`CaseSummary`). In a school's database lies that school's part of a case: what its
attendance office may know (:class:`Support`) and what its safeguarding lead may
(:class:`SharedSupport`); they are separate documents, so that no tablet holds more than its owner
may read. A :class:`Concern` lies where it was raised, and wherever it is answered for.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Date, Digest, Instant, Model, OpaqueId, Sentence
from schemas.concerns import Safeguarding, Told
from schemas.facts import BasisKind, Fact
from schemas.family import Contribution, MediaType
from schemas.measures import Tally
from schemas.policy import Role
from schemas.published import Verdict

__all__ = [
    "NOTE_DUE_HOURS",
    "NOTE_OVERDUE_HOURS",
    "Addendum",
    "Alarm",
    "AlarmStep",
    "Case",
    "CaseAttendance",
    "CaseEvent",
    "CaseSchool",
    "CaseSummary",
    "CaseWorker",
    "Concern",
    "ConcernNote",
    "ConcernStatus",
    "Contributed",
    "Doubt",
    "FactCell",
    "FactSaid",
    "Glass",
    "Photo",
    "Route",
    "SharedLine",
    "SharedSupport",
    "Step",
    "Support",
    "SupportAction",
    "SupportVisit",
    "Visit",
    "Watch",
]

NOTE_DUE_HOURS = 24
"""Hours after a visit's end when its author is reminded of the note."""
NOTE_OVERDUE_HOURS = 48
"""Hours after a visit's end when a missing note shows to the lead."""


class FactSaid(Model):
    """A claim on a fact, with who said it, when, and what became of it (as for a mark's)."""

    id: str
    entry: str
    kind: str
    says: Fact
    observed_at: Instant
    written_at: Instant
    received_at: Instant | None = None
    """None while it waits on the tablet."""
    observed_by: str | None = None
    author: OpaqueId
    author_name: str
    role: Role
    device: OpaqueId
    reason: str | None = None
    """Why a contradiction was settled so."""
    replaces: tuple[str, ...] = ()
    verdict: Verdict = "stands"
    verdict_reason: str | None = None
    flags: tuple[str, ...] = ()


class FactCell(Model):
    """The fold of one fact: every claim on it, oldest first, and those that are live.

    ``agreed``: the live claims say the same, which is its value. ``contested``: they differ, and
    all are kept until somebody settles it.
    """

    cell: str
    state: Literal["agreed", "contested"]
    live: tuple[str, ...]
    claims: tuple[FactSaid, ...]


class Addendum(Model):
    """Something added afterwards to the note that was handed in as the entry ``to``."""

    entry: str
    to: str
    author: OpaqueId
    author_name: str
    written_at: Instant
    received_at: Instant | None = None
    text: str


class Contributed(Model):
    """One person's account of a visit, as they handed it in, and what was added since.

    ``device``, ``begun_at`` (first words saved), ``written_at`` (handed in, by the device's clock)
    and ``received_at`` say how it came about.
    """

    entry: str
    author: OpaqueId
    author_name: str
    role: Role
    device: OpaqueId
    begun_at: Instant | None = None
    written_at: Instant
    received_at: Instant | None = None
    contribution: Contribution
    addenda: tuple[Addendum, ...] = ()


class Photo(Model):
    """A photo of a visit. ``state``: whether its bytes have come."""

    photo: OpaqueId
    entry: str
    author: OpaqueId
    author_name: str
    caption: str | None = None
    media_type: MediaType
    bytes: int
    digest: Digest
    thumbnail: Digest | None = None
    taken_at: Instant
    state: Literal["waiting", "stored", "held"] = "waiting"
    reason: str | None = None
    """Why it is held."""


class Visit(Model):
    """A visit: its plan, its facts, what each worker wrote, for the case's workers and their lead.

    ``ended_at``: when it ended, or will, as far as is known: left, else the plan's end.
    ``owed_by``: workers of the plan who have handed in no note; before ``ended_at`` nobody owes one
    yet, and for a visit that was cancelled nobody ever does. ``addenda``: whose note has not come.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["visit"] = "visit"
    visit: OpaqueId
    case: OpaqueId
    cells: tuple[FactCell, ...]
    contributions: tuple[Contributed, ...] = ()
    addenda: tuple[Addendum, ...] = ()
    photos: tuple[Photo, ...] = ()
    ended_at: Instant | None = None
    note_due_at: Instant | None = None
    note_overdue_at: Instant | None = None
    owed_by: tuple[OpaqueId, ...] = ()
    restricted: bool = False
    as_at: Instant


class CaseWorker(Model):
    """Somebody who works on a case, by a grant."""

    person: OpaqueId
    name: str
    role: Role
    agency: str | None = None


class CaseSchool(Model):
    """A school of the household's children, with its name and whom it wants told of a concern.

    ``here``: whether anything reaches it by itself; not a school that is not on this server, or
    lies in another area.
    """

    school: OpaqueId
    name: str
    here: bool = True
    safeguarding: Safeguarding | None = None


class CaseAttendance(Model):
    """A child's attendance of this half-term and the last, from its school's registers."""

    member: OpaqueId
    school: OpaqueId
    half: Date
    tally: Tally
    as_at: Instant


class CaseEvent(Model):
    """A line of the chronology, in the order in which things happened.

    ``recorded_at`` later than ``at`` by days is a back-dated line, and shows.
    """

    at: Instant
    recorded_at: Instant
    what: Literal[
        "opened",
        "visit",
        "contact",
        "letter",
        "meeting",
        "review",
        "referral",
        "step",
        "strategy",
        "status",
        "concern",
        "absence",
    ]
    text: str
    ref: str | None = None
    """The ``_id`` of the entry or document to open."""
    by_name: str | None = None


class Case(Model):
    """A case, for its workers and their lead."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["case"] = "case"
    case: OpaqueId
    cells: tuple[FactCell, ...]
    workers: tuple[CaseWorker, ...] = ()
    schools: tuple[CaseSchool, ...] = ()
    attendance: tuple[CaseAttendance, ...] = ()
    chronology: tuple[CaseEvent, ...] = ()
    restricted: bool = False
    opened_at: Instant
    as_at: Instant


class CaseSummary(Model):
    """What a coordinator may know of a case that is not restricted: no name, no narrative."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["summary"] = "summary"
    case: OpaqueId
    team: OpaqueId
    status: Literal["open", "paused", "closed"]
    outcome: str | None = None
    lead_name: str | None = None
    agency: str | None = None
    schools: tuple[OpaqueId, ...] = ()
    children: int
    opened_on: Date
    last_visit_on: Date | None = None
    review_due: Date | None = None
    as_at: Instant


class Glass(Model):
    """Somebody opened a restricted case that was not theirs, and said why: for those who answer
    for it. ``until``: when it closes for them again.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["glass"] = "glass"
    case: OpaqueId
    entry: str
    person: OpaqueId
    person_name: str
    role: Role
    reason: str
    at: Instant
    received_at: Instant
    until: Instant


class SupportVisit(Model):
    """That a visit took place, when, and what came of it at the door: no more."""

    visit: OpaqueId
    on: Date
    outcome: Literal["planned", "seen", "no_answer", "refused", "wrong_address", "contested"]


class SupportAction(Model):
    """An action agreed with the family that this child's school may know."""

    item: OpaqueId
    what: str
    owner: str
    due: Date | None
    status: Literal["open", "done", "dropped"]


class Support(Model):
    """A school's part of a case for its attendance office, about one pupil. Never of a restricted
    case.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["support"] = "support"
    pupil: OpaqueId
    case: OpaqueId
    status: Literal["open", "paused", "closed"]
    lead_name: str | None = None
    agency: str | None = None
    visits: tuple[SupportVisit, ...] = ()
    actions: tuple[SupportAction, ...] = ()
    as_at: Instant


class SharedLine(Model):
    """Something the case's workers told the school on purpose."""

    item: OpaqueId
    text: str
    basis: BasisKind
    by_name: str
    at: Instant


class SharedSupport(Model):
    """A school's part of a case for its safeguarding lead, about one pupil."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["shared"] = "shared"
    pupil: OpaqueId
    case: OpaqueId
    lines: tuple[SharedLine, ...]
    as_at: Instant


Step = Literal["lead", "head", "chair", "duty"]
"""Who answers for a concern: safeguarding lead, head, chair of governors, the area's duty team."""


class Route(Model):
    """Whom a concern goes to at once, and why."""

    to: tuple[Step, ...]
    because: str


class ConcernNote(Model):
    """Something done about a concern, or somebody told of it.

    ``raised``: it was raised a second time. ``held``: why it does not count by itself.
    """

    entry: str
    kind: Literal["raised", "told", "acknowledged", "noted", "exported"]
    author: OpaqueId
    author_name: str
    at: Instant
    received_at: Instant
    text: str | None = None
    told: Told | None = None
    status: Literal["open", "referred", "closed"] | None = None
    system: str | None = None
    reference: str | None = None
    held: str | None = None


class Concern(Model):
    """A concern, for whoever answers for it. ``due_at``: when it goes to the next, unacknowledged.

    ``place``: the database it was raised in. ``answering``: who has it by now, in the order in
    which it came to them. ``escalated``: when it went on to the next, by the server. ``held``: why
    it does not stand by itself (it came without a word, or from another than it says): it is
    answered for all the same, and its author is rung.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["concern"] = "concern"
    concern: OpaqueId
    place: OpaqueId
    place_name: str
    entry: str
    case: OpaqueId | None = None
    visit: OpaqueId | None = None
    child: OpaqueId | None = None
    child_name: str | None = None
    school: OpaqueId | None = None
    pupil: OpaqueId | None = None
    about_head: bool = False
    about_staff: bool = False
    text: str
    immediate: bool = False
    told: tuple[Told, ...] = ()
    author: OpaqueId
    author_name: str
    role: Role
    observed_at: Instant
    written_at: Instant
    received_at: Instant
    route: Route
    answering: tuple[Step, ...]
    state: Literal["new", "acknowledged", "referred", "closed"]
    due_at: Instant | None = None
    escalated: tuple[Instant, ...] = ()
    notes: tuple[ConcernNote, ...] = ()
    exported: tuple[ConcernNote, ...] = ()
    held: str | None = None


class ConcernStatus(Model):
    """What its author may know of a concern after raising it: that it came, and who has it."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["concern_status"] = "concern_status"
    concern: OpaqueId
    entry: str
    case: OpaqueId | None = None
    state: Literal["new", "acknowledged", "referred", "closed"]
    received_at: Instant
    goes_to: str
    """In words: "the safeguarding lead of …"."""
    acknowledged_by: str | None = None
    acknowledged_at: Instant | None = None
    held: str | None = None


AlarmStep = Literal["buddy", "lead", "escalate", "help", "safe"]
"""Whom a step of an alarm tells: with ``help`` everybody; with ``safe`` that it is over."""
Doubt = Literal["no_start", "ends_differ", "end_before_start", "end_too_far", "clock", "held"]
"""What the server could not be sure of, and so read on the safe side."""


class Alarm(Model):
    """A step of a watch's alarm. ``told``: for whom a message was handed over; ``missed``: who
    should have been told, and why they were not, or not yet.

    ``clock_jumped``: the server's clock was put forward, so that it may have come early.
    """

    at: Instant
    step: AlarmStep
    told: tuple[Sentence, ...] = ()
    missed: tuple[Sentence, ...] = ()
    reached: bool
    clock_jumped: bool = False


class Watch(Model):
    """Somebody out alone, for them, their buddy, and their leads.

    ``overdue`` once the expected end has passed and nobody has said that they are safe. ``doubts``:
    where ``expected_back`` is not simply what was said, but the safe reading of it.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["watch"] = "watch"
    watch: OpaqueId
    person: OpaqueId
    person_name: str
    phone: str | None = None
    case: OpaqueId | None = None
    visit: OpaqueId | None = None
    where: str
    note: str | None = None
    started_at: Instant
    received_at: Instant
    expected_back: Instant
    buddy: OpaqueId | None = None
    buddy_name: str | None = None
    state: Literal["running", "overdue", "help", "safe"]
    doubts: tuple[Doubt, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    safe_at: Instant | None = None
    safe_by_name: str | None = None
    safe_how: str | None = None
    """None: in their own word."""
    as_at: Instant
