"""Hostile callers: whatever is sent, no answer says that the server is at fault."""

import itertools
import random
from typing import Any

import orjson
import pytest
from starlette.types import Message

from server.couch.app import CouchApp
from tests.server.couch.caller import BASIC, R1, Caller

VALUES = [
    *("", "x", "-1", "0", "1", "1.5", "true", "null", "[]", "{}", '""', '"a"', '["a"]', "[5]"),
    *("99999999999999999999999", "%00", "%ff", "%ed%a0%80", '"\\ud800"', "[[[[", '{"a":', "+", "%"),
    *("1-" + "a" * 32, '["1-x"]', '["bad"]', "now", "all", "1e400", "²", "-0", "NaN", "0x10"),
]
NAMES = [
    *("rev", "revs", "revs_info", "open_revs", "latest", "conflicts", "attachments", "meta"),
    *("atts_since", "att_encoding_info", "local_seq", "deleted_conflicts", "new_edits", "batch"),
    *("startkey", "endkey", "key", "keys", "limit", "skip", "descending", "include_docs"),
    *("inclusive_end", "update_seq", "stale", "reduce", "group", "group_level", "count", "q", "n"),
    *("since", "feed", "filter", "style", "heartbeat", "timeout", "seq_interval", "doc_ids", "w"),
]
PATHS = [
    *("/", "/_up", "/_all_dbs", "/_uuids", "/_session", "/_dbs_info", "/_active_tasks", "/_x"),
    *("/db", "/db/a", "/db/a/f", "/db/_all_docs", "/db/_design_docs", "/db/_local_docs"),
    *("/db/_design/a", "/db/_design/a/_view/b", "/db/_local/a", "/db/_local", "/db/_changes"),
    *("/db/_bulk_get", "/db/_bulk_docs", "/db/_revs_diff", "/db/_security", "/db/_revs_limit"),
    *("/db/_compact", "/db/_purge", "/db/_find", "/db/a%2Fb", "/db/%ff", "/db/%00", "/db/_"),
    *("/db/" + "a" * 5000, "/%ff", "/db/a/%ff", "/db/a//b", "//db//a", "/db/+", "/db/%", "/db/%2"),
    *("/db/_all_docs/queries", "/db/_missing_revs", "/db/_ensure_full_commit", "/db/_temp_view"),
]
METHODS = ("GET", "HEAD", "PUT", "POST", "DELETE", "COPY", "OPTIONS", "PATCH", "TRACE", "BREW")
ODD: list[Any] = [
    *(
        None,
        True,
        5,
        -1,
        1.5,
        10**15,
        "",
        "x",
        "a\0b",
        "😀",
        [],
        [[]],
        {},
        {"a": 1},
        [None],
        ["1-x"],
    ),
]
BODIES = [
    *(b"", b"{", b"[]", b"{}", b"5", b"null", b'"x"', b"\xff\xfe", b'{"a":\xff}', b"[" * 5000),
    *(b'{"docs":5}', b'{"docs":[5]}', b'{"keys":5}', b'{"queries":[5]}', b'{"a":"x"}', b"\0" * 100),
]


async def ask(
    app: CouchApp, method: str, path: bytes, query: bytes, body: bytes, **more: bytes
) -> int:
    """Send bytes as they are, which no client library does; return the status."""
    sent: list[Message] = []
    parts = [{"type": "http.request", "body": body}]
    headers = [
        (b"authorization", BASIC.encode()),
        (b"content-type", b"application/json"),
        (b"accept", b"application/json"),
        *((name.replace("_", "-").encode(), value) for name, value in more.items()),
    ]

    async def receive() -> Message:
        return parts.pop() if parts else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http",
        "method": method,
        "scheme": "http",
        "path": path.decode("latin-1"),
        "raw_path": path,
        "query_string": query,
        "headers": headers,
    }
    await app(scope, receive, send)
    status: int = sent[0]["status"]
    return status


def is_ours(status: int) -> bool:
    """Whether a status blames the server. 501 says what is not offered."""
    return status >= 500 and status != 501


