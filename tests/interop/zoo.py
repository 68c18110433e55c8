"""Databases with something of everything that replicates: ids, bodies, trees and attachments."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Any

Doc = dict[str, Any]

IDS = (
    *("0", "plain", "with space", "a/b", "/", "ümläut/näme", "日本語", "😀", "e\u0301 is not é"),
    *("a+b?c=d&e#f%20%2F", "semi;colon,comma", '"quoted"', "back\\slash", "new\nline", "."),
    *("constructor", "toString", "tab\tbed", "x" * 240, "Upper", "upper", "~", "\u007f"),
    *("_design/one", "_design/a/b", "_design/ünïque"),
)
BODIES: tuple[Doc, ...] = (
    {},
    {"n": 0, "f": 0.1, "big": 2**53 - 1, "small": -1e-7, "none": None, "yes": True},
    {"deep": {"list": [1, [2, [3, {"four": [None, {}]}]]], "": "an empty name"}},
    {"text": "é e\u0301 日本 😀 \u2028 \\ \" ' </script>", "": 0, "a.b": 1, "$c": 2},
    {"id": "no underscore", "rev": "1-x", "deleted": True, "attachments": {}},
)
EVERY_BYTE = bytes(range(256)) * 5
FILES = {
    "every byte.bin": ("application/octet-stream", EVERY_BYTE),
    "empty": ("text/plain", b""),
    "letter é.txt": ("text/plain; charset=utf-8", "é".encode()),
    "folder/inside.json": ("application/json", b'{"a":1}'),
    "100%+#?.png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


def rev(number: int, letter: str) -> str:
    """A revision of the form that servers mint."""
    return f"{number}-{letter * 32}"


def attached(*names: str) -> Doc:
    """``_attachments`` of a document that brings these files."""
    return {
        name: {"content_type": FILES[name][0], "data": base64.b64encode(FILES[name][1]).decode()}
        for name in names or FILES
    }


def branch(id_: str, letters: Sequence[str], **body: Any) -> Doc:
    """A document with a history, newest revision first: a letter or two each."""
    start = len(letters)
    ids = [(letter * 32)[:32] for letter in letters]
    revisions = {"start": start, "ids": ids}
    return {"_id": id_, "_rev": f"{start}-{ids[0]}", "_revisions": revisions, **body}


def edits() -> list[Doc]:
    """What is written as by a person: every sort of id, body and attachment."""
    plain = [
        {"_id": id_, **BODIES[number % len(BODIES)], "number": number}
        for number, id_ in enumerate(IDS)
    ]
    return [
        *plain,
        {"_id": "all files", "_attachments": attached()},
        {"_id": "_design/with a file", "_attachments": attached("empty"), "language": "none"},
    ]


def grafts() -> list[Doc]:
    """What comes with a history of its own: conflicts and deletions of every sort."""
    return [
        branch("two leaves", "ba", v=1),
        branch("two leaves", "ca", v=2),
        branch("leaf and deletion", "dcba", _deleted=True, why="kept in the deletion"),
        branch("leaf and deletion", "fe", v=1),
        branch("deletions alone", "ba", _deleted=True),
        branch("deletions alone", "ca", _deleted=True, last="words"),
        branch("another root", "a", v="a"),
        branch("another root", "b", v="b"),
        branch("another root", "dc", v="dc"),
        branch("many/leaves", "b", v=0),
        *(branch("many/leaves", f"{letter}cb", v=letter) for letter in "adef0123456789"),
        branch("files on leaves", "ba", _attachments=attached("empty", "letter é.txt")),
        branch("files on leaves", "ca", _attachments=attached("every byte.bin")),
        branch("files on leaves", "da", _deleted=True, _attachments=attached("empty")),
        branch("a long history", [f"{number:02x}" for number in range(200)], v="old"),
    ]
