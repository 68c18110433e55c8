"""Many documents in one request, pushed and read."""

from typing import Any

import orjson
import pytest

from tests.server.couch.caller import R1, R2, Caller

CONFLICT = {"error": "conflict", "reason": "Document update conflict."}
DEPTH = 10_000
LEAVES = 1000


async def push(couch: Caller, *docs: Any, **more: Any) -> Any:
    answer = await couch.post("/db/_bulk_docs", {"docs": docs, **more})
    assert answer.status == 201, answer.json
    return answer.json


async def test_each_document_has_its_row(couch: Caller) -> None:
    rows = await push(couch, {"_id": "a", "v": 1}, {"_id": "b"}, {"v": 2})
    assert [row["ok"] for row in rows] == [True] * 3
    assert [row["id"] for row in rows[:2]] == ["a", "b"]
    assert len(rows[2]["id"]) == 32
    assert (await couch.get("/db/a")).json == {"_id": "a", "_rev": rows[0]["rev"], "v": 1}
    assert (await push(couch)) == []


async def test_conflicts_are_rows_and_the_rest_lands(couch: Caller) -> None:
    (first,) = await push(couch, {"_id": "a"})
    rows = await push(
        couch,
        {"_id": "a"},
        {"_id": "a", "_rev": "1-other"},
        {"_id": "a", "_rev": "0-1"},
        {"_id": "none", "_rev": R1},
        {"_id": "a", "_rev": first["rev"], "v": 2},
        {"_id": "a", "_rev": first["rev"], "v": 3},
        {"_id": "c"},
    )
    assert rows[:4] == [{"id": name, **CONFLICT} for name in ("a", "a", "a", "none")]
    assert rows[4]["rev"].startswith("2-")
    assert rows[5] == {"id": "a", **CONFLICT}
    assert rows[6]["ok"] is True
    assert (await couch.get("/db/a")).json["v"] == 2


async def test_of_two_with_one_id_the_second_conflicts(couch: Caller) -> None:
    rows = await push(couch, {"_id": "a", "v": 1}, {"_id": "a", "v": 1}, {"_id": "b"})
    assert [row.get("error") for row in rows] == [None, "conflict", None]


async def test_replicated_documents_answer_only_what_failed(couch: Caller) -> None:
    history = {"start": 2, "ids": ["b" * 32, "a" * 32]}
    docs = [
        {"_id": "a", "_rev": R1},
        {"_id": "a", "_rev": R1},
        {"_id": "a", "_revisions": history, "v": 2},
        {"_id": "a", "_rev": "9-odd", "_revisions": history},
    ]
    assert await push(couch, *docs, new_edits=False) == []
    assert await push(couch, *docs, new_edits=False) == []
    shown = (await couch.get("/db/a?revs=true")).json
    assert shown == {"_id": "a", "_rev": R2, "_revisions": history, "v": 2}


async def test_a_stub_of_nothing_refuses_its_document_alone(couch: Caller) -> None:
    stub = {"_attachments": {"f": {"stub": True}}}
    row = {
        "id": "a",
        "error": "missing_stub",
        "reason": "Invalid attachment stub in a for f",
    }
    rows = await push(couch, {"_id": "a", **stub}, {"_id": "b"})
    assert rows[0] == row
    assert rows[1]["ok"] is True
    rows = await push(
        couch, {"_id": "a", "_rev": R1, **stub}, {"_id": "c", "_rev": R1}, new_edits=False
    )
    assert rows == [row]
    assert (await couch.get("/db/a")).status == 404
    assert (await couch.get("/db/c")).status == 200
    answer = await couch.put("/db/a", stub)
    assert answer.error == (412, row["error"], row["reason"])


async def test_local_documents_among_others(couch: Caller) -> None:
    rows = await push(couch, {"_id": "_local/x", "v": 1}, {"_id": "a"}, {"_id": "_local/y"})
    assert [row["rev"][:2] for row in rows] == ["0-", "1-", "0-"]
    assert (await couch.get("/db/_local/x")).json == {"_id": "_local/x", "_rev": "0-1", "v": 1}
    assert (await couch.get("/db")).json["doc_count"] == 1
    assert await push(couch, {"_id": "_local/x", "_deleted": True}, new_edits=False) == []
    assert (await couch.get("/db/_local/x")).status == 404


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        ({}, "bad_request", "POST body must include `docs` parameter."),
        ({"docs": 5}, "bad_request", "`docs` parameter must be an array."),
        ({"docs": None}, "bad_request", "`docs` parameter must be an array."),
        ({"docs": {}}, "bad_request", "`docs` parameter must be an array."),
        ([], "bad_request", "Request body must be a JSON object"),
        (b"{", "bad_request", "invalid UTF-8 JSON"),
        ({"docs": [], "new_edits": 0}, "bad_request", "`new_edits` parameter must be a boolean."),
        ({"docs": [5]}, "bad_request", "Document must be a JSON object"),
        ({"docs": [None]}, "bad_request", "Document must be a JSON object"),
        ({"docs": [{"_id": "a"}, []]}, "bad_request", "Document must be a JSON object"),
        ({"docs": [{"_id": 5}]}, "illegal_docid", "Document id must be a string"),
        ({"docs": [{"_id": None}]}, "illegal_docid", "Document id must be a string"),
        ({"docs": [{"_id": ""}]}, "illegal_docid", "Document id must not be empty"),
        (
            {"docs": [{"_id": "_a"}]},
            "illegal_docid",
            "Only reserved document ids may start with underscore.",
        ),
        ({"docs": [{"_x": 1}]}, "doc_validation", "Bad special document member: _x"),
        ({"docs": [{"_rev": "bad"}]}, "bad_request", "Invalid rev format"),
        ({"docs": [{"_id": "_local/a", "_rev": "1-1"}]}, "bad_request", "Invalid rev format"),
    ],
)
async def test_batches_that_are_refused_whole(
    couch: Caller, body: object, error: str, reason: str
) -> None:
    assert (await couch.post("/db/_bulk_docs", body)).error == (400, error, reason)
    assert (await couch.get("/db")).json["doc_count"] == 0