async def test_every_parameter_with_every_kind_of_value(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1})
    paths = ("/db/a", "/db/_all_docs", "/db/_changes", "/db/_design_docs", "/_all_dbs", "/_uuids")
    for path, name, value in itertools.product(paths, NAMES, VALUES):
        query = f"{name}={value}&timeout=1".encode()
        status = await ask(couch.app, "GET", path.encode(), query, b"")
        assert not is_ours(status), (path, query, status)


async def test_every_method_and_body_at_every_path(couch: Caller) -> None:
    for path, method, body in itertools.product(PATHS, METHODS, BODIES):
        if (path, method) == ("/db", "DELETE"):
            continue
        status = await ask(couch.app, method, path.encode(), b"timeout=1", body)
        assert not is_ours(status), (method, path, body[:20], status)


@pytest.mark.parametrize("seed", range(4))
async def test_headers_of_every_kind(couch: Caller, seed: int) -> None:
    draw = random.Random(seed)
    names = [
        *("if_match", "if_none_match", "destination", "range", "content_encoding", "cookie"),
        *("accept", "content_length", "origin", "referer", "last_event_id", "authorization"),
    ]
    values = [
        b"",
        b"x",
        b"\xff",
        b"*",
        b'"',
        b'"1-x"',
        b"bytes=0-",
        b"AuthSession=x",
        b"-1",
        b"\xc3\xa9?=&",
    ]
    for _ in range(300):
        header = {draw.choice(names): draw.choice(values)}
        path = draw.choice(PATHS).encode()
        method = draw.choice([one for one in METHODS if (path, one) != (b"/db", "DELETE")])
        status = await ask(couch.app, method, path, b"timeout=1", draw.choice(BODIES), **header)
        assert not is_ours(status), (method, path, header, status)


@pytest.mark.parametrize("seed", range(6))
async def test_documents_put_together_at_random(couch: Caller, seed: int) -> None:
    """A batch is refused whole, or every good document of it lands."""
    draw = random.Random(seed)
    names = [
        *("_id", "_rev", "_revisions", "_deleted", "_attachments", "_conflicts", "_x", "v", ""),
        *("_local_seq", "_revs_info"),
    ]
    entry = {"data": "eA==", "content_type": "text/plain"}
    richer = [
        *ODD,
        *({"start": 1, "ids": ["x"]}, {"start": "1", "ids": 5}, {"start": 3, "ids": ["a", 5]}),
        *({"f": entry}, {"f": {**entry, "data": 5}}, {"f": {"stub": True}}, {"_f": entry}),
        *("1-x", "2-" + "f" * 32, "_design/a", "_local/b", "a/b", "é"),
    ]
    for round_ in range(120):
        odd = {draw.choice(names): draw.choice(richer) for _ in range(draw.randint(0, 3))}
        good = {"_id": f"good-{seed}-{round_}", "_rev": R1}
        new_edits = draw.random() < 0.5
        docs = [odd, {"_id": good["_id"]} if new_edits else good]
        body = orjson.dumps({"docs": docs, "new_edits": new_edits})
        status = await ask(couch.app, "POST", b"/db/_bulk_docs", b"", body)
        assert status in {201, 400}, (odd, new_edits, status)
        there = (await couch.get(f"/db/{good['_id']}")).status
        assert there == (200 if status == 201 else 404), (odd, new_edits)


@pytest.mark.parametrize("path", ["_bulk_get", "_revs_diff", "_purge", "_all_docs", "_security"])
async def test_members_of_every_kind(couch: Caller, path: str) -> None:
    await couch.graft({"_id": "a", "_rev": R1})
    for one, other in itertools.product(ODD, ODD):
        for value in (
            {"a": one},
            {"docs": [one]},
            {"docs": [{"id": one, "rev": other}]},
            {"keys": one},
        ):
            body = orjson.dumps(value)
            status = await ask(couch.app, "POST", f"/db/{path}".encode(), b"", body)
            assert not is_ours(status), (path, value, status)


async def test_a_path_with_a_broken_percent_sign(couch: Caller) -> None:
    for path in (b"/db/%", b"/db/%z1", b"/%2", b"/db/a/%gg"):
        assert await ask(couch.app, "GET", path, b"", b"") == 400
