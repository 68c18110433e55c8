"""Differences: which of a replicator's revisions are missing here (``_revs_diff``)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from server.couch.call import Call
from server.couch.door import Door
from server.couch.faults import not_allowed
from server.couch.parameters import parse_revs, storable
from sync.store import Missing

__all__ = ["missing_revs", "revs_diff"]


async def revs_diff(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_revs_diff``."""
    found = await _missing(door, call)
    answer: dict[str, Any] = {}
    for id_, (missing, ancestors) in found.items():
        answer[id_] = {"missing": missing}
        if ancestors:
            answer[id_]["possible_ancestors"] = ancestors
    await call.reply_json(200, answer)


async def missing_revs(door: Door, call: Call, _rest: Sequence[str]) -> None:
    """``POST /{db}/_missing_revs``."""
    found = await _missing(door, call)
    await call.reply_json(200, {"missing_revs": {id_: row[0] for id_, row in found.items()}})


async def _missing(door: Door, call: Call) -> Mapping[str, tuple[list[str], list[str]]]:
    """What the documents asked about lack, in the order asked; those that lack nothing left out.

    A revision that no tree can hold is missing always.
    """
    if call.method != "POST":
        raise not_allowed("POST")
    call.wants_json()
    asked = {id_: parse_revs(revs) for id_, revs in (await call.json_object()).items()}
    nowhere = {id_: [rev for rev in revs if not storable(rev)] for id_, revs in asked.items()}
    within = {
        id_: [rev for rev in revs if storable(rev)] if nowhere[id_] else revs
        for id_, revs in asked.items()
    }
    found = await door.missing(within)
    none = Missing([], [])
    rows = {
        id_: ([*found.get(id_, none).missing, *nowhere[id_]], found.get(id_, none)[1])
        for id_ in asked
    }
    return {id_: row for id_, row in rows.items() if row[0]}
