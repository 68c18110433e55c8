"""``tidemark erase``: what it takes, what it leaves, and that nothing brings it back."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from server.audit.records import opened
from server.audit.verify import Verified, verify
from server.erasure.ledger import Ledger, ledger_file
from server.moving.mover import Moving, move_school
from server.settings import Settings
from server.stores import FOLDER
from sync.clock import SystemClock
from sync.erasure import load_erasures
from sync.store import Database
from sync.stores.names import file_name
from sync.stores.sqlite import SqliteStore
from tests.factory import MONDAY, OFFICER, TUTOR, Tablet, claim
from tests.server.moving.test_command import tidemark
from tests.server.town import SCHOOL, Town, ask, push, town

WORDS = "Lives with her aunt since the fire"
ORDER = ("--by", "Hana Head", "--reason", "Article 17", "--reference", "DSAR 2026/14")


class Written:
    """A school that entries with words in them came in for; its server is stopped."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.tablet = Tablet(TUTOR)
        self.desk = Tablet(OFFICER, log="b" * 32)
        self.class_register = self.tablet.register(claim(2), claim(4, remark=WORDS))
        self.alone = self.tablet.say("mark.amended", claim(2, remark=WORDS), reason=WORDS)
        self.aside = self.tablet.register(claim("pup-99", remark=WORDS), claim(6))
        self.held = self.tablet.register(claim("pup-98", remark=WORDS))
        self.planned = self.desk.write(
            "planned.recorded",
            pupil="pup-2",
            first=MONDAY,
            last=MONDAY,
            sessions=["PM"],
            code="M",
            source=WORDS,
        )

    async def fill(self) -> None:
        store = SqliteStore(self.data / FOLDER)
        async with town(store) as found:
            async with found.visit("tess") as browser:
                await push(browser, *self.tablet.entries)
            async with found.visit("olu") as browser:
                await push(browser, self.planned)
            await found.settle()
        await store.close()

    def files_with_words(self) -> list[str]:
        """Every file of the data folder that the words can be read in."""
        words = WORDS.encode()
        paths = (path for path in self.data.rglob("*") if path.is_file())
        return sorted(path.name for path in paths if words in path.read_bytes())

    def verified(self) -> Verified:
        async def work() -> Verified:
            async with opened(Settings(data=self.data), SystemClock()) as records:
                return await verify(records, SCHOOL, None, lambda *_: None)

        return asyncio.run(work())

    @property
    def file(self) -> Path:
        return self.data / FOLDER / file_name(SCHOOL)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.setenv("COLUMNS", "200")
    found = Written(tmp_path / "data")
    asyncio.run(found.fill())
    return found


def erase(monkeypatch: pytest.MonkeyPatch, written: Written, *words: str) -> int:
    return tidemark(monkeypatch, "erase", SCHOOL, *words, *ORDER, "--data", str(written.data))


def everything(monkeypatch: pytest.MonkeyPatch, written: Written) -> None:
    """Erase every entry with the words."""
    with_words = (written.class_register, written.alone, written.aside, written.held)
    ids = [one["_id"] for one in (*with_words, written.planned)]
    words = [word for one in ids for word in ("--entry", one)]
    assert erase(monkeypatch, written, *words, "--yes") == 0


