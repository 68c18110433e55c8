"""What cannot stand: set aside, held or refused, with its reason; nothing behind it waits."""

import datetime as dt
import json
import re
import uuid
from typing import Any

import httpx2
from playwright.sync_api import Page, Route, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration, Person
from tests.browser.screens import Register, dialog, go, go_office, sign_in, status
from tests.browser.servers import Server

AT = "08:53"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]
ALSO_COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 2]
HOURS_MS = 3_600_000


def _add_unlisted(page: Page, words: str) -> None:
    page.get_by_role("button", name="Add a child who is not listed").click()
    form = dialog(page)
    form.get_by_text("The child is on no list at all").click()
    form.get_by_label("Who is it?").fill(words)
    form.get_by_role("button", name="Add this child").click()


def _save_part(register: Register, words: str) -> None:
    register.press_save()
    dialog(register.page).get_by_role("button", name="Save the others").click()
    register.expect_saved(words)


def _desk(page: Page, words: str) -> None:
    """The office's list of what is held or set aside says so."""
    go_office(page, "Held entries")
    expect(page.get_by_role("main")).to_contain_text(words)


def test_a_child_on_no_list_is_set_aside_and_the_neighbours_stand(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.tutor).page
    office = room.signed_in(demonstration.officer).page
    register = Register.next(page)
    names = register.names()
    for name in register.planned():
        register.mark(name, "Here")
    register.fill()
    _add_unlisted(page, "Says her name is Sam, new today")
    register.mark("A child on no list", "Here")
    register.save(f"{len(names)} here, 0 not here: {len(names)} of {len(names)}")
    expect(status(page)).to_contain_text("received")
    row = register.row("A child on no list")
    expect(row).to_contain_text("Check")
    for name in names[:3]:
        register.expect_mark(name, "Here")
        expect(register.row(name)).not_to_contain_text("Check")
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("Needs somebody: 1")
    expect(page.get_by_role("main")).to_contain_text("set aside for the office to check")
    _desk(office, demonstration.tutor.name)
    _desk(office, "Part set aside")
    go_office(office, "The school now")
    marked = office.get_by_role("definition").filter(has_text=f" of {PRIMARY.pupils}").first
    expect(marked).to_contain_text(f"{len(names)} of {PRIMARY.pupils}")


def test_a_child_of_another_form_can_be_marked_where_she_is(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.cover).page
    other = Register.of(page, ALSO_COVERED).names()[0]
    go(page, "Today")
    register = Register.of(page, COVERED)
    page.get_by_role("button", name="Add a child who is not listed").click()
    dialog(page).get_by_label("Name").fill(other)
    dialog(page).get_by_role("button", name=re.compile(f"^Add {re.escape(other)}")).click()
    register.mark(other, "Here")
    _save_part(register, "0 here")
    expect(status(page)).to_contain_text("received")
    go(page, "Today")
    Register.of(page, ALSO_COVERED).expect_mark(other, "Here")


def test_an_entry_of_which_nothing_stands_is_held_and_its_author_and_the_office_see_why(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.cover).page
    office = room.signed_in(demonstration.officer).page
    register = Register.of(page, COVERED, "afternoon")
    _add_unlisted(page, "A boy in a red coat")
    register.mark("A child on no list", "Here")
    _save_part(register, "0 here")
    expect(status(page)).to_contain_text("1 entry is held")
    status_line = page.get_by_role("region", name="Sending and receiving")
    status_line.get_by_role("link", name="See why").click()
    stuck = page.get_by_role("region", name="Needs somebody: 1")
    expect(stuck).to_contain_text("Held")
    expect(stuck).to_contain_text("Why:")
    _desk(office, demonstration.cover.name)


def test_what_was_forged_elsewhere_is_held_for_the_author_and_the_office(
    room: Room, server: Server, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.tutor).page
    office = room.signed_in(demonstration.officer).page
    strange = {"_id": "entry:x:1:y", "_rev": "1-z", "body": {"kind": "register.eaten"}}
    with httpx2.Client(base_url=server.address) as browser:
        row = _push(browser, demonstration.tutor, demonstration.school, strange)
    assert row["verdict"] == "held"
    _desk(office, row["reason"])
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text(row["reason"])