@pytest.mark.parametrize(
    "doc", [{"_id": "a"}, {}, {"_id": "a", "_revisions": {"start": 0, "ids": []}}]
)
async def test_a_replicated_document_needs_its_revision(couch: Caller, doc: object) -> None:
    answer = await couch.post("/db/_bulk_docs", {"docs": [doc], "new_edits": False})
    reason = "When `new_edits: false`, the document needs `_rev` or `_revisions` specified"
    assert answer.error == (400, "bad_request", reason)


@pytest.mark.parametrize(
    "revisions",
    [
        {"start": 0, "ids": ["a"]},
        {"start": -3, "ids": ["a", "b"]},
        {"start": 10**17, "ids": ["a"]},
        {"start": 1, "ids": ["a\0b"]},
    ],
)
async def test_histories_that_no_tree_can_hold(couch: Caller, revisions: object) -> None:
    doc = {"_id": "a", "_revisions": revisions}
    (row,) = await push(couch, doc, {"_id": "b", "_rev": R1}, new_edits=False)
    assert (row["id"], row["error"]) == ("a", "bad_request")
    assert (await couch.get("/db/b")).status == 200
    answer = await couch.put("/db/a?new_edits=false", doc)
    assert (answer.status, answer.json["error"]) == (400, "bad_request")


@pytest.mark.parametrize("new_edits", [True, False])
async def test_what_no_store_can_keep_is_refused_alone(couch: Caller, new_edits: bool) -> None:
    rev = {} if new_edits else {"_rev": R1}
    body = b'{"docs":[%b],"new_edits":%b}' % (
        b",".join(
            [
                orjson.dumps({"_id": "a", **rev}),
                b'{"_id":"deep",%b"v":%b}'
                % (b"" if new_edits else b'"_rev":"1-x",', b"[" * 260 + b"]" * 260),
                orjson.dumps({"_id": "a\0b", **rev}),
                orjson.dumps({"_id": "_local/a\0b"}),
                orjson.dumps({"_id": "_local/b", "v": 1}),
                orjson.dumps({"_id": "c", **rev}),
            ]
        ),
        b"true" if new_edits else b"false",
    )
    answer = await couch.post("/db/_bulk_docs", body)
    assert answer.status == 201
    refused = [row["id"] for row in answer.json if "error" in row]
    assert refused == ["deep", "a\0b", "_local/a\0b"]
    for name in ("a", "c", "_local/b"):
        assert (await couch.get(f"/db/{name}")).status == 200


