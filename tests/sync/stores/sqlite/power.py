"""Loss of power: a folder of which only what was brought to disk is left.

What a file held when it was last brought to disk, and which files the folder had when that was, is
noted after each fsync: those of Python and, through a VFS of its own, those of SQLite. Call
:meth:`Power.cut` to make the folder that would be found afterwards.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import apsw
import pytest
from typing_extensions import override

NAME = "power"


class Power:
    """What is on the disk of ``folder``. ``heard`` is called before and after each change there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.heard: Callable[[], None] = lambda: None
        self.lock = threading.RLock()
        self._synced: dict[str, bytes] = {}
        self._there: set[str] = set()
        self._removed: set[str] = set()

    def file_synced(self, path: Path, *, entry: bool) -> None:
        """Take note that a file is on disk, and its entry in the folder as well."""
        with self.lock:
            if path.exists():
                self._synced[path.name] = path.read_bytes()
                if entry:
                    self._there.add(path.name)

    def folder_synced(self) -> None:
        """Take note that the folder's entries are on disk."""
        with self.lock:
            self._there = {path.name for path in self.folder.iterdir()}
            self._synced = {name: self._synced.get(name, b"") for name in self._there}

    def cut(self, to: Path, chance: random.Random | None = None) -> Path:
        """Make the folder that is found after a loss of power now.

        With ``chance``, some of what was not brought to disk is there all the same.
        """
        to.mkdir()
        with self.lock:
            for name in sorted(self._there):
                (to / name).write_bytes(self._found(name, chance))
        return to

    def _found(self, name: str, chance: random.Random | None) -> bytes:
        synced = self._synced[name]
        path = self.folder / name
        if chance is None or not name.endswith("-wal") or not path.exists():
            return synced
        now = path.read_bytes()
        if not now.startswith(synced):  # begun anew
            return synced
        return now[: chance.randint(len(synced), len(now))]


class _File(apsw.VFSFile):
    def __init__(self, power: Power, name: Any, flags: list[int]) -> None:
        self._power = power
        self._path = Path(name if isinstance(name, str) else name.filename())
        super().__init__("", name, flags)

    @override
    def xSync(self, flags: int) -> None:
        self._power.heard()
        with self._power.lock:
            super().xSync(flags)
            self._power.file_synced(self._path, entry=True)  # SQLite syncs the folder of a new log
        self._power.heard()


class _Vfs(apsw.VFS):
    def __init__(self, power: Power) -> None:
        self._power = power
        super().__init__(NAME, "")

    @override
    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        return _File(self._power, name, flags)


@contextmanager
def power_of(folder: Path, patch: pytest.MonkeyPatch) -> Iterator[Power]:
    """Watch what is brought to disk in ``folder``; open databases with the VFS ``NAME``."""
    power = Power(folder)

    def watched(real: Callable[[int], None]) -> Callable[[int], None]:
        def sync(descriptor: int) -> None:
            path = Path(f"/proc/self/fd/{descriptor}").readlink()
            power.heard()
            with power.lock:
                real(descriptor)
                if path == folder:
                    power.folder_synced()
                elif path.parent == folder:
                    power.file_synced(path, entry=False)
            power.heard()

        return sync

    real_unlink = Path.unlink

    def unlink(path: Path, missing_ok: bool = False) -> None:
        power.heard()
        real_unlink(path, missing_ok)
        power.heard()

    patch.setattr(os, "fsync", watched(os.fsync))
    patch.setattr(os, "fdatasync", watched(os.fdatasync))
    patch.setattr(Path, "unlink", unlink)
    vfs = _Vfs(power)
    try:
        yield power
    finally:
        vfs.unregister()
        patch.undo()
