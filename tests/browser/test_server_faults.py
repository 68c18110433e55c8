"""The server is killed, restored from an older copy, or gone for a while; tabs save all at once."""

import json
import re
import shutil
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Request, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration
from tests.browser.devices import Device
from tests.browser.screens import Register, dialog, go, settled, status
from tests.browser.servers import Server

OPENED = "08:53"
FORM = PRIMARY.shown
SHOWN = PRIMARY.forms.index(FORM)
COVERED = PRIMARY.forms[SHOWN : SHOWN + 3]
GONE = (
    r"net::ERR_(CONNECTION_(REFUSED|RESET|CLOSED|ABORTED|FAILED)|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE"
    r"|CONTENT_LENGTH_MISMATCH|INCOMPLETE_CHUNKED_ENCODING|FAILED|TIMED_OUT)"
)
"""All the ways in which Chromium says that the server went away under a request."""
SOON_MS = 30_000
"""A tablet tries again after some seconds; longer each time."""


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path) -> Iterator[Server]:
    """A server of each test's own: they kill it."""
    with running(demonstration, OPENED, tmp_path) as one:
        yield one


def _take(page: Page, form: str, session: str = "morning") -> Register:
    """Mark everybody of a register as present, up to the tap on Save."""
    go(page, "Today")
    register = Register.of(page, form, session)
    names = register.names()
    for name in register.planned():
        register.mark(name, "Here")
    register.fill()
    register.expect_totals(here=len(names))
    return register


def _mark(page: Page, form: str, row: int, word: str) -> str:
    go(page, "Today")
    register = Register.of(page, form)
    name = register.unplanned()[row]
    register.mark(name, word)
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    expect(register.bar.get_by_role("button", name=re.compile("^Save$"))).to_be_visible()
    return name


def _let_it_go(*devices: Device) -> None:
    """The browser says on its console that the server is gone."""
    for device in devices:
        device.watch.expect(GONE)


def test_a_server_killed_after_it_acknowledged_has_everything_and_tablets_carry_on(
    room: Room, server: Server, demonstration: Demonstration
) -> None:
    tablet = room.signed_in(demonstration.tutor)
    office = room.signed_in(demonstration.officer)
    _let_it_go(tablet, office)
    page = tablet.page
    here = _mark(page, FORM, 0, "Here")
    expect(status(page)).to_contain_text("Your entry is received")
    server.kill()
    away = _mark(page, FORM, 1, "Not here")
    expect(status(page)).to_contain_text("1 entry waits")
    server.start()
    expect(status(page)).to_contain_text("All 2 entries received", timeout=SOON_MS)
    go(office.page, "Today")
    card = office.page.get_by_role("article").filter(has_text=f"{FORM} morning")
    expect(card).to_contain_text("1 here, 1 not here", timeout=SOON_MS)
    Register.of(office.page, FORM).expect_mark(here, "Here")
    fresh = Register.of(room.signed_in(demonstration.cover).page, FORM)
    fresh.expect_mark(here, "Here")
    fresh.expect_mark(away, "Not here")


def test_a_server_killed_again_and_again_while_tablets_save_loses_nothing(
    room: Room, server: Server, demonstration: Demonstration
) -> None:
    tablet = room.signed_in(demonstration.tutor)
    _let_it_go(tablet)
    page = tablet.page
    words = ["Here", "Not here", "Here"]
    names = []
    for row, word in enumerate(words):
        names.append(_mark(page, FORM, row, word))
        server.kill()
        server.start()
    expect(status(page)).to_contain_text("All 3 entries received", timeout=SOON_MS)
    fresh = Register.of(room.signed_in(demonstration.cover).page, FORM)
    for name, word in zip(names, words, strict=True):
        fresh.expect_mark(name, word)


