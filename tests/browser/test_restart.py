"""Without a network, and after the worst that can happen to a tablet: nothing is lost."""

from playwright.sync_api import Page, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.devices import Device
from tests.browser.screens import Register, dialog, go, settled, sign_in, status

AT = "08:52"
FORM = PRIMARY.shown
COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 1]
ALSO_COVERED = PRIMARY.forms[PRIMARY.forms.index(FORM) + 2]
NO_SIGNAL = "No signal: everything you do is kept on this tablet."

KEPT = """
() => {
  const titles = [...document.querySelectorAll("h2")].map((one) => one.innerText);
  const buttons = [...document.querySelectorAll("section[aria-label='Totals and saving'] button")];
  const status = document.querySelector("section[aria-label='Sending and receiving'] output");
  return {
    restored: titles.includes("Not saved yet"),
    save: buttons.map((one) => one.innerText).find((text) => /^Sav/.test(text)),
    waits: /1 entry waits\\./.test(status.innerText),
  };
}
"""
"""In one drawing: whether a draft is offered, what Save would save, whether an entry waits."""


def test_a_register_is_taken_offline_and_is_there_after_a_restart_with_no_network(
    room: Room, demonstration: Demonstration
) -> None:
    tablet = room.restartable("tutor")
    _sign_in(tablet.device, demonstration)
    device = tablet.device
    device.lose_network()
    register = Register.next(device.page)
    names = register.names()
    planned = register.planned()
    absent, late, *_ = register.unplanned()
    register.mark(absent, "Not here")
    register.late(late, "08:51")
    register.fill()
    register.press_save()
    dialog(device.page).get_by_role("button", name="Save the others").click()
    here = len(names) - 1 - len(planned)
    words = f"{here} here, 1 not here, {len(planned)} not marked: "
    register.expect_saved(f"{words}{len(names) - len(planned)} of {len(names)}")
    expect(status(device.page)).to_contain_text(f"{NO_SIGNAL} 1 entry waits.")

    tablet.quit()
    device = tablet.launch(offline=True)
    page = device.open()
    expect(status(page)).to_contain_text(f"{NO_SIGNAL} 1 entry waits.")
    expect(page.get_by_role("article").filter(has_text=f"{FORM} morning")).to_contain_text(
        "on this tablet"
    )
    register = Register.of(page, FORM)
    register.expect_mark(absent, "Not here")
    register.expect_mark(late, "Late")
    register.expect_totals(here=here - 1, late=1, away=1, unmarked=len(planned))
    go(page, "My entries")
    mine = page.get_by_role("article")
    expect(mine).to_have_count(1)
    expect(mine).to_contain_text(f"Register of {FORM}")
    expect(mine).to_contain_text("Waits on this tablet")

    device.find_network()
    expect(status(page)).to_contain_text("Your entry is received")
    expect(mine).to_contain_text("Received 08:5")
    expect(mine).to_have_count(1)


def test_every_screen_of_a_tablet_opens_from_cold_with_no_network(
    room: Room, demonstration: Demonstration
) -> None:
    tablet = room.restartable("tutor")
    _sign_in(tablet.device, demonstration)
    tablet.kill()
    device = tablet.launch(offline=True)
    page = device.open("/fire")
    expect(page.get_by_role("heading", level=1)).to_have_text("Fire list, Wednesday 20 May")
    expect(page.get_by_role("region", name=FORM)).to_be_visible()
    for path, heading in (("/", "Wednesday 20 May"), ("/entries", "My entries")):
        device.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)
        expect(status(page)).to_have_text(NO_SIGNAL)


def test_the_office_opens_from_cold_with_no_network(
    room: Room, demonstration: Demonstration
) -> None:
    desk = room.restartable("officer")
    sign_in(desk.device.open(), demonstration.officer)
    desk.device.keeps_the_app()
    desk.kill()
    page = desk.launch(offline=True).open("/office")
    expect(page.get_by_role("heading", name="Headcount")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("No connection.")
    for path, heading in (
        ("/office/late", "Late desk"),
        ("/office/planned", "Planned codes"),
        ("/office/pupil", "A pupil’s marks"),
    ):
        desk.device.open(path)
        expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def test_a_browser_killed_right_after_a_tap_has_kept_the_draft(
    room: Room, demonstration: Demonstration
) -> None:
    tablet = room.restartable("cover")
    sign_in(tablet.device.open(), demonstration.cover)
    tablet.device.keeps_the_app()
    register = Register.of(tablet.device.page, COVERED)
    one, other, third = register.names()[:3]
    register.mark(one, "Not here")
    register.mark(other, "Here")
    register.mark(third, "Not here")
    tablet.kill()
    page = tablet.launch(offline=True).open()
    register = Register.of(page, COVERED)
    expect(page.get_by_role("region", name="Not saved yet")).to_contain_text("3 marks not saved")
    for name, word in ((one, "Not here"), (other, "Here"), (third, "Not here")):
        register.expect_mark(name, word)


def test_a_browser_killed_the_moment_it_says_saved_has_kept_the_entry(
    room: Room, demonstration: Demonstration
) -> None:
    tablet = room.restartable("cover")
    sign_in(tablet.device.open(), demonstration.cover)
    tablet.device.keeps_the_app()
    tablet.device.lose_network()
    register = Register.of(tablet.device.page, ALSO_COVERED)
    names = register.names()
    for name in register.planned():
        register.mark(name, "Here")
    register.fill()
    register.press_save()
    register.expect_saved(f"{len(names)} of {len(names)}")
    tablet.kill()
    page = tablet.launch(offline=True).open()
    expect(status(page)).to_contain_text("1 entry waits.")
    register = Register.of(page, ALSO_COVERED)
    register.expect_totals(here=len(names))
    expect(page.get_by_role("region", name="Not saved yet")).to_have_count(0)

    # A browser writes cookies down now and then, so a killed one may have lost its session.
    tablet.device.context.clear_cookies()
    tablet.device.find_network()
    expect(status(page)).to_contain_text("Sign in again to send 1 entry.")
    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("main")).to_contain_text("1 entry waits here")
    sign_in(page, demonstration.cover)
    expect(status(page)).to_contain_text("Your entry is received")


def test_a_browser_killed_in_the_middle_of_saving_has_the_marks_once(
    room: Room, demonstration: Demonstration
) -> None:
    """Saved or still a draft: the marks are there, and what was written is not offered again."""
    tablet = room.restartable("cover")
    sign_in(tablet.device.open(), demonstration.cover)
    tablet.device.keeps_the_app()
    tablet.device.lose_network()
    register = Register.of(tablet.device.page, COVERED, "afternoon")
    names = register.names()
    for name in register.planned():
        register.mark(name, "Here")
    register.fill()
    register.expect_totals(here=len(names))
    register.press_save()
    tablet.kill()
    page = tablet.launch(offline=True).open()
    register = Register.of(page, COVERED, "afternoon")
    register.expect_totals(here=len(names))
    draft = {"restored": True, "save": f"Save {len(names)}", "waits": False}
    entry = {"restored": False, "save": "Save", "waits": True}
    settled(page, lambda: page.evaluate(KEPT), lambda seen: seen in (draft, entry), "either")
    expect(status(page)).to_contain_text(NO_SIGNAL)


def _sign_in(device: Device, demonstration: Demonstration) -> Page:
    sign_in(device.open(), demonstration.tutor)
    device.keeps_the_app()
    return device.page
