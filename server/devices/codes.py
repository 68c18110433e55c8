"""Enrolment codes: eight characters, good once and for a quarter of an hour, kept as a digest.

A code is a document of the accounts database under its keyed digest. Whoever uses it writes their
name on it, on the revision they read: of two at the same time one is told of a conflict, at
whichever servers they ask.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable

import orjson

from schemas.base import Model, OpaqueId
from schemas.devices import EnrolmentWish, Label
from sync.clock import Clock
from sync.store import Database, Document, Write, WriteBatch

__all__ = ["ALPHABET", "LIFE_MS", "Code", "Codes", "normal_code", "shown_code"]

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No character that is read as another: no 0 and O, 1, I and L, U and V."""
LENGTH = 8
LIFE_MS = 15 * 60 * 1000
PREFIX = "enrolment:"
KEPT_MS = 24 * 3_600_000
"""A used or expired code is forgotten after a day."""


class Code(Model):
    """What a code is good for. ``used_by``: the device that used it."""

    digest: str
    school: OpaqueId
    label: Label
    shared: bool
    owner: OpaqueId | None
    replaces: OpaqueId | None
    by: OpaqueId
    by_name: str
    expires_ms: int
    used_by: OpaqueId | None = None


def normal_code(typed: str) -> str:
    """A code as it is compared: no case, no hyphen, no spaces."""
    return "".join(one for one in typed.upper() if one in ALPHABET or one.isalnum())


def shown_code(code: str) -> str:
    """A code as people read it: XXXX-XXXX."""
    return f"{code[:4]}-{code[4:]}"


class Codes:
    """Makes codes and takes them. ``below``: a random integer below its argument."""

    def __init__(
        self, database: Database, secret: bytes, clock: Clock, below: Callable[[int], int]
    ) -> None:
        self._database = database
        self._secret = secret
        self._clock = clock
        self._below = below

    async def make(
        self, school: str, wish: EnrolmentWish, by: str, by_name: str
    ) -> tuple[str, int]:
        """A new code, and when it expires (milliseconds since 1970)."""
        await self._forget_old()
        code = "".join(ALPHABET[self._below(len(ALPHABET))] for _ in range(LENGTH))
        expires_ms = self._clock.now_ms() + LIFE_MS
        kept = Code(
            digest=self._digest(code),
            school=school,
            label=wish.label,
            shared=wish.shared,
            owner=wish.owner,
            replaces=wish.replaces,
            by=by,
            by_name=by_name,
            expires_ms=expires_ms,
        )
        await self._database.write(WriteBatch([Write(_id(kept.digest), _body(kept), force=True)]))
        return code, expires_ms

    async def take(self, typed: str, device: str) -> Code | None:
        """Use a code up for ``device``: what it is good for; again for the same device, the same.

        None for a code that is wrong, was used by another, or has expired.
        """
        while (found := await self._open(typed, device)) is not None:
            code, rev = found
            if code.used_by == device:
                return code
            used = code.model_copy(update={"used_by": device})
            write = Write(_id(code.digest), _body(used), parent=rev)
            result, *_ = await self._database.write(WriteBatch([write]))
            if not result.conflict:
                return used
            await self._database.catch_up()
        return None

    async def _open(self, typed: str, device: str) -> tuple[Code, str] | None:
        digest = self._digest(normal_code(typed))
        document, *_ = await self._database.read([_id(digest)])
        if document is None or document.deleted:
            # Made at another server just now, perhaps.
            await self._database.catch_up()
            document, *_ = await self._database.read([_id(digest)])
        if document is None or document.deleted:
            return None
        code = _read(document)
        right = hmac.compare_digest(code.digest, digest)
        fresh = code.expires_ms > self._clock.now_ms()
        return (code, document.rev) if right and fresh and code.used_by in (None, device) else None

    async def _forget_old(self) -> None:
        now = self._clock.now_ms()
        documents = await self._database.range(PREFIX, PREFIX + "~")
        old = [one for one in documents if _read(one).expires_ms + KEPT_MS < now]
        if old:
            gone = [Write(one.id, {}, parent=one.rev, deleted=True) for one in old]
            await self._database.write(WriteBatch(gone))

    def _digest(self, code: str) -> str:
        keyed = hmac.new(
            self._secret, b"enrolment\n" + code.encode("utf-8", "replace"), hashlib.sha256
        )
        return keyed.hexdigest()


def _id(digest: str) -> str:
    return PREFIX + digest[:40]


def _body(code: Code) -> dict[str, object]:
    return code.model_dump(mode="json") | {"type": "enrolment"}


def _read(document: Document) -> Code:
    body = {key: value for key, value in document.body.items() if key != "type"}
    return Code.model_validate_json(orjson.dumps(body))
