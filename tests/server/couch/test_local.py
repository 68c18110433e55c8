"""Local documents: checked against nothing, replicated nowhere."""

import pytest

from tests.server.couch.caller import R1, Caller

MISSING = (404, "not_found", "missing")
BAD_REV = (400, "bad_request", "Invalid rev format")
NO_FILES = (400, "bad_request", "_local documents do not accept attachments.")


async def test_put_get_and_delete(couch: Caller) -> None:
    assert (await couch.get("/db/_local/a")).error == MISSING
    put = await couch.put("/db/_local/a", {"v": 1})
    assert (put.status, put.json) == (201, {"ok": True, "id": "_local/a", "rev": "0-1"})
    got = await couch.get("/db/_local/a")
    assert got.json == {"_id": "_local/a", "_rev": "0-1", "v": 1}
    assert got.headers["etag"] == put.headers["etag"]
    gone = await couch.delete("/db/_local/a")
    assert (gone.status, gone.json) == (200, {"ok": True, "id": "_local/a", "rev": "0-0"})
    assert (await couch.get("/db/_local/a")).error == MISSING
    assert (await couch.delete("/db/_local/a")).error == MISSING


async def test_revisions_count_from_what_is_said(couch: Caller) -> None:
    asked = [
        ({}, "0-1"),
        ({}, "0-1"),
        ({"_rev": "0-1"}, "0-2"),
        ({"_rev": "0-41"}, "0-42"),
        ({"_rev": "0-1"}, "0-2"),
    ]
    for body, rev in asked:
        assert (await couch.put("/db/_local/a", body)).json["rev"] == rev
        assert (await couch.get("/db/_local/a")).json["_rev"] == rev
    assert (await couch.put("/db/_local/a?rev=0-7", {})).json["rev"] == "0-8"
    assert (await couch.delete("/db/_local/a?rev=0-999")).status == 200


@pytest.mark.parametrize("rev", ["1-1", "0-x", "0-", "bad", 5, None, R1, "0-²"])
async def test_revisions_that_are_none(couch: Caller, rev: object) -> None:
    assert (await couch.put("/db/_local/a", {"_rev": rev})).error == BAD_REV


async def test_an_etag_goes_by_the_content(couch: Caller) -> None:
    first = (await couch.put("/db/_local/a", {"v": 1})).headers["etag"]
    again = (await couch.put("/db/_local/a", {"v": 1})).headers["etag"]
    other = (await couch.put("/db/_local/a", {"v": 2})).headers["etag"]
    assert first == again
    assert first != other


async def test_the_slash_may_be_encoded(couch: Caller) -> None:
    put = await couch.put("/db/_local%2Fa", {"v": 1})
    assert put.json["id"] == "_local/a"
    assert put.headers["location"] == "http://couch.test/db/_local%2Fa"
    assert (await couch.get("/db/_local/a")).json["v"] == 1
    assert (await couch.put("/db/_local/b%2Fc", {})).json["id"] == "_local/b/c"
    assert (await couch.get("/db/_local%2Fb%2Fc")).status == 200


async def test_names_that_are_none(couch: Caller) -> None:
    invalid = (400, "bad_request", "Invalid _local document id.")
    for path in ("/db/_local", "/db/_local/", "/db/_local%2F"):
        assert (await couch.get(path)).error == invalid
    utf8 = (400, "illegal_docid", "Document id must be valid UTF-8")
    assert (await couch.put("/db/_local/%ff", {})).error == utf8
    assert (await couch.get("/db/_localx")).error == MISSING


async def test_no_attachments(couch: Caller) -> None:
    assert (await couch.get("/db/_local/a/file")).error == NO_FILES
    assert (await couch.put("/db/_local/a/file", b"x")).error == NO_FILES
    files = {"f": {"data": ""}}
    assert (await couch.put("/db/_local/a", {"_attachments": files, "v": 1})).status == 201
    assert (await couch.get("/db/_local/a")).json == {"_id": "_local/a", "_rev": "0-1", "v": 1}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        (b"{", (400, "bad_request", "invalid UTF-8 JSON")),
        ([], (400, "bad_request", "Document must be a JSON object")),
        ({"_x": 1}, (400, "doc_validation", "Bad special document member: _x")),
    ],
)
async def test_bodies_that_are_none(
    couch: Caller, body: object, error: tuple[int, str, str]
) -> None:
    assert (await couch.put("/db/_local/a", body)).error == error


async def test_deleting_by_put(couch: Caller) -> None:
    await couch.put("/db/_local/a", {"v": 1})
    answer = await couch.put("/db/_local/a", {"_deleted": True})
    assert (answer.status, answer.json["rev"]) == (200, "0-0")
    assert (await couch.get("/db/_local/a")).error == MISSING


async def test_they_have_no_revisions_to_ask_for(couch: Caller) -> None:
    await couch.put("/db/_local/a", {"v": 1})
    assert (await couch.get("/db/_local/a?rev=0-1")).error == MISSING
    assert (await couch.get("/db/_local/a?open_revs=all")).error == MISSING
    shown = (await couch.get("/db/_local/a?revs=true&conflicts=true")).json
    assert shown["_revisions"] == {"start": 0, "ids": ["1"]}


async def test_they_are_in_no_list_count_or_feed(couch: Caller) -> None:
    await couch.put("/db/_local/a", {})
    info = (await couch.get("/db")).json
    assert info["doc_count"] == 0
    assert info["update_seq"].startswith("0-")
    assert (await couch.get("/db/_all_docs")).json["rows"] == []


async def test_copied_to_a_document(couch: Caller) -> None:
    await couch.put("/db/_local/a", {"v": 1})
    answer = await couch.ask("COPY", "/db/_local/a", headers={"Destination": "b"})
    assert answer.status == 201
    assert (await couch.get("/db/b")).json["v"] == 1
    answer = await couch.ask("COPY", "/db/_local/none", headers={"Destination": "c"})
    assert answer.error == MISSING


async def test_a_form_posted_to_one_is_not_offered(couch: Caller) -> None:
    answer = await couch.post("/db/_local/a", {})
    assert answer.error == (400, "bad_request", "Referer header required.")
