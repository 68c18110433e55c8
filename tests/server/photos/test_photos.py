"""A photo on its way from a tablet to whoever may see the visit, over wires that are cut."""

from __future__ import annotations

import asyncio
import hashlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx2
import orjson
import pytest

from schemas.entry import PhotoAdded
from server.accounts import Accounts
from server.passwords import Passwords
from server.photos.uploads import MAX_PORTION, Uploads
from server.settings import Settings
from server.stores import FOLDER as FOLDER_NAME
from sync.stores.memory import MemoryStore
from sync.stores.sqlite import SqliteStore
from tests.factory import NINE, TUTOR, Tablet
from tests.server.families import (
    AREA,
    CASE,
    COLLEAGUE,
    LEAD,
    TEAM,
    VISIT,
    WORKER,
    employ,
    fact,
    make_area,
    opened,
    settle,
)
from tests.server.photos.pictures import picture
from tests.server.process import Process
from tests.server.town import CHEAP, Town, credentials, make_schools, pull, push, town

PHOTO = picture(size=(900, 700))
THUMBNAIL = picture(size=(64, 48))
LIMIT = 2_000_000
AT = f"/db/{AREA}/_photos/photo-1"


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def added(tablet: Tablet, data: bytes = PHOTO, **changes: Any) -> dict[str, Any]:
    """The entry that adds a photo."""
    says = {
        "case": CASE,
        "visit": VISIT,
        "photo": "photo-1",
        "digest": sha(data),
        "bytes": len(data),
        "media_type": "image/jpeg",
        "thumbnail": sha(THUMBNAIL),
        "caption": "The letter box",
        "taken_at": NINE,
    }
    return tablet.write("photo.added", **says | changes)


def planned(tablet: Tablet) -> dict[str, Any]:
    plan = fact(
        fact="plan",
        purpose="See how mornings go",
        type="attendance",
        announced=True,
        starts=NINE,
        ends="2026-11-23T10:00:00.000Z",
        address="1 Fold Lane",
        workers=[WORKER.person],
    )
    return tablet.write("visit.planned", case=CASE, visit=VISIT, facts=[plan])


@pytest.fixture
async def area() -> AsyncIterator[Town]:
    store = MemoryStore()
    await make_schools(store)
    await make_area(store, photo_bytes=LIMIT)
    async with town(store, made=True) as one:
        await employ(one.site.accounts)
        yield one


async def send(
    browser: httpx2.AsyncClient, part: str, begins: int, data: bytes, length: int, at: str = AT
) -> httpx2.Response:
    headers = {"Upload-Offset": str(begins), "Upload-Length": str(length)}
    return await browser.patch(f"{at}/{part}", content=data, headers=headers)


async def states(browser: httpx2.AsyncClient) -> list[tuple[str, str | None]]:
    """What the visit says of its photos."""
    rows = (await pull(browser, school=AREA))["results"]
    (visit,) = [row["doc"] for row in rows if row["id"] == f"visit:{VISIT}"]
    return [(photo["state"], photo["reason"]) for photo in visit["photos"]]


async def test_a_photo_reaches_whoever_may_see_the_visit_and_nobody_else(area: Town) -> None:
    async with area.visit("fay") as fay, area.visit("gus") as gus, area.visit("tess") as tess:
        tablet = Tablet(WORKER, log="f" * 32)
        await push(fay, opened(tablet), planned(tablet), added(tablet), school=AREA)
        await settle(area)
        assert await states(gus) == [("waiting", None)]
        assert (await gus.get(f"{AT}/photo")).json()["error"] == "not_found"
        answer = await send(fay, "thumbnail", 0, THUMBNAIL, len(THUMBNAIL))
        assert answer.json() == {"offset": len(THUMBNAIL), "state": "waiting", "reason": None}
        half = len(PHOTO) // 2
        await send(fay, "photo", 0, PHOTO[:half], len(PHOTO))
        there = await fay.get(f"{AT}/photo/offset")
        assert there.json()["offset"] == half
        answer = await send(fay, "photo", half, PHOTO[half:], len(PHOTO))
        assert answer.json() == {"offset": len(PHOTO), "state": "stored", "reason": None}
        await settle(area)
        assert await states(gus) == [("stored", None)]
        for part, data in (("photo", PHOTO), ("thumbnail", THUMBNAIL)):
            shown = await gus.get(f"{AT}/{part}")
            assert (shown.content, shown.headers["content-type"]) == (data, "image/jpeg")
            assert shown.headers["x-content-type-options"] == "nosniff"
        assert (await tess.get(f"{AT}/photo")).status_code == 403
        for row in (await pull(gus, school=AREA))["results"]:
            assert not row["id"].startswith("photo:")


