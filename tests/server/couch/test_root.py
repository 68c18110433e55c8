"""The server's own addresses."""

import pytest

from tests.server.couch.caller import NAME, PASSWORD, UUID, Caller

UNAUTHORIZED = (401, "unauthorized", "You are not a server admin.")


async def test_welcome_names_the_server_and_its_uuid(couch: Caller) -> None:
    answer = await couch.get("/")
    assert answer.status == 200
    assert answer.json["couchdb"] == "Welcome"
    assert answer.json["uuid"] == UUID
    assert answer.json["version"] == "3.5.2"
    assert answer.json["vendor"] == {"name": "Tidemark", "version": "1.2.3"}


@pytest.mark.parametrize("said", ["garbage", "Basic !!!", "Basic", "Bearer x", "Basic YQ=="])
@pytest.mark.parametrize("path", ["/", "/_up"])
async def test_welcome_and_up_answer_without_sign_in_and_to_malformed_credentials(
    couch: Caller, path: str, said: str
) -> None:
    couch.headers.clear()
    assert (await couch.get(path)).status == 200
    assert (await couch.get(path, Authorization=said)).status == 200


async def test_up(couch: Caller) -> None:
    answer = await couch.get("/_up")
    assert (answer.status, answer.json) == (200, {"status": "ok", "seeds": {}})


async def test_wrong_credentials_are_refused_everywhere(couch: Caller) -> None:
    for path in ("/", "/_up", "/_all_dbs", "/db", "/db/doc", "/_session"):
        answer = await couch.get(path, Authorization="Basic eDp5")
        assert answer.error == (401, "unauthorized", "Name or password is incorrect."), path


async def test_nothing_else_is_shown_without_sign_in(couch: Caller) -> None:
    couch.headers.clear()
    for path in ("/_all_dbs", "/_active_tasks", "/_dbs_info", "/_membership", "/_node/_local"):
        assert (await couch.get(path)).error == UNAUTHORIZED, path
    reason = "You are not authorized to access this db."
    for path in ("/db", "/nowhere", "/db/doc", "/db/_changes", "/db/_security"):
        assert (await couch.get(path)).error == (401, "unauthorized", reason), path
    assert (await couch.put("/new")).error == UNAUTHORIZED
    assert (await couch.delete("/db")).error == UNAUTHORIZED


async def test_all_dbs(couch: Caller) -> None:
    for name in ("a", "b", "c%2Fd"):
        assert (await couch.put(f"/{name}")).status == 201
    asked = {
        "": ["a", "b", "c/d", "db"],
        "?limit=2": ["a", "b"],
        "?limit=0": [],
        "?skip=1&limit=1": ["b"],
        "?descending=true": ["db", "c/d", "b", "a"],
        "?descending=true&limit=1": ["db"],
        '?startkey="b"': ["b", "c/d", "db"],
        '?start_key="b"&end_key="c"': ["b"],
        '?endkey="b"': ["a", "b"],
        '?endkey="b"&inclusive_end=false': ["a"],
        '?startkey="b"&endkey="a"&descending=true': ["b", "a"],
        '?startkey="b"&endkey="a"&descending=true&inclusive_end=false': ["b"],
        '?key="b"': ["b"],
        "?startkey=5": ["a", "b", "c/d", "db"],
        "?endkey=5": [],
    }
    for query, names in asked.items():
        answer = await couch.get(f"/_all_dbs{query}")
        assert (answer.status, answer.json) == (200, names), query


@pytest.mark.parametrize(
    ("query", "error", "reason"),
    [
        ("limit=x", "query_parse_error", 'Invalid value for integer: "x"'),
        ("limit=-1", "query_parse_error", 'Invalid value for positive integer: "-1"'),
        ("skip=1.5", "query_parse_error", 'Invalid value for integer: "1.5"'),
        ("descending=maybe", "query_parse_error", 'Invalid boolean parameter: "maybe"'),
        ("startkey=b", "bad_request", "invalid UTF-8 JSON"),
    ],
)
async def test_all_dbs_refuses_parameters_that_are_none(
    couch: Caller, query: str, error: str, reason: str
) -> None:
    assert (await couch.get(f"/_all_dbs?{query}")).error == (400, error, reason)


