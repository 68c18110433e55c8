"""Facts: what somebody holds true of a visit, a household or a plan, each on one cell.

A *fact* names its cell by what it is, and by the ``item`` it speaks of where there can be several.
A claim on a fact merges as a mark does: equal ones agree, others are contested until a person
settles them with a claim that replaces both. Nothing is overwritten that its author had not seen.

Facts of a visit lie in the visit (its plan, who was there), facts of a case in the case, whether a
visit or a desk recorded them (:data:`VISIT_FACTS`).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import ClaimId
from schemas.base import Date, Instant, LocalTime, Model, OpaqueId, Sentence, Text

__all__ = [
    "MAX_FACTS",
    "VISIT_FACTS",
    "Action",
    "Alone",
    "Arrived",
    "Assessment",
    "Barrier",
    "Basis",
    "CaseStatus",
    "Consent",
    "DoorOutcome",
    "Fact",
    "FactClaim",
    "FamilyAddress",
    "FamilyContact",
    "FamilyLanguage",
    "FamilyLetter",
    "FamilyMeeting",
    "Goal",
    "Interpreter",
    "LeadPractitioner",
    "Left",
    "Member",
    "NextVisit",
    "Partner",
    "Phone",
    "Placing",
    "Present",
    "Referral",
    "Review",
    "Risk",
    "Seen",
    "SharedNote",
    "Strategy",
    "Strength",
    "SupportStep",
    "VisitPlan",
    "cell_of",
]

MAX_FACTS = 200


BasisKind = Literal[
    "consent", "public_task", "legal_obligation", "vital_interests", "safeguarding", "none"
]


class VisitPlan(Model):
    """What a visit is for, when, and who goes. ``cancelled``: why it will not be."""

    fact: Literal["plan"] = "plan"
    purpose: Sentence
    type: Literal["attendance", "welfare", "plan", "review", "transition", "other"]
    announced: bool
    starts: Instant
    ends: Instant
    """When the worker is expected back: the lone-worker alarm goes by it."""
    address: Text
    risks: Text | None = None
    workers: Annotated[tuple[OpaqueId, ...], Field(min_length=1, max_length=8)]
    buddy: OpaqueId | None = None
    authorised_by: Sentence | None = None
    agreed_last_time: Text | None = None
    cancelled: Sentence | None = None


class Arrived(Model):
    """When the worker stood at the door."""

    fact: Literal["arrived"] = "arrived"
    at: Instant


class Left(Model):
    """When the worker left again."""

    fact: Literal["left"] = "left"
    at: Instant


class DoorOutcome(Model):
    """What came of a visit at the door."""

    fact: Literal["outcome"] = "outcome"
    outcome: Literal["seen", "no_answer", "refused", "wrong_address"]
    card_left: bool = False
    note: Text | None = None


class Present(Model):
    """Somebody who was there; ``item``: a member of the household's, or one's own."""

    fact: Literal["present"] = "present"
    item: OpaqueId
    present: bool
    name: Sentence
    relation: Sentence
    unknown: bool = False
    """An adult whom the worker did not know."""


class Seen(Model):
    """Whether a child (``item``: a member of the household) was seen, where, and how they were."""

    fact: Literal["seen"] = "seen"
    item: OpaqueId
    seen: bool
    where: Sentence | None = None
    presentation: Text | None = None
    why_not: Sentence | None = None


class Alone(Model):
    """Whether a child was seen alone, or why not."""

    fact: Literal["alone"] = "alone"
    item: OpaqueId
    alone: bool
    why_not: Sentence | None = None


class Interpreter(Model):
    """Who interpreted, in which language."""

    fact: Literal["interpreter"] = "interpreter"
    language: Sentence
    name: Sentence | None = None


class Basis(Model):
    """On which basis what was learnt may be shared. In a visit: of what it recorded."""

    fact: Literal["basis"] = "basis"
    basis: BasisKind
    note: Text | None = None


class NextVisit(Model):
    """When somebody comes again; ``on`` None: it is not needed."""

    fact: Literal["next_visit"] = "next_visit"
    on: Date | None
    note: Sentence | None = None


class Placing(Model):
    """Which team a case lies with, and whether it leaves no trace for others.

    Where people differ it lies with each of the teams, and is restricted.
    """

    fact: Literal["placing"] = "placing"
    team: OpaqueId
    restricted: bool = False
    reason: Sentence | None = None


class CaseStatus(Model):
    """Whether work goes on. ``outcome``: what a case was closed with."""

    fact: Literal["status"] = "status"
    status: Literal["open", "paused", "closed"]
    outcome: (
        Literal["goals_met", "stepped_up", "stepped_down", "consent_withdrawn", "moved", "other"]
        | None
    ) = None
    note: Text | None = None


class LeadPractitioner(Model):
    """The lead practitioner, of the authority or another agency (``person`` None: no account)."""

    fact: Literal["lead"] = "lead"
    person: OpaqueId | None = None
    name: Sentence
    agency: Sentence
    phone: Sentence | None = None


class FamilyAddress(Model):
    """Where the family lives. ``flags``: it must not be told to somebody, or is dangerous."""

    fact: Literal["address"] = "address"
    item: OpaqueId
    address: Text
    of: Sentence | None = None
    """Whose, where the household has several."""
    flags: tuple[Literal["do_not_disclose", "domestic_abuse", "third_party", "dog"], ...] = ()
    gone: bool = False


class Risk(Model):
    """A known risk to whoever visits, or to somebody in the household."""

    fact: Literal["risk"] = "risk"
    item: OpaqueId
    what: Text
    to: Literal["visitor", "child", "adult"]
    gone: bool = False


class Member(Model):
    """Somebody of the household. A child at a school with Tidemark has ``school`` and ``pupil``."""

    fact: Literal["member"] = "member"
    item: OpaqueId
    name: Sentence
    relation: Sentence
    child: bool
    born: Date | None = None
    school: OpaqueId | None = None
    pupil: OpaqueId | None = None
    school_name: Sentence | None = None
    district: Sentence | None = None
    note: Text | None = None
    gone: bool = False


class Phone(Model):
    """A number of the family's, and whether to use it."""

    fact: Literal["phone"] = "phone"
    item: OpaqueId
    name: Sentence
    relation: Sentence
    number: Sentence
    language: Sentence | None = None
    do_not_contact: bool = False
    gone: bool = False


