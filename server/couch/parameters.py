"""Parameters: values of a query or of a body's members, with the errors that CouchDB gives.

``Params`` reads either: a query's values are texts (of which keys are JSON), a body's are JSON
already, and a text may stand for a number or a boolean there too.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from server.couch.call import parse_json
from server.couch.faults import Fault

__all__ = ["MAX_LIMIT", "Params", "is_plain", "parse_rev", "parse_revs", "storable"]

MAX_LIMIT = 2**53
"""A limit or a skip beyond any database; larger ones count as this."""
_NUMBER = re.compile(r"[+-]?[0-9]+")
_PLAIN = re.compile(r"[1-9][0-9]{0,14}-[0-9a-f]{32}")
_REV = re.compile(r"(\+?[0-9]+)-(.*)", re.DOTALL)
_STORABLE = re.compile(r"[1-9][0-9]{0,14}-.*", re.DOTALL)
_HEX = re.compile(r"[0-9a-fA-F]{32}")


class Params:
    """Named values, each read by its type; a query's count before a body's."""

    __slots__ = ("_body", "_query")

    ABSENT: Any = object()
    """What :meth:`value` gives for a name that is nowhere; JSON has null as a value."""

    def __init__(
        self, query: Mapping[str, str] | None = None, body: Mapping[str, Any] | None = None
    ) -> None:
        self._query = query or {}
        self._body = body or {}

    def __contains__(self, name: str) -> bool:
        return name in self._query or name in self._body

    def _find(self, name: str) -> Any:
        return self._query[name] if name in self._query else self._body.get(name, self.ABSENT)

    def flag(self, name: str, *, default: bool = False) -> bool:
        """A boolean. Raises ``Fault`` for what is none."""
        value = self._find(name)
        if value is self.ABSENT:
            return default
        if isinstance(value, bool):
            return value
        text = value.lower() if isinstance(value, str) else None
        if text not in {"true", "false"}:
            raise Fault("query_parse_error", f"Invalid boolean parameter: {_shown(value)}")
        return text == "true"

    def number(self, name: str) -> int | None:
        """A whole number, not negative; None where there is none. Raises ``Fault``."""
        value = self._find(name)
        if value is self.ABSENT:
            return None
        number = value
        if name in self._query and _NUMBER.fullmatch(value):
            number = int(value[:18])
        if not isinstance(number, int) or isinstance(number, bool):
            raise Fault("query_parse_error", f"Invalid value for integer: {_shown(value)}")
        if number < 0:
            reason = f"Invalid value for positive integer: {_shown(value)}"
            raise Fault("query_parse_error", reason)
        return min(number, MAX_LIMIT)

    def text(self, name: str) -> Any:
        """A value as it is, which should be a text; None where there is none."""
        value = self._find(name)
        return None if value is self.ABSENT else value

    def value(self, *names: str) -> Any:
        """The JSON under the first of ``names`` that is there, or :data:`ABSENT`."""
        for name in names:
            if name in self._query:
                return parse_json(_bytes(self._query[name]))
            if name in self._body:
                return self._body[name]
        return self.ABSENT


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogateescape")


def _shown(value: object) -> str:
    """A bad value within a sentence, cut short; half characters are left out."""
    return json.dumps(value)[:60]


def is_plain(rev: str) -> bool:
    """Whether ``rev`` is written as CouchDB mints them, so that nothing of it needs looking at."""
    return _PLAIN.fullmatch(rev) is not None


def parse_rev(value: Any) -> str:
    """A revision ``N-text`` as the protocol writes it. Raises ``Fault``.

    What CouchDB takes for a revision may be none that a tree here can hold: see :func:`storable`.
    """
    if isinstance(value, str):
        if _PLAIN.fullmatch(value):
            return value
        match = _REV.fullmatch(value)
        if match and (len(match[2]) != 32 or match[1] == "0" or _HEX.fullmatch(match[2])):
            number = match[1].lstrip("+")
            return f"{int(number[:18])}-{_digest(match[2])}"
    raise Fault("bad_request", "Invalid rev format")


def _digest(text: str) -> str:
    return text.lower() if _HEX.fullmatch(text) else text


def parse_revs(value: Any) -> list[str]:
    """A list of revisions. Raises ``Fault``."""
    if not isinstance(value, list):
        raise Fault("bad_request", "Invalid list of revisions")
    return [parse_rev(rev) for rev in value]


def storable(rev: str) -> bool:
    """Whether a tree can hold ``rev`` at all: if not, it is in none, and conflicts with all."""
    return _STORABLE.fullmatch(rev) is not None and "\0" not in rev
