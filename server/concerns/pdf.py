"""A concern as a PDF, for a school's safeguarding system: everything of it, as it was written.

Set in DejaVu Sans, which is shipped beside this module under its own licence; a character that it
lacks is written by its number, so that no word is lost. Times are the place's own; what counts as
evidence is in the last table, in UTC: by the device's clock, and by the server's.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

from fpdf import FPDF, XPos, YPos
from fpdf.enums import WrapMode
from fpdf.fonts import TTFFont
from typing_extensions import override

from schemas.family.concerns import Concern, ConcernNote, Step, Told
from schemas.policy import ROLE_NAMES
from sync.clock import in_words, local
from sync.family.concerns import Heard

__all__ = ["concern_pdf"]

FONTS = Path(__file__).parent / "fonts"
FONT = "DejaVu"
MARGIN_MM = 18
LINE_MM = 5.4
LABEL_MM = 46
_STEPS: dict[Step, str] = {
    "lead": "the safeguarding lead",
    "head": "the head",
    "chair": "the chair of governors",
    "duty": "the area’s duty team",
}
_HOW = {"phone": "by phone", "in_person": "in person", "message": "by message"}
_DID = {
    "raised": "raised it again",
    "told": "told somebody of it",
    "acknowledged": "acknowledged it",
    "noted": "noted",
    "exported": "took it into a safeguarding system",
}
_STATES = {
    "new": "new: nobody has acknowledged it",
    "acknowledged": "acknowledged",
    "referred": "referred",
    "closed": "closed",
}


class _Page(FPDF):
    """A page with a foot that says what it is of, as at when, and its number."""

    def __init__(self, foot: str) -> None:
        super().__init__(format="A4")
        self._foot = foot
        self.add_font(FONT, "", FONTS / "DejaVuSans.ttf")
        self.add_font(FONT, "B", FONTS / "DejaVuSans-Bold.ttf")
        self.set_margins(MARGIN_MM, MARGIN_MM, MARGIN_MM)
        self.set_auto_page_break(True, margin=MARGIN_MM + 4)

    @property
    def faces(self) -> list[TTFFont]:
        """The fonts, whose files are open until they are closed."""
        return [face for face in self.fonts.values() if isinstance(face, TTFFont)]

    def finished(self) -> bytes:
        """The document; nothing can be added to it any more."""
        data = bytes(self.output())
        for face in self.faces:
            face.close()
        return data

    @override
    def footer(self) -> None:
        self.set_y(-MARGIN_MM)
        self.set_font(FONT, "", 7.5)
        self.cell(0, 5, f"{self._foot} · Page {self.page_no()} of {{nb}}", align="C")

    def title_line(self, text: str) -> None:
        """The heading of the document."""
        self.set_font(FONT, "B", 17)
        self._lines(text, 8)
        self.ln(1)

    def heading(self, text: str) -> None:
        """The heading of a part, which does not stand alone at a page's foot."""
        if self.will_page_break(4 * LINE_MM):
            self.add_page()
        self.ln(3)
        self.set_font(FONT, "B", 11.5)
        self._lines(text, 6)
        self.ln(0.5)

    def text_block(self, text: str) -> None:
        """Words as they were written, their lines kept."""
        self.set_font(FONT, "", 10)
        self._lines(text, LINE_MM)

    def fact(self, label: str, text: str) -> None:
        """A label and what it stands for."""
        self.set_font(FONT, "B", 9.5)
        self.cell(LABEL_MM, LINE_MM, label)
        self.set_font(FONT, "", 9.5)
        self._lines(text, LINE_MM)

    def small(self, text: str) -> None:
        """A line of the evidence: small, broken anywhere, since digests hold no blank."""
        self.set_font(FONT, "", 7.5)
        self._lines(text, 3.9, wrap=WrapMode.CHAR)

    def _lines(self, text: str, height: float, wrap: WrapMode = WrapMode.WORD) -> None:
        left = self.w - self.r_margin - self.get_x()
        self.multi_cell(
            left,
            height,
            _drawable(text) or "–",
            align="L",
            wrapmode=wrap,
            new_x=XPos.LMARGIN,
            new_y=YPos.NEXT,
        )


def concern_pdf(
    concern: Concern, heard: Sequence[Heard], time_zone: str, as_at: str, by: str
) -> bytes:
    """Everything of a concern, as at a moment, for ``by``, who fetched it.

    ``heard``: its entries, in whatever order; ``time_zone``: the place's.
    """
    when = _Clock(time_zone)
    page = _Page(f"Concern {concern.concern} · Confidential · As at {when(as_at)}")
    page.set_title("A concern about a child")
    page.set_creation_date(dt.datetime.fromisoformat(as_at))
    page.add_page()
    page.title_line("A concern about a child")
    page.text_block(
        "Confidential: safeguarding. For those who answer for this child, and nobody else."
    )
    page.ln(2)
    _summary(page, concern, when, as_at, by)
    page.heading("What was seen and heard")
    page.text_block(concern.text or "It came without a word.")
    _told(page, concern.told, when)
    _done(page, concern.notes, when)
    _evidence(page, heard)
    return page.finished()


