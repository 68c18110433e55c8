"""The demonstration's own file: its seed, its passwords, and whether it was filled to the end."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Literal

from schemas.base import Model
from server.demo.sign_ins import SignIn

__all__ = ["FILE_NAME", "Kept", "keep", "kept"]

FILE_NAME = "demo.json"
VERSION = 3


class Kept(Model):
    """``state`` "filling" until everything is there: a fill that was cut begins again.

    So does one of another version (``v``), since other people could sign in there.
    """

    v: int = VERSION
    state: Literal["filling", "full"]
    seed: int
    sign_ins: tuple[SignIn, ...]

    @property
    def is_whole(self) -> bool:
        """Whether a demonstration of this version is there to the end."""
        return self.state == "full" and self.v == VERSION


def kept(folder: Path) -> Kept | None:
    """What the file in ``folder`` says; None where there is none yet."""
    file = folder / FILE_NAME
    return Kept.model_validate_json(file.read_bytes()) if file.exists() else None


def keep(folder: Path, state: Kept) -> None:
    """Write the file, whole or not at all, for its owner's eyes only."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    fresh = folder / f".{FILE_NAME}.new"
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as file:
        file.write(state.model_dump_json(indent=1).encode())
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(folder / FILE_NAME)
