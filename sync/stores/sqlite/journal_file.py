"""One file of the journal: made, appended to, brought to disk, read again, removed. It all blocks.

Room is taken from the disk before it is written to: a full disk is met there, where nothing has
happened yet. Beyond the last record some room is kept for what must be written even then.
"""

from __future__ import annotations

import mmap
import os
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple, Self

from sync.errors import StoreError
from sync.stores.sqlite.redo import HEADER_BYTES, header, number_in, payloads, seal

__all__ = ["Entry", "JournalFile", "files_of", "payloads_of", "sync_folder", "sync_logs"]

CHUNK_BYTES = 262_144
"""How much room is taken at a time. A file that does not grow is brought to disk sooner."""

SPARE_BYTES = 65_536
"""Room for withdrawals, some hundred bytes each."""

_NAME = re.compile(r"tidemark\.journal-(\d+)")


class Entry(NamedTuple):
    """The payload of a record, and whether it may have the last of the room."""

    payload: bytes
    withdraws: bool = False


class JournalFile:
    """A file that is being written. ``end``: where the last record ends."""

    def __init__(self, path: Path, number: int, descriptor: int) -> None:
        self.path = path
        self.end = HEADER_BYTES
        self._number = number
        self._descriptor = descriptor
        self._room = 0

    @classmethod
    def create(cls, folder: Path, number: int, owed: Sequence[bytes] = ()) -> Self:
        """Make file ``number`` with the records ``owed``, on disk when this returns.

        Raises ``OSError``, and then leaves none.
        """
        path = folder / f"tidemark.journal-{number}"
        made = os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC
        file = cls(path, number, os.open(path, made, 0o600))
        try:
            first = header(number) + b"".join(seal(number, payload) for payload in owed)
            file._take_room(len(first) + SPARE_BYTES)
            file._write(first, 0)
            file.end = len(first)
            os.fsync(file._descriptor)
            sync_folder(folder)
        except BaseException:
            file.remove()
            raise
        return file

    def append(self, entries: Sequence[Entry]) -> list[OSError | None]:
        """Write records: all, or else those for which there is room. They are not on disk yet.

        Return what went wrong with each; the file ends with its last good record, come what may.
        """
        records = [seal(self._number, entry.payload) for entry in entries]
        if self._add(b"".join(records), SPARE_BYTES) is None:
            return [None] * len(records)
        return [
            self._add(record, 0 if entry.withdraws else SPARE_BYTES)
            for record, entry in zip(records, entries, strict=True)
        ]

    def sync(self) -> None:
        """Bring to disk what was appended. After an ``OSError`` nobody knows what is there."""
        os.fdatasync(self._descriptor)

    def close(self) -> None:
        """Let go of the file, and leave it."""
        os.close(self._descriptor)

    def remove(self) -> None:
        """Let go of the file, and remove it."""
        self.close()
        self.path.unlink()
        sync_folder(self.path.parent)

    def _add(self, data: bytes, spare: int) -> OSError | None:
        try:
            self._take_room(self.end + len(data) + spare)
        except OSError as error:
            os.ftruncate(self._descriptor, self._room)  # some of the room may have been taken
            return error
        try:
            self._write(data, self.end)
        except OSError as error:
            os.ftruncate(self._descriptor, self.end)
            self._room = self.end
            return error
        self.end += len(data)
        return None

    def _take_room(self, wanted: int) -> None:
        if wanted > self._room:
            more = max(CHUNK_BYTES, wanted - self._room)
            os.posix_fallocate(self._descriptor, self._room, more)
            self._room += more

    def _write(self, data: bytes, start: int) -> None:
        view = memoryview(data)
        while view:
            written = os.pwrite(self._descriptor, view, start)
            view, start = view[written:], start + written


def files_of(folder: Path) -> list[tuple[int, Path]]:
    """The numbers and paths of the journal's files, oldest first."""
    found = ((_NAME.fullmatch(path.name), path) for path in folder.iterdir())
    return sorted((int(match[1]), path) for match, path in found if match)


def payloads_of(path: Path) -> Iterator[memoryview]:
    """The payloads in a file, up to where the power went.

    They stay good as long as they are held. Raises :class:`StoreError` for what is no journal.
    """
    with path.open("rb") as file:
        if not file.seek(0, os.SEEK_END):
            return
        data = memoryview(mmap.mmap(file.fileno(), 0, prot=mmap.PROT_READ))
    number = number_in(bytes(data[:HEADER_BYTES]))
    if number is None:
        raise StoreError(
            f"{path} is not a journal that this Tidemark can read. It holds writes that may be in "
            "no database yet: start the version that wrote it once, and stop it."
        )
    if number:
        yield from payloads(number, data)


def sync_folder(folder: Path) -> None:
    """Bring to disk which files a folder has."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_logs(files: Iterable[Path]) -> None:
    """Bring to disk everything that was committed to databases, of which these are the files.

    A commit is in the database's write-ahead log, or was copied from there by SQLite, which then
    brings both to disk itself. SQLite holds no lock on a log, so that closing it here frees none.
    """
    folders: set[Path] = set()
    for path in files:
        with suppress(FileNotFoundError):  # deleted meanwhile
            log = os.open(path.with_name(path.name + "-wal"), os.O_RDONLY | os.O_CLOEXEC)
            try:
                os.fdatasync(log)
            finally:
                os.close(log)
        folders.add(path.parent)
    for folder in folders:
        sync_folder(folder)
