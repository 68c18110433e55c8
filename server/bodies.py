"""Bodies in: bounded while they stream, inflated within the same bound, read as JSON.

Nothing a client sends costs more memory than ``max_bytes`` twice over, whatever it claims about
its length and however tightly it was packed.
"""

from __future__ import annotations

import re
import zlib
from typing import Any, TypeVar
from urllib.parse import parse_qs

import orjson
from pydantic import ValidationError
from starlette.requests import Request

from schemas.base import Model
from server.problems import Refusal

__all__ = [
    "MAX_DEPTH",
    "check_depth",
    "read_bare",
    "read_body",
    "read_form",
    "read_json",
    "read_model",
    "read_object",
    "unreadable",
]

MAX_DEPTH = 64
"""Nesting of a body; an entry needs less than ten, orjson writes no deeper than 254."""
_JSON = re.compile(r"application/json\s*(;\s*charset=\"?utf-8\"?\s*)?", re.IGNORECASE)
_FORM = "application/x-www-form-urlencoded"
_Form = TypeVar("_Form", bound=Model)
_GZIP = 16 + zlib.MAX_WBITS


async def read_object(request: Request, max_bytes: int) -> dict[str, Any]:
    """Read a JSON object; refuses a body that is another kind of JSON."""
    value = await read_json(request, max_bytes)
    if not isinstance(value, dict):
        raise Refusal("bad_request", "The body is JSON but not an object; send {...}.")
    return value


async def read_model(request: Request, form: type[_Form], max_bytes: int) -> _Form:
    """Read a body that has a given form."""
    body = await read_body(request, max_bytes)
    try:
        return form.model_validate_json(body)
    except ValidationError as error:
        raise unreadable(error) from None


def unreadable(error: ValidationError) -> Refusal:
    """The refusal of a body of another form: where it differs first, and never what was sent."""
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    where = re.sub(r"[^\w.]", "", ".".join(map(str, first["loc"])))[:80] or "the body"
    return Refusal("bad_request", f"The request cannot be read: {where}: {first['msg'][:200]}.")


async def read_json(request: Request, max_bytes: int) -> Any:
    """Read a JSON body of at most ``max_bytes``, before and after inflating."""
    return _parse(await read_body(request, max_bytes))


async def read_form(request: Request, max_bytes: int) -> dict[str, str]:
    """Read a form of at most ``max_bytes``; of fields that come twice, the first."""
    sort = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if sort != _FORM:
        raise Refusal("bad_content_type", f"Send the body as Content-Type: {_FORM}.")
    _check_length(request, max_bytes)
    body = await _receive(request, max_bytes)
    try:
        fields = parse_qs(body.decode("ascii"), max_num_fields=20)
    except ValueError:
        raise Refusal("bad_request", "The form cannot be read.") from None
    return {name: values[0] for name, values in fields.items()}


async def read_body(request: Request, max_bytes: int) -> bytes:
    """Read a body that says it is JSON, inflated where it is packed."""
    sort = request.headers.get("content-type", "")
    if not _JSON.fullmatch(sort.strip()):
        raise Refusal("bad_content_type", "Send the body as Content-Type: application/json.")
    packing = request.headers.get("content-encoding", "identity").strip().lower()
    if packing not in {"identity", "gzip", ""}:
        raise Refusal(
            "bad_content_type", "The body is packed in a way not known here; use gzip or none."
        )
    raw = await read_bare(request, max_bytes)
    return _inflate(raw, max_bytes) if packing == "gzip" else raw


async def read_bare(request: Request, max_bytes: int) -> bytes:
    """Read a body as it was sent, whatever it says of itself."""
    _check_length(request, max_bytes)
    return await _receive(request, max_bytes)


def _too_large(max_bytes: int, what: str = "is") -> Refusal:
    limit = f"{max_bytes / 1_048_576:.3g} MiB"
    return Refusal("too_large", f"The body {what} larger than {limit}; send it in smaller parts.")


def _check_length(request: Request, max_bytes: int) -> None:
    length = request.headers.get("content-length", "0")
    if length.isdecimal() and int(length[:20]) > max_bytes:
        raise _too_large(max_bytes)


async def _receive(request: Request, max_bytes: int) -> bytes:
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > max_bytes:
            raise _too_large(max_bytes)
        parts.append(part)
    return b"".join(parts)


def _inflate(raw: bytes, max_bytes: int) -> bytes:
    inflater = zlib.decompressobj(_GZIP)
    try:
        body = inflater.decompress(raw, max_bytes + 1)
    except zlib.error as error:
        raise Refusal("bad_request", "The body says it is gzip and is not.") from error
    if len(body) > max_bytes:
        raise _too_large(max_bytes, "unpacks to something")
    if not inflater.eof or inflater.unused_data:
        raise Refusal("bad_request", "The gzip body is cut short, or something follows its end.")
    return body


def _parse(body: bytes) -> Any:
    try:
        value = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        # The error's own words may quote what was sent; its place does not.
        raise Refusal(
            "bad_request",
            f"The body is not JSON (line {error.lineno}, column {error.colno}); JSON is UTF-8 with "
            "whole characters, and no NaN or Infinity.",
        ) from None
    check_depth(value)
    return value


def check_depth(value: Any) -> None:
    """Raise ``Refusal`` for JSON nested more than :data:`MAX_DEPTH` deep."""
    level = [value] if isinstance(value, list | dict) else []
    for _ in range(MAX_DEPTH):
        if not level:
            return
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, list | dict)
        ]
    raise Refusal(
        "bad_request", f"The body is nested more than {MAX_DEPTH} deep; send a flatter value."
    )
