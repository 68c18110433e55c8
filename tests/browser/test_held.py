"""What is held or set aside: the desk decides, and the author's tablet says what became of it."""

import re

from playwright.sync_api import Locator, Page, Route, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import DESKTOP
from tests.browser.looks import look
from tests.browser.screens import CHIP, Register, dialog, go, go_office, sign_in, status

AT = "08:56"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]
ALSO_COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 2]


class _Planting:
    """A wire that tells a tablet of an illness nobody planned: its person may use that code then.

    The server knows of no such plan, and so the mark is one that its author may not make.
    """

    def __init__(self, group_name: str) -> None:
        self._name = group_name
        self._group: str | None = None

    def __call__(self, route: Route) -> None:
        answer = route.fetch()
        page = answer.json()
        documents = [row["doc"] for row in page.get("results", ()) if "doc" in row]
        for document in documents:
            if document.get("type") == "group" and document["name"] == self._name:
                self._group = document["group"]
        for document in documents:
            if document.get("type") == "sheet" and document["group"] == self._group:
                for row in document["rows"][:3]:
                    plan = {"entry": "entry:none", "code": "I", "by_name": "The office"}
                    row["planned"] = [plan | {"source": "Mother rang 08:05"}]
        route.fulfill(response=answer, json=page)


def _inbox(page: Page) -> Locator:
    go_office(page, "Held entries")
    expect(page.get_by_role("heading", level=1)).to_have_text("Held entries")
    return page.get_by_role("main")


def _held_child(cover: Page, group: str, words: str, session: str = "morning") -> Register:
    """Take a register of one child who is on no list, which is held whole."""
    go(cover, "Today")
    register = Register.of(cover, group, session)
    _add_unlisted(cover, words)
    register.mark("A child on no list", "Here")
    _save_others(register)
    expect(status(cover)).to_contain_text("1 entry is held")
    return register


def _add_unlisted(page: Page, words: str) -> None:
    page.get_by_role("button", name="Add a child who is not listed").click()
    dialog(page).get_by_text("The child is on no list at all").click()
    dialog(page).get_by_label("Who is it?").fill(words)
    dialog(page).get_by_role("button", name="Add this child").click()


def _save_others(register: Register) -> None:
    register.press_save()
    dialog(register.page).get_by_role("button", name="Save the others").click()


def _told(page: Page, *words: str) -> None:
    """The author is told, wherever they are and on Today, until they say they have read it."""
    expect(status(page)).to_contain_text("The office has decided on 1 entry of yours")
    go(page, "Today")
    notice = page.get_by_role("region", name="The office has decided on 1 entry of yours")
    for one in words:
        expect(notice).to_contain_text(one)
    notice.get_by_role("button", name="I have read this").click()
    expect(notice).to_have_count(0)
    expect(status(page)).not_to_contain_text("The office has decided")


