"""Cross-site requests: no other site's page changes or reads anything. Guard: server/origin.py."""

from __future__ import annotations

import re

import pytest
from starlette.routing import Route

from server.origin import SAFE
from server.routes import all_routes
from tests.server.town import SCHOOL, Town, credentials

FORMS = ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "")
"""What a form of another site can send without asking first."""


def changing() -> list[tuple[str, str]]:
    """Every method and address that may change something; of any method, those it could be."""
    found: list[tuple[str, str]] = []
    for route in all_routes():
        assert isinstance(route, Route)
        path = re.sub(r"\{\w+(:path)?\}", "x", route.path.replace("{school}", SCHOOL))
        methods = route.methods or {"GET", "POST", "PUT", "DELETE", "COPY"}
        found += [(method, path) for method in sorted(methods - SAFE)]
    return found


@pytest.mark.parametrize(("method", "path"), changing())
async def test_no_other_sites_page_changes_anything(place: Town, method: str, path: str) -> None:
    async with place.visit("olu") as browser:
        for headers in (
            {"Origin": "https://elsewhere.test"},
            {"Origin": "null"},
            {"Sec-Fetch-Site": "cross-site"},
            {"Sec-Fetch-Site": "same-site", "Origin": "http://tidemark.test"},
        ):
            answer = await browser.request(method, path, json={}, headers=headers)
            assert answer.status_code == 403, (headers, answer.text)
            body = answer.json()
            assert "cross_site" in {body.get("code"), body.get("error")}


async def test_no_other_sites_page_reads_anything(place: Town) -> None:
    async with place.visit() as browser:
        for path in ("/", "/session", f"/db/{SCHOOL}/", f"/db/{SCHOOL}/_changes"):
            answer = await browser.get(path, headers={"Origin": "https://elsewhere.test"})
            allowed = [name for name in answer.headers if name.startswith("access-control")]
            assert allowed == [], path
            assert answer.headers["cross-origin-resource-policy"] == "same-origin"
            asked = await browser.options(path, headers={"Origin": "https://elsewhere.test"})
            assert asked.status_code == 405


@pytest.mark.parametrize("kind", FORMS)
async def test_nothing_is_read_from_what_a_form_can_send(place: Town, kind: str) -> None:
    body = b'{"username": "tess", "password": "a fictional password", "docs": [], "x": "="}'
    async with place.visit() as browser:
        for path in ("/session", *(f"/db/{SCHOOL}/{n}" for n in ("_bulk_docs", "_sync"))):
            answer = await browser.post(path, content=body, headers={"Content-Type": kind})
            assert answer.status_code == 415, (path, answer.text)


async def test_the_cookie_goes_to_no_other_site_and_no_script(place: Town) -> None:
    async with place.browser() as browser:
        answer = await browser.post("https://tidemark.test/session", json=credentials("tess"))
    (cookie,) = answer.headers.get_list("set-cookie")
    flags = {flag.strip().lower() for flag in cookie.split(";")[1:]}
    assert {"httponly", "samesite=strict", "secure", "path=/"} <= flags
    assert not [flag for flag in flags if flag.startswith("domain")]