def test_a_refused_entry_stays_with_its_reason_and_those_behind_it_go_on(
    room: Room, demonstration: Demonstration
) -> None:
    device = room.signed_in(demonstration.tutor)
    page = device.page
    device.watch.expect("status of 413")
    device.lose_network()
    register = Register.of(page, FORM, "afternoon")
    for name in register.unplanned()[:3]:
        register.mark(name, "Here")
        register.press_save()
        dialog(page).get_by_role("button", name="Save the others").click()
        expect(register.radio(name, "Here")).to_have_accessible_name("Here")
    expect(status(page)).to_contain_text("3 entries wait")
    refuse = _Refusing(room_number=2)
    page.context.route("**/_bulk_docs", refuse)
    device.find_network()
    expect(status(page)).to_contain_text("1 entry is refused and stays on this tablet.")
    page.get_by_role("link", name="See why").click()
    stuck = page.get_by_role("region", name="Needs somebody: 1")
    expect(stuck).to_contain_text("Refused")
    expect(stuck).to_contain_text(refuse.reason)
    received = page.get_by_role("region", name="Today").get_by_role("article")
    expect(received.filter(has_text="Received 08:5")).to_have_count(2)
    page.context.unroute("**/_bulk_docs")
    page.get_by_role("button", name="Send and fetch now").click()
    expect(status(page)).to_contain_text("All 3 entries received")


def test_a_garbled_push_is_held_with_its_reason_and_the_next_entry_goes_in(
    room: Room, demonstration: Demonstration
) -> None:
    """Something between the tablet and the server changes a word; the digest tells."""
    device = room.signed_in(demonstration.cover)
    office = room.signed_in(demonstration.officer).page
    page = device.page
    garble = _Garbling()
    page.context.route("**/_bulk_docs", garble)
    register = Register.of(page, ALSO_COVERED, "afternoon")
    name, other, *_ = register.unplanned()
    register.mark(name, "Not here")
    _save_part(register, "0 here, 1 not here")
    expect(status(page)).to_contain_text("1 entry is held.")
    assert garble.garbled == 1
    _desk(office, demonstration.cover.name)
    register.mark(other, "Here")
    _save_part(register, "1 here, 0 not here")
    go(page, "My entries")
    received = page.get_by_role("region", name="Today").get_by_role("article")
    expect(received.filter(has_text="Received 08:5")).to_have_count(1)
    stuck = page.get_by_role("region", name="Needs somebody: 1")
    expect(stuck).to_contain_text("digest")


def test_a_clock_that_is_hours_off_is_corrected_and_flagged(
    room: Room, demonstration: Demonstration
) -> None:
    office = room.signed_in(demonstration.officer).page
    tablet = room.device("wrong clock", off_by_ms=-5 * HOURS_MS)
    page = tablet.open()
    sign_in(page, demonstration.cover)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 20 May")
    register = Register.of(page, ALSO_COVERED)
    expect(page.get_by_role("main")).to_contain_text(re.compile("closes in 2[0-9] min"))
    name = register.unplanned()[1]
    register.mark(name, "Not here")
    _save_part(register, "1 not here")
    expect(status(page)).to_contain_text("received, at 08:5")
    history = register.more(name).get_by_role("list").last
    expect(history).to_contain_text(re.compile(r"seen 08:5\d, received 08:5\d"))
    find = office.get_by_role("region", name=re.compile("^To find"))
    find.get_by_role("button", name=f"Record the reason: {name}").click()
    said = dialog(office).get_by_role("list", name="What has been said")
    expect(said).to_contain_text(re.compile(r"Observed 08:5\d"))
    expect(said).to_contain_text("clock was wrong; its times have been corrected")


def test_a_tablet_in_another_time_zone_shows_the_school_s_time(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.device("abroad", time_zone="Pacific/Auckland").open()
    sign_in(page, demonstration.tutor)
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 20 May")
    expect(status(page)).to_contain_text("08:5")


class _Refusing:
    """A filter on the way that does not let pass what holds a certain entry."""

    def __init__(self, room_number: int) -> None:
        self.number = room_number
        self.reason = "This entry is 300000 bytes; one may have 262144."

    def __call__(self, route: Route) -> None:
        docs = json.loads(route.request.post_data or "{}")["docs"]
        if any(doc["n"] == self.number for doc in docs):
            body = json.dumps({"error": "too_large", "reason": self.reason})
            route.fulfill(status=413, content_type="application/json", body=body)
        else:
            route.continue_()


class _Garbling:
    """A wire that changes the first push, and lets the others pass."""

    def __init__(self) -> None:
        self.garbled = 0

    def __call__(self, route: Route) -> None:
        body = route.request.post_data or ""
        if self.garbled == 0 and '"code":"N"' in body:
            self.garbled += 1
            route.continue_(post_data=body.replace('"code":"N"', '"code":"/"'))
        else:
            route.continue_()


def _push(browser: httpx2.Client, person: Person, school: str, document: Any) -> dict[str, Any]:
    """Push a document as a program that is signed in as a person; the server's answer to it."""
    said = {"username": person.username, "password": person.password}
    assert browser.post("/session", json=said).status_code == 200
    moment = dt.datetime.now(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    answer = browser.post(
        f"/db/{school}/_bulk_docs",
        json={"docs": [document], "new_edits": False},
        headers={"Tidemark-Device": f"dev-{uuid.uuid4().hex}", "Tidemark-Device-Time": moment},
    )
    assert answer.status_code == 201, answer.text
    (row,) = answer.json()
    assert isinstance(row, dict)
    return row
