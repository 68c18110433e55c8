"""Two tablets and the late desk, each without a network, then all of them back in reach.

Tutor and cover teacher take the same register. Of the first pupil the tutor says ``N``, and the
office signs that pupil in at 09:05; of the second the tutor says ``N`` and the cover teacher ``/``.
"""

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from server.demo.plans import PLANS, PRIMARY, SECONDARY, SPECIAL, SchoolPlan
from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import DESKTOP, Device
from tests.browser.screens import Register, dialog, go, go_office, settled, sign_in_late, status
from tests.browser.servers import Server

OPENED = "08:52"
ARRIVES_AFTER_MIN = 14
ARRIVED = "09:05"
GOAL_S = 2.0
LIMIT_S = 5.0
"""What fails the test, on a machine that does other things as well."""


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path) -> Iterator[Server]:
    """A server of each test's own: time passes in them."""
    with running(demonstration, OPENED, tmp_path) as one:
        yield one


@dataclass
class Morning:
    """Three devices that saw each other's words only afterwards."""

    tutor: Device
    cover: Device
    office: Device
    people: tuple[Person, Person, Person]
    first: str
    second: str
    agreed: str
    roll: int
    planned: int

    @property
    def devices(self) -> tuple[Device, Device, Device]:
        return self.tutor, self.cover, self.office


def _meet(room: Room, demonstration: Demonstration, plan: SchoolPlan) -> Morning:
    """Sign three people in, and let them walk out of reach."""
    people = (
        demonstration.person("class_teacher", plan.name),
        demonstration.person("cover_teacher", plan.name),
        demonstration.person("attendance_officer", plan.name),
    )
    tutor, cover = room.signed_in(people[0]), room.signed_in(people[1])
    office = room.signed_in(people[2], DESKTOP)
    for device in (tutor, cover, office):
        device.lose_network()
    register = Register.of(tutor.page, plan.shown)
    names, planned = register.names(), register.planned()
    first, second, agreed, *_ = [name for name in names if name not in planned]
    return Morning(tutor, cover, office, people, first, second, agreed, len(names), len(planned))


def _take(register: Register, away: list[str]) -> None:
    for name in away:
        register.mark(name, "Not here")
    register.fill()


def _save_in_part(register: Register, words: str) -> None:
    register.press_save()
    dialog(register.page).get_by_role("button", name="Save the others").click()
    register.expect_saved(words)


def _sign_in_late(room: Room, morning: Morning) -> None:
    """Some minutes later, at the late desk."""
    room.later(ARRIVES_AFTER_MIN)
    page = morning.office.page
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        re.compile("The school at 09:0[67]")
    )
    sign_in_late(page, morning.first, ARRIVED, "Bus broke down")


def _in_reach(morning: Morning) -> None:
    """Back in reach, whoever has something to say or has not."""
    for device in morning.devices:
        device.find_network()


def _everybody_back(morning: Morning) -> None:
    _in_reach(morning)
    for device in morning.devices:
        expect(status(device.page)).to_contain_text("Your entry is received")


def _reopen(device: Device, plan: SchoolPlan) -> Register:
    go(device.page, "Today")
    return Register.of(device.page, plan.shown)


def _see(register: Register, name: str, words: str) -> Locator:
    """A pupil's row once it says so. What comes in meanwhile is shown when one asks for it."""
    row = register.row(name)
    either = re.compile(f"{words}|Changed while you were here")
    while not re.search(words, settled(row.page, row.inner_text, either.search, either.pattern)):
        row.get_by_role("button", name="Show it").click()
    return row


def _contested(page: Page) -> Locator:
    go(page, "Office")
    return page.get_by_role("region", name=re.compile("^Contested"))


