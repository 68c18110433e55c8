"""What PouchDB's own suite relies on and nothing else here says."""

from tests.server.couch.caller import Caller

LOCAL = (400, "bad_request", "_local documents do not accept attachments.")


async def test_bytes_in_an_edit_come_with_the_new_revision(couch: Caller) -> None:
    """A client edits what it read, and leaves the old ``revpos`` beside the new bytes."""
    one = {"content_type": "text/plain", "data": "b25l"}
    first = (await couch.put("/db/a", {"_attachments": {"one": one, "two": one}})).json["rev"]
    two = (await couch.get("/db/a")).json["_attachments"]["two"]
    changed = {"one": {**one, "data": "bmV3", "revpos": 1}, "two": two}
    answer = await couch.put("/db/a", {"_rev": first, "_attachments": changed})
    assert answer.status == 201
    shown = (await couch.get("/db/a")).json["_attachments"]
    assert {name: entry["revpos"] for name, entry in shown.items()} == {"one": 2, "two": 1}


async def test_local_documents_leave_attachments_out(couch: Caller) -> None:
    files = {"f": {"content_type": "text/plain", "data": "Zg=="}}
    answer = await couch.put("/db/_local/x", {"a": 1, "_attachments": files})
    assert (answer.status, answer.json["rev"]) == (201, "0-1")
    expected = {"_id": "_local/x", "_rev": "0-1", "a": 1}
    assert (await couch.get("/db/_local/x")).json == expected
    assert (await couch.get("/db/_local/x?attachments=true")).json == expected
    assert (await couch.get("/db/_local/x/f")).error == LOCAL
    rows = await couch.post(
        "/db/_bulk_docs", {"docs": [{"_id": "_local/y", "_attachments": files}]}
    )
    assert rows.json == [{"ok": True, "id": "_local/y", "rev": "0-1"}]


async def test_a_revision_may_be_a_number_alone(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": "1-", "v": 1})
    assert (await couch.get("/db/a")).json == {"_id": "a", "_rev": "1-", "v": 1}
    rev = (await couch.put("/db/a", {"_rev": "1-", "v": 2})).json["rev"]
    history = (await couch.get("/db/a?revs=true")).json["_revisions"]
    assert history == {"start": 2, "ids": [rev[2:], ""]}
    assert (await couch.get("/db/a?rev=1-")).json["v"] == 1
    await couch.graft({"_id": "a", "_rev": "1-x", "_deleted": True})
    assert (await couch.get("/db/a?open_revs=all", Accept="application/json")).status == 200
    missing = await couch.post("/db/_revs_diff", {"a": ["1-", "3-"]})
    assert missing.json == {"a": {"missing": ["3-"], "possible_ancestors": [rev, "1-x"]}}


async def test_empty_files_are_within_the_document_and_not_behind_it(couch: Caller) -> None:
    """CouchDB's replicator waits for ever for one that is to follow alone."""
    empty = {"content_type": "image/png", "data": ""}
    full = {"content_type": "image/png", "data": "Zg=="}
    await couch.put("/db/a", {"_attachments": {"empty": empty}})
    await couch.put("/db/b", {"_attachments": {"empty": empty, "full": full}})
    alone = await couch.get("/db/a?attachments=true", Accept="multipart/related")
    assert alone.headers["content-type"] == "application/json"
    assert alone.json["_attachments"]["empty"]["data"] == ""
    both = await couch.get("/db/b?attachments=true", Accept="multipart/related")
    assert both.headers["content-type"].startswith("multipart/related")
    assert (both.raw.count(b'"data":""'), both.raw.count(b'"follows":true')) == (1, 1)
    assert b'filename="full"' in both.raw
    assert b'filename="empty"' not in both.raw
    leaves = await couch.get("/db/a?open_revs=all", Accept="multipart/mixed")
    assert b'"data":""' in leaves.raw
    assert b"filename" not in leaves.raw
