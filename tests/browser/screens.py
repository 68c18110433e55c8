"""The screens as a person goes through them: by what is written on them, never by their insides."""

import re
import time
from collections.abc import Callable
from typing import NamedTuple, Self, TypeVar

from playwright.sync_api import Locator, Page, expect

from tests.browser.demonstration import Person

T = TypeVar("T")
PATIENCE_S = 10.0
POLL_MS = 20
CHIP = re.compile(r"^[A-Z]\d? ")
IN_TOUCH = re.compile("Last in touch|received")
PAIRS = """
(list) => {
  const texts = (name) => [...list.querySelectorAll(name)].map((one) => one.innerText);
  return [texts("dt"), texts("dd")];
}
"""
ROWS = """
(main) => {
  const lines = [...main.querySelectorAll("li:has([role=radiogroup])")];
  const rows = lines.map((line) => [
    line.querySelector("h3").innerText,
    [...line.querySelectorAll("[role=radio]")].map((radio) => radio.getAttribute("aria-label")),
  ]);
  const numbers = [...main.querySelectorAll("section[aria-label='Totals and saving'] dd")];
  return [rows, Number(numbers.at(-1)?.innerText)];
}
"""


def settled(page: Page, read: Callable[[], T], holds: Callable[[T], object], wanted: str) -> T:
    """What ``read`` gives once it ``holds``; ``wanted`` says in words what that is.

    A page is drawn again at any moment, by what comes in. So whatever is read of it is read in one
    go (one ``evaluate`` sees one drawing), and read again until it is what it must become.
    """
    deadline = time.monotonic() + PATIENCE_S
    while not holds(seen := read()):
        assert time.monotonic() < deadline, f"{wanted} was wanted, and last seen was: {seen}"
        page.wait_for_timeout(POLL_MS)
    return seen


def pairs(region: Locator) -> list[tuple[str, str]]:
    """The terms of a region with their definitions, of one drawing; none while it is half there."""
    terms, definitions = region.evaluate(PAIRS)
    return list(zip(terms, definitions, strict=False)) if len(terms) == len(definitions) else []


def headcount(region: Locator, roll: int, **shown: int) -> dict[str, int]:
    """The numbers of a headcount by their labels, once they add up to ``roll``.

    ``shown``: numbers that must be among them then, with the label's words joined by underscores.
    """
    wanted = {label.replace("_", " "): number for label, number in shown.items()}

    def read() -> dict[str, int]:
        return {
            label.partition("\n")[0]: int(number)
            for label, number in pairs(region)
            if number.isdecimal()
        }

    def holds(count: dict[str, int]) -> bool:
        parts = sum(number for label, number in count.items() if label != "On roll")
        return (
            parts == roll == count.get("On roll", roll)
            and {label: count.get(label.capitalize()) for label in wanted} == wanted
        )

    return settled(region.page, read, holds, f"a headcount of {roll} with {wanted}")


class Row(NamedTuple):
    """A pupil's row as it stands in one drawing. ``planned``: a code is offered with its letter."""

    name: str
    planned: bool


def sign_in(page: Page, person: Person) -> None:
    """Sign in, and wait until all there is for the person has come and is on their first page.

    A new device shows what it has page by page; a test that goes out of reach, or counts, wants
    the whole.
    """
    page.get_by_label("Username").fill(person.username)
    page.get_by_label("Password").fill(person.password)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("banner")).to_contain_text(person.name)
    first = page.get_by_role("heading", name="Registers that others take")
    first = first.or_(page.get_by_role("heading", name="Next register"))
    first = first.or_(page.get_by_role("heading", name="Your registers"))
    first = first.or_(page.get_by_role("heading", name="Headcount"))
    first = first.or_(page.get_by_role("heading", name="Who is out"))
    first = first.or_(page.get_by_role("heading", name="The area’s cases"))
    expect(first.first).to_be_visible()
    expect(status(page)).to_contain_text(IN_TOUCH)


def go(page: Page, place: str) -> None:
    """Follow a link of the main navigation."""
    main = page.get_by_role("navigation", name="Main")
    main.get_by_role("link", name=place, exact=True).click()


def status(page: Page) -> Locator:
    """The words of the line that is always in sight."""
    return page.get_by_role("region", name="Sending and receiving").get_by_role("status")


def go_office(page: Page, place: str) -> None:
    """Follow a link of the office's own navigation, from wherever one is."""
    go(page, "Office")
    page.get_by_role("navigation", name="Office").get_by_role("link", name=place).click()


