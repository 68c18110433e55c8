"""Tablets from the office's screen: enrolled by a code, listed, revoked, emptied."""

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import PHONE, Device
from tests.browser.looks import look
from tests.browser.screens import Register, dialog, go, go_office, sign_in, status

AT = "08:53"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]
CODE = re.compile(r"^[2-9A-Z]{4}-[2-9A-Z]{4}$")
REVOKED = "This tablet is revoked"
HELD = """
async () => {
  const stores = (await indexedDB.databases()).map(({ name }) => name);
  const files = [];
  for (const name of await caches.keys()) {
    const kept = await (await caches.open(name)).keys();
    files.push(...kept.map(({ url }) => new URL(url).pathname));
  }
  const [session, local] = [Object.keys(sessionStorage), Object.keys(localStorage)];
  return { stores, files, session, local };
}
"""
APP_FILE = re.compile(r"^/(assets/|icons/|index\.html$|manifest\.webmanifest$)")


def ask_for_code(office: Page, label: str, who: str = "Anybody who works here") -> str:
    """Have the office's screen show a code for a tablet."""
    go_office(office, "Tablets")
    office.get_by_role("button", name="Enrol a tablet").click()
    dialog(office).get_by_label("What is it called?").fill(label)
    dialog(office).get_by_role("radio", name=who).check()
    dialog(office).get_by_role("button", name="Show the code").click()
    code = dialog(office).get_by_text(CODE)
    expect(code).to_be_visible()
    return code.inner_text()


def enrol(room: Room, office: Page, label: str) -> Device:
    """A new device, enrolled by the address in the office's QR code."""
    device = room.device("tablet")
    enrol_device(device, office, ask_for_code(office, label))
    return device


def enrol_device(device: Device, office: Page, code: str) -> None:
    """Follow the address in the office's QR code, and see the office's screen take note."""
    page = device.open(f"/enrol#{code}")
    page.get_by_role("button", name="Enrol this tablet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This tablet is enrolled")
    expect(dialog(office).get_by_role("alert")).to_contain_text("used the code")
    dialog(office).get_by_role("button", name="Done").click()


def line(office: Page, label: str) -> Locator:
    """A tablet's line in the office's list."""
    return office.get_by_role("listitem").filter(has=office.get_by_role("heading", name=label))


def revoke(office: Page, label: str) -> None:
    """Revoke a tablet that was lost."""
    office.get_by_role("button", name=f"Revoke {label}").click()
    dialog(office).get_by_role("radio", name="Lost").check()
    dialog(office).get_by_label("Anything else?").fill("Left on the bus")
    dialog(office).get_by_role("button", name="Revoke this tablet").click()
    expect(line(office, label)).to_contain_text("Left on the bus")


def take_register(device: Device, form: str) -> None:
    """Fill a form's register and save it."""
    register = Register.of(device.page, form)
    register.fill()
    register.press_save()
    dialog(register.page).get_by_role("button", name="Save the others").click()


@pytest.fixture
def office(room: Room, demonstration: Demonstration) -> Page:
    return room.signed_in(demonstration.officer).page


def test_a_tablet_is_enrolled_by_the_code_on_the_offices_screen(
    room: Room, demonstration: Demonstration, office: Page
) -> None:
    device = enrol(room, office, "Hall 3")
    page = device.page
    assert page.evaluate("[location.pathname, location.hash]") == ["/enrol", ""]
    assert page.evaluate("history.length") <= 2
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, demonstration.tutor)
    cookies = device.context.cookies()
    expect(line(office, "Hall 3")).to_contain_text(re.compile("Shared.*Last heard 08:5"))
    line(office, "Hall 3").locator("summary").click()
    expect(line(office, "Hall 3")).to_contain_text(demonstration.tutor.name)
    expect(line(office, "Hall 3")).to_contain_text("exactly what it may hold")

    thief = room.device("thief")
    thief.watch.expect("status of 401")
    thief.context.add_cookies([{**one} for one in cookies])  # type: ignore[typeddict-item]
    expect(thief.open().get_by_role("heading", level=1)).to_have_text("Sign in")
    answer = thief.page.request.get(f"{device.address}/session")
    assert (answer.status, answer.json()["code"]) == (401, "proof_needed")


