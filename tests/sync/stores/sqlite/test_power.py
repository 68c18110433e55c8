"""The power goes: what was acknowledged is there, with the same revision and sequence."""

from __future__ import annotations

import asyncio
import random
import shutil
from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest

from sync.errors import DatabaseMissing
from sync.store import Database, Store, WriteBatch
from sync.stores.sqlite import FileSettings, SqliteSettings, SqliteStore
from tests.sync.stores.sqlite.power import NAME, Power, power_of
from tests.sync.stores.suite.helpers import edit, publish, write, write_one

SMALL = FileSettings(vfs=NAME, wal_pages=30, wal_left_bytes=60_000)
"""Logs that are often begun anew."""

Place = tuple[str, int]
"""A revision and its sequence."""


class Ledger:
    """What was acknowledged: documents by database and id, local documents by database."""

    def __init__(self) -> None:
        self.documents: dict[tuple[str, str], Place] = {}
        self.local: dict[str, int] = {}

    def copy(self) -> Ledger:
        other = Ledger()
        other.documents = self.documents.copy()
        other.local = self.local.copy()
        return other


@pytest.fixture
def power(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Power]:
    with power_of(tmp_path / "data", monkeypatch) as power:
        yield power


def journals(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("tidemark.journal-*"))


async def put(database: Database, ledger: Ledger, number: int) -> None:
    """Write documents that nobody changes later, one that everybody does, and a local one."""
    ids = [f"{number}:{part}" for part in range(1 + number % 4)]
    writes = [edit(name, to="red", text=name * 200) for name in ids]
    counter = publish("counter", to="red blue", n=number)
    results = await database.write(WriteBatch([*writes, counter], {"local": {"n": number}}))
    for result in results[:-1]:
        ledger.documents[database.name, result.id] = result.rev, result.seq
    await database.write(WriteBatch(local={"local": {"n": number + 0.5}}))
    ledger.local[database.name] = number


async def look(folder: Path, ledger: Ledger) -> None:
    """Open what is left, twice; everything acknowledged is there."""
    left = {name: (folder / name).read_bytes() for name in journals(folder)}
    await look_once(folder, ledger)
    assert not journals(folder)
    for name, data in left.items():
        (folder / name).write_bytes(data)
    await look_once(folder, ledger)  # a replay may be repeated
    check_files(folder)


def check_files(folder: Path) -> None:
    for path in folder.glob("*.sqlite"):
        connection = apsw.Connection(str(path))
        assert connection.pragma("integrity_check") == "ok"
        connection.close()


async def look_once(folder: Path, ledger: Ledger) -> None:
    store = SqliteStore(folder)
    for (name, id_), place in ledger.documents.items():
        document, *_ = await (await store.open(name)).read([id_])
        assert document is not None, (name, id_)
        assert (document.rev, document.seq) == place
        assert document.body == {"text": id_ * 200}
    for name, number in ledger.local.items():
        database = await store.open(name)
        local = await database.read_local("local")
        assert local is not None
        assert local["n"] >= number + 0.5
        info = await database.info()
        whole = await database.changes(0)
        assert whole.last_seq == info.update_seq
        assert len(whole.changes) == info.doc_count
        assert whole == await database.changes(0, channels=frozenset({"red"}))
    await store.close()


@pytest.mark.parametrize("seed", range(2))
async def test_at_any_moment_under_load(tmp_path: Path, power: Power, seed: int) -> None:
    chance = random.Random(seed)
    settings = SqliteSettings(handles=2, journal_bytes=20_000, files=SMALL)
    store = SqliteStore(power.folder, settings)
    ledger = Ledger()
    cuts: list[tuple[Path, Ledger]] = []

    async def work(database: Database, turn: int) -> None:
        for number in range(turn, 24, 2):
            await put(database, ledger, number)

    async def cut() -> None:
        while True:
            await asyncio.sleep(chance.uniform(0, 0.04))
            known = ledger.copy()
            folder = tmp_path / f"cut-{len(cuts)}"
            cuts.append((power.cut(folder, chance if len(cuts) % 2 else None), known))

    databases = [await store.create(f"school-{number}") for number in range(5)]
    cutter = asyncio.create_task(cut())
    await asyncio.gather(*(work(one, turn) for one in databases for turn in range(2)))
    cutter.cancel()
    cuts.append((power.cut(tmp_path / "last"), ledger.copy()))
    assert journals(power.folder) != ["tidemark.journal-1"]
    await store.close()
    cuts.append((power.cut(tmp_path / "closed"), ledger))
    assert not journals(tmp_path / "closed")
    for folder, known in cuts[-10:]:
        await look(folder, known)


