"""Documents: read, written, deleted and copied one at a time."""

import gzip

import orjson
import pytest

from server.couch.door import Limits
from sync.store import Store
from tests.server.couch.caller import R1, R2, R3, Caller, caller

MISSING = (404, "not_found", "missing")
DELETED = (404, "not_found", "deleted")
CONFLICT = (409, "conflict", "Document update conflict.")
BAD_REV = (400, "bad_request", "Invalid rev format")


async def test_put_then_get(couch: Caller) -> None:
    put = await couch.put("/db/a", {"v": 1, "list": [1, {"x": None}], "text": "é😀"})
    assert put.status == 201
    rev = put.json["rev"]
    assert put.json == {"ok": True, "id": "a", "rev": rev}
    assert put.headers["etag"] == f'"{rev}"'
    assert put.headers["location"] == "http://couch.test/db/a"
    got = await couch.get("/db/a")
    assert got.status == 200
    assert got.headers["etag"] == f'"{rev}"'
    body = {"v": 1, "list": [1, {"x": None}], "text": "é😀"}
    assert got.json == {"_id": "a", "_rev": rev, **body}
    head = await couch.ask("HEAD", "/db/a")
    assert (head.status, head.raw, head.headers["etag"]) == (200, b"", f'"{rev}"')


async def test_an_update_needs_the_revision(couch: Caller) -> None:
    rev = (await couch.put("/db/a", {"v": 1})).json["rev"]
    assert (await couch.put("/db/a", {"v": 2})).error == CONFLICT
    assert (await couch.put("/db/a", {"v": 2, "_rev": "1-other"})).error == CONFLICT
    assert (await couch.put("/db/a", {"v": 2, "_rev": "0-1"})).error == CONFLICT
    assert (await couch.put("/db/a", {"v": 2, "_rev": "1-"})).error == CONFLICT
    assert (await couch.put("/db/none", {"_rev": R1})).error == CONFLICT
    second = await couch.put("/db/a", {"v": 2, "_rev": rev})
    assert second.status == 201
    assert second.json["rev"].startswith("2-")
    assert (await couch.put("/db/a", {"v": 3, "_rev": rev})).error == CONFLICT


async def test_the_revision_in_the_query_and_in_if_match(couch: Caller) -> None:
    rev = (await couch.put("/db/a", {})).json["rev"]
    rev = (await couch.put(f"/db/a?rev={rev}", {"v": 2})).json["rev"]
    rev = (await couch.put("/db/a", {"v": 3}, If_Match=f'"{rev}"')).json["rev"]
    rev = (await couch.put(f"/db/a?rev={rev}", {"v": 4, "_rev": rev}, If_Match=rev)).json["rev"]
    assert rev.startswith("4-")
    body = "Document rev from request body and query string have different values"
    answer = await couch.put(f"/db/a?rev={R1}", {"_rev": rev})
    assert answer.error == (400, "bad_request", body)
    etag = "Document rev and etag have different values"
    assert (await couch.put(f"/db/a?rev={rev}", {}, If_Match=R1)).error == (
        400,
        "bad_request",
        etag,
    )
    assert (await couch.put("/db/a", {}, If_Match="bad")).error == BAD_REV
    assert (await couch.put("/db/a?rev=bad", {})).error == BAD_REV


@pytest.mark.parametrize("rev", ["bad", "", "-1-x", "x-1", "1-" + "z" * 32, None, 5, [], {}])
async def test_revisions_that_are_none(couch: Caller, rev: object) -> None:
    assert (await couch.put("/db/a", {"_rev": rev})).error == BAD_REV


