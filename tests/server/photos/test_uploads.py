"""A photo comes in whole, however often its upload is cut."""

import hashlib
import random

import pytest

from schemas.entry import PhotoAdded
from schemas.family.photos import UploadProgress
from server.photos.uploads import Part, Uploads, photo_id
from server.problems import Refusal
from sync import channels
from sync.store import Database
from sync.stores.memory import MemoryStore
from tests.factory import NINE, SetClock
from tests.server.photos.pictures import picture

PHOTO = picture(size=(640, 480))
THUMBNAIL = picture(size=(64, 48))


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def announced(data: bytes = PHOTO, **changes: object) -> PhotoAdded:
    return PhotoAdded.model_validate(
        {
            "author": "staff-1",
            "role": "family_worker",
            "device": "tablet-1",
            "written_at": NINE,
            "case": "case-1",
            "visit": "visit-1",
            "photo": "photo-1",
            "digest": sha(data),
            "bytes": len(data),
            "media_type": "image/jpeg",
            "thumbnail": sha(THUMBNAIL),
            "taken_at": NINE,
        }
        | changes,
        strict=False,
    )


@pytest.fixture
async def database() -> Database:
    return await MemoryStore().create("area")


def uploads(database: Database, body: PhotoAdded | None = None) -> Uploads:
    return Uploads(database, "entry:1", body or announced(), SetClock())


async def send(one: Uploads, part: Part, data: bytes, portion: int = 4096) -> None:
    for begin in range(0, len(data), portion):
        there = await one.append(part, begin, len(data), data[begin : begin + portion])
        assert there.offset == min(begin + portion, len(data))


async def test_a_thumbnail_comes_first_and_the_photo_after_it(database):
    one = uploads(database)
    assert await one.read("thumbnail") is None
    await send(one, "thumbnail", THUMBNAIL)
    assert await one.read("thumbnail") == (THUMBNAIL, "image/jpeg")
    found, *_ = await database.read([photo_id("photo-1")])
    assert found.body["state"] == "waiting"
    await send(one, "photo", PHOTO)
    assert await one.read("photo") == (PHOTO, "image/jpeg")
    assert await one.read("thumbnail") == (THUMBNAIL, "image/jpeg")
    found, *_ = await database.read([photo_id("photo-1")])
    assert (found.body["state"], found.body["reason"]) == ("stored", None)
    assert found.channels == {channels.entries("case:case-1")}


async def test_cut_fifty_times_at_any_byte_it_goes_on_from_there(database):
    chance = random.Random(8)
    cuts = sorted(chance.sample(range(1, len(PHOTO)), 50))
    for begin, end in zip([0, *cuts], [*cuts, len(PHOTO)], strict=True):
        one = uploads(database)  # the server was started anew, and knows nothing of before
        assert (await one.progress("photo")).offset == begin
        there = await one.append("photo", begin, len(PHOTO), PHOTO[begin:end])
        assert there.offset == end
    assert await one.read("photo") == (PHOTO, "image/jpeg")
    assert await database.read_local("upload:photo-1:photo") is None
    assert await database.read_local("upload:photo-1:photo:0") is None
    assert await one.progress("photo") == UploadProgress(offset=len(PHOTO), state="stored")


async def test_a_portion_sent_twice_is_told_where_to_go_on(database):
    one = uploads(database)
    await one.append("photo", 0, len(PHOTO), PHOTO[:1000])
    with pytest.raises(Refusal, match="1000 of") as refused:
        await one.append("photo", 0, len(PHOTO), PHOTO[:1000])
    assert (refused.value.code, refused.value.members) == ("upload_offset", {"offset": 1000})
    with pytest.raises(Refusal) as refused:
        await one.append("photo", 2000, len(PHOTO), PHOTO[2000:])
    assert refused.value.members == {"offset": 1000}
    with pytest.raises(Refusal) as refused:
        await one.append("photo", 1000, len(PHOTO), PHOTO)
    assert refused.value.members == {"offset": 1000}
    again = await one.append("photo", 1000, len(PHOTO), b"")
    assert again == UploadProgress(offset=1000, state="waiting")
    await one.append("photo", 1000, len(PHOTO), PHOTO[1000:])
    with pytest.raises(Refusal) as refused:
        await one.append("photo", 0, len(PHOTO), PHOTO[:10])
    assert refused.value.members == {"offset": len(PHOTO)}


async def test_bytes_that_changed_on_the_way_are_thrown_away_and_it_begins_anew(database):
    one = uploads(database)
    changed = bytearray(PHOTO)
    changed[5000] ^= 1
    await one.append("photo", 0, len(PHOTO), bytes(changed[:6000]))
    with pytest.raises(Refusal, match="digest differs") as refused:
        await one.append("photo", 6000, len(PHOTO), bytes(changed[6000:]))
    assert (refused.value.code, refused.value.members) == ("upload_differs", {"offset": 0})
    assert (await one.progress("photo")).offset == 0
    await send(one, "photo", PHOTO)
    assert await one.read("photo") == (PHOTO, "image/jpeg")


async def test_a_disguised_file_is_kept_and_held_and_shown_to_nobody(database):
    program = b"MZ\x90\x00" + bytes(9000)
    one = uploads(database, announced(program))
    await send(one, "thumbnail", THUMBNAIL)
    await send(one, "photo", program)
    found, *_ = await database.read([photo_id("photo-1")])
    assert found.body["state"] == "held"
    assert "no JPEG, PNG or WebP" in found.body["reason"]
    progress = await one.progress("photo")
    assert (progress.state, progress.reason) == ("held", found.body["reason"])
    assert await one.read("photo") is None
    assert await one.read("thumbnail") is None
    kept = next(one for one in found.attachments if one.name == "photo")
    assert (await database.attachment(kept.key), kept.content_type) == (
        program,
        "application/octet-stream",
    )


async def test_a_disguised_thumbnail_holds_the_photo_too(database):
    body = announced(thumbnail=sha(b"not a picture"))
    one = uploads(database, body)
    await send(one, "thumbnail", b"not a picture")
    await send(one, "photo", PHOTO)
    assert await one.read("photo") is None


async def test_where_it_was_taken_is_not_kept(database):
    located = picture(size=(640, 480), located=True)
    one = uploads(database, announced(located))
    await send(one, "photo", located)
    kept_as = await one.read("photo")
    assert kept_as is not None
    assert kept_as[0] != located
    found, *_ = await database.read([photo_id("photo-1")])
    assert found.body["stripped"] is True
    kept = [one.key for one in found.attachments]
    assert sha(located) not in kept


async def test_another_length_than_was_announced_is_refused(database):
    one = uploads(database)
    with pytest.raises(Refusal, match=f"announced with {len(PHOTO)}") as refused:
        await one.append("photo", 0, len(PHOTO) + 1, PHOTO)
    assert refused.value.code == "upload_differs"
    with pytest.raises(Refusal, match="at most 65536"):
        await one.append("thumbnail", 0, 65_537, THUMBNAIL)
    with pytest.raises(Refusal) as refused:
        await uploads(database, announced(thumbnail=None)).append("thumbnail", 0, 3, b"abc")
    assert refused.value.code == "not_found"
