"""Copies of a database's file, taken while it is served, and made ready to be served again.

Everything that was answered is in the file (its write-ahead log included), so a reader's snapshot
holds it; the copy is that snapshot, checked, in one file by itself, on disk when this returns. The
file is never opened but through SQLite: closing it otherwise would end this process's locks on it.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import apsw

from sync.errors import StoreError
from sync.stores.sqlite.handles import PLACE, FileSettings, connect
from sync.stores.sqlite.queries import fetch
from sync.stores.sqlite.schema import APPLICATION_ID, MIGRATIONS

__all__ = [
    "RESTORING",
    "Copy",
    "Traces",
    "begin_history",
    "check_copy",
    "copy_file",
    "refuse_half_restored",
    "sync_file",
    "traces_of",
]

RESTORING = "tidemark.restoring"
"""A file that is there while some databases are put back and others are not yet."""

STEP_PAGES = 256
"""Pages copied at a time, 2 MiB as files are made: between two of them others have their turn."""
SETTLED_NS = 2_000_000_000
"""File times count in ticks: a change sooner after the last one may leave no trace."""

Traces = tuple[int, ...]
"""By which a change of a file is known: inode, length, and times, of it and of its log."""


class Copy(NamedTuple):
    """What a copy holds: a database's history up to a sequence. ``digest``: the file's SHA-256."""

    epoch: str
    sequence: int
    bytes: int
    digest: str


def traces_of(path: Path, now_ns: int) -> Traces | None:
    """The traces of the database at ``path``; None where it was changed just now, or is new.

    Whoever finds the same ones again, later, finds the same content, local documents included.
    """
    try:
        file = path.stat()
        log = path.with_name(path.name + "-wal").stat()
    except FileNotFoundError:
        return None
    # SQLite may give a log to its database's owner whenever it opens it: no change of content.
    times = (file.st_mtime_ns, file.st_ctime_ns, log.st_mtime_ns)
    if now_ns - max(times) < SETTLED_NS:
        return None
    return (file.st_ino, file.st_size, log.st_ino, log.st_size, *times)


def copy_file(
    path: Path, target: Path, settings: FileSettings, breathe: Callable[[], None]
) -> Copy:
    """Copy the database at ``path`` to the new file ``target``, check it, and bring it to disk.

    ``breathe`` is called between steps; others read and write meanwhile. Raises ``apsw.Error``,
    ``OSError``, or :class:`StoreError` for a file that is damaged.
    """
    descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    os.close(descriptor)
    with closing(connect(path, settings)) as source, closing(_target(target)) as copy:
        source.execute("BEGIN")
        epoch, sequence = fetch(source, PLACE)[0]  # from here on it reads what is there now
        with copy.backup("main", source, "main") as backup:
            while not backup.done:
                backup.step(STEP_PAGES)
                breathe()
        copy.pragma("journal_mode", "DELETE")  # one file by itself, without a log
        _check(copy, target)
    sync_file(target)
    return Copy(epoch, sequence, target.stat().st_size, _digest(target))


def check_copy(path: Path, digest: str) -> None:
    """Raise :class:`StoreError` unless the copy at ``path`` is whole, and what was written."""
    if not path.is_file():
        raise StoreError(f"{path} is not there; take another backup.")
    if _digest(path) != digest:
        raise StoreError(f"{path} is not what was written there (its digest differs).")
    with closing(apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READONLY)) as copy:
        _check(copy, path)


def begin_history(path: Path, epoch: str) -> str:
    """Give the database at ``path`` another epoch; return the one that it had.

    What comes after is another history than what came after before: no token, mark or journal
    record of that one is good in it.
    """
    with closing(_target(path)) as connection:
        connection.pragma("synchronous", "FULL")
        former: str = fetch(connection, PLACE)[0][0]
        connection.execute("UPDATE state SET epoch = ?", (epoch,))
    return former


def refuse_half_restored(folder: Path) -> None:
    """Raise :class:`StoreError` for a folder of which a restore was cut off."""
    if (folder / RESTORING).exists():
        raise StoreError(
            f"A restore of {folder} was cut off: some schools are as in the backup, others are not "
            "there. Run the same `tidemark restore` again; it begins anew."
        )


def sync_file(path: Path) -> None:
    """Bring a file that no SQLite has open to disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _target(path: Path) -> apsw.Connection:
    connection = apsw.Connection(str(path), flags=apsw.SQLITE_OPEN_READWRITE)
    connection.pragma("synchronous", "OFF")
    return connection


def _check(connection: apsw.Connection, path: Path) -> None:
    try:
        owner, schema = connection.pragma("application_id"), connection.pragma("user_version")
        found = fetch(connection, "PRAGMA quick_check(1)")[0][0]
    except apsw.Error as error:
        owner, schema, found = APPLICATION_ID, 1, f"{type(error).__name__}: {error}"
    if owner != APPLICATION_ID or not 1 <= schema <= len(MIGRATIONS):
        raise StoreError(f"{path} is not a database of this Tidemark.")
    if found != "ok":
        raise StoreError(f"{path} is damaged: {found}.")


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
