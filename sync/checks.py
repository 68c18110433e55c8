"""What can be stored at all: the form of ids, bodies, histories, channels and attachments.

A store refuses a batch whole when one of its writes is malformed. Whoever takes batches from
outside and means to land the rest asks :func:`check_write` which of them are.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NoReturn

import orjson

from sync.errors import BadDocument
from sync.revisions import check_path, parse_revision
from sync.store import Write

__all__ = ["check_bounds", "check_local", "check_revisions", "check_write", "is_storable"]


def check_write(write: Write) -> bytes:
    """Return the body of a write that can be stored, as canonical bytes.

    Raises :class:`BadDocument` or :class:`sync.errors.BadRevision`, naming the document.
    """
    _check_id(write.id)
    _check_texts(write.id, write.channels | write.left)
    if write.history:
        check_path(write.history)
        _check_texts(write.id, write.history)
    elif write.parent is not None:
        parse_revision(write.parent)
    for name, given in write.attachments.items():
        _check_attachment(write.id, name, getattr(given, "content_type", ""), given.revpos)
    return _encode(write.id, write.body)


def check_local(name: str, body: Mapping[str, Any] | None) -> bytes | None:
    """Return a local document's body as canonical bytes; None for a deletion.

    Raises :class:`BadDocument`, naming the document.
    """
    _check_texts(name, (name,))
    return None if body is None else _encode(name, body)


def is_storable(text: str) -> bool:
    """Whether ``text`` can be stored, as an id or otherwise: no NUL, no half of a character."""
    if "\0" in text:
        return False
    return text.isascii() or text.encode(errors="replace").decode() == text


def check_bounds(start: str, end: str) -> None:
    """Raise :class:`BadDocument` unless ``start`` and ``end`` can bound a range of ids."""
    for bound in (start, end):
        if not is_storable(bound.replace("\0", "")):
            _refuse(bound, bound)


def check_revisions(revs: Iterable[str]) -> None:
    """Raise :class:`sync.errors.BadRevision` for the first that is no revision."""
    for rev in revs:
        parse_revision(rev)


def _encode(name: str, body: Mapping[str, Any]) -> bytes:
    try:
        return orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    except TypeError as error:
        raise BadDocument(f"The body of {name!r} cannot be written as JSON: {error}.") from error


def _check_id(name: str) -> None:
    _check_texts(name, (name,))
    if not name or (name[0] == "_" and not name.startswith("_design/")):
        raise BadDocument(
            f"{name!r} is no document id: it must not be empty, "
            "and of ids with a leading underscore only _design/… is a document."
        )


def _check_attachment(document: str, name: str, content_type: str, revpos: int | None) -> None:
    _check_texts(document, (name, content_type))
    if not name or name[0] == "_":
        raise BadDocument(
            f"{document!r}: {name!r} is no name of an attachment: "
            "it must not be empty, nor start with an underscore."
        )
    if revpos is not None and revpos < 0:
        raise BadDocument(f"{document!r}: the attachment {name!r} has revpos {revpos}, below 0.")


def _check_texts(name: str, texts: Iterable[str]) -> None:
    for text in texts:
        if "\0" in text:
            raise BadDocument(f"{name!r}: {text!r} has a NUL character; leave it out.")
        if not (text.isascii() or is_storable(text)):
            _refuse(name, text)


def _refuse(name: str, text: str) -> NoReturn:
    raise BadDocument(f"{name!r}: {text!r} is not well-formed Unicode; send whole characters.")
