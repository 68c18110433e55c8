"""Up-casting: an older entry's body is read in today's shape, and never refused for its age.

A body says its ``shape``; absent, it is 1. Steps are numbered and pure: step ``i`` takes a body of
shape ``i + 1`` to ``i + 2``. They run whenever an entry is read, to be judged or to be folded, and
never on what is stored: digests are over the bytes as written. A body of a newer shape than this
server's is left as it is, and held until the server is updated.

The tablet's twin is ``pwa/src/domain/upcast.ts``; ``tests/vectors/upcast.json`` holds both to one
reading.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import orjson

from schemas.entry import KINDS, SHAPE, Entry

__all__ = ["STEPS", "is_newer_kind", "is_newer_shape", "read_entry", "upcast"]

Body = dict[str, Any]
FIRST = 1


def _company_apart(body: Body) -> Body:
    """Shape 2: with whom a pupil left stands apart from why.

    Before, one text said both. No program can tell them apart, so the text stays the reason, and
    the company reads "not asked for".
    """
    return {"left_with": None, **body} if body.get("kind") == "departure.recorded" else body


STEPS: tuple[Callable[[Body], Body], ...] = (_company_apart,)


def upcast(body: Body) -> Body:
    """The body in today's shape; one whose shape is no older one as it is. Changes no argument."""
    shape = _shape(body)
    if shape is None or shape >= SHAPE:
        return body
    for step in STEPS[shape - FIRST :]:
        body = step(body)
    return body | {"shape": SHAPE}


def read_entry(raw: Mapping[str, Any]) -> Entry:
    """An entry document (JSON types) in today's shape. Raises pydantic's ``ValidationError``."""
    body = raw.get("body")
    known = {**raw, "body": upcast(body)} if isinstance(body, dict) else raw
    return Entry.model_validate_json(orjson.dumps(known))


def is_newer_shape(body: object) -> bool:
    """Whether a body says that it is of a shape from after this version."""
    return isinstance(body, dict) and (_shape(body) or FIRST) > SHAPE


def is_newer_kind(body: object) -> bool:
    """Whether a body says that it is of a kind this version does not know."""
    kind = body.get("kind") if isinstance(body, dict) else None
    return isinstance(kind, str) and kind not in KINDS


def _shape(body: Body) -> int | None:
    """The shape a body says it has; None for what can be none."""
    shape = body.get("shape", FIRST)
    counts = isinstance(shape, int) and not isinstance(shape, bool) and shape >= FIRST
    return shape if counts else None
