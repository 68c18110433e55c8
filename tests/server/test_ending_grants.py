"""A feed that is open while a grant ends: nothing more goes out by it."""

from __future__ import annotations

import asyncio
from pathlib import Path

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
