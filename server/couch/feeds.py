"""Feeds: what a request to ``_changes`` asks for, read from its query as CouchDB reads it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from server.couch.faults import Fault
from server.couch.rendering import PLAIN, View

__all__ = ["UNLIMITED", "Asked", "Kind"]

Kind = Literal["normal", "longpoll", "continuous", "eventsource"]
_KINDS: Mapping[str, Kind] = {
    "normal": "normal",
    "longpoll": "longpoll",
    "continuous": "continuous",
    "live": "continuous",
    "eventsource": "eventsource",
}
UNLIMITED = 10**15
"""Beyond any database; the rows that have a ``seq`` are counted down from the limit."""
_NUMBER = re.compile(r"[+-]?[0-9]{1,18}")
_TRUE = "true"


@dataclass(frozen=True, slots=True)
class Asked:
    """The query. ``view``: how documents are shown, None where only revisions are asked for.

    Times in seconds. ``heartbeat_s`` None: the feed ends after ``timeout_s`` without news.
    """

    kind: Kind
    since: str
    limit: int
    descending: bool
    all_leaves: bool
    view: View | None
    heartbeat_s: float | None
    timeout_s: float
    interval: int
    """Every how many rows one has its ``seq``; the others have null."""

    @classmethod
    def of(cls, query: Mapping[str, str], last_event: str | None, longest_s: float) -> Asked:
        """Read a query; ``last_event``: the header of an event source that connects again.

        ``longest_s``: the longest that a feed is silent. Raises ``Fault``.
        """
        kind = _KINDS.get(query.get("feed", "normal"))
        if kind is None:
            raise Fault(
                "bad_request",
                "Supported `feed` types: normal, continuous, live, longpoll, eventsource",
            )
        style = query.get("style", "main_only")
        if style not in {"main_only", "all_docs"}:
            raise Fault("bad_request", "Supported `style` values: main_only, all_docs")
        since = query.get("last-event-id", query.get("since", "0"))
        if kind == "eventsource" and last_event is not None:
            since = last_event
        return cls(
            kind=kind,
            since=since.strip('"'),
            limit=min(_number(query, "limit", 0, "a non-negative integer", UNLIMITED), UNLIMITED),
            descending=query.get("descending") == _TRUE,
            all_leaves=style == "all_docs",
            view=_view(query) if query.get("include_docs") == _TRUE else None,
            heartbeat_s=_heartbeat(query, longest_s),
            timeout_s=min(
                longest_s, _number(query, "timeout", 0, "a non-negative integer", UNLIMITED) / 1000
            ),
            interval=_number(query, "seq_interval", 1, "a positive integer", 1),
        )


def _view(query: Mapping[str, str]) -> View:
    if not {"conflicts", "attachments", "att_encoding_info"} & query.keys():
        return PLAIN
    return View(
        conflicts=query.get("conflicts") == _TRUE,
        attachments=query.get("attachments") == _TRUE,
        att_encoding_info=query.get("att_encoding_info") == _TRUE,
    )


def _heartbeat(query: Mapping[str, str], longest_s: float) -> float | None:
    said = query.get("heartbeat")
    if said is None:
        return None
    if said == _TRUE:
        return longest_s
    wanted = "a positive integer (in milliseconds)"
    return min(longest_s, _number(query, "heartbeat", 1, wanted, 1) / 1000)


def _number(query: Mapping[str, str], name: str, least: int, wanted: str, default: int) -> int:
    said = query.get(name)
    if said is None:
        return default
    if not _NUMBER.fullmatch(said) or int(said) < least:
        raise Fault("bad_request", f"The {name} value should be {wanted}.")
    return int(said)
