"""A family worker without a signal: leaving, at the door, and the note, killed in mid-word."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import Device
from tests.browser.looks import look
from tests.browser.notes import answer, forward, of_today
from tests.browser.screens import go, sign_in, status

AT = "15:30"
NO_SIGNAL = "No signal: everything you do is kept on this tablet."
UNSENT = "Nobody is watching yet: this has not reached the server."
SAID = "The kitchen was warm, and there was food on the tab"
"""In the middle of a word."""
PAUSE_MS = 450
"""What is typed is on the tablet after this."""


@pytest.fixture
def worker(demonstration: Demonstration) -> Person:
    return demonstration.family_workers[0]


def test_everything_that_is_needed_before_leaving_is_on_the_tablet(
    room: Room, worker: Person
) -> None:
    device = room.signed_in(worker)
    page = device.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 20 May")
    visit = of_today(page)
    family = visit.get_by_role("link").inner_text()
    device.lose_network()
    visit.get_by_role("link").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(family)
    for part in ("Before you go", "Address and risks", "Agreed last time", "Household", "Numbers"):
        expect(page.get_by_role("heading", name=part, exact=True)).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("buddy:")
    look(page, "visit-before-leaving")


def test_nobody_watches_until_the_server_has_it_and_then_it_does(
    room: Room, worker: Person
) -> None:
    device = room.signed_in(worker)
    page = device.page
    device.lose_network()
    of_today(page).get_by_role("link").click()
    page.get_by_label("Back by").fill("16:50")
    page.get_by_role("button", name="I am leaving now").click()
    out = page.get_by_role("region", name="While you are out")
    expect(out.get_by_role("alert")).to_contain_text(UNSENT)
    expect(out.get_by_role("link", name=re.compile("^Ring .+: 07"))).to_be_visible()
    go(page, "My entries")
    expect(page.get_by_role("region", name="While you are out")).to_contain_text(UNSENT)
    device.find_network()
    bar = page.get_by_role("region", name="While you are out")
    expect(bar).to_contain_text("The server watches you until 16:50.")
    bar.get_by_role("link").click()
    out.get_by_role("button", name="It takes longer").click()
    out.get_by_role("button", name=re.compile("^30 minutes more: 17:20")).click()
    expect(out).to_contain_text("The server watches you until 17:20.")
    look(page, "visit-watch")
    out.get_by_role("button", name="I am back and safe").click()
    expect(out).to_contain_text("You are marked safe.")
    go(page, "Visits")
    expect(page.get_by_role("region", name="While you are out")).to_have_count(0)


def test_a_browser_killed_in_the_middle_of_a_word_has_lost_nothing_of_the_note(
    room: Room, demonstration: Demonstration, worker: Person
) -> None:
    tablet = room.restartable("worker")
    device = _signed_in(tablet.device, worker)
    device.lose_network()
    page = device.page
    of_today(page).get_by_role("link").click()
    page.get_by_role("button", name="I am at the door").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("At the door")
    answer(page, "What came of it?", re.compile("^Seen"))
    look(page, "visit-at-the-door")
    forward(page, "Who was there")
    for person in page.get_by_role("button", name="There", exact=True).all():
        person.click()
    page.get_by_role("button", name="Add somebody").click()
    page.get_by_label("Name, or what they look like").fill("A man in a red coat")
    page.get_by_label("I do not know who this is").check()
    forward(page, "Each child")
    child = page.get_by_role("main").get_by_role("group").first
    name = child.locator("legend").inner_text().rpartition(" aged")[0]
    answer(page, f"Did you see {name}?", "Yes")
    answer(page, f"Did you speak with {name} alone?", "No")
    page.get_by_label("Why not alone").fill("His mother stayed")
    page.get_by_label(f"{name}’s own words").fill("“It is too loud.”")
    look(page, "visit-children")
    forward(page, "In your words")
    page.get_by_label("What you saw and heard").press_sequentially(SAID, delay=15)
    page.wait_for_timeout(PAUSE_MS)
    look(page, "visit-words")
    tablet.kill()

    device = tablet.launch(offline=True)
    page = device.open("/visits")
    expect(status(page)).to_contain_text(NO_SIGNAL)
    going = page.get_by_role("region", name="At the door").get_by_role("article")
    expect(going).to_contain_text("Begun, not handed in. Kept on this tablet alone")
    going.get_by_role("link").click()
    page.get_by_role("button", name="Write the note").click()
    expect(page.get_by_role("button", name=re.compile("Seen"))).to_have_attribute(
        "aria-pressed", "true"
    )
    forward(page, "Who was there")
    expect(page.get_by_label("Name, or what they look like")).to_have_value("A man in a red coat")
    forward(page, "Each child")
    expect(page.get_by_label("Why not alone")).to_have_value("His mother stayed")
    forward(page, "In your words")
    seen = page.get_by_label("What you saw and heard")
    expect(seen).to_have_value(SAID)
    seen.press("End")
    seen.press_sequentially("le.")
    forward(page, "Barriers, strengths, actions")
    page.get_by_role("button", name="Add an action").click()
    page.get_by_label("What is to be done").fill("Ask for a later bus")
    page.get_by_label("Who does it").select_option(label=worker.name)
    look(page, "visit-actions")
    forward(page, "Leaving, and what comes next")
    page.get_by_role("button", name="You left at: now").click()
    answer(page, "Does somebody come again?", "No")
    page.get_by_label("On which basis").select_option(label="The family agreed")
    forward(page, "Check and hand in")
    expect(page.get_by_role("region", name="Who reads what")).to_contain_text(worker.name)
    look(page, "visit-check")
    page.get_by_role("button", name="Hand in the note").click()
    mine = page.get_by_role("article", name=f"The account of {worker.name}")
    expect(mine).to_contain_text(f"{SAID}le.")
    expect(mine).to_contain_text("Waits on this tablet.")
    expect(page.get_by_role("button", name="Write the note")).to_have_count(0)

    # A browser writes cookies down now and then, so a killed one may have lost its session.
    device.context.clear_cookies()
    device.find_network()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, worker)
    go(page, "Visits")
    page.get_by_role("region", name="Today").get_by_role("article").filter(
        has_text="Handed in"
    ).get_by_role("link").click()
    mine = page.get_by_role("article", name=f"The account of {worker.name}")
    expect(mine).to_contain_text(re.compile("Received 15:[3-5]"))
    # Nothing was said twice: the note takes up what the tap at the door said.
    expect(page.get_by_role("main")).not_to_contain_text("Who said so")
    look(page, "visit-record")

    lead = room.signed_in(demonstration.team_lead).page
    lead.get_by_role("region", name="Today").get_by_role("article").filter(
        has_text="Handed in"
    ).get_by_role("link").click()
    theirs = lead.get_by_role("article", name=f"The account of {worker.name}")
    expect(theirs).to_contain_text(f"{SAID}le.")
    expect(lead.get_by_role("main")).to_contain_text("A man in a red coat")


def test_a_note_is_open_in_one_tab_at_a_time(room: Room, demonstration: Demonstration) -> None:
    device = room.signed_in(demonstration.family_workers[2])
    page = device.page
    of_today(page).get_by_role("link").click()
    page.get_by_role("button", name="Write the note").click()
    answer(page, "What came of it?", re.compile("^Refused"))
    forward(page, "In your words")
    page.get_by_label("What you saw and heard").fill("She spoke through the door.")
    expect(page.get_by_role("region", name="Saving and going on")).to_contain_text("Kept on this")
    other = device.new_tab()
    other.goto(page.url)
    expect(other.get_by_role("main")).to_contain_text("This note is open in another tab.")
    page.close()
    seen = other.get_by_label("What you saw and heard")
    expect(seen).to_have_value("She spoke through the door.")


def test_a_visit_that_nobody_answers_is_said_in_a_few_taps(
    room: Room, demonstration: Demonstration
) -> None:
    worker = demonstration.family_workers[1]
    device = room.signed_in(worker)
    page = device.page
    device.lose_network()
    _plan(page)
    page.get_by_role("button", name="I am at the door").click()
    answer(page, "What came of it?", re.compile("^No answer"))
    answer(page, "Did you leave a card?", "Yes")
    page.get_by_role("button", name=re.compile("^I rang ")).first.click()
    look(page, "visit-no-answer")
    page.get_by_role("link", name="Hand in").click()
    page.get_by_role("button", name="Hand in the note").click()
    expect(page.get_by_role("main")).to_contain_text("No answer, a card was left")
    device.find_network()
    expect(status(page)).to_contain_text("entries received")
    mine = page.get_by_role("article", name=f"The account of {worker.name}")
    expect(mine).to_contain_text("Without words of their own.")
    expect(mine).to_contain_text("Received 15:")


def _plan(page: Page) -> None:
    """Plan a visit to the first family there is."""
    page.get_by_role("link", name="Plan a visit").click()
    page.get_by_label("Family").select_option(index=1)
    page.get_by_label("What the visit is for").fill("Nobody has rung back")
    answer(page, "Does the family know that you come?", "No")
    page.get_by_label("From").fill("15:40")
    page.get_by_label("Back by").fill("15:20")
    page.get_by_role("button", name="Plan this visit").click()
    expect(page.get_by_role("alert")).to_contain_text("The visit must end after it starts")
    look(page, "visit-plan")
    page.get_by_label("Back by").fill("16:20")
    page.get_by_role("button", name="Plan this visit").click()
    expect(page.get_by_role("heading", name="Before you go")).to_be_visible()


def _signed_in(device: Device, person: Person) -> Device:
    sign_in(device.open(), person)
    device.keeps_the_app()
    return device