class FamilyLanguage(Model):
    """The language that the family speaks and reads (BCP 47); whether to bring an interpreter."""

    fact: Literal["language"] = "language"
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    interpreter: bool = False


class Consent(Model):
    """Whether somebody agreed to something. It is not the legal basis for keeping the record."""

    fact: Literal["consent"] = "consent"
    item: OpaqueId
    of: Sentence
    to: Literal["support", "assessment", "sharing", "photos"]
    given: bool
    how: Sentence
    on: Date
    note: Text | None = None


class Assessment(Model):
    """What was found, in one domain of a family's life."""

    fact: Literal["assessment"] = "assessment"
    item: OpaqueId
    domain: Literal["education", "health", "home", "family", "safety", "money", "other"]
    on: Date
    text: Text


class Barrier(Model):
    """What keeps a child (``child`` None: the family's children) from school."""

    fact: Literal["barrier"] = "barrier"
    item: OpaqueId
    child: OpaqueId | None = None
    category: Literal[
        "health",
        "anxiety",
        "bullying",
        "learning",
        "transport",
        "caring",
        "housing",
        "money",
        "parent_health",
        "relationship",
        "other",
    ]
    what: Text
    removed: bool = False


class Strength(Model):
    """What goes well, and can be built on."""

    fact: Literal["strength"] = "strength"
    item: OpaqueId
    what: Text
    gone: bool = False


class Goal(Model):
    """What the plan is to reach: specific, measured, by a day."""

    fact: Literal["goal"] = "goal"
    item: OpaqueId
    child: OpaqueId | None = None
    what: Text
    measure: Sentence
    by: Date
    reached: bool | None = None


class Action(Model):
    """Who does what by when, for a goal or agreed at a visit."""

    fact: Literal["action"] = "action"
    item: OpaqueId
    what: Text
    owner: Sentence
    person: OpaqueId | None = None
    due: Date | None = None
    child: OpaqueId | None = None
    """Whose school sees it; None: the schools of all the family's children."""
    goal: OpaqueId | None = None
    status: Literal["open", "done", "dropped"] = "open"
    note: Text | None = None


class Partner(Model):
    """Somebody of the team around the family."""

    fact: Literal["partner"] = "partner"
    item: OpaqueId
    name: Sentence
    role: Sentence
    agency: Sentence
    phone: Sentence | None = None
    email: Sentence | None = None
    gone: bool = False