def test_a_mark_its_author_may_not_make_is_released_by_keyboard(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.device("cover")
    device.page.context.route("**/_changes*", _Planting(COVERED))
    page = device.open()
    sign_in(page, demonstration.cover)
    office = room.signed_in(demonstration.officer, DESKTOP).page
    register = Register.of(page, COVERED)
    name = register.planned()[0]
    register.row(name).get_by_role("radio", name=CHIP).first.click()
    _save_others(register)
    expect(status(page)).to_contain_text("1 entry is held")
    section = office.get_by_role("region", name=re.compile("^Held and set aside 1"))
    expect(section).to_contain_text(f"from {demonstration.cover.name}")
    look(office, "inbox-from-the-day")
    section.get_by_role("link", name="Decide on 1 held entry").click()
    main = office.get_by_role("main")
    expect(main).to_contain_text(f"{name}")
    expect(main).to_contain_text("may not use the code I")
    look(office, "inbox")

    main.get_by_role("button", name=re.compile("^Release: A register of")).focus()
    office.keyboard.press("Enter")
    look(office, "inbox-release")
    form = dialog(office)
    form.get_by_label("Reason").focus()
    office.keyboard.type("His mother rang the office")
    office.keyboard.press("Tab")
    office.keyboard.press("Enter")
    expect(form).to_have_count(0)
    expect(main).to_contain_text("Nothing waits for a decision.")
    office.get_by_role("tab", name=re.compile("^Decided")).click()
    expect(main).to_contain_text("It counts as it was written")
    look(office, "inbox-decided")

    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("Released")
    expect(page.get_by_role("main")).to_contain_text("“His mother rang the office”")
    look(page, "entries-released")
    _told(page, "released it", "It counts as it was written")
    marks = Register.of(page, COVERED)
    expect(marks.row(name).get_by_role("radio", name=re.compile("^I "))).to_be_checked()


def test_a_child_who_is_set_aside_is_corrected_to_the_right_pupil(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.cover).page
    office = room.signed_in(demonstration.officer, DESKTOP).page
    other = Register.of(page, ALSO_COVERED).names()[0]
    go(page, "Today")
    register = Register.of(page, COVERED, "afternoon")
    here = register.unplanned()[0]
    register.mark(here, "Here")
    _add_unlisted(page, "Says he is new")
    register.mark("A child on no list", "Here")
    _save_others(register)
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("1 to check")

    main = _inbox(office)
    office.get_by_role("tab", name=re.compile("^Part set aside")).click()
    expect(main).to_contain_text("Says he is new")
    main.get_by_role("button", name=re.compile("^Correct and release")).first.click()
    form = dialog(office)
    form.get_by_role("button", name="Save and release").click()
    expect(form.get_by_role("alert")).to_be_visible()
    look(office, "inbox-correct-mistakes")
    form.get_by_label("Pupil").fill(other)
    form.get_by_role("button", name=re.compile(f"^{re.escape(other)}")).click()
    form.get_by_label("Reason").fill("It was a pupil of the next form")
    look(office, "inbox-correct")
    form.get_by_role("button", name="Save and release").click()
    expect(main).to_contain_text("is corrected and released")

    _told(page, "corrected it", "It was a pupil of the next form")
    Register.of(page, ALSO_COVERED, "afternoon").expect_mark(other, "Here")
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("the office has decided on them")


def test_what_is_declined_without_a_signal_waits_and_then_reaches_its_author(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.cover).page
    desk = room.signed_in(demonstration.officer, DESKTOP)
    desk.keeps_the_app()
    office = desk.page
    _held_child(page, ALSO_COVERED, "A boy in a red coat")
    main = _inbox(office)
    expect(main).to_contain_text("A boy in a red coat")
    desk.lose_network()
    main.get_by_role("button", name=re.compile("^Decline")).first.click()
    dialog(office).get_by_label("Reason").fill("He is the caretaker's son, and no pupil")
    dialog(office).get_by_role("button", name="Decline it").click()
    office.get_by_role("tab", name=re.compile("^Decided")).click()
    expect(main).to_contain_text("It waits on this tablet to be sent")
    look(office, "inbox-waits")
    desk.find_network()
    expect(status(office)).not_to_contain_text("waits")
    expect(status(page)).to_contain_text("The office has decided on 1 entry of yours")
    go(page, "Today")
    look(page, "today-decided")
    _told(page, "declined it", "caretaker's son", "It does not count")
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("Declined")
    expect(page.get_by_role("main")).not_to_contain_text("Needs somebody")


def test_two_decisions_that_differ_are_both_shown_and_a_third_settles_it(
    room: Room, demonstration: Demonstration
) -> None:
    """At two desks without a signal, neither having seen what was decided at the other."""
    page = room.signed_in(demonstration.cover).page
    desks = [room.signed_in(demonstration.officer), room.signed_in(demonstration.officer)]
    words = "A girl with a violin"
    _held_child(page, FORM, words, "afternoon")
    for desk in desks:
        desk.keeps_the_app()
        main = _inbox(desk.page)
        expect(main).to_contain_text(words)
    for desk, act in zip(desks, ("Release", "Decline"), strict=True):
        desk.lose_network()
        line = desk.page.get_by_role("article").filter(has_text=words)
        line.get_by_role("button", name=re.compile(f"^{act}: ")).click()
        dialog(desk.page).get_by_label("Reason").fill(f"{act}, as I see it")
        dialog(desk.page).get_by_role("button", name=f"{act} it").click()
        expect(line).to_have_count(0)
    for desk in desks:
        desk.find_network()
    for desk in desks:
        line = desk.page.get_by_role("article").filter(has_text=words)
        expect(line).to_contain_text("Two people decided differently")
        for act in ("Release", "Decline"):
            expect(line).to_contain_text(f"“{act}, as I see it”")
    look(desks[0].page, "inbox-contested")
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("Two people decided differently")

    line = desks[1].page.get_by_role("article").filter(has_text=words)
    line.get_by_role("button", name=re.compile("^Decline instead")).click()
    dialog(desks[1].page).get_by_label("Reason").fill("We talked: she is a visitor")
    dialog(desks[1].page).get_by_role("button", name="Decline it").click()
    expect(line).to_have_count(0)
    expect(desks[0].page.get_by_role("article").filter(has_text=words)).to_have_count(0)
    _told(page, "declined it", "We talked: she is a visitor")
