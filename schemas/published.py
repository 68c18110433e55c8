"""Published documents: what the server folds from entries and tablets replicate, never write.

They are projections. Lost or conflicting, they are computed again from the entries.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Date, Instant, LocalTime, Model, OpaqueId
from schemas.codes import Session
from schemas.entry import Paper
from schemas.measures import Tally
from schemas.policy import Role

__all__ = [
    "CONTESTED",
    "Card",
    "Cell",
    "CellState",
    "Decided",
    "Departure",
    "Held",
    "History",
    "HistoryDay",
    "HistoryMark",
    "LastMark",
    "Outcome",
    "Planned",
    "PublishedClaim",
    "RegisterTaking",
    "Roll",
    "RollMark",
    "RollRow",
    "RollState",
    "Sheet",
    "SheetRow",
    "Unexplained",
    "UnexplainedRow",
    "Verdict",
    "history_id",
    "sheet_id",
]

CellState = Literal["unmarked", "agreed", "contested"]
Verdict = Literal["stands", "set_aside", "voided", "held", "declined", "erased"]
"""What became of a claim. Only one that stands speaks; the others stay, with their reason."""
RollState = Literal["on_site", "off_site", "check", "unknown"]


def sheet_id(date: str, session: str, group: str) -> str:
    """The ``_id`` of a group's sheet: dates first, so that a day is one range of ids."""
    return f"sheet:{date}:{session}:{group}"


class PublishedClaim(Model):
    """A claim with who said it, where and when, and what became of it.

    ``observed_at`` and ``written_at`` are corrected by the device's known offset;
    ``flags`` say where a clock had to be (``clock_skewed``, ``clock_unknown``, ``clock_ahead``) or
    that leave was recorded without a decision (``no_decision``).
    """

    id: str
    entry: str
    kind: str
    group: OpaqueId | None = None
    code: str
    arrived: LocalTime | None = None
    remark: str | None = None
    parent_message: str | None = None
    ask_office: bool = False
    observed_by: str | None = None
    observed_at: Instant
    written_at: Instant
    received_at: Instant | None = None
    """None while the claim waits on the tablet."""
    author: OpaqueId
    author_name: str
    role: Role
    device: OpaqueId
    reason: str | None = None
    """Why an amendment or a settlement was made."""
    paper: Paper | None = None
    replaces: tuple[str, ...] = ()
    verdict: Verdict = "stands"
    verdict_reason: str | None = None
    flags: tuple[str, ...] = ()


class Cell(Model):
    """The fold of one cell. ``code`` is set only where the live claims agree.

    ``live``: ids of claims that stand and nobody replaced, less the joined ones.
    ``joined``: ids of live claims that another refines (an ``N`` under a late arrival).
    ``arrived``: the earliest arrival time among agreeing claims.
    ``recheck``: an arrival was recorded, and somebody saw the pupil absent later than that.
    """

    state: CellState
    code: str | None = None
    live: tuple[str, ...] = ()
    joined: tuple[str, ...] = ()
    arrived: LocalTime | None = None
    recheck: bool = False


class Planned(Model):
    """A suggestion on a sheet, and where it comes from."""

    entry: str
    code: str
    source: str
    by_name: str


class Departure(Model):
    """A pupil left early; ``entry`` is what undoing it voids."""

    entry: str
    left: LocalTime
    left_with: str | None = None
    """None where it was not asked for apart from the reason."""
    reason: str
    by_name: str


class SheetRow(Model):
    """A pupil's line: every claim on the cell (also replaced and set aside), and their fold."""

    pupil: OpaqueId
    planned: tuple[Planned, ...] = ()
    claims: tuple[PublishedClaim, ...] = ()
    cell: Cell
    left: LocalTime | None = None
    departure: Departure | None = None
    """The departure that ``left`` comes from."""
    listed: bool = True
    """False for a pupil who is not a member of the group but was marked in its register."""


class RegisterTaking(Model):
    """One taking of a group's register: ``register.taken`` or its later amendment."""

    entry: str
    kind: str
    author: OpaqueId
    author_name: str
    role: Role
    observed_at: Instant
    received_at: Instant | None
    """None while the taking waits on the tablet."""
    claims: int
    paper: Paper | None = None
    voided: str | None = None
    """The reason it was voided, None while it stands."""


class Sheet(Model):
    """A group's register for one session, as everybody sees it."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["sheet"] = "sheet"
    group: OpaqueId
    date: Date
    session: Session
    opens: LocalTime
    closes: LocalTime
    ends: LocalTime
    n_due: Date | None
    """The school day by which an ``N`` of this session must be resolved."""
    taker: OpaqueId | None
    taker_name: str | None
    rows: tuple[SheetRow, ...]
    takings: tuple[RegisterTaking, ...] = ()
    as_at: Instant


class LastMark(Model):
    """One session in a card's strip; ``code`` None: unmarked or contested."""

    date: Date
    session: Session
    state: CellState
    code: str | None = None


