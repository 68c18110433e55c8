"""Stock PouchDB in a real Chromium: from another site with the bare endpoint, and with a school."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import Any

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from schemas.canonical import GENESIS
from schemas.entry import make_entry
from sync.clock import instant
from tests.browser.demonstration import Demonstration, Person, filled
from tests.browser.devices import QUIRKS
from tests.browser.servers import TODAY, Server
from tests.interop.pouchdb import NodePouch, PagePouch, until
from tests.interop.servers import Couch
from tests.interop.zoo import attached, branch, edits, grafts

OPENED = "09:02"
ENTER = """
async ([username, password]) => {
  const headers = { "Content-Type": "application/json" };
  const body = JSON.stringify({ username, password });
  return (await fetch("/session", { method: "POST", headers, body })).json();
}
"""


@pytest.fixture(scope="module")
def chromium(chromium_path: str) -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium_path, chromium_sandbox=False, args=QUIRKS
        )
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A page of a browser with nothing in its store."""
    context = chromium.new_context()
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def demonstration() -> Demonstration:
    return filled()


@pytest.fixture(scope="module")
def school(
    demonstration: Demonstration, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Server]:
    """The demonstration's server. A fault in its log fails the test."""
    place = tmp_path_factory.mktemp("school")
    one = Server(demonstration.copy(place / "data"), OPENED, place).start()
    try:
        yield one
    finally:
        one.stop()
    assert one.faults() == []


def test_a_page_of_another_site_keeps_a_database_in_step_with_the_bare_endpoint(
    page: Page, origin: str, couch: Couch, pouch: NodePouch, name: str
) -> None:
    page.goto(origin)
    inside, here = PagePouch(page), f"{couch.url}/{name}"
    pouch("write", here, edits())
    pouch("graft", here, grafts())
    assert inside("replicate", here, name)["failed"] == 0
    leaves = pouch("leaves", here)
    assert inside("leaves", name) == leaves
    inside("start", name, here)
    inside("write", name, [{"_id": "from the page/ü", "_attachments": attached()}])
    inside("graft", name, [branch("two leaves", "da", v="from the page")])
    pouch("write", here, [{"_id": "from elsewhere", "v": 1}])
    until(
        lambda: (inside("leaves", name), pouch("leaves", here)),
        lambda both: both[0] == both[1] and len(both[0]) == len(leaves) + 3,
        "the same leaves on both sides, with three new ones",
    )
    inside("stop", name, here)


def test_a_page_of_a_site_that_was_not_named_gets_nothing(
    page: Page, origin: str, couch: Couch, pouch: NodePouch, name: str
) -> None:
    here = f"{couch.url}/{name}"
    pouch("write", here, [{"_id": "a"}])
    page.goto(origin.replace("127.0.0.1", "localhost"))
    refused = page.evaluate("(url) => fetch(url).then(() => false, () => true)", couch.url)
    assert refused is True
    page.goto(origin)
    assert PagePouch(page)("read", here, "a")["_id"] == "a"


def test_a_person_pulls_what_they_may_see_of_a_school_and_pushes_an_entry(
    page: Page, school: Server, demonstration: Demonstration, name: str
) -> None:
    tutor = demonstration.tutor
    page.goto(school.address)
    me = page.evaluate(ENTER, [tutor.username, tutor.password])
    inside, there = PagePouch(page), f"{school.address}/db/{demonstration.school}"
    pulled = inside("replicate", there, name)
    assert (pulled["failed"], pulled["errors"]) == (0, [])
    leaves = inside("leaves", name)
    assert len(leaves) == pulled["written"] > 0
    assert leaves == inside("leaves", there)
    seen = {leaf["id"]: (leaf["rev"], leaf["body"]) for leaf in leaves}
    assert seen == _all(school, tutor, demonstration.school)

    sheet = next(
        leaf
        for leaf in leaves
        if leaf["body"]["type"] == "sheet"
        and (leaf["body"]["date"], leaf["body"]["session"]) == (str(TODAY), "AM")
        and leaf["body"]["taker"] == me["person"]
    )
    pupil = sheet["body"]["rows"][0]["pupil"]
    entry = _register(sheet["body"], me, pupil, int(time.time() * 1000) + school.moved_ms)
    assert inside("graft", name, [entry]) == []
    pushed = inside("replicate", name, there)
    assert (pushed["written"], pushed["failed"], pushed["errors"]) == (1, 0, [])
    until(
        lambda: inside("replicate", there, name) and inside("read", name, sheet["id"]),
        lambda seen: seen["rows"][0]["cell"].get("code") == "/",
        "the pushed mark on the published sheet",
    )
    assert inside("replicate", name, there)["written"] == 0


def _all(server: Server, who: Person, school: str) -> dict[str, Any]:
    """Revision and body of every document that a person sees, as a listing has them."""
    with httpx2.Client(base_url=server.address) as browser:
        said = {"username": who.username, "password": who.password}
        assert browser.post("/session", json=said).status_code == 200
        rows = browser.get(f"/db/{school}/_all_docs?include_docs=true").json()["rows"]
    docs = [row["doc"] for row in rows]
    return {
        doc["_id"]: (
            doc["_rev"],
            {key: value for key, value in doc.items() if key not in {"_id", "_rev"}},
        )
        for doc in docs
    }


def _register(sheet: dict[str, Any], me: dict[str, Any], pupil: str, now: int) -> dict[str, Any]:
    """An entry that marks one pupil of a sheet as present, sealed as any program seals it."""
    body = {
        "kind": "register.taken",
        "author": me["person"],
        "role": me["role"],
        "device": f"dev-{uuid.uuid4().hex}",
        "written_at": instant(now),
        "clock": {"offset_ms": 0, "contact": None},
        "group": sheet["group"],
        "date": sheet["date"],
        "session": sheet["session"],
        "claims": [{"pupil": pupil, "code": "/", "observed_at": instant(now)}],
    }
    return make_entry(uuid.uuid4().hex, 1, GENESIS, uuid.uuid4().hex, body)
