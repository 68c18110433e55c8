"""Signing in through a school's own accounts, at a real provider, and out of both again."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.looks import look
from tests.browser.screens import status
from tests.browser.servers import Server
from tests.peers.openid import CLIENT, SECRET, OpenId, openid

SETTINGS = """
public_origin = "{origin}"
[[providers]]
id = "trust"
name = "Example Trust"
issuer = "{issuer}"
client_id = "{client}"
client_secret = "{secret}"
scopes = ["openid", "profile"]
link = "preferred_username"
[[providers]]
id = "council"
name = "Example Council"
issuer = "http://127.0.0.1:9"
client_id = "{client}"
link = "preferred_username"
"""
BUTTON = "Sign in with Example Trust"
SECOND_AGAIN_S = 40_000


@pytest.fixture
def server(demonstration: Demonstration, tmp_path: Path) -> Iterator[Server]:
    """A server of each test's own, at this very moment: a provider has no other time."""
    one = Server(demonstration.copy(tmp_path / "data"), "08:53", tmp_path)
    one.later(-one.moved_ms)
    yield one
    one.stop()
    assert one.faults() == []


@pytest.fixture
def trust(demonstration: Demonstration, server: Server) -> Iterator[OpenId]:
    """The provider of the tutor's school, and the server set up to send people there."""
    tutor = demonstration.tutor
    people = {
        "u-tutor": {"name": "As the trust says", "preferred_username": tutor.username},
        "u-stranger": {"name": "A Stranger", "preferred_username": "stranger"},
    }
    with openid(people, server.address, "trust") as one:
        text = SETTINGS.format(
            origin=server.address, issuer=one.issuer, client=CLIENT, secret=SECRET
        )
        (server.folder / "tidemark.toml").write_text(text, "utf-8")
        server.start()
        yield one


def _at_the_provider(page: Page, who: str) -> None:
    page.get_by_label("Who are you?").fill(who)
    page.get_by_role("button", name="Continue").click()


def test_there_and_back_again(room: Room, trust: OpenId, demonstration: Demonstration) -> None:
    name = demonstration.tutor.name
    device = room.device("tutor")
    page = device.open()
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()
    expect(page.get_by_label("Username")).to_be_visible()
    look(page, "sign-in-providers")
    device.keeps_the_app()

    page.get_by_role("link", name=BUTTON).click()
    _at_the_provider(page, "u-tutor")
    expect(page.get_by_role("banner")).to_contain_text(name)
    expect(page).to_have_url(f"{device.address}/")
    expect(status(page)).to_contain_text(re.compile("Last in touch|received"))

    # What is on the tablet needs neither the provider nor a signal.
    device.lose_network()
    page.reload()
    expect(page.get_by_role("banner")).to_contain_text(name)
    device.find_network()

    # The provider ends its session elsewhere: this one ends at once, and everything is kept.
    device.watch.expect("status of 401")
    other = device.new_tab()
    other.goto(f"{trust.issuer}/session/end")
    other.get_by_role("button", name="Sign out of everything").click()
    expect(other.get_by_text("Signed out of everything")).to_be_visible()
    other.close()
    expect(status(page)).to_contain_text("Sign in again", timeout=SECOND_AGAIN_S)
    expect(page.get_by_role("banner")).to_contain_text(name)

    page.get_by_role("link", name="Sign in").click()
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("link", name=BUTTON).click()
    _at_the_provider(page, "u-tutor")
    expect(page.get_by_role("banner")).to_contain_text(name)
    expect(status(page)).to_contain_text(re.compile("Last in touch|received"))

    # Signing out is signing out of both.
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="Sign out of everything").click()
    expect(page).to_have_url(f"{device.address}/sign-in")
    page.get_by_role("link", name=BUTTON).click()
    expect(page.get_by_label("Who are you?")).to_be_visible()


def test_what_does_not_work_is_said_in_words(room: Room, trust: OpenId) -> None:
    page = room.device("somebody").open()
    page.get_by_role("link", name=BUTTON).click()
    _at_the_provider(page, "u-stranger")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text("Nobody has made an account for you here yet")
    expect(page).to_have_url(re.compile("/sign-in$"))
    look(page, "sign-in-unknown")
    page.reload()
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()
    expect(alert).to_have_count(0)
    page.get_by_role("link", name="Sign in with Example Council").click()
    expect(alert).to_contain_text("Example Council does not answer at the moment")


def test_without_a_signal_the_page_says_so_and_asks_again(room: Room, trust: OpenId) -> None:
    device = room.device("somebody")
    page = device.open()
    device.keeps_the_app()
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()
    device.lose_network()
    page.reload()
    expect(page.get_by_text("There may be other ways to sign in")).to_be_visible()
    look(page, "sign-in-offline")
    expect(page.get_by_role("button", name="Ask again")).to_be_visible()
    device.find_network()
    expect(page.get_by_role("link", name=BUTTON)).to_be_visible()
