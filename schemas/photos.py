"""What a tablet and the server say to each other of a photo's bytes on their way in."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from schemas.base import Model

__all__ = ["UploadProgress"]


class UploadProgress(Model):
    """How far a part of a photo has come, in bytes, and what became of the photo.

    ``held``: all of it came, and it is not the photo it says it is; ``reason`` says why.
    """

    offset: Annotated[int, Field(ge=0)]
    state: Literal["waiting", "stored", "held"]
    reason: str | None = None
