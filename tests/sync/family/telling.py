"""A family and its workers: what they write about a case, and how the server hears of it."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from schemas.canonical import GENESIS, claim_id
from schemas.entry import make_entry
from schemas.family.visits import Visit
from schemas.published import Outcome
from schemas.upcast import read_entry
from sync.arrivals import ArrivalItem, SetAside
from sync.family.told import Told
from sync.spoken import Spoken

CASE, VISIT = "case-1", "visit-1"
NAMES = {"ann": "Ann Aske", "bo": "Bo Birk", "lea": "Lea Lund"}
ROLES = {"ann": "family_worker", "bo": "family_worker", "lea": "team_lead"}
LOGS = {"ann": "a" * 32, "bo": "b" * 32, "lea": "c" * 32}
TEN = "2026-11-23T10:00:00.000Z"
OPENED: dict[str, Any] = {"fact": "placing", "team": "team-1", "restricted": False}


def claim(says: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    """A claim on a fact as a tablet writes it."""
    return {"says": dict(says), "observed_at": TEN} | more


def name_of(person: str) -> str:
    """A worker's name."""
    return NAMES[person]


FACT_KINDS = frozenset(
    {
        "visit.planned",
        "visit.noted",
        "visit.submitted",
        "visit.settled",
        "case.opened",
        "case.noted",
        "case.settled",
    }
)


@dataclass
class Desk:
    """Where a family's workers write entries about the case, each in a log of their own."""

    _numbers: dict[str, Any] = field(default_factory=dict)
    _salts: Any = field(default_factory=itertools.count)

    def write(self, by: str, kind: str, offset_ms: int = 0, **fields: Any) -> dict[str, Any]:
        """A sealed entry of somebody's. ``facts``: claims, or what they say."""
        body: dict[str, Any] = {
            "kind": kind,
            "author": by,
            "role": ROLES[by],
            "device": f"tablet-{by}",
            "written_at": TEN,
            "clock": {"offset_ms": offset_ms, "contact": None},
            "case": CASE,
        } | fields
        if kind.startswith(("visit.", "photo.")):
            body = {"visit": VISIT, **body}
        if kind in FACT_KINDS:
            given = fields.get("facts", [])
            body["facts"] = [
                {"observed_at": TEN} | one if "says" in one else claim(one) for one in given
            ]
        number = next(self._numbers.setdefault(by, itertools.count(1)))
        return make_entry(LOGS[by], number, GENESIS, f"{next(self._salts):032x}", body)


def claims_of(entry: Mapping[str, Any]) -> list[str]:
    """The ids of an entry's claims on facts."""
    return [claim_id(entry["digest"], index) for index in range(len(entry["body"]["facts"]))]


def read_vector(acts: Iterable[Mapping[str, Any]]) -> tuple[list[Told], dict[str, str]]:
    """What a vector tells, and the vector's name for each id. ``$a`` is the id of the entry ``a``,
    ``$a.0`` that of its first claim.
    """
    desk, told, ids = Desk(), [], dict[str, str]()
    for act in acts:
        ours = {"as", "by", "kind", "held", "decided", "aside", "received_at", "offset_ms"}
        fields = {key: _filled(value, ids) for key, value in act.items() if key not in ours}
        entry = desk.write(act["by"], act["kind"], act.get("offset_ms", 0), **fields)
        ids[act["as"]] = entry["_id"]
        for index, one in enumerate(claims_of(entry) if "facts" in entry["body"] else ()):
            ids[f"{act['as']}.{index}"] = one
        how = {key: act[key] for key in ("held", "decided", "aside") if key in act}
        told.append(heard(entry, act.get("received_at"), **how))
    return told, {one: name for name, one in ids.items()}


def _filled(value: Any, ids: Mapping[str, str]) -> Any:
    if isinstance(value, str) and value.startswith("$"):
        return ids[value[1:]]
    if isinstance(value, list):
        return [_filled(one, ids) for one in value]
    if isinstance(value, dict):
        return {key: _filled(one, ids) for key, one in value.items()}
    return value


def cells_in_brief(cells: Iterable[Any], names: Mapping[str, str]) -> dict[str, Any]:
    """Each cell's state and its live claims, as a vector writes them."""
    return {one.cell: [one.state, sorted(names[live] for live in one.live)] for one in cells}


def visit_in_brief(visit: Visit, names: Mapping[str, str]) -> dict[str, Any]:
    """A visit as a vector writes it: without what is empty."""
    flags = {
        names[claim.id]: list(claim.flags)
        for cell in visit.cells
        for claim in cell.claims
        if claim.flags
    }
    brief = {
        "cells": cells_in_brief(visit.cells, names),
        "flags": flags,
        "contributions": [
            [names[one.entry], [names[added.entry] for added in one.addenda]]
            for one in visit.contributions
        ],
        "addenda": [names[one.entry] for one in visit.addenda],
        "photos": [one.photo for one in visit.photos],
        "ended_at": visit.ended_at,
        "note_due_at": visit.note_due_at,
        "note_overdue_at": visit.note_overdue_at,
        "owed_by": list(visit.owed_by),
    }
    return {key: value for key, value in brief.items() if value}


def heard(
    entry: dict[str, Any],
    received_at: str | None = None,
    *,
    held: str | None = None,
    aside: Iterable[tuple[int, str]] = (),
    decided: str | None = None,
) -> Told:
    """An entry as the server heard it; ``decided``: "released" or "declined" by Lea Lund."""
    body = entry["body"]
    item = ArrivalItem(
        n=entry["n"],
        entry=entry["_id"],
        digest=entry["digest"],
        verdict="held" if held is not None else "stored",
        reason=held,
        set_aside=tuple(
            SetAside(index=index, reason_code="not_now", reason=why) for index, why in aside
        ),
        offset_ms=body["clock"]["offset_ms"] or 0,
    )
    at = received_at or body["written_at"]
    return Told(
        Spoken(read_entry(json.loads(json.dumps(entry))), item, at),
        NAMES[body["author"]],
        outcome(decided, at) if decided is not None else None,
    )


def outcome(what: Any, at: str) -> Outcome:
    """A decision of Lea Lund's."""
    return Outcome(
        what=what, by="lea", by_name=NAMES["lea"], at=at, reason="I asked.", entries=("d",)
    )