async def test_dbs_info(couch: Caller) -> None:
    answer = await couch.get("/_dbs_info")
    assert [row["key"] for row in answer.json] == ["db"]
    assert answer.json[0]["info"]["db_name"] == "db"
    answer = await couch.post("/_dbs_info", {"keys": ["db", "none", 5]})
    assert answer.json[1:] == [
        {"key": "none", "error": "not_found"},
        {"key": 5, "error": "not_found"},
    ]
    missing = (400, "bad_request", "`keys` member must exist.")
    assert (await couch.post("/_dbs_info")).error == missing
    assert (await couch.post("/_dbs_info", {"keys": 5})).status == 400
    many = await couch.post("/_dbs_info", {"keys": ["x"] * 101})
    assert many.error == (400, "bad_request", "too_many_keys")


async def test_uuids(couch: Caller) -> None:
    couch.headers.clear()
    assert len((await couch.get("/_uuids")).json["uuids"]) == 1
    uuids = (await couch.get("/_uuids?count=3")).json["uuids"]
    assert len(set(uuids)) == 3
    assert {len(one) for one in uuids} == {32}
    assert (await couch.get("/_uuids?count=0")).json == {"uuids": []}
    for count in ("x", "-1", "", "²"):
        reason = "count must be a positive integer"
        answer = await couch.get(f"/_uuids?count={count}")
        assert answer.error == (400, "bad_request", reason), count
    answer = await couch.get("/_uuids?count=1001")
    assert answer.error == (400, "bad_request", "count parameter too large")


async def test_harmless_addresses_that_others_ask_for(couch: Caller) -> None:
    assert (await couch.get("/_active_tasks")).json == []
    assert (await couch.get("/_membership")).json["all_nodes"] == ["nonode@nohost"]


async def test_what_is_not_offered_says_so(couch: Caller) -> None:
    for path in ("/_node/_local/_config", "/_scheduler/jobs", "/_utils", "/_cluster_setup"):
        answer = await couch.get(path)
        assert (answer.status, answer.json["error"]) == (501, "not_implemented"), path
        assert "not offered here" in answer.json["reason"]
    assert (await couch.post("/_replicate", {})).status == 501


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("POST", "/", "GET,HEAD"),
        ("POST", "/_up", "GET,HEAD"),
        ("POST", "/_all_dbs", "GET,HEAD"),
        ("POST", "/_uuids", "GET"),
        ("POST", "/_active_tasks", "GET,HEAD"),
        ("POST", "/_membership", "GET"),
        ("PUT", "/_dbs_info", "GET,HEAD,POST"),
        ("GET", "/_replicate", "POST"),
        ("PUT", "/_session", "GET,HEAD,POST,DELETE"),
        ("PATCH", "/db", "DELETE,GET,HEAD,POST"),
    ],
)
async def test_other_methods_are_refused_with_those_that_are_taken(
    couch: Caller, method: str, path: str, allowed: str
) -> None:
    answer = await couch.ask(method, path)
    assert answer.error == (405, "method_not_allowed", f"Only {allowed} allowed")
    assert answer.headers["allow"] == allowed


async def test_a_head_has_the_headers_of_a_get_and_no_body(couch: Caller) -> None:
    got, head = await couch.get("/"), await couch.ask("HEAD", "/")
    assert (head.status, head.raw) == (200, b"")
    assert head.headers["content-length"] == got.headers["content-length"] == str(len(got.raw))


async def test_answers_are_json_that_no_browser_reads_as_anything_else(couch: Caller) -> None:
    answer = await couch.get("/_all_dbs")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["cache-control"] == "must-revalidate"


async def test_signing_in_gives_a_cookie_that_signs_in(couch: Caller) -> None:
    couch.headers.clear()
    answer = await couch.post("/_session", {"name": NAME, "password": PASSWORD})
    assert answer.status == 200
    assert answer.json == {"ok": True, "name": NAME, "roles": ["_admin"]}
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("AuthSession=")
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    sealed = cookie.partition(";")[0]
    answer = await couch.get("/_session", Cookie=f"other=1; {sealed}")
    assert answer.json["userCtx"] == {"name": NAME, "roles": ["_admin"]}
    assert answer.json["info"]["authenticated"] == "cookie"
    assert "set-cookie" not in answer.headers
    assert (await couch.get("/_all_dbs", Cookie=sealed)).json == ["db"]


