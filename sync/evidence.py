"""Evidence: what a stored entry or arrival says of itself, and whether it is as it was sealed.

Read without trust: whatever was done to a document, reading it as far as it goes must not fail.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from schemas.canonical import entry_digest, entry_id, entry_rev
from schemas.errors import CanonicalError
from sync import channels
from sync.arrivals import arrival_digest
from sync.clock import instant
from sync.document import Document
from sync.topics import PLANNED

__all__ = ["SeenArrival", "SeenEntry", "SeenItem", "read_entry", "read_seen_arrival"]

_ENTRY = re.compile(r"entry:([0-9a-f]{32}):(\d{8}):[0-9a-f]{16}")
_ARRIVAL = re.compile(r"arrival:(\d{13}):.+", re.DOTALL)
_HEADER = frozenset({"type", "v", "log", "n", "prev", "body_digest", "digest"})
_WHOLE = _HEADER | {"salt", "body"}
_STUB = _HEADER | {"erased"}


@dataclass(slots=True)
class SeenEntry:
    """An entry as it is stored. ``faults``: what does not match, in words; none: as sealed.

    ``loose``: the same, unless it is held for its form, which may be anything.
    """

    id: str
    log: str
    n: int
    digest: str
    prev: str
    author: str | None
    erased: bool
    faults: tuple[str, ...]
    loose: tuple[str, ...] = ()
    hidden: bool = False
    """Whether it was taken from where the day it speaks of is read."""


@dataclass(frozen=True, slots=True)
class SeenItem:
    """A line of an arrival."""

    n: int
    entry: str
    digest: str
    prev: str
    sealed: bool
    verdict: str
    reason_code: str | None
    flags: frozenset[str]


@dataclass(slots=True)
class SeenArrival:
    """An arrival as it is stored. ``k`` 0: from before arrivals were chained."""

    id: str
    log: str
    k: int
    prev: str
    digest: str
    computed: str
    person: str | None
    received_at: str
    items: tuple[SeenItem, ...]
    faults: tuple[str, ...]
    redated: bool = False


def read_entry(document: Document) -> SeenEntry | None:
    """Read a stored entry; None for a document whose id is no entry's."""
    named = _ENTRY.fullmatch(document.id)
    if named is None:
        return None
    body = document.body
    erased = "erased" in body
    content = body.get("body")
    author = content.get("author") if isinstance(content, dict) else None
    return SeenEntry(
        document.id,
        named[1],
        int(named[2]),
        _text(body, "digest"),
        _text(body, "prev"),
        author if isinstance(author, str) else None,
        erased,
        tuple(_entry_faults(document, named[1], int(named[2]), erased=erased)),
        tuple(_form_faults(body, erased=erased)),
        not erased and isinstance(content, dict) and _is_hidden(content, document.channels),
    )


def _entry_faults(document: Document, log: str, n: int, *, erased: bool) -> list[str]:
    body = document.body
    faults: list[str] = []
    sealed = _text(body, "body_digest")
    if not erased and _content_digest(body) != sealed:
        faults.append("its content is not what its author sealed")
    digest = entry_digest(log=log, n=n, prev=_text(body, "prev"), body=sealed)
    placed = body.get("log") == log and body.get("n") == n and not isinstance(body["n"], bool)
    if not placed or digest != body.get("digest") or entry_id(log, n, digest) != document.id:
        faults.append("its header (log, number, the entry before) is not what its author sealed")
    if body.get("type") != "entry":
        faults.append("its type was changed")
    if document.rev != entry_rev(digest) and not faults:
        faults.append("it was written again after it was sealed")
    if document.conflicts:
        faults.append("a second version of it was put beside it")
    return faults


def _form_faults(body: Mapping[str, Any], *, erased: bool) -> list[str]:
    known = _STUB if erased else _WHOLE
    extra = sorted(body.keys() - known)
    faults = [f"the field {name} was added to it" for name in extra]
    if body.get("v") != 1 or isinstance(body.get("v"), bool):
        faults.append("its version was changed")
    return faults


def _content_digest(body: Mapping[str, Any]) -> str:
    """As :func:`schemas.canonical.body_digest`, at the speed of a whole school.

    What has no canonical form is spelt as no author ever sealed it, and so does not match.
    """
    salt = _text(body, "salt").encode()
    content = orjson.dumps(body.get("body"), option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(salt + b"\n" + content).hexdigest()


def _is_hidden(content: Mapping[str, Any], stands_in: frozenset[str]) -> bool:
    kind, date = content.get("kind"), content.get("date")
    if isinstance(kind, str) and kind.startswith("planned."):
        date = PLANNED
    return isinstance(date, str) and channels.entries(date) not in stands_in


def read_seen_arrival(document: Document) -> SeenArrival:
    """Read a stored arrival."""
    body = document.body
    raw = body.get("items")
    items = tuple(filter(None, map(_item, raw if isinstance(raw, list) else ())))
    received_at, k = _text(body, "received_at"), body.get("k", 0)
    seen = SeenArrival(
        document.id,
        _log_of(document, items),
        k if isinstance(k, int) and not isinstance(k, bool) else 0,
        _text(body, "prev"),
        _text(body, "digest"),
        _computed(document),
        body.get("person") if isinstance(body.get("person"), str) else None,
        received_at,
        items,
        (),
    )
    named = _ARRIVAL.fullmatch(document.id)
    seen.redated = named is None or instant(int(named[1])) != received_at
    seen.faults = tuple(_arrival_faults(seen, body, document))
    return seen


def _arrival_faults(seen: SeenArrival, body: Mapping[str, Any], document: Document) -> list[str]:
    faults: list[str] = []
    if seen.redated:
        faults.append("its date of receipt is not the one that it was received at")
    is_chained = bool({"k", "prev", "digest"} & body.keys())
    if is_chained and (seen.k < 1 or seen.computed != seen.digest):
        faults.append("what it says is not what the server wrote when it came in")
    if body.get("type") != "arrival" or body.get("log") != seen.log:
        faults.append("it names another log than its entries do")
    if channels.log(seen.log) not in document.channels:
        faults.append("it was taken from where its log is read")
    if document.conflicts:
        faults.append("a second version of it was put beside it")
    return faults


def _log_of(document: Document, items: tuple[SeenItem, ...]) -> str:
    """The log that its entries name; else the one it is read in; else the one it says."""
    for item in items:
        named = _ENTRY.fullmatch(item.entry) if item.sealed else None
        if named is not None:
            return named[1]
    read_in = [one for one in document.channels if one.startswith(channels.log(""))]
    return read_in[0].removeprefix(channels.log("")) if read_in else _text(document.body, "log")


def _computed(document: Document) -> str:
    try:
        return arrival_digest(document.id, document.body)
    except CanonicalError:
        return ""


def _item(raw: object) -> SeenItem | None:
    if not isinstance(raw, dict) or not isinstance(raw.get("n"), int):
        return None
    flags = raw.get("flags")
    reason = raw.get("reason_code")
    return SeenItem(
        raw["n"],
        _text(raw, "entry"),
        _text(raw, "digest"),
        _text(raw, "prev"),
        raw.get("sealed") is not False,
        _text(raw, "verdict"),
        reason if isinstance(reason, str) else None,
        frozenset(str(one) for one in flags) if isinstance(flags, list) else frozenset(),
    )


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return value if isinstance(value, str) else ""
