"""Bad input: whatever is sent, the answer is a clear refusal, and never a fault of the server's."""

from __future__ import annotations

import gzip
import zlib
from typing import Any

import httpx2
import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sync.store import WriteBatch
from tests.factory import TUTOR, Tablet, claim
from tests.server.town import SCHOOL, Town, push, question, town

JSON = {"Content-Type": "application/json"}
PUSH = f"/db/{SCHOOL}/_bulk_docs"
POSTS = ("/session", PUSH, f"/db/{SCHOOL}/_bulk_get", f"/db/{SCHOOL}/_sync")


def clear(answer: httpx2.Response) -> None:
    """A refusal in one of the two shapes, or a plain success; no fault."""
    assert answer.status_code < 500, (answer.status_code, answer.text)
    if answer.status_code >= 400:
        body = answer.json()
        assert {"error", "reason"} <= body.keys() or {"code", "detail", "status"} <= body.keys()


MALFORMED = {
    "nothing": b"",
    "not json": b"{",
    "two values": b"{} {}",
    "nan": b'{"docs":[NaN]}',
    "infinity": b'{"docs":[1e999]}',
    "half an emoji": b'{"docs":["\\ud83d"],"new_edits":false}',
    "other half": b'{"docs":["\\ude00"],"new_edits":false}',
    "surrogate bytes": b'{"docs":["\xed\xa0\x80"],"new_edits":false}',
    "bad utf-8": b'{"docs":["\xff\xfe"],"new_edits":false}',
    "utf-16": '{"docs":[],"new_edits":false}'.encode("utf-16"),
    "byte order mark": b'\xef\xbb\xbf{"docs":[],"new_edits":false}',
    "control character": b'{"docs":["\x00"],"new_edits":false}',
    "deep lists": b'{"docs":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep objects": b'{"a":' * 900 + b"1" + b"}" * 900,
    "deep enough to parse": b'{"docs":[' + b"[" * 500 + b"]" * 500 + b'],"new_edits":false}',
}


@pytest.mark.parametrize("path", POSTS)
@pytest.mark.parametrize("name", sorted(MALFORMED))
async def test_what_is_not_json_is_a_bad_request(place: Town, path: str, name: str) -> None:
    async with place.visit() as browser:
        answer = await browser.post(path, content=MALFORMED[name], headers=JSON)
    clear(answer)
    assert answer.status_code == (413 if len(MALFORMED[name]) > 4096 and "ses" in path else 400)


@pytest.mark.parametrize(
    "body",
    [
        [],
        None,
        7,
        {},
        {"docs": None},
        {"docs": {}},
        {"docs": []},
        {"docs": [], "new_edits": True},
        {"docs": [], "new_edits": 0},
    ],
)
async def test_a_push_that_is_none(place: Town, body: Any) -> None:
    async with place.visit() as browser:
        answer = await browser.post(PUSH, content=orjson.dumps(body), headers=JSON)
    assert answer.status_code == 400


ODD = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**64), 2**64)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(max_size=8) | st.sampled_from(["_id", "_rev", "body", "log", "n", "type"]),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


ASKED = sorted(question(logs=[], token="", wait_s=0, waiting=0))


def sendable(value: Any) -> bytes | None:
    try:
        return orjson.dumps(value)
    except (TypeError, ValueError):
        return None


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.lists(ODD, max_size=5))
async def test_whatever_is_pushed_as_json_is_taken_and_answered_in_order(docs: list[Any]) -> None:
    body = sendable({"docs": docs, "new_edits": False})
    if body is None:
        return
    async with town() as place, place.visit() as browser:
        answer = await browser.post(PUSH, content=body, headers=JSON)
        clear(answer)
        assert answer.status_code == 201
        assert [row["verdict"] for row in answer.json()] == ["held"] * len(docs)
        await place.settle()


