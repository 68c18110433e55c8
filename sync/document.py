"""A document as readers see it: one revision, with its body and its place in the feed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson

from sync.attachments import Attachment

__all__ = ["Document"]


class Document:
    """One revision of a document; treat it as immutable. ``channels`` as last computed.

    ``body`` has no ``_`` members, and may be given as JSON bytes, which are then read only when
    somebody asks: a feed passes ``raw`` on as it is. ``history``: revisions from this one back to
    the oldest known (``_revisions``). ``conflicts``: other leaves that are not deleted.
    ``attachments``: sorted by name. What is read in bulk (``range``, ``changes``) comes with an
    empty ``history``.
    """

    __slots__ = (
        "_body",
        "_raw",
        "attachments",
        "channels",
        "conflicts",
        "deleted",
        "history",
        "id",
        "rev",
        "seq",
    )

    def __init__(  # noqa: PLR0913, PLR0917 - made by the hundred thousand: keywords would cost
        self,
        id: str,  # noqa: A002
        rev: str,
        body: Mapping[str, Any] | bytes,
        deleted: bool = False,
        channels: frozenset[str] = frozenset(),
        seq: int = 0,
        history: tuple[str, ...] = (),
        conflicts: tuple[str, ...] = (),
        attachments: tuple[Attachment, ...] = (),
    ) -> None:
        self.id = id
        self.rev = rev
        self.deleted = deleted
        self.channels = channels
        self.seq = seq
        self.history = history
        self.conflicts = conflicts
        self.attachments = attachments
        self._raw: bytes | None
        self._body: Mapping[str, Any] | None
        if isinstance(body, bytes):
            self._raw, self._body = body, None
        else:
            self._raw, self._body = None, body

    @property
    def body(self) -> Mapping[str, Any]:
        """The body, parsed once."""
        if self._body is None:
            body: Mapping[str, Any] = orjson.loads(self.raw)
            self._body = body
        return self._body

    @property
    def raw(self) -> bytes:
        """The body as JSON bytes: an object, ``{}`` when empty."""
        if self._raw is None:
            self._raw = orjson.dumps(self._body, option=orjson.OPT_SORT_KEYS)
        return self._raw

    def _values(self) -> tuple[object, ...]:
        place = (self.id, self.rev, self.deleted, self.channels, self.seq)
        return (*place, self.history, self.conflicts, self.attachments, self.body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Document) and self._values() == other._values()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Document({self.id!r}, {self.rev!r}, seq={self.seq}, deleted={self.deleted})"