async def test_nobody_sends_the_bytes_of_another_or_of_what_nobody_announced(area: Town) -> None:
    async with area.visit("fay") as fay, area.visit("gus") as gus:
        tablet = Tablet(WORKER, log="f" * 32)
        assert (await send(fay, "photo", 0, PHOTO, len(PHOTO))).json()["error"] == "not_found"
        await push(fay, opened(tablet), planned(tablet), added(tablet), school=AREA)
        assert (await send(gus, "photo", 0, PHOTO, len(PHOTO))).json()["error"] == "not_found"
        assert (await fay.get(f"{AT}/negative/offset")).json()["error"] == "not_found"


async def test_a_restricted_case_shows_its_photos_to_its_own_workers_alone(area: Town) -> None:
    async with area.visit("fay") as fay, area.visit("gus") as gus:
        tablet = Tablet(WORKER, log="f" * 32)
        placing = fact(fact="placing", team=TEAM, restricted=True, reason="Staff family")
        case = tablet.write("case.opened", case=CASE, facts=[placing])
        small = picture(size=(200, 150))
        await push(fay, case, planned(tablet), added(tablet, small), school=AREA)
        await send(fay, "photo", 0, small, len(small))
        await settle(area)
        assert (await fay.get(f"{AT}/photo")).content == small
        assert (await gus.get(f"{AT}/photo")).json()["error"] == "not_found"


async def test_bad_requests_are_told_what_was_wanted(area: Town) -> None:
    async with area.visit("fay") as fay:
        tablet = Tablet(WORKER, log="f" * 32)
        await push(fay, opened(tablet), planned(tablet), added(tablet), school=AREA)
        answer = await fay.patch(f"{AT}/photo", content=b"x", headers={"Upload-Length": "3"})
        assert answer.status_code == 400
        assert "Upload-Offset" in answer.json()["reason"]
        answer = await send(fay, "photo", 0, bytes(MAX_PORTION + 1), len(PHOTO))
        assert answer.json()["error"] == "too_large"
        answer = await send(fay, "photo", 7, b"x", len(PHOTO))
        assert (answer.status_code, answer.json()["offset"]) == (409, 0)
        answer = await send(fay, "photo", 0, b"x", len(PHOTO) + 5)
        assert answer.json()["error"] == "upload_differs"


async def test_photos_that_policy_does_not_allow_are_held_and_their_bytes_wait(area: Town) -> None:
    large = bytes(2 * LIMIT)
    async with area.visit("fay") as fay:
        tablet = Tablet(WORKER, log="f" * 32)
        entries = (opened(tablet), planned(tablet), added(tablet, large))
        rows = (await push(fay, *entries, school=AREA)).json()
        assert [row["verdict"] for row in rows] == ["stored", "stored", "held"]
        assert "takes photos up to" in rows[2]["reason"]
        answer = await send(fay, "photo", 0, large[:1000], len(large))
        assert (answer.status_code, answer.json()["error"]) == (409, "upload_held")


async def test_bytes_whose_entry_does_not_stand_are_shown_to_nobody(area: Town) -> None:
    """As of a photo that was taken by another rule once, and is held, or declined, by now."""
    large = PHOTO + bytes(LIMIT)
    async with area.visit("fay") as fay, area.visit("lee") as lee:
        entry = added(tablet := Tablet(WORKER, log="f" * 32), large)
        await push(fay, opened(tablet), planned(tablet), entry, school=AREA)
        held = f"held:{entry['digest'][:32]}"
        body = PhotoAdded.model_validate_json(orjson.dumps(entry["body"]))
        database = await area.store.open(AREA)
        uploads = Uploads(database, entry["_id"], body, area.clock)
        await uploads.append("photo", 0, len(large), large)
        assert await uploads.read("photo") is not None
        await settle(area)
        for browser in (fay, lee):
            assert (await browser.get(f"{AT}/photo")).json()["error"] == "not_found"
        desk = Tablet(LEAD, log="d" * 32)
        said = {"held": held, "entry": entry["_id"], "reason": "Not one of ours"}
        (row,) = (await push(lee, desk.write("quarantine.declined", **said), school=AREA)).json()
        assert row["verdict"] == "stored", row
        await settle(area)
        for browser in (fay, lee):
            assert (await browser.get(f"{AT}/photo")).json()["error"] == "not_found"
        answer = await send(fay, "photo", 0, large[:1000], len(large))
        assert answer.json()["error"] == "upload_held"


