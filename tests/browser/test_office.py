"""The office: the school at half past nine, live; plans; the fire list on every tablet."""

import re
import time

from playwright.sync_api import Locator, Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import DESKTOP
from tests.browser.screens import (
    Register,
    dialog,
    go,
    go_office,
    headcount,
    settled,
    sign_in_late,
    status,
)

AT = "09:15"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]
ALSO_COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 2]
ROLL = PRIMARY.pupils
FORMS = len(PRIMARY.forms)
RIPE = """
(section) => ({
  ticks: section.querySelectorAll("input[type=checkbox]").length,
  chosen: Number(/Amend (\\d+) marks? to O/.exec(section.innerText)?.[1]),
})
"""
GOAL_S = 1.0
LIMIT_S = 5.0
"""What fails the test, on a machine that does other things as well."""


def _figure(page: Page, label: str) -> Locator:
    """A figure of the page's top: the words under a label."""
    term = page.get_by_role("term").filter(has_text=re.compile(f"^{label}$"))
    return page.get_by_role("main").locator("div").filter(has=term).last.get_by_role("definition")


def _section(page: Page, title: str) -> Locator:
    return page.get_by_role("region", name=re.compile(f"^{title}"))


def _adds_up(page: Page, **shown: int) -> dict[str, int]:
    """The office's headcount once it adds up, shows these numbers, and names the roll."""
    return headcount(_section(page, "Headcount"), ROLL, On_roll=ROLL, **shown)


def test_the_figures_follow_a_register_as_it_is_saved(
    room: Room, demonstration: Demonstration
) -> None:
    tutor = room.signed_in(demonstration.tutor).page
    office = room.signed_in(demonstration.officer, DESKTOP).page
    expect(office.get_by_role("heading", level=1)).to_contain_text("The school at 09:1")
    expect(_figure(office, "Registers in")).to_contain_text(f"0 of {FORMS}")
    expect(_figure(office, "Pupils marked")).to_contain_text(f"0 of {ROLL}")
    expect(_section(office, "Registers missing")).to_contain_text("open until 09:20")
    _adds_up(office, Unknown=ROLL)

    register = Register.next(tutor)
    names, planned = register.names(), register.planned()
    absent, *_ = register.unplanned()
    register.mark(absent, "Not here")
    for name in planned:
        register.mark(name, "Here")
    register.fill()
    began = time.monotonic()
    register.save(f"{len(names) - 1} here, 1 not here")
    expect(_figure(office, "Registers in")).to_contain_text(f"1 of {FORMS}")
    took = time.monotonic() - began
    assert took < LIMIT_S, f"the office saw the register after {took:.2f} s; the goal is {GOAL_S} s"
    expect(_figure(office, "Pupils marked")).to_contain_text(f"{len(names)} of {ROLL}")
    expect(_section(office, "Registers missing").get_by_role("heading", level=2)).to_have_text(
        f"Registers missing {FORMS - 1}"
    )
    find = _section(office, "To find")
    expect(find).to_contain_text(absent)
    expect(find).to_contain_text(f"Register of {FORM}")
    _adds_up(office, On_site=len(names) - 1, Unknown=ROLL - len(names) + 1)

    open_n = _section(office, "N, due and overdue")
    open_n.get_by_text("with two school days or more").click()
    due = open_n.get_by_role("listitem").filter(has_text=absent)
    expect(due.last).to_contain_text("Wed 20 May, morning")
    expect(due.last).to_contain_text("Due Thu 4 Jun: 5 school days left")

    find.get_by_role("button", name=f"Record the reason: {absent}").click()
    form = dialog(office)
    form.get_by_role("radio", name="Another mark").check()
    form.get_by_label("The other mark").select_option("I")
    form.get_by_role("textbox", name="Reason").fill("Mother rang: a temperature")
    form.get_by_role("button", name="Save this mark").click()
    expect(find.get_by_role("listitem").filter(has_text=absent)).to_have_count(0)
    register.expect_mark(absent, "I Illness")


