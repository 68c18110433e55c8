"""A concern, from a teacher without a signal to whoever answers for it, and back."""

import re

from playwright.sync_api import Page, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.looks import look
from tests.browser.screens import dialog, go

AT = "09:40"
WORDS = "She said: “my arm hurts”. A bruise on the left arm, the width of a hand."


def _bar(page: Page):
    return page.get_by_role("alert").filter(has_text="has not reached the server")


def _raise(page: Page, child: str) -> None:
    page.get_by_role("banner").get_by_role("link", name="Raise a concern").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Raise a concern about a child")
    page.get_by_role("button", name=re.compile("^I have just rung")).first.click()
    page.get_by_label("Which child?").fill(child)
    page.get_by_role("list", name="Children found").get_by_role("button").first.click()
    page.get_by_label("What did you see and hear?").fill(WORDS)


def test_raised_without_a_signal_it_is_loud_until_somebody_has_it(
    room: Room, demonstration: Demonstration
) -> None:
    tutor, lead = (
        room.signed_in(demonstration.tutor),
        room.signed_in(demonstration.safeguarding_lead),
    )
    page = tutor.page
    tutor.lose_network()
    page.get_by_role("banner").get_by_role("link", name="Raise a concern").click()
    look(page, "concern-new")
    page.get_by_role("button", name="Send this concern").click()
    expect(page.get_by_role("alert").first).to_contain_text("Write what you saw and heard")
    _raise(page, "a")
    page.get_by_label("It is about somebody who works with children here").check()
    look(page, "concern-about-staff")
    page.get_by_label("It is about somebody who works with children here").uncheck()
    go(page, "Fire list")  # it is begun, and not sent
    dialog(page).get_by_role("button", name="Leave without sending").click()
    begun = page.get_by_role("alert").filter(has_text="You began a concern and have not sent it")
    expect(begun).to_be_visible()
    page.reload()
    expect(begun).to_be_visible()
    begun.get_by_role("link").click()
    expect(page.get_by_label("What did you see and hear?")).to_have_value(WORDS)
    page.get_by_role("button", name="Send this concern").click()
    expect(_bar(page)).to_contain_text("Ring")
    expect(_bar(page).get_by_role("link", name=re.compile(r"^[\d ]+$")).first).to_be_visible()
    look(page, "concern-not-received")
    for place in ("Today", "Fire list", "My entries"):
        go(page, place)
        expect(_bar(page)).to_be_visible()

    tutor.find_network()
    expect(_bar(page)).to_have_count(0)
    calm = page.get_by_role("region", name="A concern that is not acknowledged yet")
    expect(calm).to_contain_text("the safeguarding lead of Quillbrook Primary School")

    desk = lead.page
    go(desk, "Concerns")
    queue = desk.get_by_role("region", name="New concerns")
    expect(queue).to_contain_text(demonstration.tutor.name)
    look(desk, "concern-queue")
    queue.get_by_role("link").first.click()
    expect(desk.get_by_role("main")).to_contain_text("my arm hurts")
    desk.get_by_role("button", name="Acknowledge it").click()
    expect(desk.get_by_role("main")).to_contain_text("acknowledged it")
    desk.get_by_label("What was done?").fill("Rang home, and children's services.")
    desk.get_by_text("It was referred to others, who have it now").click()
    desk.get_by_role("button", name="Record what was done").click()
    expect(desk.get_by_role("main")).to_contain_text("referred it")
    with desk.expect_download() as saved:
        desk.get_by_role("button", name="Save the PDF").click()
    assert saved.value.path().read_bytes().startswith(b"%PDF-")
    desk.get_by_label("Once it is there: in which system?").fill("MyConcern")
    desk.get_by_label("Under which reference?").fill("Q-118")
    desk.get_by_role("button", name="Record the reference").click()
    expect(desk.get_by_role("main")).to_contain_text("took it into MyConcern under the reference")
    look(desk, "concern-open")

    expect(calm).to_have_count(0)
    go(page, "Concerns")
    mine = page.get_by_role("list", name="Concerns you raised")
    expect(mine).to_contain_text(f"Acknowledged by {demonstration.safeguarding_lead.name}")
    look(page, "concern-mine")


def test_about_the_head_the_chair_has_it_and_the_head_has_nothing(
    room: Room, demonstration: Demonstration
) -> None:
    tutor, head = room.signed_in(demonstration.tutor), room.signed_in(demonstration.head)
    page = tutor.page
    page.get_by_role("banner").get_by_role("link", name="Raise a concern").click()
    page.get_by_label("It is about the head").check()
    expect(page.get_by_role("list", name="Whom to ring now, in this order")).to_contain_text(
        "Chair of governors"
    )
    page.get_by_label("Which child?").fill("A boy in year 4")
    page.get_by_label("What did you see and hear?").fill(WORDS)
    page.get_by_role("button", name="Send this concern").click()
    expect(page.get_by_role("main")).to_contain_text("the chair of governors of")
    go(head.page, "Concerns")
    expect(head.page.get_by_role("region", name="New concerns")).to_contain_text("No concern waits")
    expect(head.page.get_by_role("main")).not_to_contain_text("A boy in year 4")


def test_from_a_family_it_goes_to_the_childs_school_and_its_author_sees_who_has_it(
    room: Room, demonstration: Demonstration
) -> None:
    worker = demonstration.team_lead
    out = room.signed_in(worker)
    desk = room.signed_in(demonstration.safeguarding_lead).page
    page = out.page
    out.lose_network()
    page.get_by_role("banner").get_by_role("link", name="Raise a concern").click()
    page.get_by_label("Which child?").fill("a")
    found = page.get_by_role("list", name="Children found").get_by_role("button")
    found.filter(has_text="Quillbrook").first.click()
    ring = page.get_by_role("list", name="Whom to ring now, in this order")
    expect(ring).to_contain_text(demonstration.safeguarding_lead.name)
    page.get_by_label("It is out of hours, or nobody there answers").check()
    expect(ring).to_contain_text("Duty team")
    look(page, "concern-area")
    page.get_by_label("What did you see and hear?").fill(WORDS)
    page.get_by_role("button", name="Send this concern").click()
    expect(_bar(page)).to_contain_text("Ring")
    out.find_network()
    calm = page.get_by_role("region", name="A concern that is not acknowledged yet")
    expect(calm).to_contain_text("the safeguarding lead of Quillbrook Primary School")
    go(desk, "Concerns")
    line = desk.get_by_role("region", name="New concerns").get_by_role("listitem")
    line = line.filter(has_text=worker.name)
    line.get_by_role("link").click()
    look(desk, "concern-of-a-family")
    desk.get_by_role("button", name="Acknowledge it").click()
    expect(calm).to_have_count(0)
    expect(page.get_by_role("main")).to_contain_text(
        f"Acknowledged by {demonstration.safeguarding_lead.name}"
    )
