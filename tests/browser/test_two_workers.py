"""Two workers at one door without a signal: what agrees, what is contested, and who reads what."""

import re
from dataclasses import dataclass

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import Device
from tests.browser.looks import look
from tests.browser.notes import account, answer, at_the_door, forward, open_first
from tests.browser.screens import dialog, go, go_office

AT = "15:30"
SCHOOL = "Quillbrook Primary School"
ACTION = "Ask for a later bus"
SHARED = "Please keep a breakfast place: periwinkle."
WHY_NOT = "The door stood open"
REASON = "We spoke about it in the car: she was in the kitchen, the two of us were not."
ADDENDUM = "On the stairs I heard a saxophone."
EVERY_WORD = """
async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = [];
  for (const { name } of await indexedDB.databases()) {
    const database = await answer(indexedDB.open(name));
    for (const store of database.objectStoreNames) {
      const kept = database.transaction(store).objectStore(store);
      found.push(name, ...await answer(kept.getAllKeys()), ...await answer(kept.getAll()));
    }
    database.close();
  }
  return JSON.stringify(found);
}
"""
"""All that a tablet holds, as text."""


@dataclass(frozen=True)
class Words:
    """What one worker alone writes; each holds a word that is nowhere else."""

    observation: str
    analysis: str
    parent: str
    child: str

    @property
    def all(self) -> list[str]:
        return [self.observation, self.analysis, self.parent, self.child]


FIRST = Words(
    "The hallway smelled of turpentine.",
    "She carries more than a zeppelin could.",
    "We sleep in shifts, like on an obelisk.",
    "I had marzipan for tea.",
)
SECOND = Words(
    "A harmonica lay on the stairs.",
    "He is as steady as a metronome.",
    "Nobody asked us about the trapeze.",
    "My shoes have walruses.",
)
NARRATIVE = [
    *("turpentine", "zeppelin", "obelisk", "marzipan"),
    *("harmonica", "metronome", "trapeze", "walruses"),
    *("saxophone", WHY_NOT, "We spoke about it in the car"),
]
"""Of everything that is for the case's workers and their lead alone."""


def test_two_notes_of_one_visit_stand_beside_each_other_and_reach_whom_they_may(
    room: Room, demonstration: Demonstration
) -> None:
    first, second, *_ = demonstration.family_workers
    one = room.signed_in(first)
    visit = open_first(one.page)
    child = _child(one.page)
    _take_along(one.page, second)
    two = room.signed_in(second)
    two.open(f"/visits/{visit}")
    expect(two.page.get_by_role("main")).to_contain_text("No such visit here")
    _grant(room.signed_in(demonstration.team_lead).page, second, child)
    expect(two.page.get_by_role("main")).to_contain_text("go together")

    for device in (one, two):
        device.keeps_the_app()
        device.lose_network()
    _write(one, FIRST, child, alone=True)
    _write(two, SECOND, child, alone=False)
    for device, author in ((one, first), (two, second)):
        expect(account(device.page, author.name)).to_contain_text("Waits on this tablet.")
        device.find_network()

    contested = f"{child}, seen alone"
    for device in (one, two):
        page = device.page
        for author, words in ((first, FIRST), (second, SECOND)):
            theirs = account(page, author.name)
            for said in words.all:
                expect(theirs).to_contain_text(said)
            expect(theirs).to_contain_text("Received 15:")
        differ = page.get_by_role("region", name="People differ")
        expect(differ.get_by_text(contested, exact=True)).to_be_visible()
        expect(differ.get_by_role("listitem")).to_have_count(2)
        expect(differ).to_contain_text(WHY_NOT)
        expect(_fact(page, f"{child}, seen")).not_to_contain_text("Contested")
        expect(_fact(page, "At the door")).not_to_contain_text("Contested")
        expect(_fact(page, "Arrived")).to_contain_text("15:30")
    look(one.page, "two-workers-contested")

    _settle(two.page, contested, first)
    for device in (one, two):
        expect(device.page.get_by_role("region", name="People differ")).to_have_count(0)
    _add(one.page, second)
    expect(account(two.page, second.name)).to_contain_text(f"Added by {first.name}")

    lead = room.signed_in(demonstration.team_lead)
    page = lead.page
    lead.open(f"/visits/{visit}")
    for author, words in ((first, FIRST), (second, SECOND)):
        for said in words.all:
            expect(account(page, author.name)).to_contain_text(said)
    expect(account(page, second.name)).to_contain_text(ADDENDUM)
    settled = _fact(page, contested)
    settled.locator("summary").click()
    expect(settled).to_contain_text(f"Settled: {REASON}")
    expect(settled).to_contain_text("Replaced since.")
    look(page, "two-workers-settled")

    _each_reads_what_is_theirs(room, demonstration, child)


def _each_reads_what_is_theirs(room: Room, demonstration: Demonstration, child: str) -> None:
    office = room.signed_in(demonstration.officer)
    page = office.page
    go_office(page, "A pupil’s marks")
    page.get_by_label("Whose marks?").fill(child)
    page.get_by_label("Whose marks?").press("Enter")
    support = page.get_by_role("region", name="Family support")
    visits = support.get_by_role("list", name="Home visits")
    expect(visits).to_contain_text("Home visit Wednesday 20 May: the family was seen.")
    expect(support.get_by_role("list", name="Actions agreed")).to_contain_text(ACTION)
    pupil = page.url.rpartition("/")[2]
    look(page, "two-workers-office")
    _holds_nothing_of(office, [*NARRATIVE, "periwinkle"])

    desk = room.signed_in(demonstration.safeguarding_lead)
    page = desk.page
    go(page, "Concerns")
    told = page.get_by_role("region", name="Told by family workers")
    look(page, "told-by-family-workers")
    told.get_by_role("link", name=child).click()
    expect(page.get_by_role("region", name="Told to the school")).to_contain_text(SHARED)
    expect(page.get_by_role("region", name="Family support")).to_contain_text(ACTION)
    assert page.url.endswith(pupil)
    look(page, "two-workers-safeguarding-lead")
    _holds_nothing_of(desk, NARRATIVE)

    tutor = room.signed_in(demonstration.tutor)
    _holds_nothing_of(tutor, [*NARRATIVE, "periwinkle", ACTION, "support:", "visit:"])