async def test_a_disguised_file_is_held_and_its_author_sees_why(area: Town) -> None:
    program = b"MZ\x90\x00" + bytes(9000)
    async with area.visit("fay") as fay:
        tablet = Tablet(WORKER, log="f" * 32)
        await push(fay, opened(tablet), planned(tablet), added(tablet, program), school=AREA)
        answer = await send(fay, "photo", 0, program, len(program))
        assert answer.json()["state"] == "held"
        await settle(area)
        ((state, reason),) = await states(fay)
        assert state == "held"
        assert reason is not None
        assert "no JPEG, PNG or WebP" in reason
        assert (await fay.get(f"{AT}/photo")).json()["error"] == "not_found"


async def found(data: Path) -> None:
    """A data folder with an area and its people."""
    store = SqliteStore(data / FOLDER_NAME)
    passwords = Passwords(Settings(**CHEAP))
    try:
        await make_area(store, photo_bytes=LIMIT)
        await employ(await Accounts.open(store, passwords))
    finally:
        passwords.close()
        await store.close()


def cut_after(server: Process, cookie: str, begins: int, data: bytes, sent: int) -> None:
    """Begin to send a portion, and cut the wire after so many bytes of it."""
    where = urlsplit(server.address)
    head = (
        f"PATCH {AT}/photo HTTP/1.1\r\nHost: {where.netloc}\r\nCookie: {cookie}\r\n"
        f"Upload-Offset: {begins}\r\nUpload-Length: {len(PHOTO)}\r\n"
        f"Content-Type: application/offset+octet-stream\r\nContent-Length: {len(data)}\r\n\r\n"
    )
    with socket.create_connection((where.hostname or "", where.port or 0), timeout=10) as wire:
        wire.sendall(head.encode() + data[:sent])


def test_a_wire_that_is_cut_fifty_times_and_a_server_killed_between_bring_it_whole(
    tmp_path: Path,
) -> None:
    asyncio.run(found(tmp_path))
    tablet = Tablet(WORKER, log="f" * 32)
    entries = [opened(tablet), planned(tablet), added(tablet)]
    there, cuts, server = 0, 0, Process(tmp_path)
    try:
        while True:
            with server.browser() as browser:
                assert browser.post("/session", json=credentials("fay")).status_code == 200
                body = {"docs": entries, "new_edits": False}
                assert browser.post(f"/db/{AREA}/_bulk_docs", json=body).status_code == 201
                name, value = next(iter(browser.cookies.items()))
                for _ in range(25 if cuts < 50 else 0):
                    portion = PHOTO[there : there + 4096]
                    cut_after(server, f"{name}={value}", there, portion, 1 + cuts * 37 % 1500)
                    cuts += 1
                    before, tries = there, 0
                    while there == before and tries < 200:  # it comes as the server sees the cut
                        there = browser.get(f"{AT}/photo/offset").json()["offset"]
                        tries += 1
                    assert there > before
                if cuts >= 50:
                    headers = {"Upload-Offset": str(there), "Upload-Length": str(len(PHOTO))}
                    rest = browser.patch(f"{AT}/photo", content=PHOTO[there:], headers=headers)
                    assert rest.json()["state"] == "stored"
                    for _ in range(100):
                        shown = browser.get(f"{AT}/photo")
                        if shown.status_code == 200:
                            break
                    assert shown.content == PHOTO
                    return
            server.kill()
            server.__exit__()
            server = Process(tmp_path)
    finally:
        server.__exit__()


@pytest.mark.parametrize("who", [COLLEAGUE, TUTOR])
async def test_an_author_alone_learns_how_far_a_photo_has_come(area: Town, who: Any) -> None:
    async with area.visit("fay") as fay, area.visit("gus" if who is COLLEAGUE else "tess") as other:
        tablet = Tablet(WORKER, log="f" * 32)
        await push(fay, opened(tablet), planned(tablet), added(tablet), school=AREA)
        assert (await fay.get(f"{AT}/photo/offset")).json()["offset"] == 0
        assert (await other.get(f"{AT}/photo/offset")).status_code in {403, 404}