@settings(max_examples=80, suppress_health_check=list(HealthCheck))
@given(st.data())
async def test_a_damaged_entry_is_kept_and_its_neighbours_stand(data: st.DataObject) -> None:
    tablet = Tablet(TUTOR)
    good = tablet.register(claim(2))
    bad = Tablet(TUTOR, log="b" * 32).register(claim(4))
    where: Any = data.draw(st.sampled_from([bad, bad["body"], bad["body"]["claims"][0]]))
    key = data.draw(st.sampled_from(sorted(where)))
    where[key] = data.draw(ODD)
    body = sendable({"docs": [bad, good], "new_edits": False})
    if body is None:
        return
    async with town() as place, place.visit() as browser:
        answer = await browser.post(PUSH, content=body, headers=JSON)
        clear(answer)
        assert answer.status_code == 201
        assert answer.json()[1]["verdict"] == "stored"
        await place.settle()


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(
    st.dictionaries(st.sampled_from(sorted(question(logs=[], token="", wait_s=0, waiting=0))), ODD)
)
async def test_whatever_is_asked_of_sync(fields: dict[str, Any]) -> None:
    body = sendable(question(**fields))
    if body is None or fields.get("wait_s"):
        return
    async with town() as place, place.visit() as browser:
        clear(await browser.post(f"/db/{SCHOOL}/_sync", content=body, headers=JSON))


@settings(max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.text(max_size=40), st.text(max_size=40))
async def test_whatever_stands_in_a_path_or_a_query(id_: str, text: str) -> None:
    async with town() as place, place.visit() as browser:
        name = id_.encode("utf-8", "replace").hex("%", 1)
        path = f"/db/{SCHOOL}/" + (f"%{name}" if name else "")
        query = {"rev": text.encode("utf-8", "replace"), "since": text.encode("utf-8", "replace")}
        clear(await browser.get(path, params=query))
        clear(await browser.get(f"/db/{SCHOOL}/_changes", params=query))
        clear(await browser.get(f"/db/{SCHOOL}/school", params=query))


@pytest.mark.parametrize(
    "docs",
    [
        [{"id": "x" * 100_000}],
        [{"id": ""}],
        [{"id": "\0"}],
        [{"id": "school", "rev": "1-"}],
        [{"id": "school", "rev": "x" * 10_000}],
        [{"id": "school", "rev": "99999999999999999999-a"}],
        [{"id": None}],
        [{"id": 1}],
        ["school"],
        [None],
        [{"id": "a"}] * 2001,
    ],
)
async def test_absurd_ids(place: Town, docs: list[Any]) -> None:
    async with place.visit() as browser:
        clear(await browser.post(f"/db/{SCHOOL}/_bulk_get", json={"docs": docs}))


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"])
@pytest.mark.parametrize(
    "path", ["/", "/healthz", PUSH, f"/db/{SCHOOL}/x", f"/db/{SCHOOL}/b/c", "/session"]
)
async def test_methods_nobody_takes(place: Town, method: str, path: str) -> None:
    async with place.visit() as browser:
        answer = await browser.request(method, path)
    if (method, path) != ("DELETE", "/session"):
        clear(answer)
        assert answer.status_code in {404, 405}
        assert answer.status_code == 404 or answer.headers["allow"]


async def test_an_unknown_address_under_db_is_refused_in_its_shape(place: Town) -> None:
    async with place.visit() as browser:
        for path in (f"/db/{SCHOOL}/_other", f"/db/{SCHOOL}/b/c", "/db", "/db/"):
            answer = await browser.get(path, headers={"Accept": "text/html"})
            assert answer.status_code == 404, path
            clear(answer)


BIG = 400_000
PACKED = gzip.compress(b"{}")


@pytest.fixture
async def tight() -> Any:
    async with town(max_body_bytes=BIG) as place, place.visit() as browser:
        yield browser


