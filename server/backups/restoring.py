"""Putting a backup back, with the server stopped: all of it, or one database.

What is there is moved aside, never written over, and each database that is put back begins another
history (a new epoch): tablets notice, and offer again what the receipts no longer cover. The ledger
of erasures is not put back where there is one: it outlasts restores, and is applied when a school
is opened next. It may be cut anywhere: until it is done the folder cannot be served, and doing it
again begins anew.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path

import apsw
import orjson

from server.accounts import DATABASE as ACCOUNTS
from server.backups.errors import BackupError
from server.backups.folder import LEDGER, BackupFolder, Kept, Manifest
from server.backups.losses import Loss, loss_of
from server.news import CHECKPOINT
from sync.clock import Clock, instant
from sync.errors import StoreError
from sync.stores.names import file_name, name_of_file
from sync.stores.sqlite import FileSettings
from sync.stores.sqlite.backup import RESTORING, begin_history, check_copy, sync_file
from sync.stores.sqlite.journal_file import files_of, sync_folder
from sync.stores.sqlite.lock import FolderLock
from sync.stores.sqlite.queries import LOCAL, fetch
from sync.stores.sqlite.replay import replay

__all__ = ["Restored", "Restoring", "begin_anew", "restore"]

_PART = ".restoring"


@dataclass(frozen=True)
class Restoring:
    """What is put back, and where. ``backup``: its id, None for the newest.

    ``database``: the only one; None for all of the backup. ``epochs`` mints histories' names.
    ``sign_out``: end every session, if the accounts are put back. ``ledger``: where what was erased
    by law is remembered; brought back, from the newest backup, only where it is not there.
    """

    folder: Path
    backups: BackupFolder
    clock: Clock
    epochs: Callable[[], str]
    backup: str | None = None
    database: str | None = None
    sign_out: bool = False
    ledger: Path | None = None


@dataclass(frozen=True)
class Restored:
    """What was put back, what that sets back, and where what it replaced is.

    ``stayed``: databases that the backup lacks; they are as they were. ``old``: of those put back,
    the ones that the backup itself could only carry over from an earlier one.
    """

    manifest: Manifest
    names: tuple[str, ...]
    losses: tuple[Loss, ...]
    aside: Path
    stayed: tuple[str, ...]
    old: tuple[str, ...]


def restore(asked: Restoring) -> Restored:
    """Put a backup back. Raises ``StoreBusy`` while a server runs, and :class:`BackupError`."""
    manifest = _chosen(asked)
    wanted = _wanted(asked, manifest)
    asked.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    now = instant(asked.clock.now_ms())
    lock = FolderLock.take(asked.folder, address="nowhere; it is restoring a backup", started=now)
    try:
        _check(asked, manifest, wanted)
        _finish_journal(asked.folder)
        paths = {name: asked.folder / file_name(name) for name in wanted}
        losses = tuple(loss_of(name, paths[name], kept) for name, kept in wanted.items())
        aside = asked.folder / f"replaced-{''.join(filter(str.isalnum, now))}"
        if asked.ledger is not None and not asked.ledger.exists():
            _bring_ledger(asked.backups, asked.ledger)
        _put_back(asked, manifest, wanted, aside)
    except OSError as error:
        raise BackupError(
            f"The restore was cut off ({error.strerror}): mend that, and run it again."
        ) from error
    finally:
        lock.release()
    there = filter(None, (name_of_file(one.name) for one in asked.folder.iterdir()))
    stayed = tuple(sorted(set(there) - wanted.keys())) if asked.database is None else ()
    old = tuple(sorted(manifest.failed.keys() & wanted.keys()))
    return Restored(manifest, tuple(wanted), losses, aside, stayed, old)


def begin_anew(folder: Path, clock: Clock, epochs: Callable[[], str]) -> tuple[str, ...]:
    """Let every database of a folder that was put back by other means begin another history.

    Raises ``StoreBusy`` while a server runs, and ``StoreError`` for a folder that is not whole.
    """
    now = instant(clock.now_ms())
    lock = FolderLock.take(folder, address="nowhere; it is restoring a snapshot", started=now)
    try:
        replayed = replay(folder, FileSettings())
        for refused in replayed.refused.values():
            raise refused
        for path in replayed.files:
            path.unlink()
        names = sorted(filter(None, (name_of_file(one.name) for one in folder.iterdir())))
        for name in names:
            _begin(folder / file_name(name), epochs())
    finally:
        lock.release()
    return tuple(names)


def _chosen(asked: Restoring) -> Manifest:
    if asked.backup is not None:
        return asked.backups.read(asked.backup)
    newest = asked.backups.newest()
    if newest is None:
        raise BackupError(f"There is no backup in {asked.backups.path}.")
    return newest


def _wanted(asked: Restoring, manifest: Manifest) -> dict[str, Kept]:
    if asked.database is None:
        return manifest.databases
    kept = manifest.databases.get(asked.database)
    if kept is None:
        raise BackupError(
            f"The backup {manifest.id} has no school {asked.database}; choose another with "
            "--backup. `tidemark backup list` names them all."
        )
    return {asked.database: kept}


def _check(asked: Restoring, manifest: Manifest, wanted: dict[str, Kept]) -> None:
    """Nothing is touched unless every file to put back is whole."""
    for kept in wanted.values():
        try:
            check_copy(asked.backups.at(manifest.id) / kept.file, kept.digest)
        except StoreError as error:
            raise BackupError(
                f"{error} Nothing was restored; choose another backup with --backup."
            ) from error


def _finish_journal(folder: Path) -> None:
    """Carry out what the journal has, so that what is moved aside or stays is complete.

    What it has for a file that cannot take it stays in it: for that file's history, not the next.
    """
    with suppress(StoreError):  # a journal that cannot be read is moved aside, or stays
        replayed = replay(folder, FileSettings())
        if not replayed.owed:
            for path in replayed.files:
                path.unlink()


def _put_back(asked: Restoring, manifest: Manifest, wanted: dict[str, Kept], aside: Path) -> None:
    part = asked.folder / _PART
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700)
    for name, kept in wanted.items():
        _make_ready(asked, asked.backups.at(manifest.id) / kept.file, part / file_name(name), name)
    sync_folder(part)
    sign = asked.folder / RESTORING
    sign.write_text(manifest.id, "utf-8")
    sync_file(sign)
    sync_folder(asked.folder)
    aside.mkdir(mode=0o700)
    if asked.database is None:
        for _, path in files_of(asked.folder):
            path.rename(aside / path.name)
    for name in wanted:
        path = asked.folder / file_name(name)
        for suffix in ("", "-wal", "-shm", "-journal"):
            with suppress(FileNotFoundError):
                path.with_name(path.name + suffix).rename(aside / (path.name + suffix))
        (part / path.name).rename(path)
    for folder in (aside, part, asked.folder):
        sync_folder(folder)
    part.rmdir()
    sign.unlink()
    sync_folder(asked.folder)


def _bring_ledger(backups: BackupFolder, ledger: Path) -> None:
    """What the newest backup remembers as erased stays erased, whichever backup is put back."""
    for name in reversed(backups.ids()):
        copy = backups.at(name) / LEDGER
        if copy.exists():
            part = ledger.with_name(f"{ledger.name}.part")
            shutil.copyfile(copy, part)
            part.chmod(0o600)
            sync_file(part)
            part.rename(ledger)
            sync_folder(ledger.parent)
            return


def _make_ready(asked: Restoring, copy: Path, target: Path, name: str) -> None:
    """Copy a database, and let it begin another history from where it is."""
    shutil.copyfile(copy, target)
    target.chmod(0o600)
    _begin(target, asked.epochs())
    if asked.sign_out and name == ACCOUNTS:
        with closing(apsw.Connection(str(target))) as connection:
            connection.execute("DELETE FROM local WHERE id LIKE 'sessions:%'")
    sync_file(target)


def _begin(path: Path, epoch: str) -> None:
    former = begin_history(path, epoch)
    with closing(apsw.Connection(str(path))) as connection:
        _move_checkpoint(connection, former, epoch)


def _move_checkpoint(connection: apsw.Connection, former: str, epoch: str) -> None:
    """What was published is as it was: the publisher goes on from there, in the new history."""
    for (body,) in fetch(connection, LOCAL, CHECKPOINT):
        checkpoint = orjson.loads(body)
        of, _, seq = str(checkpoint.get("mark")).rpartition(".")
        if of != former:
            continue
        checkpoint["mark"] = f"{epoch}.{seq}"
        values = (orjson.dumps(checkpoint), CHECKPOINT)
        connection.execute("UPDATE local SET body = ? WHERE id = ?", values)
