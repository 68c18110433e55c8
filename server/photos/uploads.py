"""Uploads: a photo's bytes, portion by portion, wherever the last cut came.

What has come is kept in local documents of the school's own store: they outlive the server, and no
replica gets them. A portion that was cut counts as far as it came. When all is there it is held
against its digest and looked at; a digest that differs begins the upload anew, a file that is no
photo is kept, *held*, and shown to nobody.
"""

from __future__ import annotations

import asyncio
import base64
import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

from schemas.family.photos import MediaType, PhotoAdded, UploadProgress
from server.photos.inspection import Inspected, NotAPhoto, inspect
from server.problems import Refusal
from sync import channels
from sync.clock import Clock, instant
from sync.store import Database, Document, Kept, Upload, Write, WriteBatch

__all__ = ["MAX_PORTION", "MAX_THUMBNAIL", "Part", "Uploads", "local_names", "photo_id"]

Part = Literal["thumbnail", "photo"]
PARTS: tuple[Part, ...] = ("thumbnail", "photo")
MAX_PORTION = 256 * 1024
"""Bytes that one request brings at most."""
MAX_THUMBNAIL = 64 * 1024


def photo_id(photo: str) -> str:
    """The ``_id`` of the document that holds a photo's bytes and what became of them."""
    return f"photo:{photo}"


def _local(photo: str, part: Part, number: int | None = None) -> str:
    """The local document of an upload under way, or of one of its portions."""
    name = f"upload:{photo}:{part}"
    return name if number is None else f"{name}:{number}"


async def local_names(database: Database, photo: str) -> list[str]:
    """Every local document of a photo's uploads under way."""
    found: list[str] = []
    for part in PARTS:
        kept = await database.read_local(_local(photo, part))
        if kept is not None:
            found += [_local(photo, part, number) for number in range(len(kept["sizes"]))]
            found.append(_local(photo, part))
    return found


@dataclass(frozen=True, slots=True)
class Whole:
    """What an upload is to be once it is whole, by the entry that announced it."""

    digest: str
    length: int | None
    """None: at most :data:`MAX_THUMBNAIL`."""
    media_type: MediaType


