"""Backups taken while a store is used: whole, bounded, linked, removed; and failing ones."""

from __future__ import annotations

import asyncio
import errno
import os
from pathlib import Path

import apsw
import pytest

from server.backups import taking as module
from server.backups.errors import BackupError
from server.backups.folder import MANIFEST, BackupFolder
from server.backups.taking import Stopped, Taking, take
from sync.errors import StoreError
from sync.stores.sqlite import SqliteStore, backup
from sync.stores.sqlite.backup import check_copy
from tests.factory import SetClock
from tests.server.backups.kit import backup_folder, inode, place, school, take_next
from tests.server.backups.kit import taking as plan
from tests.sync.stores.suite.helpers import publish, write_one


@pytest.fixture(autouse=True)
def nothing_is_fresh(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files count as settled at once: no test waits two seconds."""
    monkeypatch.setattr(backup, "SETTLED_NS", 0)


async def test_every_database_is_in_it_as_it_was_answered(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    databases = [await school(store, name, n) for n, name in enumerate(("a", "b/c", "accounts"), 1)]
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    manifest = take_next(tmp_path / "live", to, clock)
    for database in databases:
        kept = manifest.databases[database.name]
        info = await database.info()
        assert place(kept) == (info.epoch, info.update_seq)
        check_copy(to.at(manifest.id) / kept.file, kept.digest)
    assert to.ids() == [manifest.id]
    assert to.read(manifest.id) == manifest == to.newest()
    assert manifest.failed == {}
    modes = {one.stat().st_mode & 0o777 for one in to.at(manifest.id).iterdir()}
    assert modes == {0o600}
    await store.close()


async def test_what_did_not_change_is_the_same_file_again(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    for name in ("a", "b"):
        await school(store, name)
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    first = take_next(tmp_path / "live", to, clock)
    await write_one(await store.open("b"), publish("more", n=1))
    second = take_next(tmp_path / "live", to, clock)
    assert inode(to, first, "a") == inode(to, second, "a")
    assert inode(to, first, "b") != inode(to, second, "b")
    assert second.databases["a"] == first.databases["a"]
    assert second.databases["b"].sequence == first.databases["b"].sequence + 1
    await store.close()


async def test_without_links_it_is_copied_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    first = take_next(tmp_path / "live", to, clock)
    monkeypatch.setattr(Path, "hardlink_to", _no_links)
    second = take_next(tmp_path / "live", to, clock)
    assert inode(to, first, "a") != inode(to, second, "a")
    assert second.databases["a"].digest == first.databases["a"].digest
    with monkeypatch.context() as broken:
        broken.setattr(module, "copy_file", _damaged)
        await write_one(await store.open("a"), publish("more", n=1))
        third = take_next(tmp_path / "live", to, clock)
    assert third.failed.keys() == {"a"}
    check_copy(to.at(third.id) / "a.sqlite", second.databases["a"].digest)
    await store.close()


def _no_links(*_: object) -> None:
    raise OSError(errno.EPERM, "no links here")


def _damaged(*_: object) -> None:
    raise StoreError("damaged")


async def test_the_oldest_are_removed_and_the_rest_stay_whole(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    (to.path / "notes.txt").write_text("the operator's own")
    taken = [take_next(tmp_path / "live", to, clock, keep=2) for _ in range(4)]
    assert to.ids() == [taken[2].id, taken[3].id]
    for manifest in taken[2:]:
        kept = manifest.databases["a"]
        check_copy(to.at(manifest.id) / kept.file, kept.digest)
    assert sorted(one.name for one in to.path.iterdir()) == [".lock", *to.ids(), "notes.txt"]
    await store.close()


async def test_a_damaged_school_keeps_its_earlier_copy_and_is_named(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    for name in ("a", "b"):
        await school(store, name)
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    first = take_next(tmp_path / "live", to, clock)
    await store.close()
    (tmp_path / "live" / "a.sqlite-wal").unlink()
    (tmp_path / "live" / "a.sqlite").write_bytes(b"nothing that SQLite knows" * 1000)
    (tmp_path / "live" / "c.sqlite").write_bytes(b"nor this")
    second = take_next(tmp_path / "live", to, clock)
    assert second.failed.keys() == {"a", "c"}
    assert second.databases["a"] == first.databases["a"]
    check_copy(to.at(second.id) / "a.sqlite", first.databases["a"].digest)
    assert second.databases.keys() == {"a", "b"}


async def test_a_school_deleted_meanwhile_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    await store.close()

    def deleted(path: Path, *_: object) -> None:
        path.unlink()
        raise apsw.CantOpenError("gone")

    monkeypatch.setattr(module, "copy_file", deleted)
    manifest = take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    assert (manifest.databases, manifest.failed) == ({}, {})


async def test_a_full_disk_leaves_no_half_backup(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    first = take_next(tmp_path / "live", to, clock)
    await write_one(await store.open("a"), publish("more", n=1))
    for failure in (apsw.FullError("full"), OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))):

        def full(*_: object, failure: Exception = failure) -> None:
            raise failure

        with monkeypatch.context() as patched:
            patched.setattr(module, "copy_file", full)
            with pytest.raises(BackupError, match="no space left"):
                take_next(tmp_path / "live", to, clock)
        assert to.newest() == first
    again = take_next(tmp_path / "live", to, clock)
    assert [one.name for one in to.path.iterdir() if one.name.startswith(".unfinished")] == []
    assert again.databases["a"].sequence == first.databases["a"].sequence + 1
    await store.close()


def test_a_folder_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    with pytest.raises(BackupError, match="Mount its disk"):
        take(plan(tmp_path / "live", BackupFolder(tmp_path / "away"), SetClock()))
    assert not (tmp_path / "away").exists()


def test_one_backup_at_a_time(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    to = backup_folder(tmp_path / "to")
    with to.held(), pytest.raises(BackupError, match="under way"):
        take(plan(tmp_path / "live", to, SetClock()))
    take(plan(tmp_path / "live", to, SetClock()))


def test_a_disk_that_fails_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "live").mkdir()
    to = backup_folder(tmp_path / "to")

    def broken(*_: object) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(BackupFolder, "begin", broken)
    with pytest.raises(BackupError, match="Input/output error"):
        take(plan(tmp_path / "live", to, SetClock()))


async def test_a_server_that_stops_waits_for_no_backup(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    to = backup_folder(tmp_path / "to")
    with pytest.raises(Stopped):
        take(Taking(tmp_path / "live", to, 1, SetClock(), stop=lambda: True))
    assert to.ids() == []
    await store.close()


async def test_pushes_go_on_while_it_is_taken(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    databases = [await school(store, f"s{n}", 30) for n in range(8)]
    to = backup_folder(tmp_path / "to")
    resting = Taking(tmp_path / "live", to, 1, SetClock())
    taking = asyncio.get_running_loop().run_in_executor(None, take, resting)
    written = 0
    while not taking.done():
        await write_one(databases[written % 8], publish("new", n=written))
        written += 1
    manifest = await taking
    assert written > 8
    for database in databases:
        kept = manifest.databases[database.name]
        assert kept.sequence <= (await database.info()).update_seq
        check_copy(to.at(manifest.id) / kept.file, kept.digest)
    await store.close()


def test_a_manifest_that_cannot_be_read_is_passed_by(tmp_path: Path) -> None:
    (tmp_path / "live").mkdir()
    to, clock = backup_folder(tmp_path / "to"), SetClock()
    first, second = (take_next(tmp_path / "live", to, clock) for _ in range(2))
    for broken in ("{", "[]", "{}", '{"databases": {"a": {}}}', '{"databases": {}}'):
        (to.at(second.id) / MANIFEST).write_text(broken)
        assert to.newest() == first
    with pytest.raises(BackupError, match="cannot be read"):
        to.read(second.id)
    with pytest.raises(BackupError, match="no backup"):
        to.read("20200101T000000000Z")
    (to.at(first.id) / MANIFEST).unlink()
    assert to.newest() is None
