"""The restore drill: a server is lost, put back from last night's backup, and its tablets return.

Every entry comes back from the tablets, by receipts, unaided. What they cannot bring back is named
by the command. Also where nobody says that anything was put back: files swapped under the same
epoch.
"""

from __future__ import annotations

import asyncio
import contextlib
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx2
import orjson
import pytest

from schemas.canonical import GENESIS
from schemas.policy import Role
from server.accounts import Account, Accounts
from server.backups.folder import BackupFolder, Manifest
from server.passwords import Passwords
from server.settings import Settings
from server.stores import FOLDER as DATABASES
from sync.arrivals import read_arrival
from sync.stores.sqlite import SqliteStore
from tests.factory import COVER, MONDAY, OFFICER, TUTOR
from tests.faults.devices import MOST_PUSHED, Cells, Device
from tests.server.process import Process, run
from tests.server.test_process import found
from tests.server.town import CHEAP, SCHOOL, USERNAMES, credentials


class Drill:
    """A data folder, a folder of backups, and three devices that believe receipts alone."""

    def __init__(self, folder: Path) -> None:
        self.data, self.to = folder / "data", folder / "to"
        self.to.mkdir()
        self.devices = [Device(TUTOR, "1" * 32), Device(COVER, "2" * 32), Device(OFFICER, "3" * 32)]
        self.tokens: dict[str, str] = {}
        self.cells, self.chance = Cells(), Random(7)
        self.setting = {"TIDEMARK_BACKUP_TO": str(self.to)}

    def server(self) -> Process:
        return Process(self.data, **self.setting)

    def backup(self) -> Manifest:
        done = run("backup", "--data", str(self.data), **self.setting)
        assert done.returncode == 0, done.stderr
        newest = BackupFolder(self.to).newest()
        assert newest is not None
        return newest

    def restore(self, *words: str) -> str:
        done = run("restore", "--yes", "--data", str(self.data), *words, **self.setting)
        assert done.returncode == 0, done.stderr
        return done.stdout

    @contextlib.contextmanager
    def visit(self, server: Process, device: Device) -> Iterator[httpx2.Client]:
        with httpx2.Client(base_url=server.address, cookies=device.cookies, timeout=30) as browser:
            if not device.cookies:
                answer = browser.post("/session", json=credentials(USERNAMES[device.speaker]))
                assert answer.status_code == 200, answer.text
                device.cookies = dict(browser.cookies)
            yield browser

    def work(self, server: Process, entries: int) -> None:
        """Each device writes, pushes, and is told that it was taken in."""
        for device in self.devices:
            for _ in range(entries):
                self.cells.write(device, self.chance)
            self.send_all(server, device)

    def send_all(self, server: Process, device: Device) -> int:
        """Ask, and push what the receipt lacks, until it lacks nothing; how many were sent."""
        sent = 0
        with self.visit(server, device) as browser:
            self.ask(browser, device)
            while waiting := device.lacking()[:MOST_PUSHED]:
                body = {"docs": waiting, "new_edits": False}
                answer = browser.post(f"/db/{SCHOOL}/_bulk_docs", json=body)
                assert answer.status_code == 201, answer.text
                sent += len(waiting)
                self.ask(browser, device)
        return sent

    def ask(self, browser: httpx2.Client, device: Device) -> dict[str, Any]:
        """One ``_sync``, as the app asks it: the log's head, the token held."""
        tablet, known = device.tablet, device.receipt
        head = {
            "log": tablet.log,
            "n": known["through"] if known else 0,
            "digest": tablet.entries[known["through"] - 1]["digest"]
            if known and known["through"]
            else GENESIS,
            "receipt": known["tag"] if known else None,
        }
        question = {
            "device": f"tablet-{device.log[0]}",
            "device_time": f"{MONDAY}T09:00:00.000Z",
            "logs": [head],
            "token": self.tokens.get(device.log),
        }
        answer = browser.post(f"/db/{SCHOOL}/_sync", json=question)
        assert answer.status_code == 200, answer.text
        said: dict[str, Any] = answer.json()
        for receipt in said["receipts"]:
            device.receipt = receipt
        self.tokens[device.log] = said["token"]
        return said

    def return_all(self, server: Process) -> int:
        """Every device comes back: is told that its replica is of another history, and sends."""
        sent = 0
        for device in self.devices:
            with self.visit(server, device) as browser:
                assert self.ask(browser, device)["reset"]
            sent += self.send_all(server, device)
        return sent

    async def kept(self) -> tuple[list[str], list[str]]:
        """Ids of the entries in the store, and of what its arrivals name."""
        store = SqliteStore(self.data / DATABASES)
        try:
            database = await store.open(SCHOOL)
            entries = await database.range("entry:", "entry;")
            arrivals = await database.range("arrival:", "arrival;")
        finally:
            await store.close()
        named = [item.entry for one in arrivals for item in read_arrival(one).items]
        return sorted(one.id for one in entries), sorted(named)

    @property
    def written(self) -> list[str]:
        return sorted(one["_id"] for device in self.devices for one in device.tablet.entries)

    async def change_accounts(self) -> None:
        """An account is made after the backup: no tablet can bring that back."""
        store, passwords = SqliteStore(self.data / DATABASES), Passwords(Settings(**CHEAP))
        try:
            people = await Accounts.open(store, passwords)
            await people.put([Account(person="staff-n", username="n", name="N", role=Role.HEAD)])
        finally:
            passwords.close()
            await store.close()


