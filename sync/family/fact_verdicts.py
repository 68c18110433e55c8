"""Verdicts on facts: which of an entry's facts can stand, each by itself, as of the act.

One that cannot is set aside with a reason, and its neighbours stand. Two people who say different
things, as two arrivals, are no fault: that is contested, and both are kept.
"""

from __future__ import annotations

from collections.abc import Iterator

from schemas.entry import FactBody, VisitSubmitted
from schemas.family.acts import VisitBody
from schemas.family.facts import Alone, Arrived, Fact, Left, Member, Seen, VisitPlan, cell_of
from sync.arrivals import SetAside
from sync.clock import in_words, local
from sync.family.known import Known
from sync.verdicts import Judgement, Reason

__all__ = ["WHEN", "judge_facts"]

FIRST, LAST = "1900-01-01", "2100-12-31"
"""The days that somebody was born on, or plans something for."""
WHEN = (
    *("at", "began", "born", "by", "due", "ended"),
    *("ends", "held", "on", "replied", "sent", "starts"),
)
"""The fields of facts that say when; one that says a time of day alone is too short to be odd."""


def judge_facts(body: FactBody, known: Known, time_zone: str) -> Judgement:
    """Judge the facts of an entry whose author had a right to it.

    Where none stands, and nothing else is said, the whole entry is held.
    """
    aside = tuple(_set_aside(body, known, time_zone))
    placed = known.case(body.case)
    flags = ("case_closed",) if placed is not None and placed.closed else ()
    if aside and len(aside) == len(body.facts) and not isinstance(body, VisitSubmitted):
        more = f" (and {len(aside) - 1} more like it)" if len(aside) > 1 else ""
        sentence = f"None of what it says can stand: {aside[0].reason}{more}"
        held = Reason(aside[0].reason_code, sentence)
        return Judgement(held=held, set_aside=aside, flags=flags)
    return Judgement(set_aside=aside, flags=flags)


def _set_aside(body: FactBody, known: Known, time_zone: str) -> Iterator[SetAside]:
    facts = [one.says for one in body.facts]
    members = known.members(body.case) | {one.item for one in facts if isinstance(one, Member)}
    arrived = [one.at for one in facts if isinstance(one, Arrived)]
    if isinstance(body, VisitBody) and body.visit in known.arrived:
        arrived.append(known.arrived[body.visit])
    said: set[str] = set()
    for index, fact in enumerate(facts):
        reason = _ends_early(fact, min(arrived, default=None), time_zone)
        reason = (
            reason
            or _unlikely_date(fact)
            or _no_such_member(fact, members)
            or _said_twice(fact, said)
        )
        if reason is None:
            said.add(cell_of(fact))
        else:
            yield SetAside(index=index, reason_code=reason.code, reason=reason.sentence)


def _ends_early(fact: Fact, arrived: str | None, time_zone: str) -> Reason | None:
    if isinstance(fact, VisitPlan) and fact.ends < fact.starts:
        starts, ends = _at(fact.starts, time_zone), _at(fact.ends, time_zone)
        return Reason(
            "ends_before_it_starts",
            f"The plan says that the visit ends at {ends}, before it starts at {starts}; "
            "plan it again with the end after the start.",
        )
    if isinstance(fact, Left) and arrived is not None and fact.at < arrived:
        left, came = _at(fact.at, time_zone), _at(arrived, time_zone)
        return Reason(
            "ends_before_it_starts",
            f"It says that the visit ended at {left}, before the arrival at {came}; "
            "say again when you left, or correct the arrival.",
        )
    return None


def _unlikely_date(fact: Fact) -> Reason | None:
    """A year that was typed with two digits is none that anybody lived or planned in."""
    said = (getattr(fact, name, None) for name in WHEN)
    days = (one[:10] for one in said if isinstance(one, str) and len(one) >= len(FIRST))
    odd = next((day for day in days if not FIRST <= day <= LAST), None)
    if odd is None:
        return None
    return Reason(
        "unlikely_date",
        f"It says {in_words(odd)} ({odd}), and a year lies between {FIRST[:4]} and {LAST[:4]} "
        "here; say it again, with all four digits of the year.",
    )


def _no_such_member(fact: Fact, members: frozenset[str]) -> Reason | None:
    named = fact.item if isinstance(fact, Seen | Alone) else getattr(fact, "child", None)
    if not isinstance(named, str) or named in members:  # a member says whether it is a child
        return None
    return Reason(
        "no_such_member",
        f"It speaks of {named}, who is not in the household of this case; add them to the "
        "household first, then say it again.",
    )


def _said_twice(fact: Fact, said: set[str]) -> Reason | None:
    if cell_of(fact) not in said:
        return None
    return Reason(
        "said_twice",
        f"The same entry says this twice ({cell_of(fact)}); what it says first stands.",
    )


def _at(moment: str, time_zone: str) -> str:
    date, time = local(moment, time_zone)
    return f"{time} on {in_words(date)}"
