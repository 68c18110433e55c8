"""A file of the journal on a disk that has no room, or fails."""

from __future__ import annotations

import errno
import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from sync.errors import StoreError
from sync.stores.sqlite.journal_file import (
    CHUNK_BYTES,
    SPARE_BYTES,
    Entry,
    JournalFile,
    files_of,
    payloads_of,
    sync_logs,
)
from sync.stores.sqlite.redo import HEADER_BYTES, header


@contextmanager
def files_up_to(size: int) -> Iterator[None]:
    """Let no file of this process grow beyond ``size`` bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def content(path: Path) -> list[bytes]:
    return [bytes(payload) for payload in payloads_of(path)]


def test_what_is_appended_is_found(tmp_path: Path) -> None:
    file = JournalFile.create(tmp_path, 3, [b"owed"])
    assert file.append([Entry(b"one"), Entry(b"two")]) == [None, None]
    file.sync()
    assert content(file.path) == [b"owed", b"one", b"two"]
    assert files_of(tmp_path) == [(3, file.path)]
    file.close()
    again = JournalFile.create(tmp_path, 12)
    assert [number for number, _ in files_of(tmp_path)] == [3, 12]
    assert content(again.path) == []
    again.remove()
    assert [number for number, _ in files_of(tmp_path)] == [3]


def test_only_what_is_too_long_for_the_room_is_left_out(tmp_path: Path) -> None:
    file = JournalFile.create(tmp_path, 1)
    with files_up_to(2 * CHUNK_BYTES):
        group = [Entry(b"a"), Entry(bytes(2 * CHUNK_BYTES)), Entry(b"b")]
        failures = file.append(group)
    assert failures[0] is failures[2] is None
    assert failures[1] is not None
    assert failures[1].errno == errno.EFBIG
    assert content(file.path) == [b"a", b"b"]
    assert file.append([Entry(b"c" * CHUNK_BYTES)]) == [None]
    assert content(file.path) == [b"a", b"b", b"c" * CHUNK_BYTES]
    file.remove()


def test_a_full_disk_has_room_for_withdrawals(tmp_path: Path) -> None:
    file = JournalFile.create(tmp_path, 1)
    with files_up_to(CHUNK_BYTES):
        largest = CHUNK_BYTES - file.end - SPARE_BYTES - 8
        assert file.append([Entry(b"x" * largest)]) == [None]
        failures = file.append([Entry(b"more"), Entry(b"back", withdraws=True)])
    assert [failure and failure.errno for failure in failures] == [errno.EFBIG, None]
    assert content(file.path) == [b"x" * largest, b"back"]
    file.remove()


def test_a_write_that_fails_in_half_is_cut_off(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = JournalFile.create(tmp_path, 1)
    assert file.append([Entry(b"good")]) == [None]
    end = file.end
    real = os.pwrite

    def fail(descriptor: int, data: bytes, start: int) -> int:
        if start == end:
            return real(descriptor, data[:9], start)
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr(os, "pwrite", fail)
    (failure,) = file.append([Entry(b"not so good")])
    monkeypatch.undo()
    assert failure is not None
    assert file.path.stat().st_size == file.end == end
    assert file.append([Entry(b"better")]) == [None]
    assert content(file.path) == [b"good", b"better"]
    file.remove()


def test_a_file_that_cannot_be_made_is_not_there(tmp_path: Path) -> None:
    with files_up_to(1000), pytest.raises(OSError, match="too large"):
        JournalFile.create(tmp_path, 1)
    assert files_of(tmp_path) == []


def test_files_made_in_half_hold_nothing(tmp_path: Path) -> None:
    path = tmp_path / "tidemark.journal-1"
    for data in (b"", header(1)[:9], bytes(CHUNK_BYTES), header(1)):
        path.write_bytes(data)
        assert content(path) == []


def test_a_file_of_another_format_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "tidemark.journal-1"
    path.write_bytes(b"TdmkJrn9" + bytes(HEADER_BYTES))
    with pytest.raises(StoreError, match="not a journal that this Tidemark can read"):
        list(payloads_of(path))


def test_logs_that_are_gone_are_passed_by(tmp_path: Path) -> None:
    (tmp_path / "a.sqlite-wal").touch()
    sync_logs([tmp_path / "a.sqlite", tmp_path / "gone.sqlite"])
    sync_logs([])