@pytest.fixture
def drill(tmp_path: Path) -> Drill:
    asyncio.run(found(tmp_path / "data"))
    return Drill(tmp_path)


def _is_whole(drill: Drill) -> None:
    entries, named = asyncio.run(drill.kept())
    assert entries == drill.written
    assert named == drill.written, "each by one arrival"
    for device in drill.devices:
        assert device.receipt is not None
        assert device.receipt["through"] == device.tablet.n
        assert not device.receipt["forked"]


def test_every_entry_comes_back_by_receipts_unaided(drill: Drill) -> None:
    with drill.server() as server:
        drill.work(server, 4)
        drill.backup()
        drill.work(server, 5)
        server.kill()
    asyncio.run(drill.change_accounts())
    said = drill.restore()
    after = len(drill.written) - 12
    assert f"{SCHOOL}: {after} entries came in after the backup, from 3 devices" in said
    assert "accounts: 1 account changed after the backup" in said
    with drill.server() as server:
        assert drill.return_all(server) == after
        server.stop()
    _is_whole(drill)


def test_a_machine_that_burnt_down(drill: Drill) -> None:
    with drill.server() as server:
        drill.work(server, 3)
        drill.backup()
        drill.work(server, 3)
        server.kill()
    shutil.rmtree(drill.data)
    assert "cannot be told" in drill.restore()
    with drill.server() as server:
        assert drill.return_all(server) == 9
        server.stop()
    _is_whole(drill)


def test_a_snapshot_of_the_folder_begins_anew_when_it_is_told(drill: Drill) -> None:
    with drill.server() as server:
        drill.work(server, 3)
        server.kill()
    sockets = shutil.ignore_patterns("tidemark.control")
    shutil.copytree(drill.data, drill.data.with_name("snapshot"), ignore=sockets)
    with drill.server() as server:
        drill.work(server, 3)
        server.kill()
    shutil.rmtree(drill.data)
    drill.data.with_name("snapshot").rename(drill.data)
    assert "Another history begins in: accounts, sch-other, sch-test." in drill.restore(
        "--snapshot"
    )
    with drill.server() as server:
        assert drill.return_all(server) == 9
        server.stop()
    _is_whole(drill)


def test_one_school_is_put_back_beside_a_journal_that_was_not_finished(drill: Drill) -> None:
    with drill.server() as server:
        drill.work(server, 3)
        drill.backup()
        drill.work(server, 3)
        server.kill()
    assert list((drill.data / DATABASES).glob("*journal-*"))
    drill.restore("--school", SCHOOL)
    with drill.server() as server:
        assert drill.return_all(server) == 9
        server.stop()
    _is_whole(drill)


def test_files_swapped_under_the_same_epoch_are_noticed(drill: Drill) -> None:
    """Nobody said that anything was put back, and a newer backup than those files is there."""
    with drill.server() as server:
        drill.work(server, 3)
        older = drill.backup()
        drill.work(server, 4)
        newer = drill.backup()
        server.stop()
    folder = drill.data / DATABASES
    for one in folder.glob(f"{SCHOOL}.sqlite*"):
        one.unlink()
    shutil.copy(drill.to / older.id / f"{SCHOOL}.sqlite", folder)
    with drill.server() as server:
        for device in drill.devices:
            with drill.visit(server, device) as browser:
                drill.ask(browser, device)
                assert device.receipt is not None
                assert device.receipt["through"] < device.tablet.n, "whatever its token says"
        for device in drill.devices:
            drill.send_all(server, device)
        events = [one["event"] for one in server.events()]
        server.stop()
    assert "a school is behind its last backup" in events
    _is_whole(drill)
    # The sequences of the newer backup are given out again; it holds none of what has them now.
    assert newer.databases[SCHOOL].sequence > older.databases[SCHOOL].sequence
    with drill.server() as server:
        for device in drill.devices:
            with drill.visit(server, device) as browser:
                drill.ask(browser, device)
            assert device.receipt is not None
            assert device.receipt["backed_up_through"] <= 3
        drill.backup()
        server.stop()
    with drill.server() as server:
        for device in drill.devices:
            with drill.visit(server, device) as browser:
                drill.ask(browser, device)
            assert device.receipt is not None
            assert device.receipt["backed_up_through"] == device.tablet.n


def test_a_server_tells_its_tablets_of_a_backup_taken_by_itself(drill: Drill) -> None:
    """At the start, as the newest that it finds; the command's, within a minute."""
    with drill.server() as server:
        drill.work(server, 2)
        drill.backup()
        server.stop()
    with drill.server() as server:
        ready = orjson.loads(httpx2.get(f"{server.address}/readyz").content)
        assert ready["backup"]["state"] == "taken"
        device = drill.devices[0]
        with drill.visit(server, device) as browser:
            drill.ask(browser, device)
        assert device.receipt is not None
        assert device.receipt["backed_up_through"] == 2
