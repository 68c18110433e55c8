"""People and access: a grant that ends empties the tablet; who gave what; why somebody sees it."""

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, Route, expect

from server.demo.plans import PRIMARY
from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration, Person
from tests.browser.devices import TABLET, Device
from tests.browser.looks import look
from tests.browser.screens import IN_TOUCH, Register, dialog, go, go_office, sign_in, status

AT = "08:53"
FORM = PRIMARY.forms[(PRIMARY.forms.index(PRIMARY.shown) + 5) % len(PRIMARY.forms)]
"""A form that the cover teacher has nothing to do with until it is granted."""
ENDS = "09:10"
KEPT = """
async () => {
  const answer = (request) => new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
  const found = {};
  for (const { name } of await indexedDB.databases()) {
    if (!name.includes("-replica-")) continue;
    const database = await answer(indexedDB.open(name));
    found[name] = [];
    for (const store of database.objectStoreNames) {
      const kept = database.transaction(store).objectStore(store);
      found[name].push(...await answer(kept.getAllKeys()));
    }
    database.close();
  }
  return found;
}
"""


def enter(room: Room, person: Person, heading: str) -> Page:
    """Sign in somebody whose first page is not one of registers."""
    page = room.device(person.name).open()
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(heading)
    expect(status(page)).to_contain_text(IN_TOUCH)
    return page


@pytest.fixture
def head(room: Room, demonstration: Demonstration) -> Page:
    page = room.signed_in(demonstration.head).page
    go_office(page, "People and access")
    return page


def give(page: Page, person: Person, form: str, until: str, purpose: str) -> None:
    """Give somebody a form's registers until a time today."""
    page.get_by_role("button", name="Give a grant", exact=True).click()
    dialog(page).get_by_label("Who is it for?").select_option(label=person.name)
    dialog(page).get_by_label("Add a group").select_option(label=form)
    dialog(page).get_by_label("Until", exact=True).fill(until)
    dialog(page).get_by_label("What is it for?").fill(purpose)
    dialog(page).get_by_role("button", name="Give this grant").click()
    expect(dialog(page)).not_to_be_visible()


def line(page: Page, name: str) -> Locator:
    """A person's line in the list."""
    return page.get_by_role("listitem").filter(
        has=page.get_by_role("heading", name=name, exact=True)
    )


def end(page: Page, person: Person, what: str, reason: str) -> None:
    """End what somebody was granted."""
    page.get_by_role("button", name=f"End: {person.name}, {what}").click()
    dialog(page).get_by_label("Reason").fill(reason)
    dialog(page).get_by_role("button", name="End it now").click()
    expect(dialog(page)).not_to_be_visible()


def documents(page: Page, school: str) -> dict[str, dict[str, Any]]:
    """Everything that somebody signed in may see, as the server has it."""
    origin = page.evaluate("location.origin")
    answer = page.request.get(f"{origin}/db/{school}/_changes?include_docs=true&limit=5000")
    return {row["id"]: row["doc"] for row in answer.json()["results"]}


def ids_of(head: Page, school: str, form: str) -> set[str]:
    """The sheets, cards and histories that go to whoever takes a form's registers."""
    there = documents(head, school)
    group = next(one for one in there.values() if one["type"] == "group" and one["name"] == form)
    members = set(group["members"])
    of_group = {name for name in there if name.startswith("sheet:") and group["group"] in name}
    kinds = ("card:", "history:")
    of_pupils = {one for one in there if one.startswith(kinds) and one.split(":")[-1] in members}
    return of_group | of_pupils


