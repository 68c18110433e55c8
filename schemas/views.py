"""Views: who opened a restricted record, or had it fetched (``GET /db/<school>/_views``)."""

from __future__ import annotations

from typing import Literal

from schemas.base import Instant, Model, OpaqueId
from schemas.policy import Role

__all__ = ["A_CASE", "View", "Views"]

A_CASE = "case"
"""What :class:`schemas.family.glass.GlassAsked` asks for: any case, and whether there is one."""


class View(Model):
    """One look at a restricted record.

    ``how`` "opened": on a screen, at ``at``, as its tablet told (``record.viewed``), known to the
    server since ``received_at``. "fetched": by the document's id, ``at`` the first time of that
    day; ``role`` is not known. "broke": a restricted case was opened with a reason, ``purpose``.
    "asked": for a restricted case, by a child's name and date of birth, found or not.
    """

    how: Literal["opened", "fetched", "broke", "asked"]
    person: OpaqueId
    person_name: str
    role: Role | None = None
    device: str | None = None
    document: str
    pupil: str | None = None
    purpose: str | None = None
    at: Instant
    received_at: Instant
    entry: str | None = None
    """The entry that says so; None for what the server itself noted."""


class Views(Model):
    """Looks at restricted records, the latest first; ``more``: older ones were left out."""

    views: tuple[View, ...]
    more: bool = False
