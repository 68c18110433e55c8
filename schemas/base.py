"""The model every schema derives from, and the field types they share."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

__all__ = [
    "Date",
    "Digest",
    "Instant",
    "LocalTime",
    "Model",
    "OpaqueId",
    "Sentence",
    "Text",
]


class Model(BaseModel):
    """Immutable, strict, and closed: a field nobody defined is an error, not a surprise."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)


def _in_the_calendar(value: str) -> str:
    """Refuse a date of the right form that no calendar has, such as 31 February."""
    try:
        dt.datetime.fromisoformat(value)
    except ValueError:
        raise ValueError(f"{value[:40]!r} is in no calendar") from None
    return value


Date = Annotated[
    str,
    AfterValidator(_in_the_calendar),
    Field(
        pattern=r"^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])$",
        description="A calendar date in the school's own time zone, YYYY-MM-DD.",
    ),
]
LocalTime = Annotated[
    str,
    Field(
        pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$",
        description="A time of day on the school's own clock, HH:MM.",
    ),
]
Instant = Annotated[
    str,
    AfterValidator(_in_the_calendar),
    Field(
        pattern=(
            r"^(19[7-9]\d|2\d{3})-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])"
            r"T([01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$"
        ),
        description="A moment in UTC, from 1970 on, RFC 3339: YYYY-MM-DDTHH:MM:SS.mmmZ.",
    ),
]
OpaqueId = Annotated[
    str,
    Field(
        pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$",
        description="An identifier that says nothing about a person: never a name or a UPN.",
    ),
]
Digest = Annotated[
    str, Field(pattern=r"^[0-9a-f]{64}$", description="A SHA-256 digest in lower-case hex.")
]
Sentence = Annotated[str, Field(min_length=1, max_length=500)]
Text = Annotated[str, Field(min_length=1, max_length=4000)]
