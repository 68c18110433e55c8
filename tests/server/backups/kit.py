"""A folder of databases, and a folder for their backups."""

from __future__ import annotations

import os
from pathlib import Path

from server.backups.folder import BackupFolder, Kept, Manifest
from server.backups.taking import Taking, take
from sync.store import Database
from sync.stores.names import file_name
from sync.stores.sqlite import SqliteStore
from tests.factory import SetClock
from tests.sync.stores.suite.helpers import publish, write_one

YEAR_AGO_S = 365 * 86_400


def backup_folder(path: Path) -> BackupFolder:
    path.mkdir()
    return BackupFolder(path)


def taking(source: Path, to: BackupFolder, clock: SetClock, *, keep: int = 14) -> Taking:
    return Taking(source, to, keep, clock, rest=False)


def take_next(source: Path, to: BackupFolder, clock: SetClock, *, keep: int = 14) -> Manifest:
    """Take a backup a minute after the last one."""
    clock.ms += 60_000
    return take(taking(source, to, clock, keep=keep))


async def school(store: SqliteStore, name: str, documents: int = 3) -> Database:
    database = await store.create(name)
    for n in range(documents):
        await write_one(database, publish(f"doc-{n}", n=n))
    return database


def let_settle(folder: Path, name: str) -> None:
    """Make a database's files look as if they had been written long ago."""
    path = folder / file_name(name)
    for one in (path, path.with_name(path.name + "-wal")):
        os.utime(one, (one.stat().st_atime - YEAR_AGO_S, one.stat().st_mtime - YEAR_AGO_S))


def inode(to: BackupFolder, manifest: Manifest, name: str) -> int:
    return (to.at(manifest.id) / manifest.databases[name].file).stat().st_ino


def place(kept: Kept) -> tuple[str, int]:
    return kept.epoch, kept.sequence
