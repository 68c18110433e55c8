"""The desk of family support: which folders a database has."""

from __future__ import annotations

from server.family.around import Around
from server.family.cases import CaseFolder
from server.family.folders import Folder, Folders

__all__ = ["folders_of"]


def folders_of(around: Around) -> Folders:
    """An area has cases; concerns are everywhere."""
    found: dict[str, Folder] = {}
    if around.roster().school.phase == "area":
        found["case"] = CaseFolder(around)
    return found