async def test_a_body_over_the_limit_is_refused_by_its_length_alone(
    tight: httpx2.AsyncClient,
) -> None:
    headers = {**JSON, "Content-Length": str(BIG + 1)}
    answer = await tight.post(PUSH, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")
    for length in ("99999999999999999999999999", "x", "-1"):
        clear(await tight.post(PUSH, content=b"{}", headers={**JSON, "Content-Length": length}))


async def test_a_body_over_the_limit_is_not_read_to_its_end(tight: httpx2.AsyncClient) -> None:
    sent = 0

    async def endless() -> Any:
        nonlocal sent
        while True:
            sent += 100_000
            yield b" " * 100_000

    answer = await tight.post(PUSH, content=endless(), headers=JSON)
    assert answer.status_code == 413
    assert sent <= BIG + 200_000


async def test_a_gzip_bomb_is_not_unpacked(tight: httpx2.AsyncClient) -> None:
    bomb = gzip.compress(b" " * 60_000_000, 9)
    assert len(bomb) < BIG
    headers = {**JSON, "Content-Encoding": "gzip"}
    answer = await tight.post(PUSH, content=bomb, headers=headers)
    assert (answer.status_code, answer.json()["error"]) == (413, "too_large")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"not gzip",
        gzip.compress(b"{}")[:-4],
        gzip.compress(b"{}") + b"more",
        zlib.compress(b"{}"),
    ],
)
async def test_broken_gzip_is_a_bad_request(tight: httpx2.AsyncClient, body: bytes) -> None:
    answer = await tight.post(PUSH, content=body, headers={**JSON, "Content-Encoding": "gzip"})
    assert answer.status_code == 400


@pytest.mark.parametrize("packing", ["br", "deflate", "gzip, gzip", "zstd", "\xff"])
async def test_other_packing_is_not_known(tight: httpx2.AsyncClient, packing: str) -> None:
    headers = [
        (b"Content-Type", b"application/json"),
        (b"Content-Encoding", packing.encode("latin-1")),
    ]
    answer = await tight.post(PUSH, content=b"{}", headers=headers)
    assert answer.status_code == 415


@pytest.mark.parametrize("kind", ["", "text/plain", "application/xml", "multipart/form-data; x"])
async def test_other_content_is_not_taken(tight: httpx2.AsyncClient, kind: str) -> None:
    for path in POSTS:
        answer = await tight.post(path, content=b"{}", headers={"Content-Type": kind})
        assert answer.status_code == 415


async def test_too_many_documents_at_once(tight: httpx2.AsyncClient) -> None:
    answer = await push(tight, *([{}] * 2001))
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "headers",
    [
        {"Tidemark-Device": "a b"},
        {"Tidemark-Device": "x" * 100},
        {"Tidemark-Device": "../../etc"},
        {"Tidemark-Device-Time": "yesterday"},
        {"Tidemark-Device-Time": "2026-02-31T09:00:00.000Z"},
        {"Tidemark-Device-Time": "0000-01-01T00:00:00.000Z"},
    ],
)
async def test_a_malformed_header_is_named(
    tight: httpx2.AsyncClient, headers: dict[str, str]
) -> None:
    answer = await push(tight, **headers)
    assert answer.status_code == 400
    assert next(iter(headers)) in answer.json()["reason"]


@pytest.mark.parametrize("said", ["0001-01-01T00:00:00.000Z", "9999-12-31T23:59:59.999Z"])
async def test_a_clock_that_is_ages_off_is_no_reason_to_refuse(
    tight: httpx2.AsyncClient, said: str
) -> None:
    entry = Tablet(TUTOR).register(claim(2), clock={"offset_ms": None, "contact": None})
    answer = await push(tight, entry, **{"Tidemark-Device-Time": said})
    assert answer.status_code == 201
    assert answer.json()[0]["verdict"] == "stored"


async def test_a_fault_is_told_plainly_and_without_what_was_said(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with place.visit() as browser, place.visit("olu") as office:
        async with place.site.schools.use(SCHOOL) as school:

            async def broken(*_: object, **__: object) -> None:
                raise RuntimeError("Known2 was ill")

            monkeypatch.setattr(school.intake, "take", broken)
        answer = await push(browser, Tablet(TUTOR).register(claim(2)))
        assert answer.status_code == 500
        assert answer.json()["error"] == "internal_server_error"
        assert "Known2" not in answer.text
        assert answer.headers["request-id"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert (await office.get("/session")).status_code == 200


async def test_a_full_disk_is_said_and_nothing_is_acknowledged(
    place: Town, monkeypatch: pytest.MonkeyPatch
) -> None:
    from sync.errors import StoreFull

    async with place.visit() as browser:
        database = await place.store.open(SCHOOL)

        async def full(_: WriteBatch) -> None:
            raise StoreFull("No space is left on the disk; make room, then try again.")

        monkeypatch.setattr(database, "write", full)
        answer = await push(browser, Tablet(TUTOR).register(claim(2)))
    assert (answer.status_code, answer.json()["error"]) == (507, "insufficient_storage")
