"""Taking a register: the tutor's own, with the network there."""

import re

from playwright.sync_api import Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.screens import Register, dialog, go, status

AT = "09:02"
FORM = PRIMARY.shown
ANOTHER_FORM = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]
"""The cover teacher may take it as well."""
NOW_LATE = re.compile(r"09:0[2-9], 1[2-9] minutes late")
"""Some minutes may have passed since the module began, at ``AT``."""
CHIP = re.compile(r"^[A-Z]\d? .+ \(.+\)(, not saved yet)?$")
"""A planned code is offered with what it means, where it comes from and who wrote it down."""


def test_todays_registers_are_listed_with_the_next_one_first(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.tutor).page
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 20 May")
    headings = page.get_by_role("main").get_by_role("heading", level=3)
    expect(headings).to_have_text([f"{FORM} morning", f"{FORM} afternoon"])
    first = page.get_by_role("region", name="Next register")
    expect(first).to_contain_text(f"{FORM} morning")
    expect(first).to_contain_text(re.compile(r"pupils · closes in 1[678] min"))
    expect(first).to_contain_text("Not taken")


def test_a_register_is_taken_with_a_few_taps(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.tutor).page
    register = Register.next(page)
    names = register.names()
    planned = register.planned()
    assert planned, "the demonstration plans something for somebody in the shown form"
    absent, late, noted, *_ = register.unplanned()
    register.expect_totals(unmarked=len(names))

    register.mark(absent, "Not here")
    row = register.more(absent)
    row.get_by_label("What a parent said").fill("She has a temperature")
    register.late(late, "08:58")
    expect(register.row(late)).to_contain_text("08:58, 8 minutes late")
    register.mark(noted, "Here")
    register.more(noted).get_by_label("Remark").fill("Forgot her reading book")
    register.fill()

    register.expect_mark(absent, "Not here")
    register.expect_mark(late, "Late")
    for name in planned:
        register.expect_blank(name)
    here = len(names) - 2 - len(planned)
    register.expect_totals(here=here, late=1, away=1, unmarked=len(planned))

    register.press_save()
    for name in planned:
        expect(dialog(page)).to_contain_text(name)
    dialog(page).get_by_role("button", name="Go back to the register").click()
    for name in planned:
        register.row(name).get_by_role("radio", name=CHIP).click()
    register.save(f"{here + 1} here, {1 + len(planned)} not here: {len(names)} of {len(names)}")

    register.expect_totals(here=here, late=1, away=1 + len(planned))
    expect(page.get_by_role("main")).to_contain_text("All marked, received 09:0")
    # One entry, or more: opening a restricted record is noted by one of its own.
    expect(status(page)).to_contain_text(re.compile("received,( last)? at 09:0"))
    expect(register.row(absent)).to_contain_text("A parent said: “She has a temperature”")
    expect(register.row(absent)).to_contain_text("The reason must be known by Thu 4 Jun")
    expect(register.row(noted)).to_contain_text("Remark: “Forgot her reading book”")


def test_the_last_ten_sessions_stand_beside_each_name(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.tutor).page
    register = Register.of(page, FORM, "afternoon")
    first = register.names()[0]
    strip = register.row(first).get_by_role("img", name=re.compile("^Last 10 sessions"))
    said = strip.get_attribute("aria-label")
    assert said is not None
    sessions = said.partition("oldest first. ")[2].split("; ")
    assert len(sessions) == 10
    assert sessions[0].startswith("Wed 13 May afternoon: ")
    assert sessions[-1].startswith("Wed 20 May morning: ")


def test_nobody_has_come_in_later_than_now(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.cover).page
    register = Register.of(page, ANOTHER_FORM)
    name = register.unplanned()[3]
    register.mark(name, "Late")
    row = register.row(name)
    expect(row.get_by_role("button", name="+10 min")).to_be_visible()
    expect(row.get_by_role("button", name="+15 min")).to_have_count(0)
    row.get_by_label("At", exact=True).fill("09:40")
    expect(row.get_by_role("alert")).to_contain_text("09:40 is later than now, 09:0")
    expect(row.get_by_role("group", name="When did")).to_contain_text(NOW_LATE)
    row.get_by_label("At", exact=True).fill("08:55")
    expect(row.get_by_role("alert")).to_have_count(0)
    expect(row.get_by_role("group", name="When did")).to_contain_text("08:55, 5 minutes late")


def test_leaving_without_saving_is_safe_and_so_is_undo(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.cover).page
    register = Register.of(page, FORM, "afternoon")
    names = register.names()
    one, other, *_ = register.unplanned()
    register.mark(one, "Not here")
    register.mark(other, "Here")
    register.bar.get_by_role("button", name=re.compile("^Undo: ")).click()
    register.expect_blank(other)
    page.get_by_role("link", name="Leave without saving").click()
    card = page.get_by_role("article").filter(has_text=f"{FORM} afternoon")
    expect(card).to_contain_text("1 mark not saved")
    register = Register.of(page, FORM, "afternoon")
    expect(page.get_by_role("region", name="Not saved yet")).to_contain_text("1 mark not saved")
    register.expect_mark(one, "Not here")
    register.expect_totals(away=1, unmarked=len(names) - 1)
    page.get_by_role("button", name="Throw away what is not saved").click()
    dialog(page).get_by_role("button", name="Throw away").click()
    register.expect_totals(unmarked=len(names))


def test_a_saved_mark_changes_with_a_reason_and_its_history_stays(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.tutor).page
    register = Register.of(page, FORM, "afternoon")
    one, other, *_ = register.unplanned()
    register.mark(one, "Not here")
    register.mark(other, "Not here")
    _save_part(register, page, "2 not here")
    register.fill()
    register.expect_mark(one, "Not here")
    register.mark(one, "Here")
    register.bar.get_by_role("button", name=re.compile("^Undo: ")).click()
    register.bar.get_by_role("button", name=re.compile("^Undo: ")).click()
    register.expect_mark(one, "Not here")
    register.mark(one, "Here")
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    reasons = dialog(page)
    reasons.get_by_role("button", name="Save").click()
    expect(reasons.get_by_role("alert")).to_contain_text(f"Say why the mark of {one} changes")
    reasons.get_by_label(re.compile(re.escape(one))).select_option("Seen in the room after all")
    reasons.get_by_role("button", name="Save").click()
    register.expect_saved("1 here, 1 not here")
    history = register.more(one).get_by_role("list").last
    lines = history.get_by_role("listitem")
    expect(lines).to_have_count(2)
    expect(lines.nth(0)).to_contain_text("Not here, said by you, in")
    expect(lines.nth(0)).to_contain_text("Replaced by you")
    expect(lines.nth(1)).to_contain_text("Changed because: Seen in the room after all")
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text(f"{one}: 1 mark changed")


def test_marks_by_keyboard_alone(room: Room, demonstration: Demonstration) -> None:
    page = room.signed_in(demonstration.cover).page
    register = Register.of(page, ANOTHER_FORM)
    first, second, third = register.names()[:3]
    register.radio(first, "Here").focus()
    page.keyboard.press("n")
    register.expect_mark(first, "Not here")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("p")
    register.expect_mark(second, "Here")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    register.expect_blank(third)
    page.keyboard.press("Space")
    register.expect_mark(third, "Not here")
    page.get_by_role("button", name="Throw away what is not saved").click()
    dialog(page).get_by_role("button", name="Throw away").click()
    register.expect_blank(first)


def _save_part(register: Register, page: Page, words: str) -> None:
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    register.expect_saved(words)
