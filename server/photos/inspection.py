"""Inspection: whether a file is the photo it says it is, and what it must not tell.

A tablet takes out where a photo was taken before it sends it. Whatever else sends one is not
trusted to: a copy without any of that is kept instead, and the file itself is not.
"""

from __future__ import annotations

import io
import warnings
from dataclasses import dataclass

from PIL import Image, ImageOps, UnidentifiedImageError

from schemas.family.photos import MediaType

__all__ = ["MAX_PIXELS", "Inspected", "NotAPhoto", "inspect"]

MAX_PIXELS = 50_000_000
"""A tablet's camera has a quarter; a file that unfolds into more is no photo of a visit."""
_FORMATS: dict[str, MediaType] = {
    "JPEG": "image/jpeg",
    "PNG": "image/png",
    "WEBP": "image/webp",
}
_TELLING = frozenset({"exif", "xmp", "XML:com.adobe.xmp", "comment", "photoshop", "gps"})
"""What a file may say beside its pixels: where and when it was taken, with what, by whom."""


class NotAPhoto(Exception):  # it says what the file is not
    """The file is not the photo it says it is; the text says why, for its author."""


@dataclass(frozen=True, slots=True)
class Inspected:
    """The bytes to keep; ``stripped``: they are a copy, without what the file told beside."""

    data: bytes
    stripped: bool


def inspect(data: bytes, media_type: MediaType) -> Inspected:
    """Look at a file as a whole. Raises :class:`NotAPhoto`. Slow (some 0.1 s): for a thread."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(io.BytesIO(data), formats=tuple(_FORMATS)) as image:
                _check(image, media_type)
                image.load()
                return _without_telling(image, data)
    except UnidentifiedImageError:
        raise NotAPhoto(
            "The file is not a photo: it is no JPEG, PNG or WebP, whatever it is called."
        ) from None
    except (Image.DecompressionBombWarning, Image.DecompressionBombError):
        raise NotAPhoto(_too_many()) from None
    except (OSError, ValueError, SyntaxError, EOFError):
        raise NotAPhoto("The photo is damaged: it cannot be opened to its end.") from None


def _too_many() -> str:
    return f"The photo has over {MAX_PIXELS // 1_000_000} million pixels; take it smaller."


def _check(image: Image.Image, media_type: MediaType) -> None:
    found = _FORMATS.get(image.format or "")
    if found != media_type:
        raise NotAPhoto(f"The file says it is {media_type} and is {found or 'something else'}.")
    if image.width * image.height > MAX_PIXELS:
        raise NotAPhoto(_too_many())


def _without_telling(image: Image.Image, data: bytes) -> Inspected:
    texts = getattr(image, "text", {})
    if not (texts or _TELLING & set(image.info) or image.getexif()):
        return Inspected(data, stripped=False)
    upright = ImageOps.exif_transpose(image)
    bare = Image.frombytes(upright.mode, upright.size, upright.tobytes())
    if upright.mode == "P":
        bare.putpalette(upright.getpalette() or [])
    out = io.BytesIO()
    bare.save(out, format=image.format, **({} if image.format == "PNG" else {"quality": 92}))
    return Inspected(out.getvalue(), stripped=True)
