"""The commands, as somebody types them: with a server beside, and with none."""

from __future__ import annotations

import asyncio
from pathlib import Path

import orjson
import pytest

from server.backups.folder import BackupFolder
from server.stores import FOLDER as DATABASES
from sync.backed import LOCAL
from sync.clock import SystemClock
from sync.stores.couchdb import CouchSettings, CouchStore
from sync.stores.sqlite import SqliteStore
from tests.peers.couch import new_prefix, pouchdb_server, real_url
from tests.server.process import Process, run
from tests.server.test_process import found
from tests.server.town import SCHOOL, make_schools
from tests.sync.stores.suite.helpers import publish, write_one


@pytest.fixture
def data(tmp_path: Path) -> Path:
    asyncio.run(found(tmp_path / "data"))
    (tmp_path / "to").mkdir()
    return tmp_path / "data"


def tidemark(data: Path, *words: str, **more: str) -> str:
    """What a command that goes well says."""
    done = run(*words, "--data", str(data), TIDEMARK_BACKUP_TO=str(data.parent / "to"), **more)
    assert done.returncode == 0, done.stderr
    return done.stdout


def refused(data: Path, *words: str, **more: str) -> str:
    """The sentence of one that does not."""
    done = run(*words, "--data", str(data), **more)
    assert done.returncode == 1, done.stdout
    assert "Traceback" not in done.stderr
    return done.stderr


def test_a_backup_beside_a_running_server_counts(data: Path) -> None:
    with Process(data, TIDEMARK_BACKUP_TO=str(data.parent / "to")):
        assert "3 databases" in tidemark(data, "backup")
    assert BackupFolder(data.parent / "to").newest() is not None


def test_with_the_server_killed_it_has_what_the_journal_has(data: Path) -> None:
    async def write() -> tuple[list[tuple[str, bytes]], int]:
        store = SqliteStore(data / DATABASES)
        folder = data / DATABASES
        await make_other(store)
        journals = [(one.name, one.read_bytes()) for one in folder.glob("*journal-*")]
        seq = (await (await store.open("sch-new")).info()).update_seq
        await store.close()
        return journals, seq

    journals, seq = asyncio.run(write())
    for name, content in journals:
        (data / DATABASES / name).write_bytes(content)
    tidemark(data, "backup")
    newest = BackupFolder(data.parent / "to").newest()
    assert newest is not None
    assert newest.databases["sch-new"].sequence == seq
    assert list((data / DATABASES).glob("*journal-*")) == []


async def make_other(store: SqliteStore) -> None:
    await write_one(await store.create("sch-new"), publish("a", n=1))


def test_the_list_names_them_and_checks_each_file(data: Path) -> None:
    tidemark(data, "backup")
    newest = BackupFolder(data.parent / "to").newest()
    assert newest is not None
    assert newest.id in tidemark(data, "backup", "list")
    assert "Every file is whole" in tidemark(data, "backup", "list", "--check")
    kept = newest.databases[SCHOOL]
    assert str(kept.sequence) in tidemark(data, "backup", "list", "--school", SCHOOL)
    assert newest.id not in tidemark(data, "backup", "list", "--school", "sch-none")
    (data.parent / "to" / newest.id / kept.file).write_bytes(b"rotten")
    to = {"TIDEMARK_BACKUP_TO": str(data.parent / "to")}
    assert "digest differs" in refused(data, "backup", "list", "--check", **to)
    (data.parent / "to" / newest.id / "manifest.json").write_text("{}")
    assert "cannot be read" in refused(data, "backup", "list", **to)


def test_what_could_not_be_copied_is_named(data: Path) -> None:
    tidemark(data, "backup")
    (data / DATABASES / f"{SCHOOL}.sqlite-wal").unlink(missing_ok=True)
    (data / DATABASES / f"{SCHOOL}.sqlite").write_bytes(b"damaged" * 5000)
    (data / DATABASES / "sch-odd.sqlite").write_bytes(b"damaged" * 5000)
    said = refused(data, "backup", TIDEMARK_BACKUP_TO=str(data.parent / "to"))
    assert f"{SCHOOL} could not be copied; its copy of 20" in said
    assert "sch-odd could not be copied: " in said
    assert SCHOOL in tidemark(data, "backup", "list")
    assert f"{SCHOOL}: the backup has it as of" in tidemark(data, "restore", "--yes")


def test_a_restore_asks_first_and_says_where_things_are(data: Path) -> None:
    tidemark(data, "backup")
    to = {"TIDEMARK_BACKUP_TO": str(data.parent / "to")}
    assert run("restore", "--data", str(data), **to).returncode == 1, "nobody answered"
    said = tidemark(data, "restore", "--yes", "--school", SCHOOL)
    assert f": {SCHOOL}." in said
    assert str(data / DATABASES / "replaced-") in said
    asyncio.run(found_more(data))
    assert "left as they are: sch-late" in tidemark(data, "restore", "--yes")


async def found_more(data: Path) -> None:
    store = SqliteStore(data / DATABASES)
    await store.create("sch-late")
    await store.close()


def test_mistakes_are_one_sentence(data: Path, tmp_path: Path) -> None:
    assert "No folder for backups is named" in refused(data, "backup")
    assert "is not there" in refused(data, "backup", "--to", str(tmp_path / "none"))
    couch = {"TIDEMARK_STORE": "couchdb+http://a:b@127.0.0.1:1"}
    assert "backup mark" in refused(data, "backup", "--to", str(tmp_path / "to"), **couch)
    for moment, why in (
        ("yesterday", "not a moment"),
        ("2026-11-23T02:00:00", "not a moment"),
        ("2026-02-31T02:00:00Z", "no such day"),
        ("2999-01-01T00:00:00Z", "yet to come"),
    ):
        assert why in refused(data, "backup", "mark", SCHOOL, "--at", moment)


def test_an_operators_own_backup_is_noted(data: Path) -> None:
    said = tidemark(data, "backup", "mark", SCHOOL, "--at", "2026-11-23T02:00:00Z")
    assert "before 2026-11-23T01:55:00.000Z" in said

    async def kept() -> object:
        store = SqliteStore(data / DATABASES)
        try:
            return await (await store.open(SCHOOL)).read_local(LOCAL)
        finally:
            await store.close()

    noted = asyncio.run(kept())
    assert orjson.loads(orjson.dumps(noted))["begun_at"] == "2026-11-23T02:00:00.000Z"


def test_an_operators_own_backup_of_a_couchdb_is_noted(tmp_path: Path) -> None:
    """Beside running servers, which keep mirrors of their own."""
    prefix = new_prefix()

    async def provision(url: str) -> CouchStore:
        settings = CouchSettings.of(url).with_prefix(prefix)
        clock = SystemClock()
        store = CouchStore(tmp_path / "own", settings, now_s=lambda: clock.now_ms() / 1000)
        await make_schools(store)
        return store

    async def noted(url: str) -> None:
        store = await provision(url)
        try:
            await asyncio.to_thread(
                tidemark,
                tmp_path / "data",
                *("backup", "mark", SCHOOL, "--at", "2026-11-23T02:00:00Z"),
                TIDEMARK_STORE=url,
                TIDEMARK_COUCHDB_PREFIX=prefix,
            )
            kept = await (await store.open(SCHOOL)).read_local(LOCAL)
            assert kept is not None
            assert kept["before"] == "2026-11-23T01:55:00.000Z"
        finally:
            await store.close()

    url = real_url()
    if url is not None:
        asyncio.run(noted(url))
        return
    with pouchdb_server() as own:
        asyncio.run(noted(own))
