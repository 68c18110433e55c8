"""A visit's photos: the word that one was taken, and how its bytes come, on a way of their own."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.act import Act
from schemas.base import Digest, Instant, Model, OpaqueId, Sentence

__all__ = ["MAX_PHOTO_BYTES", "MediaType", "Photo", "PhotoAdded", "UploadProgress"]

MAX_PHOTO_BYTES = 8 * 1024 * 1024
"""The largest photo there is; an area's policy may set less."""


MediaType = Literal["image/jpeg", "image/png", "image/webp"]


class PhotoAdded(Act):
    """A photo was taken at a visit; its bytes travel on a channel of their own.

    ``digest`` and ``thumbnail`` are SHA-256 of the bytes as the tablet made them: without where
    the photo was taken.
    """

    kind: Literal["photo.added"] = "photo.added"
    case: OpaqueId
    visit: OpaqueId
    photo: OpaqueId
    digest: Digest
    bytes: Annotated[int, Field(ge=1)]
    media_type: MediaType
    thumbnail: Digest | None = None
    caption: Sentence | None = None
    taken_at: Instant


class Photo(Model):
    """A photo of a visit. ``state``: whether its bytes have come."""

    photo: OpaqueId
    entry: str
    author: OpaqueId
    author_name: str
    caption: str | None = None
    media_type: MediaType
    bytes: int
    digest: Digest
    thumbnail: Digest | None = None
    taken_at: Instant
    state: Literal["waiting", "stored", "held"] = "waiting"
    reason: str | None = None
    """Why it is held."""


class UploadProgress(Model):
    """How far a part of a photo has come, in bytes, and what became of the photo.

    ``held``: all of it came, and it is not the photo it says it is; ``reason`` says why.
    """

    offset: Annotated[int, Field(ge=0)]
    state: Literal["waiting", "stored", "held"]
    reason: str | None = None
