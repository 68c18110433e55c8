"""``kill -9`` at any moment: what was acknowledged is there, and every file is whole."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path

import apsw

from sync.stores.sqlite import SqliteStore

WORKER = Path(__file__).with_name("crash_worker.py")
KILLS = 24
ENOUGH_S = 8.0
"""After which a slow machine may leave it at fewer."""


def write_until_killed(folder: Path, turn: int, after_s: float) -> list[str]:
    """Let a worker write; kill it some time after its first word; return what it acknowledged."""
    command = [sys.executable, str(WORKER), str(folder), str(turn)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        first = worker.stdout.readline()
        time.sleep(after_s)
        worker.kill()
        rest = worker.stdout.read()
    said = first + rest
    return said[: said.rfind("\n") + 1].splitlines()


async def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    chance = random.Random(20260907)
    folder = tmp_path / "data"
    acknowledged: dict[str, set[str]] = defaultdict(set)
    journals: set[int] = set()
    end = time.monotonic() + ENOUGH_S
    for turn in range(KILLS):
        if time.monotonic() > end:
            break
        for line in write_until_killed(folder, turn, chance.uniform(0, 0.08)):
            school, name = line.split()
            acknowledged[school].add(name)
        journals.add(len(list(folder.glob("tidemark.journal-*"))))
    assert max(journals) == 2, "it was killed while a journal was being retired"
    assert sum(map(len, acknowledged.values())) > 100

    store = SqliteStore(folder)
    assert not store._journal.refused
    assert set(await store.names()) - {"passing"} == acknowledged.keys()
    for school, ids in acknowledged.items():
        database = await store.open(school)
        found = await database.read(sorted(ids))
        assert all(document and document.body["text"] == document.id * 50 for document in found)
        info = await database.info()
        feed = await database.changes(0, limit=10**6)
        scoped = await database.changes(0, channels=frozenset({"red"}), limit=10**6)
        assert len(feed.changes) == info.doc_count
        assert feed == scoped
        assert feed.last_seq == info.update_seq
    await store.close()
    assert not list(folder.glob("tidemark.journal-*"))
    for path in folder.glob("*.sqlite"):
        connection = apsw.Connection(str(path))
        assert connection.pragma("integrity_check") == "ok"
        connection.close()
