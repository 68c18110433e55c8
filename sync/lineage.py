"""Lineage: where the places of a database's former homes are in this one.

A tablet's token holds a mark (:meth:`sync.store.Database.mark`) of the database it pulled from.
When a school moves to another store, the new database has another epoch and other sequences; so it
keeps, for each epoch it descends from, pairs of an old place and the new mark at which the copying
stood then. A mark is followed to the last pair at or before it: what came after it in the old feed
comes after that in the new one. So a tablet may be told something twice, and misses nothing.

Marks are ``<epoch>.<place>``. Where places are numbers they are compared. Places of another kind
(a cluster's: ``<update sequence>~…``, of which all before the ``~`` counts) have no order that is
known, and are names for a place somewhat later: the end is known when it is seen, and any other is
followed to the beginning, where the tablet keeps what it holds and is told everything again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

__all__ = ["MAX_PLACES", "NAME", "begun", "follow", "noted"]

NAME = "lineage"
"""The local document that holds ``{"homes": {<epoch>: [["", <mark>], [<place>, <mark>], …]}}``."""
MAX_PLACES = 200
"""Pairs kept for one former home; of more, every second is forgotten."""
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)

Homes = Mapping[str, Sequence[Sequence[str]]]


def follow(kept: Mapping[str, Any] | None, mark: str) -> str | None:
    """The mark of this home for one of a former home.

    ``kept``: the local document :data:`NAME`. None: the mark is of no former home, or of a place
    that none had come to when it was left.
    """
    homes: Homes = kept["homes"] if kept is not None else {}
    found: str | None = None
    for _ in homes:  # each home was left for a later one
        epoch, place = _parted(mark)
        if epoch not in homes:
            break
        found = _followed(homes[epoch], place)
        if found is None:
            break
        mark = found
    return found


def begun(former: Mapping[str, Any] | None, there: str, here: str) -> dict[str, Any]:
    """The lineage of a database into which another one's documents begin to be copied.

    ``former``: the other's lineage; ``there``: any mark of it; ``here``: the mark before the first
    document of this one.
    """
    homes: Homes = former["homes"] if former is not None else {}
    return {"homes": {**homes, _parted(there)[0]: [["", here]]}}


def noted(kept: Mapping[str, Any], there: str, here: str) -> dict[str, Any]:
    """The lineage with one more pair, the mark ``there`` being the latest of its home so far."""
    epoch, place = _parted(there)
    homes: Homes = kept["homes"]
    places = [list(pair) for pair in homes[epoch]]
    if _is_number(place):
        places = [pair for pair in places if pair[0] != place] + [[place, here]]
    else:
        places = [places[0], [place, here]]
    if len(places) > MAX_PLACES:
        places = [*places[:-1:2], places[-1]]
    return {"homes": {**homes, epoch: places}}


def _followed(places: Sequence[Sequence[str]], place: str) -> str | None:
    (_, start), *others = places
    end = others[-1][0] if others else ""
    if not (_is_number(place) and _is_number(end)):
        return next((here for there, here in others if there == place), start)
    if int(place) > int(end):
        return None
    before = [here for there, here in others if int(there) <= int(place)]
    return before[-1] if before else start


def _parted(mark: str) -> tuple[str, str]:
    """Epoch and place; of a place, what every process that serves the database understands."""
    epoch, _, place = mark.rpartition(".")
    sequence, tilde, _ = place.partition("~")
    return epoch, sequence + tilde


def _is_number(place: str) -> bool:
    return _NUMBER.fullmatch(place) is not None
