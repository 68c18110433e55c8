"""An authority in which a case was worked on: photos, drafts, a watch, concerns, what is held.

It is in files, and its server is stopped.
"""

from __future__ import annotations

import asyncio
import hashlib
import shutil
from pathlib import Path
from typing import Any

import orjson

from schemas.entry import PhotoAdded
from schemas.family.drafts import DraftSaving
from server.alarms.record import AlarmRecord
from server.photos.uploads import Uploads
from server.stores import FOLDER
from server.visit_drafts.keeping import Author, digest_of, keep
from sync.store import WriteBatch
from sync.stores.sqlite import SqliteStore
from tests.factory import NINE, roster_batch
from tests.server.family.authority import (
    AREA,
    CASE,
    DSL,
    DUTY,
    LEAD,
    SCHOOL,
    WORKER,
    Authority,
    fact,
    roster_of,
)
from tests.server.photos.pictures import picture

WORDS = "Words about a family that a court had erased"
VISIT = "visit-1"
PHOTO, THUMBNAIL = picture(size=(320, 240)), picture(size=(32, 24))


class Worked:
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
        planned = tablet.write("visit.planned", **of, facts=[])
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
        early = authority.tablet(LEAD).write("visit.addendum", **of, to=note["_id"], text=WORDS)
        await authority.push(early, may_wait=True)
        await authority.push(
            planned,
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