class Card(Model):
    """A pupil, as a register needs them.

    ``last`` holds the ten sessions before ``as_of``, oldest first.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["card"] = "card"
    pupil: OpaqueId
    known_as: str
    surname: str
    year: str
    form: OpaqueId
    form_name: str
    groups: tuple[OpaqueId, ...]
    enrolled_from: Date
    enrolled_to: Date | None = None
    last: tuple[LastMark, ...] = ()
    as_of: Date | None = None
    restricted: bool = False
    """Whoever opens it is noted (``record.viewed``)."""


CONTESTED = "?"
"""How a contested session reads in a history; it has no code, and no code reads so."""
HistoryMark = Annotated[str, Field(max_length=2)] | None
"""A session's code, :data:`CONTESTED`, or None while nobody has marked it."""
HistoryDay = tuple[Date, HistoryMark, HistoryMark]
"""A school day: its date, its morning, its afternoon."""


def history_id(half: str, pupil: str) -> str:
    """The ``_id`` of a pupil's history of the half-term that begins on ``half``."""
    return f"history:{half}:{pupil}"


class History(Model):
    """A pupil's marks of one half-term, every school day on roll up to yesterday, oldest first.

    ``tally`` counts them; what is contested counts as unmarked.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["history"] = "history"
    pupil: OpaqueId
    half: Date
    """The half-term's first day."""
    days: tuple[HistoryDay, ...]
    tally: Tally


class RollMark(Model):
    """Where a pupil is held to be in one session."""

    state: RollState
    code: str | None = None
    arrived: LocalTime | None = None


class RollRow(Model):
    """One pupil of the fire list; names are here so that any tablet can read it aloud."""

    pupil: OpaqueId
    known_as: str
    surname: str
    am: RollMark
    pm: RollMark
    left: LocalTime | None = None


class Roll(Model):
    """The fire list of one form on one day: on every tablet of the school, offline."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["roll"] = "roll"
    date: Date
    form: OpaqueId
    form_name: str
    room: str
    rows: tuple[RollRow, ...]
    as_at: Instant


class UnexplainedRow(Model):
    """An ``N`` nobody has explained yet; ``live`` are the claims an amendment would replace."""

    pupil: OpaqueId
    date: Date
    session: Session
    due: Date | None
    live: tuple[str, ...]
    replaced: tuple[str, ...] = ()
    parent_message: str | None = None


class Unexplained(Model):
    """Every open ``N`` of earlier days, oldest first."""

    id: Annotated[Literal["unexplained"], Field(alias="_id")]
    type: Literal["unexplained"] = "unexplained"
    rows: tuple[UnexplainedRow, ...]
    as_at: Instant


class Decided(Model):
    """One decision on something held. ``at``: by the server's clock, as its device knew it."""

    entry: str
    what: Literal["released", "corrected", "declined"]
    by: OpaqueId
    at: Instant
    reason: str
    replaces: tuple[str, ...] = ()
    """Earlier decisions that its author had seen."""
    date: Date | None = None
    """The day on which a correction's marks lie."""


class Outcome(Model):
    """What was decided on something held: by whom, when, why. ``entries``: the decisions.

    ``contested``: two decisions disagree, each unseen by the other; it stays held until a third.
    """

    what: Literal["released", "corrected", "declined", "contested"]
    by: OpaqueId
    by_name: str
    at: Instant
    reason: str
    entries: tuple[str, ...]


class Held(Model):
    """An entry held, or one with claims set aside: whose, why, since when, and what was decided.

    ``what`` "held": nothing of it stands, ``original`` keeps it whole.
    ``what`` "set_aside": the rest of it stands, ``claims`` name those that do not.
    ``releasable``: it can stand as it was written, once somebody at the desk says so; else it can
    be corrected or declined. ``date``: the day it speaks of, where it can be read.
    """

    id: Annotated[str, Field(alias="_id")]
    type: Literal["held"] = "held"
    what: Literal["held", "set_aside"]
    entry: str
    kind: str | None
    sender: OpaqueId
    sender_name: str
    device: str | None = None
    log: str | None = None
    n: int | None = None
    reason_code: str
    reason: str
    claims: tuple[HeldClaim, ...] = ()
    received_at: Instant
    original: str | None = None
    """The document as it came, as JSON text; None where only claims of it were set aside."""
    date: Date | None = None
    session: Session | None = None
    topics: tuple[str, ...] = ()
    """Where it lies in family support, which speaks of no day: decisions on it lie there too."""
    author: OpaqueId | None = None
    """Whom it names as its author; None where that cannot be read."""
    releasable: bool = False
    decisions: tuple[Decided, ...] = ()
    outcome: Outcome | None = None


class HeldClaim(Model):
    """One claim that does not stand, and why: a mark, or (``what``, in words) a fact."""

    claim: str
    pupil: str | None = None
    code: str | None = None
    what: str | None = None
    remark: str | None = None
    reason_code: str
    reason: str


Held.model_rebuild()
