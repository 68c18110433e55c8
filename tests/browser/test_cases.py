"""A family's case: opened offline, added to on two tablets, settled, and kept from others."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.looks import look
from tests.browser.screens import go

AT = "10:05"
CHILD = "Oda Tidewell"
TABS = ("Family", "Plan", "Team and reviews", "What happened", "Letters", "Sharing")


def _save(page: Page) -> None:
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)


def _tab(page: Page, name: str) -> None:
    page.get_by_role("tab", name=name, exact=True).click()


def test_a_case_is_opened_and_planned_without_a_signal_and_its_lead_has_it_soon_after(
    room: Room, demonstration: Demonstration
) -> None:
    lead = demonstration.team_lead
    device = room.signed_in(lead)
    page = device.page
    device.keeps_the_app()
    go(page, "Cases")
    look(page, "cases")
    device.lose_network()
    page.get_by_role("button", name="Open a case", exact=True).click()
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_role("alert")).to_contain_text("Enter the child’s name")
    look(page, "case-open-errors")
    page.get_by_label("The child’s name").fill(CHILD)
    page.get_by_label("Legal basis").select_option(label="Public task")
    page.get_by_label("What brings it here").fill("The school rang on Monday.")
    page.get_by_role("button", name="Open the case").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tidewell family")
    expect(page.get_by_role("main")).to_contain_text("On this tablet")
    _tab(page, "Plan")
    page.get_by_role("button", name="Add action").click()
    page.get_by_label("What will be done").fill("Walk to school together on Monday")
    page.get_by_label("Who does it").fill("The mother")
    look(page, "case-action")
    _save(page)
    expect(page.get_by_role("tabpanel")).to_contain_text("Walk to school together on Monday")
    page.reload()
    expect(page.get_by_role("tabpanel")).to_contain_text("not received yet")
    device.find_network()
    expect(page.get_by_role("main")).not_to_contain_text("On this tablet")

    other = room.signed_in(lead).page
    go(other, "Cases")
    other.get_by_role("link", name="Tidewell family").click()
    for name in TABS:
        _tab(other, name)
        look(other, f"case-{name.lower().replace(' ', '-')}")


def test_two_who_had_not_seen_each_other_are_both_kept_until_one_settles_it(
    room: Room, demonstration: Demonstration
) -> None:
    lead = demonstration.team_lead
    devices = [room.signed_in(lead) for _ in range(2)]
    family = devices[0].page
    go(family, "Cases")
    name = family.locator(".tm-cases__name").first.inner_text()
    for device, due in zip(devices, ("2026-06-01", "2026-06-08"), strict=True):
        page = device.page
        go(page, "Cases")
        page.get_by_role("link", name=name, exact=True).click()
        _tab(page, "Team and reviews")
        expect(page.get_by_role("heading", name="Reviews")).to_be_visible()
        device.lose_network()
        page.get_by_role("button", name=re.compile("^Change: Due on")).first.click()
        page.get_by_label("Due", exact=True).fill(due)
        _save(page)
    for device in devices:
        device.find_network()
    page = devices[0].page
    expect(page.get_by_role("main")).to_contain_text("One thing in this case is contested")
    look(page, "case-contested")
    page.get_by_role("button", name=re.compile("^Settle it: review")).click()
    page.get_by_role("dialog").get_by_role("radio", name=re.compile("8 Jun")).check()
    page.get_by_label("How you know").fill("The meeting was moved; I have the letter.")
    look(page, "case-settle")
    page.get_by_role("dialog").get_by_role("button", name="Settle it").click()
    for device in devices:
        expect(device.page.get_by_role("main")).not_to_contain_text("contested")
        expect(device.page.get_by_role("tabpanel")).to_contain_text("Due on Mon 8 Jun")


def test_a_letter_in_the_familys_language_is_kept_and_printed(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.team_lead).page
    go(page, "Cases")
    page.locator(".tm-cases__name").first.click()
    _tab(page, "Letters")
    page.get_by_role("button", name="Write a letter").click()
    page.get_by_label("What the letter is about").select_option(label="An offer of support")
    page.get_by_label("Language").select_option(label="Urdu")
    expect(page.get_by_label("The letter", exact=True)).to_have_attribute("dir", "rtl")
    look(page, "case-letter")
    page.get_by_role("button", name="Keep it, and show it to print").click()
    letter = page.get_by_role("article")
    expect(letter).to_have_attribute("lang", "ur")
    look(page, "case-letter-to-print")


def test_a_restricted_case_leaves_no_trace_until_somebody_breaks_the_glass(
    room: Room, demonstration: Demonstration
) -> None:
    lead = room.signed_in(demonstration.team_lead).page
    go(lead, "Cases")
    lead.get_by_role("button", name="Open a case", exact=True).click()
    lead.get_by_label("The child’s name").fill("Ines Quietwater")
    lead.get_by_label("Date of birth").fill("2014-02-03")
    lead.get_by_label("Legal basis").select_option(label="Public task")
    lead.get_by_label("What brings it here").fill("A colleague’s family.")
    lead.get_by_label("Restricted", exact=True).check()
    lead.get_by_label("Why it is restricted").fill("A colleague’s family")
    lead.get_by_role("button", name="Open the case").click()
    expect(lead.get_by_role("main")).to_contain_text("Restricted")
    expect(lead.get_by_role("main")).not_to_contain_text("On this tablet")

    duty = room.signed_in(demonstration.coordinator).page
    expect(duty.get_by_role("main")).not_to_contain_text("Quietwater")
    go(duty, "Cases")
    duty.get_by_role("button", name="Open a restricted case").click()
    look(duty, "glass")
    duty.get_by_label("The child’s surname").fill("Quietwater")
    duty.get_by_label("The child’s date of birth").fill("2014-02-03")
    duty.get_by_label("Why you need to see it").fill("The police are at the door.")
    duty.get_by_role("button", name="Open it").click()
    expect(duty.get_by_role("dialog")).to_contain_text("The case is on its way")
    duty.get_by_role("dialog").get_by_role("button", name="Close", exact=True).click()
    duty.get_by_role("link", name="Quietwater family").click()
    expect(duty.get_by_role("main")).to_contain_text("Opening this record is noted")
    look(duty, "case-restricted")
    lead.reload()
    expect(lead.get_by_role("main")).to_contain_text("The police are at the door.")