async def test_upper_case_digests_are_the_same_revision(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": "1-" + "A" * 32})
    assert (await couch.get("/db/a")).json["_rev"] == R1
    assert (await couch.get("/db/a?rev=1-" + "A" * 32)).status == 200


async def test_deleting(couch: Caller) -> None:
    assert (await couch.delete("/db/a")).error == MISSING
    rev = (await couch.put("/db/a", {"v": 1})).json["rev"]
    assert (await couch.delete("/db/a")).error == CONFLICT
    assert (await couch.delete("/db/a?rev=1-x")).error == CONFLICT
    assert (await couch.delete("/db/a?rev=bad")).error == BAD_REV
    gone = await couch.delete(f"/db/a?rev={rev}")
    assert (gone.status, gone.json["ok"], gone.json["id"]) == (200, True, "a")
    assert (await couch.get("/db/a")).error == DELETED
    assert (await couch.delete("/db/a")).error == DELETED
    stone = (await couch.get(f"/db/a?rev={gone.json['rev']}")).json
    assert stone == {"_id": "a", "_rev": gone.json["rev"], "_deleted": True}
    assert (await couch.get("/db/a?deleted=true")).json == stone
    again = await couch.put("/db/a", {"v": 2})
    assert again.status == 201
    assert again.json["rev"].startswith("3-")


async def test_a_tombstone_by_put(couch: Caller) -> None:
    answer = await couch.put("/db/a", {"_deleted": True, "why": "moved"})
    assert answer.status == 200
    stone = await couch.get(f"/db/a?rev={answer.json['rev']}")
    assert stone.json["why"] == "moved"


async def test_if_match_deletes(couch: Caller) -> None:
    rev = (await couch.put("/db/a", {})).json["rev"]
    assert (await couch.delete("/db/a", If_Match=f'"{rev}"')).status == 200


async def test_what_a_client_has_already_is_not_sent_again(couch: Caller) -> None:
    rev = (await couch.put("/db/a", {})).json["rev"]
    for etag in (f'"{rev}"', f'W/"{rev}"', f'"x", "{rev}"'):
        answer = await couch.get("/db/a", If_None_Match=etag)
        assert (answer.status, answer.raw, answer.headers["etag"]) == (304, b"", f'"{rev}"')
    for etag in ('"x"', rev):
        assert (await couch.get("/db/a", If_None_Match=etag)).status == 200


@pytest.mark.parametrize(
    "name",
    [
        "a%2Fb",
        "a%20b",
        "%C3%A9",
        "%F0%9F%98%80",
        "%22%5C",
        "a:b",
        "%3F%23",
        "1",
        "%2B",
        "%25",
        "~._-",
    ],
)
async def test_unusual_ids(couch: Caller, name: str) -> None:
    put = await couch.put(f"/db/{name}", {"v": 1})
    assert put.status == 201
    got = await couch.get(f"/db/{name}")
    assert got.json["_id"] == put.json["id"]
    listed = await couch.post("/db/_all_docs", {"keys": [put.json["id"]]})
    assert listed.json["rows"][0]["value"]["rev"] == put.json["rev"]
    where = put.headers["location"].removeprefix("http://couch.test")
    assert (await couch.get(where)).json == got.json


async def test_a_plus_in_a_path_is_a_space(couch: Caller) -> None:
    await couch.put("/db/a+b", {})
    assert (await couch.get("/db/a%20b")).json["_id"] == "a b"


async def test_design_documents_with_either_slash(couch: Caller) -> None:
    assert (await couch.put("/db/_design/app", {"v": 1})).json["id"] == "_design/app"
    assert (await couch.get("/db/_design%2Fapp")).json["v"] == 1


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("_a", "Only reserved document ids may start with underscore."),
        ("_design", "Only reserved document ids may start with underscore."),
        ("%ff", "Document id must be valid UTF-8"),
        ("%ed%a0%80", "Document id must be valid UTF-8"),
        ("_design%2F", "Illegal document id `_design/`"),
    ],
)
async def test_ids_that_are_none(couch: Caller, path: str, reason: str) -> None:
    assert (await couch.put(f"/db/{path}", {})).error == (400, "illegal_docid", reason)
    assert (await couch.get(f"/db/{path}")).error == MISSING
    assert (await couch.delete(f"/db/{path}")).error == MISSING


