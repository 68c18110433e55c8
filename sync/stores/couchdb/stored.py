"""How a document is spelt in CouchDB, and read back.

A document in CouchDB is the document itself, with one member of the server's beside its own::

    "~tidemark": {"channels": ["group:7b"], "left": ["group:7a"], "by": "<gateway>"}

``channels``: where readers find this revision; ``left``: channels that the document was in before,
whose readers are told that it went; ``by``: the gateway that made an edit, so that it knows its
own when no answer came. A replicator that reads CouchDB directly sees this member; whoever reads
through the store does not. A document's own member of that name gets an apostrophe.
"""

from __future__ import annotations

import base64
from collections.abc import Mapping
from typing import Any, NamedTuple

import orjson

from sync.attachments import Attachment, Kept, Upload
from sync.checks import check_write
from sync.errors import BadDocument, BadRevision
from sync.revisions import check_path
from sync.store import Write

__all__ = ["MEMBER", "Stored", "body_of", "inline", "spelt", "stored_of", "stub"]

MEMBER = "~tidemark"
"""A name that CouchDB's selectors can speak of (they take one with a $ for an operator)."""


class Stored(NamedTuple):
    """A revision as it lies in CouchDB."""

    write: Write
    by: str


def spelt(write: Write, left: frozenset[str], by: str = "") -> dict[str, Any]:
    """The JSON of a document, without its revision and its attachments."""
    document: dict[str, Any] = {"_id": write.id}
    for name, value in write.body.items():
        document[f"{name}'" if name.startswith(MEMBER) else name] = value
    member: dict[str, Any] = {}
    if write.channels:
        member["channels"] = sorted(write.channels)
    if left:
        member["left"] = sorted(left)
    if by:
        member["by"] = by
    if member:
        document[MEMBER] = member
    if write.deleted:
        document["_deleted"] = True
    return document


def inline(attachment: Attachment, data: bytes, *, revpos: bool) -> dict[str, Any]:
    """An attachment with its bytes. ``revpos``: whether to say with which generation it came."""
    spelt: dict[str, Any] = {
        "content_type": attachment.content_type,
        "data": base64.b64encode(data).decode(),
    }
    return {**spelt, "revpos": attachment.revpos} if revpos else spelt


def stub(attachment: Attachment) -> dict[str, Any]:
    """An attachment that the revision before has already."""
    return {
        "stub": True,
        "content_type": attachment.content_type,
        "digest": attachment.digest,
        "length": attachment.length,
        "revpos": attachment.revpos,
    }


def body_of(document: Mapping[str, Any]) -> dict[str, Any]:
    """A document's own members."""
    return {
        name[:-1] if name.startswith(MEMBER) else name: value
        for name, value in document.items()
        if name[:1] != "_" and name != MEMBER
    }


def stored_of(document: Mapping[str, Any]) -> Stored | None:
    """What a document of CouchDB is to the store; None for what no store may hold.

    The document has ``_revisions``, or is the first of its line.
    """
    rev = document["_rev"]
    line = document.get("_revisions")
    history: tuple[str, ...] = (rev,)
    if line is not None:
        history = tuple(f"{line['start'] - back}-{one}" for back, one in enumerate(line["ids"]))
    member = document.get(MEMBER)
    if not isinstance(member, dict):
        member = {}
    write = Write(
        document["_id"],
        body_of(document),
        _texts(member.get("channels")),
        history=history,
        deleted=document.get("_deleted") is True,
        attachments=_uploads(document.get("_attachments", {})),
        left=_texts(member.get("left")),
    )
    try:
        check_write(write)
        check_path(history)
    except (BadDocument, BadRevision):
        return None
    return Stored(write, str(member.get("by", "")))


def _uploads(spelt: Mapping[str, Mapping[str, Any]]) -> dict[str, Upload | Kept]:
    return {
        name: Upload(one["content_type"], base64.b64decode(one["data"]), one["revpos"])
        for name, one in spelt.items()
    }


def _texts(value: object) -> frozenset[str]:
    if not isinstance(value, list):
        return frozenset()
    return frozenset(one for one in value if isinstance(one, str))


def same_body(one: Write, other: Write) -> bool:
    """Whether two writes say the same, whatever their revisions."""
    return (
        one.deleted == other.deleted
        and one.channels == other.channels
        and one.attachments.keys() == other.attachments.keys()
        and orjson.dumps(one.body, option=orjson.OPT_SORT_KEYS)
        == orjson.dumps(other.body, option=orjson.OPT_SORT_KEYS)
    )
