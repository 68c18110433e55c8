"""Who sees what: a brute force over every person, document and way of asking."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from sync.store import Write, WriteBatch
from tests.factory import COVER, HEAD, MONDAY, OFFICER, TUTOR, Tablet, claim, may_read
from tests.server.town import OTHER, SCHOOL, Town, pull, push

PEOPLE = {"tess": TUTOR, "cal": COVER, "olu": OFFICER, "hana": HEAD}
GROUPS = {"tess": ("form-1",), "cal": ("form-1",)}


async def seen_by(place: Town, username: str) -> tuple[set[str], set[str]]:
    """Ids a person should see, and all others, by the documents' channels themselves."""
    database = await place.store.open(SCHOOL)
    who = PEOPLE[username]
    mine = may_read(who.role, who.person, GROUPS.get(username, ()))
    documents = await database.range("", "~")
    right = {one.id for one in documents if not mine.isdisjoint(one.channels)}
    return right, {one.id for one in documents} - right


async def filled(place: Town) -> None:
    tablet = Tablet(TUTOR)
    async with place.visit() as browser:
        await push(browser, tablet.register(claim(2), claim(4, "I")))
        await push(browser, tablet.register(claim("nobody")))
        await push(browser, {"not": "an entry"})
    async with place.visit("olu") as office:
        await push(
            office,
            Tablet(OFFICER).write(
                "register.reassigned",
                group="form-1",
                date=MONDAY,
                session="PM",
                to=COVER.person,
                reason="Tess is on a course",
            ),
        )
    await place.settle()


@pytest.mark.parametrize("username", sorted(PEOPLE))
async def test_every_way_of_asking_tells_exactly_what_is_in_scope(
    place: Town, username: str
) -> None:
    await filled(place)
    right, wrong = await seen_by(place, username)
    assert right
    assert {one.partition(":")[0] for one in wrong} >= {"entry", "arrival", "pupil"}
    async with place.visit(username) as browser:
        assert {row["id"] for row in (await pull(browser))["results"]} == right
        paged = set()
        token = "0"
        for _ in range(1000):
            page = await pull(browser, token, limit="3")
            paged |= {row["id"] for row in page["results"]}
            token = page["last_seq"]
            if not page["pending"]:
                break
        assert paged == right
        asked = [{"id": one} for one in sorted(right | wrong)]
        answer = await browser.post(f"/db/{SCHOOL}/_bulk_get", json={"docs": asked})
        got = {
            row["id"]: row["docs"][0]["ok"]
            for row in answer.json()["results"]
            if "ok" in row["docs"][0]
        }
        assert got.keys() == right
        for one in sorted(right | wrong):
            single = await browser.get(f"/db/{SCHOOL}/{one}")
            assert (single.status_code == 200) is (one in right), one
            if one in right:
                assert single.json() == got[one]


@pytest.mark.parametrize("username", sorted(PEOPLE))
async def test_what_one_may_not_see_is_answered_as_what_does_not_exist(
    place: Town, username: str
) -> None:
    await filled(place)
    _, wrong = await seen_by(place, username)
    async with place.visit(username) as browser:
        nothing = await browser.get(f"/db/{SCHOOL}/card:nobody-at-all")
        assert nothing.status_code == 404
        for one in sorted(wrong):
            answer = await browser.get(f"/db/{SCHOOL}/{one}")
            assert (answer.status_code, answer.content) == (404, nothing.content)


async def everything(browser: Any, school: str) -> list[int]:
    """Every endpoint of a school, asked once."""
    answers = [
        await browser.get(f"/db/{school}"),
        await browser.get(f"/db/{school}/"),
        await browser.get(f"/db/{school}/_changes"),
        await browser.get(f"/db/{school}/_contacts"),
        await browser.get(f"/db/{school}/school"),
        await browser.post(f"/db/{school}/_bulk_get", json={"docs": [{"id": "school"}]}),
        await browser.post(f"/db/{school}/_bulk_docs", json={"docs": [], "new_edits": False}),
        await browser.post(f"/db/{school}/_sync", json={}),
    ]
    return [answer.status_code for answer in answers]


async def test_another_school_is_nobodys_business(place: Town) -> None:
    async with place.visit("hana") as browser:
        for school in (OTHER, "no-such-school", "accounts", "Sch-Test"):
            statuses = await everything(browser, school)
            assert set(statuses) <= {403, 404, 405}, (school, statuses)
        assert set(await everything(browser, OTHER)) == {403}
    async with place.visit("far") as browser:
        assert set(await everything(browser, SCHOOL)) == {403}


