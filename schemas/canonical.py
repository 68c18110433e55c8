"""The one way to write a value as bytes, so that Python, JavaScript and CouchDB agree.

Canonical form: JSON with keys in ASCII and sorted, no white space, integers within ±(2^53 - 1),
well-formed Unicode, UTF-8. A float or half a surrogate pair reads differently in different
languages, so neither has a canonical form.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import orjson

from schemas.errors import CanonicalError

__all__ = [
    "GENESIS",
    "MAX_INTEGER",
    "body_digest",
    "canonical_bytes",
    "claim_id",
    "entry_digest",
    "entry_id",
    "entry_rev",
    "holding_digest",
]

MAX_INTEGER = 2**53 - 1
MAX_DEPTH = 32
GENESIS = "0" * 64
"""What the first entry of a log names as the digest of the entry before it."""


def canonical_bytes(value: Any) -> bytes:
    """Return ``value`` (JSON types only) in canonical form.

    Raises :class:`CanonicalError`, naming the place, for anything that has none.
    """
    _check(value, "value", 0)
    try:
        return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)
    except (TypeError, ValueError) as error:  # orjson refuses lone surrogates
        sentence = f"A text is not well-formed Unicode ({error}); send whole characters."
        raise CanonicalError(sentence) from error


def _check(value: Any, where: str, depth: int) -> None:
    if depth > MAX_DEPTH:
        raise CanonicalError(f"{where} is nested more than {MAX_DEPTH} deep; send a flatter value.")
    if value is None or isinstance(value, bool | str):
        return
    if isinstance(value, int):
        if abs(value) > MAX_INTEGER:
            raise CanonicalError(f"{where} is {value}; integers must lie within ±{MAX_INTEGER}.")
        return
    if isinstance(value, list):
        for index, item in enumerate(value):
            _check(item, f"{where}[{index}]", depth + 1)
        return
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, str) or not key.isascii():
                raise CanonicalError(f"{where} has the key {key!r}; keys must be ASCII text.")
            _check(item, f"{where}.{key}", depth + 1)
        return
    kind = type(value).__name__
    raise CanonicalError(
        f"{where} is {value!r} ({kind}); only integers, text, lists, objects, "
        "true, false and null have a canonical form."
    )


def body_digest(salt: str, body: dict[str, Any]) -> str:
    """SHA-256 over the salt (hex text), a line feed and the canonical body.

    The salt is erased with the body, so the digest that stays in the chain gives nothing away.
    """
    return hashlib.sha256(salt.encode() + b"\n" + canonical_bytes(body)).hexdigest()


def entry_digest(*, log: str, n: int, prev: str, body: str) -> str:
    """SHA-256 over an entry's header; ``body`` is the body's digest, ``prev`` the entry before."""
    header = {"body_digest": body, "log": log, "n": n, "prev": prev, "v": 1}
    return hashlib.sha256(canonical_bytes(header)).hexdigest()


def entry_id(log: str, n: int, digest: str) -> str:
    """The ``_id`` of an entry: two entries with one number (a fork) keep two ids."""
    return f"entry:{log}:{n:08d}:{digest[:16]}"


def entry_rev(digest: str) -> str:
    """The one revision an entry ever has."""
    return f"1-{digest[:32]}"


def claim_id(digest: str, index: int) -> str:
    """The id of an entry's claim number ``index`` (from 0), known before it is ever sent."""
    return f"{digest[:24]}.{index}"


def holding_digest(held: Iterable[tuple[str, str]]) -> str:
    """SHA-256 over what somebody holds: lines ``<id> <rev>``, sorted by the bytes of the id."""
    lines = sorted(f"{name} {rev}\n".encode() for name, rev in held)
    return hashlib.sha256(b"".join(lines)).hexdigest()
