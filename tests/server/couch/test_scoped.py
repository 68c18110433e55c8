"""A school's database by CouchDB's protocol: a person's own part of it, and nothing else."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import httpx2
import orjson
import pytest

from server.couch import changes
from sync.attachments import Upload
from sync.store import Write, WriteBatch
from tests.factory import TUTOR, Tablet, claim
from tests.server.couch.wire import Exchange
from tests.server.test_scope import PEOPLE, filled, seen_by
from tests.server.town import OTHER, SCHOOL, Town, pull, push

DB = f"/db/{SCHOOL}"
JSON = {"accept": "application/json"}
FAKE = "1-" + "f" * 32


async def asked(browser: httpx2.AsyncClient, path: str, body: Any = None, **query: Any) -> Any:
    """An answer's JSON, of a request that is a POST where it has a body."""
    method = "GET" if body is None else "POST"
    answer = await browser.request(method, DB + path, json=body, params=query or None, headers=JSON)
    assert answer.status_code in {200, 201}, (path, answer.text)
    return orjson.loads(answer.content)


def ids(page: Any) -> set[str]:
    return {row["id"] for row in page["results"]}


# Nothing outside a person's channels is shown, whatever is asked


async def lists(browser: httpx2.AsyncClient, names: list[str]) -> AsyncIterator[set[str]]:
    """Every way of asking that lists documents: the ids that each shows."""
    yield ids(await asked(browser, "/_changes"))
    yield ids(await asked(browser, "/_changes", include_docs="true", style="all_docs"))
    yield ids(await asked(browser, "/_changes", descending="true", include_docs="true"))
    yield ids(await asked(browser, "/_changes", {"doc_ids": names}, filter="_doc_ids"))
    yield ids(await asked(browser, "/_changes", {"selector": {}}, filter="_selector"))
    longpoll = await asked(browser, "/_changes", feed="longpoll", attachments="true")
    yield ids(longpoll)
    live = await browser.get(f"{DB}/_changes", params={"feed": "continuous", "timeout": "1"})
    rows = [orjson.loads(line) for line in live.text.splitlines() if line]
    yield {row["id"] for row in rows if "id" in row}
    listed = await asked(browser, "/_all_docs")
    assert listed["total_rows"] == len(listed["rows"])
    yield {row["id"] for row in listed["rows"]}
    down = await asked(browser, "/_all_docs", descending="true", include_docs="true")
    assert [row["id"] for row in down["rows"]] == [row["id"] for row in listed["rows"]][::-1]
    yield {row["doc"]["_id"] for row in down["rows"]}
    keyed = await asked(browser, "/_all_docs", {"keys": names}, include_docs="true")
    yield {row["id"] for row in keyed["rows"] if "id" in row}
    for query in ({}, {"revs": "true", "latest": "true"}, {"attachments": "true"}):
        docs = [{"id": name} for name in names]
        found = await asked(browser, "/_bulk_get", {"docs": docs}, **query)
        yield {row["id"] for row in found["results"] if "ok" in row["docs"][0]}


@pytest.mark.parametrize("username", sorted(PEOPLE))
async def test_every_list_shows_exactly_what_is_in_scope(place: Town, username: str) -> None:
    await filled(place)
    right, wrong = await seen_by(place, username)
    async with place.visit(username) as browser:
        count = 0
        async for shown in lists(browser, sorted(right | wrong)):
            count += 1
            assert shown == right
        assert count == 13
        assert (await asked(browser, "/"))["doc_count"] == len(right)
        for low, high in (("card", "card~"), ("a", "z"), ("sheet", "~")):
            span = await asked(browser, "/_all_docs", startkey=f'"{low}"', endkey=f'"{high}"')
            shown = {row["id"] for row in span["rows"]}
            assert shown == {one for one in right if low <= one <= high}
        page = await asked(browser, "/_all_docs", limit=2, skip=1)
        assert [row["id"] for row in page["rows"]] == sorted(right)[1:3]


