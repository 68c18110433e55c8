"""Databases: made, shown and deleted, and what an administrator does to one."""

import pytest

from sync.store import Store
from tests.server.couch.caller import R1, R2, Caller

OK = {"ok": True}


@pytest.mark.parametrize("path", ["/new", "/new/", "/new//"])
async def test_created_shown_and_deleted_with_or_without_a_slash(couch: Caller, path: str) -> None:
    assert (await couch.get(path)).error == (404, "not_found", "Database does not exist.")
    answer = await couch.put(path)
    assert (answer.status, answer.json) == (201, OK)
    assert answer.headers["location"] == "http://couch.test/new"
    again = await couch.put(path)
    reason = "The database could not be created, the file already exists."
    assert again.error == (412, "file_exists", reason)
    assert (await couch.ask("HEAD", path)).status == 200
    assert (await couch.get(path)).json["db_name"] == "new"
    answer = await couch.delete(path)
    assert (answer.status, answer.json) == (200, OK)
    assert (await couch.delete(path)).error == (404, "not_found", "Database does not exist.")


async def test_info_counts_what_is_there(couch: Caller) -> None:
    empty = (await couch.get("/db")).json
    assert (empty["doc_count"], empty["doc_del_count"]) == (0, 0)
    assert empty["update_seq"].startswith("0-")
    await couch.save({"_id": "a"}, {"_id": "b"}, {"_id": "c", "_deleted": True})
    info = (await couch.get("/db")).json
    assert (info["doc_count"], info["doc_del_count"]) == (2, 1)
    assert info["update_seq"].startswith("3-")
    assert info["instance_start_time"] == empty["instance_start_time"]
    assert info["compact_running"] is False
    assert set(info["sizes"]) == {"file", "external", "active"}
    assert info["cluster"] == {"q": 1, "n": 1, "w": 1, "r": 1}


async def test_a_database_made_anew_is_another_instance(couch: Caller) -> None:
    before = (await couch.get("/db")).json
    await couch.delete("/db")
    await couch.put("/db")
    after = (await couch.get("/db")).json
    assert before["instance_start_time"] != after["instance_start_time"]
    assert before["update_seq"] != after["update_seq"]


async def test_names_with_a_slash(couch: Caller) -> None:
    assert (await couch.put("/a%2Fb")).status == 201
    assert (await couch.put("/a%2Fb/doc", {})).status == 201
    assert (await couch.get("/a%2Fb")).json["db_name"] == "a/b"


@pytest.mark.parametrize("name", ["Foo", "_foo", "1a", "a%20b", "%C3%A9", "a.b", "%ff"])
async def test_names_that_are_none(couch: Caller, name: str) -> None:
    answer = await couch.put(f"/{name}")
    assert (answer.status, answer.json["error"]) == (400, "illegal_database_name")
    assert (await couch.get(f"/{name}")).status == 404
    assert (await couch.delete(f"/{name}")).status == 404


async def test_a_name_that_is_too_long(couch: Caller) -> None:
    answer = await couch.put("/" + "a" * 500)
    assert (answer.status, answer.json["error"]) == (400, "database_name_too_long")


@pytest.mark.parametrize(
    ("query", "reason"),
    [
        ("q=0", "The `q` value should be a positive integer."),
        ("n=x", "The `n` value should be a positive integer."),
        ("partitioned=true", "Partitioned feature is not enabled."),
        ("partitioned=maybe", "Invalid `partitioned` parameter"),
    ],
)
async def test_parameters_of_a_cluster(couch: Caller, query: str, reason: str) -> None:
    assert (await couch.put(f"/new?{query}")).error == (400, "bad_request", reason)
    assert (await couch.put("/new?q=8&n=3&partitioned=false")).status == 201


async def test_a_deletion_with_a_revision_is_a_mistake(couch: Caller) -> None:
    answer = await couch.delete(f"/db?rev={R1}")
    assert (answer.status, answer.json["error"]) == (400, "bad_request")
    assert (await couch.get("/db")).status == 200


async def test_nothing_to_commit(couch: Caller) -> None:
    answer = await couch.post("/db/_ensure_full_commit")
    assert answer.status == 201
    started = (await couch.get("/db")).json["instance_start_time"]
    assert answer.json == {"ok": True, "instance_start_time": started}


