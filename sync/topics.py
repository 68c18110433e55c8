"""Topics: what an entry is about, and so where it lies: one channel of entries for each.

A date it speaks of, or what else it is about (:data:`PLANNED`, :data:`GRANTS`, :data:`VIEWS`,
:data:`sync.channels.QUARANTINE`, a case, a concern, a watch), and the list by which those are found
(:data:`CASES`, :data:`CONCERNS`, :data:`WATCHES`).
"""

from __future__ import annotations

from collections.abc import Iterable

from schemas.entry import (
    CaseOpened,
    ClaimBody,
    ConcernAcknowledged,
    ConcernExported,
    ConcernNoted,
    ConcernRaised,
    ConcernTold,
    DepartureRecorded,
    DraftOpened,
    FactBody,
    GlassBroken,
    GrantEnded,
    GrantGiven,
    HelpCalled,
    PhotoAdded,
    PlannedRecorded,
    PlannedWithdrawn,
    QuarantineDeclined,
    QuarantineReleased,
    RecordViewed,
    RegisterReassigned,
    RegisterVoided,
    VisitAddendum,
    VisitSubmitted,
    WatchConfirmed,
    WatchEnded,
    WatchExtended,
    WatchStarted,
)
from schemas.family.facts import CaseStatus, LeadPractitioner, Member, Placing
from sync.channels import QUARANTINE, case, concern, entries, photo, watch

__all__ = [
    "CASES",
    "CONCERNS",
    "DRAFTS",
    "GIVING",
    "GRANTS",
    "PLANNED",
    "VIEWS",
    "WATCHES",
    "attendance_topics",
    "is_family_topic",
    "topic_of",
    "topics_of",
    "topics_of_held",
]

PLANNED = "planned"
"""The topic of entries that lie on a span of dates rather than on one."""
GRANTS = "grants"
"""The topic of entries that give grants and end them."""
VIEWS = "views"
"""The topic of entries that say who opened a restricted record."""
GIVING = frozenset({entries(GRANTS)})
"""Internal: who waits for news is woken by it, since what they may see may have changed."""
CASES = "cases"
"""The topic of what says whose cases are, and of whom: an index of them is read from it."""
CONCERNS = "concerns"
"""The topic of every entry about a concern, by which concerns are found."""
WATCHES = "watches"
"""The topic of every entry about somebody out alone, by which watches are found."""
DRAFTS = "drafts"
"""The topic of entries that open somebody's draft, or hand one in."""

Dated = (ClaimBody, DepartureRecorded, RegisterVoided, RegisterReassigned)
Spanning = (PlannedRecorded, PlannedWithdrawn)
OfCase = (FactBody, VisitAddendum, PhotoAdded)
OfConcern = (ConcernRaised, ConcernTold, ConcernAcknowledged, ConcernNoted, ConcernExported)
OfWatch = (WatchStarted, WatchExtended, WatchEnded, WatchConfirmed, HelpCalled)
Indexed = (Placing, Member, LeadPractitioner, CaseStatus)
"""Facts that say whose a case is, of whom, and whether work on it goes on."""


def topic_of(body: object) -> str | None:
    """The topic of an entry; None where its body cannot be read.

    A decision without a date of its own lies where what it decides does: :func:`topics_of_held`.
    """
    if isinstance(body, Dated):
        return body.date
    if isinstance(body, QuarantineReleased | QuarantineDeclined):
        return body.date or QUARANTINE
    if isinstance(body, Spanning):
        return PLANNED
    if isinstance(body, GrantGiven | GrantEnded | GlassBroken):
        return GRANTS
    return VIEWS if isinstance(body, RecordViewed) else _of_family(body)


def _of_family(body: object) -> str | None:
    if isinstance(body, OfCase):
        return case(body.case)
    if isinstance(body, OfConcern):
        return concern(body.concern)
    if isinstance(body, OfWatch):
        return watch(body.watch)
    return DRAFTS if isinstance(body, DraftOpened) else None


def topics_of(body: object) -> frozenset[str]:
    """Every topic of an entry: what it is about, and the list by which that is found."""
    first = topic_of(body)
    lists = {
        CASES: isinstance(body, FactBody)
        and any(isinstance(claim.says, Indexed) for claim in body.facts),
        GRANTS: isinstance(body, CaseOpened) or _restricts(body),
        CONCERNS: isinstance(body, OfConcern),
        WATCHES: isinstance(body, OfWatch),
        DRAFTS: isinstance(body, VisitSubmitted) and body.draft is not None,
    }
    found = {topic for topic, is_on in lists.items() if is_on}
    if isinstance(body, PhotoAdded):
        found.add(photo(body.photo))
    return frozenset(found if first is None else found | {first})


def _restricts(body: object) -> bool:
    """Whether it leaves a case to those alone who were granted it: its author is one of them."""
    facts = [one.says for one in body.facts] if isinstance(body, FactBody) else []
    return any(isinstance(one, Placing) and one.restricted for one in facts)


def attendance_topics(of: Iterable[str]) -> frozenset[str]:
    """Of topics, those that change a sheet, a fire list or a card: dates, and planned codes."""
    return frozenset(topic for topic in of if topic == PLANNED or topic[:1].isdigit())


def is_family_topic(topic: str) -> bool:
    """Whether a topic is a thing's of family support, or that of drafts."""
    return ":" in topic or topic == DRAFTS


def topics_of_held(kind: str | None, date: str | None, topics: Iterable[str]) -> frozenset[str]:
    """The topics of a decision on something held: of the day it speaks of, or where it lies."""
    if date is not None:
        return frozenset({date})
    return frozenset(topics) or frozenset({PLANNED if _is_planned(kind) else QUARANTINE})


def _is_planned(kind: str | None) -> bool:
    return (kind or "").startswith("planned.")