def test_what_agrees_is_agreed_what_refines_is_joined_and_what_contradicts_is_settled(
    room: Room, demonstration: Demonstration
) -> None:
    morning = _meet(room, demonstration, PRIMARY)
    here = morning.roll - morning.planned - 2
    tutor = Register(morning.tutor.page)
    _take(tutor, [morning.first, morning.second])
    _save_in_part(tutor, f"{here} here, 2 not here")
    cover = Register.of(morning.cover.page, PRIMARY.shown)
    _take(cover, [])
    cover.more(morning.first).get_by_role("button", name="Take my mark back").click()
    _save_in_part(cover, f"{here + 1} here, 0 not here")
    _sign_in_late(room, morning)
    _everybody_back(morning)

    for device, mine in ((morning.tutor, "Not here"), (morning.cover, "Here")):
        register = _reopen(device, PRIMARY)
        register.expect_mark(morning.agreed, "Here")
        expect(register.row(morning.agreed)).not_to_contain_text("said by")
        _see(register, morning.first, "Before that: Not here, said by")
        register.expect_mark(morning.first, "Late")
        row = _see(register, morning.second, "Contradiction: check")
        register.expect_blank(morning.second)
        lines = row.get_by_role("list").get_by_role("listitem")
        expect(lines).to_have_count(2)
        for word, who in zip(("Not here", "Here"), morning.people, strict=False):
            said = "you" if word == mine else who.name
            line = lines.filter(has_text=re.compile(f"^{word}, said by {said}"))
            place = f"in {PRIMARY.shown}"
            expect(line).to_have_text(re.compile(rf"{place}, seen 08:5\d, received 09:0\d$"))
        register.expect_totals(here=here, late=1, unmarked=1 + morning.planned)

    contested = _contested(morning.office.page)
    expect(contested.get_by_role("heading", level=2)).to_have_text("Contested 1")
    claims = contested.get_by_role("list", name=f"What is said of {morning.second}")
    expect(claims.get_by_role("listitem")).to_have_count(2)
    tutor_person, cover_person, officer = morning.people
    for who, role in ((tutor_person, "class teacher"), (cover_person, "cover teacher")):
        line = claims.get_by_role("listitem").filter(has_text=f"{who.name}, {role}")
        expect(line).to_contain_text(f"Register of {PRIMARY.shown}")
        expect(line).to_contain_text(re.compile(r"Observed 08:5\d\. Received 09:0\d\."))

    _settle(morning)
    page = morning.office.page
    go_office(page, "A pupil’s marks")
    page.get_by_label("Whose marks?").fill(morning.second)
    page.get_by_role("button", name=re.compile(f"^{re.escape(morning.second)}")).click()
    history = page.get_by_role("list", name=re.compile("^Everything said, Wed 20 May, morning"))
    lines = history.get_by_role("listitem")
    expect(lines).to_have_count(3)
    expect(lines.filter(has_text="Replaced")).to_have_count(2)
    last = lines.nth(2)
    expect(last).to_contain_text("Stands")
    expect(last).to_contain_text(f"{officer.name}, attendance officer")
    expect(last).to_contain_text("Office, settling a contradiction")
    expect(last).to_contain_text("Reason: “Seen in the hall by the head”")
    expect(last).to_contain_text(re.compile(r"Received 09:\d\d"))


def _settle(morning: Morning) -> None:
    """The officer decides; one tablet has today's page open, the other the register."""
    go(morning.tutor.page, "Today")
    card = morning.tutor.page.get_by_role("article").filter(has_text=f"{PRIMARY.shown} morning")
    expect(card).to_contain_text("1 to check")
    page = morning.office.page
    page.get_by_role("button", name=f"Settle: {morning.second}").click()
    form = dialog(page)
    form.get_by_role("radio", name="/ ").check()
    form.get_by_role("textbox", name="Reason").fill("Seen in the hall by the head")
    began = time.monotonic()
    form.get_by_role("button", name="Save this mark").click()
    row = Register(morning.cover.page).row(morning.second)
    expect(row).not_to_contain_text("Contested")
    Register(morning.cover.page).expect_mark(morning.second, "Here")
    expect(card).not_to_contain_text("1 to check")
    took = time.monotonic() - began
    assert took < LIMIT_S, f"both tablets showed it after {took:.2f} s; the goal is {GOAL_S} s"
    register = Register.of(morning.tutor.page, PRIMARY.shown)
    register.expect_mark(morning.second, "Here")
    history = register.more(morning.second).get_by_role("list").last
    for words in ("Not here, said by you", "Replaced by", "settling a contradiction"):
        expect(history).to_contain_text(words)
    expect(history).to_contain_text("Changed because: Seen in the hall by the head")


