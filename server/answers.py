"""JSON out: bytes by orjson, never cached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import orjson
from starlette.responses import Response

from schemas.base import Model

__all__ = ["json_answer", "json_bytes", "model_answer"]


def json_bytes(value: Any) -> bytes:
    """``value`` (JSON types) as compact UTF-8."""
    return orjson.dumps(value)


def json_answer(
    value: Any, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer ``value`` (JSON types)."""
    return _answer(orjson.dumps(value), status, headers)


def model_answer(
    model: Model, status: int = 200, headers: Mapping[str, str] | None = None
) -> Response:
    """Answer one model by its wire names."""
    return _answer(model.model_dump_json(by_alias=True).encode(), status, headers)


def _answer(body: bytes, status: int, headers: Mapping[str, str] | None) -> Response:
    return Response(
        body, status, {"Cache-Control": "no-store", **(headers or {})}, "application/json"
    )
