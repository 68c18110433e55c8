"""Who opened a restricted record, and who had it fetched."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx2
import pytest

from server.stores import FOLDER
from sync.store import Store, Write, WriteBatch
from sync.stores.memory import MemoryStore
from sync.stores.sqlite import SqliteStore
from tests.factory import OFFICER, Tablet, pupil
from tests.server.moving.test_command import tidemark
from tests.server.town import SCHOOL, Town, push, town

RESTRICTED = "pup-2"


async def restrict(store: Store) -> None:
    """Make a pupil's record a restricted one."""
    one = pupil(2, form="form-1", restricted=True)
    body = one.model_dump(mode="json", by_alias=True, exclude={"id"})
    database = await store.open(SCHOOL)
    await database.write(WriteBatch([Write(one.id, body, frozenset({"roster"}), force=True)]))


@pytest.fixture
async def place() -> AsyncIterator[Town]:
    async with town(MemoryStore()) as found:
        await restrict(found.store)
        await found.settle()
        yield found


async def listed(browser: httpx2.AsyncClient, **query: str) -> list[dict[str, Any]]:
    answer = await browser.get(f"/db/{SCHOOL}/_views", params=query)
    assert answer.status_code == 200, answer.text
    views: list[dict[str, Any]] = answer.json()["views"]
    return views


def look(tablet: Tablet) -> dict[str, Any]:
    return tablet.write("record.viewed", document=f"card:{RESTRICTED}", pupil=RESTRICTED)


async def test_a_restricted_record_says_so_on_its_card(place: Town) -> None:
    async with place.visit("olu") as browser:
        for name, restricted in ((RESTRICTED, True), ("pup-4", False)):
            card = (await browser.get(f"/db/{SCHOOL}/card:{name}")).json()
            assert card["restricted"] is restricted


async def test_a_look_that_a_tablet_tells_of_is_listed(place: Town) -> None:
    async with place.visit("olu") as office:
        (row,) = (await push(office, look(Tablet(OFFICER)))).json()
        assert row["verdict"] == "stored"
    async with place.visit("hana") as head:
        (view,) = await listed(head)
        assert (view["how"], view["person_name"], view["pupil"]) == (
            "opened",
            OFFICER.name,
            RESTRICTED,
        )
        assert await listed(head, pupil="pup-4") == []


@pytest.mark.parametrize("username", ["tess", "cal", "olu"])
async def test_looks_are_for_those_who_oversee_them(place: Town, username: str) -> None:
    async with place.visit(username) as browser:
        answer = await browser.get(f"/db/{SCHOOL}/_views")
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")


async def fetch(browser: httpx2.AsyncClient, how: str) -> httpx2.Response:
    """Ask for a restricted card by its id, one way or another."""
    card, base = f"card:{RESTRICTED}", f"/db/{SCHOOL}"
    if how == "_bulk_get":
        return await browser.post(f"{base}/_bulk_get", json={"docs": [{"id": card}]})
    if how == "keys":
        body = {"keys": [card]}
        return await browser.post(f"{base}/_all_docs?include_docs=true", json=body)
    if how in {"key", "range"}:
        named = ("key",) if how == "key" else ("startkey", "endkey")
        query = dict.fromkeys(named, f'"{card}"')
        return await browser.get(f"{base}/_all_docs", params={"include_docs": "true", **query})
    if how in {"doc_ids", "selector"}:
        asked = {"doc_ids": [card]} if how == "doc_ids" else {"selector": {"_id": card}}
        query = {"include_docs": "true", "filter": f"_{how}"}
        return await browser.post(f"{base}/_changes", params=query, json=asked)
    return await browser.get(f"{base}/{card}", params={"open_revs": "all"} if how else {})


@pytest.mark.parametrize(
    "how", ["", "open_revs", "_bulk_get", "keys", "key", "range", "doc_ids", "selector"]
)
async def test_a_restricted_record_that_is_fetched_by_its_id_is_noted(
    place: Town, how: str
) -> None:
    async with place.visit("olu") as office:
        for _ in range(2):
            assert (await fetch(office, how)).status_code == 200
        assert (await office.get(f"/db/{SCHOOL}/card:pup-4")).status_code == 200
    async with place.visit("hana") as head:
        (view,) = await listed(head, pupil=RESTRICTED)
        assert (view["how"], view["person"], view["document"]) == (
            "fetched",
            OFFICER.person,
            f"card:{RESTRICTED}",
        )
        place.clock.ms += 24 * 3_600_000
        await head.post("/session", json={"username": "hana", "password": "a fictional password"})
    async with place.visit("olu") as office:
        await fetch(office, how)
    async with place.visit("hana") as head:
        assert len(await listed(head)) == 2


async def test_comparing_revisions_and_following_the_feed_is_no_look(place: Town) -> None:
    async with place.visit("olu") as office:
        await office.post(f"/db/{SCHOOL}/_revs_diff", json={f"card:{RESTRICTED}": ["1-x"]})
        await office.get(f"/db/{SCHOOL}/_changes?include_docs=true")
        await office.get(f"/db/{SCHOOL}/card:nobody")
    async with place.visit("hana") as head:
        assert await listed(head) == []


async def test_what_was_noted_outlasts_the_server_and_is_listed_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    words = ("audit", "views", SCHOOL, "--data", str(tmp_path))

    def told() -> str:
        assert tidemark(monkeypatch, *words) == 0
        return capsys.readouterr().out

    store = SqliteStore(tmp_path / FOLDER)
    async with town(store) as found:
        await restrict(store)
        await found.settle()
        assert "Nobody has opened a restricted record." in await asyncio.to_thread(told)
        async with found.visit("olu") as office:
            await push(office, look(Tablet(OFFICER)))
            await fetch(office, "")
    await store.close()
    lines = (await asyncio.to_thread(told)).splitlines()
    assert sorted(line.split()[1] for line in lines) == ["fetched", "opened"]
    assert all(f"card:{RESTRICTED}  {OFFICER.person} ({OFFICER.name})" in line for line in lines)
    store = SqliteStore(tmp_path / FOLDER)
    async with town(store, made=True) as found, found.visit("hana") as head:
        assert len(await listed(head)) == 2
    await store.close()