async def test_a_history_longer_than_its_generations_is_cut(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_revisions": {"start": 1, "ids": ["x", "y", "z"]}})
    assert (await couch.get("/db/a?revs=true")).json["_revisions"] == {"start": 1, "ids": ["x"]}


async def test_a_history_of_ten_thousand(couch: Caller) -> None:
    ids = [f"{count:032x}" for count in range(DEPTH, 0, -1)]
    await couch.graft(
        {"_id": "a", "_revisions": {"start": DEPTH, "ids": ids}, "v": 1}, {"_id": "b", "_rev": R1}
    )
    shown = (await couch.get("/db/a?revs=true")).json
    assert shown["_rev"] == f"{DEPTH}-{DEPTH:032x}"
    assert len(shown["_revisions"]["ids"]) == 1000
    assert (await couch.get("/db/b")).status == 200


async def test_a_thousand_leaves(couch: Caller) -> None:
    docs = [{"_id": "a", "_rev": f"1-{count:032x}"} for count in range(LEAVES)]
    await couch.graft(*docs, {"_id": "b", "_rev": R1})
    shown = (await couch.get("/db/a?conflicts=true")).json
    assert shown["_rev"] == f"1-{LEAVES - 1:032x}"
    assert len(shown["_conflicts"]) == LEAVES - 1
    rows = (await couch.get("/db/a?open_revs=all", Accept="application/json")).json
    assert len(rows) == LEAVES
    assert (await couch.get("/db/b")).status == 200


async def get(couch: Caller, *docs: Any, query: str = "") -> list[Any]:
    answer = await couch.post(f"/db/_bulk_get{query}", {"docs": docs}, Accept="application/json")
    assert answer.status == 200, answer.json
    results: list[Any] = answer.json["results"]
    return results


def error(name: Any, rev: Any, sort: str, reason: str) -> dict[str, Any]:
    told = {"id": name, "rev": rev, "error": sort, "reason": reason}
    return {"id": name, "docs": [{"error": told}]}


async def test_bulk_get(couch: Caller) -> None:
    history = {"start": 2, "ids": ["b" * 32, "a" * 32]}
    await couch.graft({"_id": "a", "_rev": R1, "v": 1}, {"_id": "a", "_revisions": history, "v": 2})
    rows = await get(
        couch, {"id": "a", "rev": R2}, {"id": "a", "rev": R1}, {"id": "a"}, {"id": "x"}
    )
    newest = {"ok": {"_id": "a", "_rev": R2, "v": 2}}
    assert rows[0] == {"id": "a", "docs": [newest]}
    assert rows[1] == {"id": "a", "docs": [{"ok": {"_id": "a", "_rev": R1, "v": 1}}]}
    assert rows[2] == {"id": "a", "docs": [newest]}
    assert rows[3] == error("x", "undefined", "not_found", "missing")
    rows = await get(couch, {"id": "a", "rev": R1}, query="?revs=true&latest=true")
    assert rows[0]["docs"] == [{"ok": {**newest["ok"], "_revisions": history}}]
    rows = await get(couch, {"id": "a", "rev": R2}, query="?revs_info=true")
    statuses = [row["status"] for row in rows[0]["docs"][0]["ok"]["_revs_info"]]
    assert statuses == ["available", "available"]


async def test_bulk_get_of_every_leaf(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1}, {"_id": "a", "_rev": "1-9", "_deleted": True})
    rows = await get(couch, {"id": "a"})
    assert [row["ok"]["_rev"] for row in rows[0]["docs"]] == [R1, "1-9"]
    assert rows[0]["docs"][1]["ok"]["_deleted"] is True


async def test_bulk_get_answers_bad_rows_as_rows(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1})
    asked: list[tuple[Any, dict[str, Any]]] = [
        (5, error(None, None, "bad_request", "document must be a JSON object")),
        ({}, error(None, None, "bad_request", "document must be a JSON object")),
        ([], error(None, None, "bad_request", "document must be a JSON object")),
        ({"rev": R1}, error(None, None, "bad_request", "document id missed")),
        ({"id": 5}, error(5, None, "illegal_docid", "Document id must be a string")),
        ({"id": ""}, error("", None, "illegal_docid", "Document id must not be empty")),
        (
            {"id": "_x"},
            error(
                "_x", None, "illegal_docid", "Only reserved document ids may start with underscore."
            ),
        ),
        ({"id": "a", "rev": "bad"}, error("a", "bad", "bad_request", "Invalid rev format")),
        ({"id": "a", "rev": 5}, error("a", 5, "bad_request", "Invalid rev format")),
        ({"id": "a", "rev": None}, error("a", None, "bad_request", "Invalid rev format")),
        ({"id": "a", "rev": "7-x"}, error("a", "7-x", "not_found", "missing")),
        ({"id": "a", "rev": "0-x"}, error("a", "0-x", "not_found", "missing")),
        ({"id": "x", "rev": R1}, error("x", R1, "not_found", "missing")),
        (
            {"id": "a", "rev": R1, "atts_since": 5},
            error("a", 5, "bad_request", "Invalid list of revisions"),
        ),
        (
            {"id": "a", "rev": R1, "atts_since": ["bad"]},
            error("a", ["bad"], "bad_request", "Invalid rev format"),
        ),
        ({"id": "a", "rev": R1}, {"id": "a", "docs": [{"ok": {"_id": "a", "_rev": R1}}]}),
    ]
    rows = await get(couch, *(one for one, _ in asked))
    for row, (one, wanted) in zip(rows, asked, strict=True):
        assert row == wanted, one


@pytest.mark.parametrize(
    ("path", "body", "reason"),
    [
        ("", {}, "Missing JSON list of 'docs'."),
        ("", {"docs": 5}, "`docs` parameter must be an array."),
        ("", [], "Request body must be a JSON object"),
        ("", b"x", "invalid UTF-8 JSON"),
        ("?rev=1-a", {"docs": []}, '"rev" query parameter is not acceptable'),
        ("?open_revs=all", {"docs": []}, '"open_revs" query parameter is not acceptable'),
        ("?new_edits=x", {"docs": []}, '"new_edits" query parameter is not acceptable'),
        ("?atts_since=[]", {"docs": []}, '"atts_since" query parameter is not acceptable'),
        ("?w=1", {"docs": []}, '"w" query parameter is not acceptable'),
    ],
)
async def test_bulk_gets_that_are_refused(
    couch: Caller, path: str, body: object, reason: str
) -> None:
    answer = await couch.post(f"/db/_bulk_get{path}", body)
    assert answer.error == (400, "bad_request", reason)


async def test_bulk_get_of_nothing(couch: Caller) -> None:
    assert await get(couch) == []
