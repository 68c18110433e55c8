"""Taking a register: the tutor's own, with the network there."""

import re

from playwright.sync_api import expect

from tests.browser.conftest import Room
from tests.browser.demonstration import Demonstration
from tests.browser.screens import Register, go, status

AT = "08:52"
PLANNED = "Lucas Fenwick"
"""The office knows since yesterday that this pupil is ill."""


def test_todays_registers_are_listed_with_the_next_one_first(
    room: Room, demonstration: Demonstration
) -> None:
    page = room.signed_in(demonstration.tutor).page
    expect(page.get_by_role("heading", level=1)).to_have_text("Wednesday 20 May")
    headings = page.get_by_role("main").get_by_role("heading", level=3)
    expect(headings).to_have_text(["Kestrel morning", "Kestrel afternoon"])
    first = page.get_by_role("region", name="Next register")
    expect(first).to_contain_text("Kestrel morning")
    expect(first).to_contain_text("Room 8 · 26 pupils · closes in 28 min")
    expect(first).to_contain_text("Not taken")
