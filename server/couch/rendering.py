"""Rendering: a document as JSON, with whatever the caller asked to see beside its body.

The stored body is passed on as the bytes it is. What is asked for is a :class:`View`.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import orjson

from server.couch.attachments import shown
from server.couch.call import parse_json
from server.couch.parameters import parse_rev, parse_revs
from sync.attachments import Attachment
from sync.record import Record
from sync.store import Database, Document

__all__ = ["PLAIN", "View", "attached", "chosen", "rendered", "revisions_of", "whole"]

EMPTY = b"{}"
_TRUE = "true"


@dataclass(frozen=True, slots=True)
class View:
    """Which members a document is shown with. ``atts_since``: revisions whose attachments the
    caller has; only younger ones come with their data.
    """

    revs: bool = False
    revs_info: bool = False
    conflicts: bool = False
    deleted_conflicts: bool = False
    local_seq: bool = False
    attachments: bool = False
    att_encoding_info: bool = False
    latest: bool = False
    deleted: bool = False
    atts_since: tuple[str, ...] | None = None

    @classmethod
    def of(cls, query: Mapping[str, str]) -> View:
        """As a query asks. Raises ``Fault``."""
        if not query:
            return PLAIN
        meta = query.get("meta") == _TRUE
        since = query.get("atts_since")
        return cls(
            revs=query.get("revs") == _TRUE,
            revs_info=meta or query.get("revs_info") == _TRUE,
            conflicts=meta or query.get("conflicts") == _TRUE,
            deleted_conflicts=meta or query.get("deleted_conflicts") == _TRUE,
            local_seq=query.get("local_seq") == _TRUE,
            attachments=since is not None or query.get("attachments") == _TRUE,
            att_encoding_info=query.get("att_encoding_info") == _TRUE,
            latest=query.get("latest") == _TRUE,
            deleted=query.get("deleted") == _TRUE,
            atts_since=None if since is None else tuple(parse_revs(parse_json(since))),
        )

    @property
    def has_more(self) -> bool:
        """Whether members may be shown that change while the revision does not."""
        return self.conflicts or self.local_seq or self.needs_record

    @property
    def needs_record(self) -> bool:
        """Whether the document alone does not tell."""
        return self.revs_info or self.deleted_conflicts


PLAIN = View()


def whole(document: Document, more: bytes = b"") -> bytes:
    """A document with its ``_id``, ``_rev`` and ``_deleted``; ``more``: members, each after a
    comma.
    """
    raw = document.raw
    return b"".join(
        (
            b'{"_id":',
            orjson.dumps(document.id),
            b',"_rev":',
            orjson.dumps(document.rev),
            b"," + raw[1:-1] if raw != EMPTY else b"",
            b',"_deleted":true' if document.deleted else b"",
            more,
            b"}",
        )
    )


def revisions_of(history: tuple[str, ...]) -> bytes:
    """``_revisions``: the generation of the newest, and the hashes back from it."""
    start, _, first = history[0].partition("-")
    if len(history) == 1:
        ids = orjson.dumps([first])
    else:
        ids = orjson.dumps([rev.partition("-")[2] for rev in history])
    return b',"_revisions":{"start":%b,"ids":%b}' % (start.encode(), ids)


def rendered(
    document: Document,
    view: View = PLAIN,
    record: Record | None = None,
    data: Mapping[str, bytes] | None = None,
    follows: Collection[str] = (),
) -> bytes:
    """A document as ``view`` wants it; ``record`` where ``view.needs_record``.

    ``data``: the bytes of the attachments that come with theirs, by name (:func:`attached`).
    ``follows``: names of those whose bytes are written after the document.
    """
    more = b""
    if view is not PLAIN:
        if view.revs:
            more = revisions_of(document.history or (document.rev,))
        if view.has_more:
            more += _meta(document, view, record)
    if document.attachments:
        entries = shown(document, data=data, follows=follows, encoding_info=view.att_encoding_info)
        more += b',"_attachments":' + orjson.dumps(entries)
    return whole(document, more)


def _meta(document: Document, view: View, record: Record | None) -> bytes:
    members: dict[str, Any] = {}
    if view.revs_info and record is not None:
        rows = record.revs_info(document.rev)
        members["_revs_info"] = [{"rev": rev, "status": status} for rev, status in rows]
    if view.local_seq:
        members["_local_seq"] = document.seq
    if view.conflicts and document.conflicts:
        members["_conflicts"] = document.conflicts
    if view.deleted_conflicts and record is not None:
        gone = record.deleted_conflicts()
        if gone:
            members["_deleted_conflicts"] = gone
    return b"," + orjson.dumps(members)[1:-1] if members else b""


def has_meta(document: Document, view: View, record: Record | None) -> bool:
    """Whether anything is shown that changes while the revision does not: then no ETag."""
    return bool(_meta(document, view, record))


async def attached(database: Database, document: Document, view: View) -> dict[str, bytes] | None:
    """The attachments' bytes that ``view`` asks for, by name; None where it asks for none."""
    if not view.attachments or not document.attachments:
        return None
    found: dict[str, bytes] = {}
    for attachment in chosen(document, view):
        data = await database.attachment(attachment.key)
        if data is not None:
            found[attachment.name] = data
    return found


def chosen(document: Document, view: View) -> list[Attachment]:
    """The attachments that ``view`` asks for with their bytes."""
    if not view.attachments:
        return []
    since = view.atts_since
    return [one for one in document.attachments if since is None or _is_news(one, document, since)]


def _is_news(attachment: Attachment, document: Document, since: tuple[str, ...]) -> bool:
    """Whether the attachment is younger than every ancestor that the caller has."""
    known = [int(rev.partition("-")[0]) for rev in since if rev in document.history]
    return attachment.revpos > max(known, default=0)


def one_rev(query: Mapping[str, str]) -> str | None:
    """The query's ``rev``, checked."""
    rev = query.get("rev")
    return None if rev is None else parse_rev(rev)
