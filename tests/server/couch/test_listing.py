"""Lists of documents: by range, by keys, several at once."""

from typing import Any

import orjson
import pytest

from tests.server.couch.caller import R1, Caller

IDS = ["B", "_design/x", "_design/y", "a", "b", "c", "d", "é", "€", "😀"]
PARSE = "query_parse_error"


@pytest.fixture
async def filled(couch: Caller) -> Caller:
    """Ten documents in code point order, one of them in conflict, and one deleted."""
    await couch.save(*({"_id": name, "v": name} for name in reversed(IDS)))
    await couch.save({"_id": "gone", "_deleted": True})
    await couch.graft({"_id": "c", "_rev": "1-0"}, {"_id": "c", "_rev": "1-1", "_deleted": True})
    return couch


async def listed(couch: Caller, query: str) -> Any:
    answer = await couch.get(f"/db/_all_docs{query}")
    assert answer.status == 200, answer.json
    return answer.json


def ids(answer: Any) -> list[str]:
    return [row["id"] for row in answer["rows"]]


async def test_everything_in_code_point_order(filled: Caller) -> None:
    answer = await listed(filled, "")
    assert (answer["total_rows"], answer["offset"]) == (10, 0)
    assert ids(answer) == IDS
    rev = (await filled.get("/db/a")).json["_rev"]
    assert answer["rows"][3] == {"id": "a", "key": "a", "value": {"rev": rev}}


@pytest.mark.parametrize(
    ("query", "offset", "names"),
    [
        ("?limit=2", 0, IDS[:2]),
        ("?limit=0", 0, []),
        ("?limit=99999999999999999999", 0, IDS),
        ("?skip=8", 8, IDS[8:]),
        ("?skip=100", 10, []),
        ("?descending=true&limit=2&skip=1", 1, ["€", "é"]),
        ('?startkey="b"', 4, IDS[4:]),
        ('?startkey="bb"', 5, IDS[5:]),
        ('?startkey="b"&skip=1&limit=1', 5, ["c"]),
        ('?endkey="b"', 0, IDS[:5]),
        ('?start_key="b"&end_key="c"', 4, ["b", "c"]),
        ('?startkey="d"&endkey="b"', 6, []),
        ('?startkey="d"&endkey="b"&descending=true', 3, ["d", "c", "b"]),
        ('?startkey="b"&endkey="d"&inclusive_end=false', 4, ["b", "c"]),
        ('?startkey="b"&endkey="cc"&inclusive_end=false', 4, ["b", "c"]),
        ('?startkey="d"&endkey="b"&descending=true&inclusive_end=false', 3, ["d", "c"]),
        ('?startkey="b"&endkey="d"&inclusive_end=false&limit=2', 4, ["b", "c"]),
        ('?key="c"', 5, ["c"]),
        ('?key="none"', 7, []),
        ('?key="gone"', 7, []),
        ("?key=5", 0, []),
        ("?startkey=5", 0, IDS),
        ("?endkey=5", 0, []),
        ("?endkey={}", 0, []),
        ("?startkey=null", 0, IDS),
        ("?startkey=[]&descending=true", 10, []),
        ("?endkey=[]&descending=true", 0, IDS[::-1]),
        ("?stale=ok&sorted=true&reduce=false&unknown=1", 0, IDS),
    ],
)
async def test_ranges(filled: Caller, query: str, offset: int, names: list[str]) -> None:
    answer = await listed(filled, query)
    assert (ids(answer), answer["offset"], answer["total_rows"]) == (names, offset, 10)


async def test_bodies_conflicts_and_the_sequence(filled: Caller) -> None:
    answer = await listed(filled, '?include_docs=true&conflicts=true&key="c"&update_seq=true')
    (row,) = answer["rows"]
    assert row["doc"]["v"] == "c"
    assert row["doc"]["_rev"] == row["value"]["rev"]
    assert row["doc"]["_conflicts"] == ["1-0"]
    assert answer["update_seq"] == (await filled.get("/db")).json["update_seq"]
    answer = await listed(filled, '?include_docs=true&key="c"')
    assert "_conflicts" not in answer["rows"][0]["doc"]


async def test_attachments_of_listed_documents(couch: Caller) -> None:
    files = {"f": {"content_type": "text/plain", "data": "aGVsbG8="}}
    await couch.put("/db/a", {"_attachments": files})
    for query in ("?include_docs=true", '?include_docs=true&keys=["a"]'):
        shown = (await listed(couch, query))["rows"][0]["doc"]["_attachments"]["f"]
        assert (shown["stub"], shown["length"]) == (True, 5)
        shown = (await listed(couch, f"{query}&attachments=true"))["rows"][0]["doc"]
        assert shown["_attachments"]["f"]["data"] == "aGVsbG8="


