"""A visit and its note, as a family worker goes through them."""

import re

from playwright.sync_api import Locator, Page, expect


def of_today(page: Page) -> Locator:
    """The next visit of today that is still to come."""
    lines = page.get_by_role("region", name="Today").get_by_role("article")
    return lines.filter(has_not_text="Handed in").first


def open_first(page: Page) -> str:
    """Open it; its id."""
    of_today(page).get_by_role("link").click()
    expect(page.get_by_role("heading", name="Address and risks")).to_be_visible()
    return page.url.rpartition("/")[2]


def at_the_door(page: Page) -> None:
    """Say so on a visit's page, which leads to its note."""
    page.get_by_role("button", name="I am at the door").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("At the door")


def answer(page: Page, question: str, said: str | re.Pattern[str]) -> None:
    """Tap an answer to a question of the note."""
    group = page.get_by_role("group", name=question)
    group.get_by_role("button", name=said, exact=isinstance(said, str)).click()


def forward(page: Page, heading: str) -> None:
    """Go to the note's next step."""
    page.get_by_role("button", name=re.compile("^Next: ")).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)


def account(page: Page, author: str) -> Locator:
    """What somebody handed in, on the visit's page."""
    return page.get_by_role("article", name=f"The account of {author}")
