"""What a start makes of a journal that was left behind."""

from __future__ import annotations

import shutil
from pathlib import Path

import apsw
import pytest

from sync.errors import StoreError, StoreFull
from sync.stores.sqlite import SqliteSettings, SqliteStore, replay
from sync.stores.sqlite.journal_file import Entry, JournalFile
from sync.stores.sqlite.redo import Redo, pack
from sync.stores.sqlite.schema import MIGRATIONS
from sync.stores.sqlite.statements import Statement
from tests.sync.stores.suite.helpers import edit, feed, write_one

SCHEMA = len(MIGRATIONS)


def journals(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.glob("tidemark.journal-*"))


def add_local(name: str, value: int) -> Statement:
    return Statement("INSERT OR REPLACE INTO local VALUES (?, ?)", (name, b'{"n":%d}' % value))


def leave(folder: Path, *redos: Redo, number: int = 1) -> Path:
    """Leave a journal with ``redos`` behind."""
    file = JournalFile.create(folder, number)
    assert not any(file.append([Entry(pack(redo)) for redo in redos]))
    file.sync()
    file.close()
    return file.path


async def make(folder: Path, *names: str) -> dict[str, str]:
    """Make databases with one document each; return their epochs."""
    store = SqliteStore(folder)
    epochs = {}
    for name in names:
        database = await store.create(name)
        await write_one(database, edit("x"))
        epochs[name] = (await database.info()).epoch
    await store.close()
    return epochs


async def local_of(folder: Path, name: str) -> object:
    store = SqliteStore(folder)
    found = await (await store.open(name)).read_local("l")
    await store.close()
    return found and found["n"]


async def test_what_a_file_lacks_is_carried_out(tmp_path: Path) -> None:
    epochs = await make(tmp_path, "a", "b/c")
    redos = [Redo(name, epoch, SCHEMA, 1, [add_local("l", 7)]) for name, epoch in epochs.items()]
    leave(tmp_path, *redos, number=9)
    assert await local_of(tmp_path, "a") == 7
    assert not journals(tmp_path)
    assert await local_of(tmp_path, "b/c") == 7


async def test_what_is_of_other_times_is_passed_by(tmp_path: Path) -> None:
    epoch = (await make(tmp_path, "a"))["a"]
    here = [add_local("l", 1)]
    leave(
        tmp_path,
        Redo("a", "another", SCHEMA, 1, here),  # deleted, and made again
        Redo("a", epoch, SCHEMA, 0, here),  # the file goes on from there
        Redo("a", epoch, SCHEMA - 1, 5, here),  # the file has been through more steps
        Redo("gone", epoch, SCHEMA, 1, here),
        Redo("half", epoch, SCHEMA, 1, here),
    )
    (tmp_path / "half.sqlite").touch()
    assert await local_of(tmp_path, "a") is None
    assert await local_of(tmp_path, "half") is None
    assert not journals(tmp_path)


async def test_what_was_withdrawn_is_not_carried_out(tmp_path: Path) -> None:
    epoch = (await make(tmp_path, "a"))["a"]
    first, second = ([add_local("l", number)] for number in (1, 2))
    withdrawal = Redo("a", epoch, SCHEMA, 1, None)
    leave(tmp_path, withdrawal, Redo("a", epoch, SCHEMA, 1, first))  # of a file that is gone
    leave(tmp_path, Redo("a", epoch, SCHEMA, 1, second), withdrawal, number=2)
    assert await local_of(tmp_path, "a") == 1


async def test_a_torn_end_is_cut_off(tmp_path: Path) -> None:
    epoch = (await make(tmp_path, "a"))["a"]
    redos = [Redo("a", epoch, SCHEMA, 1, [add_local("l", number)]) for number in (1, 2)]
    path = leave(tmp_path, *redos)
    data = path.read_bytes()
    end = len(data.rstrip(b"\0"))
    path.write_bytes(data[: end - 3])
    assert await local_of(tmp_path, "a") == 1


async def test_a_database_that_cannot_be_brought_up_to_date_is_refused(tmp_path: Path) -> None:
    epochs = await make(tmp_path, "old", "broken", "good")
    files = [tmp_path / f"broken.sqlite{suffix}" for suffix in ("", "-wal")]
    whole = [path.read_bytes() for path in files]
    seqs = {"old": 5, "broken": 1, "good": 1}
    leave(
        tmp_path,
        *(
            Redo(name, epoch, SCHEMA, seqs[name], [add_local("l", 7)])
            for name, epoch in epochs.items()
        ),
    )
    for path in files:
        path.write_bytes(b"no database" * 2000)

    store = SqliteStore(tmp_path, SqliteSettings(journal_bytes=1))
    old, broken, good = [await store.open(name) for name in ("old", "broken", "good")]
    with pytest.raises(StoreError, match=r"after sequence 5 .* 'old', but its file ends at 1"):
        await old.info()
    with pytest.raises(StoreError, match="replay of database 'broken' failed"):
        await write_one(broken, edit("y"))
    assert await good.read_local("l") == {"n": 7}
    for number in range(3):  # another file of the journal each
        await write_one(good, edit(str(number)))
    await store.delete("old")
    await write_one(await store.create("old"), edit("new"))
    await store.close()
    assert len(journals(tmp_path)) == 1

    for path, data in zip(files, whole, strict=True):
        path.write_bytes(data)
    assert await local_of(tmp_path, "broken") == 7
    assert not journals(tmp_path)
    store = SqliteStore(tmp_path)
    assert await feed(await store.open("old")) == ["new"]
    assert await feed(await store.open("good")) == ["x", "0", "1", "2"]
    await store.close()


async def test_a_replay_without_room_is_tried_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    epoch = (await make(tmp_path, "a"))["a"]
    leave(tmp_path, Redo("a", epoch, SCHEMA, 1, [add_local("l", 7)]))

    def fail(*_: object) -> None:
        raise apsw.FullError("full")

    with monkeypatch.context() as patch:
        patch.setattr(replay, "carry_out", fail)
        store = SqliteStore(tmp_path)
    with pytest.raises(StoreFull):
        await (await store.open("a")).read(["x"])
    await store.close()
    assert await local_of(tmp_path, "a") == 7


async def test_a_journal_of_another_version_stops_the_start(tmp_path: Path) -> None:
    await make(tmp_path, "a")
    path = tmp_path / "tidemark.journal-1"
    path.write_bytes(b"TdmkJrn9" + bytes(100))
    for _ in range(2):  # and the folder's lock is let go
        with pytest.raises(StoreError, match="start the version that wrote it"):
            SqliteStore(tmp_path)
    path.unlink()
    assert await local_of(tmp_path, "a") is None


async def test_thousands_of_databases_are_replayed(tmp_path: Path) -> None:
    epoch = (await make(tmp_path, "model"))["model"]
    names = [f"school-{number}" for number in range(1500)]
    for name in names:
        for suffix in ("", "-wal"):
            shutil.copyfile(tmp_path / f"model.sqlite{suffix}", tmp_path / f"{name}.sqlite{suffix}")
    leave(tmp_path, *(Redo(name, epoch, SCHEMA, 1, [add_local("l", 7)]) for name in names))
    store = SqliteStore(tmp_path, SqliteSettings(handles=1))
    for name in names[::100]:
        assert await (await store.open(name)).read_local("l") == {"n": 7}
    await store.close()