SINGLE = (
    "",
    "?revs=true&revs_info=true&conflicts=true",
    "?open_revs=all",
    "?latest=true&rev={rev}",
    "?rev={rev}",
    '?open_revs=["{rev}"]',
    "?attachments=true",
    "/a-file",
    "/a-file?rev={rev}",
)


@pytest.mark.parametrize("username", sorted(PEOPLE))
async def test_what_one_may_not_see_is_answered_as_what_is_not_there(
    place: Town, username: str
) -> None:
    await filled(place)
    right, wrong = await seen_by(place, username)
    database = await place.store.open(SCHOOL)
    found = await database.read(sorted(right | wrong))
    revs = {one.id: one.rev for one in found if one is not None}
    async with place.visit(username) as browser:

        async def answers(name: str, rev: str) -> list[tuple[int, bytes]]:
            """What is said of a document, its own name and revision taken out."""
            each = [
                await browser.get(f"{DB}/{name}{query.format(rev=rev)}", headers=JSON)
                for query in SINGLE
            ]
            docs = [{"id": name}, {"id": name, "rev": rev}]
            each += [
                await browser.post(f"{DB}/_bulk_get", json={"docs": docs}, headers=JSON),
                await browser.post(f"{DB}/_all_docs", json={"keys": [name]}),
                await browser.post(f"{DB}/_revs_diff", json={name: [rev, FAKE]}),
                await browser.post(f"{DB}/_missing_revs", json={name: [rev, FAKE]}),
                await browser.post(
                    f"{DB}/_changes?filter=_selector", json={"selector": {"_id": name}}
                ),
            ]
            return [
                (
                    one.status_code,
                    one.content.replace(rev.encode(), b"R").replace(name.encode(), b"I"),
                )
                for one in each
            ]

        nothing = await answers("card:nobody-at-all", "1-" + "0" * 32)
        for name in sorted(wrong):
            said = await answers(name, revs[name])
            if username == "tess" and name.startswith("entry:"):
                said[11:13] = nothing[11:13]  # hers: a replicator need not send it again
            assert said == nothing, name
        for name in sorted(right):
            shown = await answers(name, revs[name])
            assert [status for status, _ in shown[:7]] == [200] * 7
            assert shown[7] == (
                404,
                b'{"error":"not_found","reason":"Document is missing attachment"}\n',
            )


async def test_an_attachment_is_read_by_those_who_see_its_document(place: Town) -> None:
    database = await place.store.open(SCHOOL)
    for name, to in (("card:mine", "group:form-1"), ("card:theirs", "office")):
        files = {"f": Upload("text/x", b"secret")}
        write = Write(name, {}, frozenset({to}), attachments=files)
        await database.write(WriteBatch([write]))
    async with place.visit() as browser:
        answer = await browser.get(f"{DB}/card:mine/f")
        assert (answer.status_code, answer.content) == (200, b"secret")
        assert answer.headers["cache-control"] == "no-store"
        assert (await browser.get(f"{DB}/card:theirs/f")).status_code == 404


async def test_nobody_else_gets_in(place: Town) -> None:
    paths = ("", "/_changes?feed=continuous", "/_all_docs", "/_local/x", "/school", "/a/b")
    async with place.browser() as browser:
        for path in paths:
            assert (await browser.get(DB + path)).status_code == 401
    async with place.visit() as browser:
        for school in (OTHER, "no-such-school", "accounts"):
            for path in paths:
                assert (await browser.get(f"/db/{school}{path}")).status_code in {403, 404}


# What may be written


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("PUT", "", 405),
        ("DELETE", "", 405),
        ("POST", "", 405),
        ("PUT", "/x", 405),
        ("DELETE", "/school", 405),
        ("COPY", "/school", 405),
        ("PUT", "/_design/x", 405),
        ("PUT", "/school/file", 405),
        ("DELETE", "/school/file", 405),
        ("PUT", "/_security", 403),
        ("GET", "/_security", 403),
        ("POST", "/_compact", 403),
        ("POST", "/_purge", 403),
        ("PUT", "/_revs_limit", 403),
        ("GET", "/_purged_infos", 403),
        ("POST", "/_view_cleanup", 403),
    ],
)
async def test_everything_else_is_refused_with_a_sentence(
    place: Town, method: str, path: str, status: int
) -> None:
    headers = {"content-type": "application/json", "destination": "copy"}
    async with place.visit("hana") as browser:
        before = (await asked(browser, "/"))["update_seq"]
        answer = await browser.request(method, DB + path, content=b"{}", headers=headers)
        assert answer.status_code == status, answer.text
        refusal = answer.json()
        assert refusal["error"] in {"forbidden", "method_not_allowed"}
        assert refusal["reason"]
        assert (await asked(browser, "/"))["update_seq"] == before


