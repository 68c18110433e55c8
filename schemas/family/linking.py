"""Linking a child of a household to the pupil that it is at a school: question and answer."""

from __future__ import annotations

from schemas.base import Date, Model, OpaqueId, Sentence

__all__ = ["PupilAsked", "PupilFound"]


class PupilAsked(Model):
    """``POST /db/<area>/_pupils``: which pupil of a school is a child, by name and birth date."""

    school: OpaqueId
    name: Sentence
    """As the household calls the child: its last word is compared with the surname."""
    born: Date


class PupilFound(Model):
    """The answer: the pupil's id where exactly one fits, or nothing."""

    pupil: OpaqueId | None