async def test_at_every_step_of_a_rotation(tmp_path: Path, power: Power) -> None:
    store = SqliteStore(power.folder, SqliteSettings(journal_bytes=1, files=SMALL))
    ledger = Ledger()
    cuts: list[tuple[Path, Ledger]] = []

    def cut() -> None:
        with power.lock:
            known = ledger.copy()
            cuts.append((power.cut(tmp_path / f"cut-{len(cuts)}"), known))

    databases = [await store.create(name) for name in ("a", "b")]
    power.heard = cut
    for number in range(4):
        await asyncio.gather(*(put(database, ledger, number) for database in databases))
    await store.close()
    power.heard = lambda: None
    assert len(cuts) > 50
    assert any(len(journals(folder)) == 2 for folder, _ in cuts)
    for folder, known in cuts:
        await look(folder, known)


async def test_a_replay_cut_short_is_repeated(tmp_path: Path, power: Power) -> None:
    store = SqliteStore(power.folder, SqliteSettings(files=SMALL))
    ledger = Ledger()
    for name in ("a", "b"):
        await put(await store.create(name), ledger, 3)
    first = power.cut(tmp_path / "first")
    await store.close()
    shutil.rmtree(power.folder)
    shutil.copytree(first, power.folder)
    power.folder_synced()
    for path in power.folder.iterdir():
        power.file_synced(path, entry=True)
    cuts: list[Path] = []
    power.heard = lambda: cuts.append(power.cut(tmp_path / f"cut-{len(cuts)}"))
    await SqliteStore(power.folder, SqliteSettings(files=SMALL)).close()
    power.heard = lambda: None
    assert len(cuts) > 5
    for folder in cuts:
        await look(folder, ledger)


async def test_a_deleted_database_stays_deleted(tmp_path: Path, power: Power) -> None:
    store: Store = SqliteStore(power.folder, SqliteSettings(files=SMALL))
    old = await store.create("a")
    await write_one(old, edit("old"))
    epoch = (await old.info()).epoch
    await store.delete("a")
    gone = power.cut(tmp_path / "gone")
    new = await store.create("a")
    made = power.cut(tmp_path / "made")
    result = await write_one(new, edit("new"))
    written = power.cut(tmp_path / "written")
    await store.close()

    left = SqliteStore(gone)
    with pytest.raises(DatabaseMissing):
        await left.open("a")
    await left.close()
    for folder in (made, written):
        left = SqliteStore(folder)
        database = await left.open("a")
        assert (await database.info()).epoch not in {epoch, ""}
        found = await database.read(["old", "new"])
        expected = result.rev if folder == written else None
        assert [one and one.rev for one in found] == [None, expected]
        await left.close()


async def test_what_is_purged_or_set_is_there(tmp_path: Path, power: Power) -> None:
    store = SqliteStore(power.folder, SqliteSettings(files=SMALL))
    database = await store.create("a")
    results = await write(database, edit("x"), edit("y"))
    assert await database.purge({"x": [results[0].rev]}) == {"x": [results[0].rev]}
    await database.configure(revs_limit=7)
    await write_one(database, edit("z"))
    await database.compact()
    info = await database.info()
    left = SqliteStore(power.cut(tmp_path / "cut"))
    await store.close()
    database = await left.open("a")
    found = await database.info()
    assert (found.update_seq, found.purge_seq) == (info.update_seq, 1)
    assert (await database.settings()).revs_limit == 7
    assert [one and one.id for one in await database.read(["x", "y", "z"])] == [None, "y", "z"]
    await left.close()
