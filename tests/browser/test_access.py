"""People and access: a grant that ends empties the tablet; who gave what; why somebody sees it."""

from playwright.sync_api import Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration, Person
from tests.browser.looks import look
from tests.browser.screens import IN_TOUCH, status

AT = "08:53"
FORM = PRIMARY.forms[(PRIMARY.forms.index(PRIMARY.shown) + 5) % len(PRIMARY.forms)]
"""A form that the cover teacher has nothing to do with until it is granted."""
MINUTES = 12


def enter(room: Room, person: Person, heading: str) -> Page:
    """Sign in somebody whose first page is not one of registers."""
    page = room.device(person.name).open()
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    expect(status(page)).to_contain_text(IN_TOUCH)
    return page


def test_what_a_governor_and_a_safeguarding_lead_find(
    room: Room, demonstration: Demonstration
) -> None:
    governor = enter(room, demonstration.governor, "Figures")
    expect(governor.get_by_role("main")).to_contain_text("registers in", ignore_case=True)
    look(governor, "figures")
    lead = enter(room, demonstration.safeguarding_lead, "The school at")
    look(lead, "office-safeguarding")
