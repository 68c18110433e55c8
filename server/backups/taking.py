"""Taking a backup: every database of a folder, one after the other, while a server serves them.

It runs in a thread, or in a process beside the server's. It has one database open at a time, and
rests as long as it works: pushes come first.
"""

from __future__ import annotations

import errno
import os
import shutil
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import apsw

from server.backups.errors import BackupError
from server.backups.folder import LEDGER, BackupFolder, Kept, Manifest
from sync.clock import Clock, instant
from sync.errors import StoreError
from sync.stores.names import file_name, name_of_file
from sync.stores.sqlite import FileSettings
from sync.stores.sqlite.backup import Traces, copy_file, sync_file, traces_of

__all__ = ["Stopped", "Taking", "take"]

MOST_REST_S = 0.25
_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class Stopped(BackupError):
    """The server is stopping; nothing of the backup was kept."""


@dataclass(frozen=True)
class Taking:
    """What a backup is taken of, and where to. ``keep``: how many stay there.

    ``ledger``: the file that remembers what was erased by law, which goes along.

    ``stop``: whether to give up. ``rest``: whether to rest as long as it works.
    """

    source: Path
    to: BackupFolder
    keep: int
    clock: Clock
    stop: Callable[[], bool] = lambda: False
    rest: bool = True
    ledger: Path | None = None


class _Breath:
    """A rest as long as the work since the last one."""

    def __init__(self, taking: Taking) -> None:
        self._taking = taking
        self._since = time.monotonic()

    def __call__(self) -> None:
        if self._taking.stop():
            raise Stopped("The server is stopping; the backup is taken after its next start.")
        if self._taking.rest:
            time.sleep(min(MOST_REST_S, time.monotonic() - self._since))
        self._since = time.monotonic()


def take(taking: Taking) -> Manifest:
    """Take a backup now; return what is in it. Raises :class:`BackupError`, and keeps none then.

    A database that cannot be copied is named in it, and an earlier copy goes on being kept.
    """
    try:
        with taking.to.held():
            return _take(taking)
    except OSError as error:
        raise BackupError(_why(error, taking.to.path)) from error


def _take(taking: Taking) -> Manifest:
    began = instant(taking.clock.now_ms())
    before = taking.to.newest()
    part = taking.to.begin(Manifest(taken_at=began, finished_at=began, databases={}).id)
    copies = _Copies(taking, part, before)
    names = filter(None, (name_of_file(one.name) for one in taking.source.iterdir()))
    for name in sorted(names):
        copies.add(name)
    if taking.ledger is not None and taking.ledger.exists():
        shutil.copyfile(taking.ledger, part / LEDGER)
        (part / LEDGER).chmod(0o600)
        sync_file(part / LEDGER)
    manifest = Manifest(
        taken_at=began,
        finished_at=instant(taking.clock.now_ms()),
        databases=copies.kept,
        failed=copies.failed,
    )
    taking.to.finish(part, manifest)
    taking.to.keep(taking.keep)
    return manifest


class _Copies:
    """The databases of a backup that is being taken."""

    def __init__(self, taking: Taking, part: Path, before: Manifest | None) -> None:
        self._taking = taking
        self._part = part
        self._before = before
        self._breathe = _Breath(taking)
        self.kept: dict[str, Kept] = {}
        self.failed: dict[str, str] = {}

    def add(self, name: str) -> None:
        """Put a database into the backup: anew, or as the one before has it."""
        source = self._taking.source / file_name(name)
        now_ms = self._taking.clock.now_ms()
        traces = traces_of(source, time.time_ns())
        earlier = self._before.databases.get(name) if self._before is not None else None
        if earlier is not None and traces is not None and earlier.traces == traces:
            with suppress(OSError):  # a file system without links, or too many of them
                self._link(name, earlier)
                return
        try:
            self.kept[name] = self._copy(name, source, now_ms, traces)
        except apsw.FullError:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC)) from None
        except (apsw.Error, StoreError) as error:
            if not source.exists():
                return  # deleted meanwhile
            self.failed[name] = f"{type(error).__name__}: {error}"
            self._keep_earlier(name, earlier)
        self._breathe()

    def _copy(self, name: str, source: Path, now_ms: int, traces: Traces | None) -> Kept:
        file = file_name(name)
        copy = copy_file(source, self._part / file, FileSettings(), self._breathe)
        at = instant(now_ms)
        return Kept(file=file, **copy._asdict(), taken_at=at, traces=traces)

    def _link(self, name: str, earlier: Kept) -> None:
        (self._part / earlier.file).hardlink_to(self._earlier(earlier))
        self.kept[name] = earlier

    def _keep_earlier(self, name: str, earlier: Kept | None) -> None:
        target = self._part / file_name(name)
        target.unlink(missing_ok=True)
        if earlier is None:
            return
        try:
            self._link(name, earlier)
        except OSError:
            shutil.copyfile(self._earlier(earlier), target)
            sync_file(target)
            self.kept[name] = earlier

    def _earlier(self, earlier: Kept) -> Path:
        assert self._before is not None  # noqa: S101  # it is one of its
        return self._taking.to.at(self._before.id) / earlier.file


def _why(error: OSError, path: Path) -> str:
    if error.errno in _FULL:
        return (
            f"There is no space left in {path} for a backup; free some, keep fewer "
            "(backups_kept), or name another folder (backup_to)."
        )
    return f"The backup to {path} failed ({error.strerror}); look whether it can be written."