async def test_local_documents_are_each_persons_own(place: Town) -> None:
    path = f"{DB}/_local/checkpoint-1"
    async with place.visit() as tess, place.visit("cal") as cal:
        put = await tess.put(path, json={"last_seq": "5"})
        assert (put.status_code, put.json()["rev"]) == (201, "0-1")
        assert put.headers["location"].endswith(f"{DB}/_local%2Fcheckpoint-1")
        assert (await cal.get(path)).status_code == 404
        await cal.put(path, json={"last_seq": "9"})
        assert (await tess.get(path)).json()["last_seq"] == "5"
        assert (await cal.get(path)).json()["last_seq"] == "9"
        assert (await cal.delete(f"{path}?rev=0-1")).status_code == 200
        assert (await tess.get(path)).status_code == 200
        database = await place.store.open(SCHOOL)
        assert await database.read_local("checkpoint-1") is None
        large = await tess.put(path, json={"pad": "x" * 100_000})
        assert large.status_code == 413
        listed = await asked(tess, "/_local_docs", {"keys": ["_local/checkpoint-1"]})
        assert listed["rows"][0]["value"] == {"rev": "0-1"}


async def test_a_replicators_history_is_taken_off_an_entry(place: Town) -> None:
    entry = Tablet(TUTOR).register(claim(2))
    start, _, digest = entry["_rev"].partition("-")
    sent = {**entry, "_revisions": {"start": int(start), "ids": [digest]}}
    async with place.visit() as browser:
        (row,) = (await push(browser, sent)).json()
        assert (row["verdict"], row["id"], row["rev"]) == ("stored", entry["_id"], entry["_rev"])


async def test_entries_of_ones_own_logs_are_not_asked_for_again(place: Town) -> None:
    entry = Tablet(TUTOR).register(claim(2))
    question = {entry["_id"]: [entry["_rev"], FAKE]}
    async with place.visit() as tess, place.visit("cal") as cal:
        for browser in (tess, cal):
            assert await asked(browser, "/_revs_diff", question) == {
                entry["_id"]: {"missing": [entry["_rev"], FAKE]}
            }
        await push(tess, entry)
        known = await asked(tess, "/_revs_diff", question)
        assert known[entry["_id"]]["missing"] == [FAKE]
        assert (await asked(tess, "/_missing_revs", question))["missing_revs"] == {
            entry["_id"]: [FAKE]
        }
        assert await asked(cal, "/_revs_diff", question) == {
            entry["_id"]: {"missing": [entry["_rev"], FAKE]}
        }


async def test_a_replicator_pulls_and_pushes(place: Town) -> None:
    """The requests of a stock replicator, in its order, both ways."""
    await place.settle()
    async with place.visit() as browser:
        info = await asked(browser, "/")
        assert {"db_name", "update_seq", "instance_start_time", "doc_count"} <= info.keys()
        page = await asked(browser, "/_changes", style="all_docs", limit=100, since=0)
        wanted = [
            {"id": row["id"], "rev": change["rev"]}
            for row in page["results"]
            for change in row["changes"]
        ]
        got = await asked(browser, "/_bulk_get", {"docs": wanted}, revs="true", latest="true")
        pulled = [row["docs"][0]["ok"] for row in got["results"]]
        assert {doc["_id"] for doc in pulled} == ids(page)
        assert all("_revisions" in doc for doc in pulled)
        entry = Tablet(TUTOR).register(claim(2))
        mine = {doc["_id"]: [doc["_rev"]] for doc in pulled} | {entry["_id"]: [entry["_rev"]]}
        missing = await asked(browser, "/_revs_diff", mine)
        assert missing == {entry["_id"]: {"missing": [entry["_rev"]]}}
        assert (await push(browser, entry)).status_code == 201
        done = await asked(browser, "/_ensure_full_commit", {})
        assert done == {"ok": True, "instance_start_time": info["instance_start_time"]}
        assert await asked(browser, "/_revs_diff", mine) == {}


