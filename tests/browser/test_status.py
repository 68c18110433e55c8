"""The status line: what waits, when the last came in, what is held or refused, on every screen."""

from playwright.sync_api import Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.screens import Register, dialog, go, go_office, sign_in, status

AT = "08:53"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]


def _on_every_screen(page: Page, words: str, *, desk: bool) -> None:
    places = ["Today", "Fire list", "My entries", *(["Office"] if desk else [])]
    for place in places:
        go(page, place)
        expect(status(page)).to_contain_text(words)
    for place in ("Late desk", "Planned codes", "A pupil’s marks") if desk else ():
        go_office(page, place)
        expect(status(page)).to_contain_text(words)
    go(page, "Today")
    page.get_by_role("link", name=f"{FORM} morning").click()
    expect(status(page)).to_contain_text(words)


def _mark_one(page: Page, form: str, row: int) -> None:
    go(page, "Today")
    register = Register.of(page, form)
    name = register.unplanned()[row]
    register.mark(name, "Here")
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    register.expect_saved(f"{row + 1} here")


def test_a_new_tablet_says_that_nothing_waits(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.tutor).page
    _on_every_screen(page, "Nothing waits to be sent. Last in touch 08:5", desk=False)


def test_what_waits_is_counted_on_every_screen_and_so_is_what_has_come_in(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.signed_in(demonstration.tutor)
    page = device.page
    device.lose_network()
    for row in range(3):
        _mark_one(page, FORM, row)
    signal = "No signal: everything you do is kept on this tablet. 3 entries wait."
    _on_every_screen(page, signal, desk=False)
    device.find_network()
    expect(status(page)).to_contain_text("All 3 entries received, last at 08:5")
    _on_every_screen(page, "All 3 entries received, last at 08:5", desk=False)


def test_the_desk_sees_the_same_line(room: Room, demonstration: Demonstration) -> None:
    device = room.signed_in(demonstration.officer)
    page = device.page
    device.keeps_the_app()
    _mark_one(page, COVERED, 0)
    _on_every_screen(page, "Your entry is received, at 08:5", desk=True)
    device.lose_network()
    page.reload()
    _on_every_screen(page, "No signal: everything you do is kept on this tablet.", desk=True)


def test_the_office_sees_when_a_tablet_was_heard_of(
    room: Room, demonstration: Demonstration
) -> None:
    room.signed_in(demonstration.tutor)
    page = room.signed_in(demonstration.officer).page
    taken_by = page.get_by_role("listitem").filter(has_text=demonstration.tutor.name)
    expect(taken_by.first).to_contain_text("Tablet last heard 08:5")


def test_signing_out_keeps_what_waits_and_the_next_person_sees_none_of_it(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.signed_in(demonstration.cover)
    page = device.page
    device.keeps_the_app()
    device.lose_network()
    _mark_one(page, COVERED, 1)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Sign in")
    page.wait_for_url(lambda url: url.endswith("/"))  # signing out leads back to the beginning
    device.find_network()
    page.reload()
    sign_in(page, demonstration.tutor)
    go(page, "My entries")
    expect(page.get_by_role("heading", level=1)).to_have_text("My entries")
    expect(page.get_by_role("main")).to_contain_text("You have not saved anything on this tablet")
    expect(page.get_by_role("main")).not_to_contain_text(COVERED)
    page.get_by_role("button", name="Sign out").click()
    sign_in(page, demonstration.cover)
    expect(status(page)).to_contain_text("Your entry is received")
