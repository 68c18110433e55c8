"""The app's files: what a browser may keep, what it gets packed, and what it never gets."""

from __future__ import annotations

import gzip
from collections.abc import AsyncIterator
from pathlib import Path

import httpx2
import pytest

from server.assets import Assets, find_folder
from server.headers import PAGE_POLICY
from tests.server.town import town

PAGE = b"<!doctype html><title>Tidemark</title>" + b"<p>x</p>" * 100


def build(folder: Path) -> None:
    (folder / "assets").mkdir(parents=True)
    (folder / ".vite").mkdir()
    (folder / "index.html").write_bytes(PAGE)
    (folder / "sw.js").write_text("self.x = 1;" * 100)
    (folder / "manifest.webmanifest").write_text("{}")
    (folder / "assets" / "index-8jkKjvfx.js").write_text("export const x = 1;" * 100)
    (folder / "assets" / "logo.png").write_bytes(b"\x89PNG" + bytes(1000))
    (folder / ".vite" / "manifest.json").write_text("{}")
    (folder.parent / "secret.txt").write_text("secret")
    (folder / "link.txt").symlink_to(folder.parent / "secret.txt")


@pytest.fixture
async def browser(tmp_path: Path) -> AsyncIterator[httpx2.AsyncClient]:
    folder = tmp_path / "dist"
    build(folder)
    async with town(static=folder) as place, place.browser() as one:
        yield one


HTML = {"Accept": "text/html,*/*"}


async def test_the_page_is_asked_about_each_time(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/")
    assert answer.content == PAGE
    assert answer.headers["cache-control"] == "no-cache"
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    same = await browser.get("/", headers={"If-None-Match": f"W/{answer.headers['etag']}"})
    assert (same.status_code, same.content) == (304, b"")
    assert same.headers["etag"] == answer.headers["etag"]


async def test_files_named_by_their_content_are_kept_for_good(browser: httpx2.AsyncClient) -> None:
    answer = await browser.get("/assets/index-8jkKjvfx.js")
    assert "immutable" in answer.headers["cache-control"]
    assert answer.headers["content-type"].startswith("text/javascript")


@pytest.mark.parametrize("path", ["/sw.js", "/index.html", "/manifest.webmanifest"])
async def test_what_keeps_its_name_is_never_kept_unasked(
    browser: httpx2.AsyncClient, path: str
) -> None:
    answer = await browser.get(path)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-cache"


async def test_text_goes_out_packed_to_who_takes_it(browser: httpx2.AsyncClient) -> None:
    for wanted, packing in (("gzip, br", "gzip"), ("identity", None)):
        request = browser.build_request("GET", "/sw.js", headers={"Accept-Encoding": wanted})
        answer = await browser.send(request, stream=True)
        raw = b"".join([part async for part in answer.aiter_raw()])
        assert answer.headers.get("content-encoding") == packing
        assert answer.headers["vary"] == "Accept-Encoding"
        assert (gzip.decompress(raw) if packing else raw) == b"self.x = 1;" * 100
        await answer.aclose()
    assert "content-encoding" not in (await browser.get("/assets/logo.png")).headers


async def test_every_address_of_the_app_gets_its_page(browser: httpx2.AsyncClient) -> None:
    for path in ("/fire", "/register/2026-11-23/AM/form-1", "/office/late"):
        answer = await browser.get(path, headers=HTML)
        assert (answer.status_code, answer.content) == (200, PAGE)


@pytest.mark.parametrize("path", ["/fire", "/assets/gone-1234.js", "/icons/gone.png", "/nope.js"])
async def test_a_file_that_is_missing_is_not_the_page(
    browser: httpx2.AsyncClient, path: str
) -> None:
    answer = await browser.get(path, headers={"Accept": "*/*"})
    assert answer.status_code == 404


@pytest.mark.parametrize("path", ["/assets/gone-1234.js", "/db/"])
async def test_not_even_for_a_browser(browser: httpx2.AsyncClient, path: str) -> None:
    assert (await browser.get(path, headers=HTML)).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/.vite/manifest.json",
        "/..%2fsecret.txt",
        "/assets/..%2f..%2fsecret.txt",
        "/%2fetc%2fpasswd",
        "/link.txt",
        "/assets",
        "/sw.js%00",
        "/sw.js/",
        "/..%5csecret.txt",
        "/" + "x" * 5000,
    ],
)
async def test_nothing_outside_the_folder_is_served(browser: httpx2.AsyncClient, path: str) -> None:
    answer = await browser.get(path, headers={"Accept": "*/*"})
    assert answer.status_code == 404
    assert "secret" not in answer.text


async def test_head_tells_the_length_and_sends_nothing(browser: httpx2.AsyncClient) -> None:
    headers = {"Accept-Encoding": "identity"}
    answer = await browser.head("/sw.js", headers=headers)
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["content-length"] == str(len(b"self.x = 1;" * 100))


async def test_a_file_built_anew_is_served_anew(
    browser: httpx2.AsyncClient, tmp_path: Path
) -> None:
    before = (await browser.get("/")).headers["etag"]
    (tmp_path / "dist" / "index.html").write_bytes(PAGE + b"new")
    after = await browser.get("/")
    assert after.content.endswith(b"new")
    assert after.headers["etag"] != before


async def test_the_page_runs_nothing_but_its_own(browser: httpx2.AsyncClient) -> None:
    for path in ("/", "/sw.js", "/assets/index-8jkKjvfx.js"):
        headers = (await browser.get(path)).headers
        assert headers["content-security-policy"] == PAGE_POLICY
        assert headers["cross-origin-opener-policy"] == "same-origin"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"
        assert "camera=()" in headers["permissions-policy"]
    assert "unsafe" not in PAGE_POLICY
    assert "default-src 'none'" in PAGE_POLICY


async def test_without_a_built_app_the_page_says_what_to_do(tmp_path: Path) -> None:
    async with town(static=tmp_path / "nothing") as place, place.browser() as one:
        answer = await one.get("/", headers=HTML)
        assert answer.status_code == 503
        assert "make build" in answer.text
        assert (await one.get("/healthz")).status_code == 200
    assert not Assets(None).built
    assert Assets(None).find("index.html") is None


def test_the_folder_is_the_named_one_or_the_one_that_came_along(tmp_path: Path) -> None:
    folder = tmp_path / "dist"
    assert find_folder(folder) is None
    build(folder)
    assert find_folder(folder) == folder
