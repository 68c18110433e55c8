"""Hostile text in every remark, reason, name and label: every screen shows it, and none runs it.

Whatever the server tells, free text in it carries markup here, so it does not matter by which way
it got in. A breach of the content security policy fails the test, as on every page.
"""

from __future__ import annotations

import json
from typing import Any

from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import DESKTOP, PHONE, Device
from tests.browser.screens import Register, dialog, go, go_office, sign_in

AT = "08:53"
MARKUP = "<img src=x onerror=ran()><script>ran()</script><b onclick=ran()>"
RIGHT_TO_LEFT = "\u202e"
PASTED = f"{MARKUP} {RIGHT_TO_LEFT}gnp.exe\u202c 😢👩‍👧 </textarea>"
LONG = "Wörter" * 1_700
FREE = frozenset(
    {
        *("name", "known_as", "surname", "forename", "school_name", "room", "label", "note"),
        *("teacher_name", "taker_name", "author_name", "by_name", "sender_name", "owner_name"),
        *("remark", "parent_message", "observed_by", "reason", "verdict_reason", "source"),
        *("left_with", "purpose", "taken_by"),
        *("what", "text", "notes", "relation", "agency", "address", "number", "measure", "owner"),
        *("where", "presentation", "why_not", "observation", "analysis", "parent_view", "words"),
    }
)
"""What people write, by the fields' names (schemas/)."""
TELLING = ("**/_changes*", "**/_bulk_get*", "**/session", "**/_devices", "**/_contacts")
ADDED = """() => document.querySelectorAll(
  "img[src='x'], script:not([src]), [onclick], [onerror], [onload]").length"""


def hostile(value: Any, key: str = "") -> Any:
    """An answer's JSON with markup in all its free texts."""
    if isinstance(value, dict):
        return {name: hostile(inner, name) for name, inner in value.items()}
    if isinstance(value, list):
        return [hostile(inner, key) for inner in value]
    return f"{value}{MARKUP}" if key in FREE and isinstance(value, str) else value


def _tell(route: Route) -> None:
    answer = route.fetch()
    if "json" not in answer.headers.get("content-type", ""):
        route.fulfill(response=answer)
        return
    route.fulfill(response=answer, body=json.dumps(hostile(answer.json())))


def told_by_an_enemy(room: Room, name: str, size: Any) -> Device:
    """A device to which whatever people wrote comes with markup."""
    device = room.device(name, size)
    for pattern in TELLING:
        device.context.route(pattern, _tell)
    device.context.add_init_script("globalThis.ran = () => { globalThis.hasRun = true; };")
    return device


def shows(page: Page) -> None:
    """The screen shows the markup as text, letter by letter, and nothing of it is there or ran."""
    expect(page.get_by_role("main")).to_contain_text(MARKUP)
    harmless(page)


def harmless(page: Page) -> None:
    assert page.evaluate("globalThis.hasRun ?? false") is False
    assert page.evaluate(ADDED) == 0


def test_hostile_text_is_shown_as_text_on_every_screen(
    room: Room, demonstration: Demonstration
) -> None:
    tablet = told_by_an_enemy(room, "tablet", PHONE)
    page = tablet.open()
    sign_in(page, demonstration.tutor)
    expect(page.get_by_role("banner")).to_contain_text(MARKUP)
    shows(page)
    register = Register.next(page)
    shows(page)
    name, other = register.unplanned()[:2]
    register.mark(name, "Not here")
    row = register.more(name)
    row.get_by_label("Remark").first.fill(f"Ran off {MARKUP}")
    register.mark(other, "Here")
    register.press_save()
    dialog(page).get_by_role("button", name="Save the others").click()
    expect(register.bar.get_by_role("status")).to_contain_text("not here")
    shows(page)
    go(page, "Fire list")
    shows(page)
    go(page, "My entries")
    shows(page)
    go(page, "Today")
    shows(page)

    desk = told_by_an_enemy(room, "desk", DESKTOP)
    office = desk.open()
    sign_in(office, demonstration.officer)
    shows(office)
    for place in ("Late desk", "Planned codes", "A pupil’s marks", "Held entries", "Tablets"):
        go_office(office, place)
        expect(office.get_by_role("heading", level=1).first).to_be_visible()
        harmless(office)
    go_office(office, "The school now")
    find = office.get_by_role("region", name="To find").first
    expect(find).to_contain_text(f"Ran off {MARKUP}")
    find.get_by_role("button", name="Record the reason").first.click()
    expect(dialog(office)).to_contain_text(MARKUP)
    harmless(office)


def test_hostile_text_of_a_family_is_shown_as_text_and_kept_letter_by_letter(
    room: Room, demonstration: Demonstration
) -> None:
    device = told_by_an_enemy(room, "lead", DESKTOP)
    page = device.open()
    sign_in(page, demonstration.team_lead)
    go(page, "Cases")
    shows(page)
    page.locator(".tm-cases__name").first.click()
    for name in ("What happened", "Team and reviews", "Sharing", "Family", "Plan"):
        page.get_by_role("tab", name=name, exact=True).click()
        expect(page.get_by_role("tabpanel")).to_be_visible()
        harmless(page)
    page.get_by_role("button", name="Add action").click()
    page.get_by_label("What will be done").fill(PASTED)
    page.get_by_label("Who does it").fill(f"{RIGHT_TO_LEFT}{MARKUP}")
    dialog(page).get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("tabpanel")).to_contain_text(PASTED)
    harmless(page)
    page.get_by_role("tab", name="Letters", exact=True).click()
    page.get_by_role("button", name="Write a letter").click()
    page.get_by_label("What the letter is about").select_option(label="An offer of support")
    page.get_by_label("The letter", exact=True).fill(PASTED)
    page.get_by_role("button", name="Keep it, and show it to print").click()
    expect(page.get_by_role("article")).to_contain_text(PASTED)
    harmless(page)

    page.get_by_role("banner").get_by_role("link", name="Raise a concern").click()
    page.get_by_label("Which child?").fill(f"A girl in red {RIGHT_TO_LEFT}{MARKUP}")
    page.get_by_label("What did you see and hear?").fill(f"{PASTED} {LONG}")
    page.get_by_role("button", name="Send this concern").click()
    waits = page.get_by_role("region", name="A concern that is not acknowledged yet")
    expect(waits).to_be_visible()
    harmless(page)
    go(page, "My entries")
    expect(page.get_by_role("main")).not_to_contain_text("Needs somebody")
    harmless(page)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth + 1"), "no wider"