def test_the_words_are_in_no_file_afterwards_and_the_chain_verifies(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert written.files_with_words()
    everything(monkeypatch, written)
    assert "5 entries were erased" in capsys.readouterr().out
    assert written.files_with_words() == []
    verified = written.verified()
    assert verified.report.findings == ()
    assert (verified.report.entries, verified.report.erased) == (5, 5)


def test_a_rehearsal_says_what_would_go_and_changes_nothing(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(monkeypatch, written, "--entry", written.alone["_id"]) == 0
    told = capsys.readouterr().out
    assert f"goes    {written.alone['_id']} (mark.amended, {MONDAY}, by {TUTOR.person})" in told
    assert "Nothing was erased: this was a rehearsal." in told
    assert WORDS not in told
    assert written.verified().report.erased == 0
    assert not (written.data / "erasures.jsonl").exists()


def test_of_a_pupil_goes_what_speaks_of_that_pupil_alone(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(monkeypatch, written, "--pupil", "pup-2", "--yes") == 0
    told = capsys.readouterr().out
    assert f"stays   {written.class_register['_id']}" in told
    assert "it speaks of 1 other pupils too" in told
    for one in (written.alone, written.planned):
        assert f"goes    {one['_id']}" in told
    assert written.verified().report.erased == 2
    assert erase(monkeypatch, written, "--pupil", "pup-2", "--yes") == 0
    assert "There is nothing to erase." in capsys.readouterr().out


@pytest.mark.parametrize("words", [(), ("--entry", "entry:x", "--pupil", "pup-2")])
def test_an_erasure_needs_to_know_one_thing(
    written: Written,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    words: tuple[str, ...],
) -> None:
    assert erase(monkeypatch, written, *words) == 1
    assert (
        "entries with --entry, or a pupil's with --pupil, or a case with --case"
        in capsys.readouterr().err
    )


def test_what_is_not_there_is_named(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(monkeypatch, written, "--entry", "entry:none") == 1
    assert "There is no entry entry:none" in capsys.readouterr().err
    words = ("erase", "sch-none", "--pupil", "p", *ORDER, "--data", str(written.data))
    assert tidemark(monkeypatch, *words) == 1
    assert "There is no school sch-none" in capsys.readouterr().err


async def serve_again(written: Written, doing: Any) -> None:
    """Start a server on the folder, do something, and stop it."""
    store = SqliteStore(written.data / FOLDER)
    async with town(store, made=True, data=written.data) as found:
        found.clock.ms += 3_600_000
        await doing(found)
    await store.close()


async def body_of(found: Town, entry: dict[str, Any]) -> dict[str, Any]:
    database = await found.store.open(SCHOOL)
    document, *_ = await database.read([entry["_id"]])
    assert document is not None
    assert document.rev == entry["_rev"]
    return dict(document.body)


def test_an_older_copy_of_the_file_is_erased_again_when_the_school_is_opened(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = written.data.parent / "backup"
    shutil.copytree(written.data / FOLDER, backup)
    everything(monkeypatch, written)
    shutil.rmtree(written.data / FOLDER)
    shutil.copytree(backup, written.data / FOLDER)
    assert written.files_with_words()

    async def look(found: Town) -> None:
        async with found.site.schools.use(SCHOOL) as school:
            await school.publisher.settle()
        assert "erased" in await body_of(found, written.alone)

    asyncio.run(serve_again(written, look))
    assert written.files_with_words() == []
    assert written.verified().report.findings == ()


def test_an_erased_entry_that_is_offered_again_is_answered_as_taken(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    everything(monkeypatch, written)

    async def offer(found: Town) -> None:
        async with found.visit("tess") as browser:
            rows = (await push(browser, *written.tablet.entries)).json()
            assert [row["ok"] for row in rows] == [True] * 4
            head = {"log": written.tablet.log, "n": 4, "digest": written.tablet.prev}
            (receipt,) = (await ask(browser, logs=[head]))["receipts"]
            assert (receipt["through"], receipt["erased"]) == (4, [1, 2, 3, 4])
        assert (await body_of(found, written.alone))["erased"]["reference"] == "DSAR 2026/14"

    asyncio.run(serve_again(written, offer))
    assert written.files_with_words() == []


def test_what_a_restored_server_never_had_is_not_stored_when_it_is_offered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = Written(tmp_path / "data")
    empty = Written(tmp_path / "empty")
    empty.tablet.entries = []
    empty.planned = empty.desk.say("register.taken", claim(2), group="form-1")
    asyncio.run(written.fill())
    asyncio.run(empty.fill())
    everything(monkeypatch, written)
    shutil.rmtree(written.data / FOLDER)
    shutil.copytree(empty.data / FOLDER, written.data / FOLDER)

    async def offer(found: Town) -> None:
        async with found.visit("tess") as browser:
            await push(browser, *written.tablet.entries)
            again = await push(browser, *written.tablet.entries)
            assert {row["ok"] for row in again.json()} == {True}
        async with found.visit("olu") as browser:  # by somebody else, who has no such log
            await push(browser, *written.tablet.entries)
        await found.settle()
        assert "erased" in await body_of(found, written.alone)

    asyncio.run(serve_again(written, offer))
    assert [name for name in written.files_with_words() if "journal" not in name] == []
    assert written.verified().report.findings == ()


def test_a_school_that_moves_stays_erased(
    written: Written, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    everything(monkeypatch, written)
    new = tmp_path / "new"

    async def move() -> None:
        settings = Settings(data=written.data, argon2_memory_kib=64)
        moving = Moving(settings, SystemClock())
        await move_school(SCHOOL, f"sqlite:{new / FOLDER}", moving)
        store = SqliteStore(new / FOLDER)
        async with town(store, made=True, data=new) as found:
            async with found.site.schools.use(SCHOOL) as school:
                assert len(school.erasures) == 5
            assert "erased" in await body_of(found, written.alone)
        await store.close()

    asyncio.run(move())
    assert len(Ledger(ledger_file(Settings(data=new))).of(SCHOOL)) == 5


def test_an_erasure_that_was_cut_goes_on_at_the_next_opening(
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = written.data.parent / "backup"
    shutil.copytree(written.data / FOLDER, backup)
    everything(monkeypatch, written)
    shutil.rmtree(written.data / FOLDER)
    shutil.copytree(backup, written.data / FOLDER)

    async def cut() -> None:
        store = SqliteStore(written.data / FOLDER)
        database: Database = await store.open(SCHOOL)
        await database.purge({written.alone["_id"]: [written.alone["_rev"]]})
        await store.close()

    async def look(found: Town) -> None:
        async with found.site.schools.use(SCHOOL):
            assert "erased" in await body_of(found, written.alone)
            kept = await load_erasures(await found.store.open(SCHOOL))
            assert len(kept) == 5

    asyncio.run(cut())
    asyncio.run(serve_again(written, look))
    assert written.verified().report.findings == ()
