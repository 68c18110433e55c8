"""``_changes``: what is told, when, and how it ends."""

from __future__ import annotations

import asyncio
import itertools
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.couch import changes
from server.couch.door import Limits
from sync.store import Store, Write, WriteBatch
from sync.stores.memory import MemoryStore
from tests.server.couch.wire import Exchange, Wire, wired

CHANGES = "/db/_changes"


@pytest.fixture
async def wire(store: Store) -> Wire:
    made = wired(store)
    assert (await made.ask("PUT", "/db")).status == 201
    return made


async def fill(wire: Wire, count: int) -> list[str]:
    """Documents ``d0`` … of growing ``n``; their revisions."""
    return [await wire.put("db", f"d{n}", n=n) for n in range(count)]


async def feed(wire: Wire, **query: Any) -> Any:
    answer = await wire.ask("GET", CHANGES, query=query)
    assert answer.status == 200, answer.body
    return answer.json


def ids(page: Any) -> list[str]:
    return [row["id"] for row in page["results"]]


async def test_rows_and_their_end(wire: Wire) -> None:
    revs = await fill(wire, 3)
    page = await feed(wire)
    assert ids(page) == ["d0", "d1", "d2"]
    assert [row["changes"] for row in page["results"]] == [[{"rev": rev}] for rev in revs]
    assert (page["last_seq"], page["pending"]) == (page["results"][-1]["seq"], 0)
    assert (await feed(wire, since=page["last_seq"]))["results"] == []
    assert (await feed(wire, since="now"))["last_seq"] == page["last_seq"]
    assert ids(await feed(wire, since=page["results"][0]["seq"])) == ["d1", "d2"]
    assert ids(await feed(wire, since=2)) == ["d2"]


async def test_a_limit_and_what_is_pending(wire: Wire) -> None:
    await fill(wire, 5)
    page = await feed(wire, limit=2)
    assert (ids(page), page["pending"]) == (["d0", "d1"], 3)
    assert page["last_seq"] == page["results"][-1]["seq"]
    none = await feed(wire, limit=0)
    assert (none["results"], none["pending"]) == ([], 5)
    assert none["last_seq"].startswith("0-")
    assert (await feed(wire, limit=5))["pending"] == 0


async def test_a_document_is_told_of_once_and_a_deletion_as_such(wire: Wire) -> None:
    (rev,) = await fill(wire, 1)
    rev = await wire.put("db", "d0", _rev=rev, n=7)
    deleted = await wire.ask("DELETE", f"/db/d0?rev={rev}")
    (row,) = (await feed(wire, include_docs="true"))["results"]
    assert row["deleted"] is True
    assert row["doc"] == {"_id": "d0", "_rev": deleted.json["rev"], "_deleted": True}


async def test_downwards(wire: Wire) -> None:
    await fill(wire, 5)
    assert ids(await feed(wire, descending="true")) == ["d4", "d3", "d2", "d1", "d0"]
    page = await feed(wire, descending="true", limit=2, include_docs="true")
    assert [row["doc"]["n"] for row in page["results"]] == [4, 3]
    assert page["last_seq"] == page["results"][-1]["seq"]
    poll = await feed(wire, descending="true", feed="longpoll")
    assert len(poll["results"]) == 5
    live = await wire.ask("GET", CHANGES, query={"descending": "true", "feed": "continuous"})
    assert [row.get("id") for row in live.lines] == ["d4", "d3", "d2", "d1", "d0", None]


async def test_all_leaves_and_conflicts(wire: Wire) -> None:
    await fill(wire, 1)
    others = [{"_id": "d0", "_rev": f"1-{letter * 32}", "n": letter} for letter in "0f"]
    await wire.ask("POST", "/db/_bulk_docs", json={"docs": others, "new_edits": False})
    (row,) = (await feed(wire, style="all_docs"))["results"]
    assert len(row["changes"]) == 3
    assert row["changes"][0]["rev"] == "1-" + "f" * 32
    (row,) = (await feed(wire, include_docs="true", conflicts="true"))["results"]
    assert len(row["doc"]["_conflicts"]) == 2
    assert row["changes"] == [{"rev": "1-" + "f" * 32}]


