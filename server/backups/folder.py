"""The folder of backups: one folder each, named by when it was begun, with a manifest.

A backup is written under a name that begins with a dot and renamed when all of it is on disk: what
bears a time as its name is whole. A file that did not change since the backup before is the same
file there, by a hard link, so that a copy of one does not change and none needs another.
"""

from __future__ import annotations

import fcntl
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import orjson
from pydantic import Field

from schemas.base import Instant, Model
from server.backups.errors import BackupError
from sync.stores.sqlite.backup import sync_file
from sync.stores.sqlite.journal_file import sync_folder

__all__ = ["LEDGER", "MANIFEST", "BackupFolder", "Kept", "Manifest", "is_backup"]

MANIFEST = "manifest.json"
LEDGER = "erasures.jsonl"
"""A copy of the ledger of erasures, for a machine that has none any more."""
_ID = re.compile(r"\d{8}T\d{9}Z")
_UNFINISHED = ".unfinished-"
_LOCK = ".lock"


class Kept(Model):
    """One database in a backup: its file, which history it holds, and up to where.

    ``taken_at``: when its copying began; earlier than the backup's for a file that had not changed
    since. ``traces``: what the live file looked like then, to know a change of it by.
    """

    file: str
    epoch: str
    sequence: int
    bytes: int
    digest: str
    taken_at: Instant
    traces: tuple[int, ...] | None = None


class Manifest(Model):
    """What is in a backup. ``failed``: databases that could not be copied, each with the reason.

    One that an earlier backup has is in ``databases`` all the same, as it was then.
    """

    version: Literal[1] = 1
    taken_at: Instant
    finished_at: Instant
    databases: dict[str, Kept]
    failed: dict[str, str] = Field(default_factory=dict)

    @property
    def id(self) -> str:
        """The name of its folder."""
        return re.sub(r"[-:.]", "", self.taken_at)


def _read(data: bytes) -> Manifest:
    """A manifest, entry by entry: the event loop has its turn between two of 24,000."""
    told = orjson.loads(data)
    databases = {name: _kept(**one) for name, one in told.pop("databases").items()}
    head = Manifest.model_validate_json(orjson.dumps({**told, "databases": {}}))
    return head.model_copy(update={"databases": databases})


def _kept(*, traces: list[int] | None, **fields: Any) -> Kept:
    return Kept(traces=None if traces is None else tuple(traces), **fields)


def _written(manifest: Manifest) -> bytes:
    head = manifest.model_dump(mode="json", exclude={"databases"})
    databases = {name: kept.model_dump(mode="json") for name, kept in manifest.databases.items()}
    return orjson.dumps({**head, "databases": databases}, option=orjson.OPT_INDENT_2)


def is_backup(name: str) -> bool:
    """Whether a folder of that name is a whole backup."""
    return _ID.fullmatch(name) is not None


class BackupFolder:
    """Where backups are kept, oldest first; nothing but backups is looked at or removed there."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def check(self) -> None:
        """Raise :class:`BackupError` unless it is there; a disk that is not mounted is not made."""
        if not self.path.is_dir():
            raise BackupError(
                f"The folder for backups, {self.path}, is not there. Mount its disk or make it, or "
                "name another one in the setting backup_to."
            )

    def ids(self) -> list[str]:
        """The names of all backups."""
        self.check()
        return sorted(one.name for one in self.path.iterdir() if is_backup(one.name))

    def at(self, name: str) -> Path:
        """The folder of one backup."""
        return self.path / name

    def read(self, name: str) -> Manifest:
        """The manifest of a backup. Raises :class:`BackupError`."""
        path = self.at(name) / MANIFEST
        try:
            return _read(path.read_bytes())
        except FileNotFoundError:
            raise BackupError(
                f"There is no backup {name} in {self.path}; `tidemark backup list` names them all."
            ) from None
        except (OSError, ValueError, TypeError, LookupError, AttributeError) as error:
            raise BackupError(
                f"The manifest {path} cannot be read ({type(error).__name__}); use another backup."
            ) from error

    def newest(self) -> Manifest | None:
        """The manifest of the newest backup that can be read; None where there is none."""
        for name in reversed(self.ids()):
            try:
                return self.read(name)
            except BackupError:
                continue
        return None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Let nobody else take a backup here meanwhile. Raises :class:`BackupError`."""
        self.check()
        descriptor = os.open(self.path / _LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._tidy()
            yield
        except BlockingIOError:
            raise BackupError(
                f"Another backup to {self.path} is under way; wait for its end."
            ) from None
        finally:
            os.close(descriptor)

    def begin(self, name: str) -> Path:
        """Make the folder of a backup that is not whole yet."""
        path = self.path / f"{_UNFINISHED}{name}"
        path.mkdir(mode=0o700)
        return path

    def finish(self, path: Path, manifest: Manifest) -> None:
        """Write the manifest, bring all to disk, and give the backup its name."""
        written = path / MANIFEST
        written.write_bytes(_written(manifest))
        written.chmod(0o600)
        sync_file(written)
        sync_folder(path)
        path.rename(self.at(manifest.id))
        sync_folder(self.path)

    def keep(self, count: int) -> None:
        """Remove the oldest backups beyond ``count``."""
        for name in self.ids()[:-count]:
            gone = self.path / f"{_UNFINISHED}{name}"
            self.at(name).rename(gone)  # cut here, it is no backup any more
            shutil.rmtree(gone)

    def _tidy(self) -> None:
        """Remove what was cut off."""
        for one in self.path.iterdir():
            if one.name.startswith(_UNFINISHED):
                shutil.rmtree(one, ignore_errors=True)