def test_a_code_that_is_wrong_used_or_out_of_reach_says_so(
    room: Room, demonstration: Demonstration, office: Page
) -> None:
    code = ask_for_code(office, "Reception")
    device = room.device("tablet")
    device.watch.expect("status of 403")
    page = device.open("/enrol")
    device.keeps_the_app()
    field = page.get_by_label("Code from the office’s screen")
    button = page.get_by_role("button", name="Enrol this tablet")
    alert = page.get_by_role("alert")
    button.click()
    expect(alert).to_contain_text("Enter the code")
    field.fill("abc")
    button.click()
    expect(alert).to_contain_text("this one has 3")
    field.fill("2222-2222")
    button.click()
    expect(alert).to_contain_text("This code enrols nothing")
    device.lose_network()
    page.reload()
    field.fill(code.lower().replace("-", " "))
    expect(field).to_have_value(code)
    button.click()
    expect(alert).to_contain_text("try again when there is a signal")
    device.find_network()
    button.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This tablet is enrolled")
    again = room.device("another")
    again.watch.expect("status of 403")
    again.open(f"/enrol#{code}").get_by_role("button", name="Enrol this tablet").click()
    expect(again.page.get_by_role("alert")).to_contain_text("This code enrols nothing")


def test_a_lost_tablet_is_revoked_while_it_is_out_of_reach(
    room: Room, demonstration: Demonstration, office: Page
) -> None:
    device = enrol(room, office, "Lost one")
    page = device.page
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, demonstration.cover)
    device.keeps_the_app()
    device.lose_network()
    take_register(device, COVERED)
    expect(status(page)).to_contain_text("1 entry waits")
    tab = device.new_tab()
    tab.goto(device.address)
    expect(tab.get_by_role("banner")).to_contain_text(demonstration.cover.name)

    revoke(office, "Lost one")
    device.watch.expect("status of 401")
    expect(status(page)).to_contain_text("1 entry waits")
    device.find_network()
    for one in (page, tab):
        main = one.get_by_role("main")
        expect(one.get_by_role("heading", level=1)).to_have_text(REVOKED)
        expect(main).to_contain_text("1 entry was handed over")
        expect(main).to_contain_text("The school knows that this tablet is empty.")
    assert_empty(page)
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text(REVOKED)
    assert_empty(page)

    gone = office.get_by_role("region", name=re.compile("^Revoked and empty"))
    expect(gone.get_by_role("listitem").filter(has_text="Lost one")).to_contain_text(
        re.compile("1 entry handed over.*Said that it is empty")
    )
    go_office(office, "Held entries")
    expect(office.get_by_role("main")).to_contain_text(demonstration.cover.name)
    expect(office.get_by_role("main")).to_contain_text(re.compile("tablet.*revoked", re.IGNORECASE))

    code = ask_for_code(office, "Found again")
    page.get_by_role("link", name="enrol it again").click()
    page.get_by_label("Code from the office’s screen").fill(code)
    page.get_by_role("button", name="Enrol this tablet").click()
    expect(page.get_by_role("main")).to_contain_text("Found again")
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, demonstration.tutor)


def test_a_revoked_tablet_that_dies_goes_on_where_it_was(
    room: Room, demonstration: Demonstration, office: Page
) -> None:
    tablet = room.restartable("tablet")
    enrol_device(tablet.device, office, ask_for_code(office, "Dies"))
    tablet.device.page.get_by_role("link", name="Sign in").click()
    sign_in(tablet.device.page, demonstration.cover)
    tablet.device.keeps_the_app()
    tablet.device.lose_network()
    take_register(tablet.device, COVERED)
    expect(status(tablet.device.page)).to_contain_text("1 entry waits")
    revoke(office, "Dies")
    tablet.device.watch.expect("status of 401", "ERR_FAILED")
    tablet.device.context.route("**/devices/farewell", lambda route: route.abort())
    tablet.device.find_network()
    expect(tablet.device.page.get_by_role("main")).to_contain_text("It tries again by itself")
    tablet.kill()

    device = tablet.launch(offline=True)
    page = device.open("/fire")
    expect(page.get_by_role("heading", level=1)).to_have_text(REVOKED)
    expect(page.get_by_role("main")).to_contain_text("1 entry is kept safe on this tablet")
    device.find_network()
    expect(page.get_by_role("main")).to_contain_text("1 entry was handed over", timeout=30_000)
    expect(page.get_by_role("main")).to_contain_text("The school knows")
    assert_empty(page)


def test_a_tablet_that_another_takes_the_place_of_empties_itself(
    room: Room, demonstration: Demonstration, office: Page
) -> None:
    old = enrol(room, office, "Reception 1")
    old.page.get_by_role("link", name="Sign in").click()
    sign_in(old.page, demonstration.cover)
    old.watch.expect("status of 401")
    office.get_by_role("button", name="Revoke Reception 1").click()
    dialog(office).get_by_role("radio", name="Replaced by another").check()
    dialog(office).get_by_role("button", name="Enrol the new tablet").click()
    expect(dialog(office).get_by_label("What is it called?")).to_have_value("Reception 1")
    dialog(office).get_by_role("button", name="Show the code").click()
    new = room.device("new")
    enrol_device(new, office, dialog(office).get_by_text(CODE).inner_text())
    expect(old.page.get_by_role("heading", level=1)).to_have_text(REVOKED)
    expect(old.page.get_by_role("main")).to_contain_text("had been sent before")
    expect(office.get_by_role("region", name=re.compile("^Revoked and empty"))).to_contain_text(
        "Replaced by another. Revoked by"
    )
    new.page.get_by_role("link", name="Sign in").click()
    sign_in(new.page, demonstration.cover)