async def test_keys(filled: Caller) -> None:
    keys = ["c", "none", "gone", "a", "c", 5]
    body = {"keys": keys}
    by_body = (await filled.post("/db/_all_docs", body)).json
    assert by_body == await listed(filled, f"?keys={orjson.dumps(keys).decode()}")
    assert (by_body["total_rows"], by_body["offset"]) == (10, None)
    rows = by_body["rows"]
    assert [row.get("id") for row in rows] == ["c", None, "gone", "a", "c", None]
    assert rows[1] == {"key": "none", "error": "not_found"}
    assert rows[2]["value"]["deleted"] is True
    assert rows[5] == {"key": 5, "error": "not_found"}
    docs = (await filled.post("/db/_all_docs?include_docs=true", body)).json["rows"]
    assert docs[0]["doc"]["v"] == "c"
    assert docs[2]["doc"] is None
    assert "doc" not in docs[1]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("limit=2", ["c", "a"]),
        ("skip=1", ["a", "b"]),
        ("descending=true", ["b", "a", "c"]),
        ("descending=true&skip=1&limit=1", ["a"]),
        ("limit=0", []),
        ("update_seq=true", ["c", "a", "b"]),
    ],
)
async def test_some_of_the_keys(filled: Caller, query: str, names: list[str]) -> None:
    answer = await filled.post(f"/db/_all_docs?{query}", {"keys": ["c", "a", "b"]})
    assert ids(answer.json) == names


async def test_no_keys(filled: Caller) -> None:
    assert (await filled.post("/db/_all_docs", {"keys": []})).json["rows"] == []
    assert ids(await listed(filled, '?keys=["a"]&key="a"')) == ["a"]


async def test_a_body_may_hold_what_a_query_may(filled: Caller) -> None:
    body = {"startkey": "a", "limit": 2, "descending": "false", "include_docs": True}
    answer = (await filled.post("/db/_all_docs", body)).json
    assert [row["doc"]["_id"] for row in answer["rows"]] == ["a", "b"]
    assert ids((await filled.post("/db/_all_docs?limit=1", body)).json) == ["a"]
    assert ids((await filled.post("/db/_all_docs", {})).json) == IDS


@pytest.mark.parametrize(
    ("query", "error", "reason"),
    [
        ("limit=-1", PARSE, 'Invalid value for positive integer: "-1"'),
        ("limit=x", PARSE, 'Invalid value for integer: "x"'),
        ("skip=", PARSE, 'Invalid value for integer: ""'),
        ("descending=x", PARSE, 'Invalid boolean parameter: "x"'),
        ("include_docs=1", PARSE, 'Invalid boolean parameter: "1"'),
        ("inclusive_end=x", PARSE, 'Invalid boolean parameter: "x"'),
        ("update_seq=x", PARSE, 'Invalid boolean parameter: "x"'),
        ("conflicts=x", PARSE, 'Invalid boolean parameter: "x"'),
        ("attachments=x", PARSE, 'Invalid boolean parameter: "x"'),
        ("att_encoding_info=x", PARSE, 'Invalid boolean parameter: "x"'),
        ("reduce=true", PARSE, "Reduce is invalid for map-only views."),
        ("group=true", PARSE, "Invalid use of grouping on a map view."),
        ("group_level=1", PARSE, "Invalid use of grouping on a map view."),
        ("stale=x", PARSE, "Invalid value for `stale`."),
        ("startkey=b", "bad_request", "invalid UTF-8 JSON"),
        ("key=", "bad_request", "invalid UTF-8 JSON"),
        ("endkey=%ff", "bad_request", "invalid UTF-8 JSON"),
        ('startkey="\\ud800"', "bad_request", "invalid UTF-8 JSON"),
        ("keys=5", "bad_request", "`keys` parameter must be an array."),
        ("keys=null", "bad_request", "`keys` parameter must be an array."),
        ("keys={}", "bad_request", "`keys` parameter must be an array."),
        (
            'keys=["a","b"]&key="a"',
            PARSE,
            "`keys` is incompatible with `key`, `start_key` and `end_key`",
        ),
        (
            'keys=["a","b"]&startkey="a"',
            PARSE,
            "`keys` is incompatible with `key`, `start_key` and `end_key`",
        ),
    ],
)
async def test_queries_that_are_refused(couch: Caller, query: str, error: str, reason: str) -> None:
    assert (await couch.get(f"/db/_all_docs?{query}")).error == (400, error, reason)