async def test_attachments_as_stubs_or_with_their_bytes(wire: Wire) -> None:
    await wire.ask("PUT", "/db/d/f", body=b"hello", headers={"content-type": "text/x"})
    (row,) = (await feed(wire, include_docs="true"))["results"]
    assert row["doc"]["_attachments"]["f"]["stub"] is True
    (row,) = (await feed(wire, include_docs="true", attachments="true"))["results"]
    assert row["doc"]["_attachments"]["f"]["data"] == "aGVsbG8="


async def test_only_every_nth_row_has_a_seq(wire: Wire) -> None:
    await fill(wire, 5)
    rows = (await feed(wire, seq_interval=2, limit=4))["results"]
    assert [row["seq"] is not None for row in rows] == [True, False, True, False]


async def test_an_etag_names_the_state_of_the_database(wire: Wire) -> None:
    await fill(wire, 1)
    etag = (await wire.ask("GET", CHANGES)).headers["etag"]
    again = await wire.ask("GET", CHANGES, headers={"if-none-match": etag})
    assert (again.status, again.body) == (304, b"")
    await wire.put("db", "other")
    assert (await wire.ask("GET", CHANGES, headers={"if-none-match": etag})).status == 200
    head = await wire.ask("HEAD", CHANGES)
    assert (head.status, head.body) == (200, b"")


async def test_a_token_of_another_history_begins_again(wire: Wire) -> None:
    await fill(wire, 2)
    page = await feed(wire, since="9-0123456789abcdef")
    assert (ids(page), page["reset"]) == (["d0", "d1"], True)