def test_an_arrival_that_two_people_saw_is_one_arrival(
    room: Room, demonstration: Demonstration
) -> None:
    morning = _meet(room, demonstration, SECONDARY)
    tutor = Register(morning.tutor.page)
    _take(tutor, [morning.first, morning.second])
    here = morning.roll - morning.planned - 2
    _save_in_part(tutor, f"{here} here, 2 not here")
    cover = Register.of(morning.cover.page, SECONDARY.shown)
    cover.fill()
    cover.more(morning.first).get_by_role("button", name="Take my mark back").click()
    _sign_in_late(room, morning)
    expect(cover.page.get_by_role("main")).to_contain_text(re.compile("closes in 1[34] min"))
    cover.late(morning.first, "09:04")
    _save_in_part(cover, f"{here + 2} here, 0 not here")
    _everybody_back(morning)
    for device in (morning.tutor, morning.cover):
        register = _reopen(device, SECONDARY)
        register.more(morning.first)
        row = _see(register, morning.first, "at the late desk")
        register.expect_mark(morning.first, "Late")
        expect(row).to_contain_text("Before that: Not here")
        history = row.get_by_role("list").last
        for said in ("came 09:04", f"came {ARRIVED}", "Not here, said by"):
            expect(history).to_contain_text(said)
        _see(register, morning.second, "Contradiction: check")
    contested = _contested(morning.office.page)
    expect(contested.get_by_role("heading", level=2)).to_have_text("Contested 1")
    expect(contested).to_contain_text(morning.second)


def test_present_from_the_start_and_signed_in_late_contradict_each_other(
    room: Room, demonstration: Demonstration
) -> None:
    morning = _meet(room, demonstration, SPECIAL)
    tutor = Register(morning.tutor.page)
    tutor.mark(morning.first, "Not here")
    _save_in_part(tutor, "0 here, 1 not here")
    cover = Register.of(morning.cover.page, SPECIAL.shown)
    cover.mark(morning.first, "Here")
    _save_in_part(cover, "1 here, 0 not here")
    _sign_in_late(room, morning)
    _everybody_back(morning)
    for device in (morning.tutor, morning.cover):
        register = _reopen(device, SPECIAL)
        row = _see(register, morning.first, "at the late desk")
        register.expect_blank(morning.first)
        expect(row).to_contain_text("Contradiction: check")
        expect(row).to_contain_text("Before that: Not here")
    contested = _contested(morning.office.page)
    said = contested.get_by_role("list", name=f"What is said of {morning.first}")
    expect(said.get_by_role("listitem").filter(has_text="Late desk")).to_contain_text(
        f"came in at {ARRIVED}"
    )
    expect(said.get_by_role("listitem").filter(has_text="cover teacher")).to_contain_text("/")


def test_the_time_of_arrival_decides_the_mark_however_late_it_is_synced(
    room: Room, demonstration: Demonstration
) -> None:
    morning = _meet(room, demonstration, PRIMARY)
    main = morning.cover.page.get_by_role("main")
    register = Register.of(morning.cover.page, PRIMARY.shown)
    room.later(20)
    expect(main).to_contain_text(re.compile("closes in [678] min"))
    register.late(morning.first, "09:10")
    room.later(20)
    expect(main).to_contain_text("closed 09:20")
    register.late(morning.second, "09:30")
    _save_in_part(register, "2 here, 0 not here")
    room.later(60)
    _in_reach(morning)
    go(morning.tutor.page, "Today")
    card = morning.tutor.page.get_by_role("article").filter(has_text=f"{PRIMARY.shown} morning")
    expect(card).to_contain_text("2 here, 0 not here")
    seen = Register.of(morning.tutor.page, PRIMARY.shown)
    expect(seen.row(morning.first)).to_contain_text("L09:10")
    expect(seen.row(morning.second)).to_contain_text("U09:30")
    history = seen.more(morning.second).get_by_role("list").last
    expect(history).to_contain_text(re.compile(r"seen 09:3\d, received 10:3\d"))


def test_somebody_seen_absent_after_arriving_is_looked_for_first(
    room: Room, demonstration: Demonstration
) -> None:
    morning = _meet(room, demonstration, PRIMARY)
    _sign_in_late(room, morning)
    register = Register(morning.tutor.page)
    room.later(5)
    expect(morning.tutor.page.get_by_role("main")).to_contain_text(
        re.compile("closes in [789] min")
    )
    register.mark(morning.first, "Not here")
    _save_in_part(register, "0 here, 1 not here")
    _in_reach(morning)
    page = morning.office.page
    go(page, "Office")
    section = page.get_by_role("region", name=re.compile("^Signed in and still marked absent 1"))
    expect(section).to_contain_text(morning.first)
    expect(section).to_contain_text(f"Came in at {ARRIVED}")
    expect(section).to_contain_text("Marked N, not here")
    go(morning.cover.page, "Fire list")
    line = morning.cover.page.get_by_role("listitem").filter(
        has_text=morning.first.rpartition(" ")[2]
    )
    expect(line.filter(has_text=morning.first.partition(" ")[0])).to_contain_text("Check")


def test_the_demonstration_has_three_schools() -> None:
    assert {plan.name for plan in PLANS} == {PRIMARY.name, SECONDARY.name, SPECIAL.name}
