"""Files that hang on documents: what is known of one, and how a write brings or keeps it.

A store keeps the bytes once, under their SHA-256, however many revisions name them. The protocol
knows them by their MD5 (``md5-<base64>``), by which bytes are never looked up.
"""

from __future__ import annotations

import base64
import hashlib
from typing import NamedTuple

import orjson

__all__ = ["Attachment", "Kept", "Upload", "identity"]


class Attachment(NamedTuple):
    """One file of a revision.

    ``digest``: ``md5-<base64>``; ``length``: bytes; ``revpos``: the generation with which it came;
    ``key``: SHA-256 of the bytes in hex, under which a store keeps them.
    """

    name: str
    content_type: str
    digest: str
    length: int
    revpos: int
    key: str


class Upload:
    """The bytes of an attachment, on their way in.

    ``revpos`` None: the generation of the revision that brings it. Digests are computed once, when
    first asked for; :meth:`hash` does so ahead of time, for instance in a thread.
    """

    __slots__ = ("_digest", "_key", "content_type", "data", "revpos")

    def __init__(self, content_type: str, data: bytes, revpos: int | None = None) -> None:
        self.content_type = content_type
        self.data = data
        self.revpos = revpos
        self._digest = ""
        self._key = ""

    def hash(self) -> None:
        """Compute what :attr:`digest` and :attr:`key` say."""
        if not self._key:
            md5 = hashlib.md5(self.data, usedforsecurity=False).digest()
            self._digest = "md5-" + base64.b64encode(md5).decode()
            self._key = hashlib.sha256(self.data).hexdigest()

    @property
    def digest(self) -> str:
        """``md5-<base64>`` of the bytes."""
        self.hash()
        return self._digest

    @property
    def key(self) -> str:
        """SHA-256 of the bytes in hex."""
        self.hash()
        return self._key

    def attachment(self, name: str, generation: int) -> Attachment:
        """What is kept of this upload on a revision of ``generation``."""
        revpos = generation if self.revpos is None else self.revpos
        return Attachment(name, self.content_type, self.digest, len(self.data), revpos, self.key)

    def __repr__(self) -> str:
        return f"Upload({self.content_type!r}, {len(self.data)} bytes, revpos={self.revpos})"


class Kept(NamedTuple):
    """A stub: the attachment is one that the document has already.

    ``digest``, where given, says which of several of the same name a replicator means;
    ``revpos`` None: as it was.
    """

    digest: str | None = None
    revpos: int | None = None


def identity(attachments: tuple[Attachment, ...]) -> bytes:
    """What of a revision's attachments goes into its hash: nothing where there are none."""
    if not attachments:
        return b""
    return orjson.dumps([[one.name, one.content_type, one.digest] for one in attachments])