def test_the_late_desk_says_which_mark_the_time_gives(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.officer, DESKTOP).page
    early, *_ = _names_of(page, COVERED)
    moves = sign_in_late(page, early, "09:10", "Overslept")
    expect(moves.get_by_role("listitem").filter(has_text=early)).to_contain_text(
        re.compile(r"09:10.*L Late, before the register closed: “Overslept”")
    )
    expect(page.get_by_label("When")).to_have_value(re.compile("^09:1"))


def test_an_overdue_absence_is_amended_by_a_named_person_alone(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.officer, DESKTOP).page
    open_n = _section(page, "N, due and overdue")
    expect(open_n).to_contain_text(re.compile("Due today: day 5 of 5|Overdue: was due"))
    ticks = open_n.get_by_role("checkbox")
    before = settled(
        page,
        lambda: open_n.evaluate(RIPE),
        lambda seen: seen["ticks"] == seen["chosen"] > 0,
        "a ticked line for each mark that may be amended",
    )["ticks"]
    for one in range(1, before):
        ticks.nth(one).uncheck()
    open_n.get_by_role("button", name="Amend 1 mark to O…").click()
    form = dialog(page)
    expect(form).to_contain_text(f"You, {demonstration.officer.name}, amend these marks")
    form.get_by_role("button", name="Amend 1 mark to O").click()
    expect(form.get_by_role("alert")).to_be_visible()
    form.get_by_role("textbox").fill("Rang three times, wrote twice")
    form.get_by_role("button", name="Amend 1 mark to O").click()
    expect(open_n).to_contain_text("1 mark amended from N to O")
    expect(ticks).to_have_count(before - 1)


def test_a_plan_of_the_office_is_a_chip_on_the_open_register_until_it_is_withdrawn(
    room: Room, demonstration: Demonstration
) -> None:
    cover = room.signed_in(demonstration.cover).page
    office = room.signed_in(demonstration.officer, DESKTOP).page
    register = Register.of(cover, COVERED, "afternoon")
    name = register.unplanned()[0]
    go_office(office, "Planned codes")
    office.get_by_label("For whom?").fill(name)
    office.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()
    office.get_by_label("Code").select_option("M")
    office.get_by_label("Where this comes from").fill("Mother rang 08:05: dentist")
    office.get_by_role("button", name="Record this plan").click()
    plans = _section(office, "Planned for today")
    expect(plans).to_contain_text(name)
    chip = register.row(name).get_by_role("radio", name=re.compile("^M .*Mother rang 08:05"))
    expect(chip).to_be_visible()
    register.fill()
    expect(chip).not_to_be_checked()
    register.expect_blank(name)
    plans.get_by_role("button", name=re.compile(f"^Withdraw: {re.escape(name)}")).click()
    dialog(office).get_by_role("textbox").fill("The dentist is ill")
    dialog(office).get_by_role("button", name="Withdraw this plan").click()
    expect(chip).to_have_count(0)


def test_a_reassigned_register_comes_to_the_tablet_of_whoever_takes_it_now(
    room: Room, demonstration: Demonstration
) -> None:
    tutor = room.signed_in(demonstration.tutor).page
    office = room.signed_in(demonstration.officer, DESKTOP).page
    office.get_by_role("button", name=f"Reassign {ALSO_COVERED}").click()
    form = dialog(office)
    form.get_by_label("Who takes it").select_option(
        label=f"{demonstration.tutor.name}, class teacher"
    )
    form.get_by_label("Reason").fill("Both teachers are at the hospital")
    form.get_by_role("button", name="Reassign this register").click()
    expect(tutor.get_by_role("main")).to_contain_text(f"{ALSO_COVERED} morning")
    register = Register.of(tutor, ALSO_COVERED)
    expect(register.row(register.names()[0])).to_be_visible()