@pytest.mark.parametrize(
    "body",
    [
        {"keys": 5},
        {"keys": None},
        {"keys": {}},
        {"limit": "1"},
        {"limit": -1},
        {"limit": 1.5},
        {"limit": True},
        {"limit": None},
        {"skip": []},
        {"descending": 5},
        {"descending": None},
        {"include_docs": "yes"},
        {"reduce": True},
        {"stale": []},
        [],
        5,
        b"{",
    ],
)
async def test_bodies_that_are_refused(couch: Caller, body: object) -> None:
    answer = await couch.post("/db/_all_docs", body)
    assert answer.status == 400
    assert answer.json["error"] in {"bad_request", PARSE}


async def test_more_than_a_page(couch: Caller) -> None:
    names = [f"d{count:04d}" for count in range(1203)]
    await couch.save(*({"_id": name} for name in names))
    assert ids(await listed(couch, "")) == names
    assert ids(await listed(couch, "?descending=true")) == names[::-1]
    assert ids(await listed(couch, "?skip=600&limit=502")) == names[600:1102]
    assert ids(await listed(couch, f'?endkey="{names[-1]}"&inclusive_end=false')) == names[:-1]
    answer = await couch.post("/db/_all_docs", {"keys": names})
    assert ids(answer.json) == names


async def test_design_documents(filled: Caller) -> None:
    answer = (await filled.get("/db/_design_docs")).json
    assert (answer["total_rows"], ids(answer)) == (2, ["_design/x", "_design/y"])
    asked: dict[str, list[str]] = {
        "?limit=1": ["_design/x"],
        "?skip=1": ["_design/y"],
        "?descending=true": ["_design/y", "_design/x"],
        '?startkey="_design/y"': ["_design/y"],
        '?endkey="_design/x"': ["_design/x"],
        '?key="a"': [],
        '?startkey="a"': [],
        '?keys=["_design/x","a"]': ["_design/x"],
    }
    for query, names in asked.items():
        assert ids((await filled.get(f"/db/_design_docs{query}")).json) == names, query
    answer = await filled.post("/db/_design_docs/queries", {"queries": [{"limit": 1}]})
    assert ids(answer.json["results"][0]) == ["_design/x"]


async def test_several_queries(filled: Caller) -> None:
    queries = [{"limit": 1}, {"keys": ["a", "none"]}, {"startkey": "b", "endkey": "c"}]
    results = (await filled.post("/db/_all_docs/queries", {"queries": queries})).json["results"]
    assert [len(one["rows"]) for one in results] == [1, 2, 2]
    assert ids(results[2]) == ["b", "c"]
    assert (await filled.post("/db/_all_docs/queries", {"queries": []})).json == {"results": []}


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        ({}, "bad_request", "POST body must include `queries` parameter."),
        ({"queries": 5}, "bad_request", "`queries` member must be an array."),
        ({"queries": [5]}, "bad_request", "`queries` member must be an array."),
        ({"queries": [{"keys": 5}]}, PARSE, "`keys` must be an array of strings."),
        ({"queries": [{}, {"limit": -1}]}, PARSE, "Invalid value for positive integer: -1"),
        ([], "bad_request", "Request body must be a JSON object"),
    ],
)
async def test_several_queries_that_are_refused(
    couch: Caller, body: object, error: str, reason: str
) -> None:
    assert (await couch.post("/db/_all_docs/queries", body)).error == (400, error, reason)


async def test_local_documents_by_their_keys(couch: Caller) -> None:
    await couch.put("/db/_local/a", {"v": 1})
    keys = ["_local/a", "_local/none", "a", 5]
    answer = (await couch.post("/db/_local_docs?include_docs=true", {"keys": keys})).json
    assert answer["rows"] == [
        {
            "id": "_local/a",
            "key": "_local/a",
            "value": {"rev": "0-1"},
            "doc": {"_id": "_local/a", "_rev": "0-1", "v": 1},
        },
        {"key": "_local/none", "error": "not_found"},
    ]
    assert (await couch.get('/db/_local_docs?keys=["_local/a"]')).json["rows"][0][
        "id"
    ] == "_local/a"


async def test_a_head_of_a_list(filled: Caller) -> None:
    head = await filled.ask("HEAD", "/db/_all_docs")
    assert (head.status, head.raw) == (200, b"")


async def test_revisions_of_replicas_are_listed(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1})
    assert (await listed(couch, ""))["rows"][0]["value"] == {"rev": R1}
