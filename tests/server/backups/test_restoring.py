"""Restores: whole, of one school, cut off, refused; and what they say is set back."""

from __future__ import annotations

import contextlib
import itertools
from pathlib import Path
from typing import Any

import apsw
import orjson
import pytest

from schemas.policy import Role
from server.accounts import Account, Accounts
from server.backups import restoring as module
from server.backups.errors import BackupError
from server.backups.folder import BackupFolder, Manifest
from server.backups.losses import loss_of
from server.backups.restoring import Restored, Restoring, begin_anew, restore
from server.backups.taking import Taking, take
from server.news import CHECKPOINT
from server.passwords import Passwords
from server.settings import Settings
from sync.errors import StoreBusy, StoreError
from sync.intake import Intake
from sync.pushed import Speaker
from sync.roster import load_roster
from sync.store import WriteBatch
from sync.stores.sqlite import SqliteStore
from sync.stores.sqlite.backup import RESTORING
from tests.factory import OFFICER, TUTOR, SetClock, Tablet, claim, pupil
from tests.server.backups.kit import backup_folder, school, take_next
from tests.server.town import CHEAP, OTHER, SCHOOL, accounts, make_schools
from tests.sync.stores.suite.helpers import feed, publish, write_one

EPOCHS = (f"epoch-{n}" for n in itertools.count())
SECONDS = itertools.count()


def asked(tmp_path: Path, **more: object) -> Restoring:
    """A restore, a second after the last one."""
    clock = SetClock()
    clock.ms += 1000 * next(SECONDS)
    return Restoring(
        tmp_path / "live",
        BackupFolder(tmp_path / "to"),
        clock,
        EPOCHS.__next__,
        **more,  # type: ignore[arg-type]
    )


async def backed(tmp_path: Path, *names: str) -> Manifest:
    """Databases with three documents each, in a backup; then each has a fourth."""
    store = SqliteStore(tmp_path / "live")
    databases = [await school(store, name) for name in names]
    manifest = take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    for database in databases:
        await write_one(database, publish("later", n=4))
    await store.close()
    return manifest


async def contents(tmp_path: Path) -> dict[str, int]:
    store = SqliteStore(tmp_path / "live")
    try:
        return {name: len(await feed(await store.open(name))) for name in await store.names()}
    finally:
        await store.close()


async def test_everything_is_as_in_the_backup_and_begins_another_history(tmp_path: Path) -> None:
    manifest = await backed(tmp_path, "a", "b")
    restored = restore(asked(tmp_path))
    assert restored.names == ("a", "b")
    assert await contents(tmp_path) == {"a": 3, "b": 3}
    store = SqliteStore(tmp_path / "live")
    info = await (await store.open("a")).info()
    assert info.epoch != manifest.databases["a"].epoch
    assert info.update_seq == manifest.databases["a"].sequence
    assert await (await store.open("a")).locate(f"{manifest.databases['a'].epoch}.3") is None
    await store.close()