async def test_how_many_may_be_asked_for(place: Town) -> None:
    async with place.visit() as browser:
        answer = await browser.post(f"{DB}/_bulk_get", json={"docs": [{"id": "x"}] * 2001})
        assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


# Feeds


def begin(place: Town, browser: httpx2.AsyncClient, query: str) -> Exchange:
    cookie = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    scope = {
        "type": "http",
        "http_version": "1.1",
        "method": "GET",
        "scheme": "http",
        "path": f"{DB}/_changes",
        "raw_path": f"{DB}/_changes".encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [
            (b"host", b"tidemark.test"),
            (b"cookie", cookie.encode()),
            (b"accept-encoding", b"gzip"),
        ],
        "client": ("127.0.0.1", 1),
        "server": ("tidemark.test", 80),
    }
    return Exchange(place.app, scope, [b""])


async def held(place: Town, count: int = 1) -> None:
    for _ in range(5000):
        if len(place.site.waits) >= count:
            return
        await asyncio.sleep(0.001)
    raise AssertionError("nobody waits")


async def tell(place: Town, name: str, to: str) -> None:
    database = await place.store.open(SCHOOL)
    await database.write(WriteBatch([Write(name, {"n": 1}, frozenset({to}), force=True)]))


async def test_a_feed_tells_each_of_their_own_news_as_it_comes(place: Town) -> None:
    await place.settle()
    async with place.visit() as tess, place.visit("olu") as olu:
        teacher = begin(place, tess, "feed=continuous&since=now&heartbeat=10000")
        desk = begin(place, olu, "feed=continuous&since=now&heartbeat=10000")
        await held(place, 2)
        await tell(place, "card:desk", "office")
        await desk.until(lambda body: b'"card:desk"' in body)
        await tell(place, "card:form", "group:form-1")
        await teacher.until(lambda body: b'"card:form"' in body)
        await tell(place, "card:form", "office")
        await teacher.until(lambda body: b'"removed":true' in body)
        for one in (teacher, desk):
            one.hang_up()
            await one.end()
    assert b"card:desk" not in teacher.body
    assert len(place.site.waits) == 0


async def test_a_feed_ends_when_its_person_has_signed_out(place: Town) -> None:
    await place.settle()
    async with place.visit() as browser:
        feeds = [
            begin(place, browser, f"feed={kind}&since=now&heartbeat=5000")
            for kind in ("continuous", "longpoll")
        ]
        await held(place, 2)
        await browser.delete("/session")
        await tell(place, "card:form", "group:form-1")
        for one in feeds:
            await one.end()
            assert one.ended
            assert b"card:form" not in one.body
            assert b'"last_seq"' in one.body


async def test_a_token_of_other_grants_begins_again(place: Town) -> None:
    await place.settle()
    async with place.visit() as tess, place.visit("olu") as olu:
        token = (await pull(tess))["last_seq"]
        page = await asked(olu, "/_changes", since=token)
        assert page["reset"] is True
        at_once = await asked(olu, "/_changes", since=token, feed="longpoll")
        assert at_once["reset"] is True


async def test_a_feed_is_the_same_in_pages(place: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    await filled(place)
    async with place.visit("olu") as browser:
        whole = await asked(browser, "/_changes", include_docs="true")
        monkeypatch.setattr(changes, "PAGE", 2)
        monkeypatch.setattr(changes, "MAX_PAGE", 2)
        assert await asked(browser, "/_changes", include_docs="true") == whole
        packed = await browser.get(f"{DB}/_changes", headers={"accept-encoding": "gzip"})
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["cache-control"] == "no-store"
