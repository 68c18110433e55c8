"""Every screen of the office at three sizes: pictures in build/screenshots, nothing for axe."""

import re

import pytest
from playwright.sync_api import Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import DESKTOP, Device
from tests.browser.looks import look
from tests.browser.screens import Register, dialog, go, go_office, sign_in_late, status

AT = "09:31"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]


@pytest.fixture
def busy(room: Room, demonstration: Demonstration) -> Device:
    """The office on a morning with something in every list."""
    tutor, cover = room.signed_in(demonstration.tutor), room.signed_in(demonstration.cover)
    office = room.signed_in(demonstration.officer, DESKTOP)
    office.keeps_the_app()
    register = Register.next(tutor.page)
    first, second, third, fourth, *_ = register.unplanned()
    planned = register.planned()[0]
    cover.lose_network()
    for name in (first, second, third):
        register.mark(name, "Not here")
    register.more(second).get_by_label("What a parent said").fill("She has a sore throat")
    register.row(second).get_by_label("Ask the office to look").check()
    register.row(planned).get_by_role("radio", name=re.compile(r"^[A-Z]\d? ")).first.click()
    register.fill()
    _save(register)
    contrary = Register.of(cover.page, FORM)
    contrary.mark(first, "Here")
    contrary.late(fourth, "09:05")
    _save(contrary)
    go(cover.page, "Today")
    other = Register.of(cover.page, COVERED)
    other.page.get_by_role("button", name="Add a child who is not listed").click()
    dialog(other.page).get_by_text("The child is on no list at all").click()
    dialog(other.page).get_by_label("Who is it?").fill("A girl in a yellow coat")
    dialog(other.page).get_by_role("button", name="Add this child").click()
    other.mark("A child on no list", "Here")
    _save(other)
    cover.find_network()
    for device in (tutor, cover):
        expect(status(device.page)).to_contain_text(re.compile("received|held"))
    sign_in_late(office.page, third, "09:25", "Bus broke down")
    go_office(office.page, "The school now")
    section = office.page.get_by_role("region", name=re.compile("^Held and set aside"))
    expect(section).to_contain_text(demonstration.cover.name)
    return office


def _save(register: Register) -> None:
    register.press_save()
    dialog(register.page).get_by_role("button", name="Save the others").click()
    expect(register.bar.get_by_role("button", name=re.compile("^Save$"))).to_be_visible()


def _pick(page: Page, label: str, name: str) -> None:
    page.get_by_label(label).fill(name)
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()


def test_the_office_at_half_past_nine(busy: Device) -> None:
    page = busy.page
    expect(page.get_by_role("region", name=re.compile(r"^Contested [1-9]"))).to_be_visible()
    look(page, "office")
    page.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    look(page, "office-all-open")
    page.get_by_role("button", name=re.compile("^Settle: ")).first.click()
    look(page, "office-settle")
    dialog(page).get_by_role("button", name="Save this mark").click()
    expect(dialog(page).get_by_role("alert")).to_be_visible()
    look(page, "office-settle-mistakes")
    dialog(page).get_by_role("radio", name="Another mark").check()
    dialog(page).get_by_label("The other mark").select_option("C1")
    look(page, "office-settle-leave")
    dialog(page).get_by_role("button", name="Cancel").click()
    look(page, "office-leave-without-saving")
    dialog(page).get_by_role("button", name="Leave without saving").click()
    page.get_by_role("button", name=re.compile("^Reassign ")).first.click()
    look(page, "office-reassign")
    dialog(page).get_by_role("button", name="Cancel").click()
    page.get_by_role("button", name=re.compile("^Amend .* to O")).click()
    look(page, "office-amend-to-o")
    dialog(page).get_by_role("button", name="Cancel").click()
    page.get_by_role("tab", name="Afternoon").click()
    look(page, "office-afternoon")
    page.get_by_role("tab", name="Morning").click()
    page.get_by_label("Day").select_option(label="Tue 19 May")
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tuesday 19 May")
    look(page, "office-yesterday")
    busy.lose_network()
    page.reload()
    expect(page.get_by_role("main")).to_contain_text("No connection")
    look(page, "office-offline")


def test_the_late_desk_the_plans_and_a_pupil(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.officer, DESKTOP).page
    go(page, "Today")
    look(page, "today-office")
    name = Register.of(page, PRIMARY.forms[0]).names()[0]
    look(page, "register-office")
    go_office(page, "Late desk")
    look(page, "late-desk")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "late-desk-mistakes")
    page.get_by_label("Who has come in?").fill("an")
    look(page, "late-desk-search")
    _pick(page, "Who has come in?", name)
    look(page, "late-desk-after-closing")
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("region", name=re.compile("^Today"))).to_contain_text(name)
    page.get_by_role("tab", name="Leaving early").click()
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "leaving-early")
    page.get_by_role("button", name=re.compile("^Undo")).first.click()
    look(page, "late-desk-undo")
    dialog(page).get_by_role("button", name="Cancel").click()
    go_office(page, "Planned codes")
    look(page, "planned")
    page.get_by_label("Code").select_option("C1")
    page.get_by_role("button", name="Record this plan").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "planned-leave-mistakes")
    page.get_by_role("button", name=re.compile("^Withdraw: ")).first.click()
    look(page, "planned-withdraw")
    dialog(page).get_by_role("button", name="Cancel").click()
    go_office(page, "A pupil’s marks")
    look(page, "pupil-search")
    _pick(page, "Whose marks?", name)
    expect(page.get_by_role("heading", level=1)).to_have_text(name)
    look(page, "pupil")
    page.get_by_role("button", name=re.compile("Wednesday 20 May, morning$")).first.click()
    look(page, "pupil-amend")


def test_axe_and_the_width_find_what_is_wrong(room: Room) -> None:
    """The instrument itself: a page that is broken on purpose does not pass."""
    page = room.device("broken").open()
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    page.evaluate(
        "document.querySelector('h1').outerHTML = '<img src=\"/icons/icon.svg\" width=\"2000\">'"
    )
    with pytest.raises(AssertionError, match=r"(?s)image-alt.*pixels wider than the window"):
        look(page, "broken")
