"""A feed that is open while a grant ends: nothing more goes out by it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from schemas.canonical import holding_digest
from schemas.policy import Role
from server.accounts import Post
from sync.store import Write, WriteBatch
from sync.stores.sqlite import SqliteStore
from tests.factory import COVER, HEAD, Tablet
from tests.server.town import SCHOOL, Town, ask, make_schools, pull, push, town

DAY = 24 * 3_600_000


async def repost(place: Town, *posts: Post) -> None:
    """Give Cal other posts in their account."""
    account = await place.site.accounts.of(COVER.person)
    assert account is not None
    await place.site.accounts.put([account.model_copy(update={"schools": posts})])


@pytest.mark.parametrize("feed", ["longpoll", "continuous", "eventsource"])
async def test_what_comes_after_a_grant_was_ended_goes_out_by_no_open_feed(
    feed: str, tmp_path: Path
) -> None:
    """Whoever waits may wake before the server that took it in has read that it ends a grant."""
    store = SqliteStore(tmp_path / "data")
    await make_schools(store)
    async with town(store, made=True) as place, place.visit("hana") as head:
        await place.settle()
        desk = Tablet(HEAD)
        database = await place.store.open(SCHOOL)
        async with place.visit("cal") as cover:
            token = (await pull(cover))["last_seq"]
            query = {"since": token, "feed": feed, "timeout": "1000"}
            waiting = asyncio.create_task(cover.get(f"/db/{SCHOOL}/_changes", params=query))
            await asyncio.sleep(0.1)
            # As if another server's process had taken it in: this one has yet to read it.
            async with place.site.schools.use(SCHOOL) as opened:
                fetched = opened.grants.refresh
                opened.grants.refresh = unread  # type: ignore[method-assign]
                end = desk.write(
                    "grant.ended", grant="post", person=COVER.person, reason="Left today"
                )
                await push(head, end)
                opened.grants.refresh = fetched  # type: ignore[method-assign]
            secret = Write("sheet:secret", {"type": "sheet"}, frozenset({"group:form-1"}))
            await database.write(WriteBatch([secret]))
            answer = await waiting
        assert "sheet:secret" not in answer.text
    await store.close()


async def unread() -> frozenset[str]:
    return frozenset()


async def test_whoever_loses_the_fire_lists_alone_begins_anew(place: Town) -> None:
    """Cover without a group reads fire lists; an administrator does not, and names no other."""
    cover = Post(
        school=SCHOOL, role=Role.COVER_TEACHER, ends=place.clock.now[:11] + "12:00:00.000Z"
    )
    await repost(place, cover, Post(school=SCHOOL, role=Role.ADMINISTRATOR))
    await place.settle()
    async with place.visit("cal") as browser:
        before = await pull(browser)
        assert any(row["id"].startswith("roll:") for row in before["results"])
        place.clock.ms += DAY // 8
        after = await pull(browser, before["last_seq"])
    assert after["reset"]
    assert {row["id"] for row in after["results"]} == {"school", "group:form-1", "group:form-2"}


async def test_what_was_never_theirs_is_not_named_to_be_removed(place: Town) -> None:
    """The window's days are told to be dropped; what came to a group lost since is not."""
    lost = Post(school=SCHOOL, groups=("form-2",), ends="2026-11-23T12:00:00.000Z")
    await repost(place, Post(school=SCHOOL, groups=("form-1",)), lost)
    await place.settle()
    async with place.visit("cal") as browser:
        token = (await pull(browser))["last_seq"]
        await ask(browser, token=token)
    place.clock.ms += 9 * DAY
    await place.settle()
    database = await place.store.open(SCHOOL)
    card = Write("card:new", {"type": "card"}, frozenset({"group:form-2", "office"}))
    await database.write(WriteBatch([card]))
    async with place.visit("cal") as browser:
        token = (await pull(browser))["last_seq"]
        digest = holding_digest([("school", "1-0")])
        holds = {"documents": 1, "digest": digest, "token": token}
        answer = await ask(browser, token=token, holds=holds)
    assert "roll:2026-11-23:form-1" in answer["drop"]
    assert not [one for one in answer["drop"] if one == "card:new" or one.startswith("sheet:")]


class SlowReader:
    """Takes the first part of an answer, and the rest when it is told to."""

    def __init__(self, place: Town, cookie: str) -> None:
        self.place, self.cookie = place, cookie
        self.began, self.go_on = asyncio.Event(), asyncio.Event()
        self.body = b""

    async def read(self, path: str, query: str) -> None:
        scope = {
            "type": "http",
            "method": "GET",
            "path": f"/db/{SCHOOL}/{path}",
            "raw_path": f"/db/{SCHOOL}/{path}".encode(),
            "query_string": query.encode(),
            "headers": [(b"host", b"tidemark.test"), (b"cookie", self.cookie.encode())],
            "scheme": "http",
            "http_version": "1.1",
            "root_path": "",
            "client": ("192.0.2.1", 40000),
            "server": ("tidemark.test", 80),
        }
        given = [{"type": "http.request", "body": b"", "more_body": False}]

        async def receive() -> Any:
            if given:
                return given.pop()
            await asyncio.Event().wait()
            raise AssertionError

        async def send(message: Any) -> None:
            self.body += message.get("body", b"")
            if self.body.count(b'"id":') > 1:
                self.began.set()
                await self.go_on.wait()

        await self.place.app(scope, receive, send)


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("_changes", "include_docs=true"),
        ("_changes", "include_docs=true&feed=continuous&timeout=1"),
        ("_changes", "include_docs=true&descending=true"),
        ("_all_docs", "include_docs=true"),
    ],
)
async def test_who_reads_slowly_gets_no_more_once_a_grant_has_ended(
    path: str, query: str, place: Town
) -> None:
    await repost(
        place, Post(school=SCHOOL, groups=("form-1",), ends=place.clock.now[:11] + "12:00:00.000Z")
    )
    await place.settle()
    database = await place.store.open(SCHOOL)
    mine = frozenset({"group:form-1"})
    last = "card:0000" if "descending" in query else "card:2499"
    cards = [Write(f"card:{n:04}", {"says": "x" * 2000}, mine) for n in range(2500)]
    await database.write(WriteBatch(cards))
    async with place.visit("cal") as browser:
        cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
        reader = SlowReader(place, cookie)
        reading = asyncio.create_task(reader.read(path, query))
        await reader.began.wait()
        sent = reader.body.count(b'"says"')
        place.clock.ms += DAY // 4
        await database.write(WriteBatch([Write(last, {"says": "secret"}, mine, force=True)]))
        reader.go_on.set()
        await reading
    assert sent < 2500
    assert b"secret" not in reader.body
    assert reader.body.rstrip().endswith(b"}")