def test_a_grant_ends_and_the_tablet_empties(
    room: Room, demonstration: Demonstration, head: Page
) -> None:
    cover = demonstration.cover
    device = room.signed_in(cover)
    page = device.page
    device.keeps_the_app()
    theirs = ids_of(head, demonstration.school, FORM)
    assert len(theirs) > 40
    expect(page.get_by_role("link", name=f"{FORM} morning", exact=True)).to_have_count(0)
    assert theirs.isdisjoint(held(device))

    give(head, cover, FORM, ENDS, "The teacher is on a course")
    main = page.get_by_role("main")
    expect(main).to_contain_text(f"You may take the register of {FORM} until {ENDS}.")
    expect(main).to_contain_text(
        f"Why: The teacher is on a course. Given by {demonstration.head.name}."
    )
    expect(line(head, cover.name)).to_contain_text(
        f"Cover teacher of {FORM}, until {ENDS} The teacher is on a course. Given by"
    )
    register = Register.of(page, FORM)
    absent, *_, last = register.unplanned()
    register.mark(absent, "Not here")
    save(register)
    expect(status(page)).to_contain_text("received")
    before = names(device)
    assert theirs & held(device)

    device.lose_network()
    register.mark(last, "Here")
    save(register)
    expect(status(page)).to_contain_text("1 entry waits")
    room.later(10)
    soon = main.get_by_text(re.compile(rf"^Your cover of {FORM} ends at {ENDS}, in \d minutes\."))
    expect(soon).to_be_visible()
    room.later(10)
    expect(soon).not_to_be_visible()
    go(page, "Today")
    expect(main).to_contain_text(f"Your cover of {FORM} ended at {ENDS}.")
    expect(main).to_contain_text(
        "What you wrote is kept and will be sent; the rest leaves this tablet at its next contact."
    )
    assert theirs & held(device)

    device.find_network()
    expect(status(page)).to_contain_text("received")
    expect(main).to_contain_text(f"Your cover of {FORM} ended at {ENDS}.")
    expect(main).to_contain_text("The rest has left this tablet.")
    expect(page.get_by_role("link", name=f"{FORM} morning", exact=True)).to_have_count(0)
    device.has_written()
    assert theirs.isdisjoint(held(device))
    assert names(device).isdisjoint(before)
    assert len(names(device)) == 1
    go(page, "My entries")
    expect(main).to_contain_text(re.compile(FORM))

    # What was just sent is still being published: a tablet is asked again after a minute.
    room.later(2)
    page.reload()
    proof = line(head, cover.name).get_by_role("list", name="On their tablets")
    expect(proof).to_contain_text(re.compile(r"exactly what it may hold, .*; let go of the rest"))
    expect(line(head, cover.name)).to_contain_text("1 grant ended")
    go_office(head, "A pupil’s marks")
    head.get_by_label("Whose marks?").fill(last)
    head.get_by_role("button", name=re.compile(f"^{re.escape(last)}")).click()
    today = head.get_by_role("region", name="Today")
    expect(today).to_contain_text("What its author was granted has ended since")
    expect(today).to_contain_text("Stands")


def save(register: Register) -> None:
    """Save a register that is not complete."""
    register.press_save()
    dialog(register.page).get_by_role("button", name="Save the others").click()


def held(device: Device) -> set[str]:
    """Ids of the published documents on a device, of every generation."""
    return {one for ids in device.page.evaluate(KEPT).values() for one in ids}


def names(device: Device) -> set[str]:
    """The databases of published documents on a device."""
    return set(device.page.evaluate(KEPT))