def sign_in_late(page: Page, name: str, arrived: str, reason: str) -> Locator:
    """Sign a pupil in at the late desk; the list of who came and went today."""
    go_office(page, "Late desk")
    page.get_by_label("Who has come in?").fill(name)
    page.get_by_role("button", name=re.compile(f"^{re.escape(name)}")).click()
    page.get_by_label("When").fill(arrived)
    page.get_by_label("Reason given, or a remark").fill(reason)
    page.get_by_role("button", name="Sign in").click()
    moves = page.get_by_role("region", name=re.compile("^Today"))
    expect(moves).to_contain_text(name)
    return moves


def dialog(page: Page) -> Locator:
    """The open dialog."""
    return page.get_by_role("dialog")


class Register:
    """An open register."""

    def __init__(self, page: Page) -> None:
        self.page = page
        expect(page.get_by_role("radio").first).to_be_visible()

    @classmethod
    def next(cls, page: Page) -> Self:
        """Take the next register, from the page of today."""
        page.get_by_role("region", name="Next register").get_by_role("link").click()
        return cls(page)

    @classmethod
    def of(cls, page: Page, group: str, session: str = "morning") -> Self:
        """Open a group's register, from the page of today."""
        page.get_by_role("link", name=f"{group} {session}", exact=True).first.click()
        return cls(page)

    def rows(self) -> list[Row]:
        """The pupils, from top to bottom, once everybody on roll is there by name."""

        def read() -> tuple[list[Row], int]:
            rows, roll = self.page.get_by_role("main").evaluate(ROWS)
            return [Row(name, any(map(CHIP.match, marks))) for name, marks in rows], roll

        def holds(seen: tuple[list[Row], int]) -> bool:
            rows, roll = seen
            nameless = any("without a name here" in row.name for row in rows)
            return 0 < roll <= len(rows) and not nameless

        rows, _ = settled(self.page, read, holds, "a named row for everybody on roll")
        return rows

    def names(self) -> list[str]:
        """The pupils, from top to bottom."""
        return [row.name for row in self.rows()]

    def planned(self) -> list[str]:
        """The pupils for whom a code is planned."""
        return [row.name for row in self.rows() if row.planned]

    def unplanned(self) -> list[str]:
        """The pupils for whom nothing is planned."""
        return [row.name for row in self.rows() if not row.planned]

    def row(self, name: str) -> Locator:
        """A pupil's row."""
        group = self.page.get_by_role("radiogroup", name=name, exact=True)
        return self.page.get_by_role("listitem").filter(has=group)

    def radio(self, name: str, word: str) -> Locator:
        """One of the marks offered for a pupil."""
        return self.row(name).get_by_role("radio", name=re.compile(rf"^{re.escape(word)}(,|$)"))

    def mark(self, name: str, word: str) -> None:
        """Tap a mark."""
        self.radio(name, word).click()
        expect(self.radio(name, word)).to_be_checked()

    def expect_mark(self, name: str, word: str) -> None:
        """A pupil is marked so."""
        expect(self.radio(name, word)).to_be_checked()

    def expect_blank(self, name: str) -> None:
        """Nobody has marked this pupil."""
        expect(self.row(name).get_by_role("radio", checked=True)).to_have_count(0)

    def more(self, name: str) -> Locator:
        """Open what more there is to a pupil's mark."""
        row = self.row(name)
        row.get_by_role("button", name=f"More about {name}").click()
        return row

    def late(self, name: str, arrived: str) -> None:
        """Mark a pupil late, as having come in at a time."""
        self.mark(name, "Late")
        self.row(name).get_by_label("At", exact=True).fill(arrived)
        expect(self.row(name).get_by_role("group", name="When did")).to_contain_text(arrived)

    @property
    def bar(self) -> Locator:
        """The foot: totals and saving."""
        return self.page.get_by_role("region", name="Totals and saving")

    def expect_totals(
        self, *, here: int = 0, late: int = 0, away: int = 0, elsewhere: int = 0, unmarked: int = 0
    ) -> None:
        """The numbers at the foot, and that they add up to the roll."""
        numbers = [here, late, away, elsewhere, unmarked]
        shown = [str(number) for number in (*numbers, sum(numbers))]
        expect(self.bar.get_by_role("definition")).to_have_text(shown)

    def fill(self) -> None:
        """Fill blanks as present."""
        self.bar.get_by_role("button", name=re.compile("^Fill")).click()

    def press_save(self) -> None:
        """Press Save, and no more."""
        self.bar.get_by_role("button", name=re.compile(r"^Save \d+$")).click()

    def expect_saved(self, words: str) -> None:
        """The register says so, in these words."""
        expect(self.bar.get_by_role("status")).to_contain_text(words)

    def save(self, words: str) -> None:
        """Save a complete register."""
        self.press_save()
        self.expect_saved(words)
