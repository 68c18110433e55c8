"""Requests to one database, and the answers that a healthy single server never gives."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from sync.errors import DatabaseMissing, StoreError, StoreUnreachable
from sync.stores.couchdb.remote import Remote
from tests.sync.stores.couchdb.faults import answer, link_to

Serve = Callable[[httpx2.Request], httpx2.Response]
GONE = {"error": "not_found", "reason": "Database does not exist."}
NONE = {"error": "not_found", "reason": "missing"}


def remote(serve: Serve) -> Remote:
    return Remote(link_to(serve), "school", "p-school")


class Script:
    """Answers in order, and what was asked."""

    def __init__(self, *answers: httpx2.Response) -> None:
        self.answers = list(answers)
        self.asked: list[tuple[str, Any]] = []

    def __call__(self, request: httpx2.Request) -> httpx2.Response:
        body = json.loads(request.content) if request.content else None
        self.asked.append((f"{request.method} {request.url.path}", body))
        return self.answers.pop(0)


async def test_what_too_few_nodes_kept_is_sent_until_enough_do() -> None:
    script = Script(answer(202, []), answer(202, []), answer(201, [{"id": "a", "ok": True}]))
    await remote(script).graft([{"_id": "a", "_rev": "1-x"}])
    assert len(script.asked) == 3
    assert script.asked[0] == script.asked[2]


async def test_what_too_few_nodes_keep_is_not_stored() -> None:
    script = Script(*(answer(202, []) for _ in range(3)))
    with pytest.raises(StoreUnreachable, match="Too few nodes"):
        await remote(script).graft([{"_id": "a", "_rev": "1-x"}])


async def test_an_edit_on_too_few_nodes_is_sent_again_as_what_it_became() -> None:
    rows = [{"id": "a", "rev": "1-x"}, {"id": "b", "rev": "3-z"}, {"id": "c", "error": "conflict"}]
    script = Script(answer(202, rows), answer(201, []))
    edits = [{"_id": "a"}, {"_id": "b", "_rev": "2-y"}, {"_id": "c"}]
    assert await remote(script).edit(edits) == ["1-x", "3-z", None]
    assert script.asked[1][1] == {
        "new_edits": False,
        "docs": [
            {"_id": "a", "_rev": "1-x", "_revisions": {"start": 1, "ids": ["x"]}},
            {"_id": "b", "_rev": "3-z", "_revisions": {"start": 3, "ids": ["z", "y"]}},
        ],
    }


async def test_edits_are_told_by_their_documents_and_not_by_their_order() -> None:
    rows = [
        {"id": "_design/d", "rev": "1-d"},
        {"id": "b", "error": "conflict"},
        {"id": "a", "rev": "1-a"},
    ]
    edits = [{"_id": "a"}, {"_id": "b"}, {"_id": "_design/d"}]
    assert await remote(Script(answer(201, rows))).edit(edits) == ["1-a", None, "1-d"]


async def test_a_document_that_is_refused_is_told() -> None:
    row = {"id": "a", "error": "forbidden", "reason": "no"}
    with pytest.raises(StoreError, match="forbidden: no"):
        await remote(Script(answer(201, [row]))).graft([{"_id": "a"}])
    with pytest.raises(StoreError, match="forbidden: no"):
        await remote(Script(answer(201, [row]))).edit([{"_id": "a"}])


async def test_a_place_that_is_none() -> None:
    told = {"error": "bad_request", "reason": "Malformed sequence supplied in 'since'."}
    assert await remote(Script(answer(400, told))).ids_after("odd", 10) is None
    with pytest.raises(StoreError, match="other"):
        await remote(Script(answer(400, {"error": "other", "reason": ""}))).ids_after("1", 10)


async def test_ids_after_a_place_in_pages() -> None:
    pages = [
        {"results": [{"id": "a"}, {"id": "b"}], "last_seq": 2},
        {"results": [{"id": "a"}], "last_seq": 3},
    ]
    script = Script(*(answer(200, page) for page in pages))
    assert await remote(script).ids_after("1", 2) == {"a", "b"}


async def test_purging() -> None:
    script = Script(answer(201, {"purged": {}}), answer(404, GONE), answer(404, GONE))
    one = remote(script)
    await one.purge({"a": ["1-x"]})
    with pytest.raises(StoreError, match="404"):
        await one.purge({"a": ["1-x"]})
    assert await one.purged() == {}
    script.answers = [answer(200, {"purged_infos": [{"id": "a", "revs": ["1-x"]}]})]
    assert await one.purged() == {"a": ["1-x"]}


async def test_settings() -> None:
    script = Script(answer(200, {"ok": True}), answer(412, {"error": "e", "reason": "r"}))
    one = remote(script)
    await one.set("_revs_limit", 5)
    with pytest.raises(StoreError, match="e: r"):
        await one.set("_revs_limit", 5)
    script.answers = [answer(404, GONE)]
    assert await one.setting("_security") is None


async def test_local_documents_of_a_server_that_compares_revisions() -> None:
    conflict = {"error": "conflict", "reason": "Document update conflict."}
    script = Script(
        answer(409, conflict), answer(200, {"_id": "_local/a", "_rev": "0-3"}), answer(201, {})
    )
    await remote(script).write_local("a", {"n": 1})
    assert [asked for asked, _ in script.asked] == [
        "PUT /p-school/_local/a",
        "GET /p-school/_local/a",
        "PUT /p-school/_local/a",
    ]
    script.answers = [answer(409, conflict), answer(404, NONE)] * 3
    with pytest.raises(StoreError, match="409"):
        await remote(script).write_local("a", {"n": 1})


async def test_a_database_that_is_gone() -> None:
    for doing in (
        lambda one: one.info(),
        lambda one: one.changes("0", 1),
        lambda one: one.graft([]),
        lambda one: one.write_local("a", {}),
    ):
        with pytest.raises(DatabaseMissing, match="school"):
            await doing(remote(lambda _: answer(404, GONE)))
    for missing in (answer(404, GONE), httpx2.Response(404)):
        script = Script(missing, answer(404, GONE))
        with pytest.raises(DatabaseMissing):
            await remote(script).read_local("a")
    with pytest.raises(StoreError, match="412"):
        await remote(lambda _: answer(412, {})).info()


async def test_documents_of_others_are_read_as_far_as_they_can_be() -> None:
    rows = [
        {"ok": {"_id": "a", "_rev": "1-x", "~tidemark": "odd", "~tidemark'": 1, "n": 1}},
        {"ok": {"_id": "b", "_rev": "odd", "n": 1}},
        {"ok": {"_id": "c", "_rev": "1-x", "~tidemark": {"channels": "red", "left": [1, "blue"]}}},
        {"error": {"id": "d", "reason": "missing"}},
    ]
    results = {"results": [{"id": "x", "docs": rows}]}
    found = await remote(Script(answer(200, results))).revisions([("a", "1-x")])
    assert [one.write.id for one in found] == ["a", "c"]
    assert found[0].write.body == {"~tidemark": 1, "n": 1}
    assert found[1].write.channels == frozenset()
    assert found[1].write.left == frozenset({"blue"})
    assert await remote(Script()).revisions([]) == []