def _holds_nothing_of(device: Device, words: list[str]) -> None:
    """Neither on the page nor anywhere on the device."""
    shown = device.page.locator("body").inner_text()
    kept: str = device.page.evaluate(EVERY_WORD)
    assert len(kept) > 1000, "nothing at all is on this device"
    assert [word for word in words if word in shown or word in kept] == []


def _take_along(page: Page, colleague: Person) -> None:
    """Have a colleague come along, and wait until the server knows."""
    page.get_by_role("link", name="Change the plan").click()
    page.get_by_role("group", name="Who goes").get_by_label(colleague.name).check()
    warning = page.get_by_text(f"{colleague.name} is not among this case’s workers.")
    expect(warning).to_contain_text("ask your team lead to grant them the case")
    look(page, "two-workers-plan")
    page.get_by_role("button", name="Save the plan").click()
    expect(page.get_by_role("main")).to_contain_text("go together")


def _grant(page: Page, worker: Person, child: str) -> None:
    """Have the team's lead give somebody the case of a child's family."""
    go(page, "People and access")
    page.get_by_role("button", name="Give a grant", exact=True).click()
    box = dialog(page)
    box.get_by_label("Who is it for?").select_option(label=worker.name)
    box.get_by_label("In which role?").select_option(label="family worker")
    surname = child.rpartition(" ")[2]
    named = box.get_by_label("Add a case").get_by_role("option").filter(has_text=surname)
    box.get_by_label("Add a case").select_option(named.get_attribute("value"))
    box.get_by_label("Until", exact=True).fill("20:00")
    box.get_by_label("What is it for?").fill("Goes along today")
    box.get_by_role("button", name="Give this grant").click()
    expect(box).to_have_count(0)


def _child(page: Page) -> str:
    """The child of the household who goes to the primary school."""
    line = page.get_by_role("region", name="Household").get_by_role("listitem")
    return line.filter(has_text=SCHOOL).locator("strong").inner_text()


def _write(device: Device, words: Words, child: str, *, alone: bool) -> None:
    """Write the note and hand it in; both saw the child, and only one alone."""
    page = device.page
    at_the_door(page)
    answer(page, "What came of it?", re.compile("^Seen"))
    page.get_by_label("You arrived at", exact=True).fill("15:30")
    forward(page, "Who was there")
    forward(page, "Each child")
    answer(page, f"Did you see {child}?", "Yes")
    answer(page, f"Did you speak with {child} alone?", "Yes" if alone else "No")
    if not alone:
        page.get_by_label("Why not alone").fill(WHY_NOT)
    page.get_by_label(f"{child}’s own words").fill(words.child)
    forward(page, "In your words")
    page.get_by_label("What you saw and heard").fill(words.observation)
    page.get_by_label("The parent’s view").fill(words.parent)
    page.get_by_label("What you make of it").fill(words.analysis)
    forward(page, "Barriers, strengths, actions")
    if alone:
        page.get_by_role("button", name="Add an action").click()
        page.get_by_label("What is to be done").fill(ACTION)
        page.get_by_label("Who does it").select_option(label="Somebody else")
        page.get_by_label("Their name").fill("The bus company")
        page.get_by_label("For which child: their school sees it").select_option(label=child)
    forward(page, "Leaving, and what comes next")
    answer(page, "Does somebody come again?", "No")
    page.get_by_label("On which basis").select_option(label="The family agreed")
    if alone:
        page.get_by_label(f"To tell the safeguarding lead of {SCHOOL} about {child}").fill(SHARED)
    forward(page, "Check and hand in")
    page.get_by_role("button", name="Hand in the note").click()


def _fact(page: Page, name: str) -> Locator:
    """A fact's row in the record."""
    term = page.get_by_role("term").filter(has_text=re.compile(f"^{re.escape(name)}$"))
    return page.locator(".tm-fact-list__row").filter(has=term)


def _settle(page: Page, name: str, author: Person) -> None:
    """Say which of the two holds, with a reason."""
    page.get_by_role("button", name=f"Settle it: {name}").click()
    box = dialog(page)
    box.get_by_role("button", name="Settle it").click()
    expect(box).to_contain_text("Choose which holds")
    box.get_by_role("radio", name=re.compile("Yes")).check()
    expect(box.get_by_text(f"{author.name} said so")).to_be_visible()
    box.get_by_label("How you know").fill(REASON)
    look(page, "two-workers-settle")
    box.get_by_role("button", name="Settle it").click()
    expect(box).to_have_count(0)


def _add(page: Page, author: Person) -> None:
    """Add something to a colleague's account."""
    page.get_by_role("button", name=f"Add something to the account of {author.name}").click()
    dialog(page).get_by_label("What is to be added").fill(ADDENDUM)
    dialog(page).get_by_role("button", name="Add it").click()
    theirs = account(page, author.name)
    expect(theirs).to_contain_text(ADDENDUM)
    expect(theirs).to_contain_text("(received 15:")
