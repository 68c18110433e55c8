"""The roster a school's office imports: pupils and their enrolment. Private to the school's desk.

Tablets never see these documents: they get cards, which hold what a register needs.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from schemas.base import Date, Model, OpaqueId
from schemas.identifiers import check_upn

__all__ = ["Pupil"]


class Pupil(Model):
    """One enrolment at one school. The UPN stands in the body, never in an id."""

    id: Annotated[str, Field(alias="_id")]
    type: Literal["pupil"] = "pupil"
    pupil: OpaqueId
    upn: str
    forename: str
    surname: str
    known_as: str
    born: Date
    year: str
    form: OpaqueId
    enrolled_from: Date
    enrolled_to: Date | None = None
    restricted: bool = False
    """A record that few may open, and each time is noted: staff families, adoption, risk."""

    @field_validator("upn")
    @classmethod
    def _upn(cls, value: str) -> str:
        return check_upn(value)

    def on_roll(self, date: str) -> bool:
        """Whether the pupil is enrolled on ``date``; the leaving day itself still counts."""
        return self.enrolled_from <= date and (self.enrolled_to is None or date <= self.enrolled_to)