@pytest.mark.parametrize(
    ("body", "error", "reason"),
    [
        (b"", "bad_request", "invalid UTF-8 JSON"),
        (b"{", "bad_request", "invalid UTF-8 JSON"),
        (b'{"a":"\xff"}', "bad_request", "invalid UTF-8 JSON"),
        (b'{"a":"\\ud800"}', "bad_request", "invalid UTF-8 JSON"),
        (b'{"a":NaN}', "bad_request", "invalid UTF-8 JSON"),
        (b"[]", "bad_request", "Document must be a JSON object"),
        (b'"x"', "bad_request", "Document must be a JSON object"),
        (b"null", "bad_request", "Document must be a JSON object"),
        (b'{"_x":1}', "doc_validation", "Bad special document member: _x"),
        (b'{"_deleted":1}', "doc_validation", "Bad special document member: _deleted"),
        (b'{"_attachments":[]}', "doc_validation", "Bad special document member: _attachments"),
        (b'{"_revisions":[]}', "doc_validation", "Bad special document member: _revisions"),
        (b'{"_revisions":{"ids":[]}}', "doc_validation", "_revisions.start isn't an integer."),
        (
            b'{"_revisions":{"start":true,"ids":[]}}',
            "doc_validation",
            "_revisions.start isn't an integer.",
        ),
        (b'{"_revisions":{"start":1}}', "doc_validation", "_revisions.ids isn't a array."),
        (b'{"_revisions":{"start":1,"ids":[5]}}', "doc_validation", "RevId isn't a string"),
        (b'{"_revisions":{"start":1,"ids":[]}}', "doc_validation", "_revisions.ids is empty."),
        (b'{"a":' + b"[" * 2000 + b"]" * 2000 + b"}", "bad_request", "invalid UTF-8 JSON"),
    ],
)
async def test_bodies_that_are_no_document(
    couch: Caller, body: bytes, error: str, reason: str
) -> None:
    assert (await couch.put("/db/a", body)).error == (400, error, reason)
    assert (await couch.get("/db/a")).error == MISSING


async def test_a_body_nested_beyond_what_is_written_is_refused(couch: Caller) -> None:
    body = b'{"a":' + b"[" * 300 + b"]" * 300 + b"}"
    assert (await couch.put("/db/a", body)).status == 400


async def test_members_that_are_ours_to_show_are_ignored_on_the_way_in(couch: Caller) -> None:
    body = {"_revs_info": 1, "_local_seq": 5, "_conflicts": [], "_deleted_conflicts": 0, "v": 1}
    rev = (await couch.put("/db/a", body)).json["rev"]
    assert (await couch.get("/db/a")).json == {"_id": "a", "_rev": rev, "v": 1}


async def test_members_of_replications_are_kept(couch: Caller) -> None:
    await couch.put("/db/a", {"_replication_id": "x"})
    assert (await couch.get("/db/a")).json["_replication_id"] == "x"


async def test_the_id_of_the_path_counts(couch: Caller) -> None:
    assert (await couch.put("/db/a", {"_id": "other"})).json["id"] == "a"
    assert (await couch.get("/db/other")).error == MISSING
    answer = await couch.put("/db/a", {"_id": 5, "_rev": "x"})
    assert answer.status == 400


async def test_a_packed_body(couch: Caller) -> None:
    body = gzip.compress(b'{"v":1}')
    assert (await couch.put("/db/a", body, Content_Encoding="gzip")).status == 201
    assert (await couch.get("/db/a")).json["v"] == 1
    wrong = (400, "bad_request", "Request body is not properly gzipped.")
    assert (await couch.put("/db/b", b"x", Content_Encoding="gzip")).error == wrong
    assert (await couch.put("/db/b", body[:-9], Content_Encoding="gzip")).error == wrong
    answer = await couch.put("/db/b", b"{}", Content_Encoding="br")
    reason = "br is not a supported content encoding."
    assert answer.error == (415, "bad_content_type", reason)
    assert (await couch.put("/db/b", b"{}", Content_Encoding="identity")).status == 201


