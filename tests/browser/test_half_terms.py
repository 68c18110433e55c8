"""A pupil's half-terms: on a teacher's tablet without a signal, at the desk after an amendment."""

import re

from playwright.sync_api import Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import DESKTOP
from tests.browser.looks import look
from tests.browser.screens import Register, dialog, go, go_office, status

AT = "09:40"
FORM = PRIMARY.shown
HALVES = "Attendance this half-term and last"


def test_a_tutor_sees_half_terms_without_a_signal(room: Room, demonstration: Demonstration) -> None:
    device = room.signed_in(demonstration.tutor)
    device.keeps_the_app()
    page = device.page
    register = Register.next(page)
    name = register.names()[0]
    expect(status(page)).to_contain_text("Nothing waits")
    device.lose_network()
    register.more(name)
    halves = page.get_by_role("region", name=HALVES)
    expect(halves).to_contain_text(re.compile(r"Attended \d+ of \d+ possible sessions, \d+\.\d%"))
    halves.get_by_text("Week by week").first.click()
    halves.get_by_role("table", name=re.compile("week by week$")).first.scroll_into_view_if_needed()
    look(page, "register-half-terms")


def test_an_amendment_comes_into_the_half_term(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.officer, DESKTOP).page
    go(page, "Today")
    name = Register.of(page, FORM).names()[1]
    go_office(page, "A pupil’s marks")
    page.get_by_label("Whose marks?").fill(name)
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()
    halves = page.get_by_role("region", name=HALVES)
    expect(halves.get_by_role("table").first).to_be_visible()
    _open_all_days(page)
    page.get_by_role("button", name=re.compile("Tuesday 19 May, morning$")).click()
    dialog(page).get_by_role("radio", name="Another mark").check()
    dialog(page).get_by_label("The other mark").select_option("M")
    dialog(page).get_by_label("Reason").fill("Letter from the dentist")
    dialog(page).get_by_role("button", name="Save this mark").click()
    expect(
        halves.get_by_role("img", name=re.compile("^Tue 19 May morning: .*medical", re.IGNORECASE))
    ).to_be_visible()
    halves.scroll_into_view_if_needed()
    look(page, "pupil-half-terms")


def _open_all_days(page: Page) -> None:
    page.locator(".tm-office-days details").evaluate_all(
        "all => all.forEach((one) => { one.open = true; })"
    )
