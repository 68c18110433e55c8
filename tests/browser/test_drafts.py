"""A note written on two tablets without a signal, reconciled by its author, and handed in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import PHONE, TABLET, Device
from tests.browser.screens import IN_TOUCH, go, status
from tests.browser.servers import Server

TEN = "10:00"
ROLE = {"worker": "family_worker", "lead": "team_lead"}


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path) -> Iterator[Server]:
    """A server of each test's own: what is handed in stays."""
    with running(demonstration, TEN, tmp_path) as one:
        yield one


def person(demonstration: Demonstration, role: str) -> Person:
    """The first of a role anywhere."""
    row = next(one for one in demonstration.said["sign_ins"] if one["role"] == ROLE[role])
    return Person(row["name"], row["username"], row["password"])


def enter(room: Room, who: Person, size: ViewportSize = TABLET) -> Device:
    """A new device of somebody's, with all that there is for them on it."""
    device = room.device(who.name, size)
    page = device.open()
    page.get_by_label("Username").fill(who.username)
    page.get_by_label("Password").fill(who.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text(who.name)
    expect(status(page)).to_contain_text(IN_TOUCH)
    go(page, "Visits")
    expect(page.locator(".tm-visit-line__link").first).to_be_visible()
    device.keeps_the_app()
    return device


def first_visit(page: Page) -> str:
    """The path of a visit of today of which nobody has handed anything in."""
    lines = page.locator(".tm-visit-line").filter(has_not=page.get_by_text("Handed in"))
    address = lines.first.locator(".tm-visit-line__link").get_attribute("href")
    return "/".join(str(address).split("/")[:3])


def account(device: Device, visit: str) -> Locator:
    """The field for what was seen and heard."""
    device.open(f"{visit}/note/account")
    field = device.page.get_by_label(re.compile("^What you saw and heard"))
    expect(field).to_be_visible()
    return field


def write(device: Device, visit: str, words: str) -> None:
    """Add to the account on a device; kept there once it says so."""
    field = account(device, visit)
    field.fill(f"{field.input_value()} {words}".strip())
    expect(device.page.get_by_text(re.compile("Kept on this tablet"))).to_be_visible()
    device.has_written()


def on_the_server(device: Device, visit: str) -> None:
    """Wait until the day says that the draft is on the server too."""
    device.open("/visits")
    expect(device.page.locator(f"a[href^='{visit}/']")).to_be_visible()
    expect(device.page.get_by_text("here and on the server").first).to_be_visible(timeout=20_000)


def test_two_tablets_meet_and_their_author_settles_what_both_say(
    room: Room, demonstration: Demonstration
) -> None:
    worker = person(demonstration, "worker")
    car, desk = enter(room, worker, PHONE), enter(room, worker)
    visit = first_visit(car.page)
    write(car, visit, "The door was open.")
    on_the_server(car, visit)
    expect(account(desk, visit)).to_have_value("The door was open.")

    car.lose_network()
    desk.lose_network()
    write(car, visit, "Ali came down.")
    write(desk, visit, "It was cold inside.")
    car.find_network()
    desk.find_network()
    on_the_server(car, visit)
    desk.open(f"{visit}/reconcile")
    page = desk.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Two versions of your note")
    box = page.get_by_role("group", name=re.compile("What you saw and heard"))
    for said in ("The door was open. It was cold inside.", "The door was open. Ali came down."):
        expect(box.get_by_text(said, exact=True)).to_be_visible()
    both = "The door was open. It was cold inside. Ali came down."
    expect(box.get_by_text(both)).to_be_visible()
    page.get_by_role("button", name="Keep this, and go on with the note").click()
    expect(account(desk, visit)).to_have_value(both)
    on_the_server(desk, visit)
    expect(account(car, visit)).to_have_value(both)
