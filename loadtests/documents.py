"""Documents of one kilobyte, the same for every server, and their requests' bodies."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from typing import Any

import orjson

__all__ = ["BYTES", "batches", "make_documents"]

BYTES = 1024
"""Of a document as JSON, its ``_id`` among them."""
SEED = 1
WORDS = ("register", "session", "pupil", "present", "absent", "late", "device", "receipt", "window")


def make_documents(
    count: int, *, seed: int = SEED, fields: dict[str, Any] | None = None
) -> list[dict[str, Any]]:
    """Make ``count`` documents with ids of 32 random hex digits, as CouchDB mints them.

    The same ``seed`` makes the same documents. ``fields``: members that all of them have.
    """
    chance = random.Random(seed)
    return [_document(chance, number, fields or {}) for number in range(count)]


def _document(chance: random.Random, number: int, fields: dict[str, Any]) -> dict[str, Any]:
    document: dict[str, Any] = {
        "_id": f"{chance.getrandbits(128):032x}",
        "kind": "bench",
        "number": number,
        "marks": [chance.randrange(1000) for _ in range(24)],
        "code": f"{chance.getrandbits(256):064x}",
        **fields,
        "text": "",
    }
    missing = BYTES - len(orjson.dumps(document))
    text = " ".join(chance.choices(WORDS, k=missing // 5))
    document["text"] = text[:missing]
    return document


def batches(documents: Sequence[dict[str, Any]], size: int) -> Iterator[bytes]:
    """Bodies for ``_bulk_docs``, ``size`` documents each."""
    for first in range(0, len(documents), size):
        yield orjson.dumps({"docs": documents[first : first + size]})
