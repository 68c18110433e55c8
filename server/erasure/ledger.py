"""The ledger of erasures: one file beside the data, added to and never put back from a backup.

One line of JSON an erasure: the school, and the erasure. Whatever becomes of a school's database,
what the ledger names is erased again when the school is opened.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import orjson
from pydantic import ValidationError

from schemas.errors import TidemarkError
from server.settings import Settings
from sync.erasure import Erasure

__all__ = ["FILE", "Ledger", "LedgerError", "ledger_file"]

FILE = "erasures.jsonl"


def ledger_file(settings: Settings) -> Path:
    """Where the ledger of a server is."""
    return settings.erasures or settings.data / FILE


class LedgerError(TidemarkError):
    """The ledger cannot be read."""

    code = "bad_ledger"


class Ledger:
    """The ledger in a file, which need not be there."""

    def __init__(self, path: Path) -> None:
        """Read what it holds. Raises :class:`LedgerError` for a line that is none."""
        self._path = path
        self._schools: dict[str, dict[str, Erasure]] = {}
        for number, line in enumerate(_lines(path), 1):
            self._read(number, line)

    def of(self, school: str) -> list[Erasure]:
        """What was erased in a school."""
        return list(self._schools.get(school, {}).values())

    def add(self, school: str, erasures: Iterable[Erasure]) -> None:
        """Write down erasures that it lacks, on disk when this returns. It blocks."""
        known = self._schools.setdefault(school, {})
        fresh = [one for one in erasures if one.entry not in known]
        if not fresh:
            return
        lines = [
            orjson.dumps({"school": school, **one.model_dump(mode="json")}) + b"\n" for one in fresh
        ]
        self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_APPEND | os.O_CLOEXEC, 0o600)
        try:
            _write(descriptor, b"".join([b"#\n" if _is_torn(descriptor) else b"", *lines]))
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        _sync_folder(self._path.parent)
        known.update({one.entry: one for one in fresh})

    def _read(self, number: int, line: bytes) -> None:
        try:
            told = orjson.loads(line)
            school: str = told.pop("school")
            erasure = Erasure.model_validate_json(orjson.dumps(told))
        except (orjson.JSONDecodeError, ValidationError, LookupError, TypeError, AttributeError):
            raise LedgerError(
                f"Line {number} of {self._path} is no erasure. The file says what must stay "
                "erased, whatever is restored: mend the line, or put back a newer copy of it."
            ) from None
        self._schools.setdefault(school, {})[erasure.entry] = erasure


def _lines(path: Path) -> list[bytes]:
    """Whole lines. One cut while it was written is left out: nothing was erased by it yet."""
    try:
        *lines, _ = path.read_bytes().split(b"\n")
    except FileNotFoundError:
        return []
    return [line for line in lines if not line.endswith(b"#")]


def _write(descriptor: int, data: bytes) -> None:
    """Write all of it. Raises ``OSError``: on a disk that fills up a write may be short first."""
    while data:
        data = data[os.write(descriptor, data) :]


def _is_torn(descriptor: int) -> bool:
    size = os.fstat(descriptor).st_size
    return size > 0 and os.pread(descriptor, 1, size - 1) != b"\n"


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
