"""The feed: pull tokens, resets, scoped pages, removals, waiting."""

import asyncio

import pytest

from schemas.policy import Role
from sync.feed import Feed, FeedPage, Place, Token, grants_digest
from sync.store import Write, WriteBatch
from sync.stores.memory import MemoryDatabase, MemoryStore
from tests.factory import may_read

RED = frozenset({"red"})
BLUE = frozenset({"blue"})


async def database() -> MemoryDatabase:
    return await MemoryStore(epochs=lambda: "e1").create("sch-test")


async def put(db: MemoryDatabase, *rows: tuple[str, frozenset[str]]) -> None:
    writes = [Write(name, {"is": name}, to, force=True) for name, to in rows]
    await db.write(WriteBatch(writes))


def names(page: FeedPage) -> list[tuple[str, bool]]:
    return [(change.document.id, change.removed) for change in page.changes]


def test_a_token_is_written_and_read() -> None:
    token = Token("e1.42", "0123456789ab")
    assert Token.parse(str(token)) == token


@pytest.mark.parametrize(
    "text",
    ["x", "e1.1", ".0123456789ab", "e1.1.0123456789AB", "e1.1.0123456789ab\n", "a.b.c", "..."],
)
def test_what_is_no_token_is_none(text: str) -> None:
    assert Token.parse(text) is None


def test_grants_digest_follows_the_set_and_not_its_order() -> None:
    assert grants_digest(frozenset({"a", "b"})) == grants_digest(frozenset({"b", "a"}))
    assert grants_digest(frozenset({"a", "b"})) != grants_digest(frozenset({"a"}))
    assert len(grants_digest(frozenset())) == 12


async def test_places_in_the_feed() -> None:
    db = await database()
    await put(db, ("a", RED), ("b", RED))
    feed = await Feed.open(db, RED)
    for beginning in (None, "", "0"):
        assert await feed.locate(beginning) == Place(0)
    assert await feed.locate("now") == Place(2)
    assert await feed.locate(feed.token(1)) == Place(1)


async def test_a_token_of_another_epoch_of_other_grants_or_of_the_future_is_a_reset() -> None:
    db = await database()
    await put(db, ("a", RED))
    feed = await Feed.open(db, RED)
    grants = grants_digest(RED)
    for text in (
        f"e2.1.{grants}",
        f"e1.-1.{grants}",
        f"e1.x.{grants}",
        f"e1.1.{grants_digest(BLUE)}",
        f"e1.2.{grants}",
        "nonsense",
    ):
        assert await feed.locate(text) == Place(0, reset=True), text
    assert (await feed.locate("9" * 5000)).reset


async def test_a_page_holds_what_the_channels_hold_and_says_how_to_go_on() -> None:
    db = await database()
    await put(db, ("a", RED), ("b", BLUE), ("c", RED), ("d", RED | BLUE))
    feed = await Feed.open(db, RED)
    first = await feed.page(Place(0), 2)
    assert names(first) == [("a", False), ("c", False)]
    assert first.pending == 1
    rest = await feed.page(first.place, 2)
    assert names(rest) == [("d", False)]
    assert (rest.pending, rest.place) == (0, Place(4))


async def test_pending_is_at_least_one_where_there_is_more() -> None:
    db = await database()
    await put(db, ("a", RED))
    feed = await Feed.open(db, RED)
    await put(db, ("b", RED), ("c", RED))
    page = await feed.page(Place(0), 1)
    assert page.pending == 1


async def test_a_document_that_left_is_removed_but_not_for_who_never_had_it() -> None:
    db = await database()
    await put(db, ("a", RED), ("b", RED))
    await put(db, ("a", BLUE))
    feed = await Feed.open(db, RED)
    assert names(await feed.page(Place(2), 10)) == [("a", True)]
    assert names(await feed.page(Place(0), 10)) == [("b", False)]


async def test_a_page_keeps_saying_that_it_was_reset() -> None:
    db = await database()
    feed = await Feed.open(db, RED)
    assert (await feed.page(Place(0, reset=True), 10)).place.reset


async def test_no_news_moves_the_place_on() -> None:
    db = await database()
    await put(db, ("a", BLUE), ("b", BLUE))
    feed = await Feed.open(db, RED)
    assert await feed.news(Place(0)) == (False, Place(2))
    await put(db, ("c", RED))
    assert await feed.news(Place(2)) == (True, Place(2))


async def test_waiting_ends_with_news_of_ones_own_channels_only() -> None:
    db = await database()
    feed = await Feed.open(db, RED)
    waiting = asyncio.create_task(feed.wait(Place(0), 5))
    await asyncio.sleep(0)
    await put(db, ("a", BLUE))
    await asyncio.sleep(0)
    assert not waiting.done()
    await put(db, ("b", RED))
    assert await waiting
    assert not await feed.wait(Place(2), 0.01)


def test_a_new_morning_changes_no_grant():
    monday = may_read(Role.ATTENDANCE_OFFICER)
    tuesday = may_read(Role.ATTENDANCE_OFFICER, day="2026-11-24")
    another = may_read(Role.CLASS_TEACHER, groups=("form-1",), day="2026-11-24")
    assert monday != tuesday
    assert grants_digest(monday) == grants_digest(tuesday) != grants_digest(another)
