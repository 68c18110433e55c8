"""A case worker's day without a signal: planned, out, a concern, the note; killed at every turn."""

import re
import string
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import Device, Restartable
from tests.browser.notes import account, answer, at_the_door, forward
from tests.browser.screens import go, sign_in, status
from tests.browser.servers import Server

AT = "15:30"
GONE = r"net::ERR_(CONNECTION_|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|FAILED)"
PURPOSE = "Nobody has rung back since Monday"
SAID = "The kitchen was warm, and there was food on the tab"
"""In the middle of a word."""
WORDS = "He said: “my arm hurts”. A bruise on the left arm, the width of a hand."
PAUSE_MS = 450
"""What is typed is on the tablet after this."""
SOON_MS = 30_000


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path) -> Iterator[Server]:
    """A server of the test's own: it is killed."""
    with running(demonstration, AT, tmp_path) as one:
        yield one


def test_a_day_on_which_tablet_and_server_die_loses_nothing_and_says_nothing_twice(
    room: Room, server: Server, demonstration: Demonstration
) -> None:
    worker = demonstration.family_workers[0]
    tablet = room.restartable("worker")
    sign_in(tablet.device.open(), worker)
    tablet.device.keeps_the_app()

    tablet.device.lose_network()
    visit = _plan(tablet.device.page)
    device = _killed(tablet, f"/visits/{visit}")
    page = device.page
    expect(page.get_by_role("main")).to_contain_text(PURPOSE)

    _back_in_reach(device, worker)
    page.goto(f"{device.address}/visits/{visit}")
    page.get_by_role("button", name="I am leaving now").click()
    out = page.get_by_role("region", name="While you are out")
    expect(out).to_contain_text("The server watches you until 16:20.")
    device.watch.expect(GONE)
    server.kill()
    device.lose_network()
    server.start()

    at_the_door(page)
    answer(page, "What came of it?", re.compile("^Seen"))
    forward(page, "Who was there")
    forward(page, "Each child")
    forward(page, "In your words")
    page.get_by_label("What you saw and heard").press_sequentially(SAID, delay=5)
    page.wait_for_timeout(PAUSE_MS)

    device = _killed(tablet, f"/visits/{visit}/note/account")
    page = device.page
    seen = page.get_by_label("What you saw and heard")
    expect(seen).to_have_value(SAID)
    child = _raise(page)
    expect(_loud(page)).to_contain_text("Ring")

    device = _killed(tablet, f"/visits/{visit}/note/account")
    page = device.page
    expect(_loud(page)).to_contain_text("Ring")
    seen = page.get_by_label("What you saw and heard")
    expect(seen).to_have_value(SAID)
    seen.press("End")
    seen.press_sequentially("le.")
    forward(page, "Barriers, strengths, actions")
    forward(page, "Leaving, and what comes next")
    page.get_by_role("button", name="You left at: now").click()
    page.get_by_label("On which basis").select_option(label="Public task (the authority’s duty)")
    forward(page, "Check and hand in")
    page.get_by_role("button", name="Hand in the note").click()
    expect(account(page, worker.name)).to_contain_text("Waits on this tablet.")

    _back_in_reach(device, worker)
    expect(_loud(page)).to_have_count(0)
    calm = page.get_by_role("region", name="A concern that is not acknowledged yet")
    expect(calm).to_be_visible()
    _acknowledge(room.signed_in(demonstration.safeguarding_lead).page, worker, child)
    expect(calm).to_have_count(0)
    page.get_by_role("region", name="While you are out").get_by_role("link").click()
    page.get_by_role("button", name="I am back and safe").click()
    expect(page.get_by_role("main")).to_contain_text("You are marked safe.")
    expect(status(page)).to_contain_text("entries received", timeout=SOON_MS)
    go(page, "My entries")
    expect(page.get_by_role("main")).not_to_contain_text("Waits")

    lead = room.signed_in(demonstration.team_lead)
    lead.open(f"/visits/{visit}")
    expect(account(lead.page, worker.name)).to_have_count(1)
    expect(account(lead.page, worker.name)).to_contain_text(f"{SAID}le.")
    expect(account(lead.page, worker.name)).to_contain_text("Received 15:3")
    kept: str = lead.page.get_by_role("main").inner_text()
    assert WORDS not in kept, "a concern is never inside a note"


def _killed(tablet: Restartable, path: str) -> Device:
    """Kill the browser, and start it again where there is no signal."""
    tablet.kill()
    device = tablet.launch(offline=True)
    device.open(path)
    return device


def _back_in_reach(device: Device, person: Person) -> None:
    """A killed browser may have lost its session: sign in once more."""
    device.context.clear_cookies()
    device.find_network()
    device.page.get_by_role("link", name="Sign in").click()
    sign_in(device.page, person)


def _plan(page: Page) -> str:
    """Plan a visit that nobody has been told of; its id."""
    page.get_by_role("link", name="Plan a visit").click()
    page.get_by_label("Family").select_option(index=1)
    page.get_by_label("What the visit is for").fill(PURPOSE)
    answer(page, "Does the family know that you come?", "No")
    page.get_by_label("From").fill("15:40")
    page.get_by_label("Back by").fill("16:20")
    page.get_by_role("button", name="Plan this visit").click()
    expect(page.get_by_role("heading", name="Before you go")).to_be_visible()
    return page.url.rpartition("/")[2]


def _loud(page: Page) -> Locator:
    return page.get_by_role("alert").filter(has_text="has not reached the server")


def _raise(page: Page) -> str:
    """Raise a concern about a child at the primary school; the child's name."""
    page.get_by_role("banner").get_by_role("link", name="Raise a concern").click()
    page.get_by_role("button", name=re.compile("^I have just rung")).first.click()
    found = page.get_by_role("list", name="Children found").get_by_role("button")
    there = found.filter(has_text="Quillbrook")
    for letter in string.ascii_lowercase:
        page.get_by_label("Which child?").fill(letter)
        if there.count() > 0:
            break
    child = there.first.locator(".tm-strong").inner_text()
    there.first.click()
    page.get_by_label("What did you see and hear?").fill(WORDS)
    page.get_by_role("button", name="Send this concern").click()
    return child


def _acknowledge(page: Page, author: Person, child: str) -> None:
    """As the school's safeguarding lead."""
    go(page, "Concerns")
    line = page.get_by_role("region", name="New concerns").get_by_role("listitem")
    line.filter(has_text=author.name).get_by_role("link", name=child).click()
    expect(page.get_by_role("main")).to_contain_text(WORDS)
    page.get_by_role("button", name="Acknowledge it").click()
    expect(page.get_by_role("main")).to_contain_text("acknowledged it")
