"""Bodies of entries, drawn from the schema that the tablet writes by; and faults put into them."""

from __future__ import annotations

import copy
import random
from typing import Any

from schemas.export import schema

__all__ = ["FAMILY", "Bodies"]

_DEFS: dict[str, Any] = schema()["$defs"]
_KINDS: dict[str, str] = {
    kind: ref.rpartition("/")[2]
    for kind, ref in _DEFS["Entry"]["properties"]["body"]["discriminator"]["mapping"].items()
}
_NOUNS = {"case", "concern", "draft", "glass", "photo", "visit", "watch"}
FAMILY = sorted(kind for kind in _KINDS if kind.partition(".")[0] in _NOUNS)
"""Every kind of entry of family support."""
_INSTANTS = (
    *("1970-01-01T00:00:00.000Z", "2026-11-23T09:00:00.000Z", "2026-11-23T08:00:00.000Z"),
    *("2026-11-24T10:00:00.000Z", "2100-01-01T00:00:00.000Z", "2999-12-31T23:59:59.999Z"),
)
_DATES = ("0001-01-01", "0026-11-23", "1969-12-31", "2026-02-28", "2026-11-23", "9999-12-31")
_TEXTS = ("x", "😢👩‍👧", "\0", "\u202egnp\u202c", "<b>", " ", "é" * 400, "’\n\r\nBcc: x")
ODD: tuple[Any, ...] = (
    *(None, True, False, 0, -1, 2**53 - 1, "", "\0", "x" * 700, "2026-02-30"),
    *([], {}, [[]], {"fact": "plan"}, "_users", "../x", "٢٠٢٦-01-01", "09:3٣", ["x"] * 21),
)
"""What no form of the app writes."""


class Bodies:
    """Draws bodies. ``pool``: the ids that things are drawn by, by the field's name."""

    def __init__(self, source: random.Random, pool: dict[str, tuple[str, ...]]) -> None:
        self._source = source
        self._pool = pool

    def of(self, kind: str) -> dict[str, Any]:
        """What somebody says of a kind, without who they are and when they wrote it."""
        body: dict[str, Any] = self._object(_DEFS[_KINDS[kind]])
        kept = {"shape", "author", "role", "device", "written_at", "clock", "kind"}
        return {key: value for key, value in body.items() if key not in kept}

    def spoilt(self, body: dict[str, Any]) -> dict[str, Any]:
        """The same with a fault somewhere: something odd, missing, or too much."""
        found = copy.deepcopy(body)
        at: Any = found
        while True:
            keys = list(at) if isinstance(at, dict) else list(range(len(at)))
            if not keys:
                return found
            key = self._source.choice(keys)
            if isinstance(at[key], dict | list) and at[key] and self._source.random() < 0.8:
                at = at[key]
                continue
            if isinstance(at, dict) and self._source.random() < 0.2:
                del at[key]
            else:
                at[key] = self._source.choice(ODD)
            return found

    def _value(self, of: dict[str, Any], name: str) -> Any:  # noqa: PLR0911  # one for each type
        if "$ref" in of:
            return self._value(_DEFS[of["$ref"].rpartition("/")[2]], name)
        if "const" in of:
            return of["const"]
        if "enum" in of:
            return self._source.choice(of["enum"])
        if "anyOf" in of or "oneOf" in of:
            return self._value(self._source.choice(of.get("anyOf") or of["oneOf"]), name)
        kind = of.get("type")
        if kind == "object":
            return self._object(of)
        if kind == "array":
            least = of.get("minItems", 0)
            count = self._source.randrange(least, max(least, 3) + 1)
            return [self._value(of["items"], name) for _ in range(count)]
        if kind == "boolean":
            return self._source.random() < 0.5
        if kind == "integer":
            return self._source.choice((of.get("minimum", 0), 9_000, of.get("maximum", 10**12)))
        return None if kind == "null" else self._text(of, name)

    def _object(self, of: dict[str, Any]) -> dict[str, Any]:
        needed = of.get("required", ())
        return {
            name: self._value(one, name)
            for name, one in of.get("properties", {}).items()
            if name in needed or "const" in one or self._source.random() < 0.5
        }

    def _text(self, of: dict[str, Any], name: str) -> str:  # noqa: PLR0911  # one for each form
        described, pattern = of.get("description", ""), of.get("pattern", "")
        if name in self._pool:
            return self._source.choice(self._pool[name])
        if "moment in UTC" in described:
            return self._source.choice(_INSTANTS)
        if "calendar date" in described:
            return self._source.choice(_DATES)
        if "time of day" in described:
            return self._source.choice(("00:00", "23:59"))
        if "SHA-256" in described:
            return "a" * 64
        if "says nothing about a person" in described:
            return self._source.choice(("x-1", "x-2"))
        return "en" if pattern else self._source.choice(_TEXTS)
