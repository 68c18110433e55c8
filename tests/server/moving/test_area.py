"""An authority's area moves, and moves back: everything of its cases is there, and goes on."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.moving.mover import Moving, move_school
from server.settings import Settings
from server.stores import FOLDER
from sync.clock import SystemClock
from sync.store import Database
from sync.stores.sqlite import SqliteStore
from tests.factory import SetClock
from tests.peers.couch import new_prefix, pouchdb_server
from tests.server.alarms.area import AREA as ALARMED
from tests.server.alarms.area import BUDDY, LEAD, Clocks, area, iso, messages, ways
from tests.server.family.authority import AREA, CASE, SCHOOL, WORKER, Authority, fact
from tests.server.family.worked import PHOTO, Worked
from tests.server.photos.test_uploads import sha
from tests.server.town import CHEAP

LATER = "Written at the new home"


async def everything(database: Database) -> dict[str, tuple[str, str, frozenset[str]]]:
    """Every document, with its revision, what it says and where it lies."""
    return {
        one.id: (one.rev, one.raw.decode(), one.channels)
        for one in await database.range("", "\uffff")
    }


async def bytes_of(database: Database) -> str:
    """The digest of the photo's bytes."""
    (document,) = await database.read(["photo:photo-1"])
    assert document is not None
    found = {one.name: await database.attachment(one.key) for one in document.attachments}
    assert found.keys() == {"photo", "thumbnail"}
    return sha(found["photo"] or b"")


def move(data: Path, url: str, **more: object) -> None:
    settings = Settings.model_validate({"data": data, **CHEAP, **more})
    asyncio.run(move_school(AREA, url, Moving(settings, SystemClock(), grace_s=0)))


async def look(folder: Path) -> dict[str, tuple[str, str, frozenset[str]]]:
    store = SqliteStore(folder / FOLDER)
    try:
        database = await store.open(AREA)
        assert await bytes_of(database) == sha(PHOTO)
        return await everything(database)
    finally:
        await store.close()


async def go_on(folder: Path, number: int) -> None:
    """A server starts on it: it publishes what comes in, and reaches the schools that are there."""
    store = SqliteStore(folder / FOLDER)
    authority = Authority(store, SetClock(SetClock.ms + 60_000 * number))
    database = await store.open(AREA)
    tablet = authority.tablet(WORKER)
    heads = [one.body for one in await database.range("entry:", "entry;")]
    mine = max((one for one in heads if one["log"] == tablet.log), key=lambda one: one["n"])
    tablet.n, tablet.prev = mine["n"], mine["digest"]
    agreed = fact(fact="action", item=f"act-{number}", what=f"{LATER} {number}", owner="School")
    await authority.note(agreed)
    places = [one for one in (AREA, SCHOOL) if one in await store.names()]
    await authority.publish(*places)
    (case,) = await database.read([f"case:{CASE}"])
    assert case is not None
    assert f"{LATER} {number}" in str(case.body)
    if SCHOOL in places:
        supports = await authority.documents(SCHOOL, "support")
        assert f"{LATER} {number}" in str([one.body for one in supports.values()])
    await store.close()


@pytest.fixture
def worked(tmp_path: Path) -> Worked:
    found = Worked(tmp_path / "old")
    asyncio.run(found.fill())
    return found


def test_to_another_folder_and_back(worked: Worked, tmp_path: Path) -> None:
    before = asyncio.run(look(worked.data))
    kinds = {name.partition(":")[0] for name in before}
    assert kinds >= {"entry", "arrival", "judged", "held", "draft", "photo", "relayed", "alarm"}
    new, back = tmp_path / "new", tmp_path / "back"
    move(worked.data, f"sqlite:{new / FOLDER}")
    assert asyncio.run(look(new)) == before
    asyncio.run(go_on(new, 1))
    there = asyncio.run(look(new))
    move(new, f"sqlite:{back / FOLDER}")
    assert asyncio.run(look(back)) == there
    asyncio.run(go_on(back, 2))


@pytest.mark.slow
def test_into_couchdb_and_out_again(worked: Worked, tmp_path: Path) -> None:
    before = asyncio.run(look(worked.data))
    back, prefix = tmp_path / "back", new_prefix()
    with pouchdb_server() as url:
        at = {"couchdb_prefix": prefix}
        move(worked.data, f"couchdb+{url.removeprefix('couchdb+')}", **at)
        move(tmp_path / "none", f"sqlite:{back / FOLDER}", store=url, **at)
    assert asyncio.run(look(back)) == before
    asyncio.run(go_on(back, 1))


async def test_who_is_out_alone_meanwhile_is_watched_on_at_the_new_home(tmp_path: Path) -> None:
    old, new, clocks = tmp_path / "old", tmp_path / "new", Clocks()
    with messages() as (mail, webhook):
        reach = ways(mail, webhook)
        store = SqliteStore(old / FOLDER)
        async with area(store, clocks, **reach) as place:
            await place.leaves(iso("10:00"))
            await place.at(iso("10:00"))
            before = await place.watch()
        await store.close()
        assert len(mail.subjects(BUDDY.person)) == 1
        moving = Moving(Settings.model_validate({"data": old, **CHEAP}), clocks.wall, grace_s=0)
        moved = await move_school(ALARMED, f"sqlite:{new / FOLDER}", moving)
        assert moved.people == 5
        store = SqliteStore(new / FOLDER)
        async with area(store, clocks, made=True, **reach) as place:
            await place.look()
            assert len(mail.subjects(BUDDY.person)) == 1  # of what was raised nothing is repeated
            assert (await place.watch())["alarms"] == before["alarms"]
            await place.at(iso("10:15"))
            assert len(mail.subjects(LEAD.person)) == 1
        await store.close()
