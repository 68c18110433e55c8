"""Which kinds of folders a database has."""

from __future__ import annotations

from server.family.cases import CaseFolder
from server.family.concerns import ConcernFolder
from server.family.desk import Desk
from server.family.folders import Folder, Folders

__all__ = ["folders_of"]


def folders_of(desk: Desk) -> Folders:
    """An area has cases; concerns are everywhere."""
    found: dict[str, Folder] = {"concern": ConcernFolder(desk)}
    if desk.roster().school.phase == "area":
        found["case"] = CaseFolder(desk)
    return found