async def test_compaction_drops_superseded_bodies(couch: Caller) -> None:
    await couch.graft({"_id": "a", "_rev": R1, "v": 1})
    history = {"start": 2, "ids": [R2[2:], R1[2:]]}
    await couch.graft({"_id": "a", "_revisions": history, "v": 2})
    assert (await couch.get(f"/db/a?rev={R1}")).json["v"] == 1
    answer = await couch.post("/db/_compact")
    assert (answer.status, answer.json) == (202, OK)
    assert (await couch.get(f"/db/a?rev={R1}")).error == (404, "not_found", "missing")
    assert (await couch.get("/db/a")).json["v"] == 2
    assert (await couch.get("/db")).json["compact_running"] is False


async def test_compaction_of_a_design_document_and_cleaning_up_have_nothing_to_do(
    couch: Caller,
) -> None:
    await couch.put("/db/_design/app", {})
    assert (await couch.post("/db/_compact/app")).status == 202
    assert (await couch.post("/db/_compact/none")).error == (404, "not_found", "missing")
    assert (await couch.post("/db/_view_cleanup")).status == 202


async def test_purge_forgets_leaves(couch: Caller) -> None:
    await couch.graft(
        {"_id": "a", "_rev": R1}, {"_id": "a", "_rev": "1-b"}, {"_id": "b", "_rev": R1}
    )
    body = {"a": ["1-b", "1-none"], "none": [R1], "b": ["0-1"]}
    answer = await couch.post("/db/_purge", body)
    assert answer.status == 201
    assert answer.json == {"purge_seq": None, "purged": {"a": ["1-b"], "none": [], "b": []}}
    assert (await couch.get("/db/a?conflicts=true")).json == {"_id": "a", "_rev": R1}
    await couch.post("/db/_purge", {"a": [R1]})
    assert (await couch.get("/db/a")).error == (404, "not_found", "missing")
    assert (await couch.get("/db")).json["doc_count"] == 1


@pytest.mark.parametrize("body", [[], {"a": "x"}, {"a": ["bad"]}, {"a": [5]}, b"{"])
async def test_purge_refuses_what_is_no_revisions(couch: Caller, body: object) -> None:
    answer = await couch.post("/db/_purge", body)
    assert (answer.status, answer.json["error"]) == (400, "bad_request")


async def test_purged_infos(couch: Caller) -> None:
    assert (await couch.get("/db/_purged_infos")).json == {"purged_infos": []}
    assert (await couch.get("/db/_purged_infos_limit")).json == 1000
    assert (await couch.put("/db/_purged_infos_limit", 5)).json == OK
    for bad in (0, "x", 1.5, True):
        answer = await couch.put("/db/_purged_infos_limit", bad)
        reason = "`purged_infos_limit` must be positive integer"
        assert answer.error == (400, "bad_request", reason)


async def test_security_is_kept_and_shown(couch: Caller) -> None:
    admin = {"roles": ["_admin"]}
    assert (await couch.get("/db/_security")).json == {"members": admin, "admins": admin}
    wanted = {"members": {"names": ["x"], "roles": []}, "more": 5}
    assert (await couch.put("/db/_security", wanted)).json == OK
    assert (await couch.get("/db/_security")).json == wanted


@pytest.mark.parametrize(
    "body",
    [[], 5, {"admins": 5}, {"admins": {"names": [5]}}, {"members": {"roles": "x"}}, b"x"],
)
async def test_security_that_is_none(couch: Caller, body: object) -> None:
    answer = await couch.put("/db/_security", body)
    assert (answer.status, answer.json["error"]) == (400, "bad_request")


