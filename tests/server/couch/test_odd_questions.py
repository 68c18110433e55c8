"""Whatever stands in a question about feeds and attachments: an answer or a refusal, no fault."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from server.couch.door import Limits
from sync.stores.memory import MemoryStore
from tests.server.couch.wire import Exchange, Wire, wired

NAMES = (
    *("feed", "since", "limit", "descending", "style", "heartbeat", "timeout", "include_docs"),
    *("conflicts", "attachments", "seq_interval", "filter", "doc_ids", "view", "last-event-id"),
)
WORDS = st.sampled_from(
    [
        *(
            "true",
            "false",
            "0",
            "1",
            "-1",
            "now",
            "normal",
            "longpoll",
            "continuous",
            "eventsource",
        ),
        *(
            "all_docs",
            "_doc_ids",
            "_selector",
            "_design",
            "_view",
            "d/f",
            "d/v",
            "[]",
            '["d"]',
            "{",
        ),
        *(
            "99999999999999999999",
            "1.5",
            "%ff",
            "%00",
            "%ed%a0%80",
            "\u00e9",
            '"',
            "1-abc",
            "d/%ff",
        ),
    ]
)
ODD = WORDS | st.text(max_size=12) | st.binary(max_size=6).map(quote)
SETTINGS = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


async def made() -> Wire:
    wire = wired(MemoryStore(), Limits(silence_s=0.01, attachment=100))
    await wire.ask("PUT", "/db")
    await wire.put("db", "d", n=1, _attachments={"f": {"data": "aGVsbG8="}})
    await wire.put("db", "_design/d", filters={"f": "x"}, views={"v": {"map": "x"}})
    return wire


def clear(answer: Exchange) -> None:
    assert 200 <= answer.status < 500 or answer.status == 501, (answer.status, answer.body)
    if answer.status >= 400 and answer.body:
        assert {"error", "reason"} <= orjson.loads(answer.body).keys()


def spelt(query: Mapping[str, str]) -> str:
    return "&".join(f"{name}={quote(text, safe='%')}" for name, text in query.items())


@SETTINGS
@given(st.dictionaries(st.sampled_from(NAMES), ODD, max_size=5), st.booleans())
async def test_whatever_is_asked_of_a_feed(query: dict[str, str], post: bool) -> None:
    wire = await made()
    query.pop("heartbeat", None) if query.get("heartbeat", "x").isdigit() else None
    if query.get("heartbeat") == "true":
        del query["heartbeat"]
    path = f"/db/_changes?{spelt(query)}"
    json: Any = {"doc_ids": ["d"], "selector": {"n": 1}} if post else None
    clear(await wire.ask("POST" if post else "GET", path, json=json))


@SETTINGS
@given(
    st.sampled_from(["GET", "HEAD", "PUT", "DELETE"]),
    ODD,
    ODD,
    st.dictionaries(
        st.sampled_from(["rev", "atts_since", "open_revs", "attachments"]), ODD, max_size=2
    ),
    st.dictionaries(
        st.sampled_from(
            [
                "range",
                "if-none-match",
                "if-match",
                "content-md5",
                "content-encoding",
                "content-type",
            ]
        ),
        st.text(st.characters(codec="latin-1", min_codepoint=32), max_size=12)
        | st.sampled_from(["bytes=0-1", "bytes=-", "gzip", "multipart/related; boundary=x", "*"]),
        max_size=3,
    ),
)
async def test_whatever_is_asked_of_an_attachment(
    method: str, id_: str, name: str, query: dict[str, str], headers: dict[str, str]
) -> None:
    wire = await made()
    sent = {key: value.encode("latin-1").decode("latin-1") for key, value in headers.items()}
    for path in (f"/db/d/{quote(name, safe='%/')}", f"/db/{quote(id_, safe='%')}/f", "/db/d"):
        if path.startswith("/db/_"):
            continue
        body = b"x" if method == "PUT" else b""
        clear(await wire.ask(method, f"{path}?{spelt(query)}", body=body, headers=sent))


@pytest.mark.parametrize("name", ["_%ff", "%ff", "_%ed%a0%80", "a/%ff"])
async def test_a_name_that_is_no_text(name: str) -> None:
    wire = await made()
    for method in ("PUT", "GET", "DELETE"):
        answer = await wire.ask(method, f"/db/n/{name}", body=b"x" if method == "PUT" else b"")
        assert answer.status in {400, 404}
