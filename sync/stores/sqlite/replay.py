"""Replay: carrying out what the journal has and a database's file has not, before all else.

The power may have taken the end of a file's write-ahead log, never its middle: each file is as it
was after one of its commits, so those that follow are carried out again, in their order. A record
that names an earlier place than the file is at was carried out. (Batches of local documents alone
do not move the sequence; those at the file's place are all repeated, which changes nothing.)
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import apsw

from sync.errors import StoreError
from sync.stores.names import file_name
from sync.stores.sqlite.failures import told
from sync.stores.sqlite.handles import PLACE, FileSettings, connect
from sync.stores.sqlite.journal_file import files_of, payloads_of, sync_logs
from sync.stores.sqlite.queries import fetch
from sync.stores.sqlite.redo import Redo, unpack
from sync.stores.sqlite.statements import carry_out

__all__ = ["Replayed", "replay"]


class Replayed(NamedTuple):
    """What became of a journal: everything in ``files`` is on disk elsewhere, but for ``owed``.

    ``owed``: payloads for databases that could not be brought up to date, and are ``refused``
    until they can. ``last``: the number of the newest file.
    """

    last: int
    files: list[Path]
    owed: list[bytes]
    refused: dict[str, StoreError]


def replay(folder: Path, settings: FileSettings) -> Replayed:
    """Bring the databases in ``folder`` up to date. It may be cut short anywhere, and repeated.

    Raises :class:`StoreError` for a journal that cannot be read.
    """
    files = files_of(folder)
    replayed = Replayed(files[-1][0] if files else 0, [path for _, path in files], [], {})
    waiting = _by_database(replayed.files)
    done: list[Path] = []
    for name, payloads in waiting.items():
        path = folder / file_name(name)
        if not path.exists():
            continue
        try:
            _catch_up(path, payloads, settings)
        except (apsw.Error, StoreError) as error:
            replayed.refused[name] = told(error, folder, name, "replay")
            replayed.owed.extend(map(bytes, payloads))
        else:
            done.append(path)
    sync_logs(done)
    return replayed


def _by_database(files: Sequence[Path]) -> dict[str, list[memoryview]]:
    """The payloads of each database, without those that were withdrawn."""
    waiting: dict[str, list[memoryview]] = defaultdict(list)
    for path in files:
        for payload in payloads_of(path):
            redo = unpack(payload)
            if redo.statements is not None:
                waiting[redo.database].append(payload)
            elif waiting[redo.database]:  # else it was in a file that is gone
                waiting[redo.database].pop()
    return waiting


def _catch_up(path: Path, payloads: Sequence[memoryview], settings: FileSettings) -> None:
    with closing(connect(path, settings)) as connection:
        if not connection.pragma("user_version"):  # made again after a deletion, but in half
            return
        connection.pragma("synchronous", "NORMAL")
        connection.wal_autocheckpoint(settings.wal_pages)
        for payload in payloads:
            _carry_out(connection, unpack(payload))


def _carry_out(connection: apsw.Connection, redo: Redo) -> None:
    epoch, seq = fetch(connection, PLACE)[0]
    at, belongs = (connection.pragma("user_version"), seq), (redo.schema, redo.seq)
    if epoch != redo.epoch or at > belongs:
        return
    if at < belongs:
        raise StoreError(
            f"The journal goes on after sequence {redo.seq} of the database {redo.database!r}, but "
            f"its file ends at {seq}: the file is older than the journal beside it. Put back both "
            "from one backup; or move the file elsewhere, and start again."
        )
    carry_out(connection, redo.statements or ())
