"""Every screen of a tablet, at three sizes: pictures in build/screenshots, and nothing for axe."""

import re

from playwright.sync_api import expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.looks import look
from tests.browser.screens import Register, dialog, go, status

AT = "08:54"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]


def test_signing_in(room: Room) -> None:
    device = room.device("nobody")
    device.watch.expect("status of 401")
    page = device.open()
    button = page.get_by_role("button", name="Sign in")
    expect(button).to_be_visible()
    look(page, "sign-in")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("Enter your password")
    for summary in page.get_by_text(re.compile("No signal here|Forgotten your")).all():
        summary.click()
    look(page, "sign-in-mistakes")
    page.get_by_label("Username").fill("nobody.known")
    page.get_by_label("Password").fill("not this one")
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("do not go together")
    look(page, "sign-in-refused")


def test_a_tutors_morning(room: Room, demonstration: Demonstration) -> None:
    device = room.signed_in(demonstration.tutor)
    page = device.page
    look(page, "today")
    register = Register.next(page)
    look(page, "register")
    absent, late, noted, *_ = register.unplanned()
    register.mark(absent, "Not here")
    register.late(late, "08:53")
    register.row(late).get_by_label("At", exact=True).fill("09:40")
    register.more(absent).get_by_label("What a parent said").fill("She has a temperature")
    register.mark(noted, "Here")
    page.get_by_text("Help with this register").click()
    look(page, "register-marking")
    page.get_by_text("Help with this register").click()
    register.press_save()
    expect(dialog(page)).to_be_visible()
    look(page, "register-unmarked-question")
    dialog(page).get_by_role("button", name="Go back to the register").click()
    page.get_by_role("button", name="Add a child who is not listed").click()
    dialog(page).get_by_label("Name").fill("an")
    dialog(page).get_by_text("The child is on no list at all").click()
    look(page, "register-add-child")
    dialog(page).get_by_label("Who is it?").fill("Says his name is Sam")
    dialog(page).get_by_role("button", name="Add this child").click()
    register.mark("A child on no list", "Here")
    page.get_by_role("button", name="Throw away what is not saved").click()
    look(page, "register-throw-away-question")
    dialog(page).get_by_role("button", name="Keep them").click()
    register.fill()
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    expect(status(page)).to_contain_text("received")
    expect(register.row("A child on no list")).to_contain_text("Check")
    look(page, "register-saved")
    page.get_by_role("button", name="Taken in error").first.click()
    dialog(page).get_by_role("radio", name="Another reason").check()
    dialog(page).get_by_role("button", name=re.compile("^Void")).click()
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    look(page, "register-void-question")
    dialog(page).get_by_role("button", name="Keep them").click()
    register.mark(absent, "Here")
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    dialog(page).get_by_role("button", name="Save").click()
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    look(page, "register-reason-question")
    dialog(page).get_by_role("button", name="Go back to the register").click()
    go(page, "Today")
    go(page, "My entries")
    page.get_by_text("What it says").last.click()
    look(page, "entries")
    go(page, "Today")
    register = Register.of(page, FORM)
    look(page, "register-left-unfinished")
    page.get_by_role("button", name="Key in from paper").click()
    register.press_save()
    look(page, "register-from-paper")


def test_the_fire_list_and_a_lost_network(room: Room, demonstration: Demonstration) -> None:
    device = room.signed_in(demonstration.cover)
    page = device.page
    look(page, "today-cover")
    register = Register.of(page, COVERED)
    for name in register.planned():
        register.mark(name, "Here")
    register.fill()
    register.save("26 of 26")
    go(page, "Fire list")
    expect(page.get_by_role("region", name=COVERED).get_by_role("listitem")).to_have_count(26)
    page.get_by_role("region", name=COVERED).get_by_role("checkbox").first.check()
    look(page, "fire-list")
    page.get_by_role("radio", name="Everyone").check()
    look(page, "fire-list-everyone")
    device.lose_network()
    go(page, "Today")
    register = Register.of(page, COVERED, "afternoon")
    register.mark(register.unplanned()[0], "Not here")
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    register.expect_saved("1 not here")
    look(page, "register-offline")
    go(page, "My entries")
    look(page, "entries-offline")
    go(page, "Fire list")
    look(page, "fire-list-offline")


def test_pages_that_are_not_there(room: Room, demonstration: Demonstration) -> None:
    device = room.signed_in(demonstration.tutor)
    page = device.page
    go(page, "My entries")
    look(page, "entries-none")
    device.open("/nowhere")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    look(page, "page-not-found")
    device.open("/office")
    expect(page.get_by_role("heading", level=1)).to_have_text("Page not found")
    device.open("/register/2026-05-20/AM/grp-none")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Register")
    look(page, "register-not-here")