async def test_limits(store: Store) -> None:
    async for couch in caller(store, limits=Limits(body=2000, document=500)):
        await couch.put("/db")
        reason = "the request entity is too large"
        assert (await couch.put("/db/a", {"v": "x" * 3000})).error == (413, "too_large", reason)
        bomb = gzip.compress(b'{"v":"' + b"x" * 100_000 + b'"}')
        answer = await couch.put("/db/a", bomb, Content_Encoding="gzip")
        assert answer.error == (413, "too_large", reason)
        answer = await couch.put("/db/a", {"v": "x" * 600})
        assert answer.error == (413, "document_too_large", "a")
        answer = await couch.post("/db/_bulk_docs", {"docs": [{"_id": "b", "v": "x" * 600}]})
        assert answer.error == (413, "document_too_large", "b")
        docs = [{"_id": f"d{n}", "v": "x" * 200} for n in range(4)]
        assert (await couch.post("/db/_bulk_docs", {"docs": docs})).status == 201
        deep = b'{"docs":[{"a":' + b"[" * 300 + b"]" * 300 + b"}]}"
        assert (await couch.post("/db/_bulk_docs", deep)).status == 400


async def test_batched_writes_are_as_durable_as_any(couch: Caller) -> None:
    answer = await couch.put("/db/a?batch=ok", {"v": 1})
    assert (answer.status, answer.json) == (202, {"ok": True, "id": "a"})
    assert (await couch.get("/db/a")).json["v"] == 1
    assert (await couch.put("/db/a?batch=ok", {})).error == CONFLICT
    answer = await couch.post("/db?batch=ok", {"_id": "b"})
    assert (answer.status, answer.json) == (202, {"ok": True, "id": "b"})


async def test_a_replicated_put(couch: Caller) -> None:
    needed = "When `new_edits: false`, the document needs `_rev` or `_revisions` specified"
    answer = await couch.put("/db/a?new_edits=false", {})
    assert answer.error == (400, "bad_request", needed)
    for _ in range(2):
        answer = await couch.put("/db/a?new_edits=false", {"_rev": R1, "v": 1})
        assert (answer.status, answer.json["rev"]) == (201, R1)
    history = {"start": 2, "ids": ["b" * 32, "a" * 32]}
    answer = await couch.put("/db/a?new_edits=false", {"_rev": R2, "_revisions": history})
    assert answer.json["rev"] == R2
    for rev in ("0-1", "1"):
        assert (await couch.put("/db/a?new_edits=false", {"_rev": rev})).error == BAD_REV


async def test_posting_a_document(couch: Caller) -> None:
    answer = await couch.post("/db", {"_id": "a/b", "v": 1})
    assert answer.status == 201
    assert answer.headers["location"] == "http://couch.test/db/a%2Fb"
    assert (await couch.post("/db", {"_id": "a/b"})).error == CONFLICT
    made = (await couch.post("/db/", {"v": 2})).json
    assert len(made["id"]) == 32
    assert (await couch.get(f"/db/{made['id']}")).json["v"] == 2
    for bad, reason in (
        (5, "Document id must be a string"),
        ("", "Document id must not be empty"),
        ("_x", "Only reserved document ids may start with underscore."),
        ("_local/", "Illegal document id `_local/`"),
    ):
        assert (await couch.post("/db", {"_id": bad})).error == (400, "illegal_docid", reason)
    assert (await couch.post("/db", [])).status == 400
    assert (await couch.post("/db", {"_id": "_local/x"})).json["rev"] == "0-1"