@pytest.mark.parametrize("size", [1, 2, 3])
async def test_pages_join_without_a_seam(
    wire: Wire, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    monkeypatch.setattr(changes, "PAGE", size)
    monkeypatch.setattr(changes, "MAX_PAGE", size)
    await fill(wire, 7)
    assert ids(await feed(wire, include_docs="true")) == [f"d{n}" for n in range(7)]
    assert ids(await feed(wire, limit=5)) == [f"d{n}" for n in range(5)]
    assert ids(await feed(wire, descending="true")) == [f"d{n}" for n in reversed(range(7))]
    odd = {"selector": {"n": {"$mod": [2, 1]}}}
    some = await wire.ask("POST", f"{CHANGES}?filter=_selector&limit=2", json=odd)
    assert ids(some.json) == ["d1", "d3"]
    rest = f"{CHANGES}?filter=_selector&since={some.json['last_seq']}"
    assert ids((await wire.ask("POST", rest, json=odd)).json) == ["d5"]


# Filters


async def test_by_ids(wire: Wire) -> None:
    await fill(wire, 4)
    asked = {"filter": "_doc_ids", "doc_ids": '["d1","d3","x"]'}
    assert ids(await feed(wire, **asked)) == ["d1", "d3"]
    posted = await wire.ask("POST", f"{CHANGES}?filter=_doc_ids", json={"doc_ids": ["d2"]})
    assert ids(posted.json) == ["d2"]


async def test_design_documents(wire: Wire) -> None:
    await fill(wire, 2)
    await wire.put("db", "_design/d", views={"v": {"map": "x"}}, filters={"f": "x"}, plain=1)
    assert ids(await feed(wire, filter="_design")) == ["_design/d"]


async def test_a_selector_sees_the_whole_document_and_each_leaf(wire: Wire) -> None:
    revs = await fill(wire, 3)
    await wire.ask("DELETE", f"/db/d2?rev={revs[2]}")
    conflict = {"_id": "d0", "_rev": "1-" + "0" * 32, "n": 50}
    await wire.ask("POST", "/db/_bulk_docs", json={"docs": [conflict], "new_edits": False})

    async def chosen(selector: Any, query: str = "", **more: Any) -> Any:
        path = f"{CHANGES}?filter=_selector{query}"
        return (await wire.ask("POST", path, json={"selector": selector, **more})).json

    assert ids(await chosen({"n": {"$lt": 5}})) == ["d1", "d0"]
    assert ids(await chosen({"_deleted": True})) == ["d2"]
    assert ids(await chosen({"_id": "d1"})) == ["d1"]
    (row,) = (await chosen({"n": 50}, "&style=all_docs"))["results"]
    assert row["changes"] == [{"rev": "1-" + "0" * 32}]
    assert (await chosen({"n": 51}, "&style=all_docs"))["results"] == []
    page = await chosen({"_id": "d1"}, "&include_docs=true", fields=["n", "a.b", "n.c"])
    assert page["results"][0]["doc"] == {"n": 1}
    whole = await chosen({"_id": "d1"}, "&include_docs=true", fields=[])
    assert whole["results"][0]["doc"]["_id"] == "d1"
    await wire.ask("PUT", "/db/f/file", body=b"x")
    assert ids(await chosen({"_attachments.file.stub": True})) == ["f"]
    await wire.put("db", "nested", a={"b": {"c": 1, "d": 2}})
    deep = await chosen({"_id": "nested"}, "&include_docs=true", fields=["a.b.c"])
    assert deep["results"][0]["doc"] == {"a": {"b": {"c": 1}}}


@pytest.mark.parametrize(
    ("query", "status", "error"),
    [
        ({"filter": "_other"}, 400, "bad_request"),
        ({"filter": "one"}, 400, "bad_request"),
        ({"filter": "a/b/c"}, 400, "bad_request"),
        ({"filter": "_view"}, 400, "bad_request"),
        ({"filter": "_view", "view": "one"}, 400, "bad_request"),
        ({"filter": "_selector"}, 400, "bad_request"),
        ({"filter": "_doc_ids"}, 400, "bad_request"),
        ({"filter": "_doc_ids", "doc_ids": "{"}, 400, "bad_request"),
        ({"filter": "_doc_ids", "doc_ids": "[1]"}, 400, "bad_request"),
        ({"filter": "none/f"}, 404, "not_found"),
        ({"filter": "gone/f"}, 404, "not_found"),
        ({"filter": "d/other"}, 404, "not_found"),
        ({"filter": "e/f"}, 404, "not_found"),
        ({"filter": "d/f"}, 501, "not_implemented"),
        ({"filter": "_view", "view": "d/v"}, 501, "not_implemented"),
        ({"feed": "endless"}, 400, "bad_request"),
        ({"style": "other"}, 400, "bad_request"),
        ({"since": "soon"}, 400, "bad_request"),
        *(
            ({name: text}, 400, "bad_request")
            for name in ("limit", "timeout", "heartbeat", "seq_interval")
            for text in ("x", "-1", "1.5", "٣", "", "9" * 30)
        ),
        ({"heartbeat": "0"}, 400, "bad_request"),
        ({"seq_interval": "0"}, 400, "bad_request"),
    ],
)
async def test_a_question_that_cannot_be_answered(
    wire: Wire, query: dict[str, str], status: int, error: str
) -> None:
    await wire.put("db", "_design/d", views={"v": {"map": "x"}}, filters={"f": "x"})
    await wire.put("db", "_design/e", filters="none")
    rev = await wire.put("db", "_design/gone", filters={"f": "x"})
    await wire.ask("DELETE", f"/db/_design/gone?rev={rev}")
    answer = await wire.ask("GET", CHANGES, query=query)
    assert (answer.status, answer.json["error"]) == (status, error), answer.body


@pytest.mark.parametrize(
    ("query", "body"),
    [
        ("", []),
        ("?filter=_doc_ids", {}),
        ("?filter=_doc_ids", {"doc_ids": "d1"}),
        ("?filter=_selector", {}),
        ("?filter=_selector", {"selector": []}),
        ("?filter=_selector", {"selector": {"n": {"$no": 1}}}),
        ("?filter=_selector", {"selector": {}, "fields": 1}),
        ("?filter=_selector", {"selector": {}, "fields": [1]}),
        ("?filter=_selector", {"selector": {}, "fields": ["a..b"]}),
    ],
)
async def test_a_body_that_cannot_be_read(wire: Wire, query: str, body: Any) -> None:
    answer = await wire.ask("POST", CHANGES + query, json=body)
    assert (answer.status, answer.json["error"]) == (400, "bad_request"), answer.body


async def test_a_post_needs_a_type_and_no_body_and_other_methods_are_not_taken(wire: Wire) -> None:
    await fill(wire, 1)
    plain = await wire.ask("POST", CHANGES, body=b"{}", headers={"content-type": "text/plain"})
    assert plain.status == 415
    empty = await wire.ask("POST", CHANGES, headers={"content-type": "application/json"})
    assert ids(empty.json) == ["d0"]
    put = await wire.ask("PUT", CHANGES)
    assert (put.status, put.headers["allow"]) == (405, "GET,POST,HEAD")


# Feeds that wait


def begin(wire: Wire, **query: Any) -> Exchange:
    return wire.begin("GET", CHANGES, query=query)


async def waiting(wire: Wire, count: int = 1) -> None:
    """Until so many requests are held."""
    for _ in range(5000):
        if len(wire.waits) >= count:
            return
        await asyncio.sleep(0.001)
    raise AssertionError(f"{len(wire.waits)} wait, not {count}")


async def test_a_longpoll_answers_at_once_if_there_is_something(wire: Wire) -> None:
    await fill(wire, 2)
    assert ids((await begin(wire, feed="longpoll").end()).json) == ["d0", "d1"]
    assert (await begin(wire, feed="longpoll", limit=0).end()).json["results"] == []


async def test_a_longpoll_waits_for_news(wire: Wire) -> None:
    poll = begin(wire, feed="longpoll", since="now", include_docs="true")
    await waiting(wire)
    assert not poll.ended
    await wire.put("db", "new", n=1)
    page = (await poll.end()).json
    assert [row["doc"]["n"] for row in page["results"]] == [1]
    assert page["pending"] == 0
    assert len(wire.waits) == 0


async def test_a_longpoll_ends_when_its_time_is_up(wire: Wire) -> None:
    await fill(wire, 1)
    page = (await begin(wire, feed="longpoll", since="now", timeout=20).end()).json
    assert page["results"] == []
    assert page["last_seq"].startswith("1-")


async def test_a_filtered_longpoll_waits_for_what_passes(wire: Wire) -> None:
    await fill(wire, 2)
    asked = {"feed": "longpoll", "filter": "_doc_ids", "doc_ids": '["wanted"]'}
    poll = begin(wire, **asked)
    await waiting(wire)
    await wire.put("db", "unwanted")
    await wire.put("db", "wanted")
    assert ids((await poll.end()).json) == ["wanted"]
    posted = wire.begin(
        "POST", f"{CHANGES}?feed=longpoll&filter=_doc_ids&since=now", json={"doc_ids": ["late"]}
    )
    await waiting(wire)
    await wire.put("db", "late")
    assert ids((await posted.end()).json) == ["late"]


async def test_a_heartbeat_keeps_a_feed_alive(wire: Wire) -> None:
    poll = begin(wire, feed="longpoll", since="now", heartbeat=5)
    await poll.until(lambda body: body.count(b"\n") > 5)
    await wire.put("db", "new")
    assert ids((await poll.end()).json) == ["new"]


async def test_many_who_wait_are_answered_from_one_reading(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    await fill(wire, 1)
    polls = [begin(wire, feed="longpoll", since="now") for _ in range(20)]
    await waiting(wire, 20)
    database = await wire.store.open("db")
    read = 0
    plain = database.changes

    async def counted(*args: Any, **more: Any) -> Any:
        nonlocal read
        read += 1
        return await plain(*args, **more)

    monkeypatch.setattr(database, "changes", counted)
    await wire.put("db", "new")
    for poll in polls:
        assert ids((await poll.end()).json) == ["new"]
    assert read < 20 if type(database).__name__ == "SqliteDatabase" else read <= 20


async def test_a_continuous_feed_goes_on(wire: Wire) -> None:
    await fill(wire, 2)
    live = begin(wire, feed="continuous", heartbeat=1000)
    await live.until(lambda body: body.count(b"}\n") == 2)
    await wire.put("db", "new")
    await live.until(lambda body: b'"new"' in body)
    live.hang_up()
    await live.end()
    assert [row["id"] for row in live.lines] == ["d0", "d1", "new"]


async def test_a_continuous_feed_ends_with_its_limit_and_with_its_time(wire: Wire) -> None:
    await fill(wire, 3)
    limited = await begin(wire, feed="live", limit=2).end()
    assert [row.get("id") for row in limited.lines] == ["d0", "d1", None]
    assert limited.lines[-1]["pending"] == 1
    timed = await begin(wire, feed="continuous", timeout=10, since="now").end()
    assert list(timed.lines[-1]) == ["last_seq", "pending"]


async def test_an_event_source(wire: Wire) -> None:
    await fill(wire, 2)
    source = begin(wire, feed="eventsource", heartbeat=5)
    body = await source.until(lambda body: b"heartbeat" in body)
    source.hang_up()
    await source.end()
    assert source.headers["content-type"] == "text/event-stream"
    events = [
        dict(line.split(": ", 1) for line in event.split("\n") if line)
        for event in body.decode().split("\n\n")
        if event.strip()
    ]
    seqs = [event["id"] for event in events if "id" in event]
    again = wire.begin(
        "GET",
        f"{CHANGES}?feed=eventsource&timeout=10&since=0",
        headers={"last-event-id": seqs[0]},
    )
    answer = await again.end()
    assert answer.body.count(b"data: {") == 1
    assert b'"d1"' in answer.body


@pytest.mark.parametrize("kind", ["longpoll", "continuous", "eventsource"])
async def test_a_client_that_goes_away_leaves_nothing_behind(wire: Wire, kind: str) -> None:
    held = begin(wire, feed=kind, since="now", heartbeat=10_000)
    await waiting(wire)
    held.hang_up()
    await held.end()
    assert not held.ended
    assert len(wire.waits) == 0


@pytest.mark.parametrize("kind", ["longpoll", "continuous", "eventsource"])
async def test_a_stop_ends_every_feed(wire: Wire, kind: str) -> None:
    await fill(wire, 1)
    held = begin(wire, feed=kind, since="now", heartbeat=10_000)
    await waiting(wire)
    wire.waits.close()
    await held.end()
    assert held.ended
    later = await begin(wire, feed=kind, since="now", heartbeat=10_000).end()
    assert later.ended


async def test_a_client_that_goes_away_in_a_long_answer_is_not_read_for(
    wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "PAGE", 1)
    monkeypatch.setattr(changes, "MAX_PAGE", 1)
    await fill(wire, 30)
    for kind in ("normal", "continuous"):
        gone = begin(wire, feed=kind, timeout=10)
        gone.hang_up()
        await gone.end()
        assert not gone.ended
        assert gone.body.count(b'"id"') < 30


async def test_a_silent_feed_is_no_longer_than_the_door_lets_it(store: Store) -> None:
    wire = wired(store, Limits(silence_s=0.02))
    await wire.ask("PUT", "/db")
    for query in ({}, {"timeout": "60000"}):
        page = await begin(wire, feed="longpoll", since="now", **query).end()
        assert page.json["results"] == []
    beating = begin(wire, feed="continuous", heartbeat="true")
    await beating.until(lambda body: body.count(b"\n") > 2)
    beating.hang_up()
    await beating.end()


# Against a plain model


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 5), st.booleans()), max_size=25),
    st.integers(0, 25),
    st.integers(1, 8),
)
async def test_pages_tell_everything_once(
    writes: list[tuple[int, bool]], since: int, limit: int
) -> None:
    store = MemoryStore()
    wire = wired(store)
    await wire.ask("PUT", "/db")
    database = await store.open("db")
    last: dict[str, int] = {}
    for number, (one, deleted) in enumerate(writes, 1):
        write = Write(f"d{one}", {"number": number}, deleted=deleted, force=True)
        (result,) = await database.write(WriteBatch([write]))
        last[f"d{one}"] = result.seq
    wanted = sorted((seq, id_) for id_, seq in last.items() if seq > since)
    found: list[str] = []
    place: Any = since
    for _ in itertools.count():
        page = await feed(wire, since=place, limit=limit)
        found += ids(page)
        place = page["last_seq"]
        if not page["pending"]:
            break
    assert found == [id_ for _, id_ in wanted]
