"""Headers of every answer: what no browser may do with it, and what nobody on the way may keep.

Guards: server/headers.py, server/answers.py, server/visitor.py.
"""

from __future__ import annotations

import re
from typing import Any

import httpx2
import pytest
from starlette.routing import Route
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from server.assets import find_folder
from server.headers import PAGE_POLICY
from server.routes import all_routes
from tests.server.town import SCHOOL, Town, credentials, push, town

JSON = {"Content-Type": "application/json"}
PAGE = "<!doctype html><title>x</title>"
SCRIPT = "assets/index-abc.js"
ALWAYS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}


def addresses() -> list[tuple[str, str]]:
    """Every address of the server by a path in its place, with every method."""
    found: list[tuple[str, str]] = []
    for route in all_routes():
        assert isinstance(route, Route)
        path = re.sub(r"\{\w+(:path)?\}", "x", route.path.replace("{school}", SCHOOL))
        methods = set(route.methods or {"GET", "PUT", "COPY"}) | {"HEAD", "OPTIONS"}
        found += [(method, path) for method in sorted(methods)]
    return sorted(set(found))


def safe(answer: httpx2.Response) -> None:
    """What every answer carries."""
    headers = answer.headers
    for name, value in ALWAYS.items():
        assert headers.get_list(name) == [value], (answer.request.url, name)
    (policy,) = headers.get_list("content-security-policy")
    rules = dict(rule.strip().partition(" ")[::2] for rule in policy.split(";"))
    assert rules["default-src"] == "'none'"
    assert rules["frame-ancestors"] == "'none'"
    assert not re.search(r"unsafe|\*|https?:|blob:|filesystem:", policy), policy
    assert "server" not in headers
    assert "x-powered-by" not in headers
    if "json" not in headers.get("content-type", "text/html"):
        assert headers["x-frame-options"] == "DENY"
        assert headers["cross-origin-opener-policy"] == "same-origin"
        features = headers["permissions-policy"]
        for feature in ("camera", "geolocation", "microphone", "payment", "usb"):
            assert f"{feature}=()" in features
    for cookie in headers.get_list("set-cookie"):
        assert "; HttpOnly; SameSite=" in cookie


def kept_by_nobody(answer: httpx2.Response) -> None:
    """No browser and no proxy keeps an answer that is not a file of the app's."""
    assert answer.headers.get_list("cache-control") == ["no-store"], answer.request.url


@pytest.mark.parametrize(("method", "path"), addresses())
async def test_every_answer_is_safe_whoever_asks(method: str, path: str) -> None:
    async with town() as place, place.browser() as nobody, place.visit("olu") as office:
        for browser in (nobody, office):
            body = b"{}" if method in {"POST", "PUT"} else None
            answer = await browser.request(method, path, content=body, headers=JSON)
            safe(answer)
            is_file = path == "/x" or (path == "/sign-in" and answer.status_code == 405)
            if not is_file or answer.status_code >= 400:
                kept_by_nobody(answer)


async def test_refusals_of_every_layer_are_safe(place: Town) -> None:
    async with place.visit() as browser:
        for answer in (
            await browser.post("/session", content=b"{", headers={"Content-Type": "text/plain"}),
            await browser.post("/session", json={}, headers={"Origin": "https://elsewhere.test"}),
            await browser.request("TRACE", "/"),
            await browser.get("/db/sch-other/"),
            await browser.get("/%00"),
            await browser.get("/assets/none.js"),
            await push(browser, *([{}] * 2001)),
            await browser.get(f"/db/{SCHOOL}/_changes", params={"feed": "longpoll", "timeout": 1}),
        ):
            safe(answer)
            kept_by_nobody(answer)


@pytest.fixture
def app(tmp_path: Any) -> Any:
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text(PAGE)
    (tmp_path / SCRIPT).write_text("0")
    return tmp_path


async def test_the_apps_files_are_safe_also_unchanged_and_by_head(app: Any) -> None:
    async with town(static=app) as place, place.browser() as browser:
        for path in ("/", "/sign-in", f"/{SCRIPT}", "/registers/today"):
            page = {"Accept": "text/html"}
            whole = await browser.get(path, headers=page)
            assert whole.status_code == 200
            same = {**page, "If-None-Match": whole.headers["etag"]}
            unchanged = await browser.get(path, headers=same)
            assert unchanged.status_code == 304
            for answer in (whole, unchanged, await browser.head(path, headers=page)):
                safe(answer)
                assert answer.headers["content-security-policy"] == PAGE_POLICY
                assert "no-store" not in answer.headers["cache-control"]


async def test_https_is_remembered_also_behind_a_proxy_that_is_named() -> None:
    async with town() as place:
        for trusted, sent, remembered in (
            ("127.0.0.1", "https", True),
            ("127.0.0.1", "http", False),
            ("192.0.2.1", "https", False),
        ):
            app: Any = place.app
            behind: Any = ProxyHeadersMiddleware(app, trusted_hosts=trusted)
            transport = httpx2.ASGITransport(app=behind, client=("127.0.0.1", 1))
            headers = {"X-Forwarded-Proto": sent, "X-Forwarded-For": "198.51.100.7"}
            async with httpx2.AsyncClient(
                transport=transport, base_url="http://tidemark.test", headers=headers
            ) as browser:
                answer = await browser.post("/session", json=credentials("tess"))
                safe(answer)
                assert ("strict-transport-security" in answer.headers) is remembered
                assert ("; Secure" in answer.headers["set-cookie"]) is remembered


def test_the_page_may_run_and_load_nothing_but_its_own() -> None:
    rules = dict(rule.strip().partition(" ")[::2] for rule in PAGE_POLICY.split(";"))
    assert {name for name, value in rules.items() if value != "'none'"} == {
        *("script-src", "style-src", "img-src", "connect-src", "manifest-src", "worker-src"),
        "form-action",
    }
    assert rules.pop("img-src") == "'self' data:"
    assert set(rules.values()) == {"'self'", "'none'"}


_ADDRESS = re.compile(r"(?:https?:)?//((?:[a-z0-9-]+\.)+[a-z]{2,})", re.IGNORECASE)
_NAMES = {"www.w3.org"}
"""Names of XML's vocabularies, which are never asked for."""
_WORDS = {"bit.ly"}
"""Of a warning of the service worker's library, in its own words."""


def test_nothing_in_the_built_app_is_elsewhere() -> None:
    folder = find_folder(None)
    if folder is None:
        pytest.skip("the app was not built: `make build` does")
    texts = [
        one
        for one in folder.rglob("*")
        if one.suffix in {".js", ".css", ".html", ".webmanifest", ".svg"}
    ]
    assert {one.suffix for one in texts} >= {".js", ".css", ".html", ".webmanifest"}
    for file in texts:
        text = file.read_text("utf-8")
        named = set(_ADDRESS.findall(text)) - _NAMES
        assert named <= (_WORDS if file.name == "sw.js" else set()), file
    page = (folder / "index.html").read_text("utf-8")
    assert not re.search(r"<script(?![^>]*\bsrc=\"/)", page), "no script in the page itself"
    assert not re.search(r"<style|\bstyle=|\bon[a-z]+=|javascript:", page)
    assert set(re.findall(r"(?:src|href)=\"([^\"]*)\"", page)) == {
        one for one in re.findall(r"(?:src|href)=\"([^\"]*)\"", page) if re.match(r"/[^/]", one)
    }