async def test_posting_a_form_to_a_document_is_not_offered(couch: Caller) -> None:
    answer = await couch.post("/db/a", {})
    assert answer.error == (400, "bad_request", "Referer header required.")
    assert (await couch.post("/db/a", {}, Referer="http://x")).status == 415
    kind = {"Content-Type": "multipart/form-data; boundary=x", "Referer": "http://x"}
    assert (await couch.ask("POST", "/db/a", b"", kind)).status == 501


async def test_copying(couch: Caller) -> None:
    first = (await couch.put("/db/a", {"v": 1})).json["rev"]
    await couch.put("/db/a", {"v": 2, "_rev": first})
    copy = await couch.ask("COPY", "/db/a", headers={"Destination": "b%2Fc"})
    assert (copy.status, copy.json["id"]) == (201, "b/c")
    assert copy.headers["etag"] == f'"{copy.json["rev"]}"'
    assert copy.headers["location"] == "http://couch.test/db/b%2Fc"
    assert (await couch.get("/db/b%2Fc")).json["v"] == 2
    old = {"Destination": f"b%2Fc?rev={copy.json['rev']}"}
    assert (await couch.ask("COPY", f"/db/a?rev={first}", headers=old)).status == 201
    assert (await couch.get("/db/b%2Fc")).json["v"] == 1


@pytest.mark.parametrize(
    ("path", "where", "error"),
    [
        ("a", None, (400, "bad_request", "Destination header is mandatory for COPY.")),
        ("a", "http://x/y", (400, "bad_request", "Destination URL must be relative.")),
        ("a", "a", CONFLICT),
        ("a", "b?rev=bad", BAD_REV),
        ("a", "b?rev=1-x", CONFLICT),
        ("none", "b", MISSING),
        ("a?rev=1-none", "b", MISSING),
        (
            "a",
            "_b",
            (400, "illegal_docid", "Only reserved document ids may start with underscore."),
        ),
        ("a", "%zz", (400, "bad_request", "invalid_url_encoding")),
    ],
)
async def test_copies_that_cannot_be(
    couch: Caller, path: str, where: str | None, error: tuple[int, str, str]
) -> None:
    await couch.put("/db/a", {})
    headers = {} if where is None else {"Destination": where}
    assert (await couch.ask("COPY", f"/db/{path}", headers=headers)).error == error


async def test_copying_takes_the_attachments_along(couch: Caller) -> None:
    files = {"f.txt": {"content_type": "text/plain", "data": "aGVsbG8="}}
    await couch.put("/db/a", {"_attachments": files})
    await couch.ask("COPY", "/db/a", headers={"Destination": "b"})
    copied = await couch.get("/db/b?attachments=true", Accept="application/json")
    assert copied.json["_attachments"]["f.txt"]["data"] == "aGVsbG8="