async def test_nobody_signed_out_gets_in(place: Town) -> None:
    async with place.browser() as browser:
        assert set(await everything(browser, SCHOOL)) == {401}


async def test_an_old_revision_is_ones_own_only_while_the_document_is(place: Town) -> None:
    database = await place.store.open(SCHOOL)
    mine, office = frozenset({"group:form-1"}), frozenset({"office"})
    revs: list[str] = []
    for body, to in ((1, mine), (2, mine), (3, office)):
        write = Write("card:one", {"n": body}, to, force=True)
        result, *_ = await database.write(WriteBatch([write]))
        revs.append(result.rev)
        async with place.visit() as browser:
            for rev in revs:
                answer = await browser.get(f"/db/{SCHOOL}/card:one", params={"rev": rev})
                bulk = await browser.post(
                    f"/db/{SCHOOL}/_bulk_get", json={"docs": [{"id": "card:one", "rev": rev}]}
                )
                seen = "ok" in bulk.json()["results"][0]["docs"][0]
                assert (answer.status_code == 200) == seen
                assert not (seen and to is office), rev
                if rev == revs[-1] and to is mine:
                    assert answer.json()["n"] == body


async def test_a_document_that_left_ones_scope_is_removed_without_its_body(place: Town) -> None:
    database = await place.store.open(SCHOOL)

    async def put(to: str, *, deleted: bool = False) -> None:
        write = Write("card:one", {"secret": to}, frozenset({to}), force=True, deleted=deleted)
        await database.write(WriteBatch([write]))

    await place.settle()
    await put("group:form-1")
    async with place.visit() as browser, place.visit("olu") as desk:
        token = (await pull(browser))["last_seq"]
        await put("office")
        row, *_ = (await pull(browser, token))["results"]
        assert (row["id"], row["removed"]) == ("card:one", True)
        assert "doc" not in row
        gone = await browser.get(f"/db/{SCHOOL}/card:one")
        assert gone.json()["reason"] == "missing"
        token = (await pull(desk))["last_seq"]
        await put("office", deleted=True)
        row, *_ = (await pull(desk, token))["results"]
        assert row["deleted"] is True
        assert row["doc"]["_deleted"] is True
        deleted = await desk.get(f"/db/{SCHOOL}/card:one")
        assert (deleted.status_code, deleted.json()["reason"]) == (404, "deleted")


async def test_info_tells_the_token_of_now(place: Town) -> None:
    async with place.visit() as browser:
        await place.settle()
        info = (await browser.get(f"/db/{SCHOOL}/")).json()
        assert info["db_name"] == SCHOOL
        assert (await pull(browser, info["update_seq"]))["results"] == []
        assert (await pull(browser, "now"))["results"] == []


@pytest.mark.parametrize(
    "query",
    list(
        itertools.chain(
            [{"filter": "_doc_ids"}, {"filter": "_other"}, {"feed": "endless"}, {"style": "none"}],
            [{name: text} for name in ("limit", "timeout") for text in ("x", "-1", "1.5", "٣", "")],
        )
    ),
)
async def test_a_question_that_cannot_be_answered(place: Town, query: dict[str, str]) -> None:
    async with place.visit() as browser:
        answer = await browser.get(f"/db/{SCHOOL}/_changes", params=query)
    assert answer.status_code == 400
    assert answer.json()["error"] == "bad_request"


async def test_a_feed_from_the_beginning_tells_of_nothing_that_had_left_before(
    place: Town,
) -> None:
    """Also where it comes in several pages, as it does for whoever sees much."""
    database = await place.store.open(SCHOOL)
    mine, office = frozenset({"group:form-1"}), frozenset({"office"})
    await place.settle()
    await database.write(WriteBatch([Write("card:left", {"n": 1}, mine)]))
    await database.write(WriteBatch([Write(f"card:{n:03}", {"n": n}, mine) for n in range(200)]))
    await database.write(WriteBatch([Write("card:left", {"n": 2}, office, force=True)]))
    await database.write(WriteBatch([Write("card:last", {"n": 3}, mine)]))
    async with place.visit() as browser:
        rows = (await pull(browser))["results"]
    assert len(rows) > 200
    assert not [row for row in rows if row.get("removed") or row["id"] == "card:left"]