class Uploads:
    """The uploads into one database, of one photo. ``body``: of the entry that announced it."""

    def __init__(self, database: Database, entry: str, body: PhotoAdded, clock: Clock) -> None:
        self._database = database
        self._entry = entry
        self._body = body
        self._clock = clock

    async def progress(self, part: Part) -> UploadProgress:
        """How far a part has come; all of it once it is whole."""
        document = await self._document()
        done = _came(document, part)
        offset = sum((await self._index(part))["sizes"]) if done is None else done
        return _progress(document, offset)

    async def append(self, part: Part, offset: int, length: int, data: bytes) -> UploadProgress:
        """Take a portion in, which begins at ``offset``; how far it has come then.

        ``length``: of the whole part. Raises ``Refusal``: ``upload_offset`` (with ``offset``)
        where it does not follow what has come, ``upload_differs`` where it cannot be the part that
        was announced; then it begins anew.
        """
        whole = self._whole(part)
        fits = length == whole.length if whole.length is not None else 0 < length <= MAX_THUMBNAIL
        if not fits:
            wanted = whole.length if whole.length is not None else f"at most {MAX_THUMBNAIL}"
            raise Refusal(
                "upload_differs",
                f"The {part} is said to be {length} bytes long; it was announced with {wanted}.",
            )
        document, index = await self._document(), await self._index(part)
        done = _came(document, part)
        there = done if done is not None else sum(index["sizes"])
        if offset != there or offset + len(data) > length:
            raise Refusal(
                "upload_offset",
                f"The portion begins at {offset} and {there} of {length} bytes are here; "
                "go on from there.",
                members={"offset": there},
            )
        if done is not None or not data:
            return _progress(document, there)
        await self._keep(part, index, data)
        there += len(data)
        if there == length:
            await self._finish(part, whole, index)
        return _progress(await self._document(), there)

    async def read(self, part: Part) -> tuple[bytes, str] | None:
        """The bytes of a part and their type; None until it is whole, and for what is held."""
        document = await self._document()
        if document is None or document.body.get("state") == "held":
            return None
        found = next((one for one in document.attachments if one.name == part), None)
        if found is None:
            return None
        data = await self._database.attachment(found.key)
        return None if data is None else (data, found.content_type)

    def _whole(self, part: Part) -> Whole:
        body = self._body
        if part == "photo":
            return Whole(body.digest, body.bytes, body.media_type)
        if body.thumbnail is None:
            raise Refusal("not_found", "This photo was announced without a thumbnail.")
        return Whole(body.thumbnail, None, "image/jpeg")

    async def _document(self) -> Document | None:
        found, *_ = await self._database.read([photo_id(self._body.photo)])
        return None if found is None or found.deleted else found

    async def _index(self, part: Part) -> dict[str, Any]:
        kept = await self._database.read_local(self._local(part))
        return {"sizes": [*kept["sizes"]]} if kept is not None else {"sizes": []}

    def _local(self, part: Part, number: int | None = None) -> str:
        return _local(self._body.photo, part, number)

    async def _keep(self, part: Part, index: dict[str, Any], data: bytes) -> None:
        number = len(index["sizes"])
        index["sizes"].append(len(data))
        portion = {"data": base64.b64encode(data).decode()}
        local = {self._local(part, number): portion, self._local(part): index}
        await self._database.write(WriteBatch(local=local))

    async def _finish(self, part: Part, whole: Whole, index: Mapping[str, Any]) -> None:
        names = [self._local(part, number) for number in range(len(index["sizes"]))]
        portions = [await self._database.read_local(name) for name in names]
        data = b"".join(base64.b64decode(one["data"]) for one in portions if one is not None)
        gone = dict.fromkeys([*names, self._local(part)])
        if hashlib.sha256(data).hexdigest() != whole.digest:
            await self._database.write(WriteBatch(local=gone))
            raise Refusal(
                "upload_differs",
                f"What came of the {part} is not what was announced: its digest differs. "
                "It begins anew from 0.",
                members={"offset": 0},
            )
        write = await self._write(part, whole, data)
        await self._database.write(WriteBatch([write], local=gone))

    async def _write(self, part: Part, whole: Whole, data: bytes) -> Write:
        document = await self._document()
        before: Mapping[str, Any] = {} if document is None else document.body
        reason: str | None = before.get("reason")
        kept, media_type = Inspected(data, stripped=False), str(whole.media_type)
        try:
            kept = await asyncio.to_thread(inspect, data, whole.media_type)
        except NotAPhoto as problem:
            reason, media_type = str(problem), "application/octet-stream"
        held = reason is not None
        state = "held" if held else "stored" if part == "photo" else before.get("state", "waiting")
        body = {
            "type": "photo",
            "photo": self._body.photo,
            "case": self._body.case,
            "visit": self._body.visit,
            "entry": self._entry,
            "state": state,
            "reason": reason,
            "came": {**before.get("came", {}), part: len(data)},
            "stripped": before.get("stripped", False) or kept.stripped,
            "at": instant(self._clock.now_ms()),
        }
        files: dict[str, Upload | Kept] = {
            one.name: Kept() for one in (document.attachments if document else ())
        }
        files[part] = Upload(media_type, kept.data)
        lies = frozenset({channels.entries(channels.case(self._body.case))})
        return Write(photo_id(self._body.photo), body, lies, force=True, attachments=files)


def _came(document: Document | None, part: Part) -> int | None:
    """The length of a part that is whole."""
    sizes: Mapping[str, int] = {} if document is None else document.body.get("came", {})
    return sizes.get(part)


def _progress(document: Document | None, offset: int) -> UploadProgress:
    if document is None:
        return UploadProgress(offset=offset, state="waiting")
    state, reason = document.body["state"], document.body["reason"]
    return UploadProgress(offset=offset, state=state, reason=reason)
