"""The alarm for a worker who is not back: mails over a restart, and who ends it is told to all."""

import re
from collections.abc import Iterator
from email.message import EmailMessage
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Room, running
from tests.browser.demonstration import Demonstration, Person
from tests.browser.looks import look
from tests.browser.notes import open_first
from tests.browser.screens import dialog, go, settled
from tests.browser.servers import Server
from tests.server.alarms.area import MailServer

AT = "15:30"
GONE = r"net::ERR_(CONNECTION_|SOCKET_NOT_CONNECTED|EMPTY_RESPONSE|FAILED)"
HOW = "I spoke with him: he is in his car, the visit ran late."
LINK = re.compile(r"/visits/watch/[\w-]+")
QUIET_MS = 4000
"""For so long no mail comes: a server looks every second when something is due."""


@pytest.fixture
def mail() -> Iterator[MailServer]:
    one = MailServer()
    yield one
    one.close()


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path, mail: MailServer) -> Iterator[Server]:
    """A server of the test's own, which has a real mail server to send by."""
    settings = {
        "TIDEMARK_SMTP_HOST": "127.0.0.1",
        "TIDEMARK_SMTP_PORT": str(mail.port),
        "TIDEMARK_SMTP_SECURITY": "none",
        "TIDEMARK_SMTP_FROM": "alarms@tarnholt.example",
    }
    with running(demonstration, AT, tmp_path, **settings) as one:
        yield one


def test_the_buddy_and_the_lead_are_told_until_somebody_says_that_the_worker_is_safe(
    room: Room, server: Server, demonstration: Demonstration, mail: MailServer
) -> None:
    worker, lead = demonstration.family_workers[0], demonstration.team_lead
    out = room.signed_in(worker)
    page = out.page
    open_first(page)
    buddy = _buddy(page, demonstration)
    page.get_by_label("Back by").fill("16:10")
    page.get_by_role("button", name="I am leaving now").click()
    own = page.get_by_role("region", name="While you are out")
    expect(own).to_contain_text("The server watches you until 16:10.")
    look(page, "alarm-leaving")
    out.lose_network()

    server.stop()
    room.later(45)
    server.start()
    (first,) = _mails(page, mail, buddy, 1)
    assert first["Subject"] == f"ALARM: {worker.name} is not back"
    words = first.get_content()
    assert "was expected back at 16:10" in words
    found = LINK.search(words)
    assert found is not None
    watch = found[0]
    assert _mails(page, mail, lead, 0) == []
    expect(own).to_contain_text("You were expected back at 16:10.")
    room.later(16)
    (second,) = _mails(page, mail, lead, 1)
    assert watch in second.get_content()

    theirs = room.signed_in(buddy)
    page = theirs.page
    bar = page.get_by_role("region", name="Somebody is not back")
    expect(bar).to_contain_text(f"{worker.name} was expected back at 16:10.")
    look(page, "alarm-buddy-day")
    page.goto(f"{theirs.address}{watch}")
    main = page.get_by_role("main")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{worker.name} is not back")
    expect(main.get_by_role("alert")).to_contain_text("Nobody has said that they are safe.")
    expect(main.get_by_role("link", name=re.compile(f"^Ring {worker.name}: 07"))).to_be_visible()
    expect(main).to_contain_text(f"The buddy: told {buddy.name}")
    look(page, "alarm-not-back")
    page.get_by_role("button", name="I know that they are safe").click()
    box = dialog(page)
    box.get_by_role("button", name="They are safe").click()
    expect(box).to_contain_text("Enter how you know")
    box.get_by_label("How you know").fill(HOW)
    box.get_by_role("button", name="They are safe").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{worker.name} is safe")
    expect(main).to_contain_text(HOW)
    look(page, "alarm-safe")

    for who in (buddy, lead):
        *_, last = _mails(page, mail, who, 2, subject="Safe")
        assert last["Subject"] == f"Safe: {worker.name}"
    sent = len(mail.mails)
    room.later(45)
    page.wait_for_timeout(QUIET_MS)
    assert len(mail.mails) == sent, "nobody is told any more"

    out.watch.expect(GONE)
    out.find_network()
    page = out.page
    go(page, "Cases")
    told = page.get_by_role("region", name="While you are out")
    expect(told).to_contain_text(f"{buddy.name} said that you are safe.")
    look(page, "alarm-told")
    told.get_by_role("link").click()
    expect(page.get_by_role("main")).to_contain_text(HOW)
    expect(page.get_by_role("main")).to_contain_text(
        "Nobody watches any more: if you are still out"
    )
    look(page, "alarm-worker-safe")
    go(page, "Cases")
    expect(told).to_have_count(0)


def _buddy(page: Page, demonstration: Demonstration) -> Person:
    """Whom the visit's plan names."""
    found = re.search(r"buddy: ([^.;]+)", page.get_by_role("main").inner_text())
    assert found is not None
    return next(one for one in demonstration.family_workers if one.name == found[1])


def _mails(
    page: Page, mail: MailServer, who: Person, at_least: int, subject: str = ""
) -> list[EmailMessage]:
    """What has come to somebody, once it is so many, the last with that subject."""

    def read() -> list[EmailMessage]:
        return [one for one in mail.mails if str(one["To"]).startswith(f"{who.username}@")]

    def holds(found: list[EmailMessage]) -> bool:
        last = str(found[-1]["Subject"]) if found else ""
        return len(found) >= at_least and last.startswith(subject)

    return settled(page, read, holds, f"{at_least} mails to {who.name}")
