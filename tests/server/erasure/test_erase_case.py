"""``tidemark erase AREA --case``: all of a case goes, there and in its schools, and stays away."""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path
from typing import Any

import orjson
import pytest

from schemas.entry import PhotoAdded
from schemas.family.drafts import DraftSaving
from server.alarms.record import AlarmRecord
from server.audit.records import opened
from server.audit.verify import verify
from server.erasure.ledger import Ledger, ledger_file
from server.photos.uploads import Uploads, photo_id
from server.settings import Settings
from server.stores import FOLDER
from server.visit_drafts.keeping import Author, digest_of, keep
from sync.clock import SystemClock
from sync.family.relayed import relayed_id
from sync.store import WriteBatch
from sync.stores.sqlite import SqliteStore
from tests.factory import NINE, roster_batch
from tests.server.family.authority import (
    AREA,
    CASE,
    DSL,
    DUTY,
    LEAD,
    OTHER,
    SCHOOL,
    WORKER,
    Authority,
    fact,
    roster_of,
)
from tests.server.moving.test_command import tidemark
from tests.server.photos.pictures import picture
from tests.server.town import town

WORDS = "Words about a family that a court had erased"
ORDER = ("--by", "Hana Head", "--reason", "Article 17", "--reference", "DSAR 2026/15")
VISIT = "visit-1"
PHOTO, THUMBNAIL = picture(size=(320, 240)), picture(size=(32, 24))


class Written:
    """An authority in which a case was worked on; its server is stopped."""

    def __init__(self, data: Path) -> None:
        self.data = data
        self.entries: dict[str, dict[str, Any]] = {}

    async def fill(self) -> None:
        store = SqliteStore(self.data / FOLDER)
        authority = await Authority.make(store)
        area = roster_of(AREA, photo_bytes=1_000_000)
        await (await store.open(AREA)).write(roster_batch(area))
        await authority.open_case()
        await authority.open_case("case-2")
        await self._work(authority)
        await authority.publish()
        told = authority.tablet(DSL, SCHOOL).write(
            "concern.acknowledged", concern="con-1", note=WORDS
        )
        self.entries["acknowledged"] = told
        await authority.push(told, place=SCHOOL)
        await authority.publish()
        await store.close()

    async def _work(self, authority: Authority) -> None:
        of = {"case": CASE, "visit": VISIT}
        tablet = authority.tablet(WORKER)
        note = tablet.write("visit.submitted", **of, contribution={"observation": WORDS})
        photo = tablet.write(
            "photo.added",
            **of,
            photo="photo-1",
            digest=hashlib.sha256(PHOTO).hexdigest(),
            bytes=len(PHOTO),
            media_type="image/jpeg",
            thumbnail=hashlib.sha256(THUMBNAIL).hexdigest(),
            caption=WORDS,
            taken_at=NINE,
        )
        await authority.push(
            tablet.write("visit.planned", **of, facts=[]),
            note,
            tablet.write("visit.addendum", **of, to=note["_id"], text=WORDS),
            photo,
            tablet.write(
                "watch.started",
                watch="watch-1",
                **of,
                where=WORDS,
                expected_back="2026-11-23T11:00:00.000Z",
                note=WORDS,
            ),
        )
        shown = fact(fact="shared", item="shr-1", child="kid-1", text=WORDS, basis="consent")
        agreed = fact(fact="action", item="act-1", what=WORDS, owner="School")
        await authority.note(shown, agreed)
        glass = authority.tablet(LEAD).write("glass.broken", case=CASE, reason=WORDS)
        await authority.push(glass, may_wait=True)
        held = authority.tablet(DUTY).write(
            "case.noted", case=CASE, facts=[fact(fact="action", item="x", what=WORDS, owner="A")]
        )
        await authority.push(held, may_wait=True)
        forged = authority.tablet(WORKER).write("visit.planned", **of, facts=[])
        forged["body"]["case"], forged["note"] = CASE, WORDS
        await authority.push(forged, may_wait=True)
        raised = await authority.raise_concern(
            WORKER, AREA, case=CASE, child="kid-1", school=SCHOOL, pupil="pup-1", text=WORDS
        )
        self.entries |= {"note": note, "photo": photo, "raised": raised, "held": held}
        await self._beside(authority, photo)

    async def _beside(self, authority: Authority, photo: dict[str, Any]) -> None:
        """What lies beside the entries: bytes, a draft, a record of the alarm."""
        database = await authority.store.open(AREA)
        body = PhotoAdded.model_validate_json(orjson.dumps(photo["body"]))
        uploads = Uploads(database, photo["_id"], body, authority.clock)
        await uploads.append("thumbnail", 0, len(THUMBNAIL), THUMBNAIL)
        await uploads.append("photo", 0, len(PHOTO), PHOTO)
        saving = {
            "draft": "draft-1",
            "copy_id": "copy-1",
            "case": CASE,
            "visit": "visit-2",
            "device": "tablet-f",
            "n": 1,
            "begun_at": NINE,
            "saved_at": NINE,
            "fields": {"observation": WORDS},
        }
        author = Author(WORKER.person, WORKER.name, "tablet-f")
        parsed = DraftSaving.model_validate_json(orjson.dumps(saving))
        await keep(database, author, parsed, digest_of(saving), authority.clock.ms)
        record = AlarmRecord(
            id="alarm:watch-1:help:1",
            kind="watch",
            subject="watch-1",
            step="help",
            cause="help",
            at=NINE,
            mark="abc",
            title="Help",
            text=WORDS,
        )
        await database.write(WriteBatch([record.write(anew=True)]))

    def files_with(self, said: bytes) -> list[str]:
        paths = (path for path in self.data.rglob("*") if path.is_file())
        return sorted(path.name for path in paths if said in path.read_bytes())

    def look(self, *places: str) -> dict[tuple[str, str], str]:
        """Every document that is there, and what it says."""

        async def work() -> dict[tuple[str, str], str]:
            store = SqliteStore(self.data / FOLDER)
            found = {
                (place, one.id): one.raw.decode()
                for place in places
                for one in await (await store.open(place)).range("", "￿")
            }
            await store.close()
            return found

        return asyncio.run(work())

    def copied(self) -> Path:
        backup = self.data.parent / "backup"
        shutil.copytree(self.data / FOLDER, backup)
        return backup

    def restored(self, backup: Path) -> None:
        shutil.rmtree(self.data / FOLDER)
        shutil.copytree(backup, self.data / FOLDER)