def test_somebody_whose_every_grant_was_ended_sees_a_plain_page(
    room: Room, demonstration: Demonstration, head: Page
) -> None:
    cover = demonstration.person("cover_teacher", "Tarnholt High School")
    other = room.signed_in(demonstration.person("head", "Tarnholt High School")).page
    go_office(other, "People and access")
    page = room.signed_in(cover).page
    main = page.get_by_role("main")
    look(page, "today-granted")
    given = line(other, cover.name).get_by_role("button", name=re.compile("^End: .* of ")).first
    given.click()
    look(other, "access-end")
    dialog(other).get_by_role("button", name="End it now").click()
    expect(dialog(other).get_by_role("alert")).to_contain_text("Enter the reason")
    dialog(other).get_by_label("Reason").fill("The teachers are back")
    dialog(other).get_by_role("button", name="End it now").click()
    expect(main).to_contain_text("The teachers are back.")
    expect(main).to_contain_text("You have no register to take today.")
    look(page, "today-ended")
    line(other, cover.name).get_by_role("button", name=re.compile("^End: ")).first.click()
    expect(dialog(other)).to_contain_text("only whoever keeps the accounts can give it back")
    dialog(other).get_by_label("Reason").fill("Left the school")
    dialog(other).get_by_role("button", name="End it now").click()
    expect(main).to_contain_text("Nothing is granted to you in this school at present.")
    look(page, "nothing-granted")
    main.get_by_role("link", name="My entries").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("My entries")
    kept = {one for keys in page.evaluate(KEPT).values() for one in keys}
    assert kept == {"token"}


def test_what_a_governor_and_a_safeguarding_lead_find(
    room: Room, demonstration: Demonstration
) -> None:
    governor = enter(room, demonstration.governor, "Figures")
    expect(governor.get_by_role("table")).to_contain_text("Registers in")
    look(governor, "figures")
    governor.get_by_role("radio", name="The last 7 days").check()
    expect(governor.get_by_role("table")).to_contain_text("Tue 19 May, afternoon")
    look(governor, "figures-week")
    governor.context.set_offline(True)
    governor.get_by_role("radio", name="The last 4 weeks").check()
    expect(governor.get_by_role("alert")).to_contain_text("only with a connection")
    look(governor, "figures-offline")
    lead = enter(room, demonstration.safeguarding_lead, "The school at")
    main = lead.get_by_role("main")
    expect(main.get_by_role("region", name=re.compile("^Registers missing"))).to_be_visible()
    expect(
        main.get_by_role("button", name=re.compile("Reassign|Record|Amend|Settle"))
    ).to_have_count(0)
    expect(main.get_by_role("link", name=re.compile("Take it here|Key in"))).to_have_count(0)
    look(lead, "office-safeguarding")
    lead.goto(f"{lead.evaluate('location.origin')}/office/late")
    expect(lead.get_by_role("heading", level=1)).to_have_text("Page not found")


def test_somebody_in_two_schools_changes_between_them(
    room: Room, demonstration: Demonstration
) -> None:
    """The server says so here; it has nobody who works in two of the demonstration's schools."""
    device = room.device("two schools")
    device.watch.expect("status of 401")
    page = device.page
    other = next(
        row for row in demonstration.said["sign_ins"] if row["school"] != demonstration.school
    )

    def in_both(route: Route) -> None:
        answer = route.fetch()
        me = answer.json()
        mine = {"school": other["school"], "name": other["school_name"]}
        if answer.ok:
            me["schools"].append(me["schools"][0] | mine)
        route.fulfill(response=answer, json=me)

    page.route("**/session", in_both)
    sign_in(device.open(), demonstration.tutor)
    look(page, "two-schools")
    page.unroute_all(behavior="wait")
    choice = page.get_by_label("School", exact=True)
    expect(choice.locator("option:checked")).to_have_text(PRIMARY.name)
    device.lose_network()
    choice.select_option(label=other["school_name"])
    expect(dialog(page)).to_contain_text("Try again when there is a signal")
    look(page, "two-schools-offline")
    dialog(page).get_by_role("button", name="Stay here").click()
    expect(choice.locator("option:checked")).to_have_text(PRIMARY.name)
    device.find_network()
    device.watch.expect("status of 403")
    page.route("**/session", in_both)
    choice.select_option(label=other["school_name"])
    expect(choice.locator("option:checked")).to_have_text(other["school_name"])
    page.unroute_all(behavior="ignoreErrors")