async def test_revs_limit(couch: Caller) -> None:
    assert (await couch.get("/db/_revs_limit")).json == 1000
    assert (await couch.put("/db/_revs_limit", 2)).json == OK
    assert (await couch.get("/db/_revs_limit")).json == 2
    rev = None
    for count in range(4):
        body = {"n": count} if rev is None else {"n": count, "_rev": rev}
        rev = (await couch.put("/db/a", body)).json["rev"]
    shown = (await couch.get("/db/a?revs=true")).json["_revisions"]
    assert (shown["start"], len(shown["ids"])) == (4, 2)
    unfit: list[object] = [0, -1, "x", 1.5, True, None, []]
    for bad in unfit:
        answer = await couch.put("/db/_revs_limit", bad)
        assert (answer.status, answer.json["error"]) == (400, "bad_request"), bad


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "/db/_ensure_full_commit", "POST"),
        ("GET", "/db/_compact", "POST"),
        ("GET", "/db/_view_cleanup", "POST"),
        ("GET", "/db/_purge", "POST"),
        ("POST", "/db/_purged_infos", "GET"),
        ("POST", "/db/_purged_infos_limit", "GET,PUT"),
        ("POST", "/db/_security", "PUT,GET"),
        ("POST", "/db/_revs_limit", "PUT,GET"),
        ("GET", "/db/_bulk_docs", "POST"),
        ("GET", "/db/_bulk_get", "POST"),
        ("GET", "/db/_revs_diff", "POST"),
        ("GET", "/db/_missing_revs", "POST"),
        ("PUT", "/db/_all_docs", "GET,HEAD,POST"),
        ("GET", "/db/_all_docs/queries", "POST"),
        ("PATCH", "/db/doc", "DELETE,GET,HEAD,POST,PUT,COPY"),
        ("PATCH", "/db/_local/doc", "DELETE,GET,HEAD,POST,PUT,COPY"),
    ],
)
async def test_other_methods_are_refused(
    couch: Caller, method: str, path: str, allowed: str
) -> None:
    answer = await couch.ask(method, path)
    assert answer.error == (405, "method_not_allowed", f"Only {allowed} allowed")
    assert answer.headers["allow"] == allowed


POSTS = ("_ensure_full_commit", "_compact", "_purge", "_bulk_docs", "_bulk_get", "_revs_diff")


@pytest.mark.parametrize("name", [*POSTS, "_missing_revs", "_all_docs"])
async def test_a_body_says_that_it_is_json(couch: Caller, name: str) -> None:
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = await couch.ask("POST", f"/db/{name}", b"{}", {"Content-Type": kind})
        wanted = "Content-Type must be application/json"
        assert answer.error == (415, "bad_content_type", wanted)
    kind = "application/JSON; charset=utf-8"
    answer = await couch.ask("POST", f"/db/{name}", b"{}", {"Content-Type": kind})
    assert answer.status != 415


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/db/_find"),
        ("GET", "/db/_index"),
        ("DELETE", "/db/_index/a/json/b"),
        ("POST", "/db/_explain"),
        ("GET", "/db/_shards"),
        ("POST", "/db/_sync_shards"),
        ("GET", "/db/_design/app/_view/all"),
        ("GET", "/db/_design/app/_list/a/b"),
        ("GET", "/db/_design/app/_show/a"),
        ("PUT", "/db/_design/app/_update/a/b"),
        ("GET", "/db/_design/app/_rewrite/a"),
        ("GET", "/db/_design/app/_info"),
        ("GET", "/db/_local_docs"),
        ("POST", "/db/_local_docs/queries"),
    ],
)
async def test_what_is_not_offered_says_so(couch: Caller, method: str, path: str) -> None:
    await couch.put("/db/_design/app", {"views": {}})
    answer = await couch.ask(method, path)
    assert (answer.status, answer.json["error"]) == (501, "not_implemented")
    assert answer.json["reason"].endswith("not offered here; see docs/couchdb.md.")


async def test_functions_of_no_design_document(couch: Caller) -> None:
    answer = await couch.get("/db/_design/app/_view/all")
    assert answer.error == (404, "not_found", "missing")
    rev = (await couch.put("/db/_design/app", {})).json["rev"]
    await couch.delete(f"/db/_design/app?rev={rev}")
    answer = await couch.get("/db/_design/app/_view/all")
    assert answer.error == (404, "not_found", "deleted")


async def test_addresses_that_are_gone_or_for_others(couch: Caller) -> None:
    assert (await couch.post("/db/_temp_view")).status == 410
    assert (await couch.get("/db/_partition")).error == (
        400,
        "bad_request",
        "invalid_partition_req",
    )
    answer = await couch.get("/db/_partition/x/_all_docs")
    assert answer.error == (400, "bad_request", "database is not partitioned")
    assert (await couch.get("/db/_unknown")).error == (404, "not_found", "missing")
    assert (await couch.get("/db/_bulk_docs/x")).status == 404


async def test_a_database_deleted_behind_the_door_is_gone(couch: Caller, store: Store) -> None:
    assert (await couch.put("/db/a", {})).status == 201
    await store.delete("db")
    assert (await couch.get("/db/a")).error == (404, "not_found", "Database does not exist.")
    await store.create("db")
    assert (await couch.get("/db/a")).error == (404, "not_found", "missing")
