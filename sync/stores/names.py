"""Database names: CouchDB's rule, and the file that a name becomes."""

from __future__ import annotations

import re

from sync.errors import BadName

__all__ = ["SUFFIX", "check_name", "file_name", "name_of_file"]

SUFFIX = ".sqlite"
MAX_LENGTH = 120
"""Short enough that the file name, with its suffixes, fits every file system."""

_NAME = re.compile(r"[a-z][a-z0-9_$()+/-]*")
_SLASH = "%2f"


def check_name(name: str) -> str:
    """Return ``name`` if it may name a database. Raises :class:`BadName`."""
    if _NAME.fullmatch(name) is None or len(name.replace("/", _SLASH)) > MAX_LENGTH:
        raise BadName(
            f"A database cannot be named {name!r}: a name starts with a lower-case letter, "
            f"goes on with a-z, 0-9 and _$()+-/, and has at most {MAX_LENGTH} characters "
            "(a / counts as three)."
        )
    return name


def file_name(name: str) -> str:
    """The file that database ``name`` lives in."""
    return check_name(name).replace("/", _SLASH) + SUFFIX


def name_of_file(file: str) -> str | None:
    """The database that lives in ``file``; None if that is no database's file."""
    if not file.endswith(SUFFIX):
        return None
    name = file.removesuffix(SUFFIX).replace(_SLASH, "/")
    return name if _NAME.fullmatch(name) else None