async def test_a_cookie_is_renewed_and_ends(couch: Caller) -> None:
    couch.headers.clear()
    signed = await couch.post("/_session", {"username": NAME, "password": PASSWORD})
    cookie = signed.headers["set-cookie"].partition(";")[0]
    couch.clock.ms += 61_000
    answer = await couch.get("/_all_dbs", Cookie=cookie)
    renewed = answer.headers["set-cookie"].partition(";")[0]
    assert renewed != cookie
    couch.clock.ms += 540_000
    assert (await couch.get("/_all_dbs", Cookie=cookie)).status == 401
    assert (await couch.get("/_all_dbs", Cookie=renewed)).status == 200


async def test_a_forged_cookie_signs_nobody_in(couch: Caller) -> None:
    couch.headers.clear()
    signed = await couch.post("/_session", {"name": NAME, "password": PASSWORD})
    cookie = signed.headers["set-cookie"].partition(";")[0]
    assert (await couch.get("/_all_dbs", Cookie=cookie[:-4] + "AAAA")).status == 401
    assert (await couch.get("/_all_dbs", Cookie="AuthSession=")).status == 401
    for bad in ("garbage!", "AAAA", "YTp4OmM"):
        answer = await couch.get("/_all_dbs", Cookie=f"AuthSession={bad}")
        reason = "Malformed AuthSession cookie. Please clear your cookies."
        assert answer.error == (400, "bad_request", reason), bad


async def test_session_tells_who_is_signed_in(couch: Caller) -> None:
    answer = await couch.get("/_session")
    assert answer.json["userCtx"] == {"name": NAME, "roles": ["_admin"]}
    assert answer.json["info"]["authenticated"] == "default"
    couch.headers.clear()
    answer = await couch.get("/_session")
    assert answer.json["userCtx"] == {"name": None, "roles": []}
    assert (await couch.get("/_session?basic=true")).error == (401, "unauthorized", "Please login.")


async def test_signing_in_by_a_form_and_signing_out(couch: Caller) -> None:
    couch.headers.clear()
    form = f"name={NAME}&password={PASSWORD.replace(' ', '+')}".encode()
    kind = "application/x-www-form-urlencoded"
    answer = await couch.ask("POST", "/_session", form, {"Content-Type": kind})
    assert answer.status == 200
    answer = await couch.delete("/_session")
    assert (answer.status, answer.json) == (200, {"ok": True})
    assert "AuthSession=;" in answer.headers["set-cookie"]


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({"name": NAME, "password": "x"}, "Name or password is incorrect."),
        ({"name": "x", "password": PASSWORD}, "Name or password is incorrect."),
        ({"name": NAME}, "Name or password is incorrect."),
        ({"name": NAME, "password": 5}, "Name or password is incorrect."),
        ({"name": f"{NAME}:", "password": PASSWORD}, "Name or password is incorrect."),
        ({}, "request body must contain a username"),
        ({"name": 5}, "request body must contain a username"),
        ({"name": "a", "username": "b"}, "request body contains different usernames"),
        ([], "Request body must be a JSON object"),
        (b"{", "invalid UTF-8 JSON"),
    ],
)
async def test_what_signs_nobody_in(couch: Caller, body: object, error: str) -> None:
    couch.headers.clear()
    answer = await couch.post("/_session", body)
    assert answer.status == (401 if "password" in error else 400)
    assert answer.json["reason"] == error
    assert "AuthSession=a" not in answer.headers.get("set-cookie", "")


async def test_signing_in_by_another_kind_of_body_is_refused(couch: Caller) -> None:
    answer = await couch.ask("POST", "/_session", b"x", {"Content-Type": "text/plain"})
    assert (answer.status, answer.json["error"]) == (415, "bad_content_type")