async def test_revisions_conflicts_and_all_about_them(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1, "v": 1})
    await couch.graft({"_id": "a", "_revisions": {"start": 2, "ids": ["b" * 32, "a" * 32]}, "v": 2})
    await couch.graft({"_id": "a", "_revisions": {"start": 2, "ids": ["c" * 32, "a" * 32]}, "v": 3})
    stone = {"start": 2, "ids": ["9" * 32, "a" * 32]}
    await couch.graft({"_id": "a", "_revisions": stone, "_deleted": True})
    winner = {"_id": "a", "_rev": "2-" + "c" * 32, "v": 3}
    assert (await couch.get("/db/a")).json == winner
    chain = {"start": 2, "ids": ["c" * 32, "a" * 32]}
    assert (await couch.get("/db/a?revs=true")).json == {**winner, "_revisions": chain}
    assert (await couch.get("/db/a?conflicts=true")).json == {**winner, "_conflicts": [R2]}
    gone = {"_deleted_conflicts": ["2-" + "9" * 32]}
    assert (await couch.get("/db/a?deleted_conflicts=true")).json == {**winner, **gone}
    info = [
        {"rev": "2-" + "c" * 32, "status": "available"},
        {"rev": R1, "status": "available"},
    ]
    assert (await couch.get("/db/a?revs_info=true")).json == {**winner, "_revs_info": info}
    meta = await couch.get("/db/a?meta=true")
    assert meta.json == {**winner, **gone, "_revs_info": info, "_conflicts": [R2]}
    assert "etag" not in meta.headers
    assert (await couch.get("/db/a?local_seq=true")).json == {**winner, "_local_seq": 4}
    assert (await couch.get(f"/db/a?rev={R2}")).json == {"_id": "a", "_rev": R2, "v": 2}
    old = await couch.get(f"/db/a?rev={R1}")
    assert (old.json, old.headers["etag"]) == ({"_id": "a", "_rev": R1, "v": 1}, f'"{R1}"')
    assert (await couch.get(f"/db/a?rev={R1}&latest=true")).json == winner
    assert (await couch.get(f"/db/a?rev={R2}&latest=true")).json["_rev"] == R2
    assert (await couch.get("/db/a?rev=5-none")).error == MISSING
    assert (await couch.get("/db/a?rev=0-1")).error == MISSING
    assert (await couch.get("/db/a?rev=bad")).error == BAD_REV
    assert (await couch.get("/db/none?rev=1-x")).error == MISSING
    assert (await couch.get("/db/none?revs_info=true")).error == MISSING


async def test_open_revs(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1, "v": 1})
    await couch.graft({"_id": "a", "_revisions": {"start": 2, "ids": ["b" * 32, "a" * 32]}, "v": 2})
    stone = {"start": 2, "ids": ["9" * 32, "a" * 32]}
    await couch.graft({"_id": "a", "_revisions": stone, "_deleted": True})
    json = {"Accept": "application/json"}
    couch.headers |= json
    answer = await couch.get("/db/a?open_revs=all")
    assert answer.json == [
        {"ok": {"_id": "a", "_rev": R2, "v": 2}},
        {"ok": {"_id": "a", "_rev": "2-" + "9" * 32, "_deleted": True}},
    ]
    asked = orjson.dumps([R1, R2, "4-none"]).decode()
    answer = await couch.get(f"/db/a?open_revs={asked}")
    assert [list(row) for row in answer.json] == [["ok"], ["ok"], ["missing"]]
    answer = await couch.get(f'/db/a?open_revs=["{R1}"]&latest=true&revs=true')
    assert [row["ok"]["_rev"] for row in answer.json] == [R2, "2-" + "9" * 32]
    assert answer.json[0]["ok"]["_revisions"] == {"start": 2, "ids": ["b" * 32, "a" * 32]}
    assert (await couch.get("/db/a?open_revs=[]")).json["_rev"] == R2
    assert (await couch.get("/db/none?open_revs=all")).error == MISSING
    assert (await couch.get('/db/none?open_revs=["1-x"]')).json == [{"missing": "1-x"}]
    malformed = {
        "bad": "invalid UTF-8 JSON",
        "5": "Invalid list of revisions",
        '["x"]': "Invalid rev format",
        "[5]": "Invalid rev format",
        "": "invalid UTF-8 JSON",
    }
    for bad, reason in malformed.items():
        answer = await couch.get(f"/db/a?open_revs={bad}")
        assert answer.error == (400, "bad_request", reason), bad


async def test_the_winner_is_the_same_whatever_came_first(couch: Caller) -> None:
    docs = [{"_id": "a", "_rev": rev} for rev in (R3, R2, R1, "3-" + "9" * 32)]
    await couch.graft(*docs)
    await couch.graft(*({**doc, "_id": "b"} for doc in reversed(docs)))
    for name in ("a", "b"):
        shown = (await couch.get(f"/db/{name}?conflicts=true")).json
        assert shown["_rev"] == R3
        assert shown["_conflicts"] == ["3-" + "9" * 32, R2, R1]