def assert_empty(page: Page) -> None:
    """Nothing of a person or a pupil is on the device: no store, and in the caches only the app."""
    held = page.evaluate(HELD)
    assert held["stores"] == []
    assert [path for path in held["files"] if not APP_FILE.match(path)] == []
    assert held["session"] == []
    assert held["local"] == ["tidemark-revoked"]


def test_the_next_person_on_a_shared_tablet_sees_how_much_waits_and_none_of_it(
    room: Room, demonstration: Demonstration, office: Page
) -> None:
    device = enrol(room, office, "Trolley 1")
    page = device.page
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, demonstration.cover)
    device.keeps_the_app()
    device.lose_network()
    take_register(device, COVERED)
    expect(status(page)).to_contain_text("1 entry waits")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_role("main")).to_contain_text("1 entry waits on this tablet")
    device.find_network()
    page.reload()
    waits = "1 entry of somebody else waits on this tablet until they sign in."
    expect(page.get_by_role("main")).to_contain_text(waits)
    sign_in(page, demonstration.tutor)
    expect(status(page)).to_contain_text(waits)
    go(page, "My entries")
    expect(page.get_by_role("main")).to_contain_text("You have not saved anything on this tablet")


def test_how_enrolling_looks(room: Room, demonstration: Demonstration, office: Page) -> None:
    device = room.device("tablet", PHONE)
    device.watch.expect("status of 403")
    page = device.open("/enrol")
    expect(page.get_by_role("heading", name="What enrolling does")).to_be_visible()
    look(page, "enrol")
    page.get_by_label("Code from the office’s screen").fill("2222-2222")
    page.get_by_role("button", name="Enrol this tablet").click()
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "enrol-wrong-code")
    go_office(office, "Tablets")
    look(office, "tablets")
    office.get_by_role("button", name="Enrol a tablet").click()
    look(office, "tablets-enrol")
    dialog(office).get_by_role("radio", name="One person").check()
    dialog(office).get_by_role("button", name="Show the code").click()
    expect(dialog(office).get_by_role("alert")).to_contain_text("Choose whose it is")
    look(office, "tablets-enrol-mistakes")
    dialog(office).get_by_role("button", name="Cancel").click()
    dialog(office).get_by_role("button", name="Leave without saving").click()
    code = ask_for_code(office, "Hall 7")
    look(office, "tablets-code")
    page.get_by_label("Code from the office’s screen").fill(code)
    page.get_by_role("button", name="Enrol this tablet").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("This tablet is enrolled")
    look(page, "enrolled")
    expect(dialog(office).get_by_role("alert")).to_contain_text("used the code")
    look(office, "tablets-code-used")
    dialog(office).get_by_role("button", name="Done").click()
    page.get_by_role("link", name="Sign in").click()
    sign_in(page, demonstration.tutor)
    device.keeps_the_app()
    page.goto(f"{device.address}/enrol")
    expect(page.get_by_role("heading", level=1)).to_have_text("This tablet is enrolled already")
    look(page, "enrolled-already")
    page.get_by_role("link", name="Go to today’s registers").click()
    device.lose_network()
    take_register(device, FORM)
    expect(status(page)).to_contain_text("1 entry waits")
    office.locator("details").evaluate_all("all => all.forEach((one) => { one.open = true; })")
    look(office, "tablets-all-open")
    office.get_by_role("button", name="Revoke Hall 7").click()
    look(office, "tablets-revoke")
    dialog(office).get_by_role("radio", name="Replaced by another").check()
    look(office, "tablets-revoke-replaced")
    dialog(office).get_by_role("button", name="Enrol the new tablet").click()
    look(office, "tablets-replace")
    dialog(office).get_by_role("button", name="Cancel").click()
    revoke(office, "Hall 7")
    look(office, "tablets-revoked")
    device.watch.expect("status of 401", "ERR_FAILED")
    device.context.route("**/devices/farewell", lambda route: route.abort())
    device.find_network()
    expect(page.get_by_role("main")).to_contain_text("It tries again by itself")
    look(page, "revoked-handing-over")
    device.context.unroute("**/devices/farewell")
    expect(page.get_by_role("main")).to_contain_text("The school knows", timeout=30_000)
    look(page, "revoked")
    office.context.set_offline(True)
    office.reload()
    expect(office.get_by_role("main")).to_contain_text("only with a connection")
    look(office, "tablets-offline")
