"""Attachments at addresses of their own, and documents that come and go with them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import re
from typing import Any

import orjson
import pytest

from server.couch.door import Limits
from server.couch.parts import Part, Splitter
from sync.store import Store
from tests.server.couch.wire import Exchange, Wire, wired

HELLO = b"hello world"
TEXT = {"content-type": "text/x-plain"}
NONE = "1-" + "a" * 32


@pytest.fixture
async def wire(store: Store) -> Wire:
    made = wired(store, Limits(attachment=1000))
    assert (await made.ask("PUT", "/db")).status == 201
    return made


def digest(data: bytes) -> str:
    return base64.b64encode(hashlib.md5(data, usedforsecurity=False).digest()).decode()


async def put(wire: Wire, path: str, data: bytes = HELLO, **headers: str) -> str:
    answer = await wire.ask("PUT", path, body=data, headers={**TEXT, **headers})
    assert answer.status == 201, answer.body
    rev: str = answer.json["rev"]
    return rev


def parts(answer: Exchange) -> list[Part]:
    return taken(answer.headers["content-type"], answer.body)


def taken(kind: str, body: bytes) -> list[Part]:
    mark = re.search('boundary="([^"]+)"', kind)
    assert mark is not None
    splitter = Splitter(mark[1].encode(), first=10_000, others=10_000)
    found = list(splitter.feed(body))
    assert splitter.ended
    return found


# By themselves


async def test_put_get_head_delete(wire: Wire) -> None:
    rev = await put(wire, "/db/d/f.txt")
    assert rev.startswith("1-")
    answer = await wire.ask("GET", "/db/d/f.txt")
    assert (answer.status, answer.body) == (200, HELLO)
    wanted = {
        "content-type": "text/x-plain",
        "content-length": "11",
        "etag": f'"{digest(HELLO)}"',
        "accept-ranges": "bytes",
        "content-security-policy": "sandbox",
        "x-content-type-options": "nosniff",
    }
    assert wanted.items() <= answer.headers.items()
    head = await wire.ask("HEAD", "/db/d/f.txt")
    assert (head.status, head.body, head.headers["content-length"]) == (200, b"", "11")
    doc = (await wire.ask("GET", "/db/d")).json
    assert doc["_attachments"] == {
        "f.txt": {
            "content_type": "text/x-plain",
            "revpos": 1,
            "digest": "md5-" + digest(HELLO),
            "length": 11,
            "stub": True,
        }
    }
    gone = await wire.ask("DELETE", f"/db/d/f.txt?rev={rev}")
    assert gone.status == 200
    assert (await wire.ask("GET", "/db/d/f.txt")).status == 404
    assert "_attachments" not in (await wire.ask("GET", "/db/d")).json
    old = await wire.ask("GET", f"/db/d/f.txt?rev={rev}")
    assert old.body == HELLO


@pytest.mark.parametrize("doc", ["d", "_design/d", "a%2Fb", "%C3%A9"])
@pytest.mark.parametrize("name", ["f", "a/b/c.txt", "a%2Fb", "%C3%A9 x", "-._~"])
async def test_names_may_hold_anything(wire: Wire, doc: str, name: str) -> None:
    path = f"/db/{doc}/{name}".replace(" ", "%20")
    answer = await wire.ask("PUT", path, body=HELLO)
    assert answer.status == 201
    where = answer.headers["location"].removeprefix("http://couch.test")
    for address in (path, where):
        assert (await wire.ask("GET", address)).body == HELLO


async def test_another_is_added_and_one_replaced_on_the_revision_named(wire: Wire) -> None:
    first = await put(wire, "/db/d/a")
    second = await put(wire, f"/db/d/b?rev={first}", b"b")
    third = await put(wire, "/db/d/a", b"new", **{"if-match": f'"{second}"'})
    assert (await wire.ask("GET", "/db/d/a")).body == b"new"
    assert (await wire.ask("GET", "/db/d/b")).body == b"b"
    stubs = (await wire.ask("GET", "/db/d")).json["_attachments"]
    assert {name: stub["revpos"] for name, stub in stubs.items()} == {"a": 3, "b": 2}
    assert third.startswith("3-")
    body = await wire.ask("GET", f"/db/d/a?rev={first}")
    assert body.body == HELLO


@pytest.mark.parametrize(
    ("method", "path", "status", "error"),
    [
        ("GET", "/db/d/none", 404, "not_found"),
        ("GET", "/db/none/f", 404, "not_found"),
        ("GET", f"/db/d/f?rev={NONE}", 404, "not_found"),
        ("GET", "/db/d/f?rev=x", 400, "bad_request"),
        ("PUT", "/db/d/g", 409, "conflict"),
        ("PUT", f"/db/d/g?rev={NONE}", 409, "not_found"),
        ("PUT", "/db/d/g?rev=x", 400, "bad_request"),
        ("PUT", "/db/d/g?rev=0-1", 409, "not_found"),
        ("PUT", "/db/n/_g", 400, "bad_request"),
        ("PUT", "/db/n/%ff", 400, "bad_request"),
        ("PUT", "/db/_n/g", 400, "illegal_docid"),
        ("DELETE", "/db/d/f", 409, "conflict"),
        ("DELETE", "/db/d/none", 404, "not_found"),
        ("DELETE", "/db/none/f", 404, "not_found"),
        ("DELETE", f"/db/d/f?rev={NONE}", 409, "not_found"),
        ("POST", "/db/d/f", 405, "method_not_allowed"),
        ("COPY", "/db/d/f", 405, "method_not_allowed"),
    ],
)
async def test_what_cannot_be_done(
    wire: Wire, method: str, path: str, status: int, error: str
) -> None:
    rev = await put(wire, "/db/d/f")
    answer = await wire.ask(method, path, body=b"x" if method == "PUT" else b"")
    assert (answer.status, answer.json["error"]) == (status, error), answer.body
    assert (await wire.ask("GET", "/db/d")).json["_rev"] == rev
    wrong = await wire.ask("DELETE", f"/db/d/none?rev={rev}")
    assert (wrong.status, wrong.json["reason"]) == (404, "Document is missing attachment")


@pytest.mark.parametrize(
    ("asked", "status", "shown"),
    [
        ("bytes=0-3", 206, "0-3"),
        ("bytes=3-", 206, "3-10"),
        ("bytes=-4", 206, "7-10"),
        ("bytes=0-100", 206, "0-10"),
        ("bytes=-100", 206, "0-10"),
        ("BYTES=10-10", 206, "10-10"),
        ("bytes=0-", 200, None),
        ("bytes=abc", 200, None),
        ("bytes=-", 200, None),
        ("lines=0-1", 200, None),
        ("bytes=5-2", 416, None),
        ("bytes=20-30", 416, None),
        ("bytes=20-", 416, None),
        ("bytes=-0", 416, None),
    ],
)
async def test_a_range(wire: Wire, asked: str, status: int, shown: str | None) -> None:
    await put(wire, "/db/d/f")
    answer = await wire.ask("GET", "/db/d/f", headers={"range": asked})
    assert answer.status == status
    if shown is not None:
        first, last = map(int, shown.split("-"))
        assert answer.body == HELLO[first : last + 1]
        assert answer.headers["content-range"] == f"bytes {shown}/11"
        assert answer.headers["content-length"] == str(len(answer.body))
    elif status == 200:
        assert answer.body == HELLO


async def test_several_ranges(wire: Wire) -> None:
    await put(wire, "/db/d/f")
    answer = await wire.ask("GET", "/db/d/f", headers={"range": "bytes=0-1, 4-5"})
    assert answer.status == 206
    assert [part.data for part in parts(answer)] == [b"he", b"o "]
    assert b"Content-Range: bytes 4-5/11" in answer.body
    many = "bytes=" + ",".join(f"{at}-{at}" for at in range(10))
    assert (await wire.ask("GET", "/db/d/f", headers={"range": many})).status == 200


async def test_of_nothing_no_range_can_be_had(wire: Wire) -> None:
    await put(wire, "/db/d/f", b"")
    assert (await wire.ask("GET", "/db/d/f")).body == b""
    assert (await wire.ask("GET", "/db/d/f", headers={"range": "bytes=0-0"})).status == 416


async def test_who_has_it_is_not_sent_it_again(wire: Wire) -> None:
    await put(wire, "/db/d/f")
    etag = f'"{digest(HELLO)}"'
    same = await wire.ask("GET", "/db/d/f", headers={"if-none-match": f'"other", {etag}'})
    assert (same.status, same.body, same.headers["etag"]) == (304, b"", etag)
    other = await wire.ask("GET", "/db/d/f", headers={"if-none-match": '"other"'})
    assert other.status == 200


async def test_packed_and_checked_on_the_way(wire: Wire) -> None:
    packed = gzip.compress(HELLO)
    await put(wire, "/db/d/f", packed, **{"content-encoding": "gzip"})
    assert (await wire.ask("GET", "/db/d/f")).body == HELLO
    await put(wire, "/db/e/f", HELLO, **{"content-md5": digest(HELLO)})
    for headers, data, status in (
        ({"content-encoding": "br"}, HELLO, 415),
        ({"content-encoding": "gzip"}, HELLO, 400),
        ({"content-encoding": "gzip"}, packed[:-1], 400),
        ({"content-encoding": "gzip"}, gzip.compress(b"0" * 1001), 413),
        ({"content-md5": digest(b"other")}, HELLO, 400),
        ({}, b"0" * 1001, 413),
    ):
        answer = await wire.ask("PUT", "/db/g/f", body=data, headers=headers)
        assert answer.status == status, answer.body
    assert (await wire.ask("GET", "/db/g")).status == 404


async def test_a_body_that_comes_in_pieces_or_is_cut_short(wire: Wire) -> None:
    answer = await wire.ask("PUT", "/db/d/f", body=[b"hello", b" ", b"world"])
    assert answer.status == 201
    assert (await wire.ask("GET", "/db/d/f")).body == HELLO
    short = await wire.ask("PUT", "/db/e/f", body=HELLO, headers={"content-length": "12"})
    assert short.status == 0
    assert (await wire.ask("GET", "/db/e")).status == 404


async def test_no_name_or_type_breaks_out_of_its_line(wire: Wire) -> None:
    evil = 'x"\r\nX-Evil: 1'
    entry = {"content_type": "text/x\r\nX-Evil: 1", "data": base64.b64encode(HELLO).decode()}
    await wire.put("db", "d", _attachments={evil: entry})
    one = await wire.ask("GET", "/db/d/x%22%0D%0AX-Evil%3A%201")
    assert one.headers["content-type"] == "text/xX-Evil: 1"
    whole = await wire.ask("GET", "/db/d?attachments=true")
    assert b"\r\nX-Evil" not in whole.body
    assert parts(whole)[1].data == HELLO


# Within documents


async def test_inline_stubs_and_what_is_left_out(wire: Wire) -> None:
    inline = {"content_type": "text/x", "data": base64.b64encode(HELLO).decode()}
    rev = await wire.put("db", "d", _attachments={"a": inline, "b": inline}, n=1)
    rev = await wire.put("db", "d", _rev=rev, _attachments={"a": {"stub": True}}, n=2)
    doc = (
        await wire.ask("GET", "/db/d?attachments=true", headers={"accept": "application/json"})
    ).json
    assert list(doc["_attachments"]) == ["a"]
    assert base64.b64decode(doc["_attachments"]["a"]["data"]) == HELLO
    stub = {"none": {"stub": True}}
    for answer in (
        await wire.ask("PUT", "/db/d", json={"_rev": rev, "_attachments": stub}),
        await wire.ask("PUT", "/db/new", json={"_attachments": stub}),
        await wire.ask("PUT", "/db/new?new_edits=false", json={"_rev": NONE, "_attachments": stub}),
    ):
        assert (answer.status, answer.json["error"]) == (412, "missing_stub"), answer.body
    bad: Any
    for bad in ({"data": "!"}, {}, 1, {"data": 5}, {"follows": True}):
        answer = await wire.ask("PUT", "/db/bad", json={"_attachments": {"a": bad}})
        assert answer.status == 400


MARK = "a-mark"
RELATED = {"content-type": f'multipart/related; boundary="{MARK}"'}


def related(*bodies: tuple[str, bytes], end: bytes = b"--") -> bytes:
    out = b""
    for head, data in bodies:
        out += f"--{MARK}\r\n{head}\r\n\r\n".encode() + data + b"\r\n"
    return out + f"--{MARK}".encode() + end


def following(**entries: Any) -> tuple[str, bytes]:
    each = {
        name: {"follows": True, "content_type": "text/x", **entry}
        for name, entry in entries.items()
    }
    return "Content-Type: application/json", orjson.dumps({"n": 1, "_attachments": each})


def named(name: str) -> str:
    return f'Content-Disposition: attachment; filename="{name}"'


async def test_a_document_with_its_attachments_after_it(wire: Wire) -> None:
    body = related(following(a={"length": 11}, b={}), (named("b"), b"bee"), ("X: 1", HELLO))
    for pieces in ([body], [body[at : at + 7] for at in range(0, len(body), 7)]):
        answer = await wire.ask("PUT", f"/db/d{len(pieces)}", body=pieces, headers=RELATED)
        assert answer.status == 201, answer.body
        document = answer.json["id"]
        assert (await wire.ask("GET", f"/db/{document}/a")).body == HELLO
        assert (await wire.ask("GET", f"/db/{document}/b")).body == b"bee"


async def test_packed_parts_are_kept_unpacked(wire: Wire) -> None:
    packed = gzip.compress(HELLO)
    entry = {
        "encoding": "gzip",
        "encoded_length": len(packed),
        "length": 11,
        "digest": "md5-" + digest(packed),
    }
    answer = await wire.ask(
        "PUT", "/db/d", body=related(following(a=entry), ("X: 1", packed)), headers=RELATED
    )
    assert answer.status == 201, answer.body
    assert (await wire.ask("GET", "/db/d/a")).body == HELLO
    again = {"a": {"stub": True, "revpos": 1, **entry}}
    kept = await wire.ask("PUT", "/db/d", json={"_rev": answer.json["rev"], "_attachments": again})
    assert kept.status == 201, kept.body


ONE = following(a={"length": 3})


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (related(end=b"--"), 400),
        (related(("Content-Type: text/plain", b"{}")), 415),
        (related(("X: 1", b"{}")), 415),
        (related(("Content-Type: application/json", b"{")), 400),
        (related(("Content-Type: application/json", b"[]")), 400),
        (related(ONE), 400),
        (related(ONE, ("X: 1", b"12")), 400),
        (related(ONE, ("X: 1", b"1234")), 400),
        (related(ONE, ("X: 1", b"123"), ("X: 1", b"4")), 400),
        (related(ONE, ("X: 1", b"123"), end=b""), 400),
        (related(ONE, ("no colon", b"123")), 400),
        (related(following(a={"digest": "md5-" + digest(b"x")}), ("X: 1", b"y")), 400),
        (related(following(a={"encoding": "gzip"}), ("X: 1", b"y")), 400),
        (related(following(a={}), ("X: 1", b"0" * 1001)), 413),
        (b"nothing of the kind", 400),
        (b"", 400),
    ],
)
async def test_bad_multipart(wire: Wire, body: bytes, status: int) -> None:
    answer = await wire.ask("PUT", "/db/d", body=body, headers=RELATED)
    assert answer.status == status, answer.body
    assert answer.json["reason"]
    assert (await wire.ask("GET", "/db/d")).status == 404


async def test_a_type_without_a_boundary(wire: Wire) -> None:
    answer = await wire.ask(
        "PUT", "/db/d", body=related(ONE), headers={"content-type": "multipart/related; x=y"}
    )
    assert (answer.status, answer.json["error"]) == (400, "bad_request")


async def test_documents_are_sent_with_theirs(wire: Wire) -> None:
    first = await put(wire, "/db/d/a")
    second = await put(wire, f"/db/d/b?rev={first}", b"bee")
    await wire.put("db", "plain", n=1)
    whole = await wire.ask("GET", "/db/d?attachments=true&revs=true")
    document, one, two = parts(whole)
    assert (one, two) == (Part("text/x-plain", "a", HELLO), Part("text/x-plain", "b", b"bee"))
    assert whole.headers["content-length"] == str(len(whole.body))
    assert b'"_revisions"' in document.data
    assert document.data.count(b'"follows":true') == 2
    head = await wire.ask("HEAD", "/db/d?attachments=true&revs=true")
    assert (head.body, head.headers["content-length"]) == (b"", whole.headers["content-length"])
    some = await wire.ask("GET", f'/db/d?atts_since=["{first}"]')
    assert [part.data for part in parts(some)[1:]] == [b"bee"]
    none = await wire.ask("GET", f'/db/d?atts_since=["{second}"]')
    assert none.headers["content-type"] == "application/json"
    assert all(stub["stub"] for stub in none.json["_attachments"].values())
    as_json = {"accept": "application/json"}
    inline = await wire.ask("GET", f'/db/d?atts_since=["{first}"]', headers=as_json)
    assert set(inline.json["_attachments"]["a"]) >= {"stub"}
    assert set(inline.json["_attachments"]["b"]) >= {"data"}
    plain = await wire.ask("GET", "/db/plain?attachments=true")
    assert plain.json["n"] == 1


async def test_open_revisions_are_sent_as_parts(wire: Wire) -> None:
    rev = await put(wire, "/db/d/a")
    asked = f'/db/d?open_revs=["{rev}","{NONE}"]'
    found, missing = parts(await wire.ask("GET", asked, headers={"accept": "multipart/mixed"}))
    assert found.kind == "multipart/related"
    inner = re.search(rb"--([0-9a-f]{32})", found.data)
    assert inner is not None
    document, one = taken(f'boundary="{inner[1].decode()}"', found.data)
    assert document.kind == "application/json"
    assert one.data == HELLO
    assert missing.data == b'{"missing":"%b"}' % NONE.encode()
    known = f'/db/d?open_revs=["{rev}"]&atts_since=["{rev}"]'
    (stub,) = parts(await wire.ask("GET", known, headers={"accept": "multipart/mixed"}))
    assert (stub.kind, b'"stub":true' in stub.data) == ("application/json", True)


async def test_bulk_reads_are_sent_as_parts(wire: Wire) -> None:
    rev = await put(wire, "/db/d/a")
    await wire.put("db", "plain", n=1)
    docs = [{"id": "d"}, {"id": "none"}, {"id": "plain"}, {"id": "d", "rev": NONE}]
    for accept in ("multipart/mixed", "multipart/related"):
        answer = await wire.ask(
            "POST", "/db/_bulk_get", json={"docs": docs}, headers={"accept": accept}
        )
        assert answer.headers["content-type"].startswith(accept)
        kinds = [part.kind for part in parts(answer)]
        assert kinds == ["multipart/related", *["application/json"] * 3]
        assert f"X-Rev-Id: {rev}".encode() in answer.body
        assert answer.body.count(b'error="true"') == 2
    nothing = await wire.ask(
        "POST", "/db/_bulk_get", json={"docs": []}, headers={"accept": "multipart/mixed"}
    )
    assert (nothing.status, nothing.body) == (200, b"")