def test_a_register_is_keyed_in_from_paper(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.officer, DESKTOP).page
    missing = _section(page, "Registers missing")
    form = PRIMARY.forms[0]
    missing.get_by_role("link", name=re.compile(f"^Key in from paper ?: {form}$")).click()
    register = Register(page)
    names = register.names()
    for name in register.planned():
        register.mark(name, "Here")
    register.fill()
    register.press_save()
    paper = page.get_by_role("region", name="From paper")
    expect(paper.get_by_role("alert")).to_contain_text("Enter who took the register on paper")
    paper.get_by_label("Taken by").fill("Mrs Supply")
    paper.get_by_label("Taken at").fill("08:55")
    register.save(f"{len(names)} here")
    expect(page.get_by_role("main")).to_contain_text("on paper by Mrs Supply at 08:55")


def test_leaving_early_changes_the_roll_call_and_not_the_mark(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.officer, DESKTOP).page
    form = PRIMARY.forms[1]
    at_first = _adds_up(page)
    go(page, "Today")
    register = Register.of(page, form)
    name = register.names()[0]
    register.mark(name, "Here")
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    register.expect_saved("1 here")
    go(page, "Office")
    before = _adds_up(page, On_site=at_first["On site"] + 1)
    go_office(page, "Late desk")
    page.get_by_role("tab", name="Leaving early").click()
    page.get_by_label("Who is leaving?").fill(name)
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()
    page.get_by_label("With whom").fill("Her father")
    page.get_by_label("Why").fill("Dentist")
    page.get_by_role("button", name="Sign out", exact=True).last.click()
    expect(_section(page, "Today")).to_contain_text(name)
    go(page, "Office")
    after = _adds_up(page, Off_site=before["Off site"] + 1, On_site=before["On site"] - 1)
    assert after == before | {label: after[label] for label in ("Off site", "On site")}
    go(page, "Today")
    Register.of(page, form).expect_mark(name, "Here")


def test_the_fire_list_is_on_every_tablet_without_a_network(
    room: Room, demonstration: Demonstration
) -> None:
    people = (demonstration.tutor, demonstration.cover, demonstration.officer)
    devices = [room.signed_in(one) for one in people]
    office = devices[2].page
    go(office, "Today")
    form = PRIMARY.forms[2]
    register = Register.of(office, form)
    names = register.names()
    for name in register.planned():
        register.mark(name, "Here")
    register.mark(names[0], "Not here")
    register.fill()
    register.save(f"{len(names) - 1} here, 1 not here")
    counts = []
    for device in devices:
        device.keeps_the_app()
        page = device.page
        go(page, "Fire list")
        listed = page.get_by_role("region", name=form)
        expect(listed.get_by_role("listitem")).to_have_count(len(names) - 1)
        device.lose_network()
        page.reload()
        expect(status(page)).to_contain_text("No signal")
        expect(listed.get_by_role("listitem")).to_have_count(len(names) - 1)
        page.get_by_role("radio", name="Everyone").check()
        expect(listed.get_by_role("listitem")).to_have_count(len(names))
        counts.append(headcount(page.get_by_role("main"), ROLL))
    assert counts[0] == counts[1] == counts[2]


def test_a_tick_on_the_fire_list_stays_without_a_network(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.signed_in(demonstration.tutor)
    page = device.page
    device.keeps_the_app()
    device.lose_network()
    go(page, "Fire list")
    page.get_by_role("radio", name="Everyone").check()
    listed = page.get_by_role("region", name=FORM)
    tick = listed.get_by_role("checkbox").first
    tick.check()
    device.has_written()
    page.reload()
    page.get_by_role("radio", name="Everyone").check()
    expect(tick).to_be_checked()


def _names_of(page: Page, form: str) -> list[str]:
    go(page, "Today")
    names = Register.of(page, form).names()
    go(page, "Office")
    return names