def test_a_server_restored_from_an_older_copy_gets_everything_back(
    room: Room, server: Server, demonstration: Demonstration, tmp_path: Path
) -> None:
    tutor, cover = room.signed_in(demonstration.tutor), room.signed_in(demonstration.cover)
    office = room.signed_in(demonstration.officer)
    _let_it_go(tutor, cover, office)
    server.stop()
    backup = Path(shutil.copytree(server.folder, tmp_path / "backup"))
    server.start()
    names = [_mark(tutor.page, FORM, row, "Not here") for row in range(2)]
    expect(status(tutor.page)).to_contain_text("All 2 entries received", timeout=SOON_MS)
    other = _mark(cover.page, COVERED[1], 0, "Here")
    expect(status(cover.page)).to_contain_text("Your entry is received", timeout=SOON_MS)
    server.kill()
    shutil.rmtree(server.folder)
    backup.rename(server.folder)
    server.start()
    new = room.signed_in(demonstration.officer)
    for device in (office, new, cover):
        go(device.page, "Today")
        for form, words, marks in (
            (FORM, "0 here, 2 not here", dict.fromkeys(names, "Not here")),
            (COVERED[1], "1 here, 0 not here", {other: "Here"}),
        ):
            card = device.page.get_by_role("article").filter(has_text=f"{form} morning")
            expect(card).to_contain_text(words, timeout=SOON_MS)
            register = Register.of(device.page, form)
            for name, word in marks.items():
                register.expect_mark(name, word)
            go(device.page, "Today")
    expect(status(tutor.page)).to_contain_text("All 2 entries received", timeout=SOON_MS)
    expect(status(cover.page)).to_contain_text("Your entry is received", timeout=SOON_MS)


def test_tabs_that_save_at_the_same_moment_use_no_number_twice_and_show_the_same(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.signed_in(demonstration.cover)
    sent: dict[tuple[str, int], set[str]] = defaultdict(set)

    def note(request: Request) -> None:
        if request.url.endswith("/_bulk_docs"):
            docs: list[dict[str, Any]] = json.loads(request.post_data or "{}")["docs"]
            for doc in docs:
                sent[doc["log"], doc["n"]].add(doc["digest"])

    device.context.on("request", note)
    places = [(form, "morning") for form in COVERED]
    tabs = [device.page, *(device.new_tab() for _ in places[1:])]
    for tab in tabs[1:]:
        tab.goto(device.address)
    registers = [_take(tab, *place) for tab, place in zip(tabs, places, strict=True)]
    moment = device.page.evaluate("Date.now()") + 2000
    for register in registers:
        save = register.bar.get_by_role("button", name=re.compile(r"^Save \d+$"))
        save.evaluate("(button, at) => setTimeout(() => button.click(), at - Date.now())", moment)
    for register in registers:
        register.expect_saved(" here, 0 not here: ")
    for tab in tabs:
        expect(status(tab)).to_contain_text("All 3 entries received")
        go(tab, "My entries")
    listed = [tab.get_by_role("region", name="Today").get_by_role("article") for tab in tabs]
    for articles in listed:
        expect(articles.filter(has_text="Received 08:5")).to_have_count(3)
    settled(
        device.page,
        lambda: [articles.get_by_role("heading").all_inner_texts() for articles in listed],
        lambda all_of_them: all(one == all_of_them[0] and len(one) == 3 for one in all_of_them),
        "the same three entries in every tab",
    )
    assert len({log for log, _ in sent}) == 1
    assert sorted(n for _, n in sent) == [1, 2, 3]
    assert all(len(digests) == 1 for digests in sent.values())


def test_a_second_tab_shows_at_once_what_the_first_one_saved(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.signed_in(demonstration.tutor)
    device.lose_network()
    other = device.new_tab()
    device.find_network()
    other.goto(device.address)
    device.lose_network()
    go(other, "Today")
    register = Register.of(other, FORM)
    name = _mark(device.page, FORM, 0, "Here")
    expect(status(other)).to_contain_text("1 entry waits")
    register.expect_mark(name, "Here")


def test_a_server_that_is_gone_is_said_plainly_and_found_again_by_hand(
    room: Room, server: Server, demonstration: Demonstration
) -> None:
    tablet = room.signed_in(demonstration.tutor)
    _let_it_go(tablet)
    page = tablet.page
    server.stop()
    _mark(page, FORM, 0, "Here")
    expect(status(page)).to_contain_text("1 entry waits")
    expect(status(page)).not_to_contain_text("received")
    server.start()
    go(page, "My entries")
    began = time.monotonic()
    page.get_by_role("button", name="Send and fetch now").click()
    expect(status(page)).to_contain_text("Your entry is received")
    assert time.monotonic() - began < 10