class FamilyMeeting(Model):
    """A meeting of the team around the family: who came, and what was agreed."""

    fact: Literal["meeting"] = "meeting"
    item: OpaqueId
    on: Date
    at: LocalTime | None = None
    attended: tuple[Sentence, ...] = ()
    notes: Text | None = None
    held: bool = False


class Review(Model):
    """When the plan is looked at again, and what came of it."""

    fact: Literal["review"] = "review"
    item: OpaqueId
    due: Date
    held: Date | None = None
    outcome: Literal["continue", "step_up", "step_down", "close"] | None = None
    note: Text | None = None


class Referral(Model):
    """Something asked of a partner, and what they answered."""

    fact: Literal["referral"] = "referral"
    item: OpaqueId
    to: Sentence
    child: OpaqueId | None = None
    reason: Text
    sent: Date
    status: Literal["sent", "waiting", "accepted", "declined", "ended"] = "sent"
    reply: Text | None = None
    replied: Date | None = None


class Strategy(Model):
    """What was tried, and what came of it."""

    fact: Literal["strategy"] = "strategy"
    item: OpaqueId
    child: OpaqueId | None = None
    what: Text
    began: Date
    ended: Date | None = None
    effect: Literal["too_early", "helped", "no_change", "worse"] = "too_early"
    note: Text | None = None


class FamilyContact(Model):
    """A call, a text, a card through the door."""

    fact: Literal["contact"] = "contact"
    item: OpaqueId
    at: Instant
    how: Literal["phone", "text", "email", "letter", "card", "in_person"]
    name: Sentence
    reached: bool
    note: Text | None = None


class FamilyLetter(Model):
    """A letter to the family, as it was sent."""

    fact: Literal["letter"] = "letter"
    item: OpaqueId
    template: OpaqueId
    language: Annotated[str, Field(pattern=r"^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$")]
    to: Sentence
    on: Date
    text: Annotated[str, Field(min_length=1, max_length=12_000)]


class SupportStep(Model):
    """A step of the support ladder: advice, which a person decided on."""

    fact: Literal["step"] = "step"
    item: OpaqueId
    step: Literal[
        "early_conversation",
        "voluntary_support",
        "attendance_contract",
        "support_meeting",
        "notice_to_improve",
        "penalty_notice",
        "supervision_order",
        "parenting_order",
        "attendance_order",
        "prosecution",
        "social_care",
    ]
    on: Date
    child: OpaqueId | None = None
    reason: Text


class SharedNote(Model):
    """What a child's school is told of the case: said on purpose, in words of its own."""

    fact: Literal["shared"] = "shared"
    item: OpaqueId
    child: OpaqueId
    text: Text
    basis: BasisKind
    withdrawn: bool = False


Fact = Annotated[
    VisitPlan
    | Arrived
    | Left
    | DoorOutcome
    | Present
    | Seen
    | Alone
    | Interpreter
    | Basis
    | NextVisit
    | Placing
    | CaseStatus
    | LeadPractitioner
    | FamilyAddress
    | Risk
    | Member
    | Phone
    | FamilyLanguage
    | Consent
    | Assessment
    | Barrier
    | Strength
    | Goal
    | Action
    | Partner
    | FamilyMeeting
    | Review
    | Referral
    | Strategy
    | FamilyContact
    | FamilyLetter
    | SupportStep
    | SharedNote,
    Field(discriminator="fact"),
]


VISIT_FACTS = frozenset(
    {
        "plan",
        "arrived",
        "left",
        "outcome",
        "present",
        "seen",
        "alone",
        "interpreter",
        "basis",
        "next_visit",
    }
)
"""Facts that lie in a visit when a visit's entry says them; every other lies in its case."""


class FactClaim(Model):
    """One person's word on one fact. Its id is :func:`schemas.canonical.claim_id`."""

    says: Fact
    observed_at: Instant
    observed_by: Sentence | None = None
    replaces: Annotated[tuple[ClaimId, ...], Field(max_length=200)] = ()


def cell_of(fact: Fact) -> str:
    """The cell a fact speaks of: what it is, and the item where it has one."""
    item: str | None = getattr(fact, "item", None)
    return fact.fact if item is None else f"{fact.fact}:{item}"