async def test_what_was_there_is_kept_aside(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    restored = restore(asked(tmp_path))
    assert (restored.aside / "a.sqlite").exists()
    for one in list(restored.aside.iterdir()):
        one.rename(tmp_path / "live" / one.name)
    assert await contents(tmp_path) == {"a": 4}


async def test_one_school_alone_leaves_the_others(tmp_path: Path) -> None:
    await backed(tmp_path, "a", "b")
    restored = restore(asked(tmp_path, database="a"))
    assert (restored.names, restored.stayed) == (("a",), ())
    assert await contents(tmp_path) == {"a": 3, "b": 4}


async def test_what_the_backup_lacks_stays_and_is_named(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    store = SqliteStore(tmp_path / "live")
    await school(store, "new")
    await store.close()
    (tmp_path / "live" / "erasures.ledger").write_text("not ours to touch")
    assert restore(asked(tmp_path)).stayed == ("new",)
    assert await contents(tmp_path) == {"a": 3, "new": 3}
    assert (tmp_path / "live" / "erasures.ledger").read_text() == "not ours to touch"


async def test_what_was_erased_by_law_is_remembered(tmp_path: Path) -> None:
    """Where the ledger is there it stands; where it burnt, the newest backup's copy does."""
    ledger, to, clock = tmp_path / "erasures.jsonl", backup_folder(tmp_path / "to"), SetClock()
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    await store.close()
    backups = []
    for erased in (None, "one\n", "one\ntwo\n", None):
        if erased is not None:
            ledger.write_text(erased)
        clock.ms += 60_000
        plan = Taking(tmp_path / "live", to, 9, clock, rest=False, ledger=ledger)
        backups.append(take(plan).id)
    ledger.write_text("newer than every backup\n")
    restore(asked(tmp_path, ledger=ledger, backup=backups[1]))
    assert ledger.read_text() == "newer than every backup\n"
    ledger.unlink()
    restore(asked(tmp_path, ledger=ledger, backup=backups[0]))
    assert ledger.read_text() == "one\ntwo\n"
    assert ledger.stat().st_mode & 0o777 == 0o600


async def test_without_a_ledger_anywhere_none_is_made(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    restore(asked(tmp_path, ledger=tmp_path / "none.jsonl"))
    assert not (tmp_path / "none.jsonl").exists()


async def test_a_machine_that_has_nothing_yet(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    (tmp_path / "live").rename(tmp_path / "burnt")
    restored = restore(asked(tmp_path))
    assert [loss.known for loss in restored.losses] == [False]
    assert "cannot be told" in restored.losses[0].sentences[0]
    assert await contents(tmp_path) == {"a": 3}


async def test_a_chosen_backup(tmp_path: Path) -> None:
    first = await backed(tmp_path, "a")
    clock = SetClock()
    clock.ms += 3_600_000
    take_next(tmp_path / "live", BackupFolder(tmp_path / "to"), clock)
    restore(asked(tmp_path))
    assert await contents(tmp_path) == {"a": 4}
    restore(asked(tmp_path, backup=first.id))
    assert await contents(tmp_path) == {"a": 3}


async def test_the_journal_of_the_history_before_is_not_carried_out_on_the_next(
    tmp_path: Path,
) -> None:
    """The server was killed: the journal holds a commit, and so does the file."""
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    await write_one(await store.open("a"), publish("later", n=4))
    journals = [(one.name, one.read_bytes()) for one in (tmp_path / "live").glob("*journal-*")]
    await store.close()
    for name, data in journals:
        (tmp_path / "live" / name).write_bytes(data)
    assert journals
    restore(asked(tmp_path, database="a"))
    for name, data in journals:
        (tmp_path / "live" / name).write_bytes(data)
    assert await contents(tmp_path) == {"a": 3}


async def test_a_journal_that_cannot_be_read_is_moved_aside_with_the_rest(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    (tmp_path / "live" / "tidemark.journal-9").write_bytes(b"nothing of ours, but long enough")
    restored = restore(asked(tmp_path))
    assert (restored.aside / "tidemark.journal-9").exists()
    assert await contents(tmp_path) == {"a": 3}


async def test_what_the_journal_owes_a_damaged_school_ends_with_its_history(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    await school(store, "b")
    take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    for name in ("a", "b"):
        await write_one(await store.open(name), publish("later", n=4))
    journals = [(one.name, one.read_bytes()) for one in (tmp_path / "live").glob("*journal-*")]
    await store.close()
    for name, data in journals:
        (tmp_path / "live" / name).write_bytes(data)
    (tmp_path / "live" / "a.sqlite-wal").unlink()
    (tmp_path / "live" / "a.sqlite").write_bytes(b"damaged" * 9000)
    restored = restore(asked(tmp_path, database="a"))
    assert [loss.known for loss in restored.losses] == [False]
    assert await contents(tmp_path) == {"a": 3, "b": 4}


async def test_no_restore_under_a_running_server(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    store = SqliteStore(tmp_path / "live")
    with pytest.raises(StoreBusy):
        restore(asked(tmp_path))
    await store.close()
    assert await contents(tmp_path) == {"a": 4}


async def test_a_backup_that_is_not_whole_restores_nothing(tmp_path: Path) -> None:
    manifest = await backed(tmp_path, "a", "b")
    with (tmp_path / "to" / manifest.id / "b.sqlite").open("r+b") as file:
        file.seek(5000)
        file.write(b"bit rot")
    with pytest.raises(BackupError, match="Nothing was restored"):
        restore(asked(tmp_path))
    assert await contents(tmp_path) == {"a": 4, "b": 4}


async def test_what_is_not_there_is_named(tmp_path: Path) -> None:
    await backed(tmp_path, "a")
    with pytest.raises(BackupError, match="no school nowhere"):
        restore(asked(tmp_path, database="nowhere"))
    with pytest.raises(BackupError, match="no backup 2020"):
        restore(asked(tmp_path, backup="20200101T000000000Z"))
    (tmp_path / "empty").mkdir()
    with pytest.raises(BackupError, match="no backup in"):
        restore(Restoring(tmp_path / "live", BackupFolder(tmp_path / "empty"), SetClock(), str))


async def test_cut_anywhere_it_begins_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each change of the folder is once the last before a power cut."""
    await backed(tmp_path, "a", "b")
    whole = Path.rename
    for cut in itertools.count():
        done = 0

        def rename(self: Path, target: Path, cut: int = cut) -> Path:
            nonlocal done
            if done == cut and tmp_path / "live" in self.parents:
                raise OSError(5, "cut")
            done += tmp_path / "live" in self.parents
            return whole(self, target)

        with monkeypatch.context() as patched:
            patched.setattr(Path, "rename", rename)
            with contextlib.suppress(BackupError):
                restore(asked(tmp_path))
                break
        assert (tmp_path / "live" / RESTORING).exists()
        with pytest.raises(StoreError, match="cut off"):
            SqliteStore(tmp_path / "live")
    assert cut > 3
    assert await contents(tmp_path) == {"a": 3, "b": 3}


async def test_the_publisher_goes_on_from_where_it_was(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    for name in ("a", "b"):
        database = await school(store, name)
        mark = database.mark(2) if name == "a" else "another.2"
        await database.write(WriteBatch(local={CHECKPOINT: {"mark": mark, "dates": []}}))
    take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    await store.close()
    restore(asked(tmp_path))
    store = SqliteStore(tmp_path / "live")
    kept = await (await store.open("a")).read_local(CHECKPOINT)
    assert kept is not None
    assert await (await store.open("a")).locate(kept["mark"]) == 2
    other = await (await store.open("b")).read_local(CHECKPOINT)
    assert other is not None
    assert other["mark"] == "another.2"
    await store.close()


class _Nonces:
    def contact_ms(self, nonce: str) -> int | None:
        return None


async def _take(store: SqliteStore, speaker: Speaker, *entries: object) -> None:
    database = await store.open(SCHOOL)
    roster = await load_roster(database)
    ids = (f"{speaker.person}-{n}" for n in itertools.count())
    intake = Intake(database, lambda: roster, SetClock(), ids.__next__, _Nonces())
    await intake.take(speaker, list(entries))


async def _town(tmp_path: Path) -> Restored:
    """A town that changed in every way after its backup, and was restored."""
    store, passwords = SqliteStore(tmp_path / "live"), Passwords(Settings(**CHEAP))
    await make_schools(store)
    people = await Accounts.open(store, passwords)
    await people.put(accounts("none"))
    tablet, desk = Tablet(TUTOR), Tablet(OFFICER, log="2" * 32)
    await _take(store, TUTOR, tablet.register(claim(2)))
    take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    await _take(store, TUTOR, tablet.register(claim(2)), tablet.register(claim(4)))
    given = {"person": "staff-cover", "grants": "cover", "groups": ["form-1"]}
    await _take(
        store, OFFICER, desk.write("grant.given", **given), desk.write("quarantine.released")
    )
    other = await store.open(OTHER)
    body = pupil(9).model_dump(mode="json", by_alias=True)
    await write_one(other, publish("pupil:pup-9", **body))
    new = Account(person="staff-new", username="new", name="Nia New", role=Role.HEAD)
    await people.put([new])
    await write_one(people.database, publish("device:dev-1", label="x"))
    await people.database.write(WriteBatch(local={"sessions:staff-tutor": {"sessions": []}}))
    passwords.close()
    await store.close()
    return restore(asked(tmp_path))


async def test_what_is_set_back_is_named_and_counted(tmp_path: Path) -> None:
    restored = await _town(tmp_path)
    said = {loss.name: " ".join(loss.sentences) for loss in restored.losses}
    counts = {loss.name: loss.counts for loss in restored.losses}
    assert counts[SCHOOL]["entries"] == 4
    assert (counts[SCHOOL]["grants"], counts[SCHOOL]["decisions"]) == (1, 1)
    assert "4 entries came in after the backup, from 2 devices" in said[SCHOOL]
    assert "1 of them gives or ends grants" in said[SCHOOL]
    assert "1 of them decides on held entries" in said[SCHOOL]
    assert "1 document of the roster changed" in said[OTHER]
    assert "1 account changed after the backup" in said["accounts"]
    assert "1 device changed after the backup: enrol or revoke" in said["accounts"]


async def test_a_school_that_did_not_change_is_not_spoken_of(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    manifest = take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    await store.close()
    loss = loss_of("a", tmp_path / "live" / "a.sqlite", manifest.databases["a"])
    assert (loss.known, loss.sentences) == (True, [])
    restore(asked(tmp_path))
    again = loss_of("a", tmp_path / "live" / "a.sqlite", manifest.databases["a"])
    assert not again.known, "it was restored before: another history"


async def test_signing_everybody_out(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    database = await store.create("accounts")
    local: dict[str, dict[str, Any]] = {
        "sessions:staff-tutor": {"sessions": [1]},
        "secret": {"secret": "x"},
    }
    await database.write(WriteBatch(local=local))
    take_next(tmp_path / "live", backup_folder(tmp_path / "to"), SetClock())
    await store.close()
    for sign_out, kept in ((False, True), (True, False)):
        restore(asked(tmp_path, sign_out=sign_out))
        with apsw.Connection(str(tmp_path / "live" / "accounts.sqlite")) as file:
            found = dict(file.execute("SELECT id, body FROM local"))
        file.close()
        assert ("sessions:staff-tutor" in found) == kept
        assert orjson.loads(found["secret"]) == {"secret": "x"}


async def test_a_folder_that_is_not_whole_does_not_begin_anew(tmp_path: Path) -> None:
    store = SqliteStore(tmp_path / "live")
    await school(store, "a")
    journals = [(one.name, one.read_bytes()) for one in (tmp_path / "live").glob("*journal-*")]
    await store.close()
    for name, data in journals:
        (tmp_path / "live" / name).write_bytes(data)
    (tmp_path / "live" / "a.sqlite-wal").unlink()
    (tmp_path / "live" / "a.sqlite").write_bytes(b"damaged" * 9000)
    with pytest.raises(StoreError):
        begin_anew(tmp_path / "live", SetClock(), EPOCHS.__next__)


async def test_the_second_of_two_restores_in_one_moment_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await backed(tmp_path, "a")
    monkeypatch.setattr(module, "_finish_journal", lambda _: restore(asked(tmp_path)))
    with pytest.raises(StoreBusy):
        restore(asked(tmp_path))
