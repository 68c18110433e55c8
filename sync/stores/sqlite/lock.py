"""One server a data folder: an exclusive lock on ``tidemark.lock``, which says who holds it.

The lock is the kernel's (``flock``) and ends with its holder, however that ended; the file's text
is only what the next one is told.
"""

from __future__ import annotations

import fcntl
import os
import socket
from pathlib import Path
from typing import Any, Self

import orjson

from sync.errors import StoreBusy

__all__ = ["FILE", "FolderLock"]

FILE = "tidemark.lock"


class FolderLock:
    """The hold on a data folder, until :meth:`release`."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    @classmethod
    def take(cls, folder: Path, *, address: str, started: str) -> Self:
        """Lock ``folder``. Raises :class:`StoreBusy`, naming the server that holds it.

        ``address``: where this server answers; ``started``: an instant. Both are for the reader of
        the message.
        """
        path = folder / FILE
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise StoreBusy(_sentence(folder, _holder(path))) from None
        holder = {"address": address, "host": socket.gethostname(), "started": started}
        os.ftruncate(descriptor, 0)
        os.write(descriptor, orjson.dumps({"pid": os.getpid(), **holder}))
        return cls(descriptor)

    def release(self) -> None:
        """Let another server have the folder."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)


def _holder(path: Path) -> dict[str, Any]:
    try:
        holder = orjson.loads(path.read_bytes())
    except orjson.JSONDecodeError:  # it holds the lock and has not written yet
        return {}
    return holder if isinstance(holder, dict) else {}


def _sentence(folder: Path, holder: dict[str, Any]) -> str:
    known = {name: value for name, value in holder.items() if value}
    who = "a process"
    if "pid" in known:
        who = f"process {known['pid']} on {known.get('host', 'this host')}"
    where = f", which answers at {known['address']}" if "address" in known else ""
    since = f", since {known['started']}" if "started" in known else ""
    return (
        f"The data folder {folder} is in use by another Tidemark server: {who}{where}{since}. "
        "Stop that server first, or give this one a folder of its own."
    )