class _Clock:
    """Says instants by a place's own clock."""

    def __init__(self, time_zone: str) -> None:
        self._zone = time_zone

    def __call__(self, at: str) -> str:
        date, time = local(at, self._zone)
        return f"{in_words(date)}, {time}"


def _summary(page: _Page, concern: Concern, when: _Clock, as_at: str, by: str) -> None:
    goes = "; then ".join(_STEPS[step] for step in concern.answering)
    about = [
        *(["a member of staff"] if concern.about_staff else []),
        *(["the head"] if concern.about_head else []),
    ]
    facts = [
        ("Child", concern.child_name or "No name was given."),
        ("Immediate danger", "Yes" if concern.immediate else "No"),
        ("Also about", ", ".join(about) or "Nobody of the staff was named."),
        ("Seen or heard", when(concern.observed_at)),
        ("Raised by", f"{concern.author_name}, {ROLE_NAMES[concern.role]}"),
        ("Raised in", concern.place_name),
        ("Written", when(concern.written_at)),
        ("Received", when(concern.received_at)),
        ("Went to", goes[0].upper() + goes[1:]),
        ("Why", concern.route.because),
        *(("Passed on", when(at)) for at in concern.escalated),
        ("State", _STATES[concern.state]),
        *([("Held", concern.held)] if concern.held is not None else []),
        ("As at", f"{when(as_at)}, fetched by {by}"),
        *((name, of) for name, of in _ids(concern) if of is not None),
    ]
    for label, text in facts:
        page.fact(label, text)


def _ids(concern: Concern) -> list[tuple[str, str | None]]:
    return [
        ("Concern’s number", concern.concern),
        ("Pupil’s number", concern.pupil),
        ("Case’s number", concern.case),
        ("Visit’s number", concern.visit),
    ]


def _told(page: _Page, told: Sequence[Told], when: _Clock) -> None:
    page.heading("Who was told")
    if not told:
        page.text_block("Nobody was said to have been told.")
    for one in told:
        page.text_block(f"{when(one.at)}: {one.name}, {_HOW[one.how]}.")


def _done(page: _Page, notes: Sequence[ConcernNote], when: _Clock) -> None:
    page.heading("What was done about it")
    if not notes:
        page.text_block("Nothing was recorded yet.")
    for note in notes:
        page.set_font(FONT, "B", 9.5)
        page.fact(when(note.at), f"{note.author_name} {_DID[note.kind]}. {_detail(note, when)}")
        if note.text is not None:
            page.text_block(note.text)
        page.ln(1)


def _detail(note: ConcernNote, when: _Clock) -> str:
    parts = []
    if note.told is not None:
        parts.append(f"{note.told.name}, {_HOW[note.told.how]}, {when(note.told.at)}.")
    if note.status is not None and note.status != "open":
        parts.append(f"State from then on: {note.status}.")
    if note.system is not None:
        parts.append(f"{note.system}, under the reference {note.reference}.")
    if note.held is not None:
        parts.append(f"This is held: {note.held}")
    return " ".join(parts)


def _evidence(page: _Page, heard: Sequence[Heard]) -> None:
    page.heading("The entries that this is made of")
    page.small(
        "Each is kept as it was written, and carries the digest (SHA-256) of what came before it "
        "on its device. Times in UTC: written by the device’s clock, corrected by what the server "
        "knew of that clock, and received by the server’s."
    )
    for one in sorted(heard, key=lambda one: one.order):
        body = one.body
        page.ln(1.5)
        page.small(f"{body.kind} by {one.author_name} ({body.author}), device {body.device}")
        page.small(
            f"written {body.written_at}, corrected {one.at(body.written_at)}, "
            f"received {one.received_at}"
        )
        page.small(f"{one.entry}")
        page.small(f"digest {one.digest}")


@lru_cache(maxsize=1)
def _glyphs() -> frozenset[int]:
    """The characters that both faces draw."""
    faces = _Page("").faces
    known = frozenset.intersection(*(frozenset(face.cmap) for face in faces))
    for face in faces:
        face.close()
    return known


def _drawable(text: str) -> str:
    """With each character that the font lacks by its number."""
    known = _glyphs()
    plain = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return "".join(
        one if one == "\n" or ord(one) in known else f"[U+{ord(one):04X}]" for one in plain
    )
