"""A note written on two tablets without a signal, reconciled by its author, and handed in."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import PHONE, TABLET, Device
from tests.browser.looks import look
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
    on_the_server(desk, visit)
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
    look(page, "reconcile")
    page.get_by_role("button", name="Keep this, and go on with the note").click()
    expect(account(desk, visit)).to_have_value(both)
    on_the_server(desk, visit)
    expect(account(car, visit)).to_have_value(both)


def test_a_tablet_that_comes_late_is_asked_what_becomes_of_its_words(
    room: Room, demonstration: Demonstration
) -> None:
    worker = person(demonstration, "worker")
    car, desk = enter(room, worker), enter(room, worker)
    visit = first_visit(car.page)
    write(car, visit, "Nobody came to the door.")
    on_the_server(car, visit)
    on_the_server(desk, visit)
    expect(account(desk, visit)).to_have_value("Nobody came to the door.")
    desk.lose_network()
    write(desk, visit, "A neighbour says they left early.")
    hand_in(car, visit)
    desk.find_network()
    desk.open(visit)
    told = desk.page.get_by_role("region", name="More than was handed in")
    expect(told).to_be_visible(timeout=20_000)
    told.get_by_role("link", name="Look at it").click()
    words = desk.page.get_by_label(re.compile("What is added"))
    expect(words).to_have_value(re.compile("A neighbour says they left early"))
    look(desk.page, "left-over")
    desk.page.get_by_role("button", name="Add it to the note").click()
    desk.open(visit)
    expect(desk.page.get_by_text("A neighbour says they left early.")).to_be_visible()
    expect(desk.page.get_by_role("region", name="More than was handed in")).to_have_count(0)


def test_a_lead_opens_an_absent_authors_draft_with_a_reason(
    room: Room, demonstration: Demonstration
) -> None:
    worker, chief = person(demonstration, "worker"), person(demonstration, "lead")
    car = enter(room, worker)
    visit = first_visit(car.page)
    write(car, visit, "The door was open.")
    on_the_server(car, visit)
    lead = enter(room, chief)
    lead.open(visit)
    page = lead.page
    page.get_by_role("button", name=f"Open the draft of {worker.name}").click()
    asked = page.get_by_role("dialog")
    asked.get_by_role("button", name="Open the draft").click()
    expect(asked.get_by_text("Say why the draft has to be opened now").first).to_be_visible()
    asked.get_by_label(re.compile("^Why it has to be opened now")).fill("Off sick until Friday.")
    asked.get_by_role("button", name="Open the draft").click()
    opened = page.get_by_role("article", name=re.compile(f"Draft of {worker.name}"))
    expect(opened).to_contain_text("The door was open.", timeout=20_000)
    expect(opened.get_by_role("textbox")).to_have_count(0)
    look(page, "absent-draft")
    account(car, visit)
    told = car.page.get_by_role("region", name="Your draft was opened")
    expect(told).to_contain_text("Off sick until Friday.", timeout=20_000)
    expect(told).to_contain_text(chief.name)


def hand_in(device: Device, visit: str) -> None:
    """Hand the note in: nobody answered."""
    page = device.page
    device.open(f"{visit}/note/door")
    page.get_by_role("group", name=re.compile("What came of it")).get_by_role(
        "button", name=re.compile("No answer")
    ).click()
    expect(page.get_by_text(re.compile("Kept on this tablet"))).to_be_visible()
    device.has_written()
    device.open(f"{visit}/note/check")
    page.get_by_role("button", name="Hand in the note").click()
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Check and hand in")