def test_the_page_of_people_and_access(
    room: Room, demonstration: Demonstration, head: Page
) -> None:
    expect(line(head, demonstration.cover.name)).to_be_visible()
    look(head, "access")
    head.get_by_role("button", name="Give a grant", exact=True).click()
    dialog(head).get_by_role("button", name="Give this grant").click()
    expect(dialog(head).get_by_role("alert")).to_contain_text("Enter what it is for")
    dialog(head).get_by_label("In which role?").select_option(label="family worker")
    dialog(head).get_by_role("radio", name="From another time").check()
    dialog(head).get_by_label("Add a pupil").fill("an")
    look(head, "access-give-mistakes")
    dialog(head).get_by_role("list", name="Pupils found").get_by_role("button").first.click()
    dialog(head).get_by_role("radio", name="From now").check()
    dialog(head).get_by_label("Who is it for?").select_option(label=demonstration.tutor.name)
    dialog(head).get_by_label("What is it for?").fill("Works with the family until half-term")
    look(head, "access-give")
    device = head.context
    device.set_offline(True)
    dialog(head).get_by_role("button", name="Give this grant").click()
    pending = head.get_by_role("region", name="Done on this tablet, and not in the list yet")
    expect(pending).to_contain_text(f"Waits to be sent {demonstration.tutor.name}")
    expect(head.get_by_role("alert")).to_contain_text("only with a connection")
    look(head, "access-offline")
    device.set_offline(False)
    expect(pending).not_to_be_visible()
    expect(line(head, demonstration.tutor.name)).to_contain_text("Family worker for 1 pupil")
    see_pupils(room, demonstration)
    explain(demonstration, head)


def see_pupils(room: Room, demonstration: Demonstration) -> None:
    """What somebody finds who was granted a pupil by name, besides their registers."""
    page = room.signed_in(demonstration.tutor).page
    main = page.get_by_role("main")
    expect(main).to_contain_text("You may see 1 pupil, with their attendance, as family worker")
    go(page, "Pupils")
    expect(main.get_by_role("list", name="Pupils").get_by_role("link")).to_have_count(1)
    look(page, "pupils")
    main.get_by_role("list", name="Pupils").get_by_role("link").click()
    expect(page.get_by_role("heading", name="This half-term")).to_be_visible()
    look(page, "pupils-one")


def explain(demonstration: Demonstration, head: Page) -> None:
    """Why somebody sees it, and why not, in words that a person can check."""
    head.get_by_role("link", name="Why can somebody see something?").click()
    head.get_by_role("button", name="Explain").click()
    expect(head.get_by_role("alert")).to_contain_text("Choose a person")
    look(head, "access-why-mistakes")
    head.get_by_label("Who?").select_option(label=demonstration.cover.name)
    head.get_by_role("radio", name="A register of today").check()
    head.get_by_label("Of which group?").select_option(label=PRIMARY.shown)
    head.get_by_role("button", name="Explain").click()
    answer = head.get_by_role("region", name=f"{demonstration.cover.name} sees this")
    expect(answer).to_contain_text(f"as cover teacher of {PRIMARY.shown}")
    look(head, "access-why")
    head.get_by_label("Of which group?").select_option(label=FORM)
    head.get_by_role("button", name="Explain").click()
    expect(head.get_by_role("region", name="does not see this")).to_be_visible()
    go_office(head, "A pupil’s marks")
    head.get_by_label("Whose marks?").fill("an")
    head.get_by_role("list", name="Pupils found").get_by_role("button").first.click()
    head.get_by_role("link", name=re.compile("^Why can somebody see")).click()
    expect(head.get_by_role("radio", name="A pupil’s card")).to_be_checked()
    head.get_by_label("Who?").select_option(label=demonstration.governor.name)
    head.get_by_role("button", name="Explain").click()
    region = head.get_by_role("region", name=f"{demonstration.governor.name} does not see this")
    expect(region).to_contain_text("A governor does not see documents of this kind")
    assert head.viewport_size == TABLET
