"""A concern as a PDF: everything is in it, whatever script it is written in."""

from __future__ import annotations

import re

from schemas.family.concerns import Told
from server.concerns.pdf import FONTS, concern_pdf
from sync.family.concerns import Heard
from tests.server.concerns.reading import text_of
from tests.sync.family.test_concerns import (
    AT,
    LEAD,
    acknowledged,
    after,
    exported,
    folded,
    heard,
    noted,
    raised,
    told,
)


def words(*said: Heard, minutes: int = 30) -> str:
    found = folded(*said, minutes=minutes).concern
    data = concern_pdf(found, said, "Europe/London", after(minutes), "Lena Lead")
    assert data.startswith(b"%PDF-")
    return re.sub(r"\s+", " ", text_of(data))  # wherever its lines are broken


def test_everything_is_in_it() -> None:
    first = heard(
        1,
        raised(
            text="She said “my arm hurts”.\nA bruise, the width of a hand.",
            child_name="Özlem Ağaoğlu",
            told=(Told(name="Dev Deputy", how="in_person", at=AT),),
            case="case-1",
            visit="visit-1",
        ),
    )
    text = words(
        first,
        heard(2, told(), 1),
        heard(3, acknowledged(note="Mine."), 5),
        heard(4, noted("referred"), 9),
        heard(5, exported(), 12),
        heard(6, acknowledged("someone"), 13, "Not theirs to acknowledge."),
    )
    for one in (
        "She said “my arm hurts”.",
        "A bruise, the width of a hand.",
        "Özlem Ağaoğlu",
        "class teacher",
        "Saltmarsh Primary School",
        "23 November 2026, 10:00: Dev Deputy, in person.",
        "23 November 2026, 10:00: Lena Lead, by phone.",
        "Mine.",
        "Rang home.",
        "State from then on: referred.",
        "MyConcern, under the reference R-1.",
        "This is held: Not theirs to acknowledge.",
        "fetched by Lena Lead",
        "As at 23 November 2026, 10:30",
        "case-1",
        "visit-1",
        f"received {after(12)}",
    ):
        assert one in text, one


def test_every_entry_with_its_digest_its_device_and_its_times() -> None:
    one = heard(1, raised())
    one = Heard(**{name: getattr(one, name) for name in one.__slots__} | {"digest": "ab" * 32})
    text = words(one)
    assert f"digest {'ab' * 32}" in text
    assert "concern.raised by staff-tutor (staff-tutor), device d" in text
    assert f"written {AT}, corrected {AT}, received {AT}" in text


def test_a_character_without_a_glyph_is_written_by_its_number() -> None:
    text = words(heard(1, raised(text="Łukasz ça Ελένη Юля 你 𓀀\ttab", child_name="李")))
    assert "Łukasz ça Ελένη Юля [U+4F60] [U+13000] tab" in text
    assert "[U+674E]" in text


def test_a_long_one_is_told_in_numbered_pages_and_an_empty_one_says_so() -> None:
    long = "\n".join(f"Line {n} of it." for n in range(300))
    text = words(heard(1, raised(text=long)))
    assert re.findall(r"Page (\d+) of", text)[:3] == ["1", "2", "3"]
    assert all(f"Line {n} of it." in text for n in range(300))
    empty = words(heard(1, raised(text="", immediate=True, about_head=True), held="No words."))
    for one in ("It came without a word.", "No words.", "the head", "Nothing was recorded yet."):
        assert one in empty
    assert "Nobody was said to have been told." in empty


def test_one_about_staff_that_was_passed_on() -> None:
    text = words(heard(1, raised(about_staff=True, about=(LEAD,))), minutes=100)
    assert "a member of staff" in text
    assert "The head; then the area’s duty team" in text
    assert "Passed on" in text


def test_the_fonts_come_with_their_licence() -> None:
    assert "Bitstream Vera" in (FONTS / "LICENSE").read_text("utf-8")
    assert (FONTS / "DejaVuSans.ttf").stat().st_size > 500_000
