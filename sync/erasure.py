"""Erasure by law: the content of an entry goes, its place in the chain stays.

What is left of an erased entry is its *stub*, under the same id and revision: the header that the
chain is computed over, and ``erased``. The digest of the content was salted, and the salt goes with
the content. A school remembers each erasure in a document, and its server in a ledger beside the
data, so that a restored backup, or a tablet that offers the entry again, brings nothing back.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from re import fullmatch
from typing import Annotated, Any

import orjson
from pydantic import Field

from schemas.base import Digest, Instant, Model, OpaqueId, Sentence, Text
from sync.document import Document
from sync.reading import Reading, each

__all__ = [
    "Erasure",
    "Erasures",
    "Order",
    "erasure_of",
    "is_erased",
    "load_erasures",
    "pupils_named",
]

_ERASED = "erased"
_CASE = r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}"


class Order(Model):
    """Who had something erased, when, and why. ``reference``: where the request is filed."""

    at: Instant
    by: Sentence
    reason: Text
    reference: Sentence


class Erasure(Model):
    """An entry's erasure: all that may be kept of the entry, and the order."""

    entry: Annotated[str, Field(pattern=r"^entry:[0-9a-f]{32}:\d{8}:[0-9a-f]{16}$")]
    rev: str
    log: str
    n: int
    prev: Digest
    body_digest: Digest
    digest: Digest
    channels: tuple[str, ...]
    """Where the entry is read: its day's, so that whoever has read it reads it again."""
    order: Order
    case: OpaqueId | None = None
    """The case that ends with it: what was kept of that beside the record goes as well."""

    @property
    def id(self) -> str:
        """The id of the document that remembers it in the school."""
        return self.entry.replace("entry:", "erasure:", 1)

    def stub(self) -> dict[str, Any]:
        """The body of the entry's document from now on."""
        kept = {"at": self.order.at, "by": self.order.by, "reference": self.order.reference}
        return {
            "type": "entry",
            "v": 1,
            "log": self.log,
            "n": self.n,
            "prev": self.prev,
            "body_digest": self.body_digest,
            "digest": self.digest,
            _ERASED: kept,
        }


class Erasures:
    """The erasures of a school."""

    def __init__(self, erasures: Iterable[Erasure] = ()) -> None:
        self._by_entry = {one.entry: one for one in erasures}
        self._numbers: dict[str, tuple[int, ...]] = {}
        for one in self._by_entry.values():
            numbers = {*self._numbers.get(one.log, ()), one.n}
            self._numbers[one.log] = tuple(sorted(numbers))

    def __len__(self) -> int:
        return len(self._by_entry)

    @property
    def entries(self) -> frozenset[str]:
        """The ids of the entries."""
        return frozenset(self._by_entry)

    @property
    def cases(self) -> frozenset[str]:
        """The cases of which nothing is to be kept."""
        return frozenset(one.case for one in self._by_entry.values() if one.case is not None)

    def all(self) -> list[Erasure]:
        """Every erasure."""
        return list(self._by_entry.values())

    def of(self, entry: str) -> Erasure | None:
        """The erasure of an entry."""
        return self._by_entry.get(entry)

    def numbers(self, log: str) -> tuple[int, ...]:
        """The numbers of a log whose content was erased."""
        return self._numbers.get(log, ())


def is_erased(document: Document) -> bool:
    """Whether an entry's document is a stub."""
    return _ERASED in document.body


def erasure_of(document: Document, order: Order) -> Erasure:
    """The erasure of a stored entry."""
    body = document.body
    return Erasure(
        entry=document.id,
        rev=document.rev,
        log=body["log"],
        n=body["n"],
        prev=body["prev"],
        body_digest=body["body_digest"],
        digest=body["digest"],
        channels=tuple(sorted(document.channels)),
        order=order,
        case=_case_opened(body["body"]),
    )


def _case_opened(body: object) -> str | None:
    """The case that an entry opened, as far as it can be read."""
    if not isinstance(body, Mapping) or body.get("kind") != "case.opened":
        return None
    case = body.get("case")
    return case if isinstance(case, str) and fullmatch(_CASE, case) else None


def pupils_named(document: Document) -> frozenset[str]:
    """The pupils that an entry speaks of."""
    body = document.body.get("body")
    if not isinstance(body, Mapping):
        return frozenset()
    claims = body.get("claims")
    named = [one.get("pupil") for one in _objects(claims)]
    named += [body.get("pupil"), *_list(body.get("pupils"))]
    said = (one.get("says") for one in _objects(body.get("facts")))
    named += [one.get("pupil") for one in said if isinstance(one, Mapping)]
    return frozenset(one for one in named if isinstance(one, str))


async def load_erasures(database: Reading) -> Erasures:
    """The erasures that a school's own documents remember."""
    found = [one async for one in each(database, "erasure:", "erasure;")]
    return Erasures(Erasure.model_validate_json(orjson.dumps(_noted(one))) for one in found)


def _noted(document: Document) -> dict[str, Any]:
    return {key: value for key, value in document.body.items() if key != "type"}


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [one for one in _list(value) if isinstance(one, Mapping)]


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
