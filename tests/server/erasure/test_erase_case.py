"""``tidemark erase AREA --case``: all of a case goes, there and in its schools, and stays away."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.audit.records import opened
from server.audit.verify import verify
from server.erasure.ledger import Ledger, ledger_file
from server.photos.uploads import photo_id
from server.settings import Settings
from server.stores import FOLDER
from sync.clock import SystemClock
from sync.family.relayed import relayed_id
from sync.stores.sqlite import SqliteStore
from tests.server.family.authority import (
    AREA,
    CASE,
    OTHER,
    SCHOOL,
)
from tests.server.family.worked import PHOTO, THUMBNAIL, VISIT, WORDS, Worked
from tests.server.moving.test_command import tidemark
from tests.server.town import town

ORDER = ("--by", "Hana Head", "--reason", "Article 17", "--reference", "DSAR 2026/15")


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Worked:
    monkeypatch.setenv("COLUMNS", "240")
    found = Worked(tmp_path / "data")
    asyncio.run(found.fill())
    return found


def erase(monkeypatch: pytest.MonkeyPatch, written: Worked, *words: str, place: str = AREA) -> int:
    return tidemark(monkeypatch, "erase", place, *words, *ORDER, "--data", str(written.data))


def verified(written: Worked, place: str) -> int:
    """How many erased entries a place has, whose record verifies."""

    async def work() -> int:
        async with opened(Settings(data=written.data), SystemClock()) as records:
            found = await verify(records, place, None, lambda *_: None)
            assert found.report.findings == ()
            return found.report.erased

    return asyncio.run(work())


def test_all_of_a_case_is_in_no_file_afterwards_and_both_chains_verify(
    written: Worked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    kinds = {name.partition(":")[0] for _, name in written.look(AREA, SCHOOL, OTHER)}
    wanted = {"case", "visit", "concern", "support", "shared", "relayed", "attended", "draft"}
    assert kinds >= wanted | {"photo", "alarm", "held", "summary"}
    for said in (WORDS.encode(), PHOTO, THUMBNAIL[100:400]):
        assert written.files_with(said) or said is PHOTO
    assert erase(monkeypatch, written, "--case", CASE, "--yes") == 0
    told = capsys.readouterr().out
    assert f"goes    {written.entries['acknowledged']['_id']}" in told
    assert f"in {SCHOOL}" in told
    assert "it says what a member of staff did, and nothing about the family" in told
    for said in (WORDS.encode(), PHOTO[100:400], THUMBNAIL[100:400]):
        assert written.files_with(said) == []
    left = written.look(AREA, SCHOOL, OTHER)
    of_case = {
        name
        for (_, name), raw in left.items()
        if (CASE in name or f'"{CASE}"' in raw) and not name.startswith(("erasure:", "draft_end:"))
    }
    grants = {name for (_, name), raw in left.items() if '"grant.given"' in raw}
    assert of_case <= grants
    assert not any(name.startswith(("relayed:", "photo:", "concern")) for _, name in left)
    assert (AREA, "case:case-2") in left
    assert verified(written, AREA) == 12
    assert verified(written, SCHOOL) == 1


def test_a_rehearsal_of_a_case_changes_nothing(
    written: Worked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written.look(AREA, SCHOOL, OTHER)
    assert erase(monkeypatch, written, "--case", CASE) == 0
    told = capsys.readouterr().out
    assert "Nothing was erased: this was a rehearsal." in told
    assert WORDS not in told
    assert written.look(AREA, SCHOOL, OTHER) == before


def test_a_case_is_erased_again_whichever_database_comes_back_from_a_backup(
    written: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    backup = written.copied()
    assert erase(monkeypatch, written, "--case", CASE, "--yes") == 0
    after = written.look(AREA, SCHOOL, OTHER)
    written.restored(backup)
    assert written.files_with(WORDS.encode())
    asyncio.run(serve(written))
    left = written.look(AREA, SCHOOL, OTHER)
    assert {one for one in left if of_family(one[1])} == {one for one in after if of_family(one[1])}
    assert all(WORDS not in raw for raw in left.values())
    assert written.files_with(PHOTO[100:400]) == []
    assert [one for one in written.files_with(WORDS.encode()) if "journal" not in one] == []


def of_family(name: str) -> bool:
    return not name.startswith(("sheet:", "roll:", "unexplained", "pupil:", "history:", "devices"))


async def serve(written: Worked) -> None:
    """A server starts on the folder: it opens each place, and does what is to be done there."""
    store = SqliteStore(written.data / FOLDER)
    async with town(store, made=True, data=written.data) as found:
        for place in (AREA, SCHOOL, OTHER, AREA):
            async with found.site.schools.use(place) as school:
                await school.publisher.settle()
    await store.close()


def test_a_case_that_is_not_there_is_named(
    written: Worked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(monkeypatch, written, "--case", "case-9") == 1
    assert f"There is no case case-9 in {AREA}." in capsys.readouterr().err
    assert erase(monkeypatch, written, "--case", CASE, place=SCHOOL) == 1
    assert "a case lies in its authority's area" in capsys.readouterr().err
    assert erase(monkeypatch, written, "--case", CASE, "--yes") == 0
    assert erase(monkeypatch, written, "--case", CASE, "--yes") == 0
    assert "There is nothing to erase." in capsys.readouterr().out


def test_of_a_child_a_school_and_an_area_say_what_stays(
    written: Worked, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(monkeypatch, written, "--pupil", "pup-1", place=SCHOOL) == 0
    told = capsys.readouterr().out
    copy = relayed_id(written.entries["raised"]["_id"])
    assert f"stays   {copy}: it is a copy, and goes when it is erased in {AREA}" in told
    for part in ("support", "shared"):
        assert f"stays   {part}:{CASE}:pup-1: it is this school's part of a case" in told
    assert erase(monkeypatch, written, "--pupil", "pup-1") == 0
    told = capsys.readouterr().out
    assert f"goes    {written.entries['raised']['_id']}" in told
    assert f"the whole household: in the area, --case {CASE} erases it whole" in told


def test_a_photo_goes_with_the_entry_that_announced_it(
    written: Worked, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written.files_with(PHOTO[100:400])
    assert erase(monkeypatch, written, "--entry", written.entries["photo"]["_id"], "--yes") == 0
    assert written.files_with(PHOTO[100:400]) == []
    left = written.look(AREA)
    assert (AREA, photo_id("photo-1")) not in left
    assert "photo-1" not in left[AREA, f"visit:{VISIT}"]
    assert len(Ledger(ledger_file(Settings(data=written.data))).of(AREA)) == 1
