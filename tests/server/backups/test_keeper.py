"""The keeper: when backups are taken, what is said of them, and what receipts say then."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from server.backups import keeper as module
from server.backups import taking
from server.backups.errors import BackupError
from server.backups.folder import BackupFolder
from server.backups.keeper import RETRY_MS, Keeper
from server.backups.taking import Stopped, take
from server.metrics import Metrics
from server.settings import Settings
from sync.backed import LOCAL, reporting
from sync.clock import instant
from sync.errors import StoreError
from sync.store import WriteBatch
from sync.stores.sqlite import SqliteStore
from sync.stores.sqlite.backup import copy_file
from tests.factory import TUTOR, SetClock, Tablet, claim
from tests.server.backups.kit import taking as plan
from tests.server.town import SCHOOL, Town, ask, pull, push, town

HOUR_MS = 3_600_000


@contextlib.asynccontextmanager
async def backed(tmp_path: Path, *, folder: bool = True) -> AsyncIterator[Town]:
    """A town on SQLite with a folder for backups."""
    if folder:
        (tmp_path / "to").mkdir(exist_ok=True)
    store = SqliteStore(tmp_path / "live")
    try:
        async with town(store, backup_to=tmp_path / "to") as place:
            yield place
    finally:
        await store.close()


def head(tablet: Tablet, **more: object) -> dict[str, object]:
    return {"log": tablet.log, "n": tablet.n, "digest": tablet.prev, **more}


async def status(place: Town) -> tuple[str, str | None]:
    async with place.browser() as browser:
        said = (await browser.get("/readyz")).json()["backup"]
    return said["state"], said["taken_at"]


async def figures(place: Town) -> str:
    async with place.browser() as browser:
        return (await browser.get("/metrics")).text


async def test_a_backup_is_taken_when_it_is_due_and_the_status_says_so(tmp_path: Path) -> None:
    async with backed(tmp_path) as place:
        assert await status(place) == ("none yet", None)
        backups, began = place.site.backups, place.clock.ms
        await backups.look()
        assert await status(place) == ("taken", instant(began))
        place.clock.ms += 24 * HOUR_MS - 1
        await backups.look()
        assert (await status(place))[1] == instant(began)
        place.clock.ms += 1
        await backups.look()
        assert (await status(place))[1] == instant(began + 24 * HOUR_MS)
        text = await figures(place)
    assert 'tidemark_backups_total{outcome="whole"} 2.0' in text
    assert "tidemark_backup_failing 0.0" in text
    assert BackupFolder(tmp_path / "to").newest().databases.keys() == {  # type: ignore[union-attr]
        *("accounts", SCHOOL, "sch-other")
    }


async def test_a_start_goes_on_from_the_newest_backup(tmp_path: Path) -> None:
    async with backed(tmp_path) as place:
        await place.site.backups.look()
        taken_at = (await status(place))[1]
    store = SqliteStore(tmp_path / "live")
    keeper = Keeper(Settings(backup_to=tmp_path / "to"), store, SetClock(), Metrics())
    await keeper.start()
    assert keeper.status() == {"state": "taken", "taken_at": taken_at}
    await keeper.close()
    await store.close()


async def test_a_store_without_files_takes_none(tmp_path: Path) -> None:
    async with town(backup_to=tmp_path) as place:
        await place.site.backups.look()
        assert await status(place) == ("off", None)


async def test_receipts_say_what_is_backed_up(tmp_path: Path) -> None:
    tablet = Tablet(TUTOR)
    async with backed(tmp_path) as place, place.visit() as browser:
        await push(browser, tablet.register(claim(2)), tablet.register(claim(3)))
        (before,) = (await ask(browser, logs=[head(tablet)]))["receipts"]
        assert before["backed_up_through"] == 0
        place.clock.ms += 1000
        await place.site.backups.look()
        await push(browser, tablet.register(claim(2)))
        (after,) = (await ask(browser, logs=[head(tablet)]))["receipts"]
    assert (after["through"], after["backed_up_through"]) == (3, 2)


async def test_a_backup_ends_no_held_request_and_is_told_with_its_answer(tmp_path: Path) -> None:
    tablet = Tablet(TUTOR)
    async with backed(tmp_path) as place, place.visit() as browser:
        await push(browser, tablet.register(claim(2)))
        await place.settle()
        (receipt,) = (await ask(browser, logs=[head(tablet)]))["receipts"]
        token = (await pull(browser))["last_seq"]
        question = {"logs": [head(tablet, receipt=receipt["tag"])], "token": token, "wait_s": 1}
        place.clock.ms += 1000
        waiting = asyncio.create_task(ask(browser, **question))
        await asyncio.sleep(0.2)
        await place.site.backups.look()
        await asyncio.sleep(0.3)
        assert not waiting.done()
        assert (await waiting)["receipts"] == []
        began = time.monotonic()
        (told,) = (await ask(browser, **question))["receipts"]
        assert time.monotonic() - began > 0.8, "nor does it answer the next one at once"
    assert told["backed_up_through"] == 1


async def test_an_operators_word_counts_for_any_store() -> None:
    tablet = Tablet(TUTOR)
    async with town() as place, place.visit() as browser:
        await push(browser, tablet.register(claim(2)))
        now = instant(place.clock.ms + HOUR_MS)
        word = WriteBatch(local={LOCAL: dict(reporting(now, now=now))})
        await (await place.store.open(SCHOOL)).write(word)
        await place.site.schools.learn_of_backups()
        (receipt,) = (await ask(browser, logs=[head(tablet)]))["receipts"]
    assert receipt["backed_up_through"] == 1


async def test_a_backup_of_another_history_counts_for_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tablet = Tablet(TUTOR)
    async with backed(tmp_path) as place, place.visit() as browser:
        await push(browser, tablet.register(claim(2)))
        place.clock.ms += 1000
        await place.site.backups.look()
        backups = place.site.backups
        newest = backups._newest
        assert newest is not None
        kept = newest.databases[SCHOOL]
        for other in ({"epoch": "another"}, {"sequence": kept.sequence + 10_000}):
            changed = {SCHOOL: kept.model_copy(update=other)}
            backups._newest = newest.model_copy(update={"databases": changed})
            await place.site.schools.learn_of_backups()
            (receipt,) = (await ask(browser, logs=[head(tablet)]))["receipts"]
            assert receipt["backed_up_through"] == 0


async def test_a_missing_folder_is_told_once_and_tried_again(tmp_path: Path) -> None:
    with capture_logs() as lines:
        async with backed(tmp_path, folder=False) as place:
            await place.site.backups.look()
    assert [line["event"] for line in lines].count("a backup failed") == 1
    async with town(SqliteStore(tmp_path / "again"), backup_to=tmp_path / "to") as place:
        assert (await status(place))[0] == "failing"
        await place.site.backups.look()
        assert 'tidemark_backups_total{outcome="failed"} 2.0' in await figures(place)
        assert "tidemark_backup_failing 1.0" in await figures(place)
        (tmp_path / "to").mkdir()
        place.clock.ms += RETRY_MS
        await place.site.backups.look()
        assert (await status(place))[0] == "taken"


async def test_a_failure_is_told_once_and_tried_after_a_while(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries = 0

    def full(_: object) -> None:
        nonlocal tries
        tries += 1
        raise BackupError("There is no space left.")

    async with backed(tmp_path) as place:
        with monkeypatch.context() as patched, capture_logs() as lines:
            patched.setattr(module, "take", full)
            for _ in range(3):
                await place.site.backups.look()
            place.clock.ms += RETRY_MS
            await place.site.backups.look()
        assert tries == 2
        assert (await status(place))[0] == "failing"
        assert [line["event"] for line in lines] == ["a backup failed"]
        place.clock.ms += RETRY_MS
        await place.site.backups.look()
        assert (await status(place))[0] == "taken"


async def test_one_that_was_taken_by_hand_ends_a_failure(tmp_path: Path) -> None:
    async with backed(tmp_path, folder=False) as place:
        (tmp_path / "to").mkdir()
        take(plan(tmp_path / "live", BackupFolder(tmp_path / "to"), place.clock))
        await place.site.backups.look()
        assert (await status(place))[0] == "taken"


async def test_a_backup_that_lacks_a_school_says_so_and_is_not_tried_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = copy_file

    def broken(path: Path, *rest: object) -> object:
        if path.name == "sch-other.sqlite":
            raise StoreError("damaged")
        return whole(path, *rest)  # type: ignore[arg-type]

    async with backed(tmp_path) as place:
        monkeypatch.setattr(taking, "copy_file", broken)
        for _ in range(2):
            await place.site.backups.look()
            place.clock.ms += RETRY_MS
        assert (await status(place))[0] == "partial"
        assert 'tidemark_backups_total{outcome="partial"} 1.0' in await figures(place)


async def test_a_stop_in_the_middle_is_no_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stopped(_: object) -> None:
        raise Stopped("stopping")

    async with backed(tmp_path) as place:
        monkeypatch.setattr(module, "take", stopped)
        await place.site.backups.look()
        assert (await status(place))[0] == "none yet"


async def test_it_looks_by_itself_and_survives_what_it_did_not_expect(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "LOOK_S", 0.01)
    with monkeypatch.context() as patched:
        patched.setattr(module, "take", lambda _: 1 / 0)
        async with backed(tmp_path) as place:
            await _until(place, "failing")
            patched.undo()
            place.clock.ms += RETRY_MS
            await _until(place, "taken")


async def _until(place: Town, state: str) -> None:
    async with asyncio.timeout(10):
        while place.site.backups.state != state:  # noqa: ASYNC110  # it tells nobody
            await asyncio.sleep(0.01)


async def test_what_is_backed_up_stands_while_the_store_cannot_be_asked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def unreachable(_: object) -> None:
        raise StoreError("away")

    async with backed(tmp_path) as place:
        await place.site.backups.look()
        async with place.site.schools.use(SCHOOL) as opened:
            before = opened.backups
            assert before != ()
            monkeypatch.setattr(opened.database, "read_local", unreachable)
            await place.site.schools.learn_of_backups()
            assert opened.backups == before
