"""Pushed documents: reading what a tablet sent, as far as it can be read.

The first thing wrong becomes the reason it is held. Only a document that claims a place in a log
with the right digest is *sealed*; anything else leaves that place free for the entry itself.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from typing import Any

import orjson
from pydantic import ValidationError

from schemas.access import Grant
from schemas.canonical import body_digest, entry_digest, entry_id, entry_rev
from schemas.entry import MAX_ENTRY_BYTES, Entry
from schemas.errors import CanonicalError
from schemas.policy import Role
from schemas.upcast import is_newer_kind, is_newer_shape, read_entry
from sync.errors import EntryTooLarge
from sync.verdicts import Reason

__all__ = ["Pushed", "Speaker", "parse"]

MAX_NUMBER = 99_999_999
_LOG = re.compile(r"[0-9a-f]{32}")
_CHANGED = Reason(
    "broken_digest",
    "Its content does not match its digest: it was changed after it was written.",
)


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who is signed in on the connection that pushes.

    ``posts``: the grants of their account in this school. ``last_contact_ms``: when this device was
    last heard of with nothing left to send, in milliseconds since 1970; None for never.
    """

    person: str
    name: str
    role: Role
    device: str | None = None
    posts: tuple[Grant, ...] = ()
    last_contact_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Pushed:
    """A pushed document, as far as it can be read.

    ``log`` and ``n`` are set when it claims a place in a log; ``sealed`` when its content matches
    the digest that place is claimed with. Unsealed, ``digest`` is that of the document as it came.
    """

    raw: Any
    entry: Entry | None
    reason: Reason | None
    log: str | None = None
    n: int = 0
    digest: str = ""
    sealed: bool = False

    @property
    def name(self) -> str:
        """The ``_id`` it came with."""
        return self._text("_id") or "unnamed"

    @property
    def rev(self) -> str:
        """The revision it came with, ``0-0`` for none."""
        return self._text("_rev") or "0-0"

    @property
    def kind(self) -> str | None:
        """The kind its body claims to be of."""
        body = self.raw.get("body") if isinstance(self.raw, dict) else None
        kind = body.get("kind") if isinstance(body, dict) else None
        return kind if isinstance(kind, str) else None

    @property
    def author(self) -> str | None:
        """Whom its body names as its author."""
        body = self.raw.get("body") if isinstance(self.raw, dict) else None
        author = body.get("author") if isinstance(body, dict) else None
        return author if isinstance(author, str) else None

    @property
    def text(self) -> str:
        """The document as JSON text with sorted keys."""
        return orjson.dumps(self.raw, option=orjson.OPT_SORT_KEYS).decode()

    def _text(self, key: str) -> str | None:
        value = self.raw.get(key) if isinstance(self.raw, dict) else None
        return value if isinstance(value, str) else None


def parse(raw: Any) -> Pushed:
    """Read a pushed document as far as it can be read; the first thing wrong is the reason."""
    if not isinstance(raw, dict) or raw.get("type") != "entry":
        what = "not an object" if not isinstance(raw, dict) else "not an entry"
        sentence = (
            f"What was sent is {what}; only entries come in, and published documents "
            "are the server's."
        )
        return Pushed(raw, None, Reason("not_an_entry", sentence))
    size = len(orjson.dumps(raw))
    if size > MAX_ENTRY_BYTES:
        raise EntryTooLarge(str(raw.get("_id", "without an id"))[:100], size, MAX_ENTRY_BYTES)
    try:
        return _parse_entry(raw)
    except CanonicalError as error:
        return _unsealed(raw, Reason(error.code, error.sentence))


def _parse_entry(raw: dict[str, Any]) -> Pushed:
    sealed = _sealed(raw)
    try:
        entry = read_entry(raw)
    except ValidationError as problem:
        if not sealed:
            reason = Reason("broken_schema", f"Its outer form is broken: {_first(problem)}.")
            return _unsealed(raw, reason)
        return _placed(raw, None, _broken_body(raw, problem))
    return _placed(raw, entry, None) if sealed else _unsealed(raw, _CHANGED)


def _placed(raw: dict[str, Any], entry: Entry | None, reason: Reason | None) -> Pushed:
    return Pushed(raw, entry, reason, raw["log"], raw["n"], raw["digest"], sealed=True)


def _sealed(raw: dict[str, Any]) -> bool:
    """Whether the header is an entry's and matches the content, whatever the body holds."""
    place, texts = _place(raw), [raw.get(key) for key in ("prev", "salt")]
    body = raw.get("body")
    if place is None or not all(isinstance(text, str) for text in texts) or body is None:
        return False
    log, n = place
    sealed = body_digest(raw["salt"], body)
    digest = entry_digest(log=log, n=n, prev=raw["prev"], body=sealed)
    wanted = (sealed, digest, entry_id(log, n, digest), entry_rev(digest))
    return tuple(raw.get(key) for key in ("body_digest", "digest", "_id", "_rev")) == wanted


def _place(raw: dict[str, Any]) -> tuple[str, int] | None:
    """The log and number a document claims, if those two are well formed."""
    log, n = raw.get("log"), raw.get("n")
    if not isinstance(log, str) or _LOG.fullmatch(log) is None:
        return None
    if not isinstance(n, int) or isinstance(n, bool) or not 1 <= n <= MAX_NUMBER:
        return None
    return log, n


def _unsealed(raw: dict[str, Any], reason: Reason) -> Pushed:
    log, n = _place(raw) or (None, 0)
    digest = hashlib.sha256(orjson.dumps(raw, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return Pushed(raw, None, reason, log, n, digest)


def _broken_body(raw: dict[str, Any], problem: ValidationError) -> Reason:
    """Why a sealed entry's body says nothing here; what a newer app wrote is not called broken."""
    body = raw["body"]
    if is_newer_kind(body):
        return Reason(
            "unknown_kind",
            f"This server does not know the kind {body['kind'][:60]!r}; it is "
            "kept until the server is updated.",
        )
    if is_newer_shape(body):
        return Reason(
            "unknown_shape",
            "It was written by a newer version of the app than this server knows; it is "
            "kept until the server is updated.",
        )
    return Reason(
        "broken_schema",
        f"Its form is broken: {_first(problem)}. It is kept whole, and cannot stand so: make the "
        "entry again, and if this comes again tell whoever looks after the server.",
    )


def _first(problem: ValidationError) -> str:
    """The first fault of a validation error: where it is and what was wanted, without values."""
    fault = problem.errors(include_input=False, include_url=False)[0]
    where = ".".join(str(part)[:60] for part in fault["loc"]) or "the entry"
    return f"{where[:300]}: {fault['msg'].removeprefix('Value error, ')[:300]}"