@pytest.fixture
def written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Written:
    monkeypatch.setenv("COLUMNS", "240")
    found = Written(tmp_path / "data")
    asyncio.run(found.fill())
    return found


def erase(monkeypatch: pytest.MonkeyPatch, written: Written, *words: str, place: str = AREA) -> int:
    return tidemark(monkeypatch, "erase", place, *words, *ORDER, "--data", str(written.data))


def verified(written: Written, place: str) -> int:
    """How many erased entries a place has, whose record verifies."""

    async def work() -> int:
        async with opened(Settings(data=written.data), SystemClock()) as records:
            found = await verify(records, place, None, lambda *_: None)
            assert found.report.findings == ()
            return found.report.erased

    return asyncio.run(work())


def test_all_of_a_case_is_in_no_file_afterwards_and_both_chains_verify(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
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
    assert verified(written, AREA) == 11
    assert verified(written, SCHOOL) == 1


def test_a_rehearsal_of_a_case_changes_nothing(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    before = written.look(AREA, SCHOOL, OTHER)
    assert erase(monkeypatch, written, "--case", CASE) == 0
    told = capsys.readouterr().out
    assert "Nothing was erased: this was a rehearsal." in told
    assert WORDS not in told
    assert written.look(AREA, SCHOOL, OTHER) == before


def test_a_case_is_erased_again_whichever_database_comes_back_from_a_backup(
    written: Written, monkeypatch: pytest.MonkeyPatch
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


async def serve(written: Written) -> None:
    """A server starts on the folder: it opens each place, and does what is to be done there."""
    store = SqliteStore(written.data / FOLDER)
    async with town(store, made=True, data=written.data) as found:
        for place in (AREA, SCHOOL, OTHER, AREA):
            async with found.site.schools.use(place) as school:
                await school.publisher.settle()
    await store.close()


def test_a_case_that_is_not_there_is_named(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert erase(monkeypatch, written, "--case", "case-9") == 1
    assert f"There is no case case-9 in {AREA}." in capsys.readouterr().err
    assert erase(monkeypatch, written, "--case", CASE, place=SCHOOL) == 1
    assert "a case lies in its authority's area" in capsys.readouterr().err
    assert erase(monkeypatch, written, "--case", CASE, "--yes") == 0
    assert erase(monkeypatch, written, "--case", CASE, "--yes") == 0
    assert "There is nothing to erase." in capsys.readouterr().out


def test_of_a_child_a_school_and_an_area_say_what_stays(
    written: Written, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
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
    written: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert written.files_with(PHOTO[100:400])
    assert erase(monkeypatch, written, "--entry", written.entries["photo"]["_id"], "--yes") == 0
    assert written.files_with(PHOTO[100:400]) == []
    left = written.look(AREA)
    assert (AREA, photo_id("photo-1")) not in left
    assert "photo-1" not in left[AREA, f"visit:{VISIT}"]
    assert len(Ledger(ledger_file(Settings(data=written.data))).of(AREA)) == 1
